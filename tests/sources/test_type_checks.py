"""Does `model.core.given` ask everywhere what a user gave, so that numpy's numbers and all paths pass?

Not seen: a type told by its name (``type(x).__name__ == "int"``), and what only asks what a value can do
(``hasattr``, ``operator.index``).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.sources.scan import callees, meant, names, nodes, planted, unexplained

NARROW = re.compile(
    r"""
    int | float | bool | complex
    | (numpy\.|np\.)?(generic|number|u?int(p|c|8|16|32|64|eger)?|bool_?|u?(byte|short|long|longlong)
      |float(16|32|64|128|ing)|half|single|double|longdouble|signedinteger|unsignedinteger|complexfloating|inexact)
    | (numbers\.)?(Number|Complex|Real|Rational|Integral)
    | (pathlib\.)?(\w*Path) | (os\.)?PathLike | pathlib\.\w+ | decimal\.Decimal | fractions\.Fraction
    """,
    re.VERBOSE,
)
"""Types that are narrower than "a number", "a whole number", "yes or no" or "a path"."""

EXEMPT = {
    "model/core/given.py": dict.fromkeys(("whole", "number", "yes_no", "path", "plain"), "the guard"),
    "model/core/cells.py": {"shown": "a value in a message"},
    "model/core/owned.py": {"_of_arm": "a value of the state"},
    "model/scenario/scaling.py": {"_times": "a validated value"},
    "model/week/checks.py": dict.fromkeys(
        ("_refuse_bad_organization", "_refuse_infinite"), "of which type it is, is the question"
    ),
    "model/parameters/declare.py": {
        "Declaration.plausible": "a declared value",
        "_allowed": "a validated value: Python's own",
    },
    "model/parameters/refusals.py": {
        "fault": "a value of pydantic's",
        "brief": "a value in a message",
        "_follow": "a place of pydantic's",
    },
    "experiments/loading/sources.py": {"_read": "a value of a TOML file"},
    "experiments/loading/inherited.py": {"_size": "a value of a TOML file"},
    "experiments/lookup/lists.py": {"_unknown": "a validated value"},
    "experiments/words/words.py": {"value_text": "a validated value"},
    "experiments/study/design/spec.py": {"FactorSpec._one_way": "values of a TOML file"},
    "experiments/study/design/points.py": {
        "is_word": "a value of a TOML file or of a table",
        "shown": "a value in a message",
        "_typed": "a declared value, and a cell of a table",
        "_kind": "a declared value",
    },
    "experiments/study/design/keys.py": {"_told": "a declared default"},
    "experiments/study/running/status.py": {"last_heard": "a value of a JSON file"},
    "experiments/storage/processes.py": {"Process.of": "values of a JSON file"},
    "experiments/storage/disk.py": {"_holder": "a value of a JSON file"},
    "experiments/cli/app.py": {"_code": "what Typer returns"},
}
"""Checks that are not of values that a user gives in Python."""


def unguarded(tree: ast.Module) -> Iterator[ast.AST]:
    """``isinstance(x, int)``, ``type(x) is int`` and ``case int()``: types spelled out by hand."""
    for node in nodes(tree):
        of = callees(node)
        if isinstance(node, ast.Call) and of & {"isinstance", "issubclass"} and len(node.args) == 2:
            asked = node.args[1:] if "isinstance" in of or _type_of(node.args[0]) else []
        elif isinstance(node, ast.Compare) and any(map(_type_of, [node.left, *node.comparators])):
            asked = [side for side in (node.left, *node.comparators) if not _type_of(side)]
        elif isinstance(node, ast.MatchClass):
            asked = [node.cls]
        elif isinstance(node, ast.Subscript) and _type_of(node.slice):
            asked = [node.value]
        else:
            continue
        if any(map(_narrow, asked)):
            yield node


def _type_of(node: ast.expr) -> bool:
    """Whether an expression is the type of something."""
    return any(
        bool(callees(one) & {"type"}) or (isinstance(one, ast.Attribute) and one.attr == "__class__")
        for one in meant(node)
    )


def _narrow(node: ast.AST) -> bool:
    """Whether a type, or one of several, is narrow."""
    waiting, seen = [node], set()
    while waiting:
        for part in ast.walk(waiting.pop()):
            if isinstance(part, ast.Name | ast.Attribute) and part not in seen:
                seen.add(part)
                if any(map(NARROW.fullmatch, names(part))):
                    return True
                waiting += [one for one in meant(part) if one is not part]
    return False


def test_f28_types_are_asked_in_one_place() -> None:
    assert not unexplained(unguarded, EXEMPT)


@pytest.mark.parametrize(
    "source",
    [
        "isinstance(x, bool)",
        "isinstance(x, int | np.integer)",
        "isinstance(x, (str, Path))",
        "isinstance(x, np.int64)",
        "isinstance(x, np.generic)",
        "isinstance(x, numbers.Integral)",
        "isinstance(x, pathlib.PosixPath)",
        "isinstance(x, decimal.Decimal)",
        "isinstance(x, builtins.int)",
        "from builtins import int as i; isinstance(x, i)",
        "from numpy import floating as f; isinstance(x, f)",
        "from pathlib import Path as P; isinstance(x, P)",
        "KINDS = (int, float); isinstance(x, KINDS)",
        "KINDS = (int, float); isinstance(x, (str, *KINDS))",
        "A = int; B = (str, A); isinstance(x, B)",
        "any(isinstance(x, kind) for kind in (int, str))",
        "ask = isinstance; ask(x, int)",
        "issubclass(type(x), int)",
        "type(x) is int",
        "type(x) != float",
        "type(x) in (int, float)",
        "int is type(x)",
        "kind = type(x); kind is int",
        "x.__class__ is int",
        "match x:\n    case float(): ...",
        "match x:\n    case str() | int(): ...",
    ],
)
def test_a_planted_check_is_found(source: str) -> None:
    assert planted(unguarded, source)


def test_other_checks_are_not_found() -> None:
    assert not planted(unguarded, "isinstance(x, str)\nisinstance(x, list | tuple)\ntype(x) is str")
    assert not planted(unguarded, "issubclass(column.dtype, np.floating)")
