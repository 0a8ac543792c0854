"""7.13 move: residents leave and are replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.core.compiled import over_rows
from model.core.draws import uniforms
from model.start.pairing import pair
from model.start.population import newcomers
from model.start.time_cost import time_cost
from model.state.outcomes import cells
from model.week.phase import phase
from model.week.serve.credits import cancel_credits

if TYPE_CHECKING:
    from model.state.community import Community
    from model.state.residents import Residents


@phase(
    reads="cell household",
    writes="""
        residents branch_office credit_state duty_ring government grouping moves organizations served_ring
        time_cost
    """,
)
def move(model: Community) -> None:
    """Draw who leaves; everything of theirs ends, and somebody new lives in their place."""
    people = model.residents
    if not any(model.scenario.movement.move_rate.values()):
        return
    settled, migrant = model.p.move_hazard
    hazard = np.where(people.migrant != 0, migrant, settled)
    rows = np.flatnonzero(uniforms(model.luck, "move", people.id, model.week) < hazard)
    if len(rows):
        _say_goodbye(model, rows)
        settle(model, rows, newcomers(people, rows, model.week, model.p, model.world))


def _say_goodbye(model: Community, rows: NDArray[np.int64]) -> None:
    """End memberships, credits and pairs of those who leave."""
    held = model.residents.membership[rows]
    ended = np.bincount(held[held >= 0], minlength=len(model.organizations))
    for o in np.flatnonzero(ended):
        model.organizations[o].members -= int(ended[o])
    model.moves.moved += len(rows)
    model.moves.memberships += int(ended.sum())
    cancel_credits(model, rows)
    model.branch_office.unpair(rows)


def settle(model: Community, rows: NDArray[np.int64], newcomers: Residents) -> None:
    """Let ``newcomers`` (one per row) live in ``rows``, and bring up to date what follows from who they
    are."""
    model.residents.replace(rows, newcomers)
    model.grouping.cell[rows] = cells(newcomers)
    cost = np.empty(len(rows))
    over_rows(time_cost, len(rows), model.p, newcomers.free_minutes, cost)
    model.time_cost[rows] = cost
    model.served_ring[:, rows] = 0
    model.duty_ring[:, rows] = 0
    for target, inside in model._targets.values():
        if target:  # without one everybody is inside already
            inside[rows] = False
            inside[rows[newcomers.where(**target)]] = True
    pair(model.branch_office, model.residents, rows, model.world)
