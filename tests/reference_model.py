"""What does the ODD say, in plain loops?

An interpreter of `model/ODD/`, sections 7.1 to 7.14 and 8, that shares no code with the phases: residents,
organizations, accounts and offers are plain objects, sums are loops from 0.0, and formulas are written in the
order in which the ODD writes them. It takes over the people, ties and organizations of a built
`CommunityModel` once, before its first week, and then runs alone; the kernels have to equal it to the bit.
`tests/reference_money.py` holds the phases about money, `tests/reference_credits.py` that about service,
credits and care, `tests/reference_life.py` that about organizations,
`tests/reference_party.py` contacts.
"""

from __future__ import annotations

import copy
import math
from types import SimpleNamespace
from typing import Any

from model.core.arithmetic import exp, root5
from model.core.draws import normal
from model.instruments.base import FIELD_ACTIVITY
from model.instruments.policies import Named, Policy
from model.parameters.decision import ACTIVITIES, TERMS
from model.parameters.population import AGE_BANDS, EDUCATIONS, SEXES
from model.state.outcomes import SUMS
from tests.reference_base import K
from tests.reference_credits import no_credits
from tests.reference_issues import IssuesPart
from tests.reference_life import Life, leader_of
from tests.reference_residents import ResidentsPart

ORDERS = ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))


class ReferenceModel(Life, IssuesPart, ResidentsPart):
    """One arm of one community, interpreted from the ODD; `reference_of` builds it, `branch` goes on."""

    # Running

    def step(self) -> None:
        """One week."""
        self.begin()
        for name in self.phases:
            getattr(self, name)()

    def begin(self) -> None:
        """Open the next week; the twin lives through it first."""
        if self.twin is not None:
            self.twin.step()
        self.week += 1
        self.known_before = [r.knowledge for r in self.residents]

    def branch(self, policy: Policy, from_twin: tuple[str, ...] = ()) -> ReferenceModel:
        """An independent arm from now on; ``from_twin`` names terms that come from an arm without policy."""
        arm = copy.deepcopy(self)
        if from_twin:
            arm.twin, arm.from_twin = copy.deepcopy(self), from_twin
            arm.twin.is_twin = True
        for named in policy.instruments:
            arm.add(named)
        return arm

    def add(self, named: Named) -> None:
        """An instrument that may act from the next week on, with its account."""
        self.instruments.append((named, self.week + 1))
        self.accounts[named.name] = SimpleNamespace(
            instrument=named.instrument, appropriated=0, spent=0, returned=0, free=0, unreleased=0,
            liability=0, committed=0, in_kind=0, granted=0, administration=0, contracts=[], open_in=None,
            parts=[], turn=0,
        )  # fmt: skip

    # 7.7: the decision

    def decide(self) -> None:
        """ODD 7.7."""
        d = self.scenario.decision
        self.acting = [[self.acts(r, k) for k in K] for r in self.residents]
        self.mixed = [self.mean([r.embeddedness * self.acting[r.row][k] for r in self.residents]) for k in K]
        self.everybody = [self.plain_sum([row[k] for row in self.acting]) for k in K]
        self.is_open_now = [self.is_open(k) for k in K]
        self.pull, self.controlling = self.credit_terms()
        for r in self.residents:
            r.minutes = [0, 0, 0]
            if self.is_twin:
                r.shown = [self.terms(r, k, 0) for k in K]
            m = 0
            for k in ORDERS[math.floor(6 * self.u("order", r.id))]:
                aware = any(FIELD_ACTIVITY[f] == k and r.aware >> f & 1 for f in range(7))
                if not (self.is_open_now[k] and (aware or any(a > 0 for a in r.asks[k]))):
                    continue
                if self.free(r) - m < 15:
                    continue
                if self.is_twin and m > 0 and d.rule == "logit" and self.wants(r, k, 0):
                    r.shown[k]["time"] = self.terms(r, k, m)["time"]
                if not self.wants(r, k, m):
                    continue
                spread = d.sd_person * r.hours_effect + d.sd_act * normal(self.u("act_hours", r.id, k))
                spread = spread - (d.sd_person * d.sd_person + d.sd_act * d.sd_act) / 2
                hours = d.act_hours.values()[k] * exp(spread)
                quarters = min(max(1, math.floor(4 * hours + 0.5)), (self.free(r) - m) // 15)
                r.minutes[k] = 15 * quarters
                m += r.minutes[k]

    def acts(self, r: Any, k: int) -> float:
        """s_jk: 1.0 if the resident was seen taking part in the weeks remembered."""
        return 1.0 if r.history[k] & ((1 << self.scenario.decision.memory) - 1) else 0.0

    def share_of_peers(self, r: Any, k: int) -> float:
        """Q / W, 0 where there is nobody."""
        q = 0.0
        for j, weight in self.neighbours[r.row]:
            q += weight * (self.residents[j].embeddedness * self.acting[j][k])
        total = self.weight_sum[r.row]
        for other in self.beyond(r):
            q += self.far_weight * (other.e * other.acting[k])
            total += self.far_weight
        if self.well_mixed > 0:
            q += self.well_mixed * self.mixed[k]
            total += self.well_mixed
        return q / total if total != 0 else 0.0

    def terms(self, r: Any, k: int, m: int) -> dict[str, float]:
        """The nine terms, as signed summands of U, and the parts that the combinations need."""
        d, s = self.scenario.decision, SimpleNamespace()
        own = [m for m in r.membership if m >= 0]
        offers = [o for o in self.offers if o.activity == k]
        s.meets = 1.0 if any(o.organization in own for o in offers) else 0.0
        fits = any(
            r.match >> (3 * o.field + o.slot) & 1 or (o.organization in own and r.slots >> o.slot & 1)
            for o in offers
        ) or (k == 1 and r.post >= 0)
        s.enabled = 1.0 if fits else 0.0
        s.a = [(1 - exp(-n)) / (1 - exp(-1.0)) if n != 0 else 0.0 for n in r.asks[k]]
        s.worn = d.b_fatigue * max(0.0, r.fatigue - d.fatigue_free)
        s.duty = r.duty if k == 1 else 0.0
        b_ask = d.b_ask.values()
        asked = b_ask[0] * s.a[0] + b_ask[1] * s.a[1] + b_ask[2] * s.a[2] - s.worn + s.duty
        credit = 0.0
        if k == 1 and r.enrolled:
            fading = exp(-(r.credit_minutes / 60) / d.saturation)
            credit = self.pull[r.credit_use] * fading - self.b_control * self.controlling
        peers = self.share_of_peers(r, k)
        values = {
            "can": self.b_can[k] * (r.skill - self.scenario.learning.skill_mean)
            + self.b_know[k] * r.knowledge,
            "like": d.like_attachment.values()[k] * (r.attachment - 0.5)
            + d.like_motivation.values()[k] * (r.motivation - 0.5),
            "enabled": d.b_enab.values()[k] * s.enabled + d.member_bonus * s.meets,
            "asked": asked,
            "response": self.b_resp[k] * (r.efficacy - 0.5),
            "peers": d.b_peer * r.embeddedness * peers,
            "habit": d.b_habit * r.habit[k],
            "credit": credit,
            "time": d.b_time * exp(-(max(0, self.free(r) - m) / 60) / d.tau),
        }
        for name in TERMS:
            if name not in d.terms:
                values[name] = 0.0
            if name in self.from_twin and self.twin is not None:
                values[name] = self.twin.residents[r.row].shown[k][name]
        return values | {"parts": s}

    def wants(self, r: Any, k: int, m: int) -> bool:
        """Whether the rule says yes."""
        d = self.scenario.decision
        if d.rule == "fractional":
            return self.share_of_peers(r, k) >= r.threshold
        if d.rule == "absolute":
            seen = self.plain_sum([self.acting[j][k] for j, _ in self.neighbours[r.row]])
            seen += self.plain_sum([other.acting[k] for other in self.beyond(r)])
            return (self.everybody[k] if self.well_mixed > 0 else seen) >= r.threshold
        t = self.terms(r, k, m)
        utility = d.b0.values()[k] + self.season(k) + d.community_effect + r.effect[k]
        if d.combination == "additive":
            utility = utility + t["can"] + t["like"] + t["enabled"] + t["asked"] + t["response"]
        else:
            s = t["parts"]
            utility = utility + self.combined(r, k, s) + d.member_bonus * s.meets - s.worn + s.duty
        utility = utility + t["peers"] + t["habit"] + t["credit"] - t["time"]
        return self.u(ACTIVITIES[k], r.id) * (1 + exp(-utility)) < 1

    def combined(self, r: Any, k: int, s: Any) -> float:
        """The joint effect of C, L, E, A and R in the two other combinations."""
        d = self.scenario.decision
        can = r.skill + self.scenario.learning.know_share * r.knowledge * (1 - r.skill)
        like = (r.attachment + r.motivation) / 2
        asked = min(1.0, max(s.a))
        budget = (
            self.b_can[k]
            + self.b_know[k]
            + (d.like_attachment.values()[k] + d.like_motivation.values()[k])
            + d.b_enab.values()[k]
            + max(d.b_ask.values())
            + self.b_resp[k]
        )
        if d.combination == "weakest_link":
            return budget * min(can, like, s.enabled, asked, r.efficacy)
        return budget * root5(can * like * s.enabled * asked * r.efficacy)

    # 7.8: seats

    def seat(self) -> None:
        """ODD 7.8."""
        wanting: dict[tuple[int, int], list[Any]] = {}
        for r in self.residents:
            r.refused, r.seated, r.offer = [0, 0, 0], [0, 0, 0], [-1, -1, -1]
            for k in K:
                if r.minutes[k] == 0:
                    continue
                if "plan" not in self.phases:
                    r.seated[k] = 2
                    continue
                r.offer[k] = self.choice(r, k)
                wanting.setdefault((r.offer[k], k), []).append(r)
        for (n, k), people in wanting.items():
            offer = self.offers[n]
            offer.demand = len(people)
            people.sort(key=lambda r: (self.u("seat", r.id, k), r.id))
            places = len(people) if offer.places < 0 else offer.places
            for r in people[:places]:
                stranger = offer.organization >= 0 and offer.organization not in r.membership
                air = offer.organization >= 0 and self.organizations[offer.organization].open_air
                r.seated[k] = 1 if air and stranger else 2
            for r in people[places:]:
                r.refused[k], r.minutes[k], r.offer[k] = 1, 0, -1

    def choice(self, r: Any, k: int) -> int:
        """The offer a participant of k goes to."""

        def tier(o: Any) -> int:
            if o.organization >= 0 and o.organization in r.membership and r.slots >> o.slot & 1:
                return 1
            if o.field == r.post:
                return 1
            return 2 if r.match >> (3 * o.field + o.slot) & 1 else 3

        mine = [(n, o) for n, o in enumerate(self.offers) if o.activity == k]
        best = min(tier(o) for _, o in mine)
        members = [(n, o) for n, o in mine if tier(o) == best]
        point = math.floor(self.u("offer_choice", r.id, k) * sum(o.sessions for _, o in members))
        upto = 0
        for n, o in members:
            upto += o.sessions
            if upto > point:
                return n
        raise AssertionError("the point lies within the sessions of the tier")

    def observe(self) -> None:
        """ODD 7.14: what the records hold of this week, by the names of their columns."""
        people = self.residents
        self.counts = {"all": counted(people, self.organizations, self.week)}
        for attribute, (label, names) in GROUPED.items():
            for code, name in enumerate(names):
                group = [r for r in people if getattr(r, attribute) == code]
                self.counts[f"{label}:{name}"] = counted(group, self.organizations, self.week)
        week: dict[str, int] = {}
        for k, name in enumerate(ACTIVITIES):
            offers = [o for o in self.offers if o.activity == k]
            limited = [o for o in offers if o.places >= 0]
            week[f"sessions_{name}"] = sum(o.sessions for o in offers)
            week[f"places_{name}"] = sum(o.places for o in limited)
            week[f"demand_{name}"] = sum(o.demand for o in offers)
            week[f"offers_limited_{name}"] = len(limited)
            week[f"offers_bound_{name}"] = sum(o.demand > o.places for o in limited)
        week |= self.credit_figures()
        week["staff_in_kind_fen"] = self.staff_in_kind
        week |= self.party_figures()
        for figure in ("balance", "spent", "in_kind"):
            week[f"organization_{figure}_fen"] = sum(getattr(o, figure) for o in self.organizations)
        week["moved"], week["memberships_moved"] = self.moved, self.memberships_moved
        week |= self.issue_figures()
        administration = sum(a.administration for a in self.accounts.values())
        self.figures = week | self.tally | {"administration_fen": administration} | self.life_figures()


GROUPED = {
    "sex": ("sex", SEXES),
    "age_band": ("age", AGE_BANDS),
    "education": ("education", EDUCATIONS),
    "migrant": ("residence", ("local", "migrant")),
    "party": ("party", ("no", "member")),
    "needs_care": ("care", ("none", "needed")),
}
"""The groups of the records: attribute, label and the names of its codes."""


def counted(people: list[Any], organizations: list[Any], week: int) -> dict[str, int]:
    """Counts and sums over some residents; state sums in units of 2^-40."""
    c = {"adults": len(people), "audience": sum(r.seated[0] == 1 for r in people)}
    held = [[organizations[m].activity for m in r.membership if m >= 0] for r in people]
    for k, name in enumerate(ACTIVITIES):
        c[f"reached_{name}"] = sum(r.history[k] % 2**52 > 0 for r in people)
        c[f"attended_{name}"] = sum(r.seated[k] > 0 for r in people)
        c[f"refused_{name}"] = sum(r.refused[k] for r in people)
        c[f"members_{name}"] = sum(k in activities for activities in held)
        fields = [f for f in range(7) if FIELD_ACTIVITY[f] == k]
        c[f"aware_{name}"] = sum(any(r.aware >> f & 1 for f in fields) for r in people)
    c["members"] = sum(len(activities) > 0 for activities in held)
    c["memberships"] = sum(len(activities) for activities in held)
    c["registered"] = sum(r.registered for r in people)
    c["active_volunteers"] = sum(r.service_minutes >= 60 for r in people)
    c["registered_active"] = sum(r.service_minutes >= 60 and r.registered for r in people)
    c["enrolled"] = sum(r.enrolled for r in people)
    c["asked"] = sum(any(n > 0 for row in r.asks for n in row) for r in people)
    c["served_minutes"] = sum(r.minutes[1] for r in people if r.seated[1])
    c["duty_minutes"] = sum(r.minutes[1] for r in people if r.seated[1] and r.duty > 0)
    c["served_minutes_52"] = sum(r.service_minutes for r in people)
    c["duty_minutes_52"] = sum(r.duty_minutes_52 for r in people)
    c["credit_minutes"] = sum(r.credit_minutes for r in people)
    c["asks"] = sum(r.asked_now for r in people)
    c["issues_raised"] = sum(r.raised for r in people)
    c["care_needed_minutes"] = sum(r.care_need for r in people)
    for by, name in enumerate(("volunteer", "party", "paid")):
        c[f"care_{name}_minutes"] = sum(r.care[by] for r in people)
    c["in_service"] = sum(r.in_service for r in people)
    c["mobilised"] = sum(r.in_service and r.duty_minutes_52 >= 60 for r in people)
    c["arrived"] = sum(r.arrival == week for r in people)
    for name in SUMS:
        c[name] = sum(math.floor(getattr(r, name) * 2**40) for r in people)
    return c


def reference_of(model: Any) -> ReferenceModel:
    """The reference of a built `CommunityModel` before its first week: its people, ties and organizations."""
    phases = tuple(name for name, _ in model.schedule)
    reference = ReferenceModel(model.scenario, phases, model.week, model.luck)
    reference.world = model.world
    columns = {name: column.tolist() for name, column in model.residents.columns().items()}
    for row in range(len(model.residents)):
        own = {name: copy.copy(values[row]) for name, values in columns.items()}
        reference.residents.append(
            SimpleNamespace(row=row, shown=None, contacts=0, served_weeks=[], duty_weeks=[], issued=[], **own)
        )
    merged = model.network.merged
    starts, js, weights = merged.indptr.tolist(), merged.indices.tolist(), merged.weight.tolist()
    reference.well_mixed = model.scenario.network.well_mixed
    for i in range(len(model.residents)):
        row = slice(starts[i], starts[i + 1])
        reference.neighbours.append(list(zip(js[row], weights[row], strict=True)))
        reference.weight_sum.append(ReferenceModel.plain_sum(weights[row]))
    copied = (
        "index", "id", "name", "fields", "activity", "legal_form", "members", "professionalism", "drive",
        "reputation", "open_air", "lent_sessions", "free_sessions", "professionalism_start",
    )  # fmt: skip
    for o in model.organizations:
        state, cash = {name: getattr(o, name) for name in copied}, o.balance
        o = reference.newborn(**state)
        o.balance = o.received = o.counted = cash
        o.received_by = {"start": cash}
        o.leader = leader_of(reference.residents, o, model.world)
        reference.organizations.append(o)
    reference.credits = no_credits()
    reference.credits.issued = sum(r.credit_minutes for r in reference.residents)
    reference.committee = model.committee.id
    reference.household_ids = [int(h) for h in model.households]
    reference.start_party(model)
    for named in model.scenario.status_quo_instruments():
        reference.add(named)
    return reference
