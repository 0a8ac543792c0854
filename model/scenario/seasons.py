"""What do the weeks of the year change: Spring Festival, summer, harvest (ODD 7.7)?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.core.arithmetic import log
from model.core.calendar import YEAR
from model.parameters.decision import ACTIVITIES
from model.scenario.scenario import Scenario


class Seasons(NamedTuple):
    """By week of the year (row 0 is week 1): what is added to U (float64[52, 3]), the factor of free time
    (float64[52])."""

    shift: NDArray[np.float64]
    free_time: NDArray[np.float64]


def seasons(scenario: Scenario) -> Seasons:
    """The scenario's seasons; where they overlap, their factors multiply in the order of declaration."""
    shift, free_time = np.zeros((YEAR, len(ACTIVITIES))), np.ones(YEAR)
    for season in scenario.season.values():
        first, last = season.weeks
        for k, activity in enumerate(ACTIVITIES):
            shift[first - 1 : last, k] += log(getattr(season, activity))
        free_time[first - 1 : last] *= season.free_time
    return Seasons(shift, free_time)
