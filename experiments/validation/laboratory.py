"""Arms of one community under many policies, run once and compared in many ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from experiments.comparison.effects import NAMES, PairTask, at_ends, measured
from experiments.comparison.untouched import Class, class_of, fitted_figures
from experiments.loading.load import Loaded
from experiments.outcomes.baseline import figures
from experiments.outcomes.result import RunResult
from experiments.runs.parallel import Workers
from model.instruments import Instrument
from model.instruments.policies import NONE, Named, Policy
from model.parameters.decision import ACTIVITIES
from model.parameters.replace import replaced
from model.scenario.scaling import scaled
from model.scenario.scenario import Scenario
from model.state.outcomes import COLUMNS, GROUPS, WEEKLY

Floats = NDArray[np.float64]
ATTENDANCES = [NAMES.index(f"attendances_{k}") for k in ACTIVITIES]


HOURS = NAMES.index("served_hours")


SKILL = NAMES.index("skill")


REACH_ANY = NAMES.index("reach_any")


INSTRUMENT: TypeAdapter[Any] = TypeAdapter(Instrument)


@dataclass(frozen=True)
class Pattern:
    """A pattern: its id, class, what is wanted, what was found, and whether it holds (None: printed only)."""

    id: str
    kind: Class
    wanted: str
    found: str
    met: bool | None

    def text(self) -> str:
        """One line."""
        verdict = {True: "met", False: "NOT MET", None: "printed"}[self.met]
        return f"{self.id:4} {self.kind:10} {verdict:8} {self.wanted}: {self.found}"


@dataclass(frozen=True, eq=False)
class Arm:
    """What one arm leaves: outcomes of `measured` of all residents by year, and weekly figures of the
    community."""

    figures: Mapping[str, float]
    years: Floats
    counts: NDArray[np.int64]
    weekly: NDArray[np.int64]

    def acts(self, year: int = -1) -> Floats:
        """Attendances in a year, by activity."""
        return np.asarray(self.years[year, ATTENDANCES])

    def end(self, column: str, group: str = "all") -> float:
        """A count in the last week."""
        return float(self.counts[-1, GROUPS.index(group), COLUMNS.index(column)])

    def last(self, figure: str) -> float:
        """A figure of the community in the last week."""
        return float(self.weekly[-1, WEEKLY.index(figure)])


def arm(result: RunResult) -> Arm:
    """The arm of a finished run."""
    return Arm(figures(result), measured(at_ends(result))[:, 0], result.counts, result.weekly)


def arms_of(task: PairTask) -> list[Arm]:
    return [arm(task.run(policy)) for policy in (NONE, *task.policies)]


def policy(name: str, **instruments: Mapping[str, Any]) -> Policy:
    """A policy of these instruments, written as in a scenario file."""
    parts = (Named(f"{name}.{key}", INSTRUMENT.validate_python(dict(t))) for key, t in instruments.items())
    return Policy(name, tuple(parts))


class Laboratory:
    """A community on which patterns are looked for: ``persons`` of it, under ``seeds`` pairs of seeds."""

    def __init__(
        self,
        loaded: Loaded,
        workers: Workers,
        *,
        seeds: int = 10,
        persons: int | None = None,
        weeks: int = 156,
    ) -> None:
        self.loaded, self.workers, self.weeks = loaded, workers, weeks
        whole = loaded.scenario
        small = persons is not None and persons < whole.population.persons
        self.scenario = scaled(whole, persons) if small and persons is not None else whole
        self.seeds = range(1, seeds + 1)

    def run(self, *policies: Policy, scenario: Scenario | None = None) -> list[list[Arm]]:
        """Arms by policy, the baseline first, each a list over seeds."""
        tasks = [PairTask(scenario or self.scenario, policies, s, s, self.weeks) for s in self.seeds]
        by_seed = self.workers.map(arms_of, tasks, ", ".join(p.name for p in policies) or "baseline")
        return [list(arms) for arms in zip(*by_seed, strict=True)]

    @cached_property
    def baseline(self) -> list[Arm]:
        """The untouched community."""
        return self.run()[0]

    @property
    def yuan(self) -> float:
        """30 yuan per household and year."""
        return 30.0 * self.scenario.population.households

    def changed(self, **values: float) -> Scenario:
        """The community with parameters replaced; double underscores stand for dots."""
        return replaced(self.scenario, {name.replace("__", "."): value for name, value in values.items()})

    def fitted(self, *figures: str) -> Class:
        """Calibrated if one of these figures was a target of the calibration that the scenario carries."""
        return class_of(fitted_figures(self.loaded), *figures)


def effect(arms: Sequence[Arm], base: Sequence[Arm], of: Callable[[Arm], Any]) -> tuple[Floats, Floats]:
    """Mean and standard error over seeds of a paired difference."""
    d = np.array([np.asarray(of(a)) - np.asarray(of(b)) for a, b in zip(arms, base, strict=True)], np.float64)
    return d.mean(axis=0), d.std(axis=0, ddof=1) / np.sqrt(len(d))


def log_acts(one: Arm) -> Floats:
    return np.asarray(np.log(np.maximum(one.acts(), 1.0)))


def told(mean: Any, error: Any, digits: int = 3) -> str:
    pairs = zip(np.atleast_1d(mean), np.atleast_1d(error), strict=True)
    return ", ".join(f"{m:+.{digits}f} ({e:.{digits}f})" for m, e in pairs)
