"""7.12 organise: joining and leaving, the life of organizations; accounts closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.core.compiled import kernel, over_rows
from model.core.draws import draw, stream
from model.instruments.base import Funded
from model.instruments.funding import Purchase
from model.parameters.record import Parameters
from model.week.disburse.contracts import settle
from model.week.organise.life import live
from model.week.phase import phase

if TYPE_CHECKING:
    from model.state.community import Community


class Belonging(NamedTuple):
    """What joining and leaving read and write."""

    id: NDArray[np.uint64]
    membership: NDArray[np.int16]
    seated: NDArray[np.int8]
    offer: NDArray[np.int16]
    asked: NDArray[np.int16]
    history: NDArray[np.uint64]


@phase(
    reads="asked committee enrolled history id interests offer seated skill targets",
    writes="""
        aware government life membership organization_activity organization_effort organization_fields
        organizations registered week_plan
    """,
)
def organise(model: Community) -> None:
    """Update memberships, organizations and registration, and close accounts whose last week this is."""
    people = model.residents
    over_rows(
        _organise,
        len(people),
        model.p,
        model.luck_u64,
        model.week,
        (stream("join"), stream("leave")),
        np.uint64(2**model.scenario.membership.idle_weeks - 1),
        people.gathered(Belonging),
        model.week_plan.table.organization,
        model.organization_activity,
    )
    count_members(model)
    for purchase in model.policies.of(Purchase):
        settle(model, purchase)
    live(model)
    count_members(model)
    over_rows(
        _register, len(people), people.membership, people.enrolled, model.organization_activity,
        people.registered,
    )  # fmt: skip
    for named in model.policies.of(Funded):
        if named.instrument.end is not None and model.week >= named.instrument.end:
            model.government.account(named).close()


def count_members(model: Community) -> None:
    """Recount the members of every organization."""
    members = np.zeros(len(model.organizations), np.int64)
    _tally(model.residents.membership, members)
    for organization, number in zip(model.organizations, members.tolist(), strict=True):
        organization.members = number


@kernel
def _tally(membership: NDArray[np.int16], members: NDArray[np.int64]) -> None:
    for i in range(len(membership)):
        for m in range(3):
            if membership[i, m] >= 0:
                members[membership[i, m]] += 1


@kernel
def _organise(
    start: int,
    stop: int,
    p: Parameters,
    seed: np.uint64,
    week: int,
    streams: tuple[int, int],
    idle_mask: np.uint64,
    c: Belonging,
    offer_organization: NDArray[np.int16],
    activity: NDArray[np.int8],
) -> None:
    for i in range(start, stop):
        for m in range(3):
            o = c.membership[i, m]
            if o < 0:
                continue
            hazard = p.leave_rate
            if c.history[i, activity[o]] & idle_mask == 0:
                hazard *= p.idle_factor
            if draw(seed, streams[1], c.id[i], week, m) < hazard:
                c.membership[i, m] = -1
        for k in range(3):
            if c.seated[i, k] == 0 or c.offer[i, k] < 0:
                continue
            o = offer_organization[c.offer[i, k]]
            free = -1
            for m in range(2, -1, -1):
                if c.membership[i, m] < 0:
                    free = m
            if o < 0 or free < 0:
                continue
            if c.membership[i, 0] == o or c.membership[i, 1] == o or c.membership[i, 2] == o:
                continue
            chance = p.join[k]
            if c.asked[i, k] > 0:
                chance = max(chance, p.join_asked)
            if draw(seed, streams[0], c.id[i], week, k) < chance:
                c.membership[i, free] = o


@kernel
def _register(
    start: int,
    stop: int,
    membership: NDArray[np.int16],
    enrolled: NDArray[np.int8],
    activity: NDArray[np.int8],
    registered: NDArray[np.int8],
) -> None:
    """The enrolled and the members of service organizations are registered volunteers."""
    for i in range(start, stop):
        volunteer = enrolled[i] != 0
        for m in range(3):
            o = membership[i, m]
            if o >= 0 and activity[o] == 1:
                volunteer = True
        registered[i] = volunteer
