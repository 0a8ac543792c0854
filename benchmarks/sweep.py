"""Which study do the benchmarks run? A small Wangzhuang under four policies, over points and seeds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from experiments.loading.load import load
from model.parameters.declare import declarations
from model.scenario.scaling import scaled
from model.scenario.scenario import Scenario

POLICIES = ("none", "funding", "training", "credits")
FACTORS = ("mobilisation.ask_rate", "membership.leave_rate", "learning.gain")
"""Guesses that act every week, each over its plausible range."""

COMMUNITY = "community.toml"
STUDY = """format = 1
name = "benchmark"
scenario = "{scenario}"
policies = {policies}
[seeds]
first = {first}
count = {seeds}
"""


def sweep(folder: Path, persons: int, points: int, seeds: int, first: int = 1, more: str = "") -> int:
    """Write a study of Wangzhuang with ``persons`` persons into ``folder``; the number of its runs.

    A Latin hypercube of ``points`` over `FACTORS`, or the community as it is if there are none; every point
    meets the same ``seeds`` pairs of seeds from ``first``, and the four policies of a point and a pair share
    their spun-up community, as they do in any study. ``more`` are further lines of the scenario file.
    """
    folder.mkdir(parents=True)
    (folder / COMMUNITY).write_text(smaller(persons) + more, encoding="utf-8")
    policies = "[" + ", ".join(f'"{name}"' for name in POLICIES) + "]"
    lines = [STUDY.format(scenario=COMMUNITY, policies=policies, first=first, seeds=seeds)]
    if points:
        lines.append(f'[design]\nkind = "latin_hypercube"\npoints = {points}\n')
        known = declarations(Scenario)
        for name in FACTORS:
            lines.append(f'[factor."{name}"]\nlow = {known[name].low}\nhigh = {known[name].high}\n')
    (folder / "study.toml").write_text("".join(lines), encoding="utf-8")
    return max(1, points) * seeds * len(POLICIES)


def smaller(persons: int) -> str:
    """A scenario file that is Wangzhuang with ``persons`` persons: what `scaled` changes, a line each."""
    whole = load("wangzhuang").scenario
    before = dict(_values(whole.model_dump(mode="json")))
    after = _values(scaled(whole, persons).model_dump(mode="json"))
    lines = [f"{name} = {value!r}\n" for name, value in after if before[name] != value]
    return "".join(['format = 1\nextends = "wangzhuang"\nname = "benchmark"\n', *lines])


def _values(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The values of nested tables by dotted name."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _values(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
