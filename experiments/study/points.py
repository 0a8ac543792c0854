"""Which points does a design have? Each is a value for every factor, in a fixed order."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.load import Loaded
from experiments.loading.places import file_below
from experiments.loading.tables import read_table
from experiments.settings import HYPERCUBE_SEED, MOST_TRIED, guesses, hypercube
from experiments.study.spec import MOST_RUNS, DesignSpec, FactorSpec, StudySpec
from model.cells import named, numbers
from model.errors import GongzhiError, ScenarioError, StudyError
from model.given import whole
from model.parameters.declare import replaced, resolve

Point = dict[str, int | float]

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
    found = _table(design, folder) if design.kind == "table" else _declared(spec)
    for name in found[0]:
        if name in LENGTHS:
            raise StudyError(
                what=f"{name} is no factor",
                where="factor",
                why="all runs of a study are equally long",
                instead="set weeks = ... once, above the tables, and run.spin_up in the scenario",
            )
    return found if loaded is None else [_whole(point, loaded) for point in found]


def _whole(point: Point, loaded: Loaded) -> Point:
    """The point as it is run: parameters that count are whole numbers; unknown names are left as they are."""
    rounded: Point = {}
    for name, value in point.items():
        try:
            now = resolve(loaded.scenario, name)
        except GongzhiError:
            now = value
        rounded[name] = value + 0 if whole(now) is None else int(value + 0.5)  # + 0: there is one zero
    return rounded


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
    low = np.array([float(f.low or 0) for f in spec.factor.values()])
    high = np.array([float(f.high or 0) for f in spec.factor.values()])
    return [dict(zip(names, row, strict=True)) for row in (low + unit * (high - low)).tolist()]


def drawn(design: DesignSpec, loaded: Loaded) -> tuple[list[Point], int]:
    """The scenario's own values of its guesses, then joint draws of them, and how many draws were tried.

    A draw that validation refuses is replaced by a further one, as `draw_settings` does.

    Raises:
        StudyError: if there is nothing to draw, or too few draws are accepted.
    """
    free = guesses(loaded)
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
            found.append(values)
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

    if design.kind == "latin_hypercube":
        return np.asarray(qmc.LatinHypercube(d, rng=design.seed).random(design.points))
    if design.kind == "sobol":
        if design.points & (design.points - 1):
            raise StudyError(
                what=f"design.points = {design.points} of a Sobol sequence",
                where="design.points",
                why="its points are balanced in powers of two only",
                instead=f"give {1 << (design.points.bit_length() - 1)} or {1 << design.points.bit_length()}",
            )
        return np.asarray(qmc.Sobol(d, rng=design.seed).random(design.points))
    from SALib.sample import morris

    problem = {"num_vars": d, "names": [str(j) for j in range(d)], "bounds": [[0.0, 1.0]] * d}
    sampled: Any = morris.sample(problem, design.trajectories, num_levels=design.levels, seed=design.seed)
    return np.asarray(sampled, np.float64)


def _levels(factor: FactorSpec, levels: int) -> list[int | float]:
    if factor.values:
        return list(factor.values)
    return [float(x) for x in np.linspace(factor.low or 0, factor.high or 0, levels)]


def _table(design: DesignSpec, folder: Path) -> list[Point]:
    """The rows of a table of numbers in the study's folder."""
    path = file_below(folder, design.file, "design.file", "the study's folder", StudyError)
    table = read_table(path, design.file)
    columns = []
    for name in table.cells:
        values = table.values(name)
        found, good = numbers(values.tolist())
        for row in np.flatnonzero(~good if not good.all() else ~np.isfinite(found))[:1].tolist():
            where = table.where(name)
            raise StudyError(
                what=f"{where.written(row, values[row])} in column {named(name)} is not a number",
                where=where.at(row),
                instead="write one number for every factor",
            )
        columns.append(values)
    return [dict(zip(table.cells, row, strict=True)) for row in np.column_stack(columns).tolist()]
