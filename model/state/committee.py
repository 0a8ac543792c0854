"""The residents' committee: sittings, and staff time between administration and households (ODD 7.5)."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

import mesa
import numpy as np
from numpy.typing import NDArray

from model.core.arithmetic import sqrt
from model.core.draws import Kind, born_id, community_hash, smallest, uniforms
from model.core.owned import Own, Shared
from model.instruments.mobilisation import Relief
from model.state.actor import Actor

if TYPE_CHECKING:
    from model.scenario.specs import SittingSpec
    from model.state.community import Community

WEEK_MINUTES = 2400
WORK_HOURS = 2080
MOST_LOAD = 0.95


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

    def begin_week(self, model: Community) -> None:
        """Take administration off this week's staff time."""
        limits, persons = model.scenario.committee, model.scenario.population.persons
        self.staff_minutes = floor(limits.persons_of(persons) * WEEK_MINUTES + 0.5)
        kept = 1.0
        for named in model.policies.active(Relief, model.week):
            kept *= 1 - named.instrument.share
        helping = sum(o.alive and o.legal_form != "informal" for o in model.organizations)
        load = min(MOST_LOAD, limits.load * sqrt(limits.merged_communities))
        self.load = load * kept * max(0.0, 1 - limits.task_share * helping)
        self.free_minutes = self.staff_minutes - floor(self.staff_minutes * self.load + 0.5)

    def contact(
        self, model: Community, wanted: NDArray[np.int64], stream: str, k: int, hours: float
    ) -> NDArray[np.int64]:
        """Households of ``wanted`` that staff reach in the time left, ``hours`` each; the time is booked."""
        minutes = floor(60 * hours + 0.5)
        able = self.free_minutes // minutes if minutes else len(wanted)
        reached = wanted
        if able < len(wanted):
            ids = model.households[wanted]
            reached = wanted[smallest(uniforms(model.luck, stream, ids, model.week, k), ids, able)]
        self.free_minutes -= minutes * len(reached)
        self.visits += len(reached)
        self.refused += len(wanted) - len(reached)
        spent = hours * len(reached) * model.scenario.costs.staff_year / WORK_HOURS * 100
        model.staff_in_kind += floor(spent + 0.5)
        return reached
