"""Which points does a design have? Each is a value for every factor, in a fixed order."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.comparison.settings import HYPERCUBE_SEED, MOST_TRIED, guesses, hypercube
from experiments.loading.load import Loaded
from experiments.loading.places import file_below
from experiments.loading.tables import read_table
from experiments.study.design.spec import MOST_RUNS, DesignSpec, FactorSpec, StudySpec
from model.core.cells import named, numbers
from model.core.errors import GongzhiError, ScenarioError, StudyError
from model.core.given import whole
from model.parameters.declare import Declaration, resolve
from model.parameters.replace import replaced
from model.scenario.scenario import Scenario

Value = int | float | str | bool
Point = dict[str, Value]

MOST_POINTS = 1_000_000
LENGTHS = ("run.weeks", "run.spin_up")


def points(spec: StudySpec, folder: Path, loaded: Loaded | None = None) -> list[Point]:
    """The points of a study in ``folder``, in design order; the design ``settings`` needs its scenario.

    Raises:
        StudyError: for a design that makes no points or too many, and for a table that cannot be read.
    """
    design = spec.design
    if design.kind == "settings" and loaded is not None:
        runs = (design.points + 1) * len(spec.policies) * len(spec.pairs())
        if runs > MOST_RUNS:
            raise StudyError(
                what=f"the study has {runs:,} runs",
                where="design.points",
                why=f"at most {MOST_RUNS:,} are stored in one study",
                instead="draw fewer points",
            )
        return drawn(design, loaded)[0]
    found = _table(design, folder, loaded) if design.kind == "table" else _declared(spec)
    for name in found[0]:
        if name in LENGTHS:
            raise StudyError(
                what=f"{name} is no factor",
                where="factor",
                why="all runs of a study are equally long",
                instead="set weeks = ... once, above the tables, and run.spin_up in the scenario",
            )
    if loaded is not None:
        found = [_typed(point, loaded.scenario, strictly=False) for point in found]
    if design.kind in ("list", "grid"):
        _refuse_doubles(spec, found)
    return found


def at_point(scenario: Scenario, point: Point) -> Scenario:
    """The scenario with the values of a point.

    Raises:
        ScenarioError: for a name that does not exist, and for whatever validation refuses.
    """
    for name in point:
        resolve(scenario, name)
    return replaced(scenario, _typed(point, scenario, strictly=True))


def said(point: Point) -> str:
    """A point for a person: ``decision.b_peer = 0.6, decision.rule = logit``."""
    return ", ".join(f"{name} = {shown(value)}" for name, value in point.items())


def is_word(value: Value) -> bool:
    """True for a text, and for true and false."""
    return isinstance(value, str | bool)


def shown(value: Value) -> str:
    """A value of a factor for a person."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else f"{value:g}"


def _typed(point: Point, scenario: Scenario, *, strictly: bool) -> Point:
    """The point as it is run: parameters that count are whole numbers, other numbers have one zero; unknown
    names are left as they are. With ``strictly`` whole values of other numbers are such numbers too."""
    typed: Point = {}
    for name, value in point.items():
        try:
            now = resolve(scenario, name)
        except GongzhiError:
            now = None
        if isinstance(value, str | bool):
            typed[name] = value
        elif whole(now) is not None:
            typed[name] = int(value + 0.5)
        else:
            typed[name] = (float(value) if strictly and isinstance(now, float) else value) + 0
    return typed


def _refuse_doubles(spec: StudySpec, found: Sequence[Point]) -> None:
    """Raise StudyError for a point that was written twice by hand: a slip.

    Points that are drawn, made by steps or read from a table coincide as a matter of course (a table is
    mostly made by another program, whole numbers are rounded): their runs are made once and used for each.
    """
    if any(not factor.values for factor in spec.factor.values()):
        return
    first: dict[tuple[Value, ...], int] = {}
    for i, point in enumerate(found):
        same = first.setdefault(tuple(point.values()), i)
        if same != i:
            raise StudyError(
                what=f"two points of the study are the same: {same} and {i} ({said(point)})",
                where="factor",
                why="all their runs would be equal",
                instead="leave the double out",
            )


def _declared(spec: StudySpec) -> list[Point]:
    """The points of a design over ``[factor]`` tables."""
    design, names = spec.design, list(spec.factor)
    if design.kind == "list":
        rows = zip(*(f.values for f in spec.factor.values()), strict=True)
        return [dict(zip(names, row, strict=True)) for row in rows] or [{}]
    if design.kind == "grid":
        axes = [_levels(f, design.levels) for f in spec.factor.values()]
        count = int(np.prod([float(len(a)) for a in axes]))
        if count > MOST_POINTS:
            raise StudyError(
                what=f"the grid has {count:,} points",
                where="design",
                why=f"at most {MOST_POINTS:,} can be run",
                instead="use fewer levels, or kind = 'latin_hypercube' with points",
            )
        return [dict(zip(names, row, strict=True)) for row in itertools.product(*axes)]
    unit = _unit(design, len(names))
    spread = _stepped if design.kind == "morris" else _spread
    columns = [spread(f, unit[:, j]) for j, f in enumerate(spec.factor.values())]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _spread(factor: FactorSpec, unit: NDArray[np.float64]) -> list[Value]:
    """Values of a factor at places of the unit interval: between low and high, or equal parts of a list."""
    if factor.values:
        k = len(factor.values)
        return [factor.values[min(int(u * k), k - 1)] for u in unit.tolist()]
    low, high = float(factor.low or 0), float(factor.high or 0)
    return list((low + unit * (high - low)).tolist())


def _stepped(factor: FactorSpec, unit: NDArray[np.float64]) -> list[Value]:
    """The same for levels from 0 to 1, both of which are reached: of a list the value that lies nearest."""
    last = len(factor.values) - 1
    return [factor.values[int(u * last + 0.5)] for u in unit.tolist()] if last >= 0 else _spread(factor, unit)


def drawn(
    design: DesignSpec, loaded: Loaded, free: Sequence[Declaration] | None = None
) -> tuple[list[Point], int]:
    """The scenario's own values of its guesses, then joint draws of them, and how many draws were tried.

    A draw that validation refuses is replaced by a further one, as `draw_settings` does. ``free`` are the
    guesses, if they are not those that this version declares.

    Raises:
        StudyError: if there is nothing to draw, or too few draws are accepted.
    """
    free = guesses(loaded) if free is None else free
    if not free:
        raise StudyError(
            what="there are no settings to draw",
            where="design.kind",
            why="no parameter of the scenario with a plausible range is a guess",
            instead="choose another design, or leave [design] out",
        )
    found: list[Point] = []
    tried = batch = 0
    while len(found) < design.points and tried < MOST_TRIED * design.points:
        missing = min(design.points - len(found), MOST_TRIED * design.points - tried)
        for values in hypercube(free, missing, batch, HYPERCUBE_SEED + design.seed - 1):
            tried += 1
            try:
                replaced(loaded.scenario, values)
            except ScenarioError:
                continue
            found.append(dict(values))
        batch += 1
    if len(found) < design.points:
        raise StudyError(
            what=f"only {len(found):,} of {tried:,} draws of the guesses can be run",
            where="design.points",
            why="validation refuses the others",
            instead="ask for fewer points, or narrow the ranges",
        )
    return [{d.name: resolve(loaded.scenario, d.name) for d in free}, *found], tried


def _unit(design: DesignSpec, d: int) -> NDArray[np.float64]:
    """Points of the unit cube, float64[points, d]."""
    from scipy.stats import qmc

    if design.kind in ("sobol_sequence", "saltelli") and design.points & (design.points - 1):
        raise StudyError(
            what=f"design.points = {design.points} of a Sobol sequence",
            where="design.points",
            why="its points are balanced in powers of two only",
            instead=f"give {1 << (design.points.bit_length() - 1)} or {1 << design.points.bit_length()}",
        )
    if design.kind == "latin_hypercube":
        return np.asarray(qmc.LatinHypercube(d, rng=design.seed).random(design.points))
    if design.kind == "sobol_sequence":
        return np.asarray(qmc.Sobol(d, rng=design.seed).random(design.points))
    from SALib.sample import morris, sobol

    problem = {"num_vars": d, "names": [str(j) for j in range(d)], "bounds": [[0.0, 1.0]] * d}
    sampled: Any
    if design.kind == "saltelli":
        n = design.points
        sampled = sobol.sample(problem, n, calc_second_order=design.second_order, seed=design.seed)
        return np.asarray(sampled, np.float64)
    sampled = morris.sample(problem, design.trajectories, num_levels=design.levels, seed=design.seed)
    return np.asarray(sampled, np.float64)


def _levels(factor: FactorSpec, levels: int) -> list[Value]:
    if factor.values:
        return list(factor.values)
    return [float(x) for x in np.linspace(factor.low or 0, factor.high or 0, levels)]


def _table(design: DesignSpec, folder: Path, loaded: Loaded | None) -> list[Point]:
    """The rows of a table in the study's folder: numbers, and what parameters are that are texts, or true and
    false."""
    path = file_below(folder, design.file, "design.file", "the study's folder", StudyError)
    table = read_table(path, design.file)
    columns: list[NDArray[Any]] = []
    for name in table.cells:
        values = table.values(name)
        wanted: tuple[type, ...] = () if loaded is None else _kind(name, loaded.scenario)
        found, good = numbers(values.tolist())
        bad = np.array([not isinstance(v, wanted) for v in values.tolist()]) if wanted else ~good
        if not bad.any() and not wanted:
            bad = ~np.isfinite(found)
        for row in np.flatnonzero(bad)[:1].tolist():
            where = table.where(name)
            kind = "true or false" if wanted == (bool,) else "a text" if wanted else "a number"
            raise StudyError(
                what=f"{where.written(row, values[row])} in column {named(name)} is not {kind}",
                where=where.at(row),
                instead=f"write {kind.replace('a ', 'one ')} for every factor",
            )
        columns.append(values)
    if any(column.dtype.kind == "f" for column in columns):
        columns = [c.astype(np.float64) if c.dtype.kind in "iu" else c for c in columns]
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [dict(zip(table.cells, row, strict=True)) for row in rows]


def _kind(name: str, scenario: Scenario) -> tuple[type, ...]:
    """What values of a parameter are, if they are no numbers."""
    try:
        now = resolve(scenario, name)
    except GongzhiError:  # told when the point is validated
        return ()
    return (type(now),) if isinstance(now, str | bool) else ()
