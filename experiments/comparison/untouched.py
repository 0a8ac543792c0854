"""Which patterns should a community have before any policy, and were their figures fitted?

P1, P3 and P14 of the ODD, which comparisons, studies and the validation look for.
"""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from model.parameters.decision import ACTIVITIES

if TYPE_CHECKING:
    from experiments.loading.load import Loaded

Class = Literal["calibrated", "wired", "emergent"]

SPEAKS_OF = {
    "P1": tuple(f"reach_{k}" for k in ACTIVITIES),
    "P3": ("top_tenth_share", "acts_per_active_volunteer"),
    "P14": ("volunteering_ratio",),
}
"""The targets of a calibration that a pattern speaks of."""


def in_order(reach: NDArray[np.float64]) -> bool:
    """P1: reach of culture > service > deliberation, given ``reach[(culture, service, deliberation)]``."""
    return bool(reach[0] > reach[1] > reach[2])


def few_give_most(top: float, acts: float) -> bool:
    """P3: the top tenth's share of hours is 0.40 to 0.60, at 2 to 17 acts a year per active volunteer."""
    return bool(0.40 <= top <= 0.60 and 2 <= acts <= 17)


def culture_volunteers(ratio: float) -> bool:
    """P14: residents active in culture volunteer 1.5 to 4 times as often as others."""
    return bool(1.5 <= ratio <= 4)


def fitted_figures(loaded: Loaded) -> set[str]:
    """The figures of the baseline that the scenario as it is was fitted to; none if it was not."""
    return {target.outcome for target in loaded.scenario.targets.values()} if loaded.fitted else set()


def class_of(fitted: Container[str], *figures: str) -> Class:
    """Calibrated if one of these figures was fitted, else emergent."""
    return "calibrated" if any(name in fitted for name in figures) else "emergent"
