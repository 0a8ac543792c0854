"""Volunteer credits: a double-entry ledger in minutes and fen (ODD 7.9).

What is done with them in a week stands in `model/week/serve/credits.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from model.core.errors import DataError, ScenarioError
from model.core.owned import Anew, Own, State
from model.instruments.credits import CreditScheme
from model.parameters.credits import USES
from model.parameters.population import AGE_BANDS
from model.state.outcomes import FIXED_POINT
from model.state.residents import Residents

if TYPE_CHECKING:
    from model.state.government import Account

NOBODY = np.empty(0, np.int64)
GOODS, SERVICE, SAVE, DONATE = range(len(USES))
GOODS_ONLY = ("goods",)
OLD = AGE_BANDS.index("60-69")
"""Age band from which on savers redeem."""


@dataclass(slots=True)
class CreditState(State):
    """The scheme of this arm (None without one), what is expected of it and its totals in minutes.

    ``ring`` and ``recent`` hold the minutes that everybody got in the last ``expiry_weeks`` weeks, ``queue``
    the rows that wait for service, in order. They are empty until a scheme runs. ``undecided`` are the rows
    whose preferred use is not drawn yet.
    """

    account: Anew[Account | None] = None
    coverage: Own[float] = 1.0
    liquidity: Own[float] = 1.0
    issued: Own[int] = 0
    spent: Own[int] = 0
    expired: Own[int] = 0
    rationed: Own[int] = 0
    cancelled: Own[int] = 0
    donated: Own[int] = 0
    completed: Own[int] = 0
    waited_weeks: Own[int] = 0
    undecided: Own[NDArray[np.int64]] = field(default_factory=lambda: NOBODY)
    ring: Own[NDArray[np.integer]] = field(default_factory=lambda: np.empty((0, 0), np.int16))
    recent: Own[NDArray[np.int32]] = field(default_factory=lambda: np.empty(0, np.int32))
    queue: Own[NDArray[np.int64]] = field(default_factory=lambda: NOBODY)

    @classmethod
    def opened(cls, people: Residents) -> CreditState:
        """The state before the first week: balances of the residents' table count as issued.

        Raises DataError for a balance that is not in whole quarters of an hour.
        """
        bad = np.flatnonzero(people.credit_minutes % 15)
        if len(bad):
            raise DataError(
                what=f"credit_minutes cannot be {people.credit_minutes[bad[0]]}",
                where=f"column credit_minutes, row {bad[0]}",
                why="credits are held in whole quarters of an hour",
                instead="Give multiples of 15",
            )
        return cls(issued=int(people.credit_minutes.sum()), undecided=np.arange(len(people)))

    @property
    def scheme(self) -> CreditScheme | None:
        """The instrument, or None."""
        return None if self.account is None else cast(CreditScheme, self.account.instrument)

    @property
    def begun(self) -> bool:
        """True from the first week on in which the scheme ran."""
        return len(self.recent) > 0

    def running(self, week: int) -> bool:
        """True while credits are issued. A scheme that never had money does not run: it would enrol for
        nothing."""
        funded = self.account is not None and self.account.appropriated > 0
        return funded and self.scheme is not None and self.scheme.in_force(week)

    def adopt(self, accounts: list[Account]) -> None:
        """Find the scheme among the accounts of an arm. Two schemes in one arm are refused."""
        schemes = [a for a in accounts if isinstance(a.instrument, CreditScheme)]
        if len(schemes) > 1:
            raise ScenarioError(
                what="two credit schemes in one arm",
                where=", ".join(a.name for a in schemes),
                why="a resident holds one balance, backed by one account",
                instead="combine policies of which only one has an instrument of kind 'credits'",
            )
        self.account = schemes[0] if schemes else None

    def free(self, amount: int) -> None:
        """Turn liability back into free money."""
        assert self.account is not None
        self.account.liability -= amount
        self.account.free += amount

    def figures(self, people: Residents) -> dict[str, int]:
        """The figures of `model.state.outcomes.CREDIT_FIGURES`."""
        return {
            "credits_issued_minutes": self.issued,
            "credits_spent_minutes": self.spent,
            "credits_expired_minutes": self.expired,
            "credits_rationed_weeks": self.rationed,
            "credits_cancelled_minutes": self.cancelled,
            "credits_donated_minutes": self.donated,
            "credits_saved_minutes": int(people.credit_minutes[savers(self, people)].sum()),
            "credits_waiting_requests": len(self.queue),
            "credits_waiting_minutes": int(people.credit_asked[self.queue].sum()),
            "credits_completed_requests": self.completed,
            "credits_waited_weeks": self.waited_weeks,
            "credits_liquidity": int(self.liquidity * FIXED_POINT),
        }


def savers(state: CreditState, people: Residents) -> NDArray[np.int64]:
    """Rows (int64) of those who save for an old age that they have not reached."""
    if state.scheme is None or "save" not in state.scheme.uses:
        return np.empty(0, np.int64)
    return np.flatnonzero((people.credit_use == SAVE) & (people.age_band < OLD))
