"""What time have the committee's staff this week, and whom do they reach (ODD 7.5)?"""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.core.arithmetic import sqrt
from model.core.draws import smallest, uniforms
from model.instruments.mobilisation import Relief
from model.state.committee import WORK_HOURS

if TYPE_CHECKING:
    from model.state.community import Community

WEEK_MINUTES = 2400
MOST_LOAD = 0.95


def begin_week(model: Community) -> None:
    """Take administration off this week's staff time."""
    committee = model.committee
    limits, persons = model.scenario.committee, model.scenario.population.persons
    committee.staff_minutes = floor(limits.persons_of(persons) * WEEK_MINUTES + 0.5)
    kept = 1.0
    for named in model.policies.active(Relief, model.week):
        kept *= 1 - named.instrument.share
    helping = sum(o.alive and o.legal_form != "informal" for o in model.organizations)
    load = min(MOST_LOAD, limits.load * sqrt(limits.merged_communities))
    committee.load = load * kept * max(0.0, 1 - limits.task_share * helping)
    committee.free_minutes = committee.staff_minutes - floor(committee.staff_minutes * committee.load + 0.5)


def contact(
    model: Community, wanted: NDArray[np.int64], luck: int, stream: str, hours: float
) -> NDArray[np.int64]:
    """Households of ``wanted`` that staff reach in the time left, ``hours`` each; the time is booked."""
    committee = model.committee
    minutes = floor(60 * hours + 0.5)
    able = committee.free_minutes // minutes if minutes else len(wanted)
    reached = wanted
    if able < len(wanted):
        ids = model.households[wanted]
        reached = wanted[smallest(uniforms(luck, stream, ids, model.week), ids, able)]
    committee.free_minutes -= minutes * len(reached)
    committee.visits += len(reached)
    committee.refused += len(wanted) - len(reached)
    spent = hours * len(reached) * model.scenario.costs.staff_year / WORK_HOURS * 100
    model.staff_in_kind += floor(spent + 0.5)
    return reached
