"""What is recorded every week: integer counts by group, and figures of the whole community (ODD 7.14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.core.compiled import kernel
from model.core.owned import Own, Shared, State
from model.parameters.decision import ACTIVITIES
from model.parameters.issues import LEVELS
from model.parameters.population import AGE_BANDS, EDUCATIONS, SEXES
from model.state.government import GOVERNMENT_FIGURES, LEDGER, Account
from model.state.residents import Residents

FIXED_POINT = 2.0**40
WINDOW = np.uint64(2**52 - 1)

COUNTS = (
    "adults",
    *(f"reached_{k}" for k in ACTIVITIES),
    *(f"attended_{k}" for k in ACTIVITIES),
    "audience",
    *(f"refused_{k}" for k in ACTIVITIES),
    *(f"members_{k}" for k in ACTIVITIES),
    "members",
    "memberships",
    "registered",
    "active_volunteers",
    "registered_active",
    "enrolled",
    "asked",
    "served_minutes",
    "duty_minutes",
    "served_minutes_52",
    "duty_minutes_52",
    "credit_minutes",
    *(f"aware_{k}" for k in ACTIVITIES),
    "asks",
    "issues_raised",
    "care_needed_minutes",
    "care_volunteer_minutes",
    "care_party_minutes",
    "care_paid_minutes",
    "in_service",
    "mobilised",
    "arrived",
)
SUMS = (
    "skill",
    "attachment",
    "motivation",
    "efficacy",
    "embeddedness",
    "fatigue",
    "knowledge",
    "satisfaction",
)
COLUMNS = COUNTS + SUMS

OFFER_FIGURES = (
    *(f"sessions_{k}" for k in ACTIVITIES),
    *(f"places_{k}" for k in ACTIVITIES),
    *(f"demand_{k}" for k in ACTIVITIES),
    *(f"offers_limited_{k}" for k in ACTIVITIES),
    *(f"offers_bound_{k}" for k in ACTIVITIES),
)
CREDIT_FIGURES = (
    "credits_issued_minutes",
    "credits_spent_minutes",
    "credits_expired_minutes",
    "credits_rationed_weeks",
    "credits_cancelled_minutes",
    "credits_donated_minutes",
    "credits_saved_minutes",
    "credits_waiting_requests",
    "credits_waiting_minutes",
    "credits_completed_requests",
    "credits_waited_weeks",
    "credits_liquidity",
)
CARE_FIGURES = (
    "care_given_volunteer_minutes",
    "care_given_party_minutes",
    "care_redeemed_minutes",
    "care_idle_minutes",
    "care_unmet_persons",
)
STAFF_FIGURES = ("staff_in_kind_fen",)
MOVE_FIGURES = ("moved", "memberships_moved")
PARTY_FIGURES = (
    "party_quota_met",
    "party_visits",
    "staff_visits",
    "staff_visits_refused",
    "staff_free_minutes",
    "organizations_with_party",
    "unit_cash_fen",
    "unit_in_kind_fen",
)
ORGANIZATION_FIGURES = (
    "organization_balance_fen",
    "organization_spent_fen",
    "organization_in_kind_fen",
)
LIFE_FIGURES = (
    "organizations_informal",
    "organizations_filed",
    "organizations_registered",
    "organizations_founded",
    "organizations_dissolved",
    "organizations_merged",
    "organizations_led",
    "organizations_covered",
    "organizations_drive",
    "organizations_dependence",
    "organization_fees_fen",
    "organization_returned_fen",
)
ISSUE_FIGURES = (
    "issues_in_time",
    "issues_late",
    "issues_failed",
    "issues_withdrawn",
    "issues_escalated",
    *(f"issues_waiting_{level}" for level in LEVELS),
    "issues_waited_weeks",
)
"""So far, but for what is waiting now; weeks waited are those of all issues settled."""
WEEKLY = (
    *OFFER_FIGURES,
    *CREDIT_FIGURES,
    *CARE_FIGURES,
    *STAFF_FIGURES,
    *PARTY_FIGURES,
    *ORGANIZATION_FIGURES,
    *LIFE_FIGURES,
    *MOVE_FIGURES,
    *GOVERNMENT_FIGURES,
    *ISSUE_FIGURES,
)
"""Figures of the whole community. Each part is written by the part of the state it speaks of: `figures()`."""

AVERAGED = ("credits_liquidity",)
"""Those that do not add up over communities: a district has their mean, rounded down."""

GROUPS = (
    "all",
    *(f"sex:{s}" for s in SEXES),
    *(f"age:{a}" for a in AGE_BANDS),
    *(f"education:{e}" for e in EDUCATIONS),
    "residence:local",
    "residence:migrant",
    "party:no",
    "party:member",
    "care:none",
    "care:needed",
)
ATTRIBUTES = ("sex", "age_band", "education", "migrant", "party", "needs_care")


SIZES = (len(SEXES), len(AGE_BANDS), len(EDUCATIONS), 2, 2, 2)


@dataclass(slots=True)
class Grouping(State):
    """A cell of equal attributes for every resident, and which cells make up each group."""

    cell: Own[NDArray[np.int64]]
    members: Shared[NDArray[np.int64]]


def cells(people: Residents) -> NDArray[np.int64]:
    """The cell of every resident: its `ATTRIBUTES` as one number, int64[n]."""
    code = np.zeros(len(people), np.int64)
    columns = people.columns()
    for attribute, size in zip(ATTRIBUTES, SIZES, strict=True):
        code = code * size + columns[attribute]
    return code


def grouping(people: Residents) -> Grouping:
    """Cells of the residents, and the groups: int64[groups, cells], 1 where a cell belongs to a group."""
    kinds = np.indices(SIZES).reshape(len(SIZES), -1)
    rows = [np.ones(kinds.shape[1], np.int64)]
    for values, size in zip(kinds, SIZES, strict=True):
        rows += [(values == value).astype(np.int64) for value in range(size)]
    return Grouping(cells(people), np.stack(rows))


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
    out: NDArray[np.int64],
) -> int:
    """Add every resident to the row of its cell in ``out`` (int64[cells, columns of `COLUMNS`]).

    The first row with a sum that cannot be added, as nan; -1 if there is none.
    """
    fields_of = (np.uint8(7), np.uint8(24), np.uint8(96))
    for i in range(len(cell)):
        row = out[cell[i]]
        row[0] += 1
        asked = False
        for k in range(3):
            row[1 + k] += c.history[i, k] & window != 0
            row[4 + k] += c.seated[i, k] != 0
            row[8 + k] += c.refused[i, k]
            row[26 + k] += c.aware[i] & fields_of[k] != 0
            for q in range(3):
                if c.asks[i, k, q] > 0.0:
                    asked = True
        row[7] += c.seated[i, 0] == 1
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
        row[11] += culture
        row[12] += service
        row[13] += deliberation
        row[14] += held > 0
        row[15] += held
        row[16] += c.registered[i]
        active = c.service_minutes[i] >= 60
        row[17] += active
        row[18] += active and c.registered[i] != 0
        row[19] += c.enrolled[i]
        row[20] += asked
        if c.seated[i, 1] != 0:
            row[21] += c.minutes[i, 1]
            if c.duty[i] > 0:
                row[22] += c.minutes[i, 1]
        row[23] += c.service_minutes[i]
        row[24] += c.duty_minutes_52[i]
        row[25] += c.credit_minutes[i]
        row[29] += c.asked_now[i]
        row[30] += c.raised[i]
        row[31] += c.care_need[i]
        row[32] += c.care[i, 0]
        row[33] += c.care[i, 1]
        row[34] += c.care[i, 2]
        row[35] += c.in_service[i]
        row[36] += c.in_service[i] != 0 and c.duty_minutes_52[i] >= 60
        row[37] += c.arrival[i] == week
        for s, value in enumerate(
            (
                c.skill[i],
                c.attachment[i],
                c.motivation[i],
                c.efficacy[i],
                c.embeddedness[i],
                c.fatigue[i],
                c.knowledge[i],
                c.satisfaction[i],
            )
        ):
            if not -1e6 <= value <= 1e6:
                return i
            row[38 + s] += int(value * 1099511627776.0)
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


class Records:
    """What a run leaves: one entry per recorded week (`weeks`), and who took part in each year.

    ``accounts``, ``payers`` and ``kinds`` name the accounts, who pays into them and for what instrument;
    ``of_policy`` says which are the policy's.
    """

    def __init__(self, accounts: Sequence[Account]) -> None:
        self.accounts = tuple(a.name for a in accounts)
        self.payers = tuple(a.instrument.payer for a in accounts)
        self.kinds = tuple(a.instrument.kind for a in accounts)
        self.of_policy = tuple(a.of_policy for a in accounts)
        self.weeks: list[int] = []
        self.counts: list[NDArray[np.int64]] = []
        self.weekly: list[list[int]] = []
        self.spread: list[tuple[float, float, float]] = []
        self.money: list[list[tuple[int, ...]]] = []
        self.took_part: list[NDArray[np.uint8]] = []

    def arrays(self) -> dict[str, NDArray[np.int64] | NDArray[np.float64]]:
        """Everything recorded, stacked: counts[week, group, column], weekly, spread, money[week,
        account, LEDGER]."""
        return {
            "weeks": np.array(self.weeks, np.int64),
            "counts": np.stack(self.counts),
            "weekly": np.array(self.weekly, np.int64),
            "spread": np.array(self.spread, np.float64),
            "money": np.array(self.money, np.int64).reshape(len(self.weeks), len(self.accounts), len(LEDGER)),
        }
