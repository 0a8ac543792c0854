"""What habit does somebody have who takes part with the same probability every week?"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, log
from typing import NamedTuple

import numpy as np
from scipy.special import logit

from experiments.validation.laws.bare import community, same_b0
from experiments.validation.laws.rows import Estimate, Row, estimate, require, within

LAW = "habit"
SOURCE = "moments of an exponentially weighted mean of independent weeks"


class Habit(NamedTuple):
    """Mean and variance of habit over people."""

    mean: Estimate
    variance: Estimate


def habit(p: float, rho: float, n: int = 1000, replicates: int = 30) -> Habit:
    """Habit in the long run among ``n`` people who take part with probability ``p`` every week.

    With the learning rate ``rho``: mean p, variance rho p (1 - p) / (2 - rho).
    Configuration: rule `logit`, no terms, intercepts logit(p), habits p at the start; as many weeks as it
    takes for the variance to come within a millionth of its limit. The three activities are independent
    replicates.
    Raises GongzhiError unless 0 < p < 1 and 0 < rho < 1.
    """
    require(0 < p < 1 and 0 < rho < 1, f"p = {p}, rho = {rho}", "Give both above 0 and below 1")
    weeks = ceil(log(1e-6) / (2 * log(1 - rho)))
    means: list[float] = []
    variances: list[float] = []
    for luck in range(1, -(-replicates // 3) + 1):
        model = community(
            n,
            decision={"b0": same_b0(float(logit(p)))},
            learning={"rho": rho},
            residents={"habit": np.full((n, 3), p)},
            luck=luck,
        )
        for _ in range(weeks):
            model.step()
        means += model.residents.habit.mean(axis=0).tolist()
        variances += model.residents.habit.var(axis=0, ddof=1).tolist()
    return Habit(estimate(means), estimate(variances))


def rows() -> Iterator[Row]:
    """The default rate and the fastest one of its range."""
    for p, rho in ((0.10, 0.044), (0.02, 0.153)):
        got = habit(p, rho)
        yield within(LAW, f"mean, p {p:g}, rho {rho:g}", p, got.mean, SOURCE)
        variance = rho * p * (1 - p) / (2 - rho)
        yield within(LAW, f"variance, p {p:g}, rho {rho:g}", variance, got.variance, SOURCE)
