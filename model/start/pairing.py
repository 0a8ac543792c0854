"""Which households is each Party member paired with (ODD 7.5)?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.core.casts import whole
from model.core.draws import uniforms
from model.state.party import PartyBranch
from model.state.residents import Residents


def pair(branch: PartyBranch, people: Residents, rows: NDArray[np.int64], world: int) -> None:
    """Pair each Party member among ``rows`` with one household in need and one ordinary one (MM18)."""
    members = rows[people.party[rows] != 0]
    if len(members) == 0:
        return
    need = np.zeros(len(branch.paired), bool)
    need[people.household[people.needs_care != 0]] = True
    for k, pool in enumerate((np.flatnonzero(need), np.flatnonzero(~need))):
        if len(pool):
            drawn = uniforms(world, "pairing", people.id[members], 0, k)
            branch.pairs[members, k] = pool[whole(len(pool) * drawn, np.int64)]
            branch.paired += np.bincount(branch.pairs[members, k], minlength=len(branch.paired))


def renew_pairs(branch: PartyBranch, people: Residents, world: int) -> None:
    """Pair everybody anew with the households of this week."""
    branch.pairs[:] = -1
    branch.paired[:] = 0
    pair(branch, people, np.arange(len(people)), world)
