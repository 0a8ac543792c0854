"""Granovetter (1978): who joins when the number already in reaches one's threshold?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from experiments.validation.laws.bare import community, settle
from experiments.validation.laws.rows import Row, exactly, require

LAW = "Granovetter thresholds"
SOURCE = "Granovetter 1978, American Journal of Sociology 83, 1420-1443"


def granovetter(n: int, mean: float, sd: float) -> int:
    """How many of ``n`` take part in the end if thresholds are normal quantiles, at (i - 0.5)/n.

    ``mean`` and ``sd`` are numbers of people; see `granovetter_thresholds`. Raises GongzhiError unless sd >
    0.
    """
    require(sd > 0, f"sd = {sd}", "Give a standard deviation above 0")
    return granovetter_thresholds(mean + sd * norm.ppf((np.arange(1, n + 1) - 0.5) / n))


def granovetter_thresholds(thresholds: ArrayLike) -> int:
    """How many take part in the end, from nobody at the start; ``thresholds`` are numbers, one per adult.

    Configuration: rule `absolute`, a well-mixed layer, memory of one week, thresholds from the residents'
    table.
    """
    values = np.asarray(thresholds, np.float64)
    model = community(
        len(values), decision={"rule": "absolute"}, residents={"threshold": values}, well_mixed=1.0
    )
    return int(settle(model)[1].sum())


def rows() -> Iterator[Row]:
    """Both sides of the jump at 100 people, and three shares of the continuous map r = Phi((r - 0.25)/s)."""
    for sd, expected in ((12.50, 5), (12.55, 100)):
        yield exactly(LAW, f"n 100, mean 25, sd {sd:.2f}", expected, granovetter(100, 25, sd), SOURCE)
    n, why = 10_000, "quantiles of 10,000 people for a continuum"
    for s, expected_share in ((0.10, 0.007696), (0.1225, 1.0), (0.50, 0.904852)):
        got = granovetter(n, 0.25 * n, s * n) / n
        yield Row(LAW, f"share in, mean 0.25, sd {s:g}", expected_share, got, 2 / n, why, SOURCE)
