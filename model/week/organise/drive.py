"""How does money change an organization: its dependence, drive, staff and effort in asking (ODD 7.12 g)?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.instruments.base import fen
from model.parameters.life import Life
from model.state.income import Shares

if TYPE_CHECKING:
    from model.state.community import Community
    from model.state.organizations import Organization


def wanted_drive(start: float, shares: Shares, reference_own: float, p: Life) -> float:
    """Where drive tends: it falls with dependence on a payer who controls, and rises with own income."""
    lost = p.drive_control * shares.dependence * shares.control
    return min(1.0, max(0.0, (start - lost) + p.drive_own * (shares.own - reference_own)))


def asking_effort(shares: Shares, reference_level: float | None, p: Life) -> float:
    """Effort in asking residents, 1 at the reference: less where outside money has grown."""
    if not reference_level:
        return 1.0
    return max(0.0, 1 - p.ask_crowding * max(0.0, shares.level / reference_level - 1))


def develop(model: Community, organization: Organization, keep: float, fade: float) -> None:
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


def _gained(model: Community, organization: Organization, shares: Shares) -> float:
    """Professionalism bought by outside money above the reference (C11)."""
    reference = organization.smoothed_income.reference_level
    if reference is None:
        return 0.0
    cost = fen(model.scenario.costs.session_cost[organization.legal_form])
    bought = min(1.0, max(0.0, shares.level - reference) / cost)
    return model.scenario.life.prof_money * bought * (1 - organization.professionalism)
