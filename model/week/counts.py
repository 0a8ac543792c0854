"""How are residents counted, group by group (ODD 7.14)?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.core.compiled import kernel
from model.state.offers import FIELDS_OF
from model.state.outcomes import FIXED_POINT, At


class Observed(NamedTuple):
    """What observing reads."""

    seated: NDArray[np.int8]
    refused: NDArray[np.int8]
    history: NDArray[np.uint64]
    membership: NDArray[np.int16]
    registered: NDArray[np.int8]
    enrolled: NDArray[np.int8]
    asks: NDArray[np.float64]
    minutes: NDArray[np.int32]
    duty: NDArray[np.float64]
    service_minutes: NDArray[np.int32]
    duty_minutes_52: NDArray[np.int32]
    credit_minutes: NDArray[np.int32]
    aware: NDArray[np.uint8]
    skill: NDArray[np.float64]
    attachment: NDArray[np.float64]
    motivation: NDArray[np.float64]
    efficacy: NDArray[np.float64]
    embeddedness: NDArray[np.float64]
    fatigue: NDArray[np.float64]
    knowledge: NDArray[np.float64]
    satisfaction: NDArray[np.float64]
    asked_now: NDArray[np.int16]
    raised: NDArray[np.int8]
    care_need: NDArray[np.int32]
    care: NDArray[np.int32]
    in_service: NDArray[np.int8]
    arrival: NDArray[np.int32]


@kernel
def count_cells(
    cell: NDArray[np.int64],
    activity: NDArray[np.int8],
    c: Observed,
    week: int,
    window: np.uint64,
    at: At,
    out: NDArray[np.int64],
) -> int:
    """Add every resident to the row of its cell in ``out`` (int64[cells, columns of `COLUMNS`]).

    The first row with a sum that cannot be added, as nan; -1 if there is none.
    """
    for i in range(len(cell)):
        row = out[cell[i]]
        row[at.adults] += 1
        asked = False
        for k in range(3):
            row[at.reached + k] += c.history[i, k] & window != 0
            row[at.attended + k] += c.seated[i, k] != 0
            row[at.refused + k] += c.refused[i, k]
            row[at.aware + k] += c.aware[i] & FIELDS_OF[k] != 0
            for q in range(3):
                if c.asks[i, k, q] > 0.0:
                    asked = True
        row[at.audience] += c.seated[i, 0] == 1
        held = 0
        culture = service = deliberation = 0
        for m in range(3):
            o = c.membership[i, m]
            if o >= 0:
                held += 1
                if activity[o] == 0:
                    culture = 1
                elif activity[o] == 1:
                    service = 1
                else:
                    deliberation = 1
        row[at.members_of] += culture
        row[at.members_of + 1] += service
        row[at.members_of + 2] += deliberation
        row[at.members] += held > 0
        row[at.memberships] += held
        row[at.registered] += c.registered[i]
        active = c.service_minutes[i] >= 60
        row[at.active_volunteers] += active
        row[at.registered_active] += active and c.registered[i] != 0
        row[at.enrolled] += c.enrolled[i]
        row[at.asked] += asked
        if c.seated[i, 1] != 0:
            row[at.served_minutes] += c.minutes[i, 1]
            if c.duty[i] > 0:
                row[at.duty_minutes] += c.minutes[i, 1]
        row[at.served_minutes_52] += c.service_minutes[i]
        row[at.duty_minutes_52] += c.duty_minutes_52[i]
        row[at.credit_minutes] += c.credit_minutes[i]
        row[at.asks] += c.asked_now[i]
        row[at.issues_raised] += c.raised[i]
        row[at.care_needed_minutes] += c.care_need[i]
        row[at.care_volunteer_minutes] += c.care[i, 0]
        row[at.care_party_minutes] += c.care[i, 1]
        row[at.care_paid_minutes] += c.care[i, 2]
        row[at.in_service] += c.in_service[i]
        row[at.mobilised] += c.in_service[i] != 0 and c.duty_minutes_52[i] >= 60
        row[at.arrived] += c.arrival[i] == week
        for column, value in (
            (at.skill, c.skill[i]),
            (at.attachment, c.attachment[i]),
            (at.motivation, c.motivation[i]),
            (at.efficacy, c.efficacy[i]),
            (at.embeddedness, c.embeddedness[i]),
            (at.fatigue, c.fatigue[i]),
            (at.knowledge, c.knowledge[i]),
            (at.satisfaction, c.satisfaction[i]),
        ):
            if not -1e6 <= value <= 1e6:
                return i
            row[column] += int(value * FIXED_POINT)
    return -1


@kernel
def by_group(members: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """``members @ counts``: int64[groups, columns]. Most cells are outside of most groups."""
    out = np.zeros((members.shape[0], counts.shape[1]), np.int64)
    for g in range(members.shape[0]):
        for cell in range(members.shape[1]):
            if members[g, cell] != 0:
                for column in range(counts.shape[1]):
                    out[g, column] += counts[cell, column]
    return out


def concentration(minutes: NDArray[np.int32]) -> tuple[float, float]:
    """Share of the top tenth and Gini of those who served at all; nan if nobody did.

    ``minutes`` are int32[n] served in 52 weeks without duty. The top tenth is the ceiling of a tenth of
    the servers.
    """
    served = np.sort(minutes[minutes > 0].astype(np.int64))
    n, total = len(served), int(served.sum())
    if total == 0:
        return float("nan"), float("nan")
    top = int(served[n - (n + 9) // 10 :].sum())
    ranked = int((np.arange(1, n + 1) * served).sum())
    return top / total, (2 * ranked - (n + 1) * total) / (n * total)
