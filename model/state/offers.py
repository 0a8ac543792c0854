"""What is offered in a week: sessions and sittings, as a list, a table and masks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.core.owned import Own, State
from model.instruments.base import FIELD_ACTIVITY

FIELDS_OF = tuple(
    np.uint8(sum(1 << f for f, k in enumerate(FIELD_ACTIVITY) if k == activity)) for activity in range(3)
)
"""The fields of each activity, as bits."""


class OfferTable(NamedTuple):
    """This week's offers as columns; `open_air` is 1 for an open-air organization."""

    organization: NDArray[np.int16]
    activity: NDArray[np.int8]
    field: NDArray[np.int8]
    slot: NDArray[np.int8]
    sessions: NDArray[np.int64]
    places: NDArray[np.int64]
    open_air: NDArray[np.int8]


@dataclass(slots=True)
class WeekPlan(State):
    """This week's offers, as a table and as masks (bits 3 field + slot; bits of slots by organization)."""

    table: Own[OfferTable]
    open: Own[NDArray[np.bool_]]
    offered: Own[NDArray[np.uint32]]
    org_slots: Own[NDArray[np.uint8]]
    meets: Own[NDArray[np.bool_]]
    demand: Own[NDArray[np.int64]]


class Offer(NamedTuple):
    """This week's sessions of one organization, field and slot, or one sitting (organization -1).

    ``places`` is -1 where there is no limit.
    """

    organization: int
    activity: int
    field: int
    slot: int
    sessions: int
    places: int
