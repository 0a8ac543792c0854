"""Who knows whom (ODD section 9)?

A layer is a ring of likes with some ties rewired (friends), or chance partners within groups (all others).
"""

from __future__ import annotations

from math import floor, inf, nan
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from model.core.arithmetic import sqrt
from model.core.cells import Where
from model.core.compiled import kernel
from model.core.draws import draw, stream, uniforms
from model.core.errors import DataError, ScenarioError
from model.instruments.base import FIELDS
from model.parameters.declare import suggestion
from model.parameters.network import LAYERS
from model.parameters.population import AGE_BANDS, SEXES
from model.scenario.scenario import Scenario
from model.start.inputs import Ids, Inputs, ids_of, tie_columns, weight_attribute
from model.state.network import LayerSummary, Network, summary
from model.state.residents import Floats, Residents, Rows, Words
from model.state.ties import Layer, distinct, empty, from_edges, from_graph, merged, row_sums

LARGEST_HOUSEHOLD = 1000
"""Adults of a household whose members still all know each other."""

MOST_DRAWS = 250
"""Partners that one may draw; 8 bits number the draws."""

_FRACTION = 255  # the draw that decides on the fraction of a partner


def draw_network(
    scenario: Scenario, residents: Residents, world: int, inputs: Inputs | None = None
) -> Network:
    """The network of ``residents`` in the world with seed ``world``.

    Ties given in ``inputs`` replace their layer. Each layer has its own draws, so none depends on the others,
    and one with a weight of 0 is not drawn. Raises DataError for ties that do not fit,
    ScenarioError for a household of more than `LARGEST_HOUSEHOLD` adults.
    """
    given = (inputs.ties if inputs else None) or {}
    for name in given:
        if name not in LAYERS:
            raise DataError(
                what=f"there is no layer {name!r}", where="ties", instead=suggestion(name, list(LAYERS))
            )
    spec, n = scenario.network, len(residents)
    ids = ids_of(inputs, n) if given else None
    weight = weight_attribute(inputs) if inputs else None
    layers, wanted, concerned = {}, {}, {}
    for name in LAYERS:
        if name in given:
            layers[name] = _given(name, n, given[name], ids, weight=weight)
            wanted[name], concerned[name] = nan, n
        else:
            rows = _concerned(name, residents)
            layers[name] = _drawn(name, scenario, residents, rows, world)
            wanted[name], concerned[name] = dict(spec.degree.items()).get(name, nan), len(rows)
    everything = merged(layers, dict(spec.layer_weight.items()))
    return Network(layers, everything, row_sums(everything), spec.well_mixed, wanted, concerned)


def _given(name: str, n: int, ties: Any, ids: Ids | None, *, weight: str | None) -> Layer:
    """The layer that a user gives as an array, a DataFrame or a graph."""
    where = f"ties of the layer {name}"
    if isinstance(ties, nx.Graph):
        if ids is None and len(ties) != n:
            raise DataError(
                what=f"a graph of {len(ties)} nodes",
                where=where,
                why=f"its nodes are the rows 0 to {n - 1} of the {n} adults",
                instead="add those without ties by graph.add_nodes_from(range(n)), or give the residents' "
                "table a column id with the labels of the nodes",
            )
        return from_graph(ties, weight, order=ids.order if ids else None, where=where)
    told = Where(where, "line")
    a, b, *weights = tie_columns(ties, where)
    if ids is not None:
        a, b = ids.rows(a, told), ids.rows(b, told)
    return from_edges(n, a, b, *weights, where=told)


def _concerned(name: str, residents: Residents) -> Rows:
    """The rows that the layer can tie: the employed, the Party members, nobody or everybody."""
    if name == "weak":  # these ties lead to other communities
        return np.empty(0, dtype=np.int64)
    if name == "work":
        return np.flatnonzero(residents.employment == 0)
    return np.flatnonzero(residents.party) if name == "branch" else np.arange(len(residents))


def _drawn(name: str, scenario: Scenario, residents: Residents, rows: Rows, world: int) -> Layer:
    """The layer that the scenario describes, among ``rows``."""
    spec = scenario.network
    if len(rows) < 2 or spec.layer_weight[name] == 0:
        return empty(len(residents))
    if name == "household":
        return _households(residents)
    if name == "friends":
        return _friends(scenario, residents, world)
    group = residents.cell[rows] if name == "cell" else np.zeros(len(rows), dtype=np.int64)
    if name == "work":
        rows = rows[np.argsort(uniforms(world, "work_place", residents.id[rows], 0), kind="stable")]
        group = np.arange(len(rows)) // spec.workplace_size
    return _grouped(residents, rows, group, f"{name}_tie", spec.degree[name], world)


def _households(residents: Residents) -> Layer:
    """Everybody of a household knows everybody."""
    largest = int(np.bincount(residents.household).max())
    if largest > LARGEST_HOUSEHOLD:
        raise ScenarioError(
            what=f"a household of {largest} adults",
            where="population.households",
            why=f"up to {LARGEST_HOUSEHOLD} all know each other",
            instead="Raise population.households, or set network.layer_weight.household = 0",
        )
    return _grouped(residents, np.arange(len(residents)), residents.household, "cell_tie", inf, 0)


def _grouped(
    residents: Residents, rows: Rows, group: NDArray[Any], stream_name: str, degree: float, world: int
) -> Layer:
    """Chance partners among the ``rows`` of one ``group``, with mean ``degree``."""
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    bounds = np.append(starts, len(rows))
    a, b = _partners(bounds, rows[order], float(degree), np.uint64(world), stream(stream_name), residents.id)
    return distinct(len(residents), a, b)


@kernel
def _partners(
    bounds: Rows, rows: Rows, degree: float, world: np.uint64, stream: int, ids: Words
) -> tuple[Rows, Rows]:
    """Ties, doubles included, within the groups rows[bounds[g]:bounds[g + 1]].

    Everybody draws partners, with replacement, among the m others of the group. For two to be tied with
    probability degree / m, each has to miss the other with probability sqrt(1 - degree / m): so many whole
    partners, and one more with the probability that makes it exact.
    """
    a = [np.int64(0) for _ in range(0)]
    b = [np.int64(0) for _ in range(0)]
    for g in range(len(bounds) - 1):
        members = rows[bounds[g] : bounds[g + 1]]
        m = len(members) - 1
        if m <= degree:
            for i in range(m + 1):
                for j in range(i):
                    a.append(members[i])
                    b.append(members[j])
            continue
        wanted, missed, whole = sqrt(1 - degree / m), 1.0, 0
        while missed * (1 - 1 / m) >= wanted and whole < MOST_DRAWS:
            missed *= 1 - 1 / m
            whole += 1
        fraction = m * (1 - wanted / missed)
        for i in range(m + 1):
            ident = ids[members[i]]
            more = draw(world, stream, ident, 0, _FRACTION) < fraction
            for k in range(whole + more):
                j = floor(m * draw(world, stream, ident, 0, k))
                a.append(members[i])
                b.append(members[j + (j >= i)])
    return np.array(a, np.int64), np.array(b, np.int64)


def _friends(scenario: Scenario, residents: Residents, world: int) -> Layer:
    """A ring in the order of likeness and chance, partly rewired."""
    spec, n = scenario.network, len(residents)
    degree = spec.degree.friends
    if degree >= n - 1:
        return _grouped(residents, np.arange(n), np.zeros(n, dtype=np.int64), "friend_tie", inf, world)
    chance = uniforms(world, "friend_key", residents.id, 0)
    key = spec.homophily * _likeness(residents) + (1 - spec.homophily) * chance
    ring = np.lexsort((chance, key))
    a, b = _small_world(ring, degree / 2, spec.rewired, np.uint64(world), stream("friend_tie"), residents.id)
    return distinct(n, a, b)


def _likeness(residents: Residents) -> Floats:
    """A place in [0, 1) on a line along which age, then sex, then first interest change one step at a
    time."""
    interest = np.full(len(residents), len(FIELDS))
    for f in reversed(range(len(FIELDS))):
        interest[residents.interests >> f & 1 == 1] = f
    age, kinds = residents.age_band.astype(np.int64), len(FIELDS) + 1
    sex = np.where(age % 2 == 0, residents.sex, len(SEXES) - 1 - residents.sex)
    block = age * len(SEXES) + sex
    turned = np.where(block % 2 == 0, interest, kinds - 1 - interest)
    return (block * kinds + turned) / (len(AGE_BANDS) * len(SEXES) * kinds)


@kernel
def _small_world(
    ring: Rows, half: float, rewired: float, world: np.uint64, stream: int, ids: Words
) -> tuple[Rows, Rows]:
    """Ties, doubles included, of everybody in ``ring`` with the next ``half``, some with anybody instead."""
    n = len(ring)
    a = [np.int64(0) for _ in range(0)]
    b = [np.int64(0) for _ in range(0)]
    whole = floor(half)
    for place in range(n):
        row = ring[place]
        ident = ids[row]
        more = draw(world, stream, ident, 0, _FRACTION) < half - whole
        for k in range(whole + more):
            partner = ring[(place + 1 + k) % n]
            if draw(world, stream, ident, 0, 2 * k) < rewired:
                j = floor((n - 1) * draw(world, stream, ident, 0, 2 * k + 1))
                partner = np.int64(j + (j >= row))
            a.append(row)
            b.append(partner)
    return np.array(a, np.int64), np.array(b, np.int64)


__all__ = [
    "LARGEST_HOUSEHOLD",
    "Layer",
    "LayerSummary",
    "Network",
    "draw_network",
    "from_edges",
    "from_graph",
    "merged",
    "summary",
]
