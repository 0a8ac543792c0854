"""7.8 seat: participants pick an offer; where demand exceeds places, places are rationed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.core.compiled import inlined, kernel, over_rows
from model.core.draws import draw, stream
from model.state.offers import OfferTable
from model.week.phase import phase

if TYPE_CHECKING:
    from model.state.community import Community


class Seats(NamedTuple):
    """What seating reads and writes."""

    id: NDArray[np.uint64]
    match: NDArray[np.uint32]
    slots: NDArray[np.uint8]
    post: NDArray[np.int8]
    membership: NDArray[np.int16]
    minutes: NDArray[np.int32]
    offer: NDArray[np.int16]
    seated: NDArray[np.int8]
    refused: NDArray[np.int8]


@phase(
    reads="id match membership post slots",
    writes="minutes offer refused seated week_plan",
)
def seat(model: Community) -> None:
    """Seat everybody who decided to take part, or refuse them."""
    people, offers = model.residents, model.week_plan.table
    columns = people.gathered(Seats)
    over_rows(_choose, len(people), model.luck_u64, model.week, stream("offer_choice"), columns, offers)
    rows, first = _by_offer(columns, len(offers.places))
    model.week_plan.demand[:] = np.diff(first)
    _ration(model.luck_u64, model.week, stream("seat"), columns, offers, rows, first)


@kernel
def _sorted_by_activity(activity: NDArray[np.int8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Offers activity by activity, in order, and where each activity begins."""
    offers = np.empty(len(activity), np.int64)
    first = np.zeros(4, np.int64)
    at = 0
    for k in range(3):
        for o in range(len(activity)):
            if activity[o] == k:
                offers[at] = o
                at += 1
        first[k + 1] = at
    return offers, first


@kernel
def _choose(
    start: int, stop: int, seed: np.uint64, week: int, choice: int, c: Seats, offers: OfferTable
) -> None:
    tier = np.zeros(len(offers.places), np.int64)
    by_activity, first = _sorted_by_activity(offers.activity)
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
            match, slots = np.int64(c.match[i]), np.int64(c.slots[i])
            own = (c.membership[i, 0], c.membership[i, 1], c.membership[i, 2])
            for at in range(first[k], first[k + 1]):
                o = by_activity[at]
                slot = offers.slot[o]
                tier[o] = 2 if (match >> (3 * offers.field[o] + slot)) & 1 else 3
                if (slots >> slot) & 1 and offers.organization[o] >= 0:
                    host = offers.organization[o]
                    if host == own[0] or host == own[1] or host == own[2]:
                        tier[o] = 1
                if offers.field[o] == c.post[i]:
                    tier[o] = 1
                if tier[o] < best:
                    best = tier[o]
                    sessions = 0
                if tier[o] == best:
                    sessions += offers.sessions[o]
            if best == 4:
                continue
            target = int(sessions * draw(seed, choice, c.id[i], week, k))
            for at in range(first[k], first[k + 1]):
                o = by_activity[at]
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
def _by_offer(c: Seats, offers: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of the participants, offer by offer, and where each offer's rows begin."""
    first = np.zeros(offers + 1, np.int64)
    for i in range(len(c.id)):
        for k in range(3):
            if c.offer[i, k] >= 0:
                first[c.offer[i, k] + 1] += 1
    for o in range(offers):
        first[o + 1] += first[o]
    rows = np.empty(first[offers], np.int64)
    filled = first[:-1].copy()
    for i in range(len(c.id)):
        for k in range(3):
            o = c.offer[i, k]
            if o >= 0:
                rows[filled[o]] = i
                filled[o] += 1
    return rows, first


@kernel
def _ration(
    seed: np.uint64,
    week: int,
    chance: int,
    c: Seats,
    offers: OfferTable,
    rows: NDArray[np.int64],
    first: NDArray[np.int64],
) -> None:
    """Places go to the smallest draws of those who come, and of equal draws to the smallest id."""
    for o in range(len(offers.places)):
        come, places, k = rows[first[o] : first[o + 1]], offers.places[o], offers.activity[o]
        if places < 0 or len(come) <= places:
            continue
        draws = np.empty(len(come))
        for at in range(len(come)):
            draws[at] = draw(seed, chance, c.id[come[at]], week, k)
        last = np.partition(draws, places - 1)[places - 1] if places > 0 else -1.0
        left = places  # for those who drew the last number that gets a place
        for number in draws:
            left -= number < last
        for at in range(len(come)):
            before = 0
            for other in range(len(come) if draws[at] == last else 0):
                before += draws[other] == last and c.id[come[other]] < c.id[come[at]]
            if draws[at] > last or before >= left:
                _refuse(c, come[at], k)


@inlined
def _refuse(c: Seats, i: int, k: int) -> None:
    c.seated[i, k] = 0
    c.minutes[i, k] = 0
    c.offer[i, k] = -1
    c.refused[i, k] = 1
