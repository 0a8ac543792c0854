"""Associations: ordinary Mesa agents (ODD 2, 7.4)."""

from __future__ import annotations

import mesa

from model.core.draws import Kind, born_id, community_hash
from model.core.owned import Own, Shared
from model.instruments.base import FIELDS, Target, fen, fits
from model.scenario.specs import LegalForm, OrganizationSpec
from model.state.actor import Actor
from model.state.allocation import Lately
from model.state.income import Income

START = "start"
"""The payer of the money an organization has at the start."""
MERGER = "merger"
"""The payer of what an organization takes over from one that merges into it."""

UNIT = "unit"
"""The payer of what resident units give."""


class Organization(Actor):
    """A community social organization.

    Money in fen; ``members`` is recounted every week from the residents' memberships; ``year_attendances``
    counts person-times at its sessions since the fiscal year began; ``carry`` is its fraction of a session.
    ``received_by`` adds up what it received, by payer, ``granted`` what came from instruments, and
    ``sessions_held`` its sessions; ``lately`` holds the weeks that allocation rules look back on.
    ``leader`` is a row (-1: none) and ``leader_id`` who was found there. Once ``alive`` is False,
    ``ended_week`` says when it ended and ``successor`` the index of the one it merged into (-1: it died).
    A user's subclass may hold whatever it likes beside (model/EXTENDING.md).
    """

    index: Shared[int]
    name: Shared[str]
    title: Shared[str]
    title_zh: Shared[str]
    activity: Shared[int]
    spec: Shared[OrganizationSpec]
    id: Shared[int]
    open_air: Shared[bool]
    professionalism_start: Shared[float]
    drive_start: Shared[float]
    fields: Own[tuple[int, ...]]
    legal_form: Own[LegalForm]
    lent_sessions: Own[float]
    free_sessions: Own[float]
    professionalism: Own[float]
    drive: Own[float]
    reputation: Own[float]
    members: Own[int]
    balance: Own[int]
    received: Own[int]
    spent: Own[int]
    returned: Own[int]
    fees: Own[int]
    in_kind: Own[int]
    from_units: Own[int]
    in_kind_from_units: Own[int]
    granted: Own[int]
    received_by: Own[dict[str, int]]
    sessions_held: Own[int]
    income: Own[dict[str, int]]
    controlled: Own[float]
    carry: Own[float]
    year_attendances: Own[int]
    lately: Own[Lately]
    smoothed_income: Own[Income]
    dependence: Own[float]
    effort: Own[float]
    leader: Own[int]
    leader_id: Own[int]
    alive: Own[bool]
    ended_week: Own[int | None]
    successor: Own[int]

    def __init_subclass__(cls) -> None:
        """A class of the user's: what it adds need not be declared."""
        cls.guest = True

    def __init__(
        self,
        model: mesa.Model,
        index: int,
        name: str,
        spec: OrganizationSpec,
        community: str,
    ) -> None:
        super().__init__(model)
        self.index = index
        self.name = name
        self.title = spec.title or name
        self.title_zh = spec.title_zh or spec.title or name
        self.fields = tuple(FIELDS.index(f) for f in spec.fields)
        self.activity = spec.activity
        self.spec = spec
        self.id = born_id(Kind.ORGANIZATION, community_hash(community), self.fields[0], index, 0)
        self.unique_id = self.id
        self.legal_form = spec.legal_form
        self.open_air = spec.open_air
        self.lent_sessions = spec.lent_sessions
        self.free_sessions = spec.free_sessions
        self.professionalism = self.professionalism_start = spec.professionalism
        self.drive = self.drive_start = spec.drive
        self.reputation = spec.reputation
        self.members = spec.members
        self.balance = self.received = fen(spec.balance_yuan)
        self.spent = self.in_kind = self.returned = self.fees = 0
        self.from_units = self.in_kind_from_units = 0
        self.income = {}
        self.controlled = 0.0
        self.carry = 0.0
        self.year_attendances = 0
        self.granted = 0
        self.received_by = {START: self.balance}
        self.sessions_held = 0
        self.lately = Lately(counted=self.received)
        self.smoothed_income = Income()
        self.dependence = 0.0
        self.effort = 1.0
        self.leader = -1
        self.leader_id = 0
        self.alive = True
        self.ended_week = None
        self.successor = -1

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
        if amount == 0:
            return
        self.in_kind += amount
        self.income[payer] = self.income.get(payer, 0) + amount
        self.controlled += amount * control

    def hand_over(self, other: Organization) -> None:
        """All money passes to ``other``; it is no income there."""
        for side, amount in ((self, -self.balance), (other, self.balance)):
            side.balance += amount
            side.received += amount
            side.received_by[MERGER] = side.received_by.get(MERGER, 0) + amount
            side.lately.counted += amount

    def be_sponsored(self, amount: int) -> None:
        """Money in fen from a resident unit, which controls nothing."""
        if amount > 0:
            self.from_units += amount
            self.receive(amount, UNIT)

    def be_hosted(self, amount: int) -> None:
        """Rooms of a resident unit worth ``amount`` fen."""
        if amount > 0:
            self.in_kind_from_units += amount
            self.be_lent(amount, UNIT, 0.0)

    def pay(self, amount: int) -> None:
        """Money for sessions, in fen."""
        self.balance -= amount
        self.spent += amount

    def balanced(self) -> bool:
        """True while received = spent + balance + returned = the sum over payers, and no debt."""
        gone = self.spent + self.balance + self.returned
        return self.balance >= 0 and self.received == gone == sum(self.received_by.values())

    def matches(self, target: Target) -> bool:
        """True if it is alive and its field, legal form and name fit every column of ``target``."""
        return self.alive and fits(self.fields, self.legal_form, self.name, target)

    def end(self, week: int, successor: int = -1) -> None:
        """It is no more; what it held has to be gone."""
        self.alive, self.ended_week, self.successor = False, week, successor
        self.leader, self.leader_id, self.members = -1, 0, 0
        self.income, self.controlled = {}, 0.0
