"""Would the quick tests see a mistake anywhere in the engine? Mutants at places that chance chooses.

    python -m tests.mutants_random --seed 1 --count 40

prints each mutant and the first test that fails, and how many survive. Each takes one core a minute or
more, since changed kernels are compiled anew. ``--tests`` names the tests instead of the quick ones, in the
order in which they are tried; ``--list`` only prints the mutants.
"""

from __future__ import annotations

import argparse
import ast
import random
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.mutants import ORACLE, ROOT, copied, first_failure, in_copy, replaced

QUICK = ("-m", "not slow and not browser")
STAGES = (("tests/golden/test_golden.py", *QUICK), ORACLE, QUICK)
"""What sees most mutants is tried before all quick tests."""

MOST_SECONDS = 3_600.0
"""A mutant that never ends is seen, too."""

SWAPS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.And: ("and", "or"),
    ast.Or: ("or", "and"),
}
"""How an operator is written, and what becomes of it."""


@dataclass(frozen=True)
class Change:
    """In ``file`` the bytes from ``start`` to ``stop`` become ``new``; ``compiled`` if inside a kernel."""

    file: str
    line: int
    start: int
    stop: int
    new: str
    compiled: bool
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"

    def made(self, sound: str) -> str:
        """The source with the mistake."""
        raw = sound.encode()
        return (raw[: self.start] + self.new.encode() + raw[self.stop :]).decode()


def drawn(seed: int, count: int, root: Path = ROOT) -> list[Change]:
    """``count`` mutants of the engine, a different place each."""
    found = [
        change
        for path in sorted((root / "model").rglob("*.py"))
        for change in changes(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
    ]
    return random.Random(seed).sample(found, count)


def changes(file: str, source: str) -> Iterator[Change]:
    """Every mistake that can be put into the functions of a source; what refuses users is left out."""
    raw = source.encode()
    lines = [0]
    for line in raw.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))

    def span(node: ast.AST) -> tuple[int, int]:
        at = vars(node)
        return lines[at["lineno"] - 1] + at["col_offset"], lines[at["end_lineno"] - 1] + at["end_col_offset"]

    def between(left: ast.AST, right: ast.AST, operator: ast.AST) -> Iterator[tuple[int, int, str]]:
        old, new = SWAPS.get(type(operator), ("", ""))
        start, stop = span(left)[1], span(right)[0]
        if old and raw[start:stop].count(old.encode()) == 1:
            start += raw[start:stop].index(old.encode())
            yield start, start + len(old), new

    def of(node: ast.AST) -> Iterator[tuple[int, int, str]]:
        match node:
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                yield from between(left, right, operator)
            case ast.BinOp(left=left, op=operator, right=right):
                yield from between(left, right, operator)
            case ast.BoolOp(op=operator, values=[left, right, *_]):
                yield from between(left, right, operator)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield *span(node), f"({ast.unparse(operand)})"
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                yield *span(node), str(value + 1)
            case ast.AugAssign() | ast.Expr(value=ast.Call()):
                yield *span(node), "pass"
            case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
                yield *span(node), "pass"

    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            compiled = any(ast.unparse(d) in ("kernel", "inlined") for d in function.decorator_list)
            for node in _inside(function):
                for start, stop, new in of(node):
                    line = raw.count(b"\n", 0, start)
                    text = f"{raw[start:stop].decode()!r} -> {new!r} in {source.splitlines()[line].strip()}"
                    yield Change(file, line + 1, start, stop, new, compiled, text)


def _inside(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function's body but those of refusals, texts, annotations and inner functions."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Raise | ast.JoinedStr | ast.FunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and all(isinstance(inner, ast.Raise) for inner in node.body):
            waiting += node.orelse
            continue
        yield node
        parts = [part for name, part in ast.iter_fields(node) if name != "annotation"]
        for part in parts:
            waiting += [
                one for one in (part if isinstance(part, list) else [part]) if isinstance(one, ast.AST)
            ]


def seen_by(folder: Path, kernels: Path, change: Change, stages: tuple[tuple[str, ...], ...]) -> str | None:
    """The first test of the stages that fails with the mistake in the copy, None if it survives all.

    Outside of kernels a mistake finds the sound ``kernels``: they are kept under its own name for them. The
    compiler's cache sees that the file of the mistake is another one, and compiles what stands in it.
    """
    file, cache = folder / change.file, folder / "cache"
    with replaced(file, change.made(file.read_text(encoding="utf-8"))):
        if not change.compiled:
            told = in_copy(folder, "-c", "from model.core.sources import fingerprint; print(fingerprint())")
            if told.returncode == 0:
                shutil.copytree(kernels, cache / f"kernels-{told.stdout.strip()}")
        try:
            return next(filter(None, (first_failure(folder, stage, MOST_SECONDS) for stage in stages)), None)
        finally:
            shutil.rmtree(cache, ignore_errors=True)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--tests", nargs="+")
    asked = parser.parse_args()
    mutants = drawn(asked.seed, asked.count)
    if asked.list:
        print(*mutants, sep="\n")
        return
    stages = tuple((one, *QUICK) for one in asked.tests) if asked.tests else STAGES
    with tempfile.TemporaryDirectory() as name:
        folder = copied(Path(name))
        for stage in stages:
            failed = first_failure(folder, stage)
            assert failed is None, f"{failed} fails in sound sources"
        [found] = (folder / "cache").glob("kernels-*")
        kernels = found.rename(folder / "sound")
        survivors = 0
        for number, mutant in enumerate(mutants, 1):
            failed = seen_by(folder, kernels, mutant, stages)
            survivors += failed is None
            print(f"{number}. {mutant}: {failed or 'SURVIVED'}", flush=True)
    print(f"{len(mutants) - survivors} of {len(mutants)} are seen")


if __name__ == "__main__":
    main()
