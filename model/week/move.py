"""7.13 move: residents leave and are replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.core.draws import uniforms
from model.start.population import newcomers

if TYPE_CHECKING:
    from model.community import CommunityModel


def move(model: CommunityModel) -> None:
    """Draw who leaves; everything of theirs ends, and somebody new lives in their place."""
    people = model.residents
    if not any(model.scenario.movement.move_rate.values()):
        return
    settled, migrant = model.p.move_hazard
    hazard = np.where(people.migrant != 0, migrant, settled)
    rows = np.flatnonzero(uniforms(model.luck, "move", people.id, model.week) < hazard)
    if len(rows):
        _say_goodbye(model, rows)
        model.settle(rows, newcomers(people, rows, model.week, model.p, model.world))


def _say_goodbye(model: CommunityModel, rows: NDArray[np.int64]) -> None:
    """End memberships, credits and pairs of those who leave."""
    held = model.residents.membership[rows]
    ended = np.bincount(held[held >= 0], minlength=len(model.organizations))
    for o in np.flatnonzero(ended):
        model.organizations[o].members -= int(ended[o])
    model.moves.moved += len(rows)
    model.moves.memberships += int(ended.sum())
    model.credit_state.cancel(model, rows)
    model.branch_office.unpair(rows)
