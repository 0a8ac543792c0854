"""What does section 7.10 of the ODD say: issues, their queues, answers and what these do?"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

from model.core.arithmetic import exp
from model.core.draws import Kind, born_id, community_hash
from model.parameters.issues import LEVELS
from tests.reference_base import Base


class IssuesPart(Base):
    """Every issue ever raised is kept in ``issues``, with what has become of it."""

    def deliberate(self) -> None:
        """ODD 7.10."""
        p = self.scenario.issues
        self.raise_issues()
        self.handle_issues()
        running = False
        for named in self.active("order_report_settle"):
            account = self.accounts[named.name]
            running = running or account.appropriated > 0
            price = named.instrument.price_yuan
            fen = int((self.scenario.costs.issue_settled if price is None else price) * 100 + 0.5)
            while account.free >= fen and self.queueing():
                sizes = [len(self.queueing(level)) for level in range(3)]
                self.settle_issues(sizes.index(max(sizes)), 1)
                account.free -= fen
                account.spent += fen
        for level in (2, 1, 0):
            for issue in self.queueing(level):
                if issue.due > self.week or issue.failed:
                    continue
                if running and level < 2 and not issue.escalated:
                    issue.level, issue.escalated = level + 1, True
                    issue.due = self.week + max(1, p.deadline.values()[level + 1])
                else:
                    issue.failed, issue.answered = True, self.week
        for issue in self.queueing():
            if issue.failed and issue.week <= self.week - p.withdraw_weeks:
                issue.state = "withdrawn"
        self.tell_answers()

    def raise_issues(self) -> None:
        """Arrivals and triage."""
        p = self.scenario.issues
        carried = self.plain_sum([n.instrument.per_member_year / 52 for n in self.active("party_issues")])
        for r in self.residents:
            rate = p.issue_rate * exp(p.issue_efficacy * (r.efficacy - 0.5))
            if r.in_service and r.duty_minutes_52 >= 60:
                rate = rate + carried
            u, r.raised = self.u("issue", r.id), 0
            part = exp(-rate)
            total = part
            while u >= total and r.raised < 7:
                r.raised += 1
                part = part * rate / r.raised
                total = total + part
            place = divmod(r.row, 2**20)
            ident = born_id(Kind.ISSUE, community_hash(self.scenario.name), *place, self.week)
            for j in range(r.raised):
                v = self.u("issue_triage", ident, j)
                private, small, _ = p.triage.values()
                level = 0 if v < private else 1 if v < private + small else 2
                self.issues.append(
                    SimpleNamespace(
                        week=self.week, id=ident, j=j, row=r.row, raiser=r.id, level=level,
                        due=self.week + p.deadline.values()[level], escalated=False, failed=False,
                        state="queue", answered=None, waited=0,
                    )
                )  # fmt: skip

    def queueing(self, level: int | None = None) -> list[Any]:
        """The queue of a level in order, or all that queues."""
        mine = [i for i in self.issues if i.state == "queue" and level in (None, i.level)]
        return sorted(mine, key=lambda i: (i.failed, i.week, i.id, i.j))

    def settle_issues(self, level: int, n: int) -> None:
        """The first n of a queue are settled."""
        for issue in self.queueing(level)[:n]:
            issue.waited = self.week - issue.week
            if issue.failed:
                issue.state = "late"
            else:
                issue.state, issue.answered = "in time", self.week

    def whole_issues(self, level: int, capacity: float) -> int:
        """Whole issues of a capacity, the fraction is carried over."""
        self.carries[level] += capacity
        n = math.floor(self.carries[level])
        self.carries[level] -= n
        return n

    def handle_issues(self) -> None:
        """The capacities of the week."""
        p, a = self.scenario.issues, len(self.residents) / 1000
        organized = [o for o in self.offers if o.organization >= 0]
        mediation = sum(o.sessions for o in organized if o.field == 5)
        self.settle_issues(
            0, self.whole_issues(0, p.mediators_per_week * a + p.per_mediation_session * mediation)
        )
        service = sum(o.sessions for o in organized if o.activity == 1)
        self.settle_issues(1, self.whole_issues(1, p.per_service_session * service))
        minutes = math.floor(60 * p.committee_hours * a + 0.5)
        staff = getattr(self, "staff", None)
        if staff is not None and "mobilise" in self.phases:
            minutes = min(minutes, staff.free_minutes)
        cost = max(1, math.floor(60 * p.issue_hours + 0.5))
        n = (self.begun + minutes) // cost
        self.settle_issues(1, n)
        self.begun = self.begun + minutes - n * cost if self.queueing(1) else 0
        sittings = 0
        for number, offer in enumerate(self.offers):
            seated = sum(r.seated[2] > 0 and r.offer[2] == number for r in self.residents)
            if offer.organization < 0 and seated > 0 and seated >= p.quorum * offer.places:
                sittings += 1
        self.settle_issues(2, self.whole_issues(2, (p.departments_per_week + p.per_sitting * sittings) * a))

    def tell_answers(self) -> None:
        """Who hears of which answers, and what that does."""
        p = self.scenario.issues
        news = [[[0, 0], [0, 0], [0, 0]] for _ in self.residents]
        for issue in self.issues:
            if issue.answered == self.week and self.residents[issue.row].id == issue.raiser:
                news[issue.row][0][int(issue.failed)] += 1
                for j, _ in self.neighbours[issue.row]:
                    news[j][1][int(issue.failed)] += 1
        for named in self.active("published_answers"):
            weeks = named.instrument.every_weeks
            if self.week % weeks == 0:
                answers = [i for i in self.issues if i.answered is not None]
                lately = [i for i in answers if self.week - weeks < i.answered]
                for r in self.target_residents(named.instrument.target):
                    if self.u_of(named, "issue_published", r.id) < p.publish_reach:
                        for issue in lately:
                            news[r.row][2][int(issue.failed)] += 1
        for r in self.residents:
            x = r.efficacy
            r.efficacy = x + self.efficacy_return * (0.5 - x)
            for m, (good, bad) in enumerate(news[r.row]):
                if good + bad > 0:
                    target = good / (good + bad)
                    r.efficacy = r.efficacy + (p.efficacy_own if m == 0 else p.efficacy_heard) * (target - x)
                    if m == 0:
                        r.satisfaction = r.satisfaction + p.sat_issue * (target - r.satisfaction)

    def issue_figures(self) -> dict[str, int]:
        """ODD 7.14: what has become of the issues."""

        def count(state: str) -> int:
            return sum(i.state == state for i in self.issues)

        return {
            "issues_in_time": count("in time"),
            "issues_late": count("late"),
            "issues_failed": sum(i.failed for i in self.issues),
            "issues_withdrawn": count("withdrawn"),
            "issues_escalated": sum(i.escalated for i in self.issues),
            **{f"issues_waiting_{name}": len(self.queueing(n)) for n, name in enumerate(LEVELS)},
            "issues_waited_weeks": sum(i.waited for i in self.issues),
        }
