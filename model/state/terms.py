"""Terms of the decision that an arm keeps, or reads from its twin (attribution)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Twin(NamedTuple):
    """Terms to keep, terms to read from the twin, and which (1 per term); empty arrays without a twin."""

    keep: NDArray[np.float64]
    given: NDArray[np.float64]
    reads: NDArray[np.int8]
