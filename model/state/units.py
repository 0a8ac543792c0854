"""Resident units (驻区单位): schools, banks, shops that lend rooms and sponsor (ODD 7.2, 7.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from model.core.draws import Kind, born_id, community_hash
from model.core.owned import Own, Shared
from model.instruments.base import fen
from model.state.actor import Actor

if TYPE_CHECKING:
    from model.scenario.specs import UnitSpec


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
