"""No float becomes a whole number without a look at it: nan and inf become another one on each platform."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.sources.scan import called, places, planted, trees

WHOLE = re.compile(r"""(np\.|numpy\.)?u?int(p|c|8|16|32|64|eger)?|["']u?[iI]nt\d*["']""")
DRAWS = ("draw", "uniform", "uniforms")
BITS = (ast.LShift, ast.RShift, ast.BitAnd, ast.BitOr, ast.BitXor)

PROVEN = {
    "(15 * quarters).astype(np.int32)": "quarters are whole",
    "given.astype(np.int32)": "given are whole minutes",
    "served.astype(np.int32)": "served are whole minutes",
    "organization.astype(np.int16)": "columns of offers are made as int64",
    "activity.astype(np.int8)": "columns of offers are made as int64",
    "field.astype(np.int8)": "columns of offers are made as int64",
    "slot.astype(np.int8)": "columns of offers are made as int64",
    "table.field.astype(np.int64)": "int8",
    "people.minutes[rows, 1].astype(np.int64)": "int32",
    "people.credit_asked[state.queue].astype(np.int64)": "int32",
    "model.residents.credit_minutes.astype(np.int64)": "int32",
    "residents.age_band.astype(np.int64)": "int8",
    "minutes[minutes > 0].astype(np.int64)": "int32",
    "near[np.lexsort((ids[near], draws[near]))][:m].astype(np.int64, copy=False)": "rows",
    "np.where(already, -1, into.index).astype(np.int16)": "an index",
    "np.flatnonzero(found).astype(np.int64, copy=False)": "rows",
    "np.cumsum([0, *map(len, ids)]).astype(np.int64)": "lengths",
    "rows.astype(np.uint64)": "rows",
    "away.astype(np.int64)": "int32",
    "place.astype(np.int64)": "int32",
    "others[once].astype(np.int64)": "int32",
    "found.astype(np.int64)": "refused above unless a whole number from 0 to n - 1",
    "values.astype(np.uint64)": "checked to be 0 or 1",
    "math.floor(x * _LOG2_E + 0.5)": "x is no nan there, and cut to -746 to 710",
    "np.int64(k)": "a whole number",
    "np.int64(week)": "a whole number",
    "np.int64(stream)": "a whole number",
    "np.int64(j + (j >= row))": "a row",
    "np.uint64(seed)": "a seed",
    "np.uint64(ident)": "an id",
    "np.uint64(took)": "0 or 1",
    "np.uint64(indices[at])": "a row",
    "np.int64(interests[i])": "uint8",
    "np.int64(fields[membership[i, m]])": "uint8",
    "np.int64(meeting.activity[o])": "int8",
    "np.int64(c.match[i])": "uint32",
    "np.int64(c.slots[i])": "uint8",
    "np.array(a, np.int64)": "a list of rows",
    "np.array(b, np.int64)": "a list of rows",
    "np.array(self.weeks, np.int64)": "a list, which NumPy refuses nan in",
    "np.array(self.weekly, np.int64)": "a list of lists, which NumPy refuses nan in",
    "np.array(self.money, np.int64)": "a list of lists, which NumPy refuses nan in",
    "np.array(model.issues.answered(weeks), np.int32)": "a list, which NumPy refuses nan in",
    "np.array(allowed, np.int8)": "a list of codes",
    "np.int64(ties.indices[first + int(degree * draw(seed, choice, c.id[j], week, 1))])": "int32",
    "np.int64(ties.indices[first + int(degree * draw(seed, choice, c.id[j], week, 2))])": "int32",
    "floor(half)": "half a degree, a declared parameter",
    "int(u)": "7 times a draw",
    "int(degree * met[i])": "met is a draw",
    "int(value * 1099511627776.0)": "refused above unless at most 1e6",
    "int(min(4 * hours + 0.5, 1000000.0))": "exp of declared parameters and of a static column, cut to 1e6",
    "int(np.floor(4 * hours + 0.5))": "hours are cut to 112, of declared parameters",
    "np.floor(4 * hours + 0.5)": "hours are cut to 112, of declared parameters",
}
"""Casts of what is whole, or finite and small, already, and why."""


def compiled(node: ast.AST) -> bool:
    """Whether a place stands in compiled code, where a cast of nan raises nothing."""
    at: ast.AST | None = node
    while at is not None:
        if isinstance(at, ast.FunctionDef) and any(
            ast.unparse(d).split(".")[-1] in ("kernel", "inlined") for d in at.decorator_list
        ):
            return True
        at = getattr(at, "above", None)
    return False


def cast_of(node: ast.AST) -> ast.expr | None:
    """What a call makes whole numbers of; None if it is no such call, or one that refuses nan itself."""
    name = called(node)
    last = name.split(".")[-1]
    if not isinstance(node, ast.Call) or not node.args + node.keywords:
        return None
    if last in ("astype", "array", "asarray", "ascontiguousarray"):
        kinds = [*node.args, *(word.value for word in node.keywords if word.arg == "dtype")]
        if not any(WHOLE.fullmatch(ast.unparse(kind)) for kind in kinds):
            return None
        return node.func.value if last == "astype" and isinstance(node.func, ast.Attribute) else node.args[0]
    rounds = WHOLE.fullmatch(name) or last in ("floor", "ceil", "rint", "round", "trunc")
    return node.args[0] if rounds and node.args and compiled(node) else None


def whole_already(value: ast.expr) -> bool:
    """Whether a value cannot be but whole or finite by its form: a comparison, bits, some of a draw, a list
    (whose entries NumPy refuses one by one)."""
    if isinstance(value, ast.Constant | ast.Compare | ast.List | ast.ListComp | ast.Tuple):
        return True
    if isinstance(value, ast.BinOp) and isinstance(value.op, BITS):
        return True
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult):
        return any(called(side).split(".")[-1] in DRAWS for side in (value.left, value.right))
    return False


def unguarded(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        value = cast_of(node)
        if value is not None and not whole_already(value) and ast.unparse(node) not in PROVEN:
            yield node


def test_every_cast_to_whole_numbers_is_guarded():
    assert not places(unguarded, besides=["model/casts.py"])


@pytest.mark.parametrize(
    "line",
    [
        "y = x.astype(int)",
        "y = x.astype(np.int64)",
        "y = np.floor(x).astype('int32')",
        "y = (x * 100).astype(dtype=np.uint8)",
        "y = np.asarray(x, np.int64)",
        "y = np.array(x, dtype=np.int32)",
        "@kernel\ndef f(x):\n    return int(x[0])",
        "@inlined\ndef f(x):\n    return np.int64(x[0] * 8.0)",
        "@kernel\ndef f(x):\n    return math.floor(x)",
    ],
)
def test_a_planted_cast_is_found(line):
    assert len(planted(unguarded, f"import numpy as np\n{line}\n")) == 1


def test_what_is_said_to_be_proven_is_there():
    """An entry whose place is gone would hide a new place of the same words."""
    casts = [node for tree in trees().values() for node in ast.walk(tree) if cast_of(node) is not None]
    assert set(PROVEN) <= {ast.unparse(node) for node in casts}
