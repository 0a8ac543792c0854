"""Which runs of a study can be compared, and what did each change?

Every arm is paired with the run without a policy at the same point and seeds; a pair of which one run failed
or is missing is left out and counted.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from experiments.comparison.effects import MONEY, READ, Paired, pair, reach
from experiments.comparison.settings import Draw, Settings, crossed
from experiments.comparison.summary import Findings
from experiments.comparison.untouched import in_order
from experiments.study.design.arms import BASELINE, entry
from experiments.study.design.runs import Design
from experiments.study.running.store import Stored
from experiments.study.running.study import Study
from model.core.calendar import YEAR
from model.core.errors import StudyError
from model.instruments.policies import Policy

Floats = NDArray[np.float64]
Place = tuple[int, int]
"""A point, and a pair of seeds by its place in the study."""

SHOWN = 0
"""The point whose seeds give the effects and the interval of chance."""


@dataclass(frozen=True)
class View:
    """Some arms together: findings with both intervals, and their money in the draws, float64[draw, luck,
    arm, MONEY]. Draws whose runs are missing were never tried."""

    findings: Findings
    money: Floats


@dataclass(eq=False)
class Gathered:
    """All complete pairs of a study: ``pairs[arm][place]``, and the reach (P1) of baselines by place."""

    study: Study
    seed_pairs: list[tuple[int, int]]
    """World and luck of every pair of seeds that the study has reached."""
    pairs: dict[str, dict[Place, Paired]]
    reach: dict[Place, Floats]
    changed: dict[str, int]
    """Figures that an arm with no money has changed (P13)."""
    incomplete: int = 0
    tried: int = 0
    implausible: frozenset[int] = field(default_factory=frozenset)

    @property
    def by_settings(self) -> bool:
        """True if the points after the first are draws of the guesses."""
        return self.study.design.spec.design.kind == "settings"

    def seeds(self, arms: Sequence[str], point: int = SHOWN) -> list[int]:
        """The pairs of seeds of a point for which all these arms are complete."""
        every = range(len(self.seed_pairs))
        return [s for s in every if all((point, s) in self.pairs[arm] for arm in arms)]

    def draws(self, arms: Sequence[str]) -> tuple[list[int], list[int]]:
        """The draws with a plausible baseline, and the seeds, for which all these arms are complete."""
        if not self.by_settings:
            return [], []
        points = [p for p in range(1, len(self.study.design.points)) if p not in self.implausible]
        seeds = list(range(len(self.seed_pairs)))
        has = np.array([[all((p, s) in self.pairs[a] for a in arms) for s in seeds] for p in points], bool)
        rows, columns = rectangle(has.reshape(len(points), len(seeds)))
        return [points[i] for i in rows], [seeds[j] for j in columns]

    def view(self, arms: Sequence[str]) -> View:
        """These arms over the seeds of the first point and over the draws.

        Raises:
            StudyError: if no pair of seeds of the first point has them all.
        """
        seeds = self.seeds(arms)
        if not seeds:
            raise StudyError(
                what=f"no pair of seeds has finished runs of {', '.join((BASELINE, *arms))}",
                why="they are needed at the first point of the design",
                where=str(self.study.folder),
                instead="run the study: gongzhi study run (--retry-failed for failed runs)",
            )
        shown = [_joined([self.pairs[arm][SHOWN, s] for arm in arms]) for s in seeds]
        settings, money = self._settings(arms)
        return View(Findings(tuple(arms), shown, settings), money)

    def _settings(self, arms: Sequence[str]) -> tuple[Settings, Floats]:
        design = self.study.design
        population = design.scenarios[SHOWN].population
        size = population.persons * design.scenarios[SHOWN].district.count
        nothing = np.empty(0)
        draws, seeds = self.draws(arms)
        settings = Settings(tuple(design.points[0]), size, nothing, nothing, shared=len(seeds))
        if self.by_settings:
            settings.dropped_equilibrium = self.tried - (len(design.points) - 1)
            settings.dropped_p1 = len(self.implausible)
            settings.tried = settings.dropped_equilibrium + settings.dropped_p1 + len(draws)
        if not draws:
            return settings, np.empty((0, 2, len(arms), len(MONEY)))
        joined = [[_joined([self.pairs[arm][p, s] for arm in arms]) for s in seeds] for p in draws]
        settings.effects = crossed(np.array([[one.effects for one in row] for row in joined]))
        settings.adults = np.array([row[0].adults[0] for row in joined])
        own = [design.arms(p) for p in draws]
        place = [design.spec.policies.index(arm) for arm in arms]
        settings.kept = [
            _draw(design, p, tuple(a[i].policy for i in place)) for p, a in zip(draws, own, strict=True)
        ]
        return settings, crossed(np.array([[one.money for one in row] for row in joined]))


def gathered(study: Study) -> Gathered:
    """Read the stored runs of a study and pair them.

    Raises:
        StudyError: if the study records or runs too little to compare years.
    """
    design = study.design
    _refuse_other_studies(design)
    pairs = list(dict.fromkeys((run.world, run.luck) for run in study.runs))
    places = {seeds: i for i, seeds in enumerate(pairs)}
    arms = [name for name in design.spec.policies if name != BASELINE]
    found = Gathered(study, pairs, {name: {} for name in arms}, {}, {})
    stored = study.stored()
    for (point, *seeds), runs in groupby(stored, key=lambda e: (e[0].point, e[0].world, e[0].luck)):
        place = point, places[seeds[0], seeds[1]]
        own = {run.policy: s for run, s in runs if s.ok}
        if BASELINE not in own:
            continue
        base = own[BASELINE].record(READ)
        found.reach[place] = reach(base)
        for name in arms:
            if name in own:
                found.pairs[name][place] = pair(base, [own[name].record(READ)])
                if is_nothing(name):
                    found.changed[name] = found.changed.get(name, 0) + differing(own[BASELINE], own[name])
    wanted = len(arms) * len(design.points) * len(places)
    found.incomplete = wanted - sum(map(len, found.pairs.values()))
    if found.by_settings:
        found.tried = design.tried
        by_point: dict[int, list[Floats]] = {}
        for (point, _), one in found.reach.items():
            by_point.setdefault(point, []).append(one)
        found.implausible = frozenset(
            p for p, each in by_point.items() if p != SHOWN and not in_order(np.mean(each, axis=0))
        )
    return found


def differing(one: Stored, other: Stored) -> int:
    """How many recorded figures differ between two stored runs."""
    count = sum(int(a != b) for a, b in zip(one.row["took_part"], other.row["took_part"], strict=True))
    for name in one.series.column_names:
        a, b = (s.series[name].to_numpy(zero_copy_only=False) for s in (one, other))
        different = a != b
        if a.dtype.kind == "f":
            different &= ~(np.isnan(a) & np.isnan(b))
        count += int(different.sum())
    return count


def rectangle(has: NDArray[np.bool_]) -> tuple[list[int], list[int]]:
    """Rows and columns that are complete together: the one that misses most of its part goes first."""
    rows, columns = list(range(has.shape[0])), list(range(has.shape[1]))
    while rows and columns and not has[np.ix_(rows, columns)].all():
        lacking = ~has[np.ix_(rows, columns)]
        by_row, by_column = lacking.mean(axis=1), lacking.mean(axis=0)
        if by_column.max() >= by_row.max():
            del columns[int(by_column.argmax())]
        else:
            del rows[int(by_row.argmax())]
    return (rows, columns) if rows and columns else ([], [])


def is_nothing(name: str) -> bool:
    """True for an arm whose money is scaled to nothing."""
    return entry(name).per_household == 0


def _draw(design: Design, p: int, policies: tuple[Policy, ...]) -> Draw:
    """A point that is a draw of the settings, which are numbers."""
    values = {name: value for name, value in design.points[p].items() if not isinstance(value, str)}
    return Draw(p, values, design.scenarios[p], policies, design.weeks)


def _joined(alone: Sequence[Paired]) -> Paired:
    """Arms of one place that were paired alone, as one."""
    return replace(
        alone[0],
        effects=np.concatenate([one.effects for one in alone]),
        money=np.concatenate([one.money for one in alone]),
    )


def lacking(design: Design) -> str:
    """Why a study as it is written has no answers, in a sentence; empty if it has."""
    try:
        _refuse_other_studies(design)
    except StudyError as error:
        return f"{error.what}; {error.instead}." if error.instead else f"{error.what}."
    return ""


def _refuse_other_studies(design: Design) -> None:
    """Raise StudyError if a study records or runs too little to compare years."""
    spec, weeks = design.spec, design.weeks
    where = str(design.folder / "study.toml")
    missing = [name for name in READ if name not in spec.record.outcomes] if spec.record.outcomes else []
    if missing:
        raise StudyError(
            what=f"{len(missing)} figures that answers need are not recorded, such as {missing[0]}",
            where=where,
            instead="leave outcomes out of [record]: all are kept then",
        )
    if "all" not in spec.record.groups or YEAR % spec.record.every:
        raise StudyError(
            what="the ends of years are not recorded for all residents",
            where=where,
            instead=f'set every = {YEAR} in [record], and name "all" among its groups',
        )
    if weeks < YEAR or weeks % YEAR:
        raise StudyError(
            what=f"a study of {weeks} weeks has no answers",
            where=where,
            why="effects are told by year",
            instead=f"set weeks to whole years: {YEAR}, {2 * YEAR}, {3 * YEAR}",
        )
    plain = [name for name in spec.policies if name != BASELINE and not set(name) & set("@~")]
    if BASELINE not in spec.policies or not plain:
        raise StudyError(
            what="there is nothing to compare",
            where=where,
            why=f"effects are differences from {BASELINE!r}, of policies with the money that they declare",
            instead="write policies = "
            + json.dumps([BASELINE, *(plain or list(design.loaded.scenario.policy)[:1])], ensure_ascii=False)
            + ", and whatever else is there",
        )
