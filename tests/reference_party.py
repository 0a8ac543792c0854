"""What do sections 7.5 and 7.6 of the ODD say: Party, committee, grid, stewards, resident units and asks?"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

from model.core.arithmetic import sqrt
from model.core.draws import pair_id
from model.instruments.policies import Named
from tests.reference_base import TWO_MONTHS, YEAR, Base

SERVICE = (3, 4)


class Party(Base):
    """The phases in which people are contacted and asked."""

    def start_party(self, model: Any) -> None:
        """Take over what a built model says of committee, branch and units."""
        self.staff = SimpleNamespace(staff_minutes=0, free_minutes=0, load=0.0, visits=0, refused=0)
        self.party_visits = 0
        self.stewards: dict[str, list[tuple[int, int]]] = {}
        self.units = [
            SimpleNamespace(
                name=n, rooms=u.rooms, yearly=int(u.sponsorship_yuan * 100 + 0.5), cash=0, in_kind=0
            )
            for n, u in self.scenario.unit.items()
        ]
        for r, pairs in zip(self.residents, model.branch_office.pairs.tolist(), strict=True):
            r.pairs = pairs

    # 7.2, 7.4: resident units

    def agreements(self) -> list[tuple[Any, list[Any]]]:
        """Units under agreement and the organizations they support."""
        found = []
        for unit in self.units:
            for named in self.active("co_building"):
                names = named.instrument.units
                reached = self.target_organizations(named.instrument.target)
                if reached and (names is None or unit.name in names):
                    found.append((unit, reached))
                    break
        return found

    def sponsor(self) -> None:
        """The last paragraph of ODD 7.2."""
        for unit, organizations in self.agreements():
            due = unit.yearly * self.w // YEAR - unit.yearly * (self.w - 1) // YEAR
            unit.cash += due
            part, odd = divmod(due, len(organizations))
            for n, o in enumerate(organizations):
                given = part + (n < odd)
                if given > 0:
                    o.balance += given
                    o.received += given
                    o.from_units += given
                    o.received_by["unit"] = o.received_by.get("unit", 0) + given
                    o.income["unit"] = o.income.get("unit", 0) + given

    def hosting(self, o: Any) -> list[tuple[Any, float]]:
        """The units that lend to an organization, and the sessions a week that each houses."""
        return [(unit, unit.rooms / len(us)) for unit, us in self.agreements() if o in us]

    def book_units(
        self, o: Any, hosting: list[tuple[Any, float]], n: int, n1: float, all_: float, r: int
    ) -> None:
        """The units' rooms that n sessions used, of which the share n1 / all_ needs no rent but money."""

        def value(c: float) -> int:
            return math.floor(min(max(0.0, n1 - o.lent_sessions), c) / all_ * n * r + 0.5)

        before, c = 0, 0.0
        for unit, share in hosting:
            c += share
            lent = value(c) - before
            before = value(c)
            if lent > 0:
                unit.in_kind += lent
                o.in_kind += lent
                o.in_kind_from_units += lent
                o.income["unit"] = o.income.get("unit", 0) + lent

    # 7.5: contacts

    def mobilise(self) -> None:
        """ODD 7.5."""
        for r in self.residents:
            if self.w == 1:
                r.duty_minutes = 0
            r.duty, r.post = self.duty_of(r)
        if self.w == 1:
            self.pair(self.residents)
        self.staff_week()
        contacts, strain = self.contact_households()
        for r in self.residents:
            r.contacts = contacts[r.household]
            r.fatigue = r.fatigue * self.fatigue_keep + strain[r.household]
        self.appoint()
        if self.active("party_building") and self.w % 13 == 0:
            for named in self.active("party_building"):
                self.build(named)

    def pair(self, members: list[Any]) -> None:
        """The households that some residents look after from now on."""
        needy = {r.household for r in self.residents if r.needs_care}
        pools = [
            [h for h in range(len(self.household_ids)) if (h in needy) == need] for need in (True, False)
        ]
        for r in members:
            r.pairs = [
                pool[math.floor(len(pool) * self.u0("pairing", r.id, k))] if pool and r.party else -1
                for k, pool in enumerate(pools)
            ]

    def duty_of(self, r: Any) -> tuple[float, int]:
        """The duty term and the post."""
        d, duty, post = self.scenario.decision, 0.0, -1
        for named in self.active("party_duty"):
            i = named.instrument
            if not (r.in_service and r.duty_minutes < 60 * i.hours_per_year):
                continue
            term = d.duty_bonus
            if self.w >= 40:
                term = term * (1 + i.appraisal * (d.duty_late - 1))
            if i.service_days and (self.w - 1) % 13 >= 8:
                term = term * self.scenario.party.service_day_factor
            duty = max(duty, term)
            if i.posts and self.is_open(1):
                post = 3 + math.floor(2 * self.u0("post", r.id))
                liked = [f for f in SERVICE if r.interests >> f & 1]
                post = liked[0] if liked else post
        return duty, post

    def staff_week(self) -> None:
        """Administration takes its share of the staff's week."""
        p, s = self.scenario.committee, self.staff
        s.staff_minutes = math.floor(p.staff_per_1000 * self.scenario.population.persons / 1000 * 2400 + 0.5)
        kept = 1.0
        for named in self.active("relief"):
            kept = kept * (1 - named.instrument.share)
        n = len([o for o in self.organizations if o.alive and o.legal_form in ("filed", "registered")])
        s.load = min(0.95, p.load * sqrt(p.merged_communities)) * kept * max(0.0, 1 - p.task_share * n)
        s.free_minutes = s.staff_minutes - math.floor(s.staff_minutes * s.load + 0.5)

    def contact_households(self) -> tuple[dict[int, int], dict[int, float]]:
        """Contacts and strain of every household."""
        contacts = dict.fromkeys(range(len(self.household_ids)), 0)
        falls = {
            "month": (self.w - 1) % 13 + 1 in (4, 8, 13),
            "quarter": self.w % 13 == 0,
            "two_months": self.w in TWO_MONTHS,
        }
        if any(falls[n.instrument.every] for n in self.active("party_visits")):
            for h in [h for r in self.residents for h in r.pairs if h >= 0]:
                contacts[h] += 1
                self.party_visits += 1
        strain = {h: float(n) for h, n in contacts.items()}
        for kind, hours in (
            ("visit", self.scenario.mobilisation.visit_hours),
            ("grid", self.scenario.committee.contact_hours),
        ):
            for named in self.active(kind):
                for h in self.reached(named, hours):
                    contacts[h] += 1
                    strain[h] = strain[h] + (1 - named.instrument.courtesy)
        return contacts, strain

    def reached(self, named: Named, hours: float) -> list[int]:
        """The households that a visit or grid instrument contacts, as far as staff time goes."""
        i = named.instrument
        homes = sorted({r.household for r in self.target_residents(i.target)})
        drawn = {h: self.u_of(named, i.kind, self.household_ids[h]) for h in homes}
        if i.kind == "visit":
            homes = [h for h in homes if drawn[h] < i.visits_per_year / 52]
        else:
            homes = [h for h in homes if (self.week + h) % i.every_weeks == 0]
        v = math.floor(60 * hours + 0.5)
        able = len(homes) if v == 0 else min(len(homes), self.staff.free_minutes // v)
        made = sorted(homes, key=lambda h: (drawn[h], self.household_ids[h]))[:able]
        self.staff.visits += len(made)
        self.staff.refused += len(homes) - len(made)
        self.staff.free_minutes -= v * len(made)
        cost = hours * len(made) * self.scenario.costs.staff_year / 2080 * 100
        self.staff_in_kind += math.floor(cost + 0.5)
        return made

    # 7.5: stewards, Party members in organizations

    def appoint(self) -> None:
        """Stewards of the cells, as (row, id)."""
        for named in self.active("stewards"):
            if named.name not in self.stewards or self.w == 1:
                capable = [
                    r
                    for r in self.target_residents(named.instrument.target)
                    if r.skill >= self.scenario.party.steward_skill
                ]
                capable.sort(key=lambda r: (r.cell, self.u_of(named, "steward", r.id), r.id))
                best: dict[int, Any] = {}
                for r in capable:
                    best.setdefault(r.cell, r)
                self.stewards[named.name] = [(r.row, r.id) for r in best.values()]
            for row, ident in self.stewards[named.name]:
                if self.residents[row].id == ident:
                    self.residents[row].aware = 127

    def build(self, named: Named) -> None:
        """Party members for organizations without one."""
        left = named.instrument.per_quarter
        party = [r for r in self.residents if r.party]
        bare = [o for o in self.organizations if o.alive and not any(o.index in r.membership for r in party)]
        for o in sorted(bare, key=lambda o: (self.u_of(named, "party_core", o.id), o.id)):
            able = [r for r in party if -1 in r.membership and any(r.interests >> f & 1 for f in o.fields)]
            if not able or left == 0:
                continue
            r = min(able, key=lambda r: (self.u_of(named, "party_core", pair_id(r.id, o.id)), r.id))
            r.membership[r.membership.index(-1)] = o.index
            for f in o.fields:
                r.aware |= 1 << f
            left -= 1

    # 7.6: asks

    def stewards_ask(self, is_open: list[int]) -> None:
        """The last paragraph of ODD 7.6."""
        for named in self.active("stewards"):
            for row, ident in self.stewards.get(named.name, []):
                if self.residents[row].id == ident:
                    self.steward_asks(named, self.residents[row], is_open)

    def steward_asks(self, named: Named, steward: Any, is_open: list[int]) -> None:
        """One steward's week."""
        others = [r for r in self.residents if r.cell == steward.cell and r is not steward]
        busy = self.u_of(named, "steward_ask", steward.id, 0) < self.scenario.party.steward_rate
        if busy and others and is_open:
            asked = others[math.floor(len(others) * self.u_of(named, "steward_ask", steward.id, 1))]
            k = is_open[math.floor(len(is_open) * self.u_of(named, "steward_ask", steward.id, 2))]
            asked.asks[k][2] += 1
            asked.asked_now += 1

    # 7.14

    def party_figures(self) -> dict[str, int]:
        """The figures that speak of Party, committee and units."""
        quotas = [n.instrument.hours_per_year for n in self.active("party_duty")]
        top = max(quotas, default=0)
        party = [r for r in self.residents if r.party]
        return {
            "party_quota_met": sum(
                bool(top > 0 and r.in_service and r.duty_minutes >= 60 * top) for r in self.residents
            ),
            "party_visits": self.party_visits,
            "staff_visits": self.staff.visits,
            "staff_visits_refused": self.staff.refused,
            "staff_free_minutes": self.staff.free_minutes,
            "organizations_with_party": sum(
                o.alive and any(o.index in r.membership for r in party) for o in self.organizations
            ),
            "unit_cash_fen": sum(u.cash for u in self.units),
            "unit_in_kind_fen": sum(u.in_kind for u in self.units),
        }
