"""How does a study use phases of one's own? From a file beside it, and the modules beside that, by whose
content its runs are keyed."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from model.core.errors import StudyError
from model.core.sources import tree_hash
from model.week.schedule import Schedule, default_phases

ELSEWHERE = sys.stdlib_module_names | {"model", "experiments", "mesa", "numba", "numpy", "pandas", "scipy"}
"""Modules that no file beside a study's code stands for."""

REMEDY = "define phases(default) in it, such as: return default.insert_after('ask', my_phase)"


_placed: dict[str, ModuleType] = {}
"""Modules of the study that was used last, which no other study may find."""


@dataclass(frozen=True, eq=False)
class _Used:
    """The schedule of a file, and the modules beside it that it imports, by name."""

    schedule: Schedule
    modules: dict[str, ModuleType]


def own_phases(file: Path) -> Schedule:
    """The schedule that ``phases(default_phases())`` in a Python file gives.

    The file may import modules and packages that stand beside it. They are those of this file even where
    another study, used before in the same process, has modules of the same names.

    Raises:
        StudyError: if the file cannot be run, or does not define it.
    """
    if not file.is_file():
        raise StudyError(what="there is no such Python file", where=str(file), instead=REMEDY)
    for name, module in _placed.items():
        if sys.modules.get(name) is module:
            del sys.modules[name]
    _placed.clear()
    used = _used(file.absolute(), source_hash(file))
    _placed.update(used.modules)
    sys.modules.update(used.modules)  # what is imported while a run goes on
    return used.schedule


def source_hash(file: Path) -> str:
    """SHA-256 over the syntax trees of a Python file and of the modules beside it that it imports."""
    parts = [_hash(file)]
    for name, path in sorted(_beside(file).items()):
        parts.append(f"{name}\n{_hash(path)}")
    return parts[0] if len(parts) == 1 else sha256("\n".join(parts).encode()).hexdigest()


def _hash(file: Path) -> str:
    try:
        source = file.read_bytes()
    except OSError as error:
        raise StudyError(
            what="the code of the study cannot be read", where=str(file), why=error.strerror or str(error)
        ) from None
    try:
        return tree_hash(source)
    except (SyntaxError, ValueError, RecursionError):
        return sha256(source).hexdigest()


def _beside(file: Path) -> dict[str, Path]:
    """The files of all modules beside a Python file that it imports, itself or through another of them."""
    folder = file.parent
    found: dict[str, Path] = {}
    waiting = [("", file)]
    while waiting:
        package, path = waiting.pop()
        try:
            tree = ast.parse(path.read_bytes())
        except (OSError, SyntaxError, ValueError, RecursionError):
            continue  # told when it is run
        for name in _imported(tree, package):
            for part in _prefixes(name):
                there = _module_file(folder, part)
                if there is not None and there != file and part not in found:
                    found[part] = there
                    above = part if there.name == "__init__.py" else part.rpartition(".")[0]
                    waiting.append((above, there))
    return found


def _imported(tree: ast.Module, package: str) -> Iterator[str]:
    """Dotted names of what a module in ``package`` imports anywhere; whether they exist is not asked."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join(filter(None, [*above, base]))
            yield from filter(None, (base, *(f"{base}.{alias.name}".strip(".") for alias in node.names)))


def _prefixes(name: str) -> Iterator[str]:
    """``a``, ``a.b`` and ``a.b.c`` of ``a.b.c``."""
    parts = name.split(".")
    return (".".join(parts[: i + 1]) for i in range(len(parts)))


def _module_file(folder: Path, name: str) -> Path | None:
    """The file of a module beside the code; None if it comes from elsewhere, as what all runs use does."""
    if name.split(".")[0] in ELSEWHERE:
        return None
    place = folder.joinpath(*name.split("."))
    for path in (place / "__init__.py", place.with_name(place.name + ".py")):
        if path.is_file():
            return path
    return None


@cache
def _used(file: Path, content: str) -> _Used:
    spec = spec_from_file_location(f"study_code_{abs(hash(str(file)))}", file)
    if spec is None or spec.loader is None:
        raise StudyError(what="this is no Python file", where=str(file), instead=REMEDY)
    module = module_from_spec(spec)
    own = _beside(file)
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if _tops(own) & {name.split(".")[0]}}
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # a study holds what one put there
    sys.path.insert(0, str(file.parent))
    importlib.invalidate_caches()
    try:
        spec.loader.exec_module(module)
        for name in own:
            importlib.import_module(name)  # also those that a function imports, when it is called
        schedule = module.phases(default_phases())
        modules = {name: sys.modules[name] for name in own if name in sys.modules}
    except ModuleNotFoundError as error:
        raise StudyError(
            what=f"it imports {error.name}, which is not there",
            where=str(file),
            why=f"neither {file.parent} nor the Python that runs gongzhi has a module of that name",
            instead=f"put {(error.name or '').split('.')[0]}.py beside {file.name}, or install it",
        ) from error
    except (Exception, SystemExit) as error:
        raise StudyError(
            what=f"it cannot be used: {type(error).__name__}: {error}", where=str(file), instead=REMEDY
        ) from error
    finally:
        sys.path.remove(str(file.parent))
        sys.dont_write_bytecode = writes
        for name in [name for name in sys.modules if _tops(own) & {name.split(".")[0]}]:
            del sys.modules[name]
        sys.modules.update(before)
    if not isinstance(schedule, Schedule):
        raise StudyError(
            what=f"phases() gives {type(schedule).__name__}, not a Schedule", where=str(file), instead=REMEDY
        )
    return _Used(schedule, modules)


def _tops(own: dict[str, Path]) -> set[str]:
    return {name.split(".")[0] for name in own}
