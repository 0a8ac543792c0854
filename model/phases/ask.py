"""7.6 ask: who is asked for what, by visitors, members and campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.compiled import kernel, over_rows
from model.draws import draw, stream, uniforms
from model.instruments.mobilisation import Ask
from model.parameters.decision import ACTIVITIES, SOURCES

if TYPE_CHECKING:
    from model.community import CommunityModel


class AskColumns(NamedTuple):
    """What the ask kernel reads and writes."""

    id: NDArray[np.uint64]
    membership: NDArray[np.int16]
    asks: NDArray[np.float64]
    asked: NDArray[np.int16]


def ask(model: CommunityModel) -> None:
    """Let old asks fade and add this week's, for open activities only."""
    people, week = model.residents, model.week
    columns = AskColumns(people.id, people.membership, people.asks, people.asked)
    ties, meets = model.network.merged, model.week_plan.meets
    streams = (stream("ask_tie"), stream("visit_topic"))
    contacts = np.empty(0, np.int64) if model.contacts is None else model.contacts
    met = uniforms(model.luck, "ask_tie", people.id, week)
    over_rows(
        _ask,
        len(people),
        model.p,
        model.luck_u64,
        week,
        streams,
        columns,
        met,
        ties.indptr,
        ties.indices,
        meets,
        model.organization_activity,
        model.organization_effort,
        model.week_plan.open,
        contacts,
    )
    for named in model.policies.active(Ask, week):
        instrument = named.instrument
        k = ACTIVITIES.index(instrument.activity)
        if model.week_plan.open[k]:
            due = (week + model.rows) % instrument.every_weeks == 0
            people.asks[model.target_residents(named) & due, k, SOURCES.index(instrument.source)] += 1


@kernel
def _ask(
    start: int,
    stop: int,
    p: Any,
    seed: np.uint64,
    week: int,
    streams: tuple[int, int],
    c: AskColumns,
    met: NDArray[np.float64],
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    meets: NDArray[np.bool_],
    activity: NDArray[np.int8],
    effort: NDArray[np.float64],
    is_open: NDArray[np.bool_],
    contacts: NDArray[np.int64],
) -> None:
    open_count = 0
    for k in range(3):
        open_count += is_open[k]
    for i in range(start, stop):
        for k in range(3):
            c.asked[i, k] = 0
            for q in range(3):
                if c.asks[i, k, q] != 0.0:
                    faded = c.asks[i, k, q] * p.ask_keep
                    c.asks[i, k, q] = faded if faded >= 0.015625 else 0.0
        if len(contacts) > 0 and contacts[i] > 0 and open_count > 0:
            nth = int(open_count * draw(seed, streams[1], c.id[i], week, 0))
            for k in range(3):
                if is_open[k]:
                    if nth == 0:
                        c.asks[i, k, 1] += contacts[i]
                    nth -= 1
        degree = indptr[i + 1] - indptr[i]
        if degree == 0 or p.ask_rate == 0.0:
            continue
        j = indices[indptr[i] + int(degree * met[i])]
        for m in range(3):
            o = c.membership[j, m]
            if o >= 0 and meets[o]:
                if draw(seed, streams[0], c.id[i], week, 1) < p.ask_rate * effort[o]:
                    k = activity[o]
                    c.asks[i, k, 2] += 1.0
                    c.asked[i, k] = o + 1
                break
