"""How many people does an activity reach in a year if everybody comes with a constant weekly probability?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, logit
from scipy.stats import beta

from experiments.validation.laws.bare import CHOICE, community, same_b0
from experiments.validation.laws.rows import Estimate, Row, estimate, exactly, require, within
from model.parameters.decision import ACTIVITIES
from model.state.outcomes import COLUMNS

LAW = "reach"
SOURCE = "probability of at least one success; Beta-geometric mixture"
REACHED = [COLUMNS.index(f"reached_{k}") for k in ACTIVITIES]


def reach(p: ArrayLike, weeks: int = 52, n: int = 4000, replicates: int = 30) -> Estimate:
    """Share with at least one act in the last 52 of ``weeks`` weeks, as `observe` records it.

    ``p`` is the weekly probability of everybody, or float[n] that of each person (then n is its length). For
    one p and up to 52 weeks it is 1 - (1 - p)^weeks.
    Configuration: rule `logit`, no terms, intercepts 0, person effects logit(p) in the residents' table. The
    three activities are independent replicates. Raises GongzhiError unless 0 < p < 1 and weeks >= 1.
    """
    chance = np.asarray(p, np.float64)
    require(bool(np.all((chance > 0) & (chance < 1))), "p is not a probability", "Give p above 0 and below 1")
    require(weeks >= 1, f"weeks = {weeks}", "Give 1 or more")
    chance = np.full(n, chance) if chance.ndim == 0 else chance
    shares: list[float] = []
    for luck in range(1, -(-replicates // 3) + 1):
        model = community(
            len(chance),
            (*CHOICE, "observe"),
            decision={"b0": same_b0(0.0)},
            residents={"effect": np.repeat(logit(chance)[:, None], 3, axis=1)},
            luck=luck,
        )
        model.run(weeks)
        shares += (model.records.counts[-1][0, REACHED] / len(chance)).tolist()
    return estimate(shares)


def beta_probabilities(mean: float, a: float, n: int = 4000) -> NDArray[np.float64]:
    """float64[n]: quantiles (i - 0.5)/n of the Beta with this ``mean`` and first parameter ``a``."""
    return np.asarray(beta.ppf((np.arange(1, n + 1) - 0.5) / n, a, a * (1 - mean) / mean))


def beta_reach(mean: float, a: float, weeks: int = 52) -> float:
    """Expected reach with Beta probabilities: 1 - B(a, b + weeks) / B(a, b), b = a (1 - mean) / mean."""
    b = a * (1 - mean) / mean
    return float(-np.expm1(betaln(a, b + weeks) - betaln(a, b)))


def weeks_counted() -> int:
    """Weeks for which an act counts as reach: everybody has one in the week before the start, none after."""
    model = community(30, (*CHOICE, "observe"), decision={"b0": same_b0(-50.0)}, took_part=True)
    model.run(70)
    return sum(int(counts[0, REACHED[0]] > 0) for counts in model.records.counts)


def rows() -> Iterator[Row]:
    """Equal and unequal people, and the length of the window."""
    for p in (0.01, 0.002):
        yield within(LAW, f"52 weeks, p {p:g}", 1 - (1 - p) ** 52, reach(p), SOURCE)
    mixed = reach(beta_probabilities(0.01, 0.5))
    yield within(LAW, "52 weeks, p Beta with mean 0.01, a 0.5", beta_reach(0.01, 0.5), mixed, SOURCE)
    yield exactly(LAW, "weeks for which one act counts", 52, weeks_counted(), "definition of yearly reach")
