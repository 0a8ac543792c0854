"""No float becomes a whole number without a look at it: nan and inf become another one on each platform.

Not seen: floats put into an array of whole numbers (``counts[:] = x``) that another function made, an
attribute holds or a function fills (``np.put``); a list of arrays.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.sources.scan import above, argument, callees, last, meant, names, nodes, planted, text, unexplained

WHOLE = re.compile(
    r"u?int(p|c|_|8|16|32|64|eger)?|bool_?|u?(byte|short|long|longlong)|signedinteger|u?Int\d+Dtype"
)
WHOLE_TEXT = re.compile(r"[<>=|!]?([iu]\d+|b1|[bBhHiIlLqQpPnN?]|u?[iI]nt\w*|bool\w*|u?(byte|short|long\w*))")
OTHER = re.compile(r"float\w*|double|single|half|longdouble|c?complex\w*|str_?|object_?|bytes_?|datetime64")
MAKERS = {"array": 1, "asarray": 1, "asanyarray": 1, "ascontiguousarray": 1, "asfortranarray": 1}
MAKERS |= {"fromiter": 1, "require": 1, "full": 2, "full_like": 2}
"""Functions of NumPy that make an array of what they are given, and the place of its type."""

BLANKS = {"zeros": 1, "ones": 1, "empty": 1, "zeros_like": 1, "ones_like": 1, "empty_like": 1}
"""The same of those that make an array of nothing."""

CASTS_NOTHING = {*BLANKS, "frombuffer", "dtype"}
ROUNDS = {"floor", "ceil", "rint", "round", "trunc", "fix"}
KERNELS = {"kernel", "inlined", "njit", "jit", "vectorize", "guvectorize", "cfunc", "stencil"}
DRAWS = ("draw", "uniform", "uniforms")
BITS = (ast.LShift, ast.RShift, ast.BitAnd, ast.BitOr, ast.BitXor)

PROVEN = {
    "model/core/arithmetic.py": {
        "math.floor(x * _LOG2_E + 0.5)": "x is no nan there, and cut to -746 to 710",
    },
    "model/week/serve/care.py": {
        "given.astype(np.int32)": "given are whole minutes",
        "(15 * quarters).astype(np.int32)": "quarters are whole",
    },
    "model/core/casts.py": {
        "values.astype(dtype)": "looked at there",
    },
    "model/core/cells.py": {
        "np.array(worst, dtype=bool)": "a list of truths",
    },
    "model/core/columns.py": {
        "np.ascontiguousarray(array, dtype=self.dtype)": "refused above unless whole and in its range",
    },
    "model/community.py": {
        "np.uint64(self.luck)": "a seed",
    },
    "model/state/community.py": {
        "organization.astype(np.int16)": "columns of offers are made as int64",
        "activity.astype(np.int8)": "columns of offers are made as int64",
        "field.astype(np.int8)": "columns of offers are made as int64",
        "slot.astype(np.int8)": "columns of offers are made as int64",
    },
    "model/week/serve/credits.py": {
        "people.minutes[rows, 1].astype(np.int64)": "int32",
    },
    "model/core/draws.py": {
        "np.uint64(seed)": "a seed",
        "np.uint64(ident)": "an id",
        "np.int64(week)": "a whole number",
        "np.int64(stream)": "a whole number",
        "np.int64(k)": "a whole number",
        "near[np.lexsort((ids[near], draws[near]))][:m].astype(np.int64, copy=False)": "rows",
        "np.uint64(a)": "an id",
        "np.uint64(b)": "an id",
        "np.uint64(other)": "an id",
    },
    "model/week/organise/endings.py": {
        "np.where(already, -1, into.index).astype(np.int16)": "an index",
    },
    "model/week/organise/founding.py": {
        "np.uint64(model.committee.id)": "an id",
        "np.int64(interests[i])": "uint8",
        "np.int64(fields[membership[i, m]])": "uint8",
        "counts[f] = m": "a count",
        "around[near] = free[near]": "truths",
    },
    "model/start/inputs.py": {
        "values.astype(np.uint64)": "checked to be 0 or 1",
        "np.uint32(3 * f)": "a whole number",
    },
    "model/start/membership.py": {
        "np.uint64(world)": "a seed",
        "np.uint64(organization.id)": "an id",
    },
    "model/start/network.py": {
        "np.uint64(world)": "a seed",
        "np.array(a, np.int64)": "a list of rows",
        "np.array(b, np.int64)": "a list of rows",
        "residents.age_band.astype(np.int64)": "int8",
        "floor(half)": "half a degree, a declared parameter",
        "np.int64(j + (j >= row))": "a row",
    },
    "model/state/outcomes.py": {
        "np.array(self.weeks, np.int64)": "a list, which NumPy refuses nan in",
        "np.array(self.weekly, np.int64)": "a list of lists, which NumPy refuses nan in",
        "np.array(self.money, np.int64)": "a list of lists, which NumPy refuses nan in",
    },
    "model/state/offers.py": {
        "np.uint8(sum((1 << f for f, k in enumerate(FIELD_ACTIVITY) if k == activity)))": "seven bits",
    },
    "model/week/counts.py": {
        "int(value * FIXED_POINT)": "refused above unless at most 1e6",
        "out[g, column] += counts[cell, column]": "int64",
        "minutes[minutes > 0].astype(np.int64)": "int32",
    },
    "model/week/perception.py": {
        "np.uint64(2 ** model.scenario.decision.memory - 1)": "declared as whole, at least 1",
        "np.uint64(indices[at])": "a row",
    },
    "model/week/ask.py": {
        "np.int64(meeting.activity[o])": "int8",
        "np.int64(ties.indices[first + int(degree * draw(seed, choice, c.id[j], week, 1))])": "int32",
        "np.int64(ties.indices[first + int(degree * draw(seed, choice, c.id[j], week, 2))])": "int32",
        "int(degree * met[i])": "met is a draw",
    },
    "model/week/decide.py": {
        "np.uint64(2 ** model.scenario.decision.memory - 1)": "declared as whole, at least 1",
        "int(min(4 * hours + 0.5, 1000000.0))": "of declared parameters and a static column, cut to 1e6",
    },
    "model/week/deliberate.py": {
        "rows.astype(np.uint64)": "rows",
        "np.uint64(born_id(Kind.ISSUE, community_hash(model.scenario.name), 0, 0, model.week))": "an id",
        "news[reached, 4:] += np.array(model.issues.answered(weeks), np.int32)": "int32",
        "np.array(model.issues.answered(weeks), np.int32)": "a list, which NumPy refuses nan in",
    },
    "model/week/learn.py": {
        "table.field.astype(np.int64)": "int8",
        "np.uint64(took)": "0 or 1",
        "int(u)": "7 times a draw",
    },
    "model/week/mobilise/mobilise.py": {
        "contacts += model.branch_office.paired": "int64",
    },
    "model/week/organise/organise.py": {
        "np.uint64(2 ** model.scenario.membership.idle_weeks - 1)": "declared as whole, at least 1",
    },
    "model/week/plan.py": {
        "np.uint64(organization.id)": "an id",
    },
    "model/week/seat.py": {
        "offers[at] = o": "a row",
        "first[k + 1] = at": "a row",
        "np.int64(c.match[i])": "uint32",
        "np.int64(c.slots[i])": "uint8",
        "tier[o] = 2 if match >> 3 * offers.field[o] + slot & 1 else 3": "2 or 3",
        "first[o + 1] += first[o]": "counts",
        "rows[filled[o]] = i": "a row",
    },
    "model/start/population.py": {
        "np.uint64(first)": "an id",
        "np.arange(n, dtype=np.uint64)": "rows",
        "np.uint64(arrival_code(week))": "a code",
        "np.uint64(world)": "a seed",
        "int(np.floor(4 * hours + 0.5))": "hours are cut to 112, of declared parameters",
        "np.floor(4 * hours + 0.5)": "hours are cut to 112, of declared parameters",
    },
    "model/week/serve/redemption.py": {
        "np.array(allowed, np.int8)": "a list of codes",
        "people.credit_asked[state.queue].astype(np.int64)": "int32",
        "served.astype(np.int32)": "served are whole minutes",
    },
    "model/state/residents.py": {
        "np.full((n, *c.shape), c.fill, dtype=c.dtype)": "a declared value",
        "np.full((len(self), *own.shape), own.fill, dtype=own.dtype)": "a declared value, checked there",
        "found &= np.isin(vars(self)[name], self.declared[name].codes(value))": "truths",
        "np.flatnonzero(found).astype(np.int64, copy=False)": "rows",
        "np.array(values, dtype=old.dtype, order='C')": "checked before, or made of whole columns",
    },
    "model/state/stewards.py": {
        "at[order] = np.arange(len(cell))": "rows",
    },
    "model/state/ties.py": {
        "others[once].astype(np.int64)": "int32",
        "found.astype(np.int64)": "refused above unless a whole number from 0 to n - 1",
        "ends[i + 1] += ends[i]": "counts",
        "loose[free[i]] = j": "a row",
        "indices[last[j]] = i": "a row",
        "indices[kept] = indices[t]": "a row",
        "indptr[i + 1] = kept": "a count",
    },
    "model/start/weak_ties.py": {
        "np.cumsum([0, *map(len, ids)]).astype(np.int64)": "lengths",
        "away.astype(np.int64)": "int32",
        "place.astype(np.int64)": "int32",
    },
    "experiments/storage/columns.py": {
        "table.astype({column.name: column.dtype for column in columns if column.unit not in TEXTS})": (
            "pandas refuses nan there"
        ),
    },
    "experiments/validation/laws/bare.py": {
        "np.asarray(took_part, bool)": "truths of laws",
    },
    "experiments/validation/laws/timebank.py": {
        "model.residents.credit_minutes.astype(np.int64)": "int32",
    },
    "experiments/outcomes/recorded.py": {
        "found[year, :-1] = np.unpackbits(bits, axis=1, count=adults)": "bits",
        "found[:, -1] = found[:, :-1].any(axis=1)": "truths",
    },
}
"""Casts of what is whole, or finite and small, already, and why."""


def compiled(node: ast.AST) -> bool:
    """Whether a place stands in compiled code, where a cast of nan raises nothing."""
    return any(
        last(name.replace("()", "")) in KERNELS
        for at in above(node)
        if isinstance(at, ast.FunctionDef)
        for decorator in at.decorator_list
        for name in names(decorator)
    )


def whole_kind(kind: ast.expr) -> bool:
    """Whether a type may be one of whole numbers or of truths: it is named so, or nobody can tell."""
    kinds = meant(kind)
    return any(_whole_kind(one) for one in kinds if len(kinds) == 1 or not isinstance(one, ast.Name))


def _whole_kind(kind: ast.expr) -> bool:
    if isinstance(kind, ast.Constant):
        return text(kind) is not None and bool(WHOLE_TEXT.fullmatch(str(kind.value)))
    if isinstance(kind, ast.Call) and callees(kind) & {"numpy.dtype"}:
        return not kind.args or whole_kind(kind.args[0])
    of = {last(name.removesuffix("()")) for name in names(kind)}
    if any(WHOLE.fullmatch(name) for name in of):
        return True
    return not of or any(not OTHER.fullmatch(name) for name in of)


def casts_of(node: ast.AST) -> list[ast.expr]:
    """What a place makes whole numbers of, or the place itself if that cannot be told; empty if it is no
    such place, or one that refuses nan itself."""
    if isinstance(node, ast.Attribute) and node.attr == "astype":
        return [] if getattr(next(above(node)), "func", None) is node else [node]
    if isinstance(node, ast.Assign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return [node.value] if any(map(_into_whole_numbers, targets)) else []
    if not isinstance(node, ast.Call):
        return []
    if text(argument(node, "casting")) == "unsafe":
        return [node]
    for name in callees(node) | {name for name in names(node) if not name.endswith("()")}:
        if name == "numpy.arange" and argument(node, "dtype"):
            return node.args
        found = _cast(node, name)
        if found is not None:
            return [found]
    return []


def _into_whole_numbers(target: ast.expr) -> bool:
    """Whether a target is (some of) an array that the function itself made of whole numbers."""
    if not isinstance(target, ast.Subscript | ast.Name):
        return False
    if isinstance(target, ast.Name) and not isinstance(target.above, ast.AugAssign):  # type: ignore[attr-defined]
        return False
    return any(
        whole_kind(kind)
        for one in meant(target.value if isinstance(target, ast.Subscript) else target)
        if isinstance(one, ast.Call)
        for name in callees(one)
        for kind in [argument(one, "dtype", {**MAKERS, **BLANKS, "astype": 0}.get(last(name)))]
        if kind is not None and (name.startswith("numpy.") or last(name) == "astype")
    )


def _cast(node: ast.Call, name: str) -> ast.expr | None:
    end = last(name)
    if end == "astype" and isinstance(node.func, ast.Attribute):
        kinds = [*node.args, *(word.value for word in node.keywords if word.arg in ("dtype", None))]
        return node.func.value if any(map(whole_kind, kinds)) else None
    if name.startswith(("numpy.", "pandas.")) and end not in CASTS_NOTHING:
        kind = argument(node, "dtype", MAKERS.get(end) if name.startswith("numpy.") else None)
        if kind is not None and whole_kind(kind):
            return node.args[1 if end.startswith("full") else 0] if node.args else node
    if len(node.args) != 1 or name.startswith("here."):
        return None
    scalar = WHOLE.fullmatch(end)
    if scalar and name.startswith("numpy."):
        return node.args[0]
    return node.args[0] if (scalar or end in ROUNDS) and compiled(node) else None


def whole_already(value: ast.expr) -> bool:
    """Whether a value cannot be but whole or finite by its form: a comparison, bits, some of a draw, a list
    (whose entries NumPy refuses one by one)."""
    if any(name == "int" or re.fullmatch(rf"numpy\.({WHOLE.pattern})", name) for name in callees(value)):
        return True  # which is asked itself
    if isinstance(value, ast.UnaryOp):
        return whole_already(value.operand)
    if isinstance(value, ast.BinOp) and whole_already(value.left) and whole_already(value.right):
        return not isinstance(value.op, ast.Div)
    if isinstance(value, ast.Constant):
        return isinstance(value.value, int)
    if isinstance(value, ast.Compare | ast.List | ast.ListComp | ast.Tuple):
        return True
    if isinstance(value, ast.BinOp) and isinstance(value.op, BITS):
        return True
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult):
        return any(last(name) in DRAWS for side in (value.left, value.right) for name in callees(side))
    return False


def casts(tree: ast.Module) -> Iterator[ast.AST]:
    """Casts to whole numbers of what is not whole by its form."""
    for node in nodes(tree):
        if not all(map(whole_already, casts_of(node))):
            yield node


def test_every_cast_to_whole_numbers_is_guarded() -> None:
    assert not unexplained(casts, PROVEN, by="text")


@pytest.mark.parametrize(
    "line",
    [
        "y = x.astype(int)",
        "y = x.astype(np.int64)",
        "y = x.astype('i8')",
        "y = x.astype('<i4')",
        "y = x.astype('Int64')",
        "y = x.astype(np.bool_)",
        "y = x.astype(np.intp)",
        "y = x.astype(np.longlong)",
        "y = x.astype(np.short)",
        "y = x.astype(np.dtype('int32'))",
        "y = x.astype(other.dtype)",
        "y = x.astype(copy=False, dtype='i4')",
        "y = x.astype(**how)",
        "WHOLE = 'i8'; y = x.astype(WHOLE)",
        "from numpy import int64 as i; y = x.astype(i)",
        "y = np.ndarray.astype(x, np.int64)",
        "y = [*map(x.astype, kinds)]",
        "y = np.floor(x).astype('int32')",
        "y = (x * 100).astype(dtype=np.uint8)",
        "y = np.asarray(x, np.int64)",
        "y = np.array(x, dtype=np.int32)",
        "y = np.array(x).astype(np.uintp)",
        "y = np.asanyarray(x, dtype=np.int64)",
        "y = np.require(x, np.int64)",
        "y = np.fromiter(x, np.int64)",
        "y = np.full(3, x, np.int64)",
        "y = np.full_like(z, x, dtype=np.int64)",
        "y = np.add(x, 1, dtype=np.int64)",
        "y = np.rint(x, out=z, casting='unsafe')",
        "np.copyto(z, x, casting='unsafe')",
        "y = np.arange(0, x, dtype=int)",
        "from functools import partial; whole = partial(np.asarray, dtype=int)",
        "y = np.uint16(x)",
        "from numpy import int64; y = int64(x)",
        "y = pd.Series(x, dtype='int64')",
        "import numpy; a = numpy.asarray; y = a(x, int)",
        "y = np.empty(3, np.int8); y[:] = x",
        "y = np.zeros(3, dtype='i4'); y += x",
        "@kernel\ndef f(x):\n    y = np.empty(1, np.int64)\n    y[0] = x[0]",
        "@kernel\ndef f(x):\n    return int(x[0])",
        "@inlined\ndef f(x):\n    return np.int64(x[0] * 8.0)",
        "@kernel\ndef f(x):\n    return math.floor(x)",
        "@kernel(parallel=True)\ndef f(x):\n    return int(x[0])",
        "from model.core.compiled import kernel as k\n@k\ndef f(x):\n    return int(x[0])",
        "import numba\n@numba.njit\ndef f(x):\n    return round(x[0])",
        "from numba import njit as j\n@j(cache=True)\ndef f(x):\n    return int(x[0])",
    ],
)
def test_a_planted_cast_is_found(line: str) -> None:
    assert len(planted(casts, line)) == 1


def test_other_casts_are_not_found() -> None:
    assert not planted(casts, "y = x.astype(np.float64)\ny = np.array(x, 'f8')\ny = x.astype(str)")
    assert not planted(casts, "y = np.asarray(x)\ny = np.zeros(3, np.int64)\ny = (x > 3).astype(np.int8)")
