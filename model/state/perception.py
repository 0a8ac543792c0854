"""What every resident sees of others in a week."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Perception(NamedTuple):
    """Per resident: the share of its neighbours seen taking part, their mean attachment and knowledge, the
    fields they know.

    ``share[n, 3]`` is Q / W; ``near[n]`` is N, nan without neighbours; ``known[n]`` the same mean of
    knowledge, 0 without; ``aware[n]`` are bits of fields known to any.
    ``seen_taking_part[3]`` counts residents with s = 1; ``beyond[n, 3]`` weak neighbours with s = 1, empty
    without weak ties.
    """

    share: NDArray[np.float64]
    near: NDArray[np.float64]
    known: NDArray[np.float64]
    aware: NDArray[np.uint8]
    seen_taking_part: NDArray[np.int64]
    beyond: NDArray[np.int64]
