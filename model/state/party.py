"""The Party branch: who is paired with which household, who has which post, who joins which association
(ODD 7.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.core.calendar import falls_in
from model.core.casts import whole
from model.core.draws import Kind, born_id, community_hash, smallest, uniforms
from model.core.owned import Own
from model.instruments.mobilisation import PartyBuilding, PartyDuty
from model.state.actor import Actor

if TYPE_CHECKING:
    from model.state.community import Community
    from model.state.residents import Residents

POST_FIELDS = (3, 4)


class PartyBranch(Actor):
    """The Party branch and the households its members are paired with.

    `pairs` (int32[n, 2]) holds the household in need and the ordinary one of each member, -1 for none;
    `paired[h]` members visit household h. ``visits`` counts these visits since the spin-up began.
    """

    visits: Own[int]
    pairs: Own[NDArray[np.int32]]
    paired: Own[NDArray[np.int64]]

    def __init__(self, model: Community) -> None:
        super().__init__(model)
        self.unique_id = born_id(Kind.INSTITUTION, community_hash(model.scenario.name), 0, 1, 0)
        self.visits = 0
        self.pairs = np.full((len(model.residents), 2), -1, np.int32)
        self.paired = np.zeros(len(model.households), np.int64)
        self.pair(model, model.rows)

    def pair(self, model: Community, rows: NDArray[np.int64]) -> None:
        """Pair each Party member among ``rows`` with one household in need and one ordinary one (MM18)."""
        people = model.residents
        members = rows[people.party[rows] != 0]
        if len(members) == 0:
            return
        need = np.zeros(len(self.paired), bool)
        need[people.household[people.needs_care != 0]] = True
        for k, pool in enumerate((np.flatnonzero(need), np.flatnonzero(~need))):
            if len(pool):
                drawn = uniforms(model.world, "pairing", people.id[members], 0, k)
                self.pairs[members, k] = pool[whole(len(pool) * drawn, np.int64)]
                self.paired += np.bincount(self.pairs[members, k], minlength=len(self.paired))

    def renew(self, model: Community) -> None:
        """Pair everybody anew with the households of this week."""
        self.pairs[:] = -1
        self.paired[:] = 0
        self.pair(model, model.rows)

    def unpair(self, rows: NDArray[np.int64]) -> None:
        """End the pairs of those in ``rows``."""
        left = self.pairs[rows]
        self.paired -= np.bincount(left[left >= 0], minlength=len(self.paired))
        self.pairs[rows] = -1


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
        order = smallest(uniforms(model.luck, "party_core", ids, model.week), ids, len(bare))
        left = named.instrument.per_quarter
        for organization in [bare[i] for i in order]:
            fields = model.organization_fields[organization.index]
            slots = people.membership[party] < 0
            able = party[slots.any(axis=1) & (people.interests[party] & fields != 0)]
            if left == 0 or not len(able):
                continue
            draws = uniforms(
                model.luck, "party_core", people.id[able], model.week, 1 + organization.index % 255
            )
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


def figures(model: Community) -> list[int]:
    """The figures of `model.state.outcomes.PARTY_FIGURES`."""
    committee = model.committee
    alive = np.array([o.alive for o in model.organizations], bool)
    return [
        quota_met(model),
        model.branch_office.visits,
        committee.visits,
        committee.refused,
        committee.free_minutes,
        int((covered(model) & alive).sum()),
        sum(unit.cash for unit in model.units),
        sum(unit.in_kind for unit in model.units),
    ]
