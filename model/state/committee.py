"""The residents' committee: sittings, and staff time between administration and households (ODD 7.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from model.core.draws import Kind, born_id, community_hash
from model.core.owned import Own, Shared
from model.state.actor import Actor

if TYPE_CHECKING:
    from model.scenario.specs import SittingSpec

WORK_HOURS = 2080


class ResidentsCommittee(Actor):
    """Holds the sittings (hearings, forums, councils) and sends its staff to households.

    Of ``staff_minutes`` a week administration takes the share ``load``; visits and grid contacts take theirs
    from ``free_minutes``, and what they leave is there for the rest of the week. ``visits`` and ``refused``
    count contacts made, and not made for lack of staff, since the spin-up began.
    """

    id: Shared[int]
    sittings: Shared[dict[str, SittingSpec]]
    staff_minutes: Own[int]
    free_minutes: Own[int]
    load: Own[float]
    visits: Own[int]
    refused: Own[int]

    def __init__(self, model: mesa.Model, community: str, sittings: dict[str, SittingSpec]) -> None:
        super().__init__(model)
        self.id = born_id(Kind.INSTITUTION, community_hash(community), 0, 0, 0)
        self.unique_id = self.id
        self.sittings = sittings
        self.staff_minutes = self.free_minutes = 0
        self.load = 0.0
        self.visits = self.refused = 0
