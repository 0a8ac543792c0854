"""How unequal are hours served if they are lognormal?"""

from __future__ import annotations

from collections.abc import Iterator
from math import exp
from typing import NamedTuple

from scipy.special import erf
from scipy.stats import norm

from experiments.validation.laws.bare import community
from experiments.validation.laws.rows import Estimate, Row, estimate, require, within

LAW = "concentration of hours"
SOURCE = "Gini coefficient and Lorenz curve of the lognormal distribution"
MOST_HOURS = 112.0


class Concentration(NamedTuple):
    """Gini coefficient and top tenth's share of the hours of those who served."""

    gini: Estimate
    top_tenth: Estimate


def concentration(sd: float, n: int = 4000, replicates: int = 30) -> Concentration:
    """Concentration among ``n`` people who all serve once, hours being lognormal with ``sd`` (log scale).

    Gini erf(sd/2), top tenth's share 1 - Phi(1.2816 - sd), as `observe` records them.
    Configuration: one week of decide, seat, serve and observe, no terms, intercepts that make everybody serve
    and nobody do anything else, sd_person = sd, sd_act = 0, another world per replicate. Acts are counted in
    quarters of an hour and end with the week's 112 free hours, so their mean is set where neither matters: sd
    up to 1.
    Raises GongzhiError unless 0 < sd <= 1.
    """
    require(0 < sd <= 1, f"sd = {sd}", "Give sd above 0 and up to 1")
    mean = min(24.0, MOST_HOURS * exp(sd * sd / 2 - 4.2 * sd))
    figures = []
    for world in range(1, replicates + 1):
        model = community(
            n,
            ("decide", "seat", "serve", "observe"),
            decision={
                "b0": {"culture": -50.0, "service": 50.0, "deliberation": -50.0},
                "act_hours": {"service": mean},
                "sd_person": sd,
                "sd_act": 0.0,
            },
            world=world,
        )
        model.run(1)
        figures.append(model.records.spread[-1])
    return Concentration(estimate(f[1] for f in figures), estimate(f[0] for f in figures))


def rows() -> Iterator[Row]:
    """The default spread between persons and a wide one."""
    for sd in (0.7, 1.0):
        got = concentration(sd)
        yield within(LAW, f"Gini, sd {sd:g}", float(erf(sd / 2)), got.gini, SOURCE)
        top = float(norm.sf(norm.ppf(0.9) - sd))
        yield within(LAW, f"top tenth's share, sd {sd:g}", top, got.top_tenth, SOURCE)
