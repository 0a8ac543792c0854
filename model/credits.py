"""Volunteer credits: a double-entry ledger in minutes and fen (ODD 7.9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from model.arithmetic import sqrt
from model.draws import smallest, uniforms
from model.errors import GongzhiError, ScenarioError
from model.instruments.credits import CreditScheme

if TYPE_CHECKING:
    from model.community import CommunityModel
    from model.government import Account

ANCHOR_YUAN = 20.0
NOBODY = np.empty(0, np.int64)


def quarter_fen(yuan_per_hour: float) -> int:
    """Fen for a quarter of an hour."""
    return int(25 * yuan_per_hour + 0.5)


@dataclass
class CreditState:
    """The scheme of this arm (None without one), its coverage and its totals in minutes."""

    account: Account | None = None
    coverage: float = 1.0
    issued: int = 0
    spent: int = 0
    expired: int = 0
    rationed: int = 0
    cancelled: int = 0
    ring: NDArray[np.int16] = field(default_factory=lambda: np.empty((0, 0), np.int16))
    recent: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))

    @property
    def scheme(self) -> CreditScheme | None:
        """The instrument, or None."""
        return None if self.account is None else cast(CreditScheme, self.account.instrument)

    def running(self, week: int) -> bool:
        """True while credits are issued. A scheme that never had money does not run: it would enrol for
        nothing."""
        funded = self.account is not None and self.account.appropriated > 0
        return funded and self.scheme is not None and self.scheme.in_force(week)

    def value_fen(self, model: CommunityModel) -> int:
        """Goods value of a quarter of an hour, in fen."""
        scheme = self.scheme
        assert scheme is not None
        own = scheme.price_yuan
        return quarter_fen(model.scenario.costs.credit_value if own is None else own)

    def administration_fen(self, model: CommunityModel) -> int:
        """Administration of a quarter of an hour, in fen."""
        return quarter_fen(model.scenario.costs.credit_administration)

    def pull(self, model: CommunityModel) -> float:
        """Weekly logit of a credit for the enrolled, before saturation; 0 while the reserve is empty."""
        if not self.running(model.week) or self.account is None:
            return 0.0
        value = self.value_fen(model)
        if self.account.free < value + self.administration_fen(model):
            return 0.0
        worth = value / 25 / ANCHOR_YUAN
        pull: float = model.p.b_credit_week * sqrt(worth) * model.scenario.credits.liquidity * self.coverage
        return pull

    def controlling(self, model: CommunityModel) -> float:
        """How controlling the running scheme is, 0 without one."""
        return self.scheme.controlling if self.scheme is not None and self.running(model.week) else 0.0

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

    def week(self, model: CommunityModel) -> None:
        """Expire, issue, spend, enrol, in this order."""
        if self.account is None or (len(self.recent) == 0 and not self.running(model.week)):
            return
        if len(self.recent) == 0:
            self.ring = np.zeros((model.scenario.credits.expiry_weeks, len(model.residents)), np.int16)
            self.recent = np.zeros(len(model.residents), np.int32)
        value = self.value_fen(model)
        self._expire(model, value)
        issued = self._issue(model, value) if self.running(model.week) else NOBODY
        self._spend(model, value)
        slot = model.week % len(self.ring)
        self.ring[slot] = 0
        if len(issued):
            self.ring[slot, issued] = model.residents.minutes[issued, 1]
            self.recent[issued] += model.residents.minutes[issued, 1]
        people = model.residents
        if self.running(model.week):
            self._enrol(model)
        else:
            people.enrolled[:] = 0
            self.account.close()
        if self.issued != int(people.credit_minutes.sum()) + self.spent + self.expired + self.cancelled:
            raise GongzhiError(
                what="credits issued differ from held + spent + expired + cancelled",
                where=f"week {model.week}",
            )

    def _expire(self, model: CommunityModel, value: int) -> None:
        """Minutes older than the expiry leave; spending takes the oldest first, so what is held is newest."""
        people = model.residents
        # the ring's slot of this week holds the minutes issued expiry_weeks ago
        self.recent -= self.ring[model.week % len(self.ring)]
        old = np.maximum(people.credit_minutes - self.recent, 0)
        people.credit_minutes -= old
        minutes = int(old.sum())
        self.expired += minutes
        self._free(minutes // 15 * value)

    def _free(self, amount: int) -> None:
        assert self.account is not None
        self.account.liability -= amount
        self.account.free += amount

    def _issue(self, model: CommunityModel, value: int) -> NDArray[np.int64]:
        """Credit the enrolled who served this week, in the order of their draws, while the reserve lasts."""
        assert self.account is not None
        people, administration = model.residents, self.administration_fen(model)
        rows = np.flatnonzero(
            (people.enrolled != 0)
            & (people.seated[:, 1] != 0)
            & (people.duty <= 0)
            & (people.minutes[:, 1] > 0)
        )
        if len(rows) == 0:
            return NOBODY
        draws = uniforms(model.luck, "credit_order", people.id[rows], model.week)
        rows = rows[smallest(draws, people.id[rows], len(rows))]
        quarters = people.minutes[rows, 1].astype(np.int64) // 15
        cost = np.cumsum(quarters) * (value + administration)
        paid = int(np.searchsorted(cost, self.account.free, side="right"))
        credited = int(quarters[:paid].sum())
        self.coverage = credited / int(quarters.sum())
        self.rationed += paid < len(rows)
        self.account.free -= credited * value
        self.account.liability += credited * value
        self.account.spend(credited * administration)
        people.credit_minutes[rows[:paid]] += people.minutes[rows[:paid], 1]
        self.issued += 15 * credited
        return rows[:paid]

    def _spend(self, model: CommunityModel, value: int) -> None:
        """Holders of enough credits redeem all whole hours for goods."""
        assert self.account is not None
        people, habits = model.residents, model.scenario.credits
        rows = np.flatnonzero(people.credit_minutes >= 60 * habits.spend_from)
        draws = uniforms(model.luck, "credit_spend", people.id[rows], model.week)
        rows = rows[draws < habits.spend_rate]
        minutes = people.credit_minutes[rows] // 60 * 60
        people.credit_minutes[rows] -= minutes
        total = int(minutes.sum())
        self.spent += total
        self.account.liability -= total // 15 * value
        self.account.spent += total // 15 * value

    def _enrol(self, model: CommunityModel) -> None:
        """Volunteers in the target of a running scheme enrol after an act."""
        people = model.residents
        assert self.account is not None
        rows = np.flatnonzero(
            model.target_residents(self.account)
            & (people.enrolled == 0)
            & (people.seated[:, 1] != 0)
            & (people.duty <= 0)
        )
        draws = uniforms(model.luck, "credit_enrol", people.id[rows], model.week)
        people.enrolled[rows[draws < model.scenario.credits.enrol_rate]] = 1

    def cancel(self, model: CommunityModel, rows: NDArray[np.int64]) -> None:
        """The credits of those who move away are cancelled; what backed them is free, or returned."""
        if len(self.recent) == 0:
            return
        minutes = int(model.residents.credit_minutes[rows].sum())
        model.residents.credit_minutes[rows] = 0
        self.ring[:, rows] = 0
        self.recent[rows] = 0
        self.cancelled += minutes
        self._free(minutes // 15 * self.value_fen(model))
        if self.account is not None and not self.running(model.week):
            self.account.close()

    def figures(self) -> list[int]:
        """The figures of `model.outcomes.CREDIT_FIGURES`."""
        return [self.issued, self.spent, self.expired, self.rationed, self.cancelled]

    def copy(self) -> CreditState:
        """An independent state for another arm; the account is set by `adopt`."""
        return CreditState(
            None,
            self.coverage,
            self.issued,
            self.spent,
            self.expired,
            self.rationed,
            self.cancelled,
            self.ring.copy(),
            self.recent.copy(),
        )
