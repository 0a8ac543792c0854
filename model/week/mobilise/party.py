"""What Party members do in a week: posts, associations they join, quotas (ODD 7.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.core.calendar import falls_in
from model.core.casts import whole
from model.core.draws import luck_of, pairs, smallest, uniforms
from model.instruments.mobilisation import PartyBuilding, PartyDuty

if TYPE_CHECKING:
    from model.state.community import Community
    from model.state.residents import Residents


POST_FIELDS = (3, 4)


def posts_of(people: Residents, rows: NDArray[np.int64], world: int) -> NDArray[np.int8]:
    """The service field of the post of each Party member in ``rows``: an interest, else drawn."""
    drawn = POST_FIELDS[0] + whole(len(POST_FIELDS) * uniforms(world, "post", people.id[rows], 0), np.int8)
    for field in reversed(POST_FIELDS):
        drawn[people.interests[rows] >> field & 1 != 0] = field
    return drawn


def build(model: Community) -> None:
    """At the end of a quarter, organizations without a Party member get one (MM22, MM36, MM38)."""
    building = model.policies.active(PartyBuilding, model.week)
    if not building or not falls_in("quarter", model.week):
        return
    people = model.residents
    party = np.flatnonzero(people.party != 0)
    for named in building:
        has = covered(model)
        bare = [o for o in model.organizations if o.alive and not has[o.index]]
        ids = np.array([o.id for o in bare], np.uint64)
        luck = luck_of(model.luck, named.name)
        order = smallest(uniforms(luck, "party_core", ids, model.week), ids, len(bare))
        left = named.instrument.per_quarter
        for organization in [bare[i] for i in order]:
            fields = model.organization_fields[organization.index]
            slots = people.membership[party] < 0
            able = party[slots.any(axis=1) & (people.interests[party] & fields != 0)]
            if left == 0 or not len(able):
                continue
            draws = uniforms(luck, "party_core", pairs(people.id[able], organization.id), model.week)
            row = able[smallest(draws, people.id[able], 1)[0]]
            people.membership[row, np.argmax(people.membership[row] < 0)] = organization.index
            people.aware[row] |= fields
            left -= 1


def covered(model: Community) -> NDArray[np.bool_]:
    """bool[organizations]: has a Party member among its members."""
    people = model.residents
    held = people.membership[people.party != 0]
    has = np.zeros(len(model.organizations), bool)
    has[held[held >= 0]] = True
    return has


def quota_met(model: Community) -> int:
    """In-service members who have served this year's largest quota in force; 0 without a quota."""
    quotas = [n.instrument.hours_per_year for n in model.policies.active(PartyDuty, model.week)]
    if not any(quotas):
        return 0
    people = model.residents
    return int(((people.in_service != 0) & (people.duty_minutes >= 60 * max(quotas))).sum())


def figures(model: Community) -> dict[str, int]:
    """The figures of `model.state.outcomes.PARTY_FIGURES`."""
    committee = model.committee
    alive = np.array([o.alive for o in model.organizations], bool)
    return {
        "party_quota_met": quota_met(model),
        "party_visits": model.branch_office.visits,
        "staff_visits": committee.visits,
        "staff_visits_refused": committee.refused,
        "staff_free_minutes": committee.free_minutes,
        "organizations_with_party": int((covered(model) & alive).sum()),
        "unit_cash_fen": sum(unit.cash for unit in model.units),
        "unit_in_kind_fen": sum(unit.in_kind for unit in model.units),
    }
