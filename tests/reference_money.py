"""What do sections 7.3 and 7.4 of the ODD say: training and sessions?"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

from model.instruments.base import FIELD_ACTIVITY, FIELDS
from tests.reference_base import TWO_MONTHS
from tests.reference_government import Books


class Money(Books):
    """The phases that train and plan, and what they cost."""

    # 7.3: training

    def train(self) -> None:
        """ODD 7.3, instrument by instrument."""
        costs = self.scenario.costs
        for named, _ in self.instruments:
            i, account = named.instrument, self.accounts[named.name]
            if not self.in_force(i):
                continue
            if i.kind == "train_residents":
                self.train_people(named, account, self.price(i, costs.seat_resident))
            elif i.kind == "train_volunteers":
                self.train_people(named, account, self.price(i, costs.seat_volunteer))
            elif i.kind == "train_staff":
                self.train_staff(i, account, self.price(i, costs.staff_day))

    def train_people(self, named: Any, account: Any, price: int) -> None:
        """Seats for the eligible with the smallest draws."""
        i = named.instrument
        gain = self.scenario.learning.gain
        people = [r for r in self.target_residents(i.target) if self.week - r.trained_week >= 52]
        if i.kind == "train_volunteers":
            people = [r for r in people if r.registered]
        people.sort(key=lambda r: (self.u_of(named, "train", r.id), r.id))
        for r in people[: account.free // price]:
            r.skill = r.skill + gain * (1 - r.skill)
            r.knowledge = r.knowledge + self.scenario.learning.gain_knowledge * (1 - r.knowledge)
            r.trained_week = self.week
            account.free -= price
            account.spent += price

    def train_staff(self, i: Any, account: Any, price: int) -> None:
        """Days for the staff of one organization after the other; the turn goes on from week to week."""
        targets = self.target_organizations(i.target)
        while targets and account.free >= price:
            o = targets[account.turn % len(targets)]
            account.turn += 1
            o.professionalism = o.professionalism + self.scenario.organizations.gain_staff * (
                1 - o.professionalism
            )
            account.free -= price
            account.spent += price

    # 7.4: sessions and sittings

    def plan(self) -> None:
        """ODD 7.4."""
        self.offers = []
        costs, limits = self.scenario.costs, self.scenario.organizations
        rent = int(costs.room_hour * limits.session_hours * 100 + 0.5)
        lenders: list[list[tuple[Any, float]]] = [[] for _ in self.organizations]
        for named in self.active("premises"):
            account = self.accounts[named.name]
            targets = self.target_organizations(named.instrument.target)
            for o in targets:
                rooms = account.free / len(targets) / rent / limits.spend_weeks
                lenders[o.index].append((account, rooms))
        for o in self.organizations:
            self.plan_sessions(o, rent, lenders[o.index])
        for number, sitting in enumerate(self.scenario.sitting.values()):
            if self.falls(sitting.every):
                f = FIELDS.index(sitting.field)
                slot = math.floor(3 * self.u("session_slot", self.committee, number))
                self.offers.append(self.offer(-1, f, slot, 1, sitting.places))
        for named in self.active("hearing"):
            if self.falls(named.instrument.every):
                f = FIELDS.index(named.instrument.field)
                slot = math.floor(3 * self.u_of(named, "session_slot", self.committee))
                self.offers.append(self.offer(-1, f, slot, 1, named.instrument.places))

    def plan_sessions(self, o: Any, r: int, lenders: list[tuple[Any, float]]) -> None:
        """The week of one organization: rent r of a session, lenders with the sessions a week they house."""
        p = self.scenario.organizations
        c = int(self.scenario.costs.session_cost[o.legal_form] * 100 + 0.5)
        rooms = self.plain_sum([n for _, n in lenders])
        hosting = self.hosting(o)
        hosted = self.plain_sum([n for _, n in hosting])
        people = p.sessions_per_member * o.members
        budget = o.balance / p.spend_weeks
        lent = o.lent_sessions + hosted + rooms
        n0 = min(people, o.free_sessions)
        n1 = min(people - n0, lent, budget / c)
        n2 = min(people - n0 - n1, p.rentable_sessions, (budget - n1 * c) / (c + r))
        all_ = n0 + n1 + n2
        if all_ <= 0:
            return
        o.carry += o.drive * all_
        n = min(math.floor(o.carry), 255)
        o.carry -= n

        def cost() -> int:
            return math.floor(n * ((n1 * c + n2 * (c + r)) / all_) + 0.5)

        while cost() > o.balance:
            n -= 1
            o.carry += 1
        o.balance -= cost()
        o.spent += cost()
        o.held += n
        self.book_units(o, hosting, n, n1, all_, r)
        wanted = math.floor(max(0.0, n1 - (o.lent_sessions + hosted)) / all_ * n * r + 0.5)
        for account, _ in lenders:
            paid = min(wanted, account.free)
            wanted -= paid
            account.free -= paid
            account.spent += paid
            account.in_kind += paid
            o.in_kind += paid
            self.lend(o, paid, account.instrument)
        o.in_kind += math.floor(min(n1, o.lent_sessions) / all_ * n * r + 0.5)
        sessions: dict[tuple[int, int], int] = {}
        for j in range(n):
            f = o.fields[j % len(o.fields)]
            slot = math.floor(3 * self.u("session_slot", o.id, j))
            sessions[f, slot] = sessions.get((f, slot), 0) + 1
        for (f, slot), number in sorted(sessions.items()):
            places = -1 if o.open_air else number * int(p.places.values()[o.activity])
            self.offers.append(self.offer(o.index, f, slot, number, places))

    @staticmethod
    def offer(organization: int, f: int, slot: int, sessions: int, places: int) -> Any:
        """One offer of this week."""
        return SimpleNamespace(
            organization=organization,
            activity=FIELD_ACTIVITY[f],
            field=f,
            slot=slot,
            sessions=sessions,
            places=places,
            demand=0,
        )

    def falls(self, every: str) -> bool:
        """Whether a sitting falls in this week."""
        of_quarter = (self.w - 1) % 13 + 1
        return {
            "week": True,
            "month": of_quarter in (4, 8, 13),
            "quarter": of_quarter == 13,
            "two_months": self.w in TWO_MONTHS,
        }[every]
