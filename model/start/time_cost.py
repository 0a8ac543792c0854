"""What does it cost somebody in time to take part, by the free time they have (ODD 7.7)?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.core.arithmetic import exp
from model.core.compiled import kernel
from model.parameters.record import Parameters


@kernel
def time_cost(
    start: int, stop: int, p: Parameters, free_minutes: NDArray[np.int32], cost: NDArray[np.float64]
) -> None:
    """T of ODD 7.7 for residents who have used none of their free time this week."""
    for i in range(start, stop):
        cost[i] = p.b_time * exp(-(free_minutes[i] / 60) / p.tau)
