"""Does `model.given` ask everywhere what a user gave, so that numpy's numbers and all paths pass?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.sources.scan import called, places, planted

NARROW = {"int", "float", "bool", "integer", "floating", "bool_", "number", "Integral", "Real"}
NARROW |= {"Path", "PathLike", "PurePath"}
"""Types that are narrower than "a number", "a whole number", "yes or no" or "a path"."""

OURS = (
    "model/given.py",  # the guard
    "model/parameters/declare.py",  # declared values and validated ones: Python's own
    "model/parameters/refusals.py",  # the same, and those of a file
    "experiments/load.py",  # values of a TOML file
    "experiments/inherited.py",  # the same
    "experiments/lists.py",  # validated values
    "experiments/study/spec.py",  # values of a TOML file
    "experiments/study/points.py",  # the same, and those of a table's cells
    "experiments/study/keys.py",  # declared defaults
    "experiments/study/status.py",  # values of a JSON file
    "experiments/processes.py",  # the same
    "experiments/disk.py",  # the same
    "experiments/cli/app.py",  # what Typer returns
    "model/checks.py",  # what the model holds: of which type it is, is the question
)
"""Files whose checks are not of values that a user gives in Python."""


def unguarded(tree: ast.Module) -> Iterator[ast.AST]:
    """``isinstance(x, int)``, ``type(x) is int`` and ``case int()``: types spelled out by hand."""
    for node in ast.walk(tree):
        if called(node) == "isinstance" and isinstance(node, ast.Call):
            narrow = _names(node.args[1]) & NARROW
        elif isinstance(node, ast.Compare) and called(node.left) == "type":
            narrow = set().union(*map(_names, node.comparators)) & NARROW
        elif isinstance(node, ast.MatchClass):
            narrow = _names(node.cls) & NARROW
        else:
            continue
        if narrow:
            yield node


def _names(node: ast.AST) -> set[str]:
    found = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return found | {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}


def test_f28_types_are_asked_in_one_place() -> None:
    assert places(unguarded, OURS) == []


def test_a_planted_check_is_found() -> None:
    source = (
        "def f(weeks, path):\n"
        "    isinstance(weeks, str)\n"
        "    isinstance(weeks, bool)\n"
        "    isinstance(weeks, int | np.integer)\n"
        "    isinstance(path, (str, Path))\n"
        "    if type(weeks) is int: ...\n"
        "    match weeks:\n"
        "        case float(): ...\n"
    )
    assert planted(unguarded, source) == [3, 4, 5, 6, 8]
