"""7.5 mobilise: Party duty and posts, contacts and fatigue, stewards, Party members in organizations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.core.calendar import QUARTER, YEAR, falls_in, week_of_year
from model.core.draws import luck_of, uniforms
from model.instruments.mobilisation import Grid, PartyDuty, PartyVisits, Visit
from model.parameters.decision import SERVICE
from model.start.pairing import renew_pairs
from model.week.mobilise.committee import begin_week, contact
from model.week.mobilise.party import build, posts_of
from model.week.mobilise.stewards import appoint
from model.week.phase import phase

if TYPE_CHECKING:
    from model.instruments.policies import Named
    from model.state.community import Community

LAST_QUARTER = 40
SERVICE_DAYS_FROM = 9


@phase(
    reads="""
        cell household id in_service interests needs_care organization_fields organizations party skill
        targets week_plan
    """,
    writes="""
        aware branch_office committee contacts duty duty_minutes fatigue membership post staff_in_kind
        stewards
    """,
)
def mobilise(model: Community) -> None:
    """Set this week's duty, contact households, and let the branch and the stewards do their work."""
    people = model.residents
    if week_of_year(model.week) == 1:
        people.duty_minutes[:] = 0
        renew_pairs(model.branch_office, people, model.world)
    _duty(model)
    begin_week(model)
    people.fatigue *= model.p.fatigue_keep
    model.contacts = _contacts(model)
    appoint(model)
    build(model)


def _duty(model: Community) -> None:
    """The duty term and the post of every in-service member who still owes hours."""
    people, p = model.residents, model.p
    w = week_of_year(model.week)
    people.duty[:] = 0.0
    people.post[:] = -1
    for named in model.policies.active(PartyDuty, model.week):
        duty = named.instrument
        due = (people.in_service != 0) & (people.duty_minutes < 60 * duty.hours_per_year)
        term = float(p.duty_bonus)
        if w >= LAST_QUARTER:
            term *= 1 + duty.appraisal * (float(p.duty_late) - 1)
        if duty.service_days and (w - 1) % QUARTER + 1 >= SERVICE_DAYS_FROM:
            term *= float(p.service_day_factor)
        people.duty[due] = np.maximum(people.duty[due], term)
        if duty.posts and model.week_plan.open[SERVICE]:
            rows = np.flatnonzero(due)
            people.post[rows] = posts_of(people, rows, model.world)


def _contacts(model: Community) -> NDArray[np.int64] | None:
    """Contacts of each resident's household this week, whose strain joins fatigue; None if there is no
    instrument of contact."""
    week, households = model.week, model.households
    party = any(falls_in(n.instrument.every, week) for n in model.policies.active(PartyVisits, week))
    visits, grids = model.policies.active(Visit, week), model.policies.active(Grid, week)
    if not (party or visits or grids):
        return None
    contacts = np.zeros(len(households), np.int64)
    if party:
        contacts += model.branch_office.paired
        model.branch_office.visits += int(contacts.sum())
    strain = contacts.astype(np.float64)
    limits = model.scenario
    calls: list[tuple[Named[Visit] | Named[Grid], NDArray[np.bool_], str, float]] = []
    for visit in visits:
        drawn = uniforms(luck_of(model.luck, visit.name), "visit", households, week)
        due = drawn < visit.instrument.visits_per_year / YEAR
        calls.append((visit, due, "visit", limits.mobilisation.visit_hours))
    for grid in grids:
        due = np.zeros(len(households), bool)
        due[-week % grid.instrument.every_weeks :: grid.instrument.every_weeks] = True
        calls.append((grid, due, "grid", limits.committee.contact_hours))
    for named, due, stream, hours in calls:
        luck = luck_of(model.luck, named.name)
        reached = contact(model, _homes(model, named, due), luck, stream, hours)
        contacts[reached] += 1
        strain[reached] += 1 - named.instrument.courtesy
    model.residents.fatigue += strain[model.residents.household]
    return contacts[model.residents.household]


def _homes(model: Community, named: Named[Visit] | Named[Grid], due: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Households that are ``due`` (bool[households]) and have an adult in the target of an instrument."""
    household, homes = model.residents.household, np.zeros(len(due), bool)
    homes[household[due[household] & model.target_residents(named)]] = True
    return np.flatnonzero(homes)
