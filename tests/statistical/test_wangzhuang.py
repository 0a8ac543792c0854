"""The untouched baseline of Wangzhuang: levels, patterns, drift, and whether memberships find their level.

Slow: full size, 20 pairs of seeds (1 to 20; the calibration used others), means of weeks 105 to 156. The
levels are
bands, not tests of chance: their width exceeds four standard errors of a mean over 20 runs by far.
"""

from __future__ import annotations

import numpy as np
import pytest

from experiments.loading.load import load
from experiments.outcomes.baseline import FIGURES, figures
from experiments.runs.parallel import Workers
from experiments.runs.simulate import simulate
from model.instruments.policies import NONE
from model.scenario.scenario import Scenario
from model.state.outcomes import COLUMNS

pytestmark = pytest.mark.slow

SEEDS = range(1, 21)


def _figures(task: tuple[Scenario, int]) -> dict[str, float]:
    scenario, seed = task
    return figures(simulate(scenario, NONE, seed, seed))


@pytest.fixture(scope="module")
def runs() -> dict[str, np.ndarray]:
    scenario = load("wangzhuang").scenario
    with Workers() as workers:
        each = workers.map(_figures, [(scenario, s) for s in SEEDS], "baseline")
    table = {name: np.array([run[name] for run in each]) for name in FIGURES}
    for name, values in table.items():
        error = values.std(ddof=1) / np.sqrt(len(values))
        print(f"{name:28}{values.mean():10.4f} +- {error:.4f}")
    return table


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("member_share", 0.14, 0.21),
        ("registered_share", 0.11, 0.17),
        ("active_per_registered", 0.70, 0.95),
        ("top_tenth_share", 0.40, 0.60),
        ("acts_per_active_volunteer", 2.0, 17.0),
        ("volunteering_ratio", 1.5, 4.0),
        ("bound_culture", 0.30, 0.60),
    ],
)
def test_levels(runs: dict[str, np.ndarray], name: str, low: float, high: float) -> None:
    assert low <= runs[name].mean() <= high


def test_p1_culture_above_service_above_deliberation(runs: dict[str, np.ndarray]) -> None:
    assert (runs["reach_culture"] > runs["reach_service"]).all()
    assert (runs["reach_service"] > runs["reach_deliberation"]).all()


@pytest.mark.parametrize("name", [name for name in FIGURES if name.startswith("drift_")])
def test_the_untouched_baseline_does_not_drift(runs: dict[str, np.ndarray], name: str) -> None:
    assert abs(runs[name].mean()) < 0.05


def _shares_after_ten_years(task: tuple[Scenario, float]) -> dict[str, float]:
    scenario, factor = task
    started = scenario.model_copy(
        update={
            "organization": {
                name: o.model_copy(update={"members": int(o.members * factor + 0.5)})
                for name, o in scenario.organization.items()
            }
        }
    )
    last = simulate(started, NONE, 1, 1, weeks=520).counts[-52:, 0].mean(axis=0)
    column = dict(zip(COLUMNS, last, strict=True))
    persons = scenario.population.persons
    return {
        "members": column["members"] / persons,
        "registered": column["registered"] / persons,
        "active": column["registered_active"] / column["registered"],
    }


def test_memberships_find_their_level() -> None:
    """Started with half or twice the members, shares after ten years are within 0.03 of the ordinary
    start."""
    scenario = load("wangzhuang").scenario
    with Workers() as workers:
        half, usual, twice = workers.map(_shares_after_ten_years, [(scenario, f) for f in (0.5, 1.0, 2.0)])
    print(half, usual, twice)
    for name, share in usual.items():
        assert abs(half[name] - share) < 0.03
        assert abs(twice[name] - share) < 0.03
