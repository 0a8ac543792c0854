"""What is recorded every week: integer counts by group, and figures of the whole community (ODD 7.14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.core.owned import Own, Shared, State
from model.parameters.decision import ACTIVITIES
from model.parameters.issues import LEVELS
from model.parameters.population import AGE_BANDS, EDUCATIONS, SEXES
from model.state.government import GOVERNMENT_FIGURES, LEDGER, Account
from model.state.residents import Residents

FIXED_POINT = 2.0**40
WINDOW = np.uint64(2**52 - 1)


class At(NamedTuple):
    """Where each count stands in a row of counts; of one by activity, where the first of the three does.

    The fields, in their order, are what is counted of every group: persons, acts, asks, minutes, and from
    ``skill`` on sums of states over adults, in units of 2^-40.
    """

    adults: int
    reached: int
    attended: int
    audience: int
    refused: int
    members_of: int
    members: int
    memberships: int
    registered: int
    active_volunteers: int
    registered_active: int
    enrolled: int
    asked: int
    served_minutes: int
    duty_minutes: int
    served_minutes_52: int
    duty_minutes_52: int
    credit_minutes: int
    aware: int
    asks: int
    issues_raised: int
    care_needed_minutes: int
    care_volunteer_minutes: int
    care_party_minutes: int
    care_paid_minutes: int
    in_service: int
    mobilised: int
    arrived: int
    skill: int
    attachment: int
    motivation: int
    efficacy: int
    embeddedness: int
    fatigue: int
    knowledge: int
    satisfaction: int


BY_ACTIVITY = {
    "reached": "reached",
    "attended": "attended",
    "refused": "refused",
    "members_of": "members",
    "aware": "aware",
}
"""The counts by activity, and how their columns begin: ``members_of`` is ``members_culture`` and so on."""

SUMS = At._fields[At._fields.index("skill") :]


def _columns() -> dict[str, tuple[str, ...]]:
    """The columns of each count."""
    return {
        name: tuple(f"{BY_ACTIVITY[name]}_{k}" for k in ACTIVITIES) if name in BY_ACTIVITY else (name,)
        for name in At._fields
    }


COLUMNS = tuple(column for columns in _columns().values() for column in columns)
AT = At._make(COLUMNS.index(columns[0]) for columns in _columns().values())

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
