"""Who knows whom in other communities of a district (ODD 7.0)?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

import numpy as np

from model.core.draws import uniforms
from model.scenario.scenario import Scenario
from model.state.residents import Rows, Words
from model.state.ties import Layer, distinct

_FRACTION = 255  # the draw that decides on the fraction of a partner


@dataclass(frozen=True, eq=False)
class WeakTies:
    """Ties between communities of a district.

    The rows of all communities are numbered through: row i of community c is ``first[c]`` + i. ``layer`` is
    mutual over these rows and joins different communities only; each tie weighs ``weight``.
    """

    layer: Layer
    first: Rows
    weight: float


def draw_weak_ties(scenario: Scenario, ids: Sequence[Words], world: int) -> WeakTies | None:
    """The weak ties among communities with adults ``ids`` (uint64[n] each); None if there cannot be any.

    Everybody draws half the mean degree of partners: any other community, then anybody in it.
    """
    weight, half = scenario.network.layer_weight["weak"], scenario.network.degree["weak"] / 2
    if len(ids) < 2 or weight == 0 or half == 0:
        return None
    first = np.cumsum([0, *map(len, ids)]).astype(np.int64)
    sizes, whole = np.diff(first), floor(half)
    a, b = [], []
    for c, own in enumerate(ids):
        more = uniforms(world, "weak_tie", own, 0, _FRACTION) < half - whole
        for k in range(whole + 1):
            rows = np.flatnonzero(more) if k == whole else np.arange(len(own))
            away = (len(ids) - 1) * uniforms(world, "weak_tie", own[rows], 0, 2 * k)
            other = away.astype(np.int64)
            other += other >= c
            place = sizes[other] * uniforms(world, "weak_tie", own[rows], 0, 2 * k + 1)
            a.append(first[c] + rows)
            b.append(first[other] + place.astype(np.int64))
    layer = distinct(int(first[-1]), np.concatenate(a), np.concatenate(b))
    return WeakTies(layer, first, weight)
