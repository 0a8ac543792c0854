"""7.7 decide: every resident, every open activity of which one is aware or for which somebody asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.core.arithmetic import exp, root5
from model.core.calendar import week_of_year
from model.core.casts import whole
from model.core.compiled import inlined, kernel, over_rows
from model.core.draws import draw, normal, stream, uniforms
from model.parameters.decision import ACTIVITIES
from model.parameters.record import Parameters
from model.start.time_cost import time_cost
from model.state.offers import FIELDS_OF
from model.state.terms import Twin
from model.week.phase import phase
from model.week.serve.credits import controlling, credit_pull

if TYPE_CHECKING:
    from model.state.community import Community

ORDERS = np.array([(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])


class Person(NamedTuple):
    """What decide reads of each resident."""

    id: NDArray[np.uint64]
    match: NDArray[np.uint32]
    slots: NDArray[np.uint8]
    aware: NDArray[np.uint8]
    effect: NDArray[np.float64]
    hours_effect: NDArray[np.float64]
    threshold: NDArray[np.float64]
    skill: NDArray[np.float64]
    knowledge: NDArray[np.float64]
    attachment: NDArray[np.float64]
    motivation: NDArray[np.float64]
    efficacy: NDArray[np.float64]


class Standing(NamedTuple):
    """What decide reads of each resident's links, and this week's minutes, which it writes."""

    embeddedness: NDArray[np.float64]
    habit: NDArray[np.float64]
    asks: NDArray[np.float64]
    fatigue: NDArray[np.float64]
    membership: NDArray[np.int16]
    enrolled: NDArray[np.int8]
    credit_minutes: NDArray[np.int32]
    credit_use: NDArray[np.int8]
    duty: NDArray[np.float64]
    post: NDArray[np.int8]
    minutes: NDArray[np.int32]


class Around(NamedTuple):
    """What one sees of others; the merged rows serve the rule `absolute`, which counts neighbours."""

    share: NDArray[np.float64]
    taking_part: NDArray[np.int64]
    beyond: NDArray[np.int64]
    well_mixed: float
    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    history: NDArray[np.uint64]
    mask: np.uint64


class Week(NamedTuple):
    """This week's offers as masks, free time and what it costs, the season's shift of U, streams, and the
    pull of credits by use."""

    open: NDArray[np.bool_]
    offered: NDArray[np.uint32]
    org_slots: NDArray[np.uint8]
    org_activity: NDArray[np.int8]
    free_minutes: NDArray[np.int32]
    time_cost: NDArray[np.float64]
    season: NDArray[np.float64]
    chance: NDArray[np.float64]
    streams: NDArray[np.int64]
    orders: NDArray[np.int64]
    credit_pull: NDArray[np.float64]
    controlling: float


@phase(
    reads="""
        asks attachment aware credit_minutes credit_state credit_use duty effect efficacy embeddedness
        enrolled fatigue free_minutes habit history hours_effect id knowledge match membership motivation
        organization_activity perceived post skill slots threshold time_cost week_plan
    """,
    writes="minutes terms_kept",
)
def decide(model: Community) -> None:
    """Write the minutes of everybody who decides to take part this week (0 for all others)."""
    people, n = model.residents, len(model.residents)
    seen, ties = model.perception(), model.network.merged
    around = Around(
        seen.share,
        seen.seen_taking_part,
        seen.beyond,
        model.network.well_mixed,
        ties.indptr,
        ties.indices,
        people.history,
        np.uint64(2**model.scenario.decision.memory - 1),
    )
    chance = np.empty((3, n))
    for k, activity in enumerate(ACTIVITIES):
        if model.week_plan.open[k]:
            chance[k] = uniforms(model.luck, activity, people.id, model.week)
    w = model.week_plan
    week = Week(
        w.open,
        w.offered,
        w.org_slots,
        model.organization_activity,
        *_free_time(model),
        model.seasons.shift[week_of_year(model.week) - 1],
        chance,
        STREAMS,
        ORDERS,
        credit_pull(model),
        controlling(model),
    )
    over_rows(
        _decide,
        n,
        model.p,
        model.luck_u64,
        model.week,
        people.gathered(Person),
        people.gathered(Standing),
        around,
        week,
        model.twin_terms(),
    )


def _free_time(model: Community) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Free minutes of this week, and T for those who have used none of them."""
    free = model.residents.free_minutes
    factor = model.seasons.free_time[week_of_year(model.week) - 1]
    if factor == 1.0:
        return free, model.time_cost
    now = whole(15 * np.floor(np.minimum(free * factor, 6720.0) / 15), np.int32)
    now.flags.writeable = False  # the kernel knows free time as read-only
    cost = np.empty(len(now))
    over_rows(time_cost, len(now), model.p, now, cost)
    return now, cost


STREAMS = np.array([stream(s) for s in ("order", "act_hours")], np.int64)


@inlined
def _strength(asks: float, unit: float) -> float:
    """a(n) of ODD 7.7: 0 for no ask, 1 for one, at most 1.58."""
    return (1 - exp(-asks)) / unit if asks > 0.0 else 0.0


@inlined
def _declines(chance: float, utility: float) -> bool:
    """True only if chance * (1 + exp(-utility)) is at least 1: most decline, and most of these clearly.

    (1 - u / 16)^16 <= exp(-u) below u = 16; the margin is far above what rounding can do.
    """
    root = 1 - utility / 16
    root = root * root
    root = root * root
    root = root * root
    return utility < 16.0 and chance * (1 + root * root) > 1.000001


@kernel
def _decide(
    start: int,
    stop: int,
    p: Parameters,
    seed: np.uint64,
    week: int,
    person: Person,
    standing: Standing,
    around: Around,
    now: Week,
    twin: Twin,
) -> None:
    # Time used elsewhere only lowers U, so whoever declines with all time free declines in any order of the
    # activities: the order is drawn, and T looked at again, only where several are wanted.
    term = np.zeros(9)
    before_time = np.zeros(3)
    wanted = np.zeros(3, np.bool_)
    keeps, reads = len(twin.keep) > 0, len(twin.given) > 0
    for i in range(start, stop):
        free = now.free_minutes[i]
        wants = 0
        for k in range(3):
            standing.minutes[i, k] = 0
            wanted[k] = False
            if not (now.open[k] or keeps):
                continue
            letter, visit, member = standing.asks[i, k, 0], standing.asks[i, k, 1], standing.asks[i, k, 2]
            asked = letter > 0.0 or visit > 0.0 or member > 0.0
            able = now.open[k] and free >= 15 and (asked or person.aware[i] & FIELDS_OF[k] != 0)
            if not (able or keeps):
                continue
            if p.rule_code == 1.0:
                wanted[k] = around.share[i, k] >= person.threshold[i]
                wants += wanted[k]
                continue
            if p.rule_code == 2.0:
                taking_part = around.taking_part[k]
                if around.well_mixed == 0.0:
                    taking_part = 0
                    for at in range(around.indptr[i], around.indptr[i + 1]):
                        taking_part += around.history[around.indices[at], k] & around.mask != 0
                    if len(around.beyond) > 0:
                        taking_part += around.beyond[i, k]
                wanted[k] = taking_part >= person.threshold[i]
                wants += wanted[k]
                continue
            meets = 0.0
            v = 1.0 if person.match[i] & now.offered[k] != 0 else 0.0
            if k == 1 and standing.post[i] >= 0:
                v = 1.0
            for m in range(3):
                o = standing.membership[i, m]
                if o >= 0 and now.org_activity[o] == k and now.org_slots[o] != 0:
                    meets = 1.0
                    if now.org_slots[o] & person.slots[i] != 0:
                        v = 1.0
            if asked:
                letter = _strength(letter, p.ask_unit)
                visit = _strength(visit, p.ask_unit)
                member = _strength(member, p.ask_unit)
            duty = standing.duty[i] if k == 1 else 0.0
            tired = p.b_fatigue * max(0.0, standing.fatigue[i] - p.fatigue_free)
            attachment, motivation = person.attachment[i], person.motivation[i]
            skill, knowledge = person.skill[i], person.knowledge[i]
            term[0] = p.b_can[k] * (skill - p.skill_mean) + p.b_know[k] * knowledge
            term[1] = p.like_attachment[k] * (attachment - 0.5) + p.like_motivation[k] * (motivation - 0.5)
            term[2] = p.b_enab[k] * v + p.member_bonus * meets
            term[3] = p.b_ask[0] * letter + p.b_ask[1] * visit + p.b_ask[2] * member - tired + duty
            term[4] = p.b_resp_week[k] * (person.efficacy[i] - 0.5)
            term[5] = p.b_peer * standing.embeddedness[i] * around.share[i, k]
            term[6] = p.b_habit * standing.habit[i, k]
            term[7] = 0.0
            if k == 1 and standing.enrolled[i] != 0:
                held = standing.credit_minutes[i] / 60
                pull = now.credit_pull[standing.credit_use[i]]
                term[7] = pull * exp(-held / p.saturation) - p.b_control_week * now.controlling
            term[8] = now.time_cost[i]
            for m in range(9):
                if p.term_on[m] == 0.0:
                    term[m] = 0.0
            if keeps:
                for m in range(9):
                    twin.keep[i, k, m] = term[m]
                if not able:
                    continue
            if reads:
                for m in range(9):
                    if twin.reads[m] != 0:
                        term[m] = twin.given[i, k, m]
            utility = p.b0[k] + now.season[k] + p.community_effect + person.effect[i, k]
            if p.combination_code == 0.0:
                utility = utility + term[0] + term[1] + term[2] + term[3] + term[4]
            else:
                like = (attachment + motivation) / 2
                strongest = min(1.0, max(letter, visit, member))
                can = skill + p.know_share * knowledge * (1 - skill)
                if p.combination_code == 1.0:
                    joint = min(can, like, v, strongest, person.efficacy[i])
                else:
                    joint = root5(can * like * v * strongest * person.efficacy[i])
                utility = utility + p.span[k] * joint + p.member_bonus * meets - tired + duty
            before_time[k] = utility + term[5] + term[6] + term[7]
            if _declines(now.chance[k, i], before_time[k] - term[8]):
                continue
            if now.chance[k, i] * (1 + exp(-(before_time[k] - term[8]))) < 1:
                wanted[k] = True
                wants += 1
        if wants == 0:
            continue
        used = 0
        order = int(6 * draw(seed, now.streams[0], person.id[i], week, 0)) if wants > 1 else 0
        for position in range(3):
            k = now.orders[order, position]
            if not wanted[k] or free - used < 15:
                continue
            if used > 0 and p.rule_code == 0.0:
                cost = p.b_time * exp(-((free - used) / 60) / p.tau) if p.term_on[8] != 0.0 else 0.0
                if keeps:
                    twin.keep[i, k, 8] = cost
                if reads and twin.reads[8] != 0:
                    cost = twin.given[i, k, 8]
                if now.chance[k, i] * (1 + exp(-(before_time[k] - cost))) >= 1:
                    continue
            spread = normal(draw(seed, now.streams[1], person.id[i], week, k))
            hours = p.act_hours[k] * exp(
                p.sd_person * person.hours_effect[i] + p.sd_act * spread - p.hours_shift
            )
            quarters = max(1, int(min(4 * hours + 0.5, 1e6)))
            minutes = min(15 * quarters, 15 * ((free - used) // 15))
            standing.minutes[i, k] = minutes
            used += minutes
