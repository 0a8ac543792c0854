"""Ties are mutual, sorted and single; layers have the wanted degrees; given ties are taken as they are."""

from typing import Any

import networkx as nx
import numpy as np
import pytest

from model.core.draws import stream
from model.core.errors import DataError, ScenarioError
from model.scenario.scenario import Scenario
from model.start import network as module
from model.start.network import Layer, draw_network, from_edges, from_graph, merged
from model.start.population import Inputs, draw_population
from model.state.network import Network, summary
from model.state.residents import Residents
from model.state.ties import _rows_of

World = tuple[Scenario, Residents, Network]


def built(persons: int, world: int = 7, inputs: Inputs | None = None, **network: Any) -> World:
    households = {"persons": persons, "households": max(1, int(persons * 0.38))}
    scenario = Scenario.model_validate(
        {"format": 1, "name": "place", "population": households, "network": network}
    )
    people = draw_population(scenario, world)
    return scenario, people, draw_network(scenario, people, world, inputs)


N = len(built(300)[1])


def ties_of(layer: Layer) -> dict[tuple[int, int], float]:
    rows = np.repeat(np.arange(len(layer.indptr) - 1), layer.degree)
    return dict(
        zip(zip(rows.tolist(), layer.indices.tolist(), strict=True), layer.weight.tolist(), strict=True)
    )


def check(layer: Layer, n: int) -> None:
    assert (layer.indptr.dtype, layer.indices.dtype, layer.weight.dtype) == (np.int64, np.int32, np.float64)
    assert layer.indptr[0] == 0
    assert layer.indptr[-1] == len(layer.indices) == len(layer.weight)
    ties = ties_of(layer)
    assert len(ties) == len(layer.indices), "a double"
    for (i, j), weight in ties.items():
        assert i != j
        assert 0 <= j < n
        assert ties[j, i] == weight
    for i in range(n):
        assert (np.diff(layer.indices[layer.indptr[i] : layer.indptr[i + 1]]) > 0).all()


@pytest.fixture(scope="module")
def town() -> World:
    return built(5000)


def test_layers_are_mutual_sorted_single(town: World) -> None:
    _, people, network = town
    for layer in (*network.layers.values(), network.merged):
        check(layer, len(people))


def test_same_world_same_ties(town: World) -> None:
    again, other = built(5000)[2], built(5000, world=8)[2]
    for name, layer in town[2].layers.items():
        np.testing.assert_array_equal(layer.indices, again.layers[name].indices)
    for name in ("cell", "friends", "work", "branch"):
        assert ties_of(town[2].layers[name]) != ties_of(other.layers[name])


def test_layers_do_not_depend_on_each_other(town: World) -> None:
    changed = built(5000, layer_weight={"cell": 0.0, "work": 9.0}, degree={"branch": 1.0}, rewired=0.3)[2]
    for name in ("household", "work"):
        assert ties_of(changed.layers[name]) == ties_of(town[2].layers[name])
    assert changed.layers["cell"].ties == 0


def test_degrees_are_as_wanted(town: World) -> None:
    rows = {row.name: row for row in summary(town[2])}
    for name in ("cell", "friends", "work", "branch"):
        assert rows[name].drawn == pytest.approx(rows[name].wanted, rel=0.04), name
    assert rows["household"].ties == sum(
        size * (size - 1) // 2 for size in np.bincount(town[1].household).tolist()
    )
    assert rows["weak"].ties == 0
    assert rows["merged"].ties == town[2].merged.ties


@pytest.mark.parametrize("degree", [0.0, 0.7, 1.0, 2.5, 9.3, 14.0, 200.0])
def test_any_degree_within_groups(degree: float) -> None:
    _, people, network = built(9000, degree={"work": degree, "cell": 0, "branch": 0})
    employed = int((people.employment == 0).sum())
    most = 14 * (employed // 15 * 15 / employed)
    drawn = 2 * network.layers["work"].ties / employed
    assert drawn == pytest.approx(min(degree, most), rel=0.05, abs=0.02)
    assert network.layers["cell"].ties == 0


@pytest.mark.parametrize("degree", [0.0, 1.0, 4.5, 11.0])
def test_any_degree_of_friends(degree: float) -> None:
    layer = built(9000, degree={"friends": degree})[2].layers["friends"]
    assert layer.degree.mean() == pytest.approx(degree, rel=0.03)


def test_ties_stay_within_their_groups(town: World) -> None:
    _, people, network = town
    for name, column in (("household", people.household), ("cell", people.cell)):
        for i, j in ties_of(network.layers[name]):
            assert column[i] == column[j]
    for i, j in ties_of(network.layers["work"]):
        assert people.employment[i] == people.employment[j] == 0
    for i, j in ties_of(network.layers["branch"]):
        assert people.party[i] == people.party[j] == 1
    work = nx.Graph(list(ties_of(network.layers["work"])))
    assert max(map(len, nx.connected_components(work))) <= 15


def test_friends_are_a_small_world(town: World) -> None:
    """Without rewiring a ring lattice of degree 6 (clustering 0.6); rewired completely, a random graph."""

    def clustering(rewired: float) -> tuple[float, float]:
        layer = built(800, rewired=rewired)[2].layers["friends"]
        graph = nx.Graph(list(ties_of(layer)))
        return nx.average_clustering(graph), nx.average_shortest_path_length(graph)

    (lattice, far), (small, near), (random, _) = clustering(0.0), clustering(0.1), clustering(1.0)
    assert lattice == pytest.approx(0.6)
    assert 0.38 < small < 0.5  # 0.6 (1 - 0.1)^3 = 0.44
    assert random < 0.04
    assert near < far / 5


def test_friends_are_alike() -> None:
    def same_sex_and_age(homophily: float) -> float:
        _, people, network = built(5000, homophily=homophily)
        ties = np.array(list(ties_of(network.layers["friends"])))
        alike = people.age_band[ties[:, 0]] == people.age_band[ties[:, 1]]
        return float((alike & (people.sex[ties[:, 0]] == people.sex[ties[:, 1]])).mean())

    chance, half, full = same_sex_and_age(0.0), same_sex_and_age(0.8), same_sex_and_age(1.0)
    assert chance < 0.13
    assert chance + 0.05 < half < full
    assert full > 0.85


def test_the_fewest_adults() -> None:
    for persons in (1, 2, 3, 8):
        _, people, network = built(persons)
        for layer in (*network.layers.values(), network.merged):
            check(layer, len(people))
        n = len(people)
        assert network.layers["friends"].ties == (n * (n - 1) // 2 if n <= 7 else 21)


def test_a_household_of_thousands_is_refused() -> None:
    table = {"format": 1, "population": {"persons": 3000, "households": 1}}
    scenario = Scenario.model_validate(table)
    people = draw_population(scenario, 1)
    with pytest.raises(ScenarioError, match=r"Raise population\.households"):
        draw_network(scenario, people, 1)
    without = Scenario.model_validate({**table, "network": {"layer_weight": {"household": 0.0}}})
    assert draw_network(without, people, 1).layers["household"].ties == 0


def test_merged_adds_weights() -> None:
    layers = {
        "friends": from_edges(4, [0, 1], [1, 2], [2.0, 0.5]),
        "work": from_edges(4, [2, 0, 3], [1, 3, 1]),
        "weak": from_edges(4, [0], [2]),
    }
    layer = merged(layers, {"friends": 0.3, "work": 10.0, "weak": 0.0})
    check(layer, 4)
    assert layer.indptr.tolist() == [0, 2, 5, 6, 8]
    assert layer.indices.tolist() == [1, 3, 0, 2, 3, 1, 0, 1]
    assert layer.weight.tolist() == [0.6, 10.0, 0.6, 10.15, 10.0, 10.15, 10.0, 10.0]
    assert merged(layers, dict.fromkeys(layers, 0.0)).ties == 0


def test_weight_sum_is_in_row_order(town: World) -> None:
    scenario, people, network = town
    assert network.well_mixed == scenario.network.well_mixed == 0
    for i in range(0, len(people), 97):
        total = 0.0
        for weight in network.merged.weight[network.merged.indptr[i] : network.merged.indptr[i + 1]]:
            total += weight
        assert network.weight_sum[i] == total


def test_karate_club() -> None:
    club = nx.karate_club_graph()
    layer = from_graph(club)
    check(layer, 34)
    assert layer.degree.tolist() == [d for _, d in club.degree]
    assert set(layer.weight.tolist()) == {1.0}
    weighted = from_graph(club, weight="weight")
    assert weighted.weight.sum() == 2 * sum(w for _, _, w in club.edges(data="weight"))
    assert ties_of(weighted)[0, 1] == club[0][1]["weight"] == 4
    labels = [f"member {i}" for i in club]
    renamed = nx.relabel_nodes(club, dict(zip(club, labels, strict=True)))
    np.testing.assert_array_equal(from_graph(renamed, order=labels).indices, layer.indices)


def test_given_ties_replace_one_layer() -> None:
    ring = np.array([(i, (i + 1) % N, 2.5) for i in range(N)])
    _, _, plain = built(300)
    _, people, network = built(300, inputs=Inputs(ties={"friends": ring}), layer_weight={"friends": 2.0})
    check(network.merged, len(people))
    assert ties_of(network.layers["friends"])[0, 1] == 2.5
    assert (network.layers["friends"].degree == 2).all()
    assert ties_of(network.layers["cell"]) == ties_of(plain.layers["cell"])
    assert ties_of(network.merged)[0, N - 1] == 5.0
    graph = nx.cycle_graph(N)
    nx.set_edge_attributes(graph, 3.0, "weight")
    nx.set_edge_attributes(graph, 0.5, "length")
    for weight, expected in ((False, 1.0), (True, 3.0), ("weight", 3.0), ("length", 0.5)):
        given = Inputs(ties={"weak": graph}, weight=weight)
        assert set(built(300, inputs=given)[2].layers["weak"].weight.tolist()) == {expected}


@pytest.mark.parametrize(
    ("a", "b", "weight", "told"),
    [
        ([0, 1], [1, 4], None, "line 1"),
        ([0, -1], [1, 2], None, "line 1"),
        ([0.5], [1], None, "whole numbers"),
        ([np.nan], [1], None, "whole numbers"),
        (["0"], ["1"], None, "whole numbers"),
        ([0, 2], [1, 2], None, "ties: 2 cannot be"),
        ([0, 1, 1], [1, 2, 0], None, "line 2: 1 cannot be. ties are mutual"),
        ([0, 1], [1], None, "shapes"),
        ([0], [1], [0.0], "above 0"),
        ([0], [1], [np.inf], "finite"),
        ([0], [1], [1.1e9], "at most 1e+09"),
        ([0], [1], [np.nan], "finite"),
        ([0], [1], ["heavy"], "weights are numbers"),
    ],
)
def test_edges_refused(a: list[Any], b: list[Any], weight: list[Any] | None, told: str) -> None:
    with pytest.raises(DataError) as fault:
        from_edges(4, a, b, weight)
    assert told.replace("ties: 2", "ties, line 1: 2") in str(fault.value)


@pytest.mark.parametrize(
    ("ties", "told"),
    [
        ({"freinds": np.zeros((0, 2), dtype=int)}, "did you mean 'friends'"),
        ({"friends": np.zeros((3, 4))}, "(3, 4)"),
        ({"friends": nx.path_graph(5)}, "5 nodes"),
        ({"friends": nx.path_graph(N, create_using=nx.DiGraph)}, "nx.Graph(graph)"),
        ({"friends": np.array([[0, 10_000]])}, "layer friends, line 0"),
    ],
)
def test_given_ties_refused(ties: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError) as fault:
        built(300, inputs=Inputs(ties=ties))
    assert told in str(fault.value)


def test_no_ties() -> None:
    empty = from_edges(3, [], [])
    assert empty.indptr.tolist() == [0, 0, 0, 0]
    assert from_graph(nx.empty_graph(3)).ties == 0


def test_kernels_equal_their_plain_text() -> None:
    ids = np.arange(40, dtype=np.uint64) + np.uint64(2**40)
    rows, bounds = np.arange(40)[::-1].copy(), np.array([0, 3, 30, 40])
    seed, number = np.uint64(9), stream("work_tie")
    partners = (bounds, rows, 3.3, seed, number, ids)
    small = (rows, 2.5, 0.4, seed, number, ids)
    for kernel, arguments in ((module._partners, partners), (module._small_world, small)):
        compiled, plain = kernel(*arguments), kernel.py_func(*arguments)  # type: ignore[attr-defined]
        assert len(compiled[0]) > 40
        for fast, slow in zip(compiled, plain, strict=True):
            np.testing.assert_array_equal(fast, slow)
    a, b = module._partners(*partners)
    weight = 1 / (1 + np.arange(len(a), dtype=float))
    plain_rows = _rows_of.py_func(40, a, b, weight)  # type: ignore[attr-defined]
    for fast, slow in zip(_rows_of(40, a, b, weight), plain_rows, strict=True):
        np.testing.assert_array_equal(fast, slow)
