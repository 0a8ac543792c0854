"""How are the ties of a layer kept, and how are they made from a list or a graph?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from model.compiled import kernel
from model.errors import DataError
from model.residents import Floats, Ints, Rows


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


def from_edges(n: int, a: Any, b: Any, weight: Any = None, *, where: str = "ties") -> Layer:
    """The layer of ``n`` rows with one tie per line: rows ``a``, ``b`` and ``weight`` (1 if None), each
    [m].

    Raises DataError, with ``where`` and the first bad line, for rows that are not whole numbers from 0 to n
    - 1, weights that are not above 0 and finite, a tie of a row with itself, and a tie that is given twice.
    """
    ends = [np.asarray(a), np.asarray(b)]
    w = np.ones(ends[0].shape) if weight is None else np.asarray(weight)
    if ends[0].ndim != 1 or not ends[0].shape == ends[1].shape == w.shape:
        raise DataError(
            what=f"a, b and weight have shapes {ends[0].shape}, {ends[1].shape}, {w.shape}",
            where=where,
            why="each tie has two rows and one weight",
        )
    for end in ends:
        if end.size and end.dtype.kind not in "iuf":
            raise DataError(what=f"row numbers are {end.dtype}", where=where, why="rows are whole numbers")
        _refuse(
            where,
            (end >= 0) & (end < n) & (end == np.floor(end)),
            end,
            f"rows are whole numbers from 0 to {n - 1}",
        )
    if w.size and w.dtype.kind not in "iuf":
        raise DataError(what=f"weights are {w.dtype}", where=where, why="weights are numbers")
    _refuse(where, (w > 0) & (w < inf), w, "a weight is finite and above 0; leave out a tie without weight")
    rows, others = (end.astype(np.int64) for end in ends)
    _refuse(where, rows != others, rows, "nobody has a tie with themselves")
    key = np.minimum(rows, others) * n + np.maximum(rows, others)
    first = np.zeros(len(key), dtype=bool)
    first[np.unique(key, return_index=True)[1]] = True
    _refuse(where, first, rows, "ties are mutual, and this one was given before; give each once")
    return _layer(n, rows, others, w.astype(np.float64))


def from_graph(graph: nx.Graph, use_weight: bool = False, *, where: str = "ties") -> Layer:
    """The layer whose rows are the nodes of an undirected ``graph`` in their order.

    With ``use_weight``, edges weigh their attribute ``weight``, 1 where it is missing. Raises DataError for a
    directed graph or multigraph, and as `from_edges`.
    """
    if graph.is_directed() or graph.is_multigraph():
        raise DataError(
            what=f"a graph of type {type(graph).__name__}",
            where=where,
            why="ties are mutual and single",
            instead="Give nx.Graph(graph)",
        )
    row = {node: i for i, node in enumerate(graph)}
    edges = [(row[a], row[b], w if use_weight else 1) for a, b, w in graph.edges(data="weight", default=1)]
    table = np.array(edges).reshape(-1, 3) if edges else np.empty((0, 3))
    return from_edges(len(row), *table.T, where=where)


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


def _refuse(where: str, good: NDArray[np.bool_], values: NDArray[Any], why: str) -> None:
    bad = np.flatnonzero(~good)
    if len(bad):
        raise DataError(what=f"{values[bad[0]].item()!r} cannot be", where=f"{where}, line {bad[0]}", why=why)


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
