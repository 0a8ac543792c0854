"""Watts (2002): on which random graphs do a few starters set off a cascade?"""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx
import numpy as np
from scipy.optimize import brentq
from scipy.stats import binom, poisson

from experiments.validation.laws.bare import community, settle
from experiments.validation.laws.rows import Estimate, Row, estimate, require, within

LAW = "Watts cascades"
SOURCE = "Watts 2002, PNAS 99, 5766-5771; sizes from Gleeson & Cahalane 2007, Physical Review E 75, 056103"


def watts(n: int, z: float, phi: float, starters: float, replicates: int = 30) -> Estimate:
    """Share that takes part in the end on Poisson graphs of ``n`` people with mean degree ``z``.

    A share ``starters`` takes part throughout, everybody else when a share ``phi`` of the neighbours did last
    week.
    Configuration: rule `fractional`, one random graph per replicate as the only ties, memory of one week;
    starters took part in the week before the start and have threshold 0. Somebody with few ties may have
    starters alone as neighbours, so outside the window the share is somewhat above ``starters``.
    Raises GongzhiError unless 0 < z < n, phi > 0 and 0 < starters < 1.
    """
    require(0 < z < n, f"z = {z} of n = {n}", "Give a mean degree above 0 and below n")
    require(
        phi > 0 and 0 < starters < 1,
        f"phi = {phi}, starters = {starters}",
        "Give phi > 0, starters in (0, 1)",
    )
    first = np.arange(n) < round(n * starters)
    shares = []
    for seed in range(1, replicates + 1):
        model = community(
            n,
            decision={"rule": "fractional"},
            residents={"threshold": np.where(first, 0.0, phi)},
            took_part=first,
            graph=nx.fast_gnp_random_graph(n, z / (n - 1), seed=seed),
        )
        shares.append(settle(model)[1].mean())
    return estimate(shares)


def window(phi: float) -> tuple[float, float] | None:
    """Mean degrees between which a single starter can set off a cascade, None if there are none.

    They solve z P(Poisson(z) <= K - 2) = 1 with K = floor(1/phi), the largest degree at which one neighbour
    is enough.
    """
    largest = np.floor(1 / phi)

    def branching(z: float) -> float:
        return float(z * poisson.cdf(largest - 2, z)) - 1

    degrees = np.linspace(0.01, 3 * largest + 3, 3000)
    peak = degrees[np.argmax([branching(z) for z in degrees])]
    if branching(peak) <= 0:
        return None
    return float(brentq(branching, 1e-6, peak)), float(brentq(branching, peak, 10 * largest + 10))


def cascade_size(z: float, phi: float, starters: float) -> float:
    """The share that `watts` tends to in large graphs, without short loops (Gleeson & Cahalane 2007)."""
    near = np.arange(200)

    def joins(q: float, others: int) -> float:
        """Share in of those with Poisson(z) neighbours, each in with probability q, and ``others`` not in."""
        needed = [next((m for m in range(1, k + 1) if m / (k + others) >= phi), k + 1) for k in near]
        moved = float(poisson.pmf(near, z) @ binom.sf(np.array(needed) - 1, near, q))
        return starters + (1 - starters) * moved

    q, before = starters, -1.0
    while q - before > 1e-13:
        q, before = joins(q, 1), q
    return joins(q, 0)


def rows() -> Iterator[Row]:
    """Mean degrees below, within and above the window of phi = 0.18 (1.02 to 5.76); phi = 0.30 has none."""
    for phi, z in ((0.18, 0.8), (0.18, 3.0), (0.18, 12.0), (0.30, 3.0)):
        got = watts(2000, z, phi, 0.01)
        yield within(
            LAW, f"share in, phi {phi:.2f}, mean degree {z:g}", cascade_size(z, phi, 0.01), got, SOURCE
        )
