"""How are the ties of a layer kept, and how are they made from a list or a graph?"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from model.core.cells import Where, array_of, ident, numbers, shown
from model.core.compiled import kernel
from model.core.errors import DataError
from model.state.residents import Floats, Ints, Rows


@dataclass(frozen=True, eq=False)
class Layer:
    """Mutual ties of n rows, without loops or doubles: indptr int64[n + 1], indices int32[m], weight
    float64[m].

    Each tie appears in the rows of both its ends; rows are sorted.
    """

    indptr: Rows
    indices: Ints
    weight: Floats

    @property
    def ties(self) -> int:
        """Number of ties, each counted once."""
        return len(self.indices) // 2

    @property
    def degree(self) -> Rows:
        """Neighbours of each row, int64[n]."""
        return np.diff(self.indptr)


def from_edges(n: int, a: Any, b: Any, weight: Any = None, *, where: str | Where = "ties") -> Layer:
    """The layer of ``n`` rows with one tie per line: rows ``a``, ``b`` and ``weight`` (1 if None), each
    [m].

    Raises DataError, with the first bad line of ``where``, for rows that are not whole numbers from 0 to n
    - 1, weights that are not above 0 and at most `HEAVIEST`, a tie of a row with itself, and one given twice.
    """
    told = Where(where, "line") if isinstance(where, str) else where
    return _layer(n, *checked_edges(n, a, b, weight, lambda _: told))


def checked_edges(
    n: int, a: Any, b: Any, weight: Any, where: Callable[[str], Where]
) -> tuple[Rows, Rows, Floats]:
    """Rows and weights, int64[m], int64[m], float64[m], of ties that `from_edges` takes; it says what is
    refused, with the place in ``where`` of "a", "b" or "weight"."""
    ends = [array_of(a, where("a")), array_of(b, where("b"))]
    w = np.ones(ends[0].shape) if weight is None else array_of(weight, where("weight"))
    if ends[0].ndim != 1 or not ends[0].shape == ends[1].shape == w.shape:
        raise DataError(
            what=f"a, b and weight have shapes {ends[0].shape}, {ends[1].shape}, {w.shape}",
            where=str(where("a")),
            why="each tie has two rows and one weight",
        )

    rows, others = (_whole(where(name), end, n) for name, end in zip("ab", ends, strict=True))
    weights = _numbers(where("weight"), w, WEIGHTS).astype(np.float64)
    _refuse(where("weight"), (weights > 0) & (weights <= HEAVIEST), w, WEIGHTS)
    told = where("a")
    _refuse(told, rows != others, ends[0], "nobody has a tie with themselves")
    key = np.minimum(rows, others) * n + np.maximum(rows, others)
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    once = first[which] == np.arange(len(key))
    if not once.all():
        before = told.at(int(first[which][~once][0]))
        _refuse(
            told,
            once,
            ends[0],
            f"ties are mutual, and this one was given before, in {before}; give each once",
        )
    return rows, others, weights


HEAVIEST = 1e9
"""The largest weight of a tie: sums of them stay exact enough to tell ties apart."""

WEIGHTS = f"weights are numbers, finite, above 0 and at most {HEAVIEST:g}; leave out a tie without weight"


def from_graph(
    graph: nx.Graph,
    weight: str | None = None,
    *,
    order: Sequence[Hashable] | None = None,
    where: str = "ties",
) -> Layer:
    """The layer of an undirected ``graph``, whose nodes are the rows 0, 1, ... by their label.

    With other labels, ``order`` names all of them in row order; a label in it that is no node has no ties.
    ``weight`` names the attribute of the edges that is their weight; all weigh 1 if it is None. Raises
    DataError for a directed graph or multigraph, for labels that are no rows, for an edge without the
    attribute, and as `from_edges`.
    """
    if graph.is_directed() or graph.is_multigraph():
        raise DataError(
            what=f"a graph of type {type(graph).__name__}",
            where=where,
            why="ties are mutual and single",
            instead="Give nx.Graph(graph)",
        )
    labels = range(len(graph)) if order is None else [_label(label) for label in order]
    nodes = {node: node if order is None else _label(node) for node in graph}
    row = {label: i for i, label in enumerate(labels)}
    for what, twice in (("the order of the nodes", len(row) < len(labels)), ("the graph", _twice(nodes))):
        if twice:
            raise DataError(what=f"a label stands twice in {what}", where=where)
    for node, label in nodes.items():
        if label not in row:
            rows = f"the labels of a graph's nodes are the rows 0 to {len(row) - 1}"
            raise DataError(
                what=f"the node {shown(node)} is nobody",
                where=where,
                why=rows if order is None else "no resident has this id",
                instead="relabel the nodes, or give the residents' table a column id with their labels",
            )
    edges = list(graph.edges)
    told = _Edges(where, edges)
    a, b = ([row[nodes[edge[side]]] for edge in edges] for side in (0, 1))
    if weight is None:
        return from_edges(len(row), a, b, where=told)
    for i, (one, other) in enumerate(edges):
        if weight not in graph.edges[one, other]:
            raise DataError(
                what=f"the tie has no attribute {weight!r}",
                where=told.at(i),
                why="it is to be the weight of every tie",
                instead="set it on all edges, or leave out weight",
            )
    weights = np.fromiter((graph.edges[edge][weight] for edge in edges), dtype=object, count=len(edges))
    return from_edges(len(row), a, b, weights, where=told)


def _label(node: Hashable) -> Hashable:
    """A node as an order names it: texts and whole numbers as ids, anything else as it is."""
    name = ident(node)
    return node if name is None else name


def _twice(nodes: Mapping[Hashable, Hashable]) -> bool:
    return len(set(nodes.values())) < len(nodes)


class _Edges(Where):
    """The ties of a graph, named by their nodes."""

    def __init__(self, name: str, edges: Sequence[tuple[Hashable, Hashable]]) -> None:
        super().__init__(name)
        self.edges = edges

    def at(self, row: int) -> str:
        a, b = self.edges[row]
        return f"{self.name}, tie of {shown(a)} and {shown(b)}"


def merged(layers: Mapping[str, Layer], layer_weight: Mapping[str, float]) -> Layer:
    """All ``layers`` in one, weights being the sum of layer weight times tie weight in the order of
    ``layers``.

    Layers with a weight of 0 are left out.
    """
    n = len(next(iter(layers.values())).indptr) - 1
    counted = [(layer, layer_weight[name]) for name, layer in layers.items() if layer_weight[name] > 0]
    if not counted:
        return empty(n)
    rows = np.concatenate([np.repeat(np.arange(n), layer.degree) for layer, _ in counted])
    others = np.concatenate([layer.indices for layer, _ in counted])
    weight = np.concatenate([x * layer.weight for layer, x in counted])
    once = rows < others
    return _layer(n, rows[once], others[once].astype(np.int64), weight[once])


def empty(n: int) -> Layer:
    """The layer of ``n`` rows without ties."""
    return Layer(np.zeros(n + 1, dtype=np.int64), np.empty(0, dtype=np.int32), np.empty(0))


def distinct(n: int, a: Rows, b: Rows) -> Layer:
    """The layer of ``n`` rows of ties of weight 1 that may be listed several times."""
    layer = _layer(n, a, b, np.ones(len(a)))
    return Layer(layer.indptr, layer.indices, np.ones(len(layer.indices)))


def _layer(n: int, a: Rows, b: Rows, weight: Floats) -> Layer:
    """The layer of ties whose weights, where one is listed several times, add up in the order of the list."""
    return Layer(*_rows_of(n, a, b, weight))


def _whole(where: Where, values: NDArray[Any], n: int) -> Rows:
    why = f"rows are whole numbers from 0 to {n - 1}; to tie by id, give the residents' table a column id"
    found = _numbers(where, values, why)
    _refuse(where, (found >= 0) & (found < n) & (found == np.floor(found)), values, why)
    return found.astype(np.int64)


def _numbers(where: Where, values: NDArray[Any], why: str) -> NDArray[Any]:
    if values.dtype.kind in "iuf":
        return values
    found, good = numbers(values.tolist())
    _refuse(where, good, values, why)
    return found


def _refuse(where: Where, good: NDArray[np.bool_], values: NDArray[Any], why: str) -> None:
    bad = np.flatnonzero(~good)
    if len(bad):
        row = int(bad[0])
        raise DataError(what=f"{where.written(row, values[row])} cannot be", where=where.at(row), why=why)


@kernel
def _rows_of(n: int, a: Rows, b: Rows, weight: Floats) -> tuple[Rows, Ints, Floats]:
    """Sorted rows of the ties (a, b). Going through the rows in order and handing each on to its neighbours
    fills every neighbour's row in order, so two passes sort without comparing."""
    m = len(a)
    ends = np.zeros(n + 1, dtype=np.int64)
    for t in range(m):
        ends[a[t] + 1] += 1
        ends[b[t] + 1] += 1
    for i in range(n):
        ends[i + 1] += ends[i]
    free = ends[:-1].copy()
    loose, loose_weight = np.empty(2 * m, np.int32), np.empty(2 * m)
    for t in range(m):
        for i, j in ((a[t], b[t]), (b[t], a[t])):
            loose[free[i]] = j
            loose_weight[free[i]] = weight[t]
            free[i] += 1
    indices, weights = np.empty(2 * m, np.int32), np.empty(2 * m)
    last = ends[:-1].copy()
    for i in range(n):
        for t in range(ends[i], ends[i + 1]):
            j = loose[t]
            if last[j] > ends[j] and indices[last[j] - 1] == i:
                weights[last[j] - 1] += loose_weight[t]
            else:
                indices[last[j]] = i
                weights[last[j]] = loose_weight[t]
                last[j] += 1
    indptr = np.zeros(n + 1, dtype=np.int64)
    kept = 0
    for i in range(n):
        for t in range(ends[i], last[i]):
            indices[kept] = indices[t]
            weights[kept] = weights[t]
            kept += 1
        indptr[i + 1] = kept
    return indptr, indices[:kept].copy(), weights[:kept].copy()


def row_sums(layer: Layer) -> Floats:
    """The sum of the weights of each row, float64[n], from 0.0 in the order of the row."""
    sums = np.empty(len(layer.indptr) - 1)
    _row_sums(layer.indptr, layer.weight, sums)
    return sums


@kernel
def _row_sums(indptr: Rows, values: Floats, out: Floats) -> None:
    """Write the sum of each row, from 0.0 in order, to ``out``."""
    for i in range(len(out)):
        total = 0.0
        for t in range(indptr[i], indptr[i + 1]):
            total += values[t]
        out[i] = total
