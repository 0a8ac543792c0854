"""How does money change an organization: its dependence, drive, staff and effort in asking (ODD 7.12 g)?"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from model.instruments.base import fen
from model.parameters.life import Life

if TYPE_CHECKING:
    from model.community import CommunityModel
    from model.state.organizations import Organization

MEMBERS = "members"
"""The payer of what an organization raises itself."""


class Shares(NamedTuple):
    """Of smoothed income: the largest outside payer's, controlled and own shares; outside fen a week."""

    dependence: float
    control: float
    own: float
    level: float


@dataclass
class Income:
    """Exponentially smoothed income in fen by payer; ``weight`` is that of the weeks since the beginning.

    ``reference_level`` (fen a week from outside) and ``reference_own`` (share) are those of week 0; None
    until then.
    """

    smoothed: dict[str, float] = field(default_factory=dict)
    controlled: float = 0.0
    weight: float = 0.0
    reference_level: float | None = None
    reference_own: float | None = None

    def copy(self) -> Income:
        """An independent copy."""
        return replace(self, smoothed=dict(self.smoothed))

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


def wanted_drive(start: float, shares: Shares, reference_own: float, p: Life) -> float:
    """Where drive tends: it falls with dependence on a payer who controls, and rises with own income."""
    lost = p.drive_control * shares.dependence * shares.control
    return min(1.0, max(0.0, (start - lost) + p.drive_own * (shares.own - reference_own)))


def asking_effort(shares: Shares, reference_level: float | None, p: Life) -> float:
    """Effort in asking residents, 1 at the reference: less where outside money has grown."""
    if not reference_level:
        return 1.0
    return max(0.0, 1 - p.ask_crowding * max(0.0, shares.level / reference_level - 1))


def develop(model: CommunityModel, organization: Organization, keep: float, fade: float) -> None:
    """A week of one organization's income, staff, drive and effort; ``keep`` of income, ``fade`` of skill."""
    p = model.scenario.life
    income = organization.smoothed_income
    income.week(organization.income, organization.controlled, keep)
    organization.income, organization.controlled = {}, 0.0
    shares = income.shares()
    organization.dependence = shares.dependence
    professionalism = organization.professionalism
    organization.professionalism = (
        professionalism
        + fade * (organization.professionalism_start - professionalism)
        + _gained(model, organization, shares)
    )
    organization.drive += p.drive_rate * (
        wanted_drive(
            organization.drive_start,
            shares,
            shares.own if income.reference_own is None else income.reference_own,
            p,
        )
        - organization.drive
    )
    organization.effort = asking_effort(shares, income.reference_level, p)
    if model.week == 0:
        income.reference_level, income.reference_own = shares.level, shares.own


def _gained(model: CommunityModel, organization: Organization, shares: Shares) -> float:
    """Professionalism bought by outside money above the reference (C11)."""
    reference = organization.smoothed_income.reference_level
    if reference is None:
        return 0.0
    cost = fen(model.scenario.costs.session_cost[organization.legal_form])
    bought = min(1.0, max(0.0, shares.level - reference) / cost)
    return model.scenario.life.prof_money * bought * (1 - organization.professionalism)
