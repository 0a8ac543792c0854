"""What every resident sees of others: the state after last week, gathered once a week (ODD 7.7, 7.10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.compiled import kernel, over_rows

if TYPE_CHECKING:
    from model.community import CommunityModel


class Perception(NamedTuple):
    """Per resident: the share of its neighbours seen taking part, their mean attachment, the fields they know.

    ``share[n, 3]`` is Q / W; ``near[n]`` is N, nan without neighbours; ``aware[n]`` are bits of fields known to any.
    ``seen_taking_part[3]`` counts residents with s = 1.
    """

    share: NDArray[np.float64]
    near: NDArray[np.float64]
    aware: NDArray[np.uint8]
    seen_taking_part: NDArray[np.int64]


class Shown(NamedTuple):
    """What each resident shows: e, e times attachment; bits 0-2 s_jk, bits 3-9 the fields it knows."""

    weighed: NDArray[np.float64]
    bits: NDArray[np.uint16]


def perceive(model: CommunityModel) -> Perception:
    """Look round once: weighted sums over the merged rows, the well-mixed layer last."""
    people, network, n = model.residents, model.network, len(model.residents)
    mask = np.uint64(2**model.scenario.decision.memory - 1)
    shown = Shown(np.empty((n, 2)), np.empty(n, np.uint16))
    over_rows(_show, n, mask, people.history, people.embeddedness, people.attachment, people.aware, shown)
    seen = Perception(np.empty((n, 3)), np.empty(n), np.empty(n, np.uint8), np.zeros(3, np.int64))
    means = np.zeros(5)
    if network.well_mixed > 0:
        _mean(shown, means)
        _count(shown.bits, seen.seen_taking_part)
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
    aware: NDArray[np.uint8],
    shown: Shown,
) -> None:
    for i in range(start, stop):
        shown.weighed[i, 0] = embeddedness[i]
        shown.weighed[i, 1] = embeddedness[i] * attachment[i]
        bits = np.int64(aware[i]) << 3
        for k in range(3):
            if history[i, k] & mask != 0:
                bits |= 1 << k
        shown.bits[i] = bits


@kernel
def _mean(shown: Shown, means: NDArray[np.float64]) -> None:
    """Means over all rows of e s_0, e s_1, e s_2, e attachment and e, by sums over blocks of 4,096 rows."""
    n = len(shown.bits)
    for m in range(5):
        total = 0.0
        for first in range(0, n, 4096):
            block = 0.0
            for i in range(first, min(first + 4096, n)):
                if m == 3:
                    block += shown.weighed[i, 1]
                elif m == 4:
                    block += shown.weighed[i, 0]
                else:
                    block += shown.weighed[i, 0] * ((shown.bits[i] >> m) & 1)
            total += block
        means[m] = total / n


@kernel
def _count(bits: NDArray[np.uint16], taking_part: NDArray[np.int64]) -> None:
    for i in range(len(bits)):
        for k in range(3):
            taking_part[k] += (bits[i] >> k) & 1


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
    shown: Shown,
    seen: Perception,
) -> None:
    for i in range(start, stop):
        culture = service = deliberation = near = embedded = 0.0
        around = 0
        for at in range(indptr[i], indptr[i + 1]):
            j = indices[at]
            w = weight[at]
            bits = np.int64(shown.bits[j])
            e = shown.weighed[j, 0]
            culture += w * (e * (bits & 1))
            service += w * (e * ((bits >> 1) & 1))
            deliberation += w * (e * ((bits >> 2) & 1))
            near += w * shown.weighed[j, 1]
            embedded += w * e
            around |= bits
        if well_mixed > 0.0:
            culture += well_mixed * means[0]
            service += well_mixed * means[1]
            deliberation += well_mixed * means[2]
            near += well_mixed * means[3]
            embedded += well_mixed * means[4]
        total = weight_sum[i] + well_mixed
        seen.share[i, 0] = culture / total if total > 0.0 else 0.0
        seen.share[i, 1] = service / total if total > 0.0 else 0.0
        seen.share[i, 2] = deliberation / total if total > 0.0 else 0.0
        seen.near[i] = near / embedded if embedded > 0.0 else np.nan
        seen.aware[i] = around >> 3
