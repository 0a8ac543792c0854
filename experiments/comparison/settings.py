"""How far do effects depend on what nobody knows: the parameters that are guesses?

Guesses are drawn over their plausible ranges by a Latin hypercube; a draw counts if validation accepts it and
its baseline still has the pattern P1. Each draw is a small community with two luck seeds; the variance that
luck leaves within draws is taken out of the interval between them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from experiments.comparison.effects import MEASURED, NAMES, Paired, PairTask, at_ends, pair, reach
from experiments.comparison.untouched import in_order
from experiments.loading.load import Loaded
from experiments.outcomes.record import Record
from experiments.runs.parallel import Workers
from experiments.storage.columns import COMPARISON, Column, typed
from model.core.errors import GongzhiError, ScenarioError
from model.instruments.policies import NONE, Policy
from model.parameters.declare import Declaration, declarations
from model.parameters.replace import replaced
from model.scenario.scaling import scaled, smaller_policy
from model.scenario.scenario import SUBMODELS, Scenario

if TYPE_CHECKING:
    import pandas as pd

    from model.start.inputs import Inputs

Floats = NDArray[np.float64]

HYPERCUBE_SEED = 20_110_701
FIRST_WORLD = 1_000_000
"""Worlds of the draws are far from those of the seeds."""
LUCKS = (1, 2)
MOST_TRIED = 4
"""Draws are tried until enough are kept, at most so many times the number wanted."""
NORMAL_95 = 1.6448536269514722
"""The 95 % quantile of the standard normal."""
ENOUGH_DRAWS = 5
"""Fewer draws say nothing of the influence of parameters."""
MAIN = "reach_any"
"""The effect by which the influence of parameters is judged."""


@dataclass(frozen=True)
class Draw:
    """One draw of the guesses: its number, its values by dotted name, and the community that has them."""

    number: int
    values: dict[str, float | int]
    scenario: Scenario
    policies: tuple[Policy, ...]
    weeks: int
    inputs: Inputs | None = None

    def task(self, luck: int) -> PairTask:
        """The arms of this draw under one luck seed."""
        return PairTask(
            self.scenario, self.policies, FIRST_WORLD + self.number, luck, self.weeks, self.inputs
        )


@dataclass(eq=False)
class Settings:
    """What was tried and dropped, and ``effects[draw, luck, policy, year, group, effect]`` of the draws kept.

    ``adults[draw]`` of the small communities of ``persons`` scale effects to the whole one. ``shared`` is the
    number of pairs of seeds that all draws meet; None if each has a world of its own, under `LUCKS`.
    """

    names: tuple[str, ...]
    persons: int
    effects: Floats
    adults: Floats
    tried: int = 0
    dropped_equilibrium: int = 0
    dropped_p1: int = 0
    kept: list[Draw] = field(default_factory=list)
    shared: int | None = None

    def counts(self) -> dict[str, int]:
        """Numbers of draws: tried, dropped_equilibrium, dropped_p1, kept; the persons of each; and the lucks
        that are ``shared``."""
        counts = {
            "persons": self.persons,
            "tried": self.tried,
            "dropped_equilibrium": self.dropped_equilibrium,
            "dropped_p1": self.dropped_p1,
            "kept": len(self.kept),
        }
        return counts if self.shared is None else counts | {"lucks": self.shared}


def guesses(loaded: Loaded, declared: Mapping[str, Declaration] | None = None) -> list[Declaration]:
    """The parameters that settings draw: numbers with a plausible range whose present value is a guess.

    ``declared`` are the declarations of an earlier version, if they are meant. A calibrated value that the
    calibration itself calls unidentified is no better known than a guess.
    """
    fitted = [table for layer in loaded.provenance.values() for table in [layer.get("parameters", {})]]
    unknown = {n for table in fitted for n, facts in table.items() if facts.get("identified") is False}
    idle = {
        f"{submodel}.{name}" for submodel in SUBMODELS for name in getattr(loaded.scenario, submodel).idle()
    }
    return [
        d
        for d in (declarations(type(loaded.scenario)) if declared is None else declared).values()
        if d.low is not None
        and d.type in (int, float)
        and d.name not in idle
        and (
            loaded.mark_of(d) == "guess"
            or (d.name in unknown and loaded.origin_of(d.name).layer == "calibrated")
        )
    ]


def hypercube(
    drawn: Sequence[Declaration], points: int, batch: int, seed: int = HYPERCUBE_SEED
) -> list[dict[str, float | int]]:
    """``points`` draws of the parameters, uniform between low and high.

    Of ``points`` equal parts of a range each is hit once. A batch is the same whenever it is asked for.
    """
    rng = np.random.default_rng((seed, batch))
    strata = rng.permuted(np.tile(np.arange(points), (len(drawn), 1)), axis=1)
    unit = (strata + rng.random(strata.shape)) / points
    found: list[dict[str, float | int]] = []
    for j in range(points):
        values: dict[str, float | int] = {}
        for d, u in zip(drawn, unit[:, j], strict=True):
            low, high = d.low or 0.0, d.high or 0.0
            value = low + float(u) * (high - low)
            values[d.name] = int(value + 0.5) if d.type is int else value
        found.append(values)
    return found


def draw_settings(
    loaded: Loaded,
    policies: tuple[Policy, ...],
    wanted: int,
    persons: int,
    weeks: int,
    workers: Workers,
    inputs: Inputs | None = None,
) -> Settings:
    """Draw until ``wanted`` draws are kept, at most `MOST_TRIED` times as many, and run them."""
    settings = no_draws(loaded, persons)
    continue_draws(settings, loaded, policies, wanted, persons, weeks, workers, inputs)
    return settings


def no_draws(loaded: Loaded, persons: int) -> Settings:
    """Settings of which nothing is drawn yet."""
    whole = loaded.scenario
    size = min(persons, whole.population.persons * whole.district.count)
    return Settings(tuple(d.name for d in guesses(loaded)), size, np.empty(0), np.empty(0))


def continue_draws(
    settings: Settings,
    loaded: Loaded,
    policies: tuple[Policy, ...],
    wanted: int,
    persons: int,
    weeks: int,
    workers: Workers,
    inputs: Inputs | None = None,
) -> None:
    """`draw_settings` into ``settings``, which hold what was finished if it is stopped."""
    drawn = guesses(loaded)
    if wanted and not drawn:
        raise GongzhiError(
            what="there are no settings to draw",
            where=f"scenario {loaded.scenario.name}",
            why="no parameter with a plausible range is a guess",
            instead="ask for 0 settings draws",
        )
    results: list[tuple[Floats, float]] = []
    batch = 0
    while len(settings.kept) < wanted and settings.tried < MOST_TRIED * wanted:
        missing = min(wanted - len(settings.kept), MOST_TRIED * wanted - settings.tried)
        draws = []
        for values in hypercube(drawn, missing, batch):
            number, settings.tried = settings.tried, settings.tried + 1
            try:
                changed = replaced(loaded.scenario, values)
            except ScenarioError:
                settings.dropped_equilibrium += 1
                continue
            small, share = smaller(changed, persons)
            arms = tuple(smaller_policy(p, share) for p in policies)
            draws.append(Draw(number, values, small, arms, weeks, inputs))
        label = "settings" if batch == 0 else f"settings, more ({batch + 1})"
        done: dict[int, tuple[Floats, float] | None] = {}
        try:
            workers.map(run_draw, draws, label, done)
        finally:
            settings.tried -= len(draws) - len(done)
            for i, result in sorted(done.items()):
                if result is None:
                    settings.dropped_p1 += 1
                else:
                    settings.kept.append(draws[i])
                    results.append(result)
            if results:
                settings.effects = np.stack([effects for effects, _ in results])
                settings.adults = np.array([adults for _, adults in results])
        batch += 1


def smaller(scenario: Scenario, persons: int) -> tuple[Scenario, float]:
    """The scenario with ``persons`` persons, unless it has fewer, and the share of its size of a community.

    Of a district fewer communities are simulated, at least two, before they shrink.
    """
    if persons >= scenario.population.persons * scenario.district.count:
        return scenario, 1.0
    small = scaled(scenario, persons)
    return small, small.population.persons / scenario.population.persons


def run_draw(draw: Draw) -> tuple[Floats, float] | None:
    """Effects of a draw and its adults; None if the mean reach of its baselines is not in the order of P1."""
    tasks = [draw.task(luck) for luck in LUCKS]
    baselines: list[Record] = []
    pairs: dict[int, Paired] = {}

    def run_policies(i: int) -> None:
        pairs[i] = pair(baselines[i], [at_ends(tasks[i].run(policy)) for policy in draw.policies])

    for i, task in enumerate(tasks):
        baselines.append(at_ends(task.run(NONE)))
        if _plausible(baselines):  # run them while the community is still spun up
            run_policies(i)
    if not _plausible(baselines):
        return None
    for i in range(len(tasks)):
        if i not in pairs:
            run_policies(i)
    return np.stack([pairs[i].effects for i in range(len(tasks))]), float(pairs[0].adults[0])


def _plausible(baselines: Sequence[Record]) -> bool:
    """P1 by the mean reach of some baselines."""
    return in_order(np.mean([reach(baseline) for baseline in baselines], axis=0))


def shrunk(effects: Floats) -> Floats:
    """Means of draws, ``effects[draw, luck, ...]``, drawn together until only variance between draws is left.

    The variance of the means holds half of the variance within draws, which is luck: V_between = max(0,
    V(means) - V_within / 2), and deviations shrink by sqrt(V_between / V(means)).
    """
    means = effects.mean(axis=1)
    centre = means.mean(axis=0)
    total = means.var(axis=0, ddof=1)
    within = effects.var(axis=1, ddof=1).mean(axis=0) / effects.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.sqrt(np.where(total > 0, np.maximum(0.0, total - within) / total, 0.0))
    return np.asarray(centre + factor * (means - centre), np.float64)


def interval(effects: Floats) -> tuple[Floats, Floats]:
    """The middle 90 % of `shrunk`, each side widened by how far its centre is known; nan below two draws.

    Where luck hides all differences between draws the quantiles meet in one point; the centre's own 90 %
    error, sqrt(V(means) / draws), is added in quadrature: the interval never claims more than was seen.
    """
    if len(effects) < 2:
        nowhere = np.full(effects.shape[2:], np.nan)
        return nowhere, nowhere.copy()
    low, high = np.quantile(shrunk(effects), (0.05, 0.95), axis=0)
    means = effects.mean(axis=1)
    centre = means.mean(axis=0)
    error = NORMAL_95 * np.sqrt(means.var(axis=0, ddof=1) / len(means))
    return (
        np.asarray(centre - np.hypot(centre - low, error), np.float64),
        np.asarray(centre + np.hypot(high - centre, error), np.float64),
    )


def crossed(effects: Floats) -> Floats:
    """The same draws, ``effects[draw, luck, ...]``, with the luck taken out that all draws share.

    Where every draw meets the same seeds, these move all draws alike: between draws nothing is left of it,
    and `shrunk` must not take it out again. What is left within draws is scaled to an unbiased variance. With
    one pair of seeds luck cannot be told from settings, and stays in the interval.
    """
    draws, lucks = effects.shape[:2]
    if lucks < 2:
        return np.repeat(effects, 2, axis=1)
    if draws < 2:
        return effects
    means = effects.mean(axis=1, keepdims=True)
    rest = effects - means - effects.mean(axis=0, keepdims=True) + effects.mean(axis=(0, 1), keepdims=True)
    return np.asarray(means + np.sqrt(draws / (draws - 1)) * rest, np.float64)


def influence(settings: Settings, policies: Sequence[str]) -> pd.DataFrame:
    """The drawn parameters that move a policy's effect on `MAIN` in the last year by more than chance.

    ``rho`` is Spearman's rank correlation over the kept draws; listed are those beyond ``bound``, which one
    of twenty parameters without influence exceeds. Strongest first within a policy.
    """
    from scipy.stats import rankdata

    rows: list[tuple[str, str, str, str, float, float]] = []
    n = len(settings.kept)
    if n >= ENOUGH_DRAWS:
        values = np.array([[draw.values[name] for name in settings.names] for draw in settings.kept])
        ranks = rankdata(values, axis=0)
        effects = settings.effects.mean(axis=1)[:, :, -1, 0, NAMES.index(MAIN)]
        bound = float(1.96 / np.sqrt(n - 1))
        for p, policy in enumerate(policies):
            moved = rankdata(effects[:, p])
            with np.errstate(divide="ignore", invalid="ignore"):
                rho = np.corrcoef(np.column_stack([moved, ranks]), rowvar=False)[0, 1:]
            strongest = np.argsort(-np.abs(rho), kind="stable")
            rows += [
                (policy, MAIN, settings.names[j], "guess", float(rho[j]), bound)
                for j in strongest
                if abs(rho[j]) > bound
            ]
    return typed(rows, COMPARISON["influence"])


def drawn_table(settings: Settings, policies: Sequence[str]) -> pd.DataFrame:
    """One row per kept draw: number, world if it has one of its own, parameters, and each policy's mean
    effects in the last year."""
    effects = [(p, e) for p in range(len(policies)) for e in range(len(MEASURED))]
    rows = []
    for d, draw in enumerate(settings.kept):
        last = settings.effects[d].mean(axis=0)[:, -1, 0]
        values = [draw.values[name] for name in settings.names]
        rows.append((draw.number, FIRST_WORLD + draw.number, *values, *(float(last[at]) for at in effects)))
    table = typed(rows, drawn_columns(settings.names, policies))
    return table if settings.shared is None else table.drop(columns="world")


def drawn_columns(names: Sequence[str], policies: Sequence[str]) -> list[Column]:
    """The columns of `drawn_table`: of the draw, its inputs, and the effects of the policies."""
    declared = declarations(Scenario)
    inputs = [
        Column(name, d.unit, f"input: {d.doc}", d.type is int)
        if (d := declared.get(name))
        else Column(name, "", "input of a policy")
        for name in names
    ]
    return [
        *COMPARISON["settings_draws"],
        *inputs,
        *(
            Column(f"{policy}: {e.name}", e.unit, f"effect of {policy}: {e.doc}")
            for policy in policies
            for e in MEASURED
        ),
    ]
