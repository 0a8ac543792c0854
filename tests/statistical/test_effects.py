"""Do the intervals hold what they promise when the truth is known?"""

from __future__ import annotations

import numpy as np
import pytest

from experiments.comparison.effects import EFFECTS, NAMES
from experiments.comparison.settings import (
    MAIN,
    Draw,
    Settings,
    guesses,
    hypercube,
    influence,
    interval,
    shrunk,
)
from experiments.comparison.summary import jackknife, t_interval
from experiments.loading.load import Loaded
from model.instruments.policies import NONE
from tests.worlds import world


def test_nine_in_ten_chance_intervals_hold_the_truth() -> None:
    rng = np.random.default_rng(1)
    _, low, high = t_interval(rng.normal(3.0, 2.0, (10, 4000)))
    held = float(((low < 3.0) & (high > 3.0)).mean())
    assert held == pytest.approx(0.9, abs=4 * np.sqrt(0.09 / 4000))


@pytest.mark.parametrize("luck", [0.3, 1.0, 3.0])
def test_the_spread_between_draws_is_found_below_the_luck(luck: float) -> None:
    rng = np.random.default_rng(2)
    truth = rng.normal(1.0, 1.0, (4000, 1))
    effects = truth + rng.normal(0.0, luck, (4000, 2))
    # the standard error of V(means) - V(within)/2 is about (1 + luck^2 / 2) * sqrt(3 / 4000)
    assert shrunk(effects).var(ddof=1) == pytest.approx(1.0, abs=4 * (1 + luck**2 / 2) * np.sqrt(3 / 4000))
    low, high = interval(effects)
    assert (low, high) == pytest.approx((1 - 1.645, 1 + 1.645), abs=0.12 * (1 + luck**2 / 2))


def test_luck_alone_gives_almost_no_settings_interval() -> None:
    rng = np.random.default_rng(3)
    effects = rng.normal(0.0, 1.0, (40, 2, 500))
    low, high = interval(effects)
    naive = np.quantile(effects.mean(axis=1), 0.95, axis=0) - np.quantile(effects.mean(axis=1), 0.05, axis=0)
    assert np.median(high - low) < 0.35 * np.median(naive)


def test_nine_in_ten_displacements_hold_the_truth() -> None:
    rng = np.random.default_rng(4)
    truth = np.array([10.0, -3.0, 0.0])
    held = 0
    for _ in range(1000):
        _, low, high = jackknife(truth + rng.normal(0.0, 2.0, (10, 3)), 0)
        held += low < 0.3 < high
    assert held / 1000 == pytest.approx(0.9, abs=0.04)


def test_influence_finds_the_parameter_that_matters_and_few_others() -> None:
    scenario = world()
    drawn = guesses(Loaded(scenario, "here", {}))
    values = hypercube(drawn, 60, 0)
    rng = np.random.default_rng(5)
    effects = np.zeros((60, 2, 2, 1, 19, len(EFFECTS)))
    main = NAMES.index(MAIN)
    peers = np.array([draw["decision.b_peer"] for draw in values])
    effects[:, :, 0, 0, 0, main] = peers[:, None] + rng.normal(0.0, 0.3, (60, 2))
    effects[:, :, 1, 0, 0, main] = rng.normal(0.0, 0.3, (60, 2))
    kept = [Draw(i, v, scenario, (NONE, NONE), 52) for i, v in enumerate(values)]
    settings = Settings(tuple(d.name for d in drawn), 100, effects, np.full(60, 80.0), 60, 0, 0, kept)
    found = influence(settings, ("real", "idle"))
    assert found[found["policy"] == "real"]["parameter"].iloc[0] == "decision.b_peer"
    assert found["rho"].abs().min() > found["bound"].iloc[0]
    false = len(found[found["policy"] == "idle"])
    n = len(drawn)
    assert false <= 0.05 * n + 4 * np.sqrt(0.0475 * n)
