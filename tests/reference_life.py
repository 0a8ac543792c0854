"""What does section 7.12 of the ODD say: members, leaders, births, deaths, legal form, drive, effort?"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

from model.core.arithmetic import exp, log
from model.core.draws import Kind, born_id, community_hash, pair_id, stream, uniform
from model.instruments.base import FIELD_ACTIVITY, FIELDS
from tests.reference_base import K
from tests.reference_government import FUNDED, Books

FORMS = ("informal", "filed", "registered")


class Life(Books):
    """The phase organise."""

    founded = dissolved = merged = 0

    def organise(self) -> None:
        """ODD 7.12."""
        self.leave_and_join()
        self.recount()
        self.settle()
        self.fees()
        self.leaders()
        self.deaths()
        self.mergers()
        self.births()
        self.legal_forms()
        for o in self.living():
            self.develop(o)
        self.recount()
        for r in self.residents:
            serves = any(m >= 0 and self.organizations[m].activity == 1 for m in r.membership)
            r.registered = int(bool(r.enrolled) or serves)
        for named, _ in self.instruments:
            i, account = named.instrument, self.accounts[named.name]
            if i.end is not None and self.week >= i.end and i.kind in FUNDED:
                account.returned += account.free
                account.free = 0

    def leave_and_join(self) -> None:
        """Memberships end and begin."""
        p = self.scenario.membership
        for r in self.residents:
            for m, organization in enumerate(r.membership):
                if organization < 0:
                    continue
                k = self.organizations[organization].activity
                idle = r.history[k] & ((1 << p.idle_weeks) - 1) == 0
                hazard = p.leave_rate * p.idle_factor if idle else p.leave_rate
                if self.u("leave", r.id, m) < hazard:
                    r.membership[m] = -1
            for k in K:
                organization = self.offers[r.offer[k]].organization if r.seated[k] and r.offer[k] >= 0 else -1
                if organization < 0 or organization in r.membership or -1 not in r.membership:
                    continue
                chance = p.join.values()[k]
                if r.asked[k] > 0:
                    chance = max(chance, p.join_asked)
                if self.u("join", r.id, k) < chance:
                    r.membership[r.membership.index(-1)] = organization

    def living(self) -> list[Any]:
        """Organizations alive now, in order."""
        return [o for o in self.organizations if o.alive]

    def recount(self) -> None:
        """Members of each organization."""
        for o in self.organizations:
            o.members = sum(o.index in r.membership for r in self.residents)

    def newborn(self, **state: Any) -> Any:
        """An organization with empty ledgers."""
        return SimpleNamespace(
            **state, balance=0, received=0, spent=0, returned=0, fees=0, in_kind=0, carry=0.0,
            year_attendances=0, dependence=0.0, effort=1.0, leader=None, alive=True,
            income={}, controlled=0.0, smoothed={}, smoothed_controlled=0.0, weight=0.0,
            reference_level=None, reference_own=None, drive_start=state["drive"],
            granted=0, held=0, received_by={"start": 0}, refused_in=[], attended_in=[], received_in=[],
            counted=0, from_units=0, in_kind_from_units=0,
        )  # fmt: skip

    # a, b: fees and leaders

    def fees(self) -> None:
        """Step (a)."""
        year = int(self.scenario.life.fee_yuan * 100 + 0.5)
        for o in self.living():
            due = o.members * (year * self.w // 52 - year * (self.w - 1) // 52)
            if due > 0:
                o.balance, o.received, o.fees = o.balance + due, o.received + due, o.fees + due
                o.income["members"] = o.income.get("members", 0) + due
                o.received_by["members"] = o.received_by.get("members", 0) + due

    def leaders(self) -> None:
        """Step (b); a leader is the pair (row, id)."""
        for o in self.living():
            if o.leader is not None:
                row, ident = o.leader
                if self.residents[row].id != ident or o.index not in self.residents[row].membership:
                    o.leader = None
            vacant = o.leader is None and o.members > 0
            if vacant and self.u("leader", o.id) < self.scenario.life.leader_rate:
                o.leader = leader_of(self.residents, o, self.luck, "leader_choice", self.week)

    # c, d, e: endings and births

    def deaths(self) -> None:
        """Step (c)."""
        p = self.scenario.life
        for o in self.living():
            h = p.hazard[o.legal_form] * exp(p.size_exponent * log(p.reference_members / max(1, o.members)))
            if o.members < p.small_members:
                h = h * p.small_factor
            if o.leader is None:
                h = h * p.leaderless_factor
            if self.outside_level(o) >= int(self.scenario.costs.session_cost[o.legal_form] * 100 + 0.5):
                h = h * p.secured_factor
            if self.u("death", o.id) < h:
                for r in self.residents:
                    r.membership = [-1 if m == o.index else m for m in r.membership]
                o.returned += o.balance
                o.balance = 0
                o.alive, o.leader, o.income, o.controlled, o.members = False, None, {}, 0.0, 0
                self.dissolved += 1

    def outside_level(self, o: Any) -> float:
        """Fen a week from others than members, of smoothed income; 0 without any income."""
        total = self.plain_sum(list(o.smoothed.values()))
        outside = self.plain_sum([amount for payer, amount in o.smoothed.items() if payer != "members"])
        return outside / o.weight if total != 0 else 0.0

    def mergers(self) -> None:
        """Step (d)."""
        for named, first in self.instruments:
            i = named.instrument
            begins = first if i.start is None else max(i.start, first)
            if i.kind != "merge" or not self.in_force(i) or self.week != begins:
                continue
            while True:
                target = sorted(self.target_organizations(i.target), key=lambda o: (o.members, o.id))
                mates = [(a, [b for b in target if b is not a and b.activity == a.activity]) for a in target]
                mates = [(a, others) for a, others in mates if others]
                if len(target) <= i.into or not mates:
                    break
                self.merge(mates[0][0], mates[0][1][0])

    def merge(self, a: Any, b: Any) -> None:
        """a goes over into b."""
        for r in self.residents:
            has_b = b.index in r.membership
            r.membership = [(-1 if has_b else b.index) if m == a.index else m for m in r.membership]
        b.members = sum(b.index in r.membership for r in self.residents)
        money = a.balance
        for o, due in ((a, -money), (b, money)):
            o.balance, o.received, o.counted = o.balance + due, o.received + due, o.counted + due
            o.received_by["merger"] = o.received_by.get("merger", 0) + due
        b.carry += a.carry
        b.year_attendances += a.year_attendances
        b.lent_sessions += a.lent_sessions
        b.free_sessions += a.free_sessions
        for payer, x in a.smoothed.items():
            b.smoothed[payer] = b.smoothed.get(payer, 0.0) + x
        for payer, x in a.income.items():
            b.income[payer] = b.income.get(payer, 0) + x
        b.smoothed_controlled += a.smoothed_controlled
        b.controlled += a.controlled
        if a.reference_level is not None and b.reference_level is not None:
            b.reference_level += a.reference_level
        b.fields = (*b.fields, *(f for f in a.fields if f not in b.fields))
        b.leader = a.leader if b.leader is None else b.leader
        a.alive, a.leader, a.income, a.controlled, a.members = False, None, {}, 0.0, 0
        a.carry, a.year_attendances, a.lent_sessions, a.free_sessions = 0.0, 0, 0.0, 0.0
        self.merged += 1

    def births(self) -> None:
        """Step (e)."""
        p = self.scenario.life
        if p.founding_rate == 0:
            return
        n, adults = len(self.living()), len(self.residents)
        room = max(0.0, 1 - n / p.organizations_cap) if p.organizations_cap else 1.0
        capable = sum(r.skill >= p.capable_skill for r in self.residents)
        unserved = [
            sum(
                r.interests >> f & 1
                and not any(f in self.organizations[m].fields for m in r.membership if m >= 0)
                for r in self.residents
            )
            for f in range(7)
        ]
        numbers = []
        for f in range(7):
            if FIELDS[f] not in p.founding_fields:
                numbers.append(0)
                continue
            ease, own = 1.0, {"field": FIELDS[f], "legal_form": "informal", "name": ""}
            for named in self.active("registration"):
                target = named.instrument.target
                if all(own[column] in wanted for column, wanted in target.items()):
                    ease = ease * named.instrument.founding_factor
            for named in self.active("workstation"):
                target = named.instrument.target
                is_open = self.accounts[named.name].open_in == self.week
                if is_open and all(own[column] in wanted for column, wanted in target.items()):
                    ease = ease * self.scenario.government.workstation_founding
            for _ in self.active("party_building"):
                ease = ease * self.scenario.party.party_founding
            if p.founding == "need":
                nu = p.founding_rate * (adults / 1000) * (unserved[f] / adults) * (capable / adults)
            else:
                nu = p.founding_rate / len(p.founding_fields)
            numbers.append(self.poisson(nu * room * ease, self.u("birth", self.committee, f)))
        for f in range(7):
            for j in range(numbers[f]):
                self.found(f, j)

    @staticmethod
    def poisson(nu: float, u: float) -> int:
        """Inverse distribution function, at most 31."""
        m, q = 0, exp(-nu)
        c = q
        while u >= c and m < 31:
            m += 1
            q = q * nu / m
            c += q
        return m

    def found(self, f: int, j: int) -> None:
        """The j-th birth of the week in field f."""
        p = self.scenario.life
        free = [r for r in self.residents if r.interests >> f & 1 and -1 in r.membership]
        able = [r for r in free if r.skill >= p.capable_skill]
        if not able:
            return
        founder = min(able, key=lambda r: (self.u("founder", r.id, f + 8 * j), r.id))
        friends = {row for row, _ in self.neighbours[founder.row]}
        others = [r for r in free if r is not founder]
        others.sort(key=lambda r: (r.row not in friends, self.u("first_member", r.id, f + 8 * j), r.id))
        ordinal = len(self.scenario.organization) + j
        community = community_hash(self.scenario.name)
        o = self.newborn(
            index=len(self.organizations),
            id=born_id(Kind.ORGANIZATION, community, f, ordinal, self.week),
            name=f"founded_{self.week}_{FIELDS[f]}_{j}",
            fields=(f,),
            activity=FIELD_ACTIVITY[f],
            legal_form="informal",
            members=0,
            professionalism=p.newborn.professionalism,
            professionalism_start=p.newborn.professionalism,
            drive=p.newborn.drive,
            reputation=p.newborn.reputation,
            open_air=False,
            lent_sessions=0.0,
            free_sessions=p.newborn_sessions,
        )
        if self.week > 0:
            o.reference_level, o.reference_own = 0.0, 1.0
        for r in [founder, *others[: p.founding_members - 1]]:
            r.membership[r.membership.index(-1)] = o.index
            r.aware |= 1 << f
            o.members += 1
        o.leader = (founder.row, founder.id)
        self.organizations.append(o)
        self.founded += 1

    # f, g: legal form, income, staff, drive, effort

    def legal_forms(self) -> None:
        """Step (f)."""
        p = self.scenario.life
        targets = [(n.instrument, self.target_organizations(n.instrument.target)) for n in
                   self.active("registration")]  # fmt: skip
        for o in self.living():
            if o.legal_form == "registered":
                continue
            informal = o.legal_form == "informal"
            threshold = p.threshold_filed if informal else p.threshold_registered
            rate = p.filing_rate if informal else p.registering_rate
            for i, target in targets:
                if any(t is o for t in target):
                    threshold, rate = threshold * i.threshold_factor, rate * i.rate_factor
            if o.members >= threshold and self.u("filing", o.id) < rate:
                o.legal_form = FORMS[FORMS.index(o.legal_form) + 1]

    def develop(self, o: Any) -> None:
        """Step (g)."""
        p, k = self.scenario.life, exp(-log(2.0) / self.scenario.life.income_half_life)
        for payer, due in o.income.items():
            if due > 0:
                o.smoothed.setdefault(payer, 0.0)
        for payer in o.smoothed:
            o.smoothed[payer] = k * o.smoothed[payer] + (1 - k) * o.income.get(payer, 0)
        o.smoothed_controlled = k * o.smoothed_controlled + (1 - k) * o.controlled
        o.weight = k * o.weight + (1 - k) * 1
        o.income, o.controlled = {}, 0.0
        total = self.plain_sum(list(o.smoothed.values()))
        from_outside = [x for payer, x in o.smoothed.items() if payer != "members"]
        outside = self.plain_sum(from_outside)
        if total > 0:
            o.dependence = max(from_outside, default=0.0) / total
            control = min(1.0, o.smoothed_controlled / total)
            own = o.smoothed.get("members", 0.0) / total
        else:
            o.dependence = control = 0.0
            own = o.reference_own if o.reference_own is not None else 0.0
        level = outside / o.weight
        gained, effort = 0.0, 1.0
        if o.reference_level is not None:
            cost = int(self.scenario.costs.session_cost[o.legal_form] * 100 + 0.5)
            bought = min(1.0, max(0.0, level - o.reference_level) / cost)
            gained = p.prof_money * bought * (1 - o.professionalism)
            if o.reference_level != 0:
                effort = max(0.0, 1 - p.ask_crowding * max(0.0, level / o.reference_level - 1))
        o.effort = effort
        x = o.professionalism
        o.professionalism = x + self.staff_fade * (o.professionalism_start - x) + gained
        base = own if o.reference_own is None else o.reference_own
        wanted = (o.drive_start - p.drive_control * o.dependence * control) + p.drive_own * (own - base)
        o.drive = o.drive + p.drive_rate * (min(1.0, max(0.0, wanted)) - o.drive)
        if self.week == 0:
            o.reference_level, o.reference_own = level, own

    def life_figures(self) -> dict[str, int]:
        """What the records hold of the life of organizations."""
        living = self.living()
        party = [
            sum(o.index in r.membership and r.party for r in self.residents) >= 3
            or (o.leader is not None and self.residents[o.leader[0]].party == 1)
            for o in living
        ]
        return {
            **{f"organizations_{form}": sum(o.legal_form == form for o in living) for form in FORMS},
            "organizations_founded": self.founded,
            "organizations_dissolved": self.dissolved,
            "organizations_merged": self.merged,
            "organizations_led": sum(o.leader is not None for o in living),
            "organizations_covered": sum(party),
            "organizations_drive": sum(math.floor(o.drive * 2**40) for o in living),
            "organizations_dependence": sum(math.floor(o.dependence * 2**40) for o in living),
            "organization_fees_fen": sum(o.fees for o in self.organizations),
            "organization_returned_fen": sum(o.returned for o in self.organizations),
        }


def leader_of(
    residents: list[Any], o: Any, seed: int, name: str = "leader_start", week: int = 0
) -> tuple[int, int] | None:
    """(row, id) of the member with the smallest draw; None without members."""
    members = [r for r in residents if o.index in r.membership]
    if not members:
        return None
    chosen = min(members, key=lambda r: (uniform(seed, stream(name), pair_id(r.id, o.id), week), r.id))
    return chosen.row, chosen.id
