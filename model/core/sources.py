"""What do the sources of this package say, whatever their line ends, comments and neighbours?

Kernels on disk and stored runs are keyed by it, so it changes when, and only when, the code may do something
else.
"""

import ast
import hashlib
import json
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from model.core.caches import load, save

PACKAGE = Path(__file__).parent.parent
SHELF = "sources"
NO_CODE = ("core/_version.py", "core/renamed.py")
"""What a release changes without a change of what the model does."""

SETTLED = 2.0
"""Seconds after which a changed file surely has another time of change."""


@cache
def fingerprint() -> str:
    """SHA-256 over the names and syntax trees of the sources of this package, as this process found them.

    Docstrings and comments do not count, nor texts to be read (``N_``), nor files that no ``import`` can
    reach (hidden ones, copies that editors and notebooks make). The same for all versions of Python.
    """
    return of_folder(PACKAGE)


def of_folder(package: Path) -> str:
    """The fingerprint of the package in a folder; trees of files that did not change are not parsed again."""
    memo = _memo(package)
    known: dict[str, list[object]] = {}
    digest = hashlib.sha256()
    now = time.time()
    for path in sorted(package.rglob("*.py"), key=lambda p: p.relative_to(package).parts):
        name = path.relative_to(package).as_posix()
        if not _counts(path.relative_to(package)):
            continue
        try:
            state = path.stat()
            stamp = [state.st_size, state.st_mtime_ns, state.st_ctime_ns]
            entry = memo.get(name)
            tree = entry[1] if entry is not None and entry[0] == stamp else tree_hash(path.read_bytes())
        except (OSError, SyntaxError, ValueError, RecursionError):
            continue  # what cannot be read or parsed cannot be imported either
        if now - max(state.st_mtime, state.st_ctime) > SETTLED:
            known[name] = [stamp, tree]
        digest.update(f"{name}\n{tree}\n".encode())
    if known != memo:
        save(SHELF, _memo_name(package), json.dumps(known).encode())
    return digest.hexdigest()


def _counts(path: Path) -> bool:
    """Whether a file counts: one that ``import`` can name, unlike ``.ipynb_checkpoints/x.py``, ``#x.py`` and
    ``x (copy).py``, and that is code of the model."""
    if path.as_posix() in NO_CODE or "__pycache__" in path.parts:
        return False
    return all(part.isidentifier() for part in path.with_suffix("").parts)


def tree_hash(source: bytes) -> str:
    """SHA-256 over the syntax tree of one file."""
    digest = hashlib.sha256()
    for token in _tokens(ast.parse(source)):
        digest.update(f"{token}\0".encode())
    return digest.hexdigest()


def _tokens(node: object) -> Iterator[str]:
    """A syntax tree as a row of texts, without the fields that are empty: newer Pythons have more of them."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
        yield "N_"
    elif isinstance(node, ast.AST):
        yield type(node).__name__
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(node, ast.JoinedStr):
                value = _pieces(node.values)
            if field not in ("kind", "type_comment") and value is not None and value != []:
                yield f".{field}"
                yield from _tokens(value)
        yield ")"
    elif isinstance(node, list):
        yield "["
        for part in node:
            if not _docstring(part):
                yield from _tokens(part)
        yield "]"
    else:
        yield f"{type(node).__name__} {node!a}"


def _docstring(node: object) -> bool:
    """Whether a statement is a bare text, which does nothing."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _pieces(values: list[ast.expr]) -> list[object]:
    """The parts of an f-string, texts that follow each other put together: Pythons cut them differently."""
    found: list[object] = []
    for value in values:
        text = value.value if isinstance(value, ast.Constant) else None
        if not isinstance(text, str):
            found.append(value)
        elif found and isinstance(found[-1], str):
            found[-1] += text
        elif text:
            found.append(text)
    return found


def _memo_name(package: Path) -> str:
    """The file of the hashes of a package's trees, as made by this code under this Python."""
    made_by = f"{package.absolute()}\n{sys.version}\n".encode(errors="surrogatepass")
    return hashlib.sha256(made_by + Path(__file__).read_bytes()).hexdigest()[:32]


def _memo(package: Path) -> dict[str, list[object]]:
    """For each source its size and times, and the hash of its tree; empty if that was not kept."""
    try:
        return dict(json.loads(load(SHELF, _memo_name(package)) or b"{}"))
    except (OSError, ValueError):
        return {}
