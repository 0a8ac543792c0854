"""Do the laws of drawn behaviour hold, in the rows of `verify` and in others?"""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
from scipy.special import erf
from scipy.stats import norm

from experiments.validation import laws
from experiments.validation.laws import (
    LAWS,
    Estimate,
    backlog,
    brock_durlauf,
    concentration,
    habit,
    issue_queue,
    reach,
    time_bank,
    verify,
    watts,
)
from experiments.validation.laws.cascades import cascade_size
from experiments.validation.laws.interaction import equilibrium
from experiments.validation.laws.reaching import beta_probabilities, beta_reach
from experiments.validation.laws.timebank import empty_share, small_bank

DEAR = {"cascades", "interaction", "queue", "timebank", "lifecycle"}
"""Laws whose rows take 7 to 20 s each; other arguments of them are tried here and in `test_lifecycle`."""


def holds(got: Estimate, expected: float) -> None:
    """Within four standard errors, from enough replicates that differ at all."""
    assert got.replicates >= 30
    assert got.error > 0
    assert abs(got.mean - expected) <= 4 * got.error


@pytest.mark.parametrize(
    "law",
    [
        pytest.param(law, marks=[pytest.mark.slow] if name in DEAR else [], id=name)
        for name, law in ((law.__name__.split(".")[-1], law) for law in LAWS)
    ],
)
def test_every_row_of_verify_passes(law: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laws, "LAWS", (law,))
    told: list[tuple[int, int, str]] = []
    rows = verify(lambda *progress: told.append(progress))
    assert law.LAW in {row.law for row in rows}
    assert [row for row in rows if not row.passed] == []
    assert told == [(1, 1, law.LAW)]


@pytest.mark.parametrize(
    ("a", "b", "start"), [(-2.0, 0.0, 0.0), (-3.2, 6.4, 1.0), (-4.4, 8.0, 0.0), (-1.0, 2.0, 0.5)]
)
def test_choices_settle_where_the_fixed_point_is(a: float, b: float, start: float) -> None:
    holds(brock_durlauf(a, b, 1500, start), equilibrium(a, b, start, 1500))


def test_beyond_the_fold_everybody_follows() -> None:
    """At b = 6 the low equilibrium ends at a = -2.585, the high one at a = -3.415."""
    assert equilibrium(-2.59, 6) < 0.25
    assert brock_durlauf(-2.5, 6, 1500).mean > 0.9
    assert brock_durlauf(-3.5, 6, 1500, 1.0).mean < 0.1


@pytest.mark.parametrize(("p", "rho"), [(0.5, 0.5), (0.03, 0.08)])
def test_habit_has_the_moments_of_a_fading_mean(p: float, rho: float) -> None:
    got = habit(p, rho, n=600)
    holds(got.mean, p)
    holds(got.variance, rho * p * (1 - p) / (2 - rho))


@pytest.mark.parametrize(("p", "weeks"), [(0.05, 10), (0.03, 1), (0.01, 80)])
def test_reach_is_the_chance_of_one_act_in_the_window(p: float, weeks: int) -> None:
    holds(reach(p, weeks, n=1500), 1 - (1 - p) ** min(weeks, 52))


def test_reach_of_unequal_people() -> None:
    holds(reach(beta_probabilities(0.03, 1.2, 1500), 26), beta_reach(0.03, 1.2, 26))
    p = np.linspace(0.001, 0.05, 1500)
    holds(reach(p), float(np.mean(1 - (1 - p) ** 52)))


def test_hours_concentrate_as_lognormal_ones() -> None:
    got = concentration(0.4)
    holds(got.gini, float(erf(0.2)))
    holds(got.top_tenth, float(norm.sf(norm.ppf(0.9) - 0.4)))


def test_hours_given_away_spread_as_the_chain_says() -> None:
    got, (empty, gini) = time_bank(3, 4, 0.6), small_bank(3, 4, 0.6)
    holds(got.empty, empty)
    holds(got.gini, gini)


@pytest.mark.slow
def test_hours_spread_so_in_a_large_bank() -> None:
    holds(time_bank(30, 40, 0.4).empty, empty_share(30, 40, 0.4))


@pytest.mark.parametrize(("z", "phi", "starters"), [(4.0, 0.18, 0.02), (5.0, 0.25, 0.05), (10.0, 0.5, 0.02)])
def test_cascades_reach_the_size_of_large_graphs(z: float, phi: float, starters: float) -> None:
    holds(watts(1500, z, phi, starters), cascade_size(z, phi, starters))


@pytest.mark.parametrize(("arrivals", "settled"), [(2.5, 3), (0.6, 1), (11.0, 14)])
def test_issues_queue_as_bulk_service_does(arrivals: float, settled: int) -> None:
    got = issue_queue(arrivals, settled)
    holds(got.backlog, backlog(arrivals, settled))
    holds(got.wait, backlog(arrivals, settled) / arrivals)
