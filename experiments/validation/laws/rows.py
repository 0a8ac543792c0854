"""What does a check against a law say, and how sure is a simulated figure?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from model.core.errors import GongzhiError

FEWEST_REPLICATES = 30
"""Replicates below which a standard error is not trusted."""


class Estimate(NamedTuple):
    """A simulated figure: the mean over independent replicates, and the standard error of that mean."""

    mean: float
    error: float
    replicates: int


def estimate(values: Iterable[float]) -> Estimate:
    """The mean of ``values``, one per replicate, with its standard error.

    Raises GongzhiError for fewer than `FEWEST_REPLICATES`.
    """
    x = np.array(list(values), np.float64)
    require(len(x) >= FEWEST_REPLICATES, f"{len(x)} replicates", f"Ask for {FEWEST_REPLICATES} or more")
    return Estimate(float(x.mean()), float(x.std(ddof=1) / np.sqrt(len(x))), len(x))


@dataclass(frozen=True)
class Row:
    """One figure that a law states and the production code gives.

    ``passed`` if ``got`` lies within ``tolerance`` of ``expected``; ``why`` says where the tolerance comes
    from.
    """

    law: str
    case: str
    expected: float
    got: float
    tolerance: float
    why: str
    source: str
    passed: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "passed", bool(abs(self.got - self.expected) <= self.tolerance))


def exactly(law: str, case: str, expected: float, got: float, source: str) -> Row:
    """A row that must agree to the last digit."""
    return Row(law, case, expected, got, 0.0, "exact", source)


def within(law: str, case: str, expected: float, got: Estimate, source: str) -> Row:
    """A row that must agree within four standard errors of the mean over the replicates."""
    why = f"4 standard errors of {got.replicates} replicates"
    return Row(law, case, expected, got.mean, 4 * got.error, why, source)


def require(good: bool, what: str, instead: str) -> None:
    """Refuse an argument that its law cannot take. Raises GongzhiError unless ``good``."""
    if not good:
        raise GongzhiError(what=what, where="experiments.validation.laws", instead=instead)
