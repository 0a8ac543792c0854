"""Building cells and their stewards in office (ODD 7.5)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Office(NamedTuple):
    """The stewards of one instrument: their rows (int64), in order of the cells, and their ids (uint64)."""

    rows: NDArray[np.int64]
    ids: NDArray[np.uint64]

    def staying(self, now: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Rows of those who still live where they were chosen; ``now`` are the ids of all rows."""
        staying: NDArray[np.int64] = self.rows[now[self.rows] == self.ids]
        return staying


class Cells(NamedTuple):
    """Who shares a building cell: all rows cell by cell, in row order; of each row where its cell begins
    there, how many adults the cell has and the row's place among them (all int64[n])."""

    order: NDArray[np.int64]
    first: NDArray[np.int64]
    size: NDArray[np.int64]
    place: NDArray[np.int64]


def by_cell(cell: NDArray[np.int32]) -> Cells:
    """The residents by their building cells (int32[n]), which last: whoever moves in takes over the cell."""
    order = np.argsort(cell, kind="stable")
    _, first, number, size = np.unique(
        cell[order], return_index=True, return_inverse=True, return_counts=True
    )
    at = np.empty(len(cell), np.int64)
    at[order] = np.arange(len(cell))
    own = number[at]
    return Cells(order, first[own], size[own], at - first[own])
