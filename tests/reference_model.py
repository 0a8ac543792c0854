"""What does the ODD say, in plain loops?

An interpreter of `model/ODD.md`, sections 7.1 to 7.12 and 8, that shares no code with the phases: residents,
organizations, accounts and offers are plain objects, sums are loops from 0.0, and formulas are written in the
order in which the ODD writes them. It takes over the people, ties and organizations of a built
`CommunityModel` once, before its first week, and then runs alone; the kernels have to equal it to the bit.
"""

from __future__ import annotations

import copy
import math
from types import SimpleNamespace
from typing import Any

from model.arithmetic import exp, log, root5, sqrt
from model.draws import normal, stream, uniform
from model.parameters.decision import ACTIVITIES, SOURCES, TERMS
from model.policies import FIELD_ACTIVITY, FIELDS, RESIDENT_TARGETS, Named, Policy

K = range(3)
YEAR = 52
BLOCK = 4096
TWO_MONTHS = (8, 17, 26, 34, 43, 52)
ORDERS = ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))
FUNDED = ("grant", "award", "premises", "train_residents", "train_volunteers", "train_staff", "credits")


class ReferenceModel:
    """One arm of one community, interpreted from the ODD.

    ``residents``, ``organizations``, ``accounts`` (by name) and ``offers`` hold the state as plain objects;
    ``week`` is the last completed week. Build it with `reference_of`, continue it with `branch`.
    """

    def __init__(self, scenario: Any, phases: tuple[str, ...], week: int, luck: int) -> None:
        self.scenario, self.phases, self.week, self.luck = scenario, phases, week, luck
        self.residents: list[Any] = []
        self.organizations: list[Any] = []
        self.accounts: dict[str, Any] = {}
        self.instruments: list[tuple[Named, int]] = []
        self.offers: list[Any] = []
        self.committee = 0
        self.staff_in_kind = 0
        self.paired: dict[int, int] = {}
        self.household_ids: list[int] = []
        self.neighbours: list[list[tuple[int, float]]] = []
        self.well_mixed = 0.0
        self.weight_sum: list[float] = []
        self.twin: ReferenceModel | None = None
        self.from_twin: tuple[str, ...] = ()
        self.derive()

    # Parameters and time (ODD 2, 8)

    def derive(self) -> None:
        """The derived parameters of ODD 8."""
        d, l, m, o = (
            getattr(self.scenario, n) for n in ("decision", "learning", "mobilisation", "organizations")
        )

        def keep(half_life: float) -> float:
            return exp(-log(2.0) / half_life)

        self.ask_keep = keep(m.ask_half_life)
        self.fatigue_keep = keep(m.fatigue_half_life)
        self.skill_fade = 1 - keep(l.skill_half_life)
        self.motivation_return = 1 - keep(l.motivation_half_life)
        self.aware_forget = 1 - keep(l.aware_half_life)
        self.staff_fade = 1 - keep(o.staff_half_life)
        self.embed_rate = 1 - exp(-1 / l.embed_weeks)
        slope = d.slope.values()
        self.b_can = [(d.beta_train / slope[k]) / (l.gain * (1 - l.skill_mean)) for k in K]
        self.b_resp = [d.b_resp.values()[k] / slope[k] for k in K]
        self.b_credit = d.b_credit / slope[1]
        self.b_control = d.b_control / slope[1]

    @property
    def w(self) -> int:
        """Week of the year, 1 to 52."""
        return (self.week - 1) % YEAR + 1

    def u(self, name: str, ident: int, k: int = 0) -> float:
        """A draw of this week."""
        return uniform(self.luck, stream(name), ident, self.week, k)

    def active(self, kind: str) -> list[Named]:
        """The instruments of a kind in force this week, in order."""
        return [n for n, _ in self.instruments if n.instrument.kind == kind and self.in_force(n.instrument)]

    def in_force(self, instrument: Any) -> bool:
        """From `start` to `end`, both included."""
        started = instrument.start is None or instrument.start <= self.week
        return started and (instrument.end is None or self.week <= instrument.end)

    def target_residents(self, target: Any) -> list[Any]:
        """Residents who fit every column of a target now."""

        def fits(r: Any) -> bool:
            for column, wanted in target.items():
                known = RESIDENT_TARGETS[column]
                value = getattr(r, column)
                label = bool(value) if isinstance(known[0], bool) else known[value]
                if label not in wanted:
                    return False
            return True

        return [r for r in self.residents if fits(r)]

    def target_organizations(self, target: Any) -> list[Any]:
        """Organizations that fit every column of a target, in order."""

        def fits(o: Any) -> bool:
            own = {"field": [FIELDS[f] for f in o.fields], "legal_form": [o.legal_form], "name": [o.name]}
            return all(any(v in wanted for v in own[column]) for column, wanted in target.items())

        return [o for o in self.organizations if fits(o)]

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

    def branch(self, policy: Policy, from_twin: tuple[str, ...] = ()) -> ReferenceModel:
        """An independent arm from now on; ``from_twin`` names terms that come from an arm without policy."""
        arm = copy.deepcopy(self)
        if from_twin:
            arm.twin, arm.from_twin = copy.deepcopy(self), from_twin
        for named in policy.instruments:
            arm.add(named)
        return arm

    def add(self, named: Named) -> None:
        """An instrument that may act from the next week on, with its account."""
        self.instruments.append((named, self.week + 1))
        self.accounts[named.name] = SimpleNamespace(
            appropriated=0, spent=0, returned=0, free=0, unreleased=0, liability=0, in_kind=0,
            parts=[], turn=0, coverage=1.0, issued=0, redeemed=0, expired=0,
        )  # fmt: skip

    # 7.1 to 7.3: money and training

    def appropriate(self) -> None:
        """ODD 7.1."""
        if self.w == 1:
            for o in self.organizations:
                o.year_attendances = 0
        for named, first in self.instruments:
            i, account = named.instrument, self.accounts[named.name]
            if i.kind not in FUNDED or not self.in_force(i):
                continue
            first_week = first if i.start is None else max(i.start, first)
            if self.week == first_week or self.w == 1:
                for_people = i.kind in ("train_residents", "train_volunteers", "credits")
                match = self.target_residents if for_people else self.target_organizations
                if match(i.target):
                    last = self.week - self.w + YEAR
                    weeks = (last if i.end is None else min(i.end, last)) - self.week + 1
                    amount = int(i.amount_yuan * 100 + 0.5) * weeks // 52
                    account.appropriated += amount
                    account.unreleased += amount
                    account.parts.append((self.week, weeks, amount))

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
                account.unreleased -= due
                account.free += due
        for named in self.active("grant"):
            account = self.accounts[named.name]
            self.share(account, self.target_organizations(named.instrument.target))
        for named in self.active("award"):
            i, account = named.instrument, self.accounts[named.name]
            m = account.free // self.price(i, self.scenario.costs.award)
            ranked = sorted(self.target_organizations(i.target), key=lambda o: (-o.year_attendances, o.id))
            self.share(account, ranked[:m])

    @staticmethod
    def share(account: Any, receivers: list[Any]) -> None:
        """Give all free money to the receivers in equal parts; the first ones get the odd fen."""
        if not receivers:
            return
        part, odd = divmod(account.free, len(receivers))
        for n, o in enumerate(receivers):
            o.balance += part + (n < odd)
            o.received += part + (n < odd)
        account.spent += account.free
        account.free = 0

    @staticmethod
    def price(instrument: Any, default: float) -> int:
        """The unit price in fen."""
        return int((default if instrument.price_yuan is None else instrument.price_yuan) * 100 + 0.5)

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
        wanted = math.floor(max(0.0, n1 - o.lent_sessions) / (n1 + n2) * n * r + 0.5)
        for account, _ in lenders:
            paid = min(wanted, account.free)
            wanted -= paid
            account.free -= paid
            account.spent += paid
            account.in_kind += paid
            o.in_kind += paid
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

    def is_open(self, k: int) -> bool:
        """Whether activity k can be taken part in this week."""
        return "plan" not in self.phases or any(o.activity == k for o in self.offers)

    # 7.5, 7.6: contacts and asks

    def mobilise(self) -> None:
        """ODD 7.5."""
        d = self.scenario.decision
        quotas = [n.instrument.hours_per_year for n in self.active("party_duty")]
        for r in self.residents:
            r.fatigue *= self.fatigue_keep
            if self.w == 1:
                r.duty_minutes = 0
            bonus = d.duty_bonus * d.duty_late if self.w >= 40 else d.duty_bonus
            owes = bool(quotas) and r.in_service and r.duty_minutes < 60 * max(quotas)
            r.duty = bonus if owes else 0.0
        contacts: dict[int, int] = {h: 0 for h in range(len(self.household_ids))}
        if self.active("party_visits") and self.w in TWO_MONTHS:
            for h, members in self.paired.items():
                contacts[h] += members
        for named, _ in self.instruments:
            if named not in self.active("visit"):
                continue
            of_kind = [n.name for n, _ in self.instruments if n.instrument.kind == "visit"]
            ordinal = of_kind.index(named.name)
            visits = 0
            homes = sorted({r.household for r in self.target_residents(named.instrument.target)})
            for h in homes:
                if self.u("visit", self.household_ids[h], ordinal) < named.instrument.visits_per_year / 52:
                    contacts[h] += 1
                    visits += 1
            hours = self.scenario.mobilisation.visit_hours * visits
            self.staff_in_kind += int(hours * self.scenario.costs.staff_year / 2080 * 100 + 0.5)
        for r in self.residents:
            r.contacts = contacts[r.household]
            r.fatigue += r.contacts

    def ask(self) -> None:
        """ODD 7.6."""
        is_open = [k for k in K if self.is_open(k)]
        offering = {o.organization for o in self.offers}
        for r in self.residents:
            r.asked = [0, 0, 0]
            for k in K:
                for q in range(3):
                    kept = r.asks[k][q] * self.ask_keep
                    r.asks[k][q] = kept if kept >= 1 / 64 else 0.0
            if r.contacts > 0 and is_open:
                k = is_open[math.floor(len(is_open) * self.u("visit_topic", r.id))]
                r.asks[k][1] += r.contacts
            ties = self.neighbours[r.row]
            if ties:
                j, _ = ties[math.floor(len(ties) * self.u("ask_tie", r.id, 0))]
                theirs = [m for m in self.residents[j].membership if m >= 0 and m in offering]
                if theirs and self.u("ask_tie", r.id, 1) < self.scenario.mobilisation.ask_rate:
                    k = self.organizations[theirs[0]].activity
                    r.asks[k][2] += 1
                    r.asked[k] = 1 + theirs[0]
        for named in self.active("ask"):
            i = named.instrument
            k, q = ACTIVITIES.index(i.activity), SOURCES.index(i.source)
            for r in self.target_residents(i.target) if k in is_open else []:
                if (self.week + r.row) % i.every_weeks == 0:
                    r.asks[k][q] += 1

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
            r.terms: list[Any] = [None, None, None]
            m = 0
            for k in ORDERS[math.floor(6 * self.u("order", r.id))]:
                r.terms[k] = self.terms(r, k, m)
                aware = any(FIELD_ACTIVITY[f] == k and r.aware >> f & 1 for f in range(7))
                if not (self.is_open_now[k] and (aware or any(a > 0 for a in r.asks[k]))):
                    continue
                if r.free_minutes - m < 15 or not self.wants(r, k):
                    continue
                spread = d.sd_person * r.hours_effect + d.sd_act * normal(self.u("act_hours", r.id, k))
                spread = spread - (d.sd_person * d.sd_person + d.sd_act * d.sd_act) / 2
                hours = d.act_hours.values()[k] * exp(spread)
                quarters = min(max(1, math.floor(4 * hours + 0.5)), (r.free_minutes - m) // 15)
                r.minutes[k] = 15 * quarters
                m += r.minutes[k]

    def acts(self, r: Any, k: int) -> float:
        """s_jk: 1.0 if the resident was seen taking part in the weeks remembered."""
        return 1.0 if r.history[k] & ((1 << self.scenario.decision.memory) - 1) else 0.0

    @staticmethod
    def plain_sum(values: list[float]) -> float:
        """A sum from 0.0 in order."""
        total = 0.0
        for value in values:
            total += value
        return total

    def mean(self, values: list[float]) -> float:
        """Block sums of 4,096 rows, added in order, divided by n."""
        blocks = [self.plain_sum(values[b : b + BLOCK]) for b in range(0, len(values), BLOCK)]
        return self.plain_sum(blocks) / len(values)

    def credit_terms(self) -> tuple[float, float]:
        """credit_pull and controlling of the scheme in force."""
        for named in self.active("credits"):
            account, i = self.accounts[named.name], named.instrument
            yuan = self.scenario.costs.credit_value if i.price_yuan is None else i.price_yuan
            value, administration = self.quarter_prices(i)
            coverage = account.coverage if account.free >= value + administration else 0.0
            pull = self.b_credit * sqrt(yuan / 20) * self.scenario.credits.liquidity * coverage
            return pull, i.controlling
        return 0.0, 0.0

    def quarter_prices(self, instrument: Any) -> tuple[int, int]:
        """Value and administration of a credited quarter of an hour, in fen."""
        costs = self.scenario.costs
        yuan = costs.credit_value if instrument.price_yuan is None else instrument.price_yuan
        return math.floor(25 * yuan + 0.5), math.floor(25 * costs.credit_administration + 0.5)

    def share_of_peers(self, r: Any, k: int) -> float:
        """Q / W, 0 where there is nobody."""
        q = 0.0
        for j, weight in self.neighbours[r.row]:
            q += weight * (self.residents[j].embeddedness * self.acting[j][k])
        if self.well_mixed > 0:
            q += self.well_mixed * self.mixed[k]
        total = self.weight_sum[r.row]
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
        )
        s.enabled = 1.0 if fits else 0.0
        s.a = [(1 - exp(-n)) / (1 - exp(-1.0)) if n != 0 else 0.0 for n in r.asks[k]]
        s.worn = d.b_fatigue * max(0.0, r.fatigue - d.fatigue_free)
        s.duty = r.duty if k == 1 else 0.0
        b_ask = d.b_ask.values()
        asked = b_ask[0] * s.a[0] + b_ask[1] * s.a[1] + b_ask[2] * s.a[2] - s.worn + s.duty
        credit = 0.0
        if k == 1 and r.enrolled:
            fading = exp(-(r.credit_minutes / 60) / d.saturation)
            credit = self.pull * fading - self.b_control * self.controlling
        peers = self.share_of_peers(r, k)
        values = {
            "can": self.b_can[k] * (r.skill - self.scenario.learning.skill_mean),
            "like": d.like_attachment.values()[k] * (r.attachment - 0.5)
            + d.like_motivation.values()[k] * (r.motivation - 0.5),
            "enabled": d.b_enab.values()[k] * s.enabled + d.member_bonus * s.meets,
            "asked": asked,
            "response": self.b_resp[k] * (r.efficacy - 0.5),
            "peers": d.b_peer * r.embeddedness * peers,
            "habit": d.b_habit * r.habit[k],
            "credit": credit,
            "time": d.b_time * exp(-(max(0, r.free_minutes - m) / 60) / d.tau),
        }
        for name in TERMS:
            if name not in d.terms:
                values[name] = 0.0
            if name in self.from_twin and self.twin is not None:
                values[name] = self.twin.residents[r.row].terms[k][name]
        return values | {"parts": s}

    def wants(self, r: Any, k: int) -> bool:
        """Whether the rule says yes."""
        d, t = self.scenario.decision, r.terms[k]
        if d.rule == "fractional":
            return self.share_of_peers(r, k) >= r.threshold
        if d.rule == "absolute":
            seen = self.plain_sum([self.acting[j][k] for j, _ in self.neighbours[r.row]])
            return (self.everybody[k] if self.well_mixed > 0 else seen) >= r.threshold
        utility = d.b0.values()[k] + d.community_effect + r.effect[k]
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
        like = (r.attachment + r.motivation) / 2
        asked = min(1.0, max(s.a))
        budget = (
            self.b_can[k]
            + (d.like_attachment.values()[k] + d.like_motivation.values()[k])
            + d.b_enab.values()[k]
            + max(d.b_ask.values())
            + self.b_resp[k]
        )
        if d.combination == "weakest_link":
            return budget * min(r.skill, like, s.enabled, asked, r.efficacy)
        return budget * root5(r.skill * like * s.enabled * asked * r.efficacy)

    # 7.8, 7.9: seats, service, credits

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
        for named, _ in self.instruments:
            if named.instrument.kind == "credits":
                self.serve_credits(named)
        for r in self.residents:
            r.issued.append(r.issued_now)

    def serve_credits(self, named: Named) -> None:
        """Expire, issue, spend, enrol."""
        p, i, account = self.scenario.credits, named.instrument, self.accounts[named.name]
        value, administration = self.quarter_prices(i)
        running = self.in_force(i)
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

    # 7.10, 7.11: learning, membership

    def learn(self) -> None:
        """ODD 7.10."""
        p = self.scenario.learning
        old = [
            SimpleNamespace(attachment=r.attachment, e=r.embeddedness, aware=r.aware) for r in self.residents
        ]
        mixed_above = self.mean([o.e * o.attachment for o in old])
        mixed_below = self.mean([o.e for o in old])
        controlling = self.credit_terms()[1]
        for r in self.residents:
            took = [1 if r.seated[k] else 0 for k in K]
            acts = took[0] + took[1] + took[2]
            refusals = r.refused[0] + r.refused[1] + r.refused[2]
            quality = 0.0
            for k in K:
                if took[k]:
                    quality += self.quality(r.offer[k])
            above, below = 0.0, 0.0
            for j, weight in self.neighbours[r.row]:
                above += weight * (old[j].e * old[j].attachment)
                below += weight * old[j].e
            if self.well_mixed > 0:
                above += self.well_mixed * mixed_above
                below += self.well_mixed * mixed_below
            x = r.attachment
            drift = p.att_peers * (above / below - x) if below != 0 else 0.0
            r.attachment = (
                x
                + p.att_quality * quality * (1 - x)
                - p.att_refused * refusals * x
                + drift
                + p.att_return * (r.attachment_start - x)
            )
            x = r.skill
            r.skill = (x + p.practice * acts * (1 - x)) + self.skill_fade * (r.skill_start - x)
            x = r.motivation
            r.motivation = (
                x
                + self.motivation_return * (r.motivation_start - x)
                - p.c_int / 52 * controlling * took[1] * x
            )
            x = r.embeddedness
            r.embeddedness = x + self.embed_rate * (1 - x) + p.embed_act * acts * (1 - x)
            r.aware = self.awareness(r, old)
            for k in K:
                r.habit[k] = r.habit[k] + p.rho * (took[k] - r.habit[k])
                if took[k]:
                    r.asks[k] = [0.0, 0.0, 0.0]
                r.history[k] = (r.history[k] * 2 + took[k]) % 2**64

    def quality(self, offer: int) -> float:
        """Quality of what was offered."""
        if offer < 0 or self.offers[offer].organization < 0:
            return float(self.scenario.learning.quality_sitting)
        o = self.organizations[self.offers[offer].organization]
        return (o.professionalism + o.drive + o.reputation) / 3

    def awareness(self, r: Any, old: list[Any]) -> int:
        """The fields known after this week."""
        u = self.u("awareness_week", r.id, 0)
        f = math.floor(7 * u)
        v = 7 * u - f
        aware: int = r.aware
        if not aware >> f & 1:
            heard = any(old[j].aware >> f & 1 for j, _ in self.neighbours[r.row])
            if heard and v < 7 * self.scenario.learning.aware_rate:
                aware |= 1 << f
        elif v < 7 * self.aware_forget:
            own = [g for m in r.membership if m >= 0 for g in self.organizations[m].fields]
            if f not in own:
                aware &= ~(1 << f)
        for k in K:
            if r.seated[k] and r.offer[k] >= 0:
                aware |= 1 << self.offers[r.offer[k]].field
            if r.asked[k] > 0:
                for g in self.organizations[r.asked[k] - 1].fields:
                    aware |= 1 << g
        return aware

    def organise(self) -> None:
        """ODD 7.11."""
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
        for named, _ in self.instruments:
            i, account = named.instrument, self.accounts[named.name]
            if i.end is not None and self.week >= i.end and i.kind in FUNDED:
                account.returned += account.free
                account.free = 0
        for o in self.organizations:
            o.members = sum(o.index in r.membership for r in self.residents)
            o.professionalism += self.staff_fade * (o.professionalism_start - o.professionalism)
        for r in self.residents:
            serves = any(m >= 0 and self.organizations[m].activity == 1 for m in r.membership)
            r.registered = int(bool(r.enrolled) or serves)

    def observe(self) -> None:
        """ODD 7.12."""


def reference_of(model: Any) -> ReferenceModel:
    """The reference of a built `CommunityModel` before its first week: its people, ties and organizations."""
    phases = tuple(name for name, _ in model.schedule)
    reference = ReferenceModel(model.scenario, phases, model.week, model.luck)
    columns = {name: column.tolist() for name, column in model.residents.columns().items()}
    for row in range(len(model.residents)):
        own = {name: copy.copy(values[row]) for name, values in columns.items()}
        reference.residents.append(
            SimpleNamespace(row=row, contacts=0, served_weeks=[], duty_weeks=[], issued=[], **own)
        )
    merged = model.network.merged
    starts, js, weights = merged.indptr.tolist(), merged.indices.tolist(), merged.weight.tolist()
    reference.well_mixed = model.scenario.network.well_mixed
    for i in range(len(model.residents)):
        row = slice(starts[i], starts[i + 1])
        reference.neighbours.append(list(zip(js[row], weights[row], strict=True)))
        total = ReferenceModel.plain_sum(weights[row])
        reference.weight_sum.append(total + reference.well_mixed if reference.well_mixed > 0 else total)
    copied = (
        "index", "id", "name", "fields", "activity", "legal_form", "members", "professionalism", "drive",
        "reputation", "open_air", "lent_sessions", "professionalism_start",
    )  # fmt: skip
    for o in model.organizations:
        state = {name: getattr(o, name) for name in copied}
        reference.organizations.append(
            SimpleNamespace(**state, balance=0, received=0, spent=0, in_kind=0, carry=0.0, year_attendances=0)
        )
    reference.committee = model.committee.id
    reference.household_ids = [int(h) for h in model.households]
    reference.paired = {h: int(n) for h, n in enumerate(model.branch_office.paired) if n}
    for named in model.scenario.status_quo_instruments():
        reference.add(named)
    return reference
