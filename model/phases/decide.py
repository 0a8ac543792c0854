"""7.7 decide: every resident, every open activity of which one is aware or for which somebody asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.arithmetic import exp, root5
from model.compiled import kernel, over_rows
from model.draws import draw, normal, stream

if TYPE_CHECKING:
    from model.community import CommunityModel

ORDERS = np.array([(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])


class Person(NamedTuple):
    """What decide reads of each resident."""

    id: NDArray[np.uint64]
    match: NDArray[np.uint32]
    slots: NDArray[np.uint8]
    aware: NDArray[np.uint8]
    effect: NDArray[np.float64]
    free_minutes: NDArray[np.int32]
    hours_effect: NDArray[np.float64]
    threshold: NDArray[np.float64]
    skill: NDArray[np.float64]
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
    duty: NDArray[np.float64]
    minutes: NDArray[np.int32]


class Ties(NamedTuple):
    """Merged rows of the network and what one sees of others: e_j * s_jk, and their means."""

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    weight: NDArray[np.float64]
    weight_sum: NDArray[np.float64]
    seen: NDArray[np.float64]
    mixed: NDArray[np.float64]
    taking_part: NDArray[np.int64]
    well_mixed: float
    history: NDArray[np.uint64]
    mask: np.uint64


class Week(NamedTuple):
    """This week's offers as masks, streams, and the value of credits."""

    open: NDArray[np.bool_]
    offered: NDArray[np.uint32]
    org_slots: NDArray[np.uint8]
    org_activity: NDArray[np.int8]
    streams: NDArray[np.int64]
    orders: NDArray[np.int64]
    credit_pull: float
    controlling: float


class Twin(NamedTuple):
    """Terms to keep, terms to read from the twin, and which (1 per term); empty arrays without a twin."""

    keep: NDArray[np.float64]
    given: NDArray[np.float64]
    reads: NDArray[np.int8]


def decide(model: CommunityModel) -> None:
    """Write the minutes of everybody who decides to take part this week (0 for all others)."""
    people, n = model.residents, len(model.residents)
    mask = np.uint64(2**model.scenario.decision.memory - 1)
    seen = np.empty((n, 3))
    over_rows(_look, n, mask, people.history, people.embeddedness, seen)
    mixed = np.zeros(3)
    taking_part = np.zeros(3, np.int64)
    if model.network.well_mixed > 0:
        _means(seen, mixed)
        _count(mask, people.history, taking_part)
    merged = model.network.merged
    ties = Ties(
        merged.indptr,
        merged.indices,
        merged.weight,
        model.network.weight_sum,
        seen,
        mixed,
        taking_part,
        model.network.well_mixed,
        people.history,
        mask,
    )
    w, scheme = model.week_plan, model.credit_state
    week = Week(
        w.open,
        w.offered,
        w.org_slots,
        model.organization_activity,
        STREAMS,
        ORDERS,
        scheme.pull(model),
        scheme.controlling(model),
    )
    over_rows(
        _decide,
        n,
        model.p,
        model.luck_u64,
        model.week,
        Person(*(getattr(people, f) for f in Person._fields)),
        Standing(*(getattr(people, f) for f in Standing._fields)),
        ties,
        week,
        model.twin_terms(),
    )


STREAMS = np.array([stream(s) for s in ("culture", "service", "deliberation", "order", "act_hours")], np.int64)


@kernel
def _look(
    start: int,
    stop: int,
    mask: np.uint64,
    history: NDArray[np.uint64],
    embeddedness: NDArray[np.float64],
    seen: NDArray[np.float64],
) -> None:
    for i in range(start, stop):
        for k in range(3):
            seen[i, k] = embeddedness[i] if history[i, k] & mask != 0 else 0.0


@kernel
def _means(seen: NDArray[np.float64], mixed: NDArray[np.float64]) -> None:
    """Column means by sums over blocks of 4,096 rows."""
    n = len(seen)
    for k in range(seen.shape[1]):
        total = 0.0
        for first in range(0, n, 4096):
            block = 0.0
            for i in range(first, min(first + 4096, n)):
                block += seen[i, k]
            total += block
        mixed[k] = total / n


@kernel
def _count(mask: np.uint64, history: NDArray[np.uint64], taking_part: NDArray[np.int64]) -> None:
    for i in range(len(history)):
        for k in range(3):
            taking_part[k] += history[i, k] & mask != 0


@kernel
def _strength(asks: float, unit: float) -> float:
    """a(n) of ODD 7.7: 0 for no ask, 1 for one, at most 1.58."""
    return (1 - exp(-asks)) / unit


@kernel
def _decide(
    start: int,
    stop: int,
    p: Any,
    seed: np.uint64,
    week: int,
    person: Person,
    standing: Standing,
    ties: Ties,
    now: Week,
    twin: Twin,
) -> None:
    term = np.zeros(9)
    share = np.zeros(3)
    count = np.zeros(3, np.int64)
    fields_of = (np.uint8(7), np.uint8(24), np.uint8(96))
    for i in range(start, stop):
        ident = person.id[i]
        minutes_free = person.free_minutes[i]
        used = 0
        looked = False
        for k in range(3):
            standing.minutes[i, k] = 0
        order = int(6 * draw(seed, now.streams[3], ident, week, 0))
        for position in range(3):
            k = now.orders[order, position]
            if not now.open[k]:
                continue
            a_letter = standing.asks[i, k, 0]
            a_visit = standing.asks[i, k, 1]
            a_member = standing.asks[i, k, 2]
            was_asked = a_letter > 0.0 or a_visit > 0.0 or a_member > 0.0
            if not was_asked and person.aware[i] & fields_of[k] == 0:
                continue
            if minutes_free - used < 15:
                continue
            if not looked:
                looked = True
                total = ties.weight_sum[i] + ties.well_mixed
                for m in range(3):
                    share[m] = 0.0
                    count[m] = 0
                for at in range(ties.indptr[i], ties.indptr[i + 1]):
                    j = ties.indices[at]
                    for m in range(3):
                        share[m] += ties.weight[at] * ties.seen[j, m]
                        if p.rule_code == 2.0 and ties.history[j, m] & ties.mask != 0:
                            count[m] += 1
                for m in range(3):
                    if ties.well_mixed > 0.0:
                        share[m] += ties.well_mixed * ties.mixed[m]
                        count[m] = ties.taking_part[m]
                    share[m] = share[m] / total if total > 0.0 else 0.0
            if p.rule_code == 1.0:
                if share[k] < person.threshold[i]:
                    continue
            elif p.rule_code == 2.0:
                if count[k] < person.threshold[i]:
                    continue
            else:
                meets = 0.0
                v = 0.0
                if person.match[i] & now.offered[k] != 0:
                    v = 1.0
                for m in range(3):
                    o = standing.membership[i, m]
                    if o >= 0 and now.org_activity[o] == k and now.org_slots[o] != 0:
                        meets = 1.0
                        if now.org_slots[o] & person.slots[i] != 0:
                            v = 1.0
                letter = _strength(a_letter, p.ask_unit) if a_letter > 0.0 else 0.0
                visit = _strength(a_visit, p.ask_unit) if a_visit > 0.0 else 0.0
                member = _strength(a_member, p.ask_unit) if a_member > 0.0 else 0.0
                duty = standing.duty[i] if k == 1 else 0.0
                tired = p.b_fatigue * max(0.0, standing.fatigue[i] - p.fatigue_free)
                term[0] = p.b_can[k] * (person.skill[i] - p.skill_mean)
                term[1] = p.like_attachment[k] * (person.attachment[i] - 0.5) + p.like_motivation[k] * (
                    person.motivation[i] - 0.5
                )
                term[2] = p.b_enab[k] * v + p.member_bonus * meets
                term[3] = p.b_ask[0] * letter + p.b_ask[1] * visit + p.b_ask[2] * member - tired + duty
                term[4] = p.b_resp_week[k] * (person.efficacy[i] - 0.5)
                term[5] = p.b_peer * standing.embeddedness[i] * share[k]
                term[6] = p.b_habit * standing.habit[i, k]
                term[7] = 0.0
                if k == 1 and standing.enrolled[i] != 0:
                    held = standing.credit_minutes[i] / 60
                    term[7] = now.credit_pull * exp(-held / p.saturation) - p.b_control_week * now.controlling
                term[8] = p.b_time * exp(-(max(0, minutes_free - used) / 60) / p.tau)
                for m in range(9):
                    if p.term_on[m] == 0.0:
                        term[m] = 0.0
                if len(twin.keep) > 0:
                    for m in range(9):
                        twin.keep[i, k, m] = term[m]
                if len(twin.given) > 0:
                    for m in range(9):
                        if twin.reads[m] != 0:
                            term[m] = twin.given[i, k, m]
                utility = p.b0[k] + p.community_effect + person.effect[i, k]
                if p.combination_code == 0.0:
                    for m in range(5):
                        utility += term[m]
                else:
                    like = (person.attachment[i] + person.motivation[i]) / 2
                    strongest = min(1.0, max(letter, visit, member))
                    if p.combination_code == 1.0:
                        joint = min(person.skill[i], like, v, strongest, person.efficacy[i])
                    else:
                        joint = root5(person.skill[i] * like * v * strongest * person.efficacy[i])
                    utility = utility + p.span[k] * joint + p.member_bonus * meets - tired + duty
                for m in range(5, 8):
                    utility += term[m]
                utility -= term[8]
                if draw(seed, now.streams[k], ident, week, 0) * (1 + exp(-utility)) >= 1:
                    continue
            spread = normal(draw(seed, now.streams[4], ident, week, k))
            hours = p.act_hours[k] * exp(
                p.sd_person * person.hours_effect[i] + p.sd_act * spread - p.hours_shift
            )
            quarters = max(1, int(min(4 * hours + 0.5, 1e6)))
            minutes = min(15 * quarters, 15 * ((minutes_free - used) // 15))
            standing.minutes[i, k] = minutes
            used += minutes
