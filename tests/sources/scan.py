"""Where in the sources does a kind of place stand? A rule finds it in a syntax tree; a test then
fails on each place that is not guarded, and on one that is planted and not found.

    def unguarded(tree: ast.Module) -> Iterator[ast.AST]: ...   # the places of one file that are wrong

    def test_every_table_is_read_by_one_reader() -> None:
        assert not places(unguarded)
        assert planted(unguarded, "import pandas as pd\npd.read_csv('x')\n") == [2]
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("model", "experiments")

Rule = Callable[[ast.Module], Iterator[ast.AST]]
"""The places of one file that are wrong."""


@cache
def trees() -> dict[str, ast.Module]:
    """The syntax tree of every source of the packages, by its path below the root; parents are noted as
    ``node.above``."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            found[path.relative_to(ROOT).as_posix()] = parsed(path.read_text(encoding="utf-8"))
    return found


def parsed(source: str) -> ast.Module:
    """The syntax tree of a source, each node with the one above it as ``above``."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            child.above = node  # type: ignore[attr-defined]
    return tree


def places(rule: Rule, besides: Sequence[str] = ()) -> list[str]:
    """``file:line`` of every wrong place, but for those in the files ``besides``, which are the guard."""
    return [
        f"{file}:{getattr(node, 'lineno', 0)}"
        for file, tree in trees().items()
        if file not in besides
        for node in rule(tree)
    ]


def planted(rule: Rule, source: str) -> list[int]:
    """The lines of a source that the rule finds wrong: that a planted place does not go unseen."""
    return [getattr(node, "lineno", 0) for node in rule(parsed(source))]


def called(node: ast.AST) -> str:
    """The dotted name that a call is of, such as ``pd.read_csv``; only its last parts where what is
    called is no plain name (``.astype`` of an expression); empty for no call."""
    if not isinstance(node, ast.Call):
        return ""
    parts: list[str] = []
    at: ast.AST = node.func
    while isinstance(at, ast.Attribute):
        parts.append(at.attr)
        at = at.value
    if isinstance(at, ast.Name):
        parts.append(at.id)
    return ".".join(reversed(parts))
