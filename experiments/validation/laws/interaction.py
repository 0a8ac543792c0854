"""Brock and Durlauf (2001): where does a choice settle that depends on how many others make it?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import expit

from experiments.validation.laws.bare import community, same_b0, taking_part
from experiments.validation.laws.rows import Estimate, Row, estimate, require, within

LAW = "Brock-Durlauf"
SOURCE = "Brock & Durlauf 2001, Review of Economic Studies 68, 235-260"


def brock_durlauf(
    a: float, b: float, n: int = 4000, start: float = 0.0, weeks: int = 60, replicates: int = 30
) -> Estimate:
    """Mean share that takes part among ``n`` whose utility is ``a`` + ``b`` x last week's share.

    The week before the start it is ``start``. Choices are drawn, so the share fluctuates around
    `equilibrium`; the mean is over ``weeks`` weeks after as many as the expected share needs to settle.
    Configuration: rule `logit`, peers as the only term, intercepts a, b_peer = b, a well-mixed layer, full
    embeddedness, memory of one week. The three activities do not touch each other here, so each is a
    replicate.
    Raises GongzhiError unless 0 <= start <= 1, or for a and b out of the bounds of their parameters.
    """
    require(0 <= start <= 1, f"start = {start}", "Give a share from 0 to 1")
    transient = len(_path(a, b, start))
    shares: list[float] = []
    for luck in range(1, -(-replicates // 3) + 1):
        model = community(
            n,
            decision={"terms": ["peers"], "b0": same_b0(a), "b_peer": float(b)},
            took_part=np.arange(n) < round(start * n),
            well_mixed=1.0,
            luck=luck,
        )
        for _ in range(transient):
            model.step()
        total = np.zeros(3)
        for _ in range(weeks):
            model.step()
            total += taking_part(model).mean(axis=0)
        shares += (total / weeks).tolist()
    return estimate(shares)


def equilibrium(a: float, b: float, start: float = 0.0, n: float = np.inf) -> float:
    """Where p = 1 / (1 + exp(-(a + b p))) settles from ``start``; with ``n``, the mean share of n people.

    With finite n the share has variance v = p (1 - p) / n / (1 - f'^2) around the fixed point of f, which
    moves its mean by f'' v / (2 (1 - f')), f' = b p (1 - p), f'' = b^2 p (1 - p) (1 - 2p), to first order in
    1/n.
    """
    p = _path(a, b, start)[-1]
    slope = b * p * (1 - p)
    variance = p * (1 - p) / n / (1 - slope**2)
    return float(p + b * slope * (1 - 2 * p) * variance / (2 * (1 - slope)))


def _path(a: float, b: float, start: float) -> list[float]:
    """The expected share, week by week, until it stands still."""
    path = [start, float(expit(a + b * start))]
    while abs(path[-1] - path[-2]) > 1e-12:
        path.append(float(expit(a + b * path[-1])))
    return path


def rows() -> Iterator[Row]:
    """b = 6: both equilibria at a = -3, beyond the fold at a = -3.415 only the lower one; b = 3: one."""
    for a, b, start in ((-3.0, 6.0, 0.0), (-3.0, 6.0, 1.0), (-3.6, 6.0, 1.0), (-1.0, 3.0, 0.0)):
        got, expected = brock_durlauf(a, b, start=start), equilibrium(a, b, start, 4000)
        yield within(LAW, f"share, a {a:g}, b {b:g}, from {start:g}", expected, got, SOURCE)
