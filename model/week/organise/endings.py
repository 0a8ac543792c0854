"""How do organizations end: by themselves, or merged into another (ODD 7.12 c, d)?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.core.arithmetic import exp, log
from model.core.draws import uniforms
from model.instruments.base import fen
from model.instruments.regulation import Merge
from model.parameters.life import Life
from model.week.organise.leaders import members_of

if TYPE_CHECKING:
    from model.state.community import Community
    from model.state.organizations import Organization


def hazard(life: Life, organization: Organization, session_fen: int) -> float:
    """Weekly hazard of an organization's death; above 1 it is certain.

    Money from outside that pays for a session a week, ``session_fen``, secures it.
    """
    members = organization.members
    size = exp(life.size_exponent * log(life.reference_members / max(1, members)))
    h = life.hazard[organization.legal_form] * size
    if members < life.small_members:
        h *= life.small_factor
    if organization.leader < 0:
        h *= life.leaderless_factor
    secured = organization.smoothed_income.shares().level >= session_fen
    return h * life.secured_factor if secured else h


def deaths(model: Community) -> None:
    """Those whose draw falls below their hazard end: memberships are gone, money is returned."""
    life, living = model.scenario.life, model.living()
    price = model.scenario.costs.session_cost
    drawn = uniforms(model.luck, "death", np.array([o.id for o in living], np.uint64), model.week)
    for organization, u in zip(living, drawn.tolist(), strict=True):
        if u < hazard(life, organization, fen(price[organization.legal_form])):
            membership = model.residents.membership
            membership[membership == organization.index] = -1
            organization.returned += organization.balance
            organization.balance = 0
            organization.end(model.week)
            model.life.dissolved += 1
            model.organizations_changed()


def mergers(model: Community) -> None:
    """In the first week of a merge instrument the smallest groups of its target merge, activity by
    activity, until as many remain as it says."""
    for named in model.policies.active(Merge, model.week):
        if model.week != model.first_week(named):
            continue
        remaining = list(model.target_organizations(named))
        while len(remaining) > named.instrument.into:
            couple = _smallest_couple(remaining)
            if couple is None:
                break
            _merge(model, *couple)
            remaining.remove(couple[0])


def _smallest_couple(organizations: list[Organization]) -> tuple[Organization, Organization] | None:
    """The smallest organization with another of its activity, and the smallest such other."""
    ranked = sorted(organizations, key=lambda o: (o.members, o.id))
    for i, small in enumerate(ranked):
        for other in ranked[i + 1 :]:
            if other.activity == small.activity:
                return small, other
    return None


def _merge(model: Community, ended: Organization, into: Organization) -> None:
    """Members, money, rooms, fields and, where needed, the leader pass over."""
    people = model.residents
    rows, slots = np.nonzero(people.membership == ended.index)
    already = (people.membership[rows] == into.index).any(axis=1)
    people.membership[rows, slots] = np.where(already, -1, into.index).astype(np.int16)
    into.members = len(members_of(people, into))
    ended.hand_over(into)
    into.carry += ended.carry
    into.year_attendances += ended.year_attendances
    into.lent_sessions += ended.lent_sessions
    into.free_sessions += ended.free_sessions
    ended.carry, ended.year_attendances = 0.0, 0
    ended.lent_sessions = ended.free_sessions = 0.0
    into.smoothed_income.take_over(ended.smoothed_income)
    for payer, amount in ended.income.items():
        into.income[payer] = into.income.get(payer, 0) + amount
    into.controlled += ended.controlled
    into.fields += tuple(f for f in ended.fields if f not in into.fields)
    if into.leader < 0:
        into.leader, into.leader_id = ended.leader, ended.leader_id
    ended.end(model.week, into.index)
    model.life.merged += 1
    model.organizations_changed()
