"""Government: one account per funded instrument, in fen, never mixing cash, in kind and liability (ODD
7.1, 7.2)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import mesa

from model.calendar import year_end
from model.draws import Kind, born_id
from model.instruments.base import Funded, fen
from model.policies import Named

LEDGER = ("appropriated", "spent", "returned", "liability", "uncommitted", "in_kind")


@dataclass
class Account:
    """Money of one instrument. ``free`` is released and unspent; ``liability`` backs unredeemed credits.

    ``in_kind`` counts what the instrument gave that is not cash of its receiver (rooms, staff hours), at
    shadow prices.
    """

    name: str
    instrument: Funded
    appropriated: int = 0
    spent: int = 0
    returned: int = 0
    unreleased: int = 0
    free: int = 0
    liability: int = 0
    in_kind: int = 0
    tranches: list[tuple[int, int, int]] = field(default_factory=list)
    turn: int = 0

    def appropriate(self, week: int) -> None:
        """Set aside the money of the weeks from ``week`` to the end of the fiscal year or of the
        instrument."""
        last = year_end(week) if self.instrument.end is None else min(self.instrument.end, year_end(week))
        weeks = last - week + 1
        amount = fen(self.instrument.amount_yuan) * weeks // 52
        if amount > 0:
            self.appropriated += amount
            self.unreleased += amount
            self.tranches.append((amount, weeks, week))

    def release(self, week: int, *, at_the_end: bool = False) -> None:
        """Move what is due this week to ``free``: equal weekly parts, or all in the last week."""
        for amount, weeks, first in self.tranches:
            j = week - first
            if not 0 <= j < weeks:
                continue
            if at_the_end:
                due = amount if j == weeks - 1 else 0
            else:
                due = amount * (j + 1) // weeks - amount * j // weeks
            self.unreleased -= due
            self.free += due
        self.tranches = [t for t in self.tranches if week - t[2] < t[1] - 1]

    def spend(self, amount: int) -> None:
        """Pay ``amount`` out of free money."""
        self.free -= amount
        self.spent += amount

    def copy(self) -> Account:
        """An independent account with the same figures."""
        return replace(self, tranches=list(self.tranches))

    def close(self) -> None:
        """Return free money after the last week; what backs liability stays."""
        self.returned += self.free
        self.free = 0

    def balanced(self) -> bool:
        """True while appropriated = spent + returned + committed (unreleased, free, liability), none
        negative."""
        committed = self.unreleased + self.free + self.liability
        parts = (self.spent, self.returned, self.unreleased, self.free, self.liability)
        return self.appropriated == self.spent + self.returned + committed and min(parts) >= 0

    def row(self) -> tuple[int, ...]:
        """The figures of `LEDGER`, in fen."""
        return (
            self.appropriated,
            self.spent,
            self.returned,
            self.liability,
            self.free + self.unreleased,
            self.in_kind,
        )


class Government(mesa.Agent):  # type: ignore[misc]
    """Holds the accounts, in the order of the instruments."""

    def __init__(self, model: mesa.Model, accounts: list[Account]) -> None:
        super().__init__(model)
        self.unique_id = born_id(Kind.INSTITUTION, 0, 0, 2, 0)
        self.accounts = {a.name: a for a in accounts}

    def account(self, named: Named[Any]) -> Account:
        """The account of an instrument."""
        return self.accounts[named.name]
