"""Who leads an organization, and is it covered by the Party (ODD 5, 7.12 b)?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.core.draws import pairs, smallest, uniforms
from model.state.residents import Residents

if TYPE_CHECKING:
    from model.state.community import Community
    from model.state.organizations import Organization

COVERING_MEMBERS = 3
"""Party members that make an organization covered whoever leads it."""


def members_of(people: Residents, organization: Organization) -> NDArray[np.int64]:
    """Rows of its members, ascending."""
    return np.flatnonzero((people.membership == organization.index).any(axis=1))


def first_leaders(people: Residents, organizations: Sequence[Organization], world: int) -> None:
    """Draw a leader among the members of each organization at the start."""
    for organization in organizations:
        _choose(people, organization, world, "leader_start", 0)


def renew_leaders(model: Community) -> None:
    """Leaders who left lead no more; a vacant lead is filled at its rate."""
    people, rate = model.residents, model.scenario.life.leader_rate
    vacant = []
    for organization in model.living():
        row = organization.leader
        if row >= 0:
            there = people.membership[row].tolist()
            if organization.index not in there or int(people.id[row]) != organization.leader_id:
                organization.leader, organization.leader_id = -1, 0
        if organization.leader < 0 and organization.members > 0:
            vacant.append(organization)
    drawn = uniforms(model.luck, "leader", np.array([o.id for o in vacant], np.uint64), model.week)
    for organization, u in zip(vacant, drawn.tolist(), strict=True):
        if u < rate:
            _choose(people, organization, model.luck, "leader_choice", model.week)


def covered(model: Community) -> int:
    """Living organizations led by a Party member or with at least three of them."""
    people = model.residents
    belongs = people.membership[people.party != 0]
    party = np.bincount(belongs[belongs >= 0], minlength=len(model.organizations)).tolist()
    return sum(
        party[o.index] >= COVERING_MEMBERS or (o.leader >= 0 and bool(people.party[o.leader]))
        for o in model.living()
    )


def _choose(people: Residents, organization: Organization, seed: int, stream: str, week: int) -> None:
    """The member with the smallest draw leads."""
    rows = members_of(people, organization)
    if len(rows):
        ids = people.id[rows]
        row = int(rows[smallest(uniforms(seed, stream, pairs(ids, organization.id), week), ids, 1)[0]])
        organization.leader, organization.leader_id = row, int(people.id[row])
