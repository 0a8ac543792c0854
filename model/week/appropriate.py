"""7.1 appropriate: the yearly money of every instrument is set aside, within the budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.core.calendar import week_of_year
from model.instruments.base import Funded
from model.instruments.funding import Purchase
from model.week.disburse.contracts import sign

if TYPE_CHECKING:
    from model.instruments.policies import Named
    from model.state.community import Community


def appropriate(model: Community) -> None:
    """Set aside money in an instrument's first week and in the first week of each later fiscal year."""
    government, new_year = model.government, week_of_year(model.week) == 1
    if new_year:
        for organization in model.organizations:
            organization.year_attendances = 0
    if new_year or model.week == 1 - model.scenario.run.spin_up:
        government.open_budget(model.week)
    now = due(model)
    accounts = [government.account(named) for named in now]
    if model.of_district:
        amounts = [model.shares[named.name] for named in now]
    else:
        amounts = government.within_budget(accounts, model.week)
    for account, amount in zip(accounts, amounts, strict=True):
        account.appropriate(model.week, amount)
    for purchase in model.policies.active(Purchase, model.week):
        if purchase.name in {named.name for named in now}:
            sign(model, purchase)


def due(model: Community) -> list[Named[Funded]]:
    """Instruments that set money aside this week, in order: their time has come, and they reach somebody."""
    found, new_year = [], week_of_year(model.week) == 1
    for named in model.policies.active(Funded, model.week):
        first = model.first_week(named)
        if (model.week == first or (new_year and model.week > first)) and model.has_target(named):
            found.append(named)
    return found
