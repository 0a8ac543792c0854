"""How does a number become a whole number, so that what is no number does not become one?

NumPy and compiled code make nan and inf some whole number, another one on each platform. Every cast of a
float in the sources goes through `whole`, or is of what cannot be but finite.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.core.errors import GongzhiError


def whole(values: NDArray[np.float64], dtype: type[np.integer[Any]]) -> NDArray[Any]:
    """``values`` cut towards zero, as an array of ``dtype``.

    Raises GongzhiError, with the first bad entry, for nan, inf and what ``dtype`` cannot hold.
    """
    bounds = np.iinfo(dtype)
    good = (values > bounds.min - 1.0) & (values < bounds.max + 1.0)
    if not good.all():
        bad = np.argwhere(~good)[0]
        raise GongzhiError(
            what=f"{values[tuple(bad)].item()!r} cannot be a whole number",
            where=f"entry {', '.join(map(str, bad))}",
            why=f"whole numbers here are from {bounds.min} to {bounds.max}",
        )
    return values.astype(dtype)
