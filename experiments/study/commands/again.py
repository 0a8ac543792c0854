"""Does a run give the same again, and what accounts for numbers that differ between two studies?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.loading.inputs import input_files, read_inputs
from experiments.runs.simulate import simulate
from experiments.study.design.arms import BASELINE
from experiments.study.design.code import own_phases, source_hash
from experiments.study.design.runs import NOT_RUN, Run
from experiments.study.running.study import Study
from experiments.study.running.work import succeeded
from model.core import given
from model.core.errors import GongzhiError, StudyError
from model.parameters.declare import resolve, suggestion

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

MOST = 20
"""Runs that are run again for a figure, unless more are asked for."""


@dataclass(frozen=True)
class Verdict:
    """Whether a run gave the same again; else the outcome that differs most, and by how much."""

    run: Run
    same: bool
    outcome: str = ""
    by: float = 0.0

    def text(self) -> str:
        """One line for a person."""
        if self.same:
            return f"run {self.run.index}: same"
        return f"run {self.run.index}: differs by {self.by:.6g} in {self.outcome}"


def reproduce(study: Study, runs: list[int]) -> list[Verdict]:
    """Run the runs of these numbers again and compare every stored figure, to the bit.

    Raises:
        StudyError: for a number that is not in the study, a run that is not stored, or one that failed.
    """
    design, inputs = study.design, read_inputs(study.design.loaded)
    every = study.runs
    wanted = []
    for asked in runs:
        number = given.whole(asked)
        if number is None or not 0 <= number < len(every):
            raise StudyError(
                what=f"there is no run {asked}",
                where=str(study.folder),
                instead=f"give numbers from 0 to {len(every) - 1}; the column 'run' of the tables has them",
            )
        wanted.append(number)
    stored = {run.index: s for run, s in study.stored([every[number] for number in sorted(set(wanted))])}
    found = []
    for number in wanted:
        run = every[number]
        if number not in stored or not stored[number].ok:
            raise StudyError(
                what=f"run {number} {'failed' if number in stored else 'is not stored'}",
                where=str(study.folder),
                why="the runs that are stored may be of another design, scenario or model: see its status",
                instead="run the study first: gongzhi study run (--retry-failed for failed runs)",
            )
        arm = design.arms(run.point)[design.spec.policies.index(run.policy)]
        result = simulate(
            design.scenarios[run.point],
            arm.policy,
            run.world,
            run.luck,
            weeks=design.weeks,
            inputs=inputs,
            from_twin=arm.from_twin,
            phases=None if design.code is None else own_phases(design.code),
        )
        row, series = succeeded(run, result, design.spec.record)
        found.append(_compared(run, stored[number].series, series, stored[number].row, row))
    return found


@dataclass(frozen=True)
class Behind:
    """The runs behind an effect: those of a policy and of the baseline, with the effect by point.

    ``found`` counts them all; ``verdicts`` are of those that were run again. ``effects`` holds, by point, the
    number of pairs and the mean difference in the last stored week, from what is stored.
    """

    outcome: str
    policy: str
    found: int
    verdicts: tuple[Verdict, ...]
    effects: dict[int, tuple[int, float]]

    @property
    def same(self) -> bool:
        """True if every run that was run again gave the same."""
        return all(verdict.same for verdict in self.verdicts)

    def text(self) -> str:
        """A line for every run, the effects, and what it comes to."""
        lines = [verdict.text() for verdict in self.verdicts]
        for point, (pairs, mean) in self.effects.items():
            lines.append(
                f"{self.outcome}, {self.policy} less {BASELINE}, point {point}: {mean:+.6g} "
                f"(mean of {pairs:,} stored pairs of seeds)"
            )
        again = len(self.verdicts)
        lines.append(f"{sum(v.same for v in self.verdicts):,} of {again:,} runs gave the same again.")
        if again < self.found:
            lines.append(
                f"{self.found:,} runs are behind the figures; the others were not run again: "
                f"ask for them with --most {self.found}"
            )
        return "\n".join(lines)


def behind(
    study: Study, outcome: str, policy: str, point: int | None = None, *, group: str = "all", most: int = MOST
) -> Behind:
    """Run again, in pairs and up to ``most`` runs, what is behind a policy's effect on an outcome.

    Raises:
        StudyError: for an outcome, policy or point that is not in the study, or if no pair of runs is stored.
    """
    policies, points = study.design.spec.policies, len(study.design.points)
    where = str(study.folder)
    for name in (policy, BASELINE):
        if name not in policies:
            raise StudyError(
                what=f"the study has no policy {name!r}", where=where, instead=suggestion(name, policies)
            )
    if policy == BASELINE:
        raise StudyError(
            what="the baseline has no effect", where=where, instead=f"name another of {', '.join(policies)}"
        )
    most = given.counted("most", most, 1)
    asked, point = point, None if point is None else given.whole(point)
    if asked is not None and (point is None or not 0 <= point < points):
        raise StudyError(
            what=f"there is no point {asked}", where=where, instead=f"give one from 0 to {points - 1}"
        )
    wanted = [r for r in study.runs if r.policy in (policy, BASELINE) and point in (None, r.point)]
    figures = study.figures(wanted, outcome, group)
    pairs: dict[tuple[int, int, int], dict[str, Run]] = {}
    for run in wanted:
        if np.isfinite(figures.get(run.key, np.nan)):
            pairs.setdefault((run.point, run.world, run.luck), {})[run.policy] = run
    whole = {at: pair for at, pair in pairs.items() if len(pair) == 2}
    if not whole:
        raise StudyError(
            what=f"no pair of stored runs has {outcome} of {group} under {policy} and {BASELINE}",
            where=where,
            instead="run the study first: gongzhi study run",
        )
    effects = {}
    for p in sorted({at[0] for at in whole}):
        moved = [
            figures[pair[policy].key] - figures[pair[BASELINE].key]
            for at, pair in whole.items()
            if at[0] == p
        ]
        effects[p] = (len(moved), float(np.mean(moved)))
    numbers = [pair[name].index for pair in whole.values() for name in (BASELINE, policy)]
    chosen = numbers[: 2 * max(1, most // 2)]
    return Behind(outcome, policy, len(numbers), tuple(reproduce(study, chosen)), effects)


def _compared(run: Run, before: pa.Table, now: pa.Table, old: Any, new: Any) -> Verdict:
    a, b = before.to_pandas(), now.to_pandas()
    if list(a.columns) != list(b.columns) or len(a) != len(b):
        return Verdict(run, False, "the columns or rows", float("nan"))
    worst = ("", 0.0)
    for name in a.columns:
        x, y = a[name].to_numpy(), b[name].to_numpy()
        if x.dtype.kind == "f":
            different = (x != y) & ~(np.isnan(x) & np.isnan(y))
            gaps = np.abs(x - y)[different]
            by = float(np.nanmax(gaps)) if not np.isnan(gaps).all() else float("nan" if len(gaps) else 0)
        else:
            different = x != y
            by = float(different.sum())
        if different.any() and not by <= worst[1]:
            worst = (name, by)
    if worst[0]:
        return Verdict(run, False, *worst)
    for name in ("adults", "persons"):
        if old[name] != new[name]:
            return Verdict(run, False, name, float(abs(old[name] - new[name])))
    if list(old["took_part"]) != list(new["took_part"]):
        return Verdict(run, False, "who took part", float("nan"))
    return Verdict(run, True)


def diff(one: Study, other: Study) -> str:
    """Which parameters, model version or data differ between two studies, and which numbers they changed."""
    return "\n".join([*_causes(one, other), *_numbers(one, other)])


def _causes(one: Study, other: Study) -> list[str]:
    lines = []
    a, b = _flat(one), _flat(other)
    for name in sorted(a.keys() | b.keys()):
        if a.get(name) != b.get(name):
            lines.append(f"{name}: {a.get(name, '(absent)')} -> {b.get(name, '(absent)')}")
    for name, mine, theirs in (
        ("points of the design", one.design.points, other.design.points),
        ("policies", one.design.spec.policies, other.design.spec.policies),
        ("pairs of seeds", one.design.spec.pairs(), other.design.spec.pairs()),
        ("groups that are recorded", one.design.spec.record.groups, other.design.spec.record.groups),
    ):
        if mine != theirs:
            lines.append(f"{name}: they differ ({len(mine)} and {len(theirs)})")
    first, second = _software(one), _software(other)
    for name in sorted(first.keys() | second.keys()):
        if first.get(name) != second.get(name):
            lines.append(f"{name}: {first.get(name, '(unknown)')} -> {second.get(name, '(unknown)')}")
    if _own_code(one) != _own_code(other):
        lines.append("code: the phases of one's own differ")
    files = input_files(one.design.loaded), input_files(other.design.loaded)
    for path in sorted(files[0].keys() | files[1].keys()):
        if files[0].get(path) != files[1].get(path):
            lines.append(f"data {path}: its content differs")
    return lines or ["Parameters, model version and data are the same."]


def _numbers(one: Study, other: Study) -> list[str]:
    """Mean differences by outcome over the runs that both have: same point, policy and seeds."""
    a, b = one.series(), other.series()
    if a.empty or b.empty:
        return ["One of the two has no finished run."]
    a, b = (table.rename(columns=_dotted(study)) for table, study in ((a, one), (b, other)))
    factors = list(dict.fromkeys([*one.design.points[0], *other.design.points[0]]))
    a, b = (_with_factors(table, study, factors) for table, study in ((a, one), (b, other)))
    keys = [*factors, "policy", "world", "luck", "week", "community", "group"]
    shared = [
        c for c in a.columns if c in b.columns and c not in (*keys, "run", "point") and a[c].dtype.kind == "f"
    ]
    both = a[keys + shared].merge(b[keys + shared], on=keys, suffixes=("", " (other)"))
    if both.empty:
        return ["They have no run in common (factors, policy and seeds)."]
    moved = []
    for name in shared:
        x, y = both[name].to_numpy(), both[f"{name} (other)"].to_numpy()
        if not np.array_equal(x, y, equal_nan=True):
            moved.append((float(np.nanmean(np.abs(y - x))), name, float(np.nanmean(y - x))))
    if not moved:
        return [f"All {len(both):,} rows in common are equal."]
    lines = [f"{len(moved)} of {len(shared)} outcomes differ over {len(both):,} rows in common; mean change:"]
    return lines + [f"  {name}: {mean:+.6g}" for _, name, mean in sorted(moved, reverse=True)]


def _dotted(study: Study) -> dict[str, str]:
    return {plain: name for name, plain in study.columns.items()}


def _with_factors(table: pd.DataFrame, study: Study, factors: Sequence[str]) -> pd.DataFrame:
    """The table with the factors that only the other study varies: here they have one value."""
    import pandas as pd

    scenario = study.design.loaded.scenario
    own: dict[str, Any] = {}
    for name in factors:
        if name not in table.columns:
            try:
                own[name] = resolve(scenario, name)
            except GongzhiError:  # such as an amount of a policy that this scenario does not have
                own[name] = np.nan
    return pd.concat([table, pd.DataFrame(own, index=table.index)], axis=1)


def _flat(study: Study) -> dict[str, Any]:
    dump = study.design.loaded.scenario.model_dump(mode="json", exclude=set(NOT_RUN) - {"policy"})
    out: dict[str, Any] = {}

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, below in value.items():
                walk(f"{prefix}{key}.", below)
        else:
            out[prefix[:-1]] = value

    walk("", dump)
    spec = study.design.spec
    own = {"weeks": study.design.weeks, "design.persons": spec.design.persons}
    return out | own | {"record.every": spec.record.every}


def _own_code(study: Study) -> str:
    return "" if study.design.code is None else source_hash(study.design.code)


def _software(study: Study) -> dict[str, str]:
    made = study.design.software
    return {"model": made.model, **{f"version of {k}": v for k, v in made.versions.items()}}
