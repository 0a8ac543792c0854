"""Stewards of building cells (单元管家): who they are, and whom they ask (ODD 7.5, 7.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.core.calendar import week_of_year
from model.core.casts import whole
from model.core.draws import luck_of, uniforms
from model.instruments.mobilisation import Stewards
from model.parameters.decision import SOURCES
from model.state.stewards import Office

if TYPE_CHECKING:
    from model.instruments.policies import Named
    from model.state.community import Community

MEMBER = SOURCES.index("member")
ALL_FIELDS = np.uint8(127)


def appoint(model: Community) -> None:
    """Choose stewards for the fiscal year; those in office know all fields."""
    people = model.residents
    for named in model.policies.active(Stewards, model.week):
        if named.name not in model.stewards or week_of_year(model.week) == 1:
            model.stewards[named.name] = _chosen(model, named)
        people.aware[model.stewards[named.name].staying(people.id)] |= ALL_FIELDS


def _chosen(model: Community, named: Named[Stewards]) -> Office:
    """In each cell the smallest draw among the capable residents of the target."""
    people = model.residents
    capable = model.target_residents(named) & (people.skill >= model.scenario.party.steward_skill)
    rows = np.flatnonzero(capable)
    draws = uniforms(luck_of(model.luck, named.name), "steward", people.id[rows], model.week)
    rows = rows[np.lexsort((people.id[rows], draws, people.cell[rows]))]
    first = np.ones(len(rows), bool)
    first[1:] = people.cell[rows[1:]] != people.cell[rows[:-1]]
    return Office(rows[first], people.id[rows[first]])


def ask_neighbours(model: Community) -> None:
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
        luck = luck_of(model.luck, named.name)
        asks, whom, what = (uniforms(luck, "steward_ask", people.id[rows], model.week, k) for k in range(3))
        others = cells.size[rows] - 1
        nth = whole(others * whom, np.int64)
        nth += nth >= cells.place[rows]
        active = (asks < model.scenario.party.steward_rate) & (others > 0)
        asked = cells.order[(cells.first[rows] + nth)[active]]
        activity = is_open[whole(len(is_open) * what[active], np.int64)]
        people.asks[asked, activity, MEMBER] += 1
        people.asked_now[asked] += 1
