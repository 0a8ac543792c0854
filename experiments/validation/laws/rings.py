"""Centola and Macy (2007): how far does an act spread on a ring if several neighbours have to be seen?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import networkx as nx
import numpy as np

from experiments.validation.laws.bare import community, settle
from experiments.validation.laws.rows import Row, exactly, require

LAW = "complex contagion"
SOURCE = "Centola & Macy 2007, American Journal of Sociology 113, 702-734"


class Spread(NamedTuple):
    """``steps``: weeks in which somebody joined; ``size``: people who take part in the end."""

    steps: int
    size: int


def lattice(n: int, k: int, a: float) -> Spread:
    """Spread on a ring of ``n`` people, each tied to the ``k`` nearest, from one person and her k neighbours.

    Everybody else joins when ``a`` neighbours took part last week.
    Configuration: rule `absolute`, the ring as the only ties, memory of one week. The starters took part in
    the week before the start and have threshold 0 in the residents' table, since with that memory they would
    drop out.
    Raises GongzhiError unless k is even and 2 <= k < n.
    """
    require(2 <= k < n and k % 2 == 0, f"k = {k} of n = {n}", "Give an even k from 2 to n - 1")
    ring = nx.circulant_graph(n, range(1, k // 2 + 1))
    return contagion(ring, a, [0, *ring[0]])


def contagion(graph: nx.Graph, a: float, starters: list[int]) -> Spread:
    """Spread on any undirected ``graph`` from the nodes at the places ``starters``; see `lattice`."""
    n = len(graph)
    first = np.isin(np.arange(n), starters)
    model = community(
        n,
        decision={"rule": "absolute"},
        residents={"threshold": np.where(first, 0.0, a)},
        took_part=first,
        graph=graph,
    )
    steps, who = settle(model)
    return Spread(steps, int(who.sum()))


def rows() -> Iterator[Row]:
    """Rings of 1,000: up to a = k/2 the act reaches everybody, above it stays with its k + 1 starters."""
    for k, weeks in ((4, (249, 497)), (8, (124, 165, 248, 494))):
        for a, steps in enumerate(weeks, start=1):
            got = lattice(1000, k, a)
            yield exactly(LAW, f"ring of 1000, k {k}, a {a}: steps", steps, got.steps, SOURCE)
            yield exactly(LAW, f"ring of 1000, k {k}, a {a}: size", 1000, got.size, SOURCE)
        a = k // 2 + 1
        yield exactly(LAW, f"ring of 1000, k {k}, a {a}: size", k + 1, lattice(1000, k, a).size, SOURCE)
