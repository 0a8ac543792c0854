"""Do associations come and go as the laws say, and does their number find one level?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import poisson

from experiments.runs.simulate import simulate
from experiments.validation.laws.lifecycle import expected, lifecycle, numbers
from model.core.errors import GongzhiError
from model.scenario.relaxation import relaxation_weeks
from model.scenario.scenario import Scenario
from model.state.outcomes import WEEKLY


def test_the_transient_is_that_of_the_evidence() -> None:
    """Published figures of this row, to six digits."""
    assert expected(0.05, 0.00268, 5, 52) == pytest.approx((6.778759, 2.996416), abs=5e-7)


def test_another_row_of_the_law() -> None:
    got, (mean, variance) = lifecycle(0.1, 0.02, 12, 30), expected(0.1, 0.02, 12, 30)
    assert abs(got.mean.mean - mean) <= 4 * got.mean.error
    assert abs(got.variance.mean - variance) <= 4 * got.variance.error


@pytest.mark.parametrize("n", [144, pytest.param(400, marks=pytest.mark.slow)])
def test_the_stationary_number_is_poisson(n: int) -> None:
    """Independent communities after 12 relaxation times; the largest gap between the distribution functions
    exceeds 1.95 / sqrt(n) with probability below 0.001 (Kolmogorov; less for whole numbers)."""
    counts = np.sort(numbers(0.6, 0.2, 0, 60, n))
    shares = np.searchsorted(counts, np.arange(15), side="right") / len(counts)
    assert np.abs(shares - poisson.cdf(np.arange(15), 3.0)).max() < 1.95 / n**0.5


def test_what_the_law_cannot_take_is_refused() -> None:
    for nu, mu, start in ((1.0, 0.1, 0), (0.1, 0.0, 0), (0.9, 0.01, 0)):
        with pytest.raises(GongzhiError):
            lifecycle(nu, mu, start, 2000)


def community(start: int) -> Scenario:
    """A usual community of 3,600 persons with ``start`` informal groups of 20 members."""
    fields = ("arts", "sport", "learning", "elder_care", "environment", "mediation", "council")
    groups: dict[str, dict[str, Any]] = {
        f"g{i}": {"fields": [fields[i % 7]], "members": 20, "lent_sessions": 1.0} for i in range(start)
    }
    return Scenario.model_validate(
        {
            "format": 1,
            "name": "usual",
            "population": {"persons": 3600, "households": 1374},
            "organization": groups,
            "sitting": {"hearing": {"every": "month", "places": 40}},
            "status_quo": {"grants": {"kind": "grant", "amount_yuan": 60_000.0}},
            "run": {"weeks": 1560, "spin_up": 0},
        }
    )


def test_the_relaxation_time_is_that_of_its_formula() -> None:
    constant = community(0).model_copy(
        update={"life": community(0).life.model_copy(update={"founding": "constant", "founding_rate": 0.05})}
    )
    assert relaxation_weeks(constant) == pytest.approx(1 / (0.0025 + 0.05 / 12))


@pytest.mark.slow
def test_the_number_finds_one_level_from_anywhere() -> None:
    """Thirty years from 0, 7 and 30 groups, 8 seeds each: the means of the time after five relaxation times
    are within 10 % of the common level, and nobody explodes beyond twice the cap."""
    forms = [WEEKLY.index(f"organizations_{form}") for form in ("informal", "filed", "registered")]
    levels = {}
    for start in (0, 7, 30):
        scenario = community(start)
        settled = int(5 * relaxation_weeks(community(7)))
        counts = np.array([simulate(scenario, "none", s, s).weekly[:, forms].sum(axis=1) for s in range(8)])
        assert counts.max() <= max(start, 2 * scenario.life.organizations_cap)
        levels[start] = counts[:, settled:].mean()
    print(levels)
    common = np.mean(list(levels.values()))
    assert all(abs(level / common - 1) < 0.1 for level in levels.values())
