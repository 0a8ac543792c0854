"""Volunteer credits: a double-entry ledger in minutes and fen (ODD 7.9). What holders do with them stands in
`model/week/redemption.py`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from model.core.arithmetic import sqrt
from model.core.draws import smallest, uniforms
from model.core.errors import DataError, GongzhiError, ScenarioError
from model.instruments.base import quarter_fen
from model.instruments.credits import CreditScheme
from model.state.outcomes import FIXED_POINT
from model.state.residents import NEVER, Residents
from model.week.redemption import GOODS_ONLY, preferred_uses, redeem, savers, use_credits

if TYPE_CHECKING:
    from model.community import CommunityModel
    from model.state.government import Account

ANCHOR_YUAN = 20.0
NOBODY = np.empty(0, np.int64)


@dataclass
class CreditState:
    """The scheme of this arm (None without one), what is expected of it and its totals in minutes.

    ``ring`` and ``recent`` hold the minutes that everybody got in the last ``expiry_weeks`` weeks, ``queue``
    the rows that wait for service, in order. They are empty until a scheme runs. ``undecided`` are the rows
    whose preferred use is not drawn yet.
    """

    account: Account | None = None
    coverage: float = 1.0
    liquidity: float = 1.0
    issued: int = 0
    spent: int = 0
    expired: int = 0
    rationed: int = 0
    cancelled: int = 0
    donated: int = 0
    completed: int = 0
    waited_weeks: int = 0
    undecided: NDArray[np.int64] = field(default_factory=lambda: NOBODY)
    ring: NDArray[np.integer] = field(default_factory=lambda: np.empty((0, 0), np.int16))
    recent: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    queue: NDArray[np.int64] = field(default_factory=lambda: NOBODY)

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

    def value_fen(self, model: CommunityModel) -> int:
        """Goods value of a quarter of an hour, in fen."""
        scheme = self.scheme
        assert scheme is not None
        own = scheme.price_yuan
        return quarter_fen(model.scenario.costs.credit_value if own is None else own)

    def administration_fen(self, model: CommunityModel) -> int:
        """Administration of a quarter of an hour, in fen."""
        return quarter_fen(model.scenario.costs.credit_administration)

    def pull(self, model: CommunityModel) -> NDArray[np.float64]:
        """float64[uses]: weekly logit of a credit for the enrolled by its use, before saturation; 0 while
        the reserve is empty."""
        if not self.running(model.week) or self.account is None:
            return np.zeros(4)
        value = self.value_fen(model)
        if self.account.free < value + self.administration_fen(model):
            return np.zeros(4)
        worth = model.p.b_credit_week * sqrt(value / 25 / ANCHOR_YUAN)
        liquid = (model.scenario.credits.liquidity, self.liquidity, 1.0, 1.0)
        return np.array([worth * of_use * self.coverage for of_use in liquid])

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

    def week(self, model: CommunityModel, care_minutes: int) -> int:
        """Expire, issue, use, redeem, enrol, in this order.

        ``care_minutes`` are those that volunteers gave this week; returns how many of them were redeemed.
        """
        if self.account is None or not (self.begun or self.running(model.week)):
            return 0
        value, scheme, running = self.value_fen(model), self.scheme, self.running(model.week)
        assert scheme is not None
        if not self.begun:
            self._begin(model, value)
        if scheme.uses != GOODS_ONLY:
            model.residents.credit_use[self.undecided] = preferred_uses(model, scheme, self.undecided)
        self.undecided = NOBODY
        self._expire(model, value)
        issued = self._issue(model, value) if running else NOBODY
        receivers, gifts = use_credits(self, model, value)
        slot = self.ring[model.week % len(self.ring)]
        slot[:] = 0
        slot[issued] = model.residents.minutes[issued, 1]
        self.recent[issued] += model.residents.minutes[issued, 1]
        np.add.at(slot, receivers, gifts)
        np.add.at(self.recent, receivers, gifts)
        redeemed = 0 if scheme.uses == GOODS_ONLY else redeem(self, model, care_minutes, value)
        if running:
            self._enrol(model)
        else:
            model.residents.enrolled[:] = 0
            self.account.close()
        return redeemed

    def _begin(self, model: CommunityModel, value: int) -> None:
        """The scheme's first week: balances held before it are of last week and come with their reserve."""
        assert self.account is not None
        assert self.scheme is not None
        held = model.residents.credit_minutes
        # a week's own service fits 16 bits; gifts and balances from elsewhere may not
        wide = "donate" in self.scheme.uses or held.any()
        kind = np.int32 if wide else np.int16
        self.ring = np.zeros((model.scenario.credits.expiry_weeks, len(held)), kind)
        self.ring[(model.week - 1) % len(self.ring)] = held
        self.recent = held.copy()
        reserve = int(held.sum()) // 15 * value
        self.account.appropriated += reserve
        self.account.liability += reserve

    def _expire(self, model: CommunityModel, value: int) -> None:
        """Minutes older than the expiry leave; spending takes the oldest first, so what is held is newest."""
        people = model.residents
        # the ring's slot of this week holds the minutes issued expiry_weeks ago
        self.recent -= self.ring[model.week % len(self.ring)]
        old = np.maximum(people.credit_minutes - np.maximum(self.recent, people.credit_asked), 0)
        old[savers(self, people)] = 0
        people.credit_minutes -= old
        minutes = int(old.sum())
        self.expired += minutes
        self.free(minutes // 15 * value)

    def free(self, amount: int) -> None:
        """Turn liability back into free money."""
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
        """End the credits and requests of ``rows`` (int64), who leave the community; their reserve is freed,
        and returned if the scheme is over."""
        people = model.residents
        minutes = int(people.credit_minutes[rows].sum())
        self.cancelled += minutes
        for column in (people.credit_minutes, people.credit_asked, people.enrolled, people.credit_use):
            column[rows] = 0
        people.credit_asked_week[rows] = NEVER
        if self.account is None or not self.begun:
            return
        self.ring[:, rows] = 0
        self.recent[rows] = 0
        self.queue = self.queue[people.credit_asked[self.queue] != 0]
        self.undecided = np.concatenate((self.undecided, rows))
        self.free(minutes // 15 * self.value_fen(model))
        if not self.running(model.week):
            self.account.close()

    def check(self, model: CommunityModel) -> None:
        """Raise GongzhiError unless every minute issued is accounted for and what is held is backed."""
        held = int(model.residents.credit_minutes.sum())
        if self.issued != held + self.spent + self.expired + self.cancelled:
            raise GongzhiError(
                what="credits issued differ from held + spent + expired + cancelled",
                where=f"week {model.week}",
                why="this is a bug in gongzhi",
            )
        owed = held // 15 * self.value_fen(model) if self.begun else 0
        if self.account is not None and self.account.liability != owed:
            raise GongzhiError(
                what=f"credits worth {owed} fen are held and {self.account.liability} fen back them",
                where=f"week {model.week}",
                why="this is a bug in gongzhi",
            )

    def figures(self, people: Residents) -> list[int]:
        """The figures of `model.state.outcomes.CREDIT_FIGURES`."""
        return [
            self.issued,
            self.spent,
            self.expired,
            self.rationed,
            self.cancelled,
            self.donated,
            int(people.credit_minutes[savers(self, people)].sum()),
            len(self.queue),
            int(people.credit_asked[self.queue].sum()),
            self.completed,
            self.waited_weeks,
            int(self.liquidity * FIXED_POINT),
        ]

    def copy(self) -> CreditState:
        """An independent state for another arm; the account is set by `adopt`."""
        return replace(
            self,
            account=None,
            ring=self.ring.copy(),
            recent=self.recent.copy(),
            queue=self.queue.copy(),
        )
