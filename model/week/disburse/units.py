"""Which resident units support which associations, with what (ODD 7.2, 7.4)?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.core.calendar import YEAR, week_of_year
from model.instruments.mobilisation import CoBuilding

if TYPE_CHECKING:
    from model.state.community import Community
    from model.state.organizations import Organization
    from model.state.units import ResidentUnit


def agreements(model: Community) -> list[tuple[ResidentUnit, list[Organization]]]:
    """Units under agreement this week and the organizations they support; a unit's first agreement counts."""
    signed = model.policies.active(CoBuilding, model.week) if model.units else []
    found: list[tuple[ResidentUnit, list[Organization]]] = []
    for unit in model.units if signed else []:
        for named in signed:
            names, organizations = named.instrument.units, model.target_organizations(named)
            if organizations and (names is None or unit.name in names):
                found.append((unit, organizations))
                break
    return found


def sponsor(model: Community) -> None:
    """Pay this week's part of the yearly sponsorship; the first organizations get the odd fen."""
    w = week_of_year(model.week)
    for unit, organizations in agreements(model):
        due = unit.sponsorship * w // YEAR - unit.sponsorship * (w - 1) // YEAR
        part, odd = divmod(due, len(organizations))
        for i, organization in enumerate(organizations):
            organization.be_sponsored(part + (i < odd))
        unit.cash += due


def hosts(model: Community) -> list[list[tuple[ResidentUnit, float]]]:
    """For each organization the units that lend to it and the sessions a week that each houses."""
    lists: list[list[tuple[ResidentUnit, float]]] = [[] for _ in model.organizations]
    for unit, organizations in agreements(model):
        for organization in organizations:
            lists[organization.index].append((unit, unit.rooms / len(organizations)))
    return lists
