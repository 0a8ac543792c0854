"""7.6 ask: who is asked for what, by visitors, members and campaigns, and by which rule are they chosen?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.core.compiled import kernel, over_rows
from model.core.draws import Integer, draw, luck_of, smallest, stream, uniforms
from model.instruments.mobilisation import Ask
from model.instruments.policies import Named
from model.parameters.decision import ACTIVITIES, SOURCES
from model.parameters.mobilisation import ASK_RULES
from model.parameters.record import Parameters
from model.week.mobilise.stewards import ask_neighbours
from model.week.phase import phase

if TYPE_CHECKING:
    from model.state.community import Community

LIKELY = ASK_RULES.index("likely")
RECENT = np.uint64(2**26 - 1)


class AskColumns(NamedTuple):
    """What asking reads and writes."""

    id: NDArray[np.uint64]
    membership: NDArray[np.int16]
    asks: NDArray[np.float64]
    asked: NDArray[np.int16]
    asked_now: NDArray[np.int16]


class Prospects(NamedTuple):
    """What recruiters can see of a resident: acts, memberships; care, residence, schooling, attachment."""

    habit: NDArray[np.float64]
    history: NDArray[np.uint64]
    membership: NDArray[np.int16]
    needs_care: NDArray[np.int8]
    migrant: NDArray[np.int8]
    education: NDArray[np.int8]
    attachment: NDArray[np.float64]


class Ties(NamedTuple):
    """The merged rows."""

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]


class Meeting(NamedTuple):
    """Which organizations meet this week, their activities, and their effort in asking."""

    meets: NDArray[np.bool_]
    activity: NDArray[np.int8]
    effort: NDArray[np.float64]


@phase(
    reads="""
        attachment contacts education habit history id membership migrant needs_care organization_activity
        organization_effort stewards targets week_plan
    """,
    writes="asked asked_now asks",
)
def ask(model: Community) -> None:
    """Let old asks fade and add this week's, for open activities only."""
    people, week = model.residents, model.week
    columns = people.gathered(AskColumns)
    ties = Ties(model.network.merged.indptr, model.network.merged.indices)
    meeting = Meeting(model.week_plan.meets, model.organization_activity, model.organization_effort)
    contacts = np.empty(0, np.int64) if model.contacts is None else model.contacts
    rule = ASK_RULES.index(model.scenario.mobilisation.ask_rule)
    met = uniforms(model.luck, "ask_tie", people.id, week)
    over_rows(
        _ask,
        len(people),
        model.p,
        model.luck_u64,
        week,
        (stream("ask_tie"), stream("visit_topic")),
        rule,
        columns,
        met,
        ties,
        meeting,
        model.week_plan.open,
        contacts,
    )
    if rule > 0:
        prospects = people.gathered(Prospects)
        _recruit(model.p, model.luck_u64, week, stream("ask_choice"), rule, columns, prospects, ties, meeting)
    for named in model.policies.active(Ask, week):
        k = ACTIVITIES.index(named.instrument.activity)
        if model.week_plan.open[k]:
            rows = _wave(model, named, k)
            people.asks[rows, k, SOURCES.index(named.instrument.source)] += 1
            people.asked_now[rows] += 1
    ask_neighbours(model)


def _wave(model: Community, named: Named[Ask], k: int) -> NDArray[np.int64]:
    """Rows that an instrument asks this week: of those whose turn it is the share that its rule prefers."""
    instrument, people = named.instrument, model.residents
    due = model.rows[-model.week % instrument.every_weeks :: instrument.every_weeks]
    rows = due[model.target_residents(named)[due]]
    if instrument.share == 1:
        return rows
    ids = people.id[rows]
    if instrument.rule == "random":
        order = uniforms(luck_of(model.luck, named.name), "ask_wave", ids, model.week)
    else:
        prospects = people.gathered(Prospects)
        order = np.empty(len(rows))
        over_rows(_reluctance, len(rows), ASK_RULES.index(instrument.rule), k, prospects, rows, order)
    return rows[smallest(order, ids, int(instrument.share * len(rows) + 0.5))]


@kernel
def _score(rule: int, k: Integer, c: Prospects, i: Integer) -> float:
    """How much the rule prefers resident ``i`` for activity ``k``."""
    if rule == LIKELY:
        belongs = 0.0
        for m in range(3):
            if c.membership[i, m] >= 0:
                belongs = 1.0
        recent = 1.0 if c.history[i, k] & RECENT != 0 else 0.0
        likely: float = c.habit[i, k] + belongs + recent
        return likely
    primary = 1 if c.education[i] == 0 else 0
    need: float = c.needs_care[i] + c.migrant[i] + primary + (1 - c.attachment[i])
    return need


@kernel
def _reluctance(
    start: int,
    stop: int,
    rule: int,
    k: int,
    c: Prospects,
    rows: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None:
    for at in range(start, stop):
        out[at] = -_score(rule, k, c, rows[at])


@kernel
def _recruit(
    p: Parameters,
    seed: np.uint64,
    week: int,
    choice: int,
    rule: int,
    c: AskColumns,
    prospects: Prospects,
    ties: Ties,
    meeting: Meeting,
) -> None:
    """Members of organizations that meet ask the one whom the rule prefers of two acquaintances they meet."""
    for j in range(len(c.id)):
        first = ties.indptr[j]
        degree = ties.indptr[j + 1] - first
        for m in range(3):
            o = c.membership[j, m]
            if o < 0 or not meeting.meets[o]:
                continue
            if degree > 0 and draw(seed, choice, c.id[j], week, 0) < p.ask_rate * meeting.effort[o]:
                k = np.int64(meeting.activity[o])
                i = np.int64(ties.indices[first + int(degree * draw(seed, choice, c.id[j], week, 1))])
                other = np.int64(ties.indices[first + int(degree * draw(seed, choice, c.id[j], week, 2))])
                if _score(rule, k, prospects, other) > _score(rule, k, prospects, i):
                    i = other
                c.asks[i, k, 2] += 1.0
                c.asked_now[i] += 1
                c.asked[i, k] = o + 1
            break


@kernel
def _ask(
    start: int,
    stop: int,
    p: Parameters,
    seed: np.uint64,
    week: int,
    streams: tuple[int, int],
    rule: int,
    c: AskColumns,
    met: NDArray[np.float64],
    ties: Ties,
    meeting: Meeting,
    is_open: NDArray[np.bool_],
    contacts: NDArray[np.int64],
) -> None:
    open_count = 0
    for k in range(3):
        open_count += is_open[k]
    for i in range(start, stop):
        c.asked_now[i] = 0
        for k in range(3):
            c.asked[i, k] = 0
            for q in range(3):
                faded = c.asks[i, k, q] * p.ask_keep
                c.asks[i, k, q] = faded if faded >= 0.015625 else 0.0
        if len(contacts) > 0 and contacts[i] > 0 and open_count > 0:
            nth = int(open_count * draw(seed, streams[1], c.id[i], week, 0))
            c.asked_now[i] += contacts[i]
            for k in range(3):
                if is_open[k]:
                    if nth == 0:
                        c.asks[i, k, 1] += contacts[i]
                    nth -= 1
        degree = ties.indptr[i + 1] - ties.indptr[i]
        if rule > 0 or degree == 0 or p.ask_rate == 0.0:
            continue
        j = ties.indices[ties.indptr[i] + int(degree * met[i])]
        for m in range(3):
            o = c.membership[j, m]
            if o >= 0 and meeting.meets[o]:
                if draw(seed, streams[0], c.id[i], week, 1) < p.ask_rate * meeting.effort[o]:
                    k = meeting.activity[o]
                    c.asks[i, k, 2] += 1.0
                    c.asked_now[i] += 1
                    c.asked[i, k] = o + 1
                break
