"""7.5 mobilise: Party duty, visits to households, fatigue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.calendar import falls_in, week_of_year
from model.draws import community_hash, uniforms
from model.instruments.mobilisation import PartyDuty, PartyVisits, Visit

if TYPE_CHECKING:
    from model.community import CommunityModel

LAST_QUARTER = 40
WORK_HOURS = 2080


def mobilise(model: CommunityModel) -> None:
    """Set this week's duty term and count the contacts of every household."""
    people, p = model.residents, model.p
    if week_of_year(model.week) == 1:
        people.duty_minutes[:] = 0
    people.duty[:] = 0.0
    for named in model.policies.active(PartyDuty, model.week):
        due = (people.in_service != 0) & (people.duty_minutes < 60 * named.instrument.hours_per_year)
        late = week_of_year(model.week) >= LAST_QUARTER
        people.duty[due] = p.duty_bonus * p.duty_late if late else p.duty_bonus
    people.fatigue *= p.fatigue_keep
    contacts = _contacts(model)
    if contacts is None:
        model.contacts = None
        return
    model.contacts = contacts[people.household]
    people.fatigue += model.contacts


def _contacts(model: CommunityModel) -> np.ndarray[tuple[int], np.dtype[np.int64]] | None:
    """Contacts of each household this week; None if there is no instrument of contact."""
    party = model.policies.active(PartyVisits, model.week) if falls_in("two_months", model.week) else []
    visits = model.policies.active(Visit, model.week)
    if not party and not visits:
        return None
    households = model.households
    contacts = np.zeros(len(households), np.int64)
    if party:
        contacts += model.branch_office.paired
    for named in visits:
        wanted = np.zeros(len(households), bool)
        wanted[model.residents.household[model.target_residents(named)]] = True
        drawn = uniforms(model.luck, "visit", households, model.week, community_hash(named.name) % 256)
        visited = wanted & (drawn < named.instrument.visits_per_year / 52)
        contacts += visited
        hours = model.scenario.mobilisation.visit_hours * int(visited.sum())
        model.staff_in_kind += int(hours * model.scenario.costs.staff_year / WORK_HOURS * 100 + 0.5)
    return contacts
