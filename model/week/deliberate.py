"""7.10 deliberate: issues arrive, are triaged and handled; answers move efficacy."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.core.arithmetic import exp
from model.core.calendar import YEAR
from model.core.compiled import kernel, over_rows
from model.core.draws import Kind, born_id, community_hash, luck_of, uniforms
from model.instruments.base import FIELDS
from model.instruments.deliberation import OrderReportSettle, PublishedAnswers
from model.instruments.mobilisation import PartyIssues
from model.instruments.policies import Named
from model.parameters.decision import SERVICE
from model.parameters.issues import LEVELS
from model.parameters.record import Parameters
from model.state.issues import Issue
from model.week.phase import phase

if TYPE_CHECKING:
    from model.state.community import Community

PRIVATE, SMALL, BIG = range(len(LEVELS))
MOST_RAISED = 7
MEDIATION = FIELDS.index("mediation")


class Raisers(NamedTuple):
    """Who raises issues: belief, and Party duty served in the last 52 weeks."""

    efficacy: NDArray[np.float64]
    in_service: NDArray[np.int8]
    duty_minutes_52: NDArray[np.int32]
    raised: NDArray[np.int8]


class Belief(NamedTuple):
    """What answers change."""

    efficacy: NDArray[np.float64]
    satisfaction: NDArray[np.float64]


@phase(
    reads="committee duty_minutes_52 id in_service targets week_plan",
    writes="efficacy government issues raised satisfaction",
)
def deliberate(model: Community) -> None:
    """One week of the issues."""
    book, week = model.issues, model.week
    _raise_issues(model)
    good = _handle(model)
    good += _order(model)
    table = model.scenario.issues
    running = any(model.government.account(n).appropriated > 0 for n in _ordering(model))
    bad = book.close(week, tuple(map(int, table.deadline.values())) if running else None)
    book.withdraw(week - table.withdraw_weeks)
    book.answers.append((len(good), len(bad)))
    news = _news(model, good, bad)
    belief = Belief(model.residents.efficacy, model.residents.satisfaction)
    over_rows(_believe, len(model.residents), model.p, news, belief)


def _raise_issues(model: Community) -> None:
    """Who raises how many issues, and at which level each of them queues."""
    people, table = model.residents, model.scenario.issues
    people.raised[:] = 0
    carried = 0.0
    for named in model.policies.active(PartyIssues, model.week):
        carried += named.instrument.per_member_year / YEAR
    if table.issue_rate == 0.0 and carried == 0.0:
        return
    draws = uniforms(model.luck, "issue", people.id, model.week)
    raisers = people.gathered(Raisers)
    over_rows(_count, len(people), model.p, carried, draws, raisers)
    rows = np.flatnonzero(people.raised != 0)
    # The place of a resident is his row: 24 bits above the week.
    ids = rows.astype(np.uint64) << np.uint64(16)
    ids += np.uint64(born_id(Kind.ISSUE, community_hash(model.scenario.name), 0, 0, model.week))
    deadlines = tuple(map(int, table.deadline.values()))
    private, small, _ = table.triage.values()
    number = 0
    while len(rows):
        drawn = uniforms(model.luck, "issue_triage", ids, model.week, number)
        levels = (drawn >= private).astype(np.int64) + (drawn >= private + small)
        for row, ident, level in zip(rows.tolist(), ids.tolist(), levels.tolist(), strict=True):
            due = model.week + deadlines[level]
            issue = Issue(model.week, ident, number, row, int(people.id[row]), due, False)
            model.issues.arrive(level, issue)
        number += 1
        more = people.raised[rows] > number
        rows, ids = rows[more], ids[more]


@kernel
def _count(
    start: int,
    stop: int,
    p: Parameters,
    carried: float,
    draws: NDArray[np.float64],
    c: Raisers,
) -> None:
    # exp(-r) is above 1 - r, so most draws are known to raise nothing without it.
    surely_none = 1 - p.issue_rate * exp(abs(p.issue_efficacy) / 2) - carried - 1e-9
    for i in range(start, stop):
        if draws[i] < surely_none:
            continue
        rate = p.issue_rate * exp(p.issue_efficacy * (c.efficacy[i] - 0.5))
        if c.in_service[i] != 0 and c.duty_minutes_52[i] >= 60:
            rate = rate + carried
        chance = exp(-rate)
        upto = chance
        while draws[i] >= upto and c.raised[i] < MOST_RAISED:
            c.raised[i] += 1
            chance = chance * rate / c.raised[i]
            upto += chance


def _handle(model: Community) -> list[Issue]:
    """Mediators, organizations, committee and departments at work; issues settled in time."""
    book, table, week = model.issues, model.scenario.issues, model.week
    thousands = len(model.residents) / 1000
    offers = model.week_plan.table
    organized = offers.organization >= 0
    mediation = int(offers.sessions[organized & (offers.field == MEDIATION)].sum())
    service = int(offers.sessions[organized & (offers.activity == SERVICE)].sum())
    seated = np.minimum(model.week_plan.demand, offers.places)
    held = ~organized & (seated > 0) & (seated >= table.quorum * offers.places)

    mediators = table.mediators_per_week * thousands + table.per_mediation_session * mediation
    good = book.settle(PRIVATE, book.whole(PRIVATE, mediators), week)
    good += book.settle(SMALL, book.whole(SMALL, table.per_service_session * service), week)
    minutes = floor(60 * table.committee_hours * thousands + 0.5)
    free = model.committee.free_minutes
    if free is not None and model.has_phase("mobilise"):
        minutes = min(minutes, free)
    each = max(1, floor(60 * table.issue_hours + 0.5))
    good += book.work(SMALL, minutes, each, week)
    departments = (table.departments_per_week + table.per_sitting * int(held.sum())) * thousands
    return good + book.settle(BIG, book.whole(BIG, departments), week)


def _ordering(model: Community) -> list[Named[OrderReportSettle]]:
    return model.policies.active(OrderReportSettle, model.week)


def _order(model: Community) -> list[Issue]:
    """Money settles what queues longest; issues settled in time."""
    book, good = model.issues, []
    for named in _ordering(model):
        account, price = model.government.account(named), model.price_fen(named)
        for _ in range(min(account.free // price, len(book))):
            account.spend(price)
            good += book.settle(book.longest(), 1, model.week)
    return good


def _news(model: Community, good: list[Issue], bad: list[Issue]) -> NDArray[np.int32]:
    """Good and bad answers that reach each resident: own, through ties, published (int32[n, 6])."""
    people, ties = model.residents, model.network.merged
    news = np.zeros((len(people), 6), np.int32)
    for column, issues in enumerate((good, bad)):
        rows = np.array([i.row for i in issues if people.id[i.row] == i.raiser], np.int64)
        if len(rows):
            _tell(rows, column, ties.indptr, ties.indices, news)
    for named in model.policies.active(PublishedAnswers, model.week):
        weeks = named.instrument.every_weeks
        if model.week % weeks:
            continue
        drawn = uniforms(luck_of(model.luck, named.name), "issue_published", people.id, model.week)
        reached = model.target_residents(named) & (drawn < model.scenario.issues.publish_reach)
        news[reached, 4:] += np.array(model.issues.answered(weeks), np.int32)
    return news


@kernel
def _tell(
    rows: NDArray[np.int64],
    column: int,
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    news: NDArray[np.int32],
) -> None:
    for i in rows:
        news[i, column] += 1
        for at in range(indptr[i], indptr[i + 1]):
            news[indices[at], 2 + column] += 1


@kernel
def _believe(start: int, stop: int, p: Parameters, news: NDArray[np.int32], c: Belief) -> None:
    for i in range(start, stop):
        x = c.efficacy[i]
        y = x + p.efficacy_return * (0.5 - x)
        for m in range(3):
            answers = news[i, 2 * m] + news[i, 2 * m + 1]
            if answers > 0:
                target = news[i, 2 * m] / answers
                if m == 0:
                    y += p.efficacy_own * (target - x)
                    c.satisfaction[i] += p.sat_issue * (target - c.satisfaction[i])
                else:
                    y += p.efficacy_heard * (target - x)
        c.efficacy[i] = y
