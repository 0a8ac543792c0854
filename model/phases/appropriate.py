"""7.1 appropriate: the yearly money of every instrument is set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.calendar import week_of_year
from model.instruments.base import Funded

if TYPE_CHECKING:
    from model.community import CommunityModel


def appropriate(model: CommunityModel) -> None:
    """Set aside money in an instrument's first week and in the first week of each later fiscal year."""
    new_year = week_of_year(model.week) == 1
    if new_year:
        for organization in model.organizations:
            organization.year_attendances = 0
    for named in model.policies.active(Funded, model.week):
        first = model.first_week(named)
        due = model.week == first or (new_year and model.week > first)
        if due and model.has_target(named):
            model.government.account(named).appropriate(model.week)
