"""Which associations are founded, and by whom (ODD 7.12 e)?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.core.arithmetic import exp
from model.core.compiled import kernel
from model.core.draws import Kind, born_id, community_hash, draw, smallest, stream, uniforms
from model.core.errors import GongzhiError
from model.instruments.base import FIELDS, fits
from model.instruments.mobilisation import PartyBuilding
from model.instruments.regulation import Registration
from model.instruments.support import Workstation
from model.scenario.specs import OrganizationSpec
from model.state.organizations import Organization

if TYPE_CHECKING:
    from model.state.community import Community

MOST_BIRTHS = 31
"""Births of one field in one week, so that each has draws of its own."""
MOST_ORGANIZATIONS = 32_000
"""Memberships are 16-bit indices."""


def births(model: Community) -> None:
    """Found what the week's draws say, field by field."""
    if model.scenario.life.founding_rate == 0.0:
        return
    counts = _counts(
        model.luck_u64,
        stream("birth"),
        np.uint64(model.committee.id),
        model.week,
        np.array(founding_rates(model)),
    )
    for f in np.flatnonzero(counts).tolist():
        for j in range(int(counts[f])):
            _found(model, f, j)


def founding_rates(model: Community) -> list[float]:
    """Expected foundings of this week by field."""
    life, people, n = model.scenario.life, model.residents, len(model.residents)
    cap, living = life.organizations_cap, len(model.living())
    room = 1.0 if cap == 0 else max(0.0, 1 - living / cap)
    need = np.zeros(len(FIELDS) + 1, np.int64)
    if life.founding == "need":
        _needs(
            people.interests, people.membership, model.organization_fields, people.skill,
            life.capable_skill, need,
        )  # fmt: skip
    rates = [0.0] * len(FIELDS)
    for f, field in enumerate(FIELDS):
        if field not in life.founding_fields:
            continue
        if life.founding == "need":
            rate = life.founding_rate * (n / 1000) * (int(need[f]) / n) * (int(need[-1]) / n)
        else:
            rate = life.founding_rate / len(life.founding_fields)
        rates[f] = rate * room * ease(model, f)
    return rates


def ease(model: Community, f: int) -> float:
    """How much the instruments in force ease the founding of an association of field ``f``."""
    factor = 1.0
    for named in model.policies.active(Registration, model.week):
        if fits((f,), "informal", "", named.instrument.target):
            factor *= named.instrument.founding_factor
    for station in model.policies.active(Workstation, model.week):
        is_open = model.government.account(station).open_in == model.week
        if is_open and fits((f,), "informal", "", station.instrument.target):
            factor *= model.scenario.government.workstation_founding
    for _ in model.policies.active(PartyBuilding, model.week):
        factor *= model.scenario.party.party_founding
    return factor


@kernel
def _needs(
    interests: NDArray[np.uint8],
    membership: NDArray[np.int16],
    fields: NDArray[np.uint8],
    skill: NDArray[np.float64],
    capable_skill: float,
    need: NDArray[np.int64],
) -> None:
    """Count by field who is interested and belongs to no association of it; last, who is capable."""
    for i in range(len(interests)):
        wanting = np.int64(interests[i])
        for m in range(3):
            if membership[i, m] >= 0:
                wanting &= ~np.int64(fields[membership[i, m]])
        for f in range(7):
            need[f] += (wanting >> f) & 1
        need[7] += skill[i] >= capable_skill


@kernel
def _counts(
    seed: np.uint64, birth: int, ident: np.uint64, week: int, rates: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Poisson numbers of births by field: the inverse distribution function of one draw each."""
    counts = np.zeros(len(rates), np.int64)
    for f in range(len(rates)):
        if rates[f] > 0.0:
            u = draw(seed, birth, ident, week, f)
            q = exp(-rates[f])
            c = q
            m = 0
            while u >= c and m < 31:
                m += 1
                q = q * rates[f] / m
                c += q
            counts[f] = m
    return counts


def _found(model: Community, f: int, j: int) -> None:
    """The ``j``-th birth of this week in field ``f``; none without a founder."""
    life, people = model.scenario.life, model.residents
    free = (people.membership < 0).any(axis=1) & ((people.interests >> f) & 1 != 0)
    able = np.flatnonzero(free & (people.skill >= life.capable_skill))
    founder = _first(model, "founder", able, 1, f, j)
    if not len(founder):
        return
    free[founder] = False
    ties = model.network.merged
    near = ties.indices[ties.indptr[founder[0]] : ties.indptr[founder[0] + 1]]
    around = np.zeros(len(free), bool)
    around[near] = free[near]
    wanted = life.founding_members - 1
    friends = _first(model, "first_member", np.flatnonzero(around), wanted, f, j)
    others = _first(model, "first_member", np.flatnonzero(free & ~around), wanted - len(friends), f, j)
    organization = _newborn(model, f, j)
    rows = np.concatenate([founder, friends, others])
    people.membership[rows, np.argmax(people.membership[rows] < 0, axis=1)] = organization.index
    people.aware[rows] |= np.uint8(1 << f)
    organization.members = len(rows)
    organization.leader, organization.leader_id = int(founder[0]), int(people.id[founder[0]])
    model.life.founded += 1


def _first(model: Community, name: str, rows: NDArray[np.int64], m: int, f: int, j: int) -> NDArray[np.int64]:
    """The ``m`` of ``rows`` with the smallest draws."""
    ids = model.residents.id[rows]
    return rows[smallest(uniforms(model.luck, name, ids, model.week, f + 8 * j), ids, m)]


def _newborn(model: Community, f: int, j: int) -> Organization:
    """A new informal association of field ``f`` without members."""
    index, community = len(model.organizations), model.scenario.name
    if index >= MOST_ORGANIZATIONS:
        raise GongzhiError(
            what=f"more than {MOST_ORGANIZATIONS} associations",
            where=f"week {model.week}",
            instead="lower life.founding_rate, or set life.organizations_cap",
        )
    week, life = model.week, model.scenario.life
    spec = OrganizationSpec(
        title=f"{FIELDS[f].replace('_', ' ')} group founded in week {week}",
        fields=(FIELDS[f],),
        members=0,
        professionalism=life.newborn["professionalism"],
        drive=life.newborn["drive"],
        reputation=life.newborn["reputation"],
        free_sessions=life.newborn_sessions,
    )
    ordinal = len(model.scenario.organization) + j
    ident = born_id(Kind.ORGANIZATION, community_hash(community), f, ordinal, week)
    organization = model.make_organization(index, f"founded_{week}_{FIELDS[f]}_{j}", spec, ident)
    if week > 0:
        income = organization.smoothed_income
        income.reference_level, income.reference_own = 0.0, 1.0
    model.organizations.append(organization)
    model.organizations_changed()
    return organization
