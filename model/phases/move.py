"""7.13 move: residents leave and are replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from model.compiled import kernel, over_rows
from model.draws import draw, stream
from model.population import newcomers

if TYPE_CHECKING:
    from model.community import CommunityModel


def move(model: CommunityModel) -> None:
    """Draw who leaves; everything of theirs ends, and somebody new lives in their place."""
    people, n = model.residents, len(model.residents)
    if not any(model.scenario.movement.move_rate.values()):
        return
    leaving = np.empty(n, np.bool_)
    over_rows(
        _leave, n, model.p, model.luck_u64, model.week, stream("move"), people.id, people.migrant, leaving
    )
    rows = np.flatnonzero(leaving)
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


@kernel
def _leave(
    start: int,
    stop: int,
    p: Any,
    seed: np.uint64,
    week: int,
    move_stream: int,
    ids: NDArray[np.uint64],
    migrant: NDArray[np.int8],
    leaving: NDArray[np.bool_],
) -> None:
    for i in range(start, stop):
        leaving[i] = draw(seed, move_stream, ids[i], week, 0) < p.move_hazard[migrant[i]]
