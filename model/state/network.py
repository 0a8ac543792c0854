"""Who knows whom: the layers of ties, and what they come to together (ODD 9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from typing import NamedTuple

from model.state.residents import Floats
from model.state.ties import Layer


@dataclass(frozen=True, eq=False)
class Network:
    """The layers by name and what the phases read. A layer with a weight of 0 is empty unless it was given.

    ``merged`` holds the sum of layer weight times tie weight; ``weight_sum`` float64[n] its sum over each
    row, in row order; ``well_mixed`` the weight of the layer that joins everybody with the mean. ``wanted``
    is the mean degree wanted among the ``concerned`` residents of a layer, nan where nothing says it.
    """

    layers: Mapping[str, Layer]
    merged: Layer
    weight_sum: Floats
    well_mixed: float
    wanted: Mapping[str, float]
    concerned: Mapping[str, int]


class LayerSummary(NamedTuple):
    """One layer: its ties, and the wanted and drawn mean degree of those it concerns, nan if unknown."""

    name: str
    ties: int
    wanted: float
    drawn: float


def summary(network: Network) -> list[LayerSummary]:
    """The layers of ``network``, in order, and last ``merged``."""
    rows = [
        LayerSummary(name, layer.ties, network.wanted[name], _mean_degree(layer, network.concerned[name]))
        for name, layer in network.layers.items()
    ]
    everybody = len(network.weight_sum)
    return [
        *rows,
        LayerSummary("merged", network.merged.ties, nan, _mean_degree(network.merged, everybody)),
    ]


def _mean_degree(layer: Layer, concerned: int) -> float:
    return 2 * layer.ties / concerned if concerned else nan
