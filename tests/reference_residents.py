"""What does the ODD say of residents, in plain loops: whom one asks (7.6), what they learn (7.11), seasons
(7.7), who moves away and who comes (7.13, 9)?"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np

from model.core.arithmetic import exp, log
from model.core.draws import normal
from model.parameters.decision import ACTIVITIES, SOURCES
from model.parameters.population import AGE_BANDS
from model.state.residents import COLUMNS
from tests.reference_base import K
from tests.reference_credits import Credits


class ResidentsPart(Credits):
    """Asking, learning, seasons, movement; the state of who comes is drawn as section 9 says."""

    def season(self, k: int) -> float:
        """What the week of the year adds to U."""
        shift = 0.0
        for season in self.scenario.season.values():
            if season.weeks[0] <= self.w <= season.weeks[1]:
                shift += log(getattr(season, ACTIVITIES[k]))
        return shift

    def free(self, r: Any) -> int:
        """Free minutes of this week."""
        factor = 1.0
        for season in self.scenario.season.values():
            if season.weeks[0] <= self.w <= season.weeks[1]:
                factor *= season.free_time
        if factor == 1.0:
            return int(r.free_minutes)
        return 15 * math.floor(min(6720.0, r.free_minutes * factor) / 15)

    def ask(self) -> None:
        """ODD 7.6."""
        is_open = [k for k in K if self.is_open(k)]
        offering = {o.organization for o in self.offers}
        for r in self.residents:
            r.asked, r.asked_now = [0, 0, 0], 0
            for k in K:
                for q in range(3):
                    kept = r.asks[k][q] * self.ask_keep
                    r.asks[k][q] = kept if kept >= 1 / 64 else 0.0
            if r.contacts > 0 and is_open:
                k = is_open[math.floor(len(is_open) * self.u("visit_topic", r.id))]
                r.asks[k][1] += r.contacts
                r.asked_now += r.contacts
        rule = self.scenario.mobilisation.ask_rule
        for r in self.residents:
            if not self.neighbours[r.row]:
                continue
            if rule == "random":
                self.ask_one(r, self.met(r, "ask_tie", 0), self.u("ask_tie", r.id, 1), offering)
            else:
                two = [self.met(r, "ask_choice", 1), self.met(r, "ask_choice", 2)]
                self.ask_one(two, r, self.u("ask_choice", r.id, 0), offering)
        for named in self.active("ask"):
            i = named.instrument
            k, q = ACTIVITIES.index(i.activity), SOURCES.index(i.source)
            due = [r for r in self.target_residents(i.target) if (self.week + r.row) % i.every_weeks == 0]
            if i.share < 1:
                if i.rule == "random":
                    due.sort(key=lambda r: (self.u_of(named, "ask_wave", r.id), r.id))
                else:
                    due.sort(key=lambda r: (-self.prospect(i.rule, r, k), r.id))
                due = due[: math.floor(i.share * len(due) + 0.5)]
            for r in due if k in is_open else []:
                r.asks[k][q] += 1
                r.asked_now += 1
        self.stewards_ask(is_open)

    def met(self, r: Any, name: str, k: int) -> Any:
        """The neighbour whom a resident meets by a draw."""
        ties = self.neighbours[r.row]
        return self.residents[ties[math.floor(len(ties) * self.u(name, r.id, k))][0]]

    def ask_one(self, whom: Any, member: Any, u: float, offering: set[int]) -> None:
        """A member of an organization that meets asks ``whom``, or the one preferred of two."""
        theirs = [m for m in member.membership if m >= 0 and m in offering]
        rate = self.scenario.mobilisation.ask_rate
        if not theirs or u >= rate * self.organizations[theirs[0]].effort:
            return
        k = self.organizations[theirs[0]].activity
        if isinstance(whom, list):
            rule = self.scenario.mobilisation.ask_rule
            first, second = (self.prospect(rule, r, k) for r in whom)
            whom = whom[1] if second > first else whom[0]
        whom.asks[k][2] += 1
        whom.asked_now += 1
        whom.asked[k] = 1 + theirs[0]

    @staticmethod
    def prospect(rule: str, r: Any, k: int) -> float:
        """The score of a rule."""
        if rule == "likely":
            belongs = 1.0 if max(r.membership) >= 0 else 0.0
            recent = 1.0 if r.history[k] % 2**26 else 0.0
            return float(r.habit[k] + belongs + recent)
        return float(r.needs_care + r.migrant + int(r.education == 0) + (1 - r.attachment))

    def learn(self) -> None:
        """ODD 7.11."""
        p = self.scenario.learning
        old = [
            SimpleNamespace(attachment=r.attachment, e=r.embeddedness, aware=r.aware, knows=knows)
            for r, knows in zip(self.residents, self.known_before, strict=True)
        ]
        mixed_above = self.mean([o.e * o.attachment for o in old])
        mixed_known = self.mean([o.e * o.knows for o in old])
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
            above, known, below = 0.0, 0.0, 0.0
            for j, weight in self.neighbours[r.row]:
                above += weight * (old[j].e * old[j].attachment)
                known += weight * (old[j].e * old[j].knows)
                below += weight * old[j].e
            for other in self.beyond(r):
                above += self.far_weight * (other.e * other.attachment)
                known += self.far_weight * (other.e * other.knows)
                below += self.far_weight * other.e
            if self.well_mixed > 0:
                above += self.well_mixed * mixed_above
                known += self.well_mixed * mixed_known
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
            x = r.knowledge
            more = max(0.0, known / below - x) if below != 0 else 0.0
            r.knowledge = x + p.know_rate * more - self.know_forget * x
            x = r.skill
            r.skill = (x + p.practice * acts * (1 - x)) + self.skill_fade * (r.skill_start - x)
            x = r.motivation
            r.motivation = (
                x
                + self.motivation_return * (r.motivation_start - x)
                - p.c_int / 52 * controlling * (took[1] * int(r.enrolled != 0)) * x
            )
            x = r.embeddedness
            r.embeddedness = x + self.embed_rate * (1 - x) + p.embed_act * acts * (1 - x)
            x = r.satisfaction
            r.satisfaction = (
                x
                + p.sat_rate * (quality - acts * x)
                - p.sat_refused * refusals * x
                + self.sat_return * (0.5 - x)
            )
            r.aware = self.awareness(r, old)
            for k in K:
                r.habit[k] = r.habit[k] + p.rho * (took[k] - r.habit[k])
                if took[k]:
                    r.asks[k] = [0.0, 0.0, 0.0]
                r.history[k] = (r.history[k] * 2 + took[k]) % 2**64
        self.publicise()

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
            around = [old[j] for j, _ in self.neighbours[r.row]] + self.beyond(r)
            heard = any(other.aware >> f & 1 for other in around)
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

    def move(self) -> None:
        """ODD 7.13."""
        p = self.scenario
        rates = p.movement.move_rate.values()
        hazard = [1 - exp(-rate / 52) for rate in rates]
        leaving = [r for r in self.residents if self.u("move", r.id) < hazard[r.migrant]]
        for r in leaving:
            self.moved += 1
            for m in r.membership:
                if m >= 0:
                    self.organizations[m].members -= 1
                    self.memberships_moved += 1
        self.cancel_credits(leaving)
        for r in leaving:
            self.residents[r.row] = self.newcomer(r, hazard)
        self.pair([self.residents[r.row] for r in leaving])

    def newcomer(self, left: Any, hazard: list[float]) -> Any:
        """Who moves in where ``left`` lived: ODD 9, person by person."""
        pop, d, movement = self.scenario.population, self.scenario.decision, self.scenario.movement
        fills = {c.name: np.full(c.shape, c.fill, c.dtype).tolist() for c in COLUMNS.values()}
        r = SimpleNamespace(**fills)
        r.row, r.household, r.cell = left.row, left.household, left.cell
        r.contacts, r.served_weeks, r.duty_weeks, r.issued, r.pairs = 0, [], [], [], [-1, -1]
        r.shown = left.shown  # of this week's decision, which the other arm reads after the move
        r.id = left.id // 2**16 * 2**16 + self.week + 2**15
        r.arrival = self.week

        def below(name: str, share: float, k: int = 0) -> int:
            return int(self.u0(name, r.id, k) < share)

        share = pop.migrant_share
        leaving = share * hazard[1] + (1 - share) * hazard[0]
        r.sex = below("sex", pop.female_share)
        r.age_band = self.category("age", r.id, list(pop.age_share.values())[1:])
        r.education = self.category("education", r.id, list(pop.education_share.values()))
        band = AGE_BANDS[r.age_band]
        u = self.u0("employment", r.id)
        r.employment = 0 if u < pop.employed[band] else 1 if u < pop.employed[band] + pop.retired[band] else 2
        r.migrant = below("migrant", share * hazard[1] / leaving if leaving > 0 else share)
        r.party = below("party", pop.party_share / (1 - pop.age_share["under_16"]))
        r.needs_care = below("needs_care", pop.needs_care[band])
        r.in_service = int(r.party and r.employment == 0)
        slots = pop.slots_employed if r.employment == 0 else pop.slots_others
        r.interests = sum(below("interest", pop.interest_share, f) << f for f in range(7))
        r.aware = sum(below("awareness", movement.newcomer_aware, f) << f for f in range(7))
        r.slots = sum(below("slots", share, s) << s for s, share in enumerate(slots.values()))
        r.match = sum(r.slots << 3 * f for f in range(7) if r.interests >> f & 1)
        z = [normal(self.u0("effect", r.id, j)) for j in range(4)]
        r.effect = [d.sd_common * z[0] + d.sd_activity * z[k + 1] for k in K]
        r.hours_effect = normal(self.u0("hours_person", r.id))
        r.threshold = d.threshold
        median = pop.free_median.values()[r.employment]
        median = pop.free_factor.values()[r.sex] * median
        hours = min(112.0, median * exp(pop.free_sd * normal(self.u0("free_hours", r.id))))
        r.free_minutes = 15 * math.floor(4 * hours + 0.5)
        r.skill = r.skill_start = self.beta("skill", r.id, 4)
        r.attachment = r.attachment_start = self.beta("attachment", r.id, 3)
        r.motivation = r.motivation_start = self.beta("motivation", r.id, 3)
        r.efficacy = self.beta("efficacy", r.id, 8)
        r.embeddedness = movement.newcomer_embeddedness
        return r

    def category(self, name: str, ident: int, shares: list[float]) -> int:
        """The number of cumulated shares, but the last, at or below u0 times their total."""
        x = self.u0(name, ident) * self.plain_sum(shares)
        return sum(self.plain_sum(shares[: i + 1]) <= x for i in range(len(shares) - 1))

    def beta(self, name: str, ident: int, a: int) -> float:
        """The quantile of the Beta(a, a) distribution."""
        u = self.u0(name, ident)
        p = min(u, 1 - u)
        low, width = 0.0, 0.5
        for _ in range(60):
            x = low + width
            f = 0.0
            for m in range(a - 1, -1, -1):
                f = f * (1 - x) + math.comb(a - 1 + m, m)
            for _ in range(a):
                f = f * x
            if f <= p:
                low = x
            width /= 2
        return low if u <= 0.5 else 1 - low
