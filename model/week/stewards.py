"""Stewards of building cells (单元管家): who they are, and whom they ask (ODD 7.5, 7.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.core.calendar import week_of_year
from model.core.casts import whole
from model.core.draws import community_hash, uniforms
from model.instruments.mobilisation import Stewards

if TYPE_CHECKING:
    from model.community import CommunityModel
    from model.instruments.policies import Named

MEMBER = 2
ALL_FIELDS = np.uint8(127)


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


def appoint(model: CommunityModel) -> None:
    """Choose stewards for the fiscal year; those in office know all fields."""
    people = model.residents
    for named in model.policies.active(Stewards, model.week):
        if named.name not in model.stewards or week_of_year(model.week) == 1:
            model.stewards[named.name] = _chosen(model, named)
        people.aware[model.stewards[named.name].staying(people.id)] |= ALL_FIELDS


def _chosen(model: CommunityModel, named: Named[Stewards]) -> Office:
    """In each cell the smallest draw among the capable residents of the target."""
    people = model.residents
    capable = model.target_residents(named) & (people.skill >= model.scenario.party.steward_skill)
    rows = np.flatnonzero(capable)
    draws = uniforms(model.luck, "steward", people.id[rows], model.week, community_hash(named.name) % 256)
    rows = rows[np.lexsort((people.id[rows], draws, people.cell[rows]))]
    first = np.ones(len(rows), bool)
    first[1:] = people.cell[rows[1:]] != people.cell[rows[:-1]]
    return Office(rows[first], people.id[rows[first]])


def ask_neighbours(model: CommunityModel) -> None:
    """Each steward may ask one other adult of the cell for one open activity, as an acquaintance does."""
    stewards = model.policies.active(Stewards, model.week)
    is_open = np.flatnonzero(model.week_plan.open)
    if not stewards or not len(is_open):
        return
    people, cells = model.residents, model.building_cells
    for named in stewards:
        if named.name not in model.stewards:
            continue
        rows = model.stewards[named.name].staying(people.id)
        asks, whom, what = (
            uniforms(model.luck, "steward_ask", people.id[rows], model.week, k) for k in range(3)
        )
        others = cells.size[rows] - 1
        nth = whole(others * whom, np.int64)
        nth += nth >= cells.place[rows]
        active = (asks < model.scenario.party.steward_rate) & (others > 0)
        asked = cells.order[(cells.first[rows] + nth)[active]]
        activity = is_open[whole(len(is_open) * what[active], np.int64)]
        people.asks[asked, activity, MEMBER] += 1
        people.asked_now[asked] += 1
