"""When does a study have seeds enough? It looks at what is stored after every batch, and one rule decides.

Looks are at fixed numbers of pairs: ``seeds.count``, then ``batch`` more each time, the last at ``most``. A
look takes all pairs up to its number and nothing else. So the number at which a study ends follows from its
file and its figures alone, not from workers, kills, or the moment of asking.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.study.design.spec import UntilSpec
from experiments.study.running.sequential import (
    ALPHA,
    NOTHING,
    Decision,
    Interval,
    Ranking,
    over,
    rank,
    sequence,
)
from model.core.errors import StudyError
from model.parameters.declare import suggestion

if TYPE_CHECKING:
    from experiments.study.design.runs import Design, Run
    from experiments.study.running.store import Store, Stored


@dataclass(frozen=True)
class Reached:
    """Where a study with ``[until]`` stands.

    ``pairs`` is how many pairs of seeds it has runs of so far, or will have once what is to do is done;
    ``looked`` how many the last look took, whose ``decision`` is None before the first. ``ended``: no more
    are needed, or allowed. ``failed`` and ``empty`` count what that look left out, over all points: pairs in
    which a run failed, and pairs without a figure of the outcome.
    """

    until: UntilSpec
    pairs: int
    looked: int = 0
    decision: Decision | None = None
    ended: bool = False
    failed: int = 0
    empty: int = 0

    def text(self) -> str:
        """What is known, for a person."""
        until, decision = self.until, self.decision
        if decision is None:
            return f"The first look is at {self.pairs:,} pairs of seeds, {until.most:,} are the most."
        a, b = until.between
        lines = [
            f"Look at {self.looked:,} pairs of seeds, {until.outcome} of {until.group} (each interval holds "
            f"at all looks with {1 - until.alpha:.4g} probability):"
        ]
        lines.append(decision.text(a, b))
        if decision.settings == 1:
            lines.append("That is chance alone: the study has one setting of the inputs.")
        lines.append(self._why())
        for count, why in ((self.failed, "in which a run failed"), (self.empty, "without such a figure")):
            if count:
                at = "" if decision.settings == 1 else ", counted at every point"
                lines.append(f"Left out: {count:,} {'pair' if count == 1 else 'pairs'} {why}{at}.")
        return "\n".join(lines)

    def _why(self) -> str:
        until, decision = self.until, self.decision
        narrow = "" if until.half_width is None else f" to {until.half_width:g} either way"
        if decision is not None and decision.final:
            return (
                f"It is known{narrow}: no more seeds are needed." if narrow else "No more seeds are needed."
            )
        if not self.ended:
            return f"It goes on to {self.pairs:,} pairs, and {until.most:,} at most."
        if decision is not None and not any(i.n for i in decision.intervals):
            return "It ends here: no pair has both figures, and more seeds would not give them."
        return (
            f"It ends here, at the most that it may take, and is not known{narrow}: "
            "what is not told apart need not be equal."
        )

    def record(self) -> dict[str, Any]:
        """The same for a machine: fit for JSON, None for an end that is not known."""
        found: dict[str, Any] = self.until.model_dump(mode="json") | {
            "pairs": self.pairs,
            "looked": self.looked,
            "ended": self.ended,
            "left_out_failed": self.failed,
            "left_out_without_figure": self.empty,
            "text": self.text(),
        }
        if self.decision is not None:
            d = self.decision
            found |= {"verdict": d.verdict, "final": d.final, "more": d.more, "less": d.less}
            found["responsible"] = list(d.responsible)
            found["points"] = [
                {"point": p, "pairs": i.n} | {k: _finite(getattr(i, k)) for k in ("mean", "low", "high")}
                for p, i in enumerate(d.intervals)
            ]
        return found


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


class Looks:
    """The looks of a study; figures are read once and kept."""

    def __init__(self, design: Design, store: Store) -> None:
        self.design, self.store = design, store
        self._figures: dict[tuple[str, str], dict[str, float]] = {}

    @property
    def width(self) -> int:
        """Runs of one pair of seeds."""
        return len(self.design.points) * len(self.design.spec.policies)

    def reached(self, until: UntilSpec, known: Mapping[str, bool]) -> Reached:
        """How many pairs are reached, given the ``known`` runs: whether each succeeded, by key."""
        runs = self.design.runs
        absent = next((run.index for run in runs if run.key not in known), len(runs))
        sizes = looks(self.design.spec.seeds.count, until)
        done = [size for size in sizes if size <= absent // self.width]
        if not done:
            return Reached(until, sizes[0])
        pairs = self._pairs(until, known, done[-1])
        at, ends = [], []
        for kept in pairs:
            used = [i for i, difference in enumerate(kept) if np.isfinite(difference)]
            at.append(used)
            ends.append([NOTHING, *sequence([kept[i] for i in used], until.alpha)])
        for size in done:
            last: list[Interval] = [e[int(np.searchsorted(u, size))] for u, e in zip(at, ends, strict=True)]
            decision = over(last, self.design.points, half_width=until.half_width)
            if decision.final or not any(i.n for i in last):
                break
        ended = decision.final or not any(i.n for i in last) or size == until.most
        failed = sum(math.isinf(x) for kept in pairs for x in kept[:size])
        empty = sum(math.isnan(x) for kept in pairs for x in kept[:size])
        after = size if ended else sizes[sizes.index(size) + 1]
        return Reached(until, after, size, decision, ended, failed, empty)

    def _pairs(self, until: UntilSpec, known: Mapping[str, bool], pairs: int) -> list[list[float]]:
        """The difference of every pair, by point: inf if a run failed, nan if there is no figure."""
        wanted = [run for run in self.design.runs[: pairs * self.width] if run.policy in until.between]
        figures = self.figures([run for run in wanted if known[run.key]], until.outcome, until.group)
        sides: dict[tuple[int, int, int], dict[str, float]] = {}
        for run in wanted:
            value = figures.get(run.key, math.inf)
            sides.setdefault((run.point, run.world, run.luck), {})[run.policy] = value
        found: list[list[float]] = [[] for _ in self.design.points]
        a, b = until.between
        for (point, _, _), side in sides.items():
            broken = math.inf in side.values()
            found[point].append(math.inf if broken else side[a] - side[b])
        return found

    def figures(self, runs: Sequence[Run], outcome: str, group: str) -> dict[str, float]:
        """The outcome of a group in the last stored week, by key, of ``runs`` that succeeded.

        In a district it is that of the whole district. Infinite figures count as none (nan).
        """
        kept = self._figures.setdefault((outcome, group), {})
        fresh = [run.key for run in runs if run.key not in kept]
        for stored in self.store.read(fresh):
            if stored.ok:
                kept[stored.row["key"]] = figure(stored, outcome, group)
        return {run.key: kept[run.key] for run in runs if run.key in kept}


def figure(stored: Stored, outcome: str, group: str) -> float:
    """The outcome of a group in the last stored week of a run; nan if it has none.

    Raises:
        StudyError: if the outcome or the group is not recorded.
    """
    columns = [name for name in stored.series.column_names if name not in ("week", "community", "group")]
    if outcome not in columns:
        raise StudyError(
            what=f"the study has not recorded {outcome!r}",
            where="study.toml",
            instead=suggestion(outcome, columns),
        )
    record = stored.record([outcome])
    if group not in record.groups:
        raise StudyError(
            what=f"the study has not recorded the group {group!r}",
            where="study.toml",
            instead="add it to groups = [...] under [record]",
        )
    value = record.last(outcome, group)
    return value if math.isfinite(value) else math.nan


def looks(count: int, until: UntilSpec) -> list[int]:
    """The numbers of pairs at which a study looks."""
    return [*range(count, until.most, until.batch), until.most]


def ranking(
    looks: Looks, runs: Iterable[Run], outcome: str, group: str = "all", alpha: float = ALPHA
) -> Ranking:
    """The policies ranked by an outcome in the last stored week, over ``runs`` that succeeded.

    A pair of seeds counts at a point if every policy has a figure there.

    Raises:
        StudyError: if the outcome is not recorded, or a point has no such pair.
    """
    runs, design = list(runs), looks.design
    figures = looks.figures(runs, outcome, group)
    by_pair: dict[tuple[int, int, int], dict[str, float]] = {}
    for run in runs:
        value = figures.get(run.key, math.nan)
        by_pair.setdefault((run.point, run.world, run.luck), {})[run.policy] = value
    values: dict[str, list[list[float]]] = {
        name: [[] for _ in design.points] for name in design.spec.policies
    }
    for (point, _, _), side in by_pair.items():
        if len(side) == len(values) and all(map(math.isfinite, side.values())):
            for name, value in side.items():
                values[name][point].append(value)
    for point, kept in enumerate(next(iter(values.values()))):
        if not kept:
            raise StudyError(
                what=f"point {point} has no pair of seeds in which every policy has {outcome}",
                where=str(design.folder),
                instead="run the study first: gongzhi study run",
            )
    return rank({name: list(xs) for name, xs in values.items()}, design.points, alpha)
