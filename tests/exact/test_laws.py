"""Do the deterministic laws hold on the production code, also for rows that `verify` does not print?

What is expected is computed here by another road: sets and plain loops, or linear algebra.
"""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pytest

from experiments.validation.laws import (
    Estimate,
    Row,
    backlog,
    brock_durlauf,
    concentration,
    contagion,
    degroot,
    friedkin_johnsen,
    granovetter,
    granovetter_thresholds,
    habit,
    issue_queue,
    lattice,
    opinions,
    reach,
    rings,
    thresholds,
    time_bank,
    watts,
)
from experiments.validation.laws.bare import community, settle
from experiments.validation.laws.cascades import window
from experiments.validation.laws.reaching import weeks_counted
from experiments.validation.laws.rows import estimate, exactly
from experiments.validation.laws.timebank import empty_share, small_bank, unequal
from model.core.errors import GongzhiError


@pytest.mark.parametrize("law", [thresholds, rings, opinions], ids=lambda law: law.LAW)
def test_the_deterministic_rows_hold(law: object) -> None:
    failed = [row for row in law.rows() if not row.passed]  # type: ignore[attr-defined]
    assert not failed


@pytest.mark.parametrize("seed", range(5))
def test_any_thresholds_settle_where_counting_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(30, 22, size=130).round(seed % 2)
    inside = 0
    while (joined := sum(1 for t in values if t <= inside)) != inside:
        inside = joined
    assert granovetter_thresholds(values) == inside


def test_the_jump_lies_between_two_standard_deviations() -> None:
    sizes = [granovetter(100, 25, sd) for sd in np.arange(11.5, 13.6, 0.1)]
    assert sizes == sorted(sizes)
    assert set(sizes) <= {*range(7), 100}


def spread(graph: nx.Graph, a: float, starters: set[int]) -> tuple[int, int]:
    """Weeks with a newcomer and final size, with sets."""
    inside, weeks = set(starters), 0
    while new := {i for i in graph if i not in inside and len(inside & set(graph[i])) >= a}:
        inside |= new
        weeks += 1
    return weeks, len(inside)


@pytest.mark.parametrize(
    ("n", "k", "a"), [(61, 4, 2), (60, 6, 1), (97, 6, 3), (80, 10, 4), (50, 2, 1), (50, 2, 2)]
)
def test_rings_spread_as_sets_do(n: int, k: int, a: int) -> None:
    ring = nx.circulant_graph(n, range(1, k // 2 + 1))
    assert lattice(n, k, a) == spread(ring, a, {0, *ring[0]})


@pytest.mark.parametrize("a", [1, 2, 3])
def test_rewired_rings_spread_as_sets_do(a: int) -> None:
    graph = nx.watts_strogatz_graph(150, 6, 0.2, seed=a)
    starters = [3, *graph[3]]
    assert contagion(graph, a, starters) == spread(graph, a, set(starters))


def test_strong_ties_count_for_more_under_a_shared_threshold() -> None:
    rng = np.random.default_rng(9)
    graph = nx.watts_strogatz_graph(200, 6, 0.1, seed=9)
    for _, _, tie in graph.edges(data=True):
        tie["weight"] = rng.choice([0.25, 1.0, 4.0])
    weight = nx.to_numpy_array(graph)
    first = np.arange(200) < 12
    model = community(
        200,
        decision={"rule": "fractional"},
        residents={"threshold": np.where(first, 0.0, 0.3)},
        took_part=first,
        graph=graph,
        weight=True,
    )
    inside = first
    while (joined := first | (weight @ inside >= 0.3 * weight.sum(axis=1))).sum() > inside.sum():
        inside = joined
    assert 12 < inside.sum() < 200
    np.testing.assert_array_equal(settle(model)[1], inside)


@pytest.mark.parametrize("weight", [None, "weight", "length"])
def test_opinions_settle_at_the_mean_by_degree(weight: str | None) -> None:
    rng = np.random.default_rng(7)
    graph = nx.watts_strogatz_graph(40, 4, 0.3, seed=5)
    for _, _, tie in graph.edges(data=True):
        tie.update(weight=rng.uniform(0.1, 3), length=rng.uniform(1, 9))
    x = rng.uniform(size=40)
    degree = np.array([d for _, d in graph.degree(weight=weight)])
    assert degroot(graph, x, weight, rate=0.3) == pytest.approx(degree @ x / degree.sum(), abs=1e-9)


def test_stubborn_opinions_settle_where_the_equations_say() -> None:
    rng = np.random.default_rng(8)
    graph, x = nx.barbell_graph(6, 3), rng.uniform(size=15)
    mean = nx.to_numpy_array(graph)
    mean /= mean.sum(axis=1, keepdims=True)
    expected = np.linalg.solve(0.9 * np.eye(15) - 0.7 * mean, 0.2 * x)
    np.testing.assert_allclose(friedkin_johnsen(graph, x, 0.2, rate=0.7), expected, atol=1e-9)


def test_an_act_counts_for_a_year() -> None:
    assert weeks_counted() == 52


@pytest.mark.parametrize(("arrivals", "settled"), [(4.0, 5), (9.0, 10), (0.3, 1), (2.2, 3)])
def test_the_backlog_is_that_of_the_chain(arrivals: float, settled: int) -> None:
    """The stationary law of max(0, backlog + Poisson - settled), by running the chain forward."""
    states = 220
    arriving = [math.exp(-arrivals) * arrivals**a / math.factorial(a) for a in range(60)]
    now = np.zeros(states)
    now[0] = 1.0
    for _ in range(4000):
        comes = np.convolve(now, arriving)[: states + settled]
        now = np.concatenate([[comes[: settled + 1].sum()], comes[settled + 1 :]])
        now = np.pad(now, (0, states - len(now)))
    assert backlog(arrivals, settled) == pytest.approx(now @ np.arange(states), abs=1e-7)


def test_one_payment_at_a_time_makes_all_distributions_equally_likely() -> None:
    assert empty_share(50, 250) == pytest.approx(0.163880, abs=1e-6)
    assert empty_share(7, 4) == pytest.approx(6 / 10)
    assert small_bank(3, 4, 1e-6) == pytest.approx((2 / 6, 13 / 30), abs=1e-5)


@pytest.mark.parametrize(("n", "hours", "p"), [(3, 3, 0.5), (3, 5, 0.1), (4, 4, 0.2), (5, 3, 0.4)])
def test_the_balance_of_second_moments_is_close_to_the_chain(n: int, hours: int, p: float) -> None:
    assert empty_share(n, hours, p) == pytest.approx(small_bank(n, hours, p)[0], abs=3e-4)


def test_the_gini_coefficient_of_a_row() -> None:
    assert unequal(np.array([[1, 1, 1, 1], [0, 0, 0, 8], [0, 1, 2, 5]])) == pytest.approx([0, 0.75, 0.5])


def test_the_window_of_cascades() -> None:
    assert window(0.18) == pytest.approx((1.0207, 5.7647), abs=5e-5)
    assert window(0.30) is None


def test_a_row_passes_within_its_tolerance_only() -> None:
    assert Row("law", "case", 1.0, 1.1, 0.11, "", "").passed
    assert not Row("law", "case", 1.0, 1.1, 0.09, "", "").passed
    assert not Row("law", "case", 1.0, math.nan, 9.0, "", "").passed
    assert not exactly("law", "case", 5, 6, "").passed


def test_an_estimate_is_the_mean_with_its_standard_error() -> None:
    assert estimate([0.0, 2.0] * 20) == Estimate(1.0, pytest.approx(1 / math.sqrt(39)), 40)


REFUSED = {
    "few replicates": lambda: estimate([1.0] * 29),
    "odd k": lambda: lattice(20, 3, 1),
    "large k": lambda: lattice(20, 20, 1),
    "no people": lambda: granovetter_thresholds([]),
    "no spread": lambda: granovetter(100, 25, 0),
    "nan": lambda: granovetter_thresholds([1.0, math.nan]),
    "two components": lambda: degroot(nx.Graph([(0, 1), (2, 3)]), [0, 1, 0, 1]),
    "no share": lambda: degroot(nx.path_graph(2), [0, 1.5]),
    "directed": lambda: friedkin_johnsen(nx.DiGraph([(0, 1)]), [0, 1], 0.1),
    "start": lambda: brock_durlauf(-3, 6, start=1.5),
    "out of bounds": lambda: brock_durlauf(-3, 600),
    "certainty": lambda: reach(1.0),
    "no weeks": lambda: reach(0.1, weeks=0),
    "learning at once": lambda: habit(0.1, 1.0),
    "no slack": lambda: backlog(5.0, 5),
    "no arrivals": lambda: issue_queue(0.0, 5),
    "wide hours": lambda: concentration(1.5),
    "one resident": lambda: time_bank(1, 5, 0.1),
    "no payments": lambda: time_bank(5, 5, 0),
    "no threshold": lambda: watts(100, 3, 0, 0.1),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_law_cannot_take_is_refused(case: str) -> None:
    with pytest.raises(GongzhiError):
        REFUSED[case]()
