"""What does section 7.9 of the ODD say: service, credits and care?"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

from model.core.arithmetic import sqrt
from model.core.draws import stream, uniform
from model.instruments.policies import Named
from model.parameters.population import AGE_BANDS
from tests.reference_base import K
from tests.reference_money import Money

USES = ("goods", "service", "save", "donate")
OLD = 4


def no_credits() -> Any:
    """The ledger of credits before anything was issued; the queue holds residents."""
    return SimpleNamespace(
        begun=False, coverage=1.0, liquidity=1.0, queue=[],
        issued=0, spent=0, expired=0, rationed=0, cancelled=0, donated=0, completed=0, waited=0,
    )  # fmt: skip


class Credits(Money):
    """The phase that moves hours, credits and care."""

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
        self.count_care()
        for named, _ in self.instruments:
            running = self.in_force(named.instrument) and self.accounts[named.name].appropriated > 0
            if named.instrument.kind == "credits" and (running or self.credits.begun):
                self.serve_credits(named, running)
        for r in self.residents:
            r.issued.append(r.issued_now)
        self.give_care()

    # Care

    def count_care(self) -> None:
        """What is needed and what was given."""
        self.care = SimpleNamespace(volunteer=0, party=0, redeemed=0, idle=0, unmet=0)
        for r in self.residents:
            hours = self.scenario.care.care_hours[AGE_BANDS[r.age_band]]
            r.weekly_need = 15 * math.floor(4 * hours + 0.5) if r.needs_care else 0
            r.care_need, r.care = r.weekly_need, [0, 0, 0]
            if r.offer[1] >= 0 and self.offers[r.offer[1]].field == 3:
                if r.duty > 0:
                    self.care.party += r.minutes[1]
                else:
                    self.care.volunteer += r.minutes[1]

    def give_care(self) -> None:
        """Party members first, then volunteers, then paid hours."""
        needy = [r for r in self.residents if r.needs_care]
        needy.sort(key=lambda r: (self.u("care_order", r.id), r.id))
        left = [self.care.volunteer - self.care.redeemed, self.care.party]
        for source in (1, 0):
            for r in needy:
                minutes = min(r.weekly_need, left[source])
                r.weekly_need -= minutes
                left[source] -= minutes
                r.care[source] += minutes
        self.care.idle = left[0] + left[1]
        for named in self.active("paid_care"):
            i, account = named.instrument, self.accounts[named.name]
            yuan = self.scenario.costs.care_hour if i.price_yuan is None else i.price_yuan
            price = max(1, math.floor(25 * yuan + 0.5))
            reached = self.target_residents(i.target)
            for r in needy:
                while r in reached and r.weekly_need >= 15 and account.free >= price:
                    r.weekly_need -= 15
                    r.care[2] += 15
                    account.free -= price
                    account.spent += price
        self.care.unmet = sum(r.weekly_need > 0 for r in needy)

    # Credits

    def serve_credits(self, named: Named, running: bool) -> None:
        """Begin, expire, issue, use, redeem, enrol."""
        i, account = named.instrument, self.accounts[named.name]
        value, administration = self.quarter_prices(i)
        if not self.credits.begun:
            self.begin_credits(account, value)
        for r in self.residents:
            r.credit_use = self.preferred_use(r, i)
        self.expire(account, value)
        if running:
            self.issue(account, value, administration)
        self.use(i, account, value)
        if tuple(i.uses) != ("goods",):
            self.redeem(account, value)
        if running:
            for r in self.target_residents(i.target):
                served = r.served > 0 and r.duty_served == 0
                enrols = self.u("credit_enrol", r.id) < self.scenario.credits.enrol_rate
                if served and not r.enrolled and enrols:
                    r.enrolled = 1
        else:
            for r in self.residents:
                r.enrolled = 0
            account.returned += account.free
            account.free = 0

    def begin_credits(self, account: Any, value: int) -> None:
        """Balances from before are of last week, and backed."""
        self.credits.begun = True
        for r in self.residents:
            r.issued = [*r.issued[:-1], r.credit_minutes]
            account.appropriated += r.credit_minutes // 15 * value
            account.liability += r.credit_minutes // 15 * value

    def preferred_use(self, r: Any, i: Any) -> int:
        """The code of the use drawn once for this resident."""
        if "donate" in i.uses and r.needs_care:
            return 1
        allowed = [u for u in range(4) if USES[u] in i.uses]
        shares = [self.scenario.credits.use_share[USES[u]] for u in allowed]
        if all(s == 0 for s in shares):
            shares = [1.0 for _ in shares]
        point = uniform(self.world, stream("credit_use"), r.id, 0) * self.plain_sum(shares)
        for n, use in enumerate(allowed):
            if self.plain_sum(shares[: n + 1]) > point:
                return use
        return allowed[-1]

    def expire(self, account: Any, value: int) -> None:
        """Old minutes go, but not those that are asked for or saved."""
        weeks = self.scenario.credits.expiry_weeks
        for r in self.residents:
            if r.credit_use == 2 and r.age_band < OLD:
                continue
            recent = sum(r.issued[-(weeks - 1) :]) if weeks > 1 else 0
            gone = max(0, r.credit_minutes - max(recent, r.credit_asked))
            r.credit_minutes -= gone
            account.liability -= gone // 15 * value
            account.free += gone // 15 * value
            self.credits.expired += gone

    def issue(self, account: Any, value: int, administration: int) -> None:
        """Credits for this week's service, while the reserve lasts."""
        eligible = [r for r in self.residents if r.enrolled and r.served > 0 and r.duty_served == 0]
        eligible.sort(key=lambda r: (self.u("credit_order", r.id), r.id))
        credited = 0
        for r in eligible:
            cost = r.served // 15 * (value + administration)
            if cost > account.free:
                self.credits.rationed += 1
                break
            account.free -= cost
            account.spent += r.served // 15 * administration
            account.liability += r.served // 15 * value
            r.credit_minutes += r.served
            r.issued_now += r.served
            self.credits.issued += r.served
            credited += r.served
        if eligible:
            self.credits.coverage = credited / sum(r.served for r in eligible)

    def use(self, i: Any, account: Any, value: int) -> None:
        """Goods, requests and gifts, all on the balances of now."""
        p = self.scenario.credits
        acting = [
            (self.u("credit_spend", r.id), r.id, r.credit_minutes // 60 * 60, r)
            for r in self.residents
            if r.credit_minutes >= p.spend_from * 60 and self.u("credit_spend", r.id) < p.spend_rate
        ]
        for _, _, minutes, r in sorted(acting, key=lambda entry: entry[:2]):
            if r.credit_use == 0:
                r.credit_minutes -= minutes
                account.liability -= minutes // 15 * value
                account.spent += minutes // 15 * value
                self.credits.spent += minutes
            elif r.credit_use == 3:
                if self.in_force(i):
                    self.give(r, minutes, i)
            elif (r.credit_use == 1 or r.age_band >= OLD) and r.credit_asked == 0:
                r.credit_asked, r.credit_asked_week = minutes, self.week
                r.care_need += minutes
                self.credits.queue.append(r)

    def give(self, r: Any, minutes: int, i: Any) -> None:
        """A donation."""
        most = 60 * self.scenario.credits.donate_hours
        others = [s for s in self.residents if s is not r and (i.donate_to == "anyone" or s.needs_care)]
        if others:
            receiver = others[math.floor(len(others) * self.u("credit_gift", r.id))]
            gift = min(minutes, most) if most > 0 else minutes
            r.credit_minutes -= gift
            receiver.credit_minutes += gift
            receiver.issued_now += gift
            self.credits.donated += gift

    def redeem(self, account: Any, value: int) -> None:
        """Service for those who wait."""
        p, c = self.scenario.credits, self.credits
        supply = 15 * math.floor(p.redeem_share * (self.care.volunteer // 15))
        wanted = sum(r.credit_asked for r in c.queue)
        hope = min(1.0, 8 * supply / wanted) if wanted > 0 else 1.0
        c.liquidity = c.liquidity + p.liquidity_rate * (hope - c.liquidity)
        waiting = []
        for r in c.queue:
            minutes = min(r.credit_asked, supply)
            supply -= minutes
            r.credit_asked -= minutes
            r.credit_minutes -= minutes
            r.care[0] += minutes
            self.care.redeemed += minutes
            c.spent += minutes
            account.liability -= minutes // 15 * value
            account.free += minutes // 15 * value
            if r.credit_asked > 0:
                waiting.append(r)
            else:
                c.completed += 1
                c.waited += self.week - r.credit_asked_week
                r.credit_asked_week = -1_000_000
        c.queue = waiting

    def cancel_credits(self, leaving: list[Any]) -> None:
        """The credits and requests of those who move end."""
        gone = {r.id for r in leaving}
        schemes = [n for n, _ in self.instruments if n.instrument.kind == "credits"] * self.credits.begun
        for r in leaving:
            self.credits.cancelled += r.credit_minutes
            for named in schemes:
                account, i = self.accounts[named.name], named.instrument
                freed = r.credit_minutes // 15 * self.quarter_prices(i)[0]
                account.liability -= freed
                if self.in_force(i):
                    account.free += freed
                else:
                    account.returned += freed
            r.issued = [0 for _ in r.issued]
            r.credit_minutes = r.credit_asked = r.credit_use = r.enrolled = 0
            r.credit_asked_week = -1_000_000
        self.credits.queue = [r for r in self.credits.queue if r.id not in gone]

    def credit_terms(self) -> tuple[list[float], float]:
        """credit_pull by use, and controlling, of the scheme in force."""
        for named in self.active("credits"):
            account, i, c = self.accounts[named.name], named.instrument, self.credits
            if account.appropriated == 0:
                continue
            value, administration = self.quarter_prices(i)
            coverage = c.coverage if account.free >= value + administration else 0.0
            liquidity = (self.scenario.credits.liquidity, c.liquidity, 1.0, 1.0)
            return [self.b_credit * sqrt(value / 25 / 20) * x * coverage for x in liquidity], i.controlling
        return [0.0, 0.0, 0.0, 0.0], 0.0

    def quarter_prices(self, instrument: Any) -> tuple[int, int]:
        """Value and administration of a credited quarter of an hour, in fen."""
        costs = self.scenario.costs
        yuan = costs.credit_value if instrument.price_yuan is None else instrument.price_yuan
        return math.floor(25 * yuan + 0.5), math.floor(25 * costs.credit_administration + 0.5)

    def credit_figures(self) -> dict[str, int]:
        """The figures of the week."""
        c, allows = self.credits, [u for n, _ in self.instruments for u in getattr(n.instrument, "uses", ())]
        saved = [r.credit_minutes for r in self.residents if r.credit_use == 2 and r.age_band < OLD]
        return {
            "credits_issued_minutes": c.issued,
            "credits_spent_minutes": c.spent,
            "credits_expired_minutes": c.expired,
            "credits_rationed_weeks": c.rationed,
            "credits_cancelled_minutes": c.cancelled,
            "credits_donated_minutes": c.donated,
            "credits_saved_minutes": sum(saved) if "save" in allows else 0,
            "credits_waiting_requests": len(c.queue),
            "credits_waiting_minutes": sum(r.credit_asked for r in c.queue),
            "credits_completed_requests": c.completed,
            "credits_waited_weeks": c.waited,
            "credits_liquidity": math.floor(c.liquidity * 2**40),
            "care_given_volunteer_minutes": self.care.volunteer,
            "care_given_party_minutes": self.care.party,
            "care_redeemed_minutes": self.care.redeemed,
            "care_idle_minutes": self.care.idle,
            "care_unmet_persons": self.care.unmet,
        }
