"""What an organization took in lately, by payer (ODD 7.12 g)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from model.core.owned import Own, State

MEMBERS = "members"
"""The payer of what an organization raises itself."""


class Shares(NamedTuple):
    """Of smoothed income: the largest outside payer's, controlled and own shares; outside fen a week."""

    dependence: float
    control: float
    own: float
    level: float


@dataclass(slots=True)
class Income(State):
    """Exponentially smoothed income in fen by payer; ``weight`` is that of the weeks since the beginning.

    ``reference_level`` (fen a week from outside) and ``reference_own`` (share) are those of week 0; None
    until then.
    """

    smoothed: Own[dict[str, float]] = field(default_factory=dict)
    controlled: Own[float] = 0.0
    weight: Own[float] = 0.0
    reference_level: Own[float | None] = None
    reference_own: Own[float | None] = None

    def week(self, paid: dict[str, int], controlled: float, keep: float) -> None:
        """Let a week's income in; ``keep`` is the share of the past that stays."""
        for payer, amount in paid.items():
            if amount > 0:
                self.smoothed.setdefault(payer, 0.0)
        for payer, before in self.smoothed.items():
            self.smoothed[payer] = keep * before + (1 - keep) * paid.get(payer, 0)
        self.controlled = keep * self.controlled + (1 - keep) * controlled
        self.weight = keep * self.weight + (1 - keep)

    def take_over(self, other: Income) -> None:
        """Add the income of an organization that merged into this one; its weeks count as this one's."""
        for payer, amount in other.smoothed.items():
            self.smoothed[payer] = self.smoothed.get(payer, 0.0) + amount
        self.controlled += other.controlled
        if self.reference_level is not None and other.reference_level is not None:
            self.reference_level += other.reference_level

    def shares(self) -> Shares:
        """Dependence, control and own share, each 0 to 1, and the weekly mean from outside in fen."""
        total = outside = top = 0.0
        for payer, amount in self.smoothed.items():
            total += amount
            if payer != MEMBERS:
                outside += amount
                top = max(top, amount)
        if total == 0.0:
            return Shares(0.0, 0.0, 0.0 if self.reference_own is None else self.reference_own, 0.0)
        own = self.smoothed.get(MEMBERS, 0.0) / total
        return Shares(top / total, min(1.0, self.controlled / total), own, outside / self.weight)
