"""Government: one account per funded instrument, in fen, never mixing cash, in kind and liability (ODD
7.1, 7.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, NamedTuple

import mesa

from model.core.calendar import NEVER, YEAR, quarter_end, week_of_year, year_end
from model.core.draws import Kind, born_id
from model.core.owned import Own, Shared, State
from model.instruments.base import Funded, fen
from model.instruments.funding import Award, Controlled, Grant, ProjectFund, Purchase
from model.instruments.policies import Named
from model.state.actor import Actor
from model.state.allocation import split
from model.state.contracts import Contract

if TYPE_CHECKING:
    from model.state.organizations import Organization

LEDGER = ("appropriated", "spent", "returned", "liability", "uncommitted", "in_kind", "contracts")
GOVERNMENT_FIGURES = (
    "budget_cut_fen",
    "contracted_sessions",
    "delivered_sessions",
    "projects_won",
    "administration_fen",
    "publicity_contacts",
    "workstation_weeks",
)
"""What the government of a run has done so far."""

PAYER = "government"
PASSED_ON = (Grant, Award, Purchase, ProjectFund)
"""Instruments whose money goes to organizations, less administration."""
Fen = int


@dataclass(slots=True)
class Account(State):
    """Money of one instrument, ``yearly`` fen a year. ``free`` is released and unspent; ``liability`` backs
    unredeemed credits.

    ``in_kind`` counts what the instrument gave that is not cash of its receiver (rooms, staff hours), at
    shadow prices; ``committed`` is unpaid money of ``contracts``; ``granted`` is the cash given to
    organizations; ``open_in`` is the last week in which a workstation was paid; ``of_policy`` says that the
    instrument is the policy's, and not of the status quo.
    """

    name: Shared[str]
    instrument: Shared[Funded]
    yearly: Shared[int]
    appropriated: Own[Fen] = 0
    spent: Own[Fen] = 0
    returned: Own[Fen] = 0
    unreleased: Own[Fen] = 0
    free: Own[Fen] = 0
    liability: Own[Fen] = 0
    committed: Own[Fen] = 0
    in_kind: Own[Fen] = 0
    granted: Own[Fen] = 0
    administration: Own[Fen] = 0
    tranches: Own[list[tuple[int, int, int]]] = field(default_factory=list)
    contracts: Own[list[Contract]] = field(default_factory=list)
    turn: Own[int] = 0
    open_in: Own[int] = NEVER
    of_policy: Shared[bool] = False

    def last_week(self, week: int) -> int:
        """Last week of an appropriation made in ``week``: that of the fiscal year or of the instrument."""
        end = self.instrument.end
        return year_end(week) if end is None else min(end, year_end(week))

    def wanted(self, week: int, yearly: int | None = None) -> int:
        """What an appropriation in ``week`` comes to, in fen: of ``yearly`` fen, else of the amount."""
        whole = self.yearly if yearly is None else yearly
        return whole * (self.last_week(week) - week + 1) // YEAR

    def appropriate(self, week: int, amount: int | None = None) -> None:
        """Set aside ``amount``, or what is `wanted`, for the weeks from ``week`` to `last_week`."""
        amount = self.wanted(week) if amount is None else amount
        if amount > 0:
            self.appropriated += amount
            self.unreleased += amount
            self.tranches.append((amount, self.last_week(week) - week + 1, week))

    def release(self, week: int) -> None:
        """Move what is due this week to ``free``: weekly parts; by quarter or at the end where the
        instrument pays so."""
        for amount, weeks, first in self.tranches:
            j = week - first
            if not 0 <= j < weeks:
                continue
            start, stop = j, j + 1
            if isinstance(self.instrument, Award):
                start, stop = (0, weeks) if stop == weeks else (0, 0)
            elif isinstance(self.instrument, ProjectFund):
                opens = j == 0 or quarter_end(week - 1) == week - 1
                stop = min(weeks, quarter_end(week) + 1 - first) if opens else start
            due = amount * stop // weeks - amount * start // weeks
            self.unreleased -= due
            self.free += due
        self.tranches = [t for t in self.tranches if week - t[2] < t[1] - 1]

    def release_all(self) -> None:
        """Move everything to ``free`` at once."""
        self.free += self.unreleased
        self.unreleased = 0
        self.tranches = []

    def spend(self, amount: int) -> None:
        """Pay ``amount`` out of free money."""
        self.free -= amount
        self.spent += amount

    def administer(self, amount: int) -> None:
        """Pay ``amount`` of free money for administration."""
        self.spend(amount)
        self.administration += amount

    def give(self, organization: Organization, amount: int) -> None:
        """Pay ``amount`` of free money to an organization, under the instrument's control."""
        self.spend(amount)
        self.granted += amount
        organization.be_granted(amount, self.instrument.payer, self.control)

    @property
    def control(self) -> float:
        """How far its payer administers what the money is used for."""
        return self.instrument.control if isinstance(self.instrument, Controlled) else 0.0

    def commit(self, contract: Contract) -> None:
        """Set free money aside for a contract."""
        self.free -= contract.value
        self.committed += contract.value
        self.contracts.append(contract)

    def pay_contract(self, contract: Contract, organization: Organization, amount: int) -> None:
        """Pay an instalment."""
        contract.paid += amount
        self.committed -= amount
        self.free += amount
        self.give(organization, amount)

    def end_contract(self, contract: Contract) -> None:
        """Return what is unpaid and forget the contract."""
        self.committed -= contract.unpaid
        self.returned += contract.unpaid
        self.contracts.remove(contract)

    def close(self) -> None:
        """Return free money; what backs liability and contracts stays."""
        self.returned += self.free
        self.free = 0

    def balanced(self) -> bool:
        """True while appropriated = spent + returned + committed (unreleased, free, liability,
        contracts), none negative, and the contracts are worth what is committed to them."""
        held = (self.unreleased, self.free, self.liability, self.committed)
        parts = (self.spent, self.returned, *held, self.granted, self.administration, self.in_kind)
        contracts = self.committed == sum(c.unpaid for c in self.contracts)
        passed_on = (
            not isinstance(self.instrument, PASSED_ON) or self.spent == self.granted + self.administration
        )
        whole = self.appropriated == self.spent + self.returned + sum(held)
        return whole and contracts and passed_on and min(parts) >= 0

    def row(self) -> tuple[int, ...]:
        """The figures of `LEDGER`, in fen."""
        return (
            self.appropriated,
            self.spent,
            self.returned,
            self.liability,
            self.free + self.unreleased,
            self.in_kind,
            self.committed,
        )


FEN = tuple(f.name for f in fields(Account) if f.type == "Own[Fen]")
"""The figures of an account that are money: they add up over communities."""


class Cash(NamedTuple):
    """Money of one payer, in fen: appropriated = spent + committed + returned."""

    appropriated: int
    spent: int
    committed: int
    returned: int

    def balanced(self) -> bool:
        """True if it adds up."""
        return self.appropriated == self.spent + self.committed + self.returned


def cash_by_payer(accounts: Iterable[Account]) -> dict[str, Cash]:
    """Cash of each payer, in the order in which they occur. In kind and hours are not cash."""
    found: dict[str, Cash] = {}
    for a in accounts:
        committed = a.unreleased + a.free + a.liability + a.committed
        own = Cash(a.appropriated, a.spent, committed, a.returned)
        before = found.get(a.instrument.payer, Cash(0, 0, 0, 0))
        found[a.instrument.payer] = Cash(*(x + y for x, y in zip(before, own, strict=True)))
    return found


def cut(left: int, accounts: Sequence[Account], amounts: Sequence[int]) -> tuple[list[int], int]:
    """``amounts`` wanted for ``accounts``, those that government pays cut pro rata to what is ``left`` of its
    budget; and what government pays."""
    own = [n if a.instrument.payer == PAYER else 0 for a, n in zip(accounts, amounts, strict=True)]
    given = own if sum(own) <= left else split(left, own)
    return [n - o + g for n, o, g in zip(amounts, own, given, strict=True)], sum(given)


class Government(Actor):
    """Holds the accounts, in the order of the instruments, and what is left of the year's budget; a ``cap``
    of 0 is none.

    ``tally`` counts the figures of `GOVERNMENT_FIGURES` that no account holds.
    """

    accounts: Own[dict[str, Account]]
    cap: Shared[Fen]
    budget_left: Own[Fen]
    tally: Own[dict[str, int]]

    def __init__(self, model: mesa.Model, cap: Fen) -> None:
        super().__init__(model)
        self.unique_id = born_id(Kind.INSTITUTION, 0, 0, 2, 0)
        self.accounts = {}
        self.cap = cap
        self.budget_left = 0
        self.tally = dict.fromkeys(GOVERNMENT_FIGURES, 0)

    def open_accounts(self, status_quo: Sequence[Named[Any]], added: Sequence[Named[Any]]) -> None:
        """Open an account for every instrument with money that has none yet; ``added`` are the policy's."""
        for instruments, of_policy in ((status_quo, False), (added, True)):
            for named in instruments:
                if isinstance(named.instrument, Funded) and named.name not in self.accounts:
                    yearly = fen(named.instrument.amount_yuan)
                    account = Account(named.name, named.instrument, yearly, of_policy=of_policy)
                    self.accounts[named.name] = account

    def account(self, named: Named[Any]) -> Account:
        """The account of an instrument."""
        return self.accounts[named.name]

    def open_budget(self, week: int) -> None:
        """The budget of a fiscal year, or of what is left of it, begins."""
        self.budget_left = self.cap * (YEAR + 1 - week_of_year(week)) // YEAR

    def within_budget(self, accounts: Sequence[Account], week: int) -> list[int]:
        """What each account is appropriated in ``week``: what it wants, cut pro rata to what is left."""
        amounts = [a.wanted(week) for a in accounts]
        if self.cap == 0:
            return amounts
        given, own = cut(self.budget_left, accounts, amounts)
        self.budget_left -= own
        self.tally["budget_cut_fen"] += sum(amounts) - sum(given)
        return given

    def figures(self) -> dict[str, int]:
        """The figures of `GOVERNMENT_FIGURES`."""
        administration = sum(a.administration for a in self.accounts.values())
        return {**self.tally, "administration_fen": administration}


@dataclass(slots=True)
class Purse(State):
    """The district's budget of the fiscal year, in fen: what reaches the simulated communities.

    ``amounts`` are fen a year by instrument; ``cap`` is the yearly budget (0: no cap), ``left`` what is left
    of it.
    """

    amounts: Shared[dict[str, int]]
    division: Shared[str]
    cap: Shared[int]
    left: Own[int] = 0
