"""DeGroot (1974), Friedkin and Johnsen (1990): where do opinions settle that drift to neighbours' mean?"""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx
import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.validation.laws.bare import community
from experiments.validation.laws.rows import Row, require

LAW = "DeGroot"
SOURCE = "DeGroot 1974, Journal of the American Statistical Association 69, 118-121"
STUBBORN = "Friedkin-Johnsen"
STUBBORN_SOURCE = "Friedkin & Johnsen 1990, Journal of Mathematical Sociology 15, 193-206"


def degroot(graph: nx.Graph, x: ArrayLike, weight: str | None = None, rate: float = 0.5) -> float:
    """The consensus that attachments ``x`` (shares, in node order) reach on a connected ``graph``.

    It is sum(degree x) / sum(degree) for any ``rate`` of drift below 1; ``weight`` names the edge attribute
    that weighs ties and degrees, None for equal ties.
    Configuration: the phase `learn` alone, att_peers = rate, att_return = 0, full embeddedness.
    Raises GongzhiError for a graph that is not connected, as it has no consensus.
    """
    require(nx.is_connected(graph), "the graph is not connected", "Give one component at a time")
    require(0 < rate < 1, f"rate = {rate}", "Give a rate above 0 and below 1")
    settled = friedkin_johnsen(graph, x, 0.0, weight, rate)
    return float(settled.mean())


def friedkin_johnsen(
    graph: nx.Graph, x: ArrayLike, back: float, weight: str | None = None, rate: float = 0.5
) -> NDArray[np.float64]:
    """float64[n]: where attachments ``x`` settle if each also returns to its start at the rate ``back``.

    They solve rate (mean of neighbours - y) + back (x - y) = 0.
    Configuration: as `degroot`, att_return = back. Raises GongzhiError for a directed graph or multigraph.
    """
    start = np.asarray(x, np.float64)
    simple = not graph.is_directed() and not graph.is_multigraph()
    require(simple, f"a graph of type {type(graph).__name__}", "Give nx.Graph(graph)")
    ties = nx.create_empty_copy(graph)
    ties.add_weighted_edges_from(graph.edges(data=weight, default=1))
    model = community(
        len(start),
        ("learn",),
        learning={"att_peers": rate, "att_return": back, "att_quality": 0.0, "att_refused": 0.0},
        residents={"attachment": start},
        graph=ties,
        weight=weight is not None,
    )
    now = start
    while True:
        model.step()
        before, now = now, model.residents.attachment.copy()
        if np.abs(now - before).max() < 1e-15:
            return now


def rows() -> Iterator[Row]:
    """Zachary's karate club with x = i/33, with equal ties, with its weights, and with stubborn members."""
    club = nx.karate_club_graph()
    n = len(club)
    x = np.arange(n) / (n - 1)
    why = "a deterministic limit"
    for weight, text in ((None, "equal ties"), ("weight", "weighted ties")):
        degree = np.array([d for _, d in club.degree(weight=weight)])
        expected = float(degree @ x / degree.sum())
        yield Row(LAW, f"karate club, {text}", expected, degroot(club, x, weight), 1e-6, why, SOURCE)
    adjacency = nx.to_numpy_array(club, weight="weight")
    mean = adjacency / adjacency.sum(axis=1, keepdims=True)
    expected_all = np.linalg.solve(0.6 * np.eye(n) - 0.5 * mean, 0.1 * x)
    got = friedkin_johnsen(club, x, 0.1, "weight")
    for i in (0, n - 1):
        case = f"karate club, drift 0.5, return 0.1, member {i}"
        yield Row(STUBBORN, case, float(expected_all[i]), float(got[i]), 1e-6, why, STUBBORN_SOURCE)
