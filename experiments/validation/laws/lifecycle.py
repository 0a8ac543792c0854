"""How many associations are there if they are founded and dissolved at constant rates?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from experiments.validation.laws.bare import community
from experiments.validation.laws.rows import Estimate, Row, estimate, require, within
from model.instruments.base import FIELDS

LAW = "births and deaths of organizations"
SOURCE = "deaths Bin(N, mu), then Poisson(nu) births a week: thinning of the first, Poisson others"
ADULTS = 60
PLACES = 3 * ADULTS


class Number(NamedTuple):
    """Mean and variance over replicates of the number of associations."""

    mean: Estimate
    variance: Estimate


def expected(nu: float, mu: float, start: int, weeks: int) -> tuple[float, float]:
    """Mean and variance after ``weeks``: start q + m and start q (1 - q) + m, q = (1 - mu)^weeks, m = nu (1 -
    q) / mu. In the long run the number is Poisson with mean nu / mu."""
    q = (1 - mu) ** weeks
    born = nu * (1 - q) / mu
    return start * q + born, start * q * (1 - q) + born


def numbers(nu: float, mu: float, start: int, weeks: int, replicates: int) -> list[int]:
    """The number of associations after ``weeks`` in each of ``replicates`` communities.

    Configuration: only organise and observe run; associations of one member, who never leaves, hazards mu
    without regard of size and leader, constant founding in all fields without a cap, everybody interested and
    capable. Raises GongzhiError for rates outside [0, 1), and for more associations than the adults can
    belong to.
    """
    require(0 <= nu < 1 and 0 < mu < 1, f"nu = {nu}, mu = {mu}", "Give nu in [0, 1), mu in (0, 1)")
    most = max(start, expected(nu, mu, start, weeks)[0])
    require(
        most + 10 * most**0.5 < PLACES,
        f"{start} associations at the start, nu / mu = {nu / mu:g}",
        f"Stay well below {PLACES} associations",
    )
    life = {
        "hazard": dict.fromkeys(("informal", "filed", "registered"), mu),
        "size_exponent": 0.0,
        "small_factor": 1.0,
        "leaderless_factor": 1.0,
        "secured_factor": 1.0,
        "founding": "constant",
        "founding_rate": nu,
        "organizations_cap": 0,
        "founding_members": 1,
        "capable_skill": 0.0,
    }
    associations = {f"a{i}": {"fields": [FIELDS[i % len(FIELDS)]], "members": 1} for i in range(start)}
    found = []
    for luck in range(1, replicates + 1):
        model = community(
            ADULTS,
            ("organise", "observe"),
            residents={"interests": np.full(ADULTS, 2 ** len(FIELDS) - 1)},
            tables={
                "life": life,
                "membership": {"leave_rate": 0.0},
                "organization": associations,
            },
            luck=luck,
        )
        model.run(weeks)
        found.append(len(model.living()))
    return found


def lifecycle(nu: float, mu: float, start: int, weeks: int, replicates: int = 200) -> Number:
    """Mean and variance of `numbers`; the variance is about the mean that is expected."""
    counts = numbers(nu, mu, start, weeks, replicates)
    mean = expected(nu, mu, start, weeks)[0]
    return Number(estimate(counts), estimate((n - mean) ** 2 for n in counts))


def rows() -> Iterator[Row]:
    """A year from 5 associations on, and a fast community that has found its level."""
    for nu, mu, start, weeks in ((0.05, 0.00268, 5, 52), (0.3, 0.1, 0, 60)):
        mean, variance = expected(nu, mu, start, weeks)
        got = lifecycle(nu, mu, start, weeks)
        case = f"nu {nu:g}, mu {mu:g}, from {start}, week {weeks}"
        yield within(LAW, f"mean, {case}", mean, got.mean, SOURCE)
        yield within(LAW, f"variance, {case}", variance, got.variance, SOURCE)
