"""What does the ODD say of who the residents are and how they come and go (7.13, 9), in plain loops?"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np

from model.arithmetic import exp
from model.draws import normal, stream, uniform
from model.parameters.population import AGE_BANDS
from model.residents import COLUMNS
from tests.reference_base import K
from tests.reference_credits import Credits


class ResidentsPart(Credits):
    """Movement; the state of who comes is drawn as section 9 says."""

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
        needy = {r.household for r in self.residents if r.needs_care}
        pools = [
            [h for h in range(len(self.household_ids)) if (h in needy) == need] for need in (True, False)
        ]
        for r in leaving:
            new = self.residents[r.row]
            if new.party:
                new.pairs = [
                    pool[math.floor(len(pool) * self.u0("pairing", new.id, k))] if pool else -1
                    for k, pool in enumerate(pools)
                ]

    def u0(self, name: str, ident: int, k: int = 0) -> float:
        """A draw of the world."""
        return uniform(self.world, stream(name), ident, 0, k)

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
