"""What every resident sees of others: the state after last week, gathered once a week (ODD 7.7, 7.11)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.core.compiled import kernel, over_rows
from model.state.perception import Perception

if TYPE_CHECKING:
    from model.start.weak_ties import WeakTies
    from model.state.community import Community


class Beyond(NamedTuple):
    """Weak ties of a community's rows (``indptr`` empty without), and what all communities show."""

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    weight: float
    shown: NDArray[np.float64]
    aware: NDArray[np.uint8]
    acting: NDArray[np.uint8]


NOBODY = Beyond(
    np.empty(0, np.int64),
    np.empty(0, np.int32),
    0.0,
    np.empty((0, 6)),
    np.empty(0, np.uint8),
    np.empty(0, np.uint8),
)


def perceive(models: Sequence[Community], weak: WeakTies | None) -> None:
    """Let all look round before anything of the week happens: weighted sums over the merged rows, then the
    weak ties, the well-mixed layer last.

    The communities of a district look round together, so that each sees the others' last week.
    """
    bounds = np.cumsum([0, *(len(model.residents) for model in models)])
    rows = [slice(start, stop) for start, stop in pairwise(bounds)]
    shown, acting = np.empty((bounds[-1], 6)), np.empty(bounds[-1], np.uint8)
    for model, own in zip(models, rows, strict=True):
        people = model.residents
        over_rows(
            _show,
            len(people),
            np.uint64(2**model.scenario.decision.memory - 1),
            people.history,
            people.embeddedness,
            people.attachment,
            people.knowledge,
            shown[own],
            acting[own],
        )
    aware = np.empty(0, np.uint8) if weak is None else np.concatenate([m.residents.aware for m in models])
    for model, own in zip(models, rows, strict=True):
        beyond = NOBODY
        if weak is not None:
            ends = weak.layer.indptr[own.start : own.stop + 1]
            beyond = Beyond(ends, weak.layer.indices, weak.weight, shown, aware, acting)
        model.perceived, model.perceived_week = _look(model, shown[own], acting[own], beyond), model.week


def _look(
    model: Community,
    shown: NDArray[np.float64],
    acting: NDArray[np.uint8],
    beyond: Beyond,
) -> Perception:
    """What the residents of one community see."""
    people, network, n = model.residents, model.network, len(model.residents)
    far = n if len(beyond.indptr) else 0
    seen = Perception(
        np.empty((n, 3)),
        np.empty(n),
        np.empty(n),
        np.empty(n, np.uint8),
        np.zeros(3, np.int64),
        np.zeros((far, 3), np.int64),
    )
    means = np.zeros(6)
    if network.well_mixed > 0:
        _mean(shown, means)
        _count(acting, seen.seen_taking_part)
    ties = network.merged
    over_rows(
        _gather,
        n,
        ties.indptr,
        ties.indices,
        ties.weight,
        network.weight_sum,
        network.well_mixed,
        means,
        shown,
        people.aware,
        beyond,
        seen,
    )
    return seen


@kernel
def _show(
    start: int,
    stop: int,
    mask: np.uint64,
    history: NDArray[np.uint64],
    embeddedness: NDArray[np.float64],
    attachment: NDArray[np.float64],
    knowledge: NDArray[np.float64],
    shown: NDArray[np.float64],
    acting: NDArray[np.uint8],
) -> None:
    """What each resident shows: e s_0, e s_1, e s_2, e attachment, e, e knowledge; ``acting``: bits s_k."""
    for i in range(start, stop):
        acts = np.uint8(0)
        for k in range(3):
            took = history[i, k] & mask != 0
            shown[i, k] = embeddedness[i] if took else 0.0
            acts |= np.uint8(took << k)
        acting[i] = acts
        shown[i, 3] = embeddedness[i] * attachment[i]
        shown[i, 4] = embeddedness[i]
        shown[i, 5] = embeddedness[i] * knowledge[i]


@kernel
def _mean(shown: NDArray[np.float64], means: NDArray[np.float64]) -> None:
    """Means over all rows by sums over blocks of 4,096 rows."""
    n = len(shown)
    for m in range(6):
        total = 0.0
        for first in range(0, n, 4096):
            block = 0.0
            for i in range(first, min(first + 4096, n)):
                block += shown[i, m]
            total += block
        means[m] = total / n


@kernel
def _count(acting: NDArray[np.uint8], taking_part: NDArray[np.int64]) -> None:
    for i in range(len(acting)):
        for k in range(3):
            taking_part[k] += (acting[i] >> k) & 1


@kernel
def _gather(
    start: int,
    stop: int,
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    weight: NDArray[np.float64],
    weight_sum: NDArray[np.float64],
    well_mixed: float,
    means: NDArray[np.float64],
    shown: NDArray[np.float64],
    aware: NDArray[np.uint8],
    beyond: Beyond,
    seen: Perception,
) -> None:
    for i in range(start, stop):
        culture = service = deliberation = near = embedded = known = 0.0
        around = np.uint8(0)
        for at in range(indptr[i], indptr[i + 1]):
            j = np.uint64(indices[at])  # a signed index might count from the end: slower
            w = weight[at]
            culture += w * shown[j, 0]
            service += w * shown[j, 1]
            deliberation += w * shown[j, 2]
            near += w * shown[j, 3]
            embedded += w * shown[j, 4]
            known += w * shown[j, 5]
            around |= aware[j]
        total = weight_sum[i]
        if len(beyond.indptr) > 0:
            w = beyond.weight
            for at in range(beyond.indptr[i], beyond.indptr[i + 1]):
                j = beyond.indices[at]
                culture += w * beyond.shown[j, 0]
                service += w * beyond.shown[j, 1]
                deliberation += w * beyond.shown[j, 2]
                near += w * beyond.shown[j, 3]
                embedded += w * beyond.shown[j, 4]
                known += w * beyond.shown[j, 5]
                around |= beyond.aware[j]
                total += w
                for k in range(3):
                    seen.beyond[i, k] += (beyond.acting[j] >> k) & 1
        if well_mixed > 0.0:
            culture += well_mixed * means[0]
            service += well_mixed * means[1]
            deliberation += well_mixed * means[2]
            near += well_mixed * means[3]
            embedded += well_mixed * means[4]
            known += well_mixed * means[5]
        total += well_mixed  # W of ODD 7.7: the layer counts on both sides of Q / W
        seen.share[i, 0] = culture / total if total > 0.0 else 0.0
        seen.share[i, 1] = service / total if total > 0.0 else 0.0
        seen.share[i, 2] = deliberation / total if total > 0.0 else 0.0
        seen.near[i] = near / embedded if embedded > 0.0 else np.nan
        seen.known[i] = known / embedded if embedded > 0.0 else 0.0
        seen.aware[i] = around
