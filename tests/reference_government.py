"""What do sections 7.1 and 7.2 of the ODD say, and its words on contracts, publicity and allocation?"""

from __future__ import annotations

import math
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from model.core.arithmetic import log
from model.instruments.policies import Named
from tests.reference_base import YEAR
from tests.reference_party import Party

FOR_PEOPLE = ("train_residents", "train_volunteers", "credits", "publicity", "paid_care")
FUNDED = (
    "grant", "award", "premises", "purchase", "project_fund", "workstation", "train_staff",
    "order_report_settle", *FOR_PEOPLE,
)  # fmt: skip
TALLY = (
    "budget_cut_fen", "contracted_sessions", "delivered_sessions", "projects_won", "publicity_contacts",
    "workstation_weeks",
)  # fmt: skip


def shared(amount: int, weights: list[int]) -> list[int]:
    """Largest remainder with exact fractions; ties in order."""
    total = sum(weights)
    if total == 0:
        return [0 for _ in weights]
    exact = [Fraction(amount * w, total) for w in weights]
    parts = [math.floor(x) for x in exact]
    order = sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: amount - sum(parts)]:
        parts[i] += 1
    return parts


class Books(Party):
    """The phases that appropriate and pay."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.tally = dict.fromkeys(TALLY, 0)
        self.budget_left = 0

    def appropriate(self) -> None:
        """ODD 7.1."""
        if self.w == 1:
            for o in self.organizations:
                o.year_attendances = 0
        cap = int(self.scenario.government.budget_yuan * 100 + 0.5)
        if self.w == 1 or self.week == 1 - self.scenario.run.spin_up:
            self.budget_left = cap * (YEAR - self.w + 1) // YEAR
        due = [
            [named, weeks, int(named.instrument.amount_yuan * 100 + 0.5) * weeks // 52]
            for named, weeks in self.due()
        ]
        if self.shares is not None:
            for d in due:
                d[2] = self.shares[d[0].name]
        own = [d for d in due if d[0].instrument.payer == "government"] if self.shares is None else []
        asked = sum(d[2] for d in own)
        if cap > 0 and asked > self.budget_left:
            for d, part in zip(own, shared(self.budget_left, [d[2] for d in own]), strict=True):
                d[2] = part
            self.tally["budget_cut_fen"] += asked - self.budget_left
        if cap > 0:
            self.budget_left -= sum(d[2] for d in own)
        for named, weeks, amount in due:
            account = self.accounts[named.name]
            account.appropriated += amount
            if named.instrument.kind == "purchase":
                self.sign(named.instrument, account, amount)
            else:
                account.unreleased += amount
                account.parts.append((self.week, weeks, amount))

    def due(self) -> list[tuple[Named, int]]:
        """The instruments that are appropriated this week, and for how many weeks."""
        found = []
        for named, first in self.instruments:
            i = named.instrument
            if i.kind not in FUNDED or not self.in_force(i):
                continue
            first_week = first if i.start is None else max(i.start, first)
            if (self.week == first_week or self.w == 1) and self.reaches(i):
                found.append((named, self.ending(i) - self.week + 1))
        return found

    def reaches(self, i: Any) -> bool:
        """Whether anybody is in the target; a workstation without one needs nobody, nor do issues."""
        if i.kind in FOR_PEOPLE:
            return bool(self.target_residents(i.target))
        if i.kind == "order_report_settle":
            return True
        return bool(self.target_organizations(i.target)) or (i.kind == "workstation" and not i.target)

    def ending(self, i: Any) -> int:
        """Last week of an appropriation made now."""
        last = self.week - self.w + YEAR
        return last if i.end is None else min(i.end, last)

    # Purchase

    def sign(self, i: Any, account: Any, amount: int) -> None:
        """Contracts with the eligible; what is left of the appropriation is returned."""
        price = self.price(i, self.scenario.costs.session_cost.registered)
        sellers = [o for o in self.target_organizations(i.target) if self.sells(i, o)]
        left = amount
        for o, part in zip(sellers, shared(amount, self.weights(i.allocation, sellers)), strict=True):
            n = part // price
            if n > 0:
                weeks = self.ending(i) - self.week + 1
                p1 = math.floor(self.scenario.government.first_share * (n * price))
                p2 = min(math.floor(self.scenario.government.second_share * (n * price)), n * price - p1)
                account.contracts.append(
                    SimpleNamespace(
                        o=o.index,
                        n=n,
                        signed=self.week,
                        weeks=weeks,
                        p1=p1,
                        p2=p2,
                        left=n * price,
                        had=o.held,
                    )
                )
                account.committed += n * price
                left -= n * price
                self.tally["contracted_sessions"] += n
        account.returned += left

    @staticmethod
    def sells(i: Any, o: Any) -> bool:
        """Whether government may buy from an organization."""
        return o.alive and o.legal_form in i.buy_from

    def instalment(self, i: Any, account: Any, contract: Any, amount: int) -> None:
        """Part of a contract is paid."""
        contract.left -= amount
        account.committed -= amount
        account.free += amount
        self.grant(account, self.organizations[contract.o], amount, i)

    def settle(self) -> None:
        """The last payment of contracts that end this week (ODD 7.12)."""
        for named, _ in self.instruments:
            i, account = named.instrument, self.accounts[named.name]
            for c in list(account.contracts) if i.kind == "purchase" else []:
                if self.week < c.signed + c.weeks - 1:
                    continue
                o = self.organizations[c.o]
                if self.sells(i, o):
                    d = o.held - c.had
                    self.tally["delivered_sessions"] += min(d, c.n)
                    self.instalment(i, account, c, c.left * min(d, c.n) // c.n)
                self.drop(account, c)

    @staticmethod
    def drop(account: Any, contract: Any) -> None:
        """What is unpaid goes back."""
        account.committed -= contract.left
        account.returned += contract.left
        account.contracts.remove(contract)

    # Allocation

    def look_back(self) -> None:
        """What 7.9 writes down for the allocation rules."""
        for o in self.organizations:
            mine = [(n, offer) for n, offer in enumerate(self.offers) if offer.organization == o.index]
            came = [[r for r in self.residents for k in range(3) if r.offer[k] == n] for n, _ in mine]
            o.attended_in.append(sum(len(people) for people in came))
            limited = [offer for _, offer in mine if offer.places >= 0]
            o.refused_in.append(sum(max(0, offer.demand - offer.places) for offer in limited))
            o.received_in.append(o.received - o.counted)
            o.counted = o.received

    def weights(self, rule: str, organizations: list[Any]) -> list[int]:
        """The weight of each organization under a rule."""
        n = len(organizations)
        attended = [sum(o.attended_in[-52:]) for o in organizations]
        received = [sum(o.received_in[-52:]) for o in organizations]
        if rule == "need":
            return [1 + sum(o.refused_in[-13:]) for o in organizations]
        if rule == "tournament":
            order = sorted(range(n), key=lambda j: (-attended[j], organizations[j].id))
            return [1 if j in order[: math.ceil(n / 2)] else 0 for j in range(n)]
        if rule == "adaptive":
            known = [10**8 * d // m if m >= 100 else None for d, m in zip(attended, received, strict=True)]
            some = [e for e in known if e is not None]
            mean = sum(some) // len(some) if some else 0
            rates = [mean if e is None else e for e in known]
            if sum(rates) > 0:
                return [sum(rates) + n * e for e in rates]
        return [1] * n

    # 7.2

    def disburse(self) -> None:
        """ODD 7.2, after the week's part of every appropriation is released."""
        for named, _ in self.instruments:
            account = self.accounts[named.name]
            for t0, weeks, amount in account.parts:
                j = self.week - t0
                if j >= weeks:
                    continue
                due = amount * (j + 1) // weeks - amount * j // weeks
                if named.instrument.kind == "award":
                    due = amount if j == weeks - 1 else 0
                elif named.instrument.kind == "project_fund":
                    q = min(13 - (self.w - 1) % 13, weeks - j)
                    opens = j == 0 or self.w in (1, 14, 27, 40)
                    due = amount * (j + q) // weeks - amount * j // weeks if opens else 0
                account.unreleased -= due
                account.free += due
        for named in self.active("grant"):
            i = named.instrument
            receivers = self.target_organizations(i.target)
            self.share(self.accounts[named.name], receivers, self.weights(i.allocation, receivers), i)
        for named in self.active("award") if self.shares is None else []:
            i, account = named.instrument, self.accounts[named.name]
            m = account.free // self.price(i, self.scenario.costs.award)
            ranked = sorted(self.target_organizations(i.target), key=lambda o: (-o.year_attendances, o.id))
            self.share(account, ranked[:m], [1] * len(ranked[:m]), i)
        for named in self.active("purchase"):
            i, account = named.instrument, self.accounts[named.name]
            for c in list(account.contracts):
                if not self.sells(i, self.organizations[c.o]):
                    self.drop(account, c)
                    continue
                if self.week == c.signed:
                    self.instalment(i, account, c, c.p1)
                if self.week == c.signed + c.weeks // 2:
                    self.instalment(i, account, c, c.p2)
        for named in self.active("project_fund"):
            first = next(first for n, first in self.instruments if n is named)
            start = named.instrument.start
            if self.w in (1, 14, 27, 40) or self.week == (first if start is None else max(first, start)):
                self.contest(named)
        for named in self.active("workstation"):
            self.open_workstation(named)
        self.sponsor()

    def share(self, account: Any, receivers: list[Any], weights: list[int], i: Any) -> None:
        """Give all free money, if there is any, to the receivers."""
        if account.free == 0:
            return
        for o, part in zip(receivers, shared(account.free, weights), strict=True):
            self.grant(account, o, part, i)

    def grant(self, account: Any, o: Any, amount: int, i: Any) -> None:
        """Money from an account to an organization."""
        account.free -= amount
        account.spent += amount
        account.granted += amount
        o.granted += amount
        o.balance += amount
        o.received += amount
        o.received_by[i.payer] = o.received_by.get(i.payer, 0) + amount
        o.income[i.payer] = o.income.get(i.payer, 0) + amount
        o.controlled += amount * i.control

    def lend(self, o: Any, amount: int, i: Any) -> None:
        """Rooms of this worth are income, not cash."""
        if amount == 0:
            return
        o.income[i.payer] = o.income.get(i.payer, 0) + amount
        o.controlled += amount * i.control

    def contest(self, named: Named) -> None:
        """Projects to the smallest keys."""
        i, account, terms = named.instrument, self.accounts[named.name], self.scenario.government
        price = self.price(i, self.scenario.costs.project)

        def key(o: Any) -> tuple[float, int]:
            u = max(self.u_of(named, "contest", o.id), 2.0**-54)
            quality = (o.professionalism + o.drive + o.reputation) / 3
            return -log(u) / max(quality, 1e-6), o.id

        ranked = sorted(self.target_organizations(i.target), key=key)
        for o in ranked[: account.free // price]:
            administration = math.floor(terms.project_administration * price + 0.5)
            account.free -= administration
            account.spent += administration
            account.administration += administration
            self.grant(account, o, price - administration, i)
            o.drive += terms.contest_drive * (1 - o.drive)
            self.tally["projects_won"] += 1

    def open_workstation(self, named: Named) -> None:
        """A week of a workstation."""
        i, account, terms = named.instrument, self.accounts[named.name], self.scenario.government
        cost = max(1, int(self.scenario.costs.workstation_year * 100 + 0.5) // 52)
        if account.free < cost:
            return
        account.free -= cost
        account.spent += cost
        account.open_in = self.week
        self.tally["workstation_weeks"] += 1
        self.staff_in_kind += math.floor(
            terms.workstation_hours * self.scenario.costs.staff_year / 2080 * 100 + 0.5
        )
        for o in self.target_organizations(i.target):
            o.professionalism += terms.workstation_training / 52 * (1 - o.professionalism)

    @staticmethod
    def price(instrument: Any, default: float) -> int:
        """The unit price in fen."""
        return int((default if instrument.price_yuan is None else instrument.price_yuan) * 100 + 0.5)

    # 7.11

    def publicise(self) -> None:
        """Contacts in order of their draws."""
        for named in self.active("publicity"):
            i, account = named.instrument, self.accounts[named.name]
            price = self.price(i, self.scenario.costs.publicity_contact)
            people = self.target_residents(i.target)
            people.sort(key=lambda r: (self.u_of(named, "publicity", r.id), r.id))
            for r in people[: account.free // price]:
                r.aware |= 1 << math.floor(7 * self.u_of(named, "publicity", r.id, 1))
                account.free -= price
                account.spent += price
                self.tally["publicity_contacts"] += 1
