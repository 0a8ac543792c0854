"""Associations and the residents' committee: ordinary Mesa agents (ODD 2, 7.4)."""

from __future__ import annotations

from typing import NamedTuple

import mesa

from model.allocation import Lately
from model.draws import Kind, born_id, community_hash
from model.instruments.base import FIELDS, Target, fen
from model.scenario import OrganizationSpec, SittingSpec

START = "start"
"""The payer of the money an organization has at the start."""


class Organization(mesa.Agent):  # type: ignore[misc]
    """A community social organization.

    Money in fen; ``members`` is recounted every week from the residents' memberships; ``year_attendances``
    counts person-times at its sessions since the fiscal year began; ``carry`` is its fraction of a session.
    ``received_by`` adds up what it received, by payer, ``granted`` what came from instruments, and
    ``sessions_held`` its sessions; ``lately`` holds the weeks that allocation rules look back on.
    """

    def __init__(
        self, model: mesa.Model, index: int, name: str, spec: OrganizationSpec, community: str
    ) -> None:
        super().__init__(model)
        self.index = index
        self.name = name
        self.title = spec.title or name
        self.title_zh = spec.title_zh or spec.title or name
        self.fields = tuple(FIELDS.index(f) for f in spec.fields)
        self.activity = spec.activity
        self.id = born_id(Kind.ORGANIZATION, community_hash(community), self.fields[0], index, 0)
        self.unique_id = self.id
        self.legal_form = spec.legal_form
        self.open_air = spec.open_air
        self.lent_sessions = spec.lent_sessions
        self.professionalism = self.professionalism_start = spec.professionalism
        self.drive = spec.drive
        self.reputation = spec.reputation
        self.members = spec.members
        self.balance = self.received = fen(spec.balance_yuan)
        self.spent = self.in_kind = 0
        self.income: dict[str, int] = {}
        self.controlled = 0.0
        self.carry = 0.0
        self.year_attendances = 0
        self.alive = True
        self.granted = 0
        self.received_by: dict[str, int] = {START: self.balance}
        self.sessions_held = 0
        self.lately = Lately(counted=self.received)

    @property
    def quality(self) -> float:
        """Mean of professionalism, drive and reputation."""
        return (self.professionalism + self.drive + self.reputation) / 3

    def receive(self, amount: int, payer: str, control: float = 0.0) -> None:
        """Money in fen from ``payer``, who controls its use with strength ``control`` in [0, 1].

        ``income`` (fen by payer) and ``controlled`` (fen times control) gather a week's money until
        `organise` reads them.
        """
        self.balance += amount
        self.received += amount
        self.received_by[payer] = self.received_by.get(payer, 0) + amount
        self.income[payer] = self.income.get(payer, 0) + amount
        self.controlled += amount * control

    def be_granted(self, amount: int, payer: str, control: float) -> None:
        """Money in fen from the account of an instrument; ``granted`` adds it up for the ledgers."""
        self.granted += amount
        self.receive(amount, payer, control)

    def be_lent(self, amount: int, payer: str, control: float) -> None:
        """Rooms worth ``amount`` fen: income in the eyes of `organise`, but never cash."""
        self.in_kind += amount
        self.income[payer] = self.income.get(payer, 0) + amount
        self.controlled += amount * control

    def pay(self, amount: int) -> None:
        """Money for sessions, in fen."""
        self.balance -= amount
        self.spent += amount

    def matches(self, target: Target) -> bool:
        """True if field, legal form and name fit every column of ``target``."""
        own: dict[str, set[object]] = {
            "field": {FIELDS[f] for f in self.fields},
            "legal_form": {self.legal_form},
            "name": {self.name},
        }
        return all(own[column] & set(values) for column, values in target.items())

    def copy_state(self, other: Organization) -> None:
        """Take over the state of the same organization in another arm."""
        for key in (
            "professionalism",
            "members",
            "balance",
            "received",
            "spent",
            "in_kind",
            "carry",
            "year_attendances",
            "drive",
            "alive",
            "granted",
            "sessions_held",
            "controlled",
        ):
            setattr(self, key, getattr(other, key))
        self.received_by, self.income = dict(other.received_by), dict(other.income)
        self.lately = other.lately.copy()


class ResidentsCommittee(mesa.Agent):  # type: ignore[misc]
    """Holds the sittings (hearings, forums, councils) and settles small issues.

    ``free_minutes`` of staff are left this week for issues; None while nothing else takes their time.
    """

    def __init__(self, model: mesa.Model, community: str, sittings: dict[str, SittingSpec]) -> None:
        super().__init__(model)
        self.id = born_id(Kind.INSTITUTION, community_hash(community), 0, 0, 0)
        self.unique_id = self.id
        self.sittings = sittings
        self.free_minutes: int | None = None


class Offer(NamedTuple):
    """This week's sessions of one organization, field and slot, or one sitting (organization -1).

    ``places`` is -1 where there is no limit.
    """

    organization: int
    activity: int
    field: int
    slot: int
    sessions: int
    places: int
