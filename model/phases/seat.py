"""7.8 seat: participants pick an offer; where demand exceeds places, places are rationed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.compiled import kernel, over_rows
from model.draws import draw, smallest, stream, uniforms

if TYPE_CHECKING:
    from model.community import CommunityModel


class Seats(NamedTuple):
    """What seating reads and writes."""

    id: NDArray[np.uint64]
    match: NDArray[np.uint32]
    slots: NDArray[np.uint8]
    membership: NDArray[np.int16]
    minutes: NDArray[np.int32]
    offer: NDArray[np.int16]
    seated: NDArray[np.int8]
    refused: NDArray[np.int8]


class OfferTable(NamedTuple):
    """This week's offers as columns; `open_air` is 1 for an open-air organization."""

    organization: NDArray[np.int16]
    activity: NDArray[np.int8]
    field: NDArray[np.int8]
    slot: NDArray[np.int8]
    sessions: NDArray[np.int64]
    places: NDArray[np.int64]
    open_air: NDArray[np.int8]


def seat(model: CommunityModel) -> None:
    """Seat everybody who decided to take part, or refuse them."""
    people, offers = model.residents, model.week_plan.table
    columns = Seats(*(getattr(people, f) for f in Seats._fields))
    over_rows(_choose, len(people), model.luck_u64, model.week, stream("offer_choice"), columns, offers)
    wanted = _demand(columns, len(offers.places))
    model.week_plan.demand[:] = wanted
    for o in np.flatnonzero((offers.places >= 0) & (wanted > offers.places)):
        k = int(offers.activity[o])
        rows = np.flatnonzero((people.offer[:, k] == o) & (people.seated[:, k] != 0))
        draws = uniforms(model.luck, "seat", people.id[rows], model.week, k)
        lucky = np.zeros(len(rows), bool)
        lucky[smallest(draws, people.id[rows], int(offers.places[o]))] = True
        out = rows[~lucky]
        people.seated[out, k] = 0
        people.minutes[out, k] = 0
        people.offer[out, k] = -1
        people.refused[out, k] = 1


@kernel
def _choose(
    start: int, stop: int, seed: np.uint64, week: int, choice: int, c: Seats, offers: OfferTable
) -> None:
    tier = np.zeros(len(offers.places), np.int64)
    for i in range(start, stop):
        for k in range(3):
            c.offer[i, k] = -1
            c.refused[i, k] = 0
            c.seated[i, k] = 0
            if c.minutes[i, k] == 0:
                continue
            c.seated[i, k] = 2
            best = 4
            sessions = 0
            for o in range(len(offers.places)):
                tier[o] = 5
                if offers.activity[o] != k:
                    continue
                tier[o] = 3
                if (c.match[i] >> np.uint32(3 * offers.field[o] + offers.slot[o])) & np.uint32(1) != 0:
                    tier[o] = 2
                if (c.slots[i] >> np.uint8(offers.slot[o])) & np.uint8(1) != 0:
                    for m in range(3):
                        if c.membership[i, m] >= 0 and c.membership[i, m] == offers.organization[o]:
                            tier[o] = 1
                if tier[o] < best:
                    best = tier[o]
                    sessions = 0
                if tier[o] == best:
                    sessions += offers.sessions[o]
            if best == 4:
                continue
            target = int(sessions * draw(seed, choice, c.id[i], week, k))
            for o in range(len(offers.places)):
                if tier[o] == best:
                    target -= offers.sessions[o]
                    if target < 0:
                        c.offer[i, k] = o
                        break
            chosen = c.offer[i, k]
            if offers.open_air[chosen] != 0:
                member = False
                for m in range(3):
                    if c.membership[i, m] == offers.organization[chosen]:
                        member = True
                c.seated[i, k] = 2 if member else 1


@kernel
def _demand(c: Seats, offers: int) -> NDArray[np.int64]:
    """Participants of each offer, before rationing."""
    wanted = np.zeros(offers, np.int64)
    for i in range(len(c.id)):
        for k in range(3):
            if c.offer[i, k] >= 0:
                wanted[c.offer[i, k]] += 1
    return wanted
