"""Which parameters meet a community's reported figures, and which of them can the figures not tell?

Least squares on (figure - target) / tolerance over the parameters that the scenario declares free, at
fixed seeds,
so that every evaluation meets the same people and the same luck; derivatives by central differences. The
result is
a `calibrated` layer with its provenance, never a change of the scenario itself.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.loading.inputs import read_inputs
from experiments.loading.load import load
from experiments.loading.overrides import Overrides
from experiments.loading.sources import scenario_path
from experiments.outcomes.baseline import FIGURES, mean_figures
from experiments.storage.toml_text import Toml, assigned, comment, joined
from model.core import given
from model.core.errors import ScenarioError
from model.instruments.policies import NONE
from model.parameters.declare import resolve, suggestion
from model.parameters.replace import replaced
from model.scenario.scaling import scaled
from model.scenario.scenario import Scenario

if TYPE_CHECKING:
    from experiments.runs.parallel import Progress
    from model.start.inputs import Inputs

Floats = NDArray[np.float64]

STEP = 0.05
"""Differences reach this share of a parameter's range."""

DAMPINGS = (0.03, 0.5, 8.0, 120.0)
"""Damping of the steps that are tried side by side in a round."""

UNIDENTIFIED = 0.5
"""A parameter is called unidentified if the figures shrink its prior spread by less than half."""


@dataclass(frozen=True)
class Fitted:
    """One fitted parameter: value, standard error, bounds, and how much of its prior spread is left (0
    to 1)."""

    parameter: str
    value: float
    error: float
    low: float
    high: float
    spread_left: float

    @property
    def identified(self) -> bool:
        """False if the figures say next to nothing about it."""
        return self.spread_left < UNIDENTIFIED


@dataclass(frozen=True)
class Calibration:
    """Outcome of a calibration; ``figures`` maps each target to (reached, wanted, tolerance, source)."""

    scenario: str
    fitted: tuple[Fitted, ...]
    figures: Mapping[str, tuple[float, float, float, str]]
    seeds: tuple[int, ...]
    evaluations: int
    rounds: int

    def text(self) -> str:
        """Two small tables a person can read."""
        lines = [f"{'parameter':44}{'value':>14}{'+-':>12}  range"]
        for f in self.fitted:
            note = "" if f.identified else "   not identified by these targets"
            lines.append(f"{f.parameter:44}{f.value:14.6g}{f.error:12.3g}  {f.low:g} to {f.high:g}{note}")
        lines.append(f"\n{'figure':28}{'reached':>10}{'wanted':>10}{'tolerance':>11}  source")
        for name, (reached, wanted, tolerance, source) in self.figures.items():
            off = "" if abs(reached - wanted) <= tolerance else "  (missed)"
            lines.append(f"{name:28}{reached:10.4f}{wanted:10.4f}{tolerance:11.4f}  {source}{off}")
        return "\n".join(lines)

    def toml(self) -> Toml:
        """The calibrated layer, with its provenance."""
        import scipy

        lines = [
            comment(f"Fitted values, written by `gongzhi calibrate {self.scenario}`, not by hand."),
            assigned(["format"], 1),
            Toml(),
            *(assigned(f.parameter.split("."), float(f"{f.value:.10g}")) for f in self.fitted),
            Toml(),
            Toml("[provenance]"),
            assigned(
                ["method"],
                "damped least squares at fixed seeds, derivatives by differences and Broyden updates",
            ),
            assigned(["seeds"], list(self.seeds)),
            assigned(["evaluations"], self.evaluations),
            assigned(["scipy"], scipy.__version__),
        ]
        for name, (reached, wanted, tolerance, source) in self.figures.items():
            told = {"reached": float(f"{reached:.6g}"), "wanted": wanted, "tolerance": tolerance}
            lines.append(assigned(["figures", name], told | {"source": source}))
        for f in self.fitted:
            facts = {"error": float(f"{f.error:.3g}"), "low": f.low, "high": f.high}
            lines.append(assigned(["parameters", f.parameter], facts | {"identified": f.identified}))
        return joined(lines)


def calibrate(
    scenario: str | os.PathLike[str],
    *,
    seeds: Sequence[int] = (101, 102),
    rounds: int = 12,
    persons: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    overrides: Overrides = (),
) -> Calibration:
    """Fit the free parameters of a scenario file to its targets.

    Args:
        scenario: name or path of the scenario; its ``[free.*]`` and ``[targets.*]`` tables say what
        moves and to where.
        seeds: each is used as world and as luck seed; keep them apart from the seeds of later comparisons.
        rounds: damped Gauss-Newton rounds at most.
        persons: calibrate a smaller version of the community (for tests).
        workers: processes; the cores of this machine if None.
        overrides: values laid over the scenario's, such as ``{"decision.b_peer": 1}``.

    Its layer belongs at `calibrated_path`.

    Raises:
        ScenarioError: if the scenario names no targets or free parameters, or unknown ones.
    """
    loaded = load(scenario, overrides)
    community = loaded.scenario
    if persons is not None:
        community = scaled(community, given.counted("persons", persons, 1))
    inputs = read_inputs(loaded) if persons is None else None
    return fit(community, seeds=seeds, rounds=rounds, workers=workers, progress=progress, inputs=inputs)


def calibrated_path(scenario: str | os.PathLike[str]) -> Path:
    """Where the calibrated layer of a scenario lies: beside its file."""
    path = scenario_path(scenario)
    return path.with_name(path.name.removesuffix(".toml") + ".calibrated.toml")


def fit(
    scenario: Scenario,
    *,
    seeds: Sequence[int],
    rounds: int = 12,
    workers: int | None = None,
    progress: Progress | None = None,
    inputs: Inputs | None = None,
) -> Calibration:
    """`calibrate` on a scenario in memory."""
    from experiments.comparison.settings import smaller
    from experiments.runs.parallel import Workers
    from experiments.runs.simulate import COMPILING_PERSONS, compile_kernels

    _check(scenario)
    rounds = given.counted("rounds", rounds, 1)
    seeds = [given.counted("seeds", seed, 0) for seed in seeds]
    free, targets = list(scenario.free.values()), scenario.targets
    names = [f.parameter for f in free]
    low, high = np.array([f.low for f in free]), np.array([f.high for f in free])
    wanted = np.array([t.value for t in targets.values()])
    tolerance = np.array([t.tolerance for t in targets.values()])
    outcomes = [t.outcome for t in targets.values()]
    evaluations = 0

    with Workers(workers, progress) as pool:
        if pool.number > 1:
            compile_kernels(smaller(scenario, COMPILING_PERSONS)[0], [NONE])

        def reached(points: Sequence[Floats], label: str) -> list[Floats]:
            nonlocal evaluations
            evaluations += len(points)
            tasks = [
                (with_values(scenario, dict(zip(names, p, strict=True))), seed, inputs)
                for p in points
                for seed in seeds
            ]
            runs = pool.map(_figures_of, tasks, label)
            k = len(seeds)
            return [
                np.array([np.mean([r[o] for r in runs[i * k : (i + 1) * k]]) for o in outcomes])
                for i in range(len(points))
            ]

        def slopes(unit: Floats, value: Floats, label: str) -> Floats:
            """Derivatives of the figures, in tolerances per range, by differences towards the middle."""
            moves = np.where(unit < 0.5, STEP, -STEP)
            ends = reached(
                [low + (unit + m * e) * (high - low) for m, e in zip(moves, np.eye(len(unit)), strict=True)],
                label,
            )
            return np.stack(
                [(end - value) / m / tolerance for end, m in zip(ends, moves, strict=True)], axis=1
            )

        unit = (np.array([float(resolve(scenario, n)) for n in names]) - low) / (high - low)
        unit = np.clip(unit, 0.0, 1.0)
        value = reached([low + unit * (high - low)], "start")[0]
        jacobian, done = np.zeros((len(wanted), len(names))), 0
        stale = True
        loss = float((((value - wanted) / tolerance) ** 2).sum())
        for done in range(1, rounds + 1):
            exact = stale
            if stale:
                jacobian = slopes(unit, value, f"round {done} of {rounds}: derivatives")
            residual = (value - wanted) / tolerance
            steps = [_step(jacobian, residual, unit, damping) for damping in DAMPINGS]
            tried = reached([low + u * (high - low) for u in steps], f"round {done} of {rounds}: steps")
            losses = [float((((v - wanted) / tolerance) ** 2).sum()) for v in tried]
            best = int(np.argmin(losses))
            gained = 1 - losses[best] / loss
            if gained > 0:
                move, change = steps[best] - unit, (tried[best] - value) / tolerance
                unit, value, loss = steps[best], tried[best], losses[best]
                jacobian += np.outer(change - jacobian @ move, move) / float(move @ move)
            if gained < 0.2 and exact:
                break  # even fresh derivatives lead nowhere better
            stale = gained < 0.2
        jacobian = slopes(unit, value, "derivatives at the end")
    spread = _posterior(jacobian)
    prior = 1 / math.sqrt(12)
    return Calibration(
        scenario.name,
        tuple(
            Fitted(
                n,
                float(low[j] + unit[j] * (high[j] - low[j])),
                float(spread[j] * (high[j] - low[j])),
                float(low[j]),
                float(high[j]),
                float(spread[j] / prior),
            )
            for j, n in enumerate(names)
        ),
        {
            name: (float(v), t.value, t.tolerance, t.source)
            for (name, t), v in zip(targets.items(), value, strict=True)
        },
        tuple(seeds),
        evaluations,
        done,
    )


def with_values(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """The scenario with parameters replaced by dotted name; whole-number parameters are rounded."""
    typed: dict[str, Any] = {}
    for name, value in values.items():
        now = resolve(scenario, name)
        typed[name] = float(value) if given.whole(now) is None else int(value + 0.5)
    return replaced(scenario, typed)


def _figures_of(task: tuple[Scenario, int, Inputs | None]) -> dict[str, float]:
    from experiments.runs.simulate import simulate

    scenario, seed, inputs = task
    return mean_figures([simulate(scenario, world=seed, luck=seed, inputs=inputs)])


def _step(jacobian: Floats, residual: Floats, unit: Floats, damping: float) -> Floats:
    """A damped Gauss-Newton step inside the unit box (bounded least squares of scipy)."""
    from scipy.optimize import lsq_linear

    n = len(unit)
    a = np.vstack([jacobian, math.sqrt(damping) * np.eye(n)])
    b = np.concatenate([-residual, np.zeros(n)])
    room = 1e-9
    move = lsq_linear(a, b, bounds=(-unit - room, 1 - unit + room)).x
    return np.asarray(np.clip(unit + move, 0, 1), np.float64)


def _posterior(jacobian: Floats) -> Floats:
    """Standard deviation of each parameter, in units of its range, with a uniform-width prior beside the
    targets."""
    n = jacobian.shape[1]
    return np.asarray(np.sqrt(np.diag(np.linalg.inv(jacobian.T @ jacobian + 12 * np.eye(n)))), np.float64)


def _check(scenario: Scenario) -> None:
    if not scenario.targets or not scenario.free:
        raise ScenarioError(
            what="nothing to calibrate",
            where=f"scenario {scenario.name}",
            why="it declares no [targets.NAME] or no [free.NAME]",
            instead="[targets.members] outcome = 'member_share', value = 0.18, "
            "tolerance = 0.01, source = '...'; "
            "[free.join] parameter = 'membership.join.culture', low = 0.005, high = 0.05",
        )
    for name, target in scenario.targets.items():
        if target.outcome not in FIGURES:
            raise ScenarioError(
                what=f"targets.{name}: unknown outcome {target.outcome!r}",
                where=f"scenario {scenario.name}",
                instead=suggestion(target.outcome, list(FIGURES)),
            )
    for name, one in scenario.free.items():
        now = resolve(scenario, one.parameter)
        if given.number(now) is None:
            raise ScenarioError(
                what=f"free.{name}: {one.parameter} is not a number", where=f"scenario {scenario.name}"
            )
