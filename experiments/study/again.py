"""Does a run give the same again, and what accounts for numbers that differ between two studies?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.files import fingerprint
from experiments.inputs import input_files, read_inputs
from experiments.simulate import simulate
from experiments.study.code import own_phases
from experiments.study.runs import NOT_RUN, Run
from experiments.study.study import Study
from experiments.study.work import succeeded
from model.errors import StudyError

if TYPE_CHECKING:
    import pyarrow as pa


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
    every = design.runs
    for number in runs:
        if not 0 <= number < len(every):
            raise StudyError(
                what=f"there is no run {number}",
                where=str(study.folder),
                instead=f"give numbers from 0 to {len(every) - 1}; the column 'run' of the tables has them",
            )
    stored = {run.index: s for run, s in study.stored([every[number] for number in sorted(set(runs))])}
    found = []
    for number in runs:
        run = every[number]
        if number not in stored or not stored[number].ok:
            raise StudyError(
                what=f"run {number} {'failed' if number in stored else 'is not stored'}",
                where=str(study.folder),
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


def _compared(run: Run, before: pa.Table, now: pa.Table, old: Any, new: Any) -> Verdict:
    a, b = before.to_pandas(), now.to_pandas()
    if list(a.columns) != list(b.columns) or len(a) != len(b):
        return Verdict(run, False, "the columns or rows", float("nan"))
    worst = ("", 0.0)
    for name in a.columns:
        x, y = a[name].to_numpy(), b[name].to_numpy()
        if x.dtype.kind == "f":
            different = (x != y) & ~(np.isnan(x) & np.isnan(y))
            by = float(np.nanmax(np.abs(x - y)[different])) if different.any() else 0.0
        else:
            different = x != y
            by = float(different.sum())
        if different.any() and not by <= worst[1]:
            worst = (name, by)
    if worst[0]:
        return Verdict(run, False, *worst)
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
    ):
        if mine != theirs:
            lines.append(f"{name}: they differ ({len(mine)} and {len(theirs)})")
    first, second = _software(one), _software(other)
    for name in sorted(first.keys() | second.keys()):
        if first.get(name) != second.get(name):
            lines.append(f"{name}: {first.get(name, '(unknown)')} -> {second.get(name, '(unknown)')}")
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
    factors = [name for name in one.design.points[0] if name in other.design.points[0]]
    keys = [*factors, "policy", "world", "luck", "week", "group"]
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
    return out | {"weeks": study.design.weeks}


def _software(study: Study) -> dict[str, str]:
    file = study.folder / "provenance" / "software.json"
    if not file.exists():
        return {"model": fingerprint()}
    record = json.loads(file.read_text(encoding="utf-8"))
    return {
        "model": record["model_fingerprint"],
        **{f"version of {k}": v for k, v in record["versions"].items()},
    }
