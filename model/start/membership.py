"""Who belongs to which association at the start (ODD 5)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model.core.arithmetic import log
from model.core.compiled import kernel
from model.core.draws import draw, pair, smallest, stream
from model.state.organizations import Organization
from model.state.residents import Residents


def enlist(people: Residents, organizations: Sequence[Organization], world: int) -> None:
    """Draw the members of each organization by successive sampling with weights exp(effect of its activity).

    Members know the fields of their organization. ``people.membership`` is filled in organization order.
    """
    keys = np.empty(len(people))
    for organization in organizations:
        _keys(
            people.id,
            people.effect,
            organization.activity,
            np.uint64(world),
            stream("member_start"),
            np.uint64(organization.id),
            keys,
        )
        free = np.flatnonzero((people.membership < 0).any(axis=1))
        rows = free[smallest(-keys[free], people.id[free], organization.members)]
        slot = np.argmax(people.membership[rows] < 0, axis=1)
        people.membership[rows, slot] = organization.index
        for f in organization.fields:
            people.aware[rows] |= np.uint8(1 << f)
        if organization.activity == 1:
            people.registered[rows] = 1
        organization.members = len(rows)


@kernel
def _keys(
    ids: NDArray[np.uint64],
    effect: NDArray[np.float64],
    k: int,
    seed: np.uint64,
    member_stream: int,
    organization: np.uint64,
    keys: NDArray[np.float64],
) -> None:
    """effect + Gumbel noise: the largest m are a weighted sample without replacement."""
    for i in range(len(ids)):
        u = draw(seed, member_stream, pair(ids[i], organization), 0, 0)
        keys[i] = effect[i, k] - log(-log(max(u, 2.0**-54)))
