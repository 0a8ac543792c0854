"""What do sections 7.3, 7.4 and 7.9 of the ODD say: training, sessions, service and credits?"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

from model.arithmetic import sqrt
from model.instruments.base import FIELD_ACTIVITY, FIELDS
from model.policies import Named
from tests.reference_base import TWO_MONTHS, K
from tests.reference_government import Books


class Money(Books):
    """The phases that move minutes and credits, and what they cost."""

    # 7.3: training

    def train(self) -> None:
        """ODD 7.3, instrument by instrument."""
        costs = self.scenario.costs
        for named, _ in self.instruments:
            i, account = named.instrument, self.accounts[named.name]
            if not self.in_force(i):
                continue
            if i.kind == "train_residents":
                self.train_people(i, account, self.price(i, costs.seat_resident), 0)
            elif i.kind == "train_volunteers":
                self.train_people(i, account, self.price(i, costs.seat_volunteer), 1)
            elif i.kind == "train_staff":
                self.train_staff(i, account, self.price(i, costs.staff_day))

    def train_people(self, i: Any, account: Any, price: int, k: int) -> None:
        """Seats for the eligible with the smallest draws; k = 1 for volunteers."""
        gain = self.scenario.learning.gain
        people = [r for r in self.target_residents(i.target) if self.week - r.trained_week >= 52]
        if k == 1:
            people = [r for r in people if r.registered]
        people.sort(key=lambda r: (self.u("train", r.id, k), r.id))
        for r in people[: account.free // price]:
            r.skill = r.skill + gain * (1 - r.skill)
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

    def plan_sessions(self, o: Any, r: int, lenders: list[tuple[Any, float]]) -> None:
        """The week of one organization: rent r of a session, lenders with the sessions a week they house."""
        p = self.scenario.organizations
        c = int(self.scenario.costs.session_cost[o.legal_form] * 100 + 0.5)
        rooms = self.plain_sum([n for _, n in lenders])
        people = p.sessions_per_member * o.members
        budget = o.balance / p.spend_weeks
        lent = o.lent_sessions + rooms
        n1 = min(people, lent, budget / c)
        n2 = min(people - n1, p.rentable_sessions, (budget - n1 * c) / (c + r))
        if n1 + n2 <= 0:
            return
        o.carry += o.drive * (n1 + n2)
        n = min(math.floor(o.carry), 255)
        o.carry -= n

        def cost() -> int:
            return math.floor(n * ((n1 * c + n2 * (c + r)) / (n1 + n2)) + 0.5)

        while cost() > o.balance:
            n -= 1
            o.carry += 1
        o.balance -= cost()
        o.spent += cost()
        o.held += n
        wanted = math.floor(max(0.0, n1 - o.lent_sessions) / (n1 + n2) * n * r + 0.5)
        for account, _ in lenders:
            paid = min(wanted, account.free)
            wanted -= paid
            account.free -= paid
            account.spent += paid
            account.in_kind += paid
            o.in_kind += paid
            self.lend(o, paid, account.instrument)
        o.in_kind += math.floor(min(n1, o.lent_sessions) / (n1 + n2) * n * r + 0.5)
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

    # 7.9: service and credits

    def serve(self) -> None:
        """ODD 7.9."""
        for r in self.residents:
            r.served = r.minutes[1] if r.seated[1] else 0
            r.duty_served = r.served if r.duty > 0 else 0
            r.duty_minutes += r.duty_served
            r.served_weeks = [*r.served_weeks, r.served][-52:]
            r.duty_weeks = [*r.duty_weeks, r.duty_served][-52:]
            r.service_minutes, r.duty_minutes_52 = sum(r.served_weeks), sum(r.duty_weeks)
            for k in K:
                if r.seated[k] and r.offer[k] >= 0 and self.offers[r.offer[k]].organization >= 0:
                    self.organizations[self.offers[r.offer[k]].organization].year_attendances += 1
            r.issued_now = 0
        self.look_back()
        for named, _ in self.instruments:
            if named.instrument.kind == "credits":
                self.serve_credits(named)
        for r in self.residents:
            r.issued.append(r.issued_now)

    def serve_credits(self, named: Named) -> None:
        """Expire, issue, spend, enrol."""
        p, i, account = self.scenario.credits, named.instrument, self.accounts[named.name]
        value, administration = self.quarter_prices(i)
        running = self.in_force(i) and account.appropriated > 0
        for r in self.residents:
            kept = r.issued[-(p.expiry_weeks - 1) :] if p.expiry_weeks > 1 else []
            gone = max(0, r.credit_minutes - sum(kept))
            r.credit_minutes -= gone
            account.liability -= gone // 15 * value
            account.free += gone // 15 * value
            account.expired += gone
        if running:
            eligible = [r for r in self.residents if r.enrolled and r.served > 0 and r.duty_served == 0]
            eligible.sort(key=lambda r: (self.u("credit_order", r.id), r.id))
            credited = 0
            for r in eligible:
                cost = r.served // 15 * (value + administration)
                if cost > account.free:
                    account.rationed += 1
                    break
                account.free -= cost
                account.spent += r.served // 15 * administration
                account.liability += r.served // 15 * value
                r.credit_minutes += r.served
                r.issued_now += r.served
                account.issued += r.served
                credited += r.served
            if eligible:
                account.coverage = credited / sum(r.served for r in eligible)
        for r in self.residents:
            if r.credit_minutes >= p.spend_from * 60 and self.u("credit_spend", r.id) < p.spend_rate:
                redeemed = r.credit_minutes // 60 * 60
                r.credit_minutes -= redeemed
                account.liability -= redeemed // 15 * value
                account.spent += redeemed // 15 * value
                account.redeemed += redeemed
        if running:
            for r in self.target_residents(i.target):
                served = r.served > 0 and r.duty_served == 0
                if served and not r.enrolled and self.u("credit_enrol", r.id) < p.enrol_rate:
                    r.enrolled = 1
        elif i.end is not None and self.week > i.end:
            for r in self.residents:
                r.enrolled = 0
            account.returned += account.free
            account.free = 0

    def credit_terms(self) -> tuple[float, float]:
        """credit_pull and controlling of the scheme in force."""
        for named in self.active("credits"):
            account, i = self.accounts[named.name], named.instrument
            if account.appropriated == 0:
                continue
            value, administration = self.quarter_prices(i)
            coverage = account.coverage if account.free >= value + administration else 0.0
            pull = self.b_credit * sqrt(value / 25 / 20) * self.scenario.credits.liquidity * coverage
            return pull, i.controlling
        return 0.0, 0.0

    def quarter_prices(self, instrument: Any) -> tuple[int, int]:
        """Value and administration of a credited quarter of an hour, in fen."""
        costs = self.scenario.costs
        yuan = costs.credit_value if instrument.price_yuan is None else instrument.price_yuan
        return math.floor(25 * yuan + 0.5), math.floor(25 * costs.credit_administration + 0.5)
