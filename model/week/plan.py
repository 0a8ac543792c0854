"""7.4 plan: organizations fix this week's sessions, the committee its sittings."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.core.calendar import falls_in
from model.core.compiled import kernel
from model.core.draws import draw, luck_of, stream, uniform
from model.instruments.base import FIELDS, fen
from model.instruments.deliberation import Hearing
from model.instruments.funding import Premises
from model.parameters.decision import DELIBERATION
from model.state.offers import Offer
from model.week.disburse.units import hosts
from model.week.phase import phase

if TYPE_CHECKING:
    from model.scenario.specs import SittingSpec
    from model.state.community import Community
    from model.state.government import Account
    from model.state.organizations import Organization
    from model.state.units import ResidentUnit

MOST_SESSIONS = 255


@phase(
    reads="committee targets",
    writes="government offers organizations units week_plan",
)
def plan(model: Community) -> None:
    """Publish this week's offers: sessions within money, people and rooms, then sittings."""
    rent = fen(model.scenario.costs.room_hour * model.scenario.organizations.session_hours)
    lenders, hosting = _room_lenders(model, rent), hosts(model)
    offers: list[Offer] = []
    for organization in model.living():
        at = organization.index
        sessions = _sessions(model, organization, rent, lenders[at], hosting[at])
        offers += _offers(model, organization, sessions)
    model.publish(offers + _sittings(model))


def _room_lenders(model: Community, rent: int) -> list[list[tuple[Account, float]]]:
    """For each organization the premises accounts that lend to it and the sessions a week each can house."""
    lenders: list[list[tuple[Account, float]]] = [[] for _ in model.organizations]
    weeks = model.scenario.organizations.spend_weeks
    for named in model.policies.active(Premises, model.week):
        account, targets = model.government.account(named), model.target_organizations(named)
        for organization in targets:
            lenders[organization.index].append((account, account.free / len(targets) / rent / weeks))
    return lenders


def _sessions(
    model: Community,
    organization: Organization,
    rent: int,
    lenders: list[tuple[Account, float]],
    hosting: list[tuple[ResidentUnit, float]],
) -> int:
    """How many sessions it holds; money for them is paid and rooms are booked."""
    limits = model.scenario.organizations
    cost = fen(model.scenario.costs.session_cost[organization.legal_form])
    people = limits.sessions_per_member * organization.members
    budget = organization.balance / limits.spend_weeks
    rooms = hosted = 0.0
    for _, share in lenders:
        rooms += share
    for _, share in hosting:
        hosted += share
    own = organization.lent_sessions + hosted
    lent = own + rooms
    free = min(people, organization.free_sessions)
    housed = min(people - free, lent, budget / cost)
    rented = min(people - free - housed, limits.rentable_sessions, (budget - housed * cost) / (cost + rent))
    possible = free + housed + rented
    if possible <= 0.0:
        return 0
    organization.carry += organization.drive * possible
    sessions = min(floor(organization.carry), MOST_SESSIONS)
    organization.carry -= sessions
    if sessions == 0:
        return 0
    mean_cost = (housed * cost + rented * (cost + rent)) / possible
    while floor(sessions * mean_cost + 0.5) > organization.balance:
        sessions -= 1
        organization.carry += 1
    organization.pay(floor(sessions * mean_cost + 0.5))
    organization.sessions_held += sessions
    due = floor(max(0.0, housed - own) / possible * sessions * rent + 0.5)
    organization.in_kind += floor(min(housed, organization.lent_sessions) / possible * sessions * rent + 0.5)
    upto, booked = 0.0, 0
    for unit, share in hosting:
        upto += share
        used = min(max(0.0, housed - organization.lent_sessions), upto)
        value = floor(used / possible * sessions * rent + 0.5) - booked
        booked += value
        unit.in_kind += value
        organization.be_hosted(value)
    for account, _ in lenders:
        paid = min(due, account.free)
        account.spend(paid)
        account.in_kind += paid
        organization.be_lent(paid, account.instrument.payer, account.control)
        due -= paid
    return sessions


def _offers(model: Community, organization: Organization, sessions: int) -> list[Offer]:
    """Sessions of one field and slot together, in the order of fields and slots."""
    slots = _slots(model.luck_u64, stream("session_slot"), np.uint64(organization.id), model.week, sessions)
    held: dict[tuple[int, int], int] = {}
    for j, slot in enumerate(slots.tolist()):
        at = organization.fields[j % len(organization.fields)], slot
        held[at] = held.get(at, 0) + 1
    places = int(model.scenario.organizations.places.values()[organization.activity])
    return [
        Offer(organization.index, organization.activity, f, s, n, -1 if organization.open_air else n * places)
        for (f, s), n in sorted(held.items())
    ]


@kernel
def _slots(
    seed: np.uint64, slot_stream: int, ident: np.uint64, week: int, sessions: int
) -> NDArray[np.int64]:
    """The slot of each of the week's sessions of one organization."""
    slots = np.empty(sessions, np.int64)
    for j in range(sessions):
        slots[j] = int(3 * draw(seed, slot_stream, ident, week, j))
    return slots


def _sittings(model: Community) -> list[Offer]:
    """Hearings, forums and councils that fall in this week: the committee's, then those of instruments."""
    sittings: list[tuple[int, int, SittingSpec | Hearing]] = [
        (model.luck, number, sitting) for number, sitting in enumerate(model.committee.sittings.values())
    ]
    for named in model.policies.active(Hearing, model.week):
        sittings.append((luck_of(model.luck, named.name), 0, named.instrument))
    slots = stream("session_slot")
    return [
        Offer(
            -1,
            DELIBERATION,
            FIELDS.index(sitting.field),
            floor(3 * uniform(luck, slots, model.committee.id, model.week, number)),
            1,
            sitting.places,
        )
        for luck, number, sitting in sittings
        if falls_in(sitting.every, model.week)
    ]
