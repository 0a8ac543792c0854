"""Resident units (驻区单位): schools, banks, shops that lend rooms and sponsor (ODD 7.2, 7.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from model.core.calendar import YEAR, week_of_year
from model.core.draws import Kind, born_id, community_hash
from model.core.owned import Own, Shared
from model.instruments.base import fen
from model.instruments.mobilisation import CoBuilding
from model.state.actor import Actor

if TYPE_CHECKING:
    from model.scenario.specs import UnitSpec
    from model.state.community import Community
    from model.state.organizations import Organization


class ResidentUnit(Actor):
    """A unit with ``rooms`` (sessions a week) and a yearly ``sponsorship`` (fen).

    ``cash`` and ``in_kind`` (fen, rooms at the shadow price) count what it gave since the spin-up began.
    """

    name: Shared[str]
    title: Shared[str]
    title_zh: Shared[str]
    rooms: Shared[float]
    sponsorship: Shared[int]
    cash: Own[int]
    in_kind: Own[int]

    def __init__(self, model: mesa.Model, index: int, name: str, spec: UnitSpec, community: str) -> None:
        super().__init__(model)
        self.unique_id = born_id(Kind.UNIT, community_hash(community), 0, index, 0)
        self.name = name
        self.title = spec.title or name
        self.title_zh = spec.title_zh or spec.title or name
        self.rooms = spec.rooms
        self.sponsorship = fen(spec.sponsorship_yuan)
        self.cash = self.in_kind = 0


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
