"""What is told on every page, figure and table of a result that is less than a full one?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Quick:
    """A trial: so many ``persons`` and ``weeks`` of those that the full community has, after a short
    spin-up."""

    persons: int
    of_persons: int
    weeks: int
    of_weeks: int
    spin_up: int

    name: ClassVar[str] = "quick"

    def __str__(self) -> str:
        return (
            f"a trial, not a result: {self.persons} of {self.of_persons} persons, "
            f"{self.weeks} of {self.of_weeks} weeks after a spin-up of {self.spin_up}"
        )


@dataclass(frozen=True)
class Partial:
    """A comparison that was stopped after so many pairs of ``seeds`` and settings ``draws`` of those asked
    for."""

    seeds: int
    of_seeds: int
    draws: int
    of_draws: int

    name: ClassVar[str] = "partial"

    def __str__(self) -> str:
        return f"{self.seeds} of {self.of_seeds} seeds, {self.draws} of {self.of_draws} draws"


Stamp = Quick | Partial


def stamped(table: pd.DataFrame, stamps: Sequence[Stamp]) -> pd.DataFrame:
    """The table with a last column for each stamp, named after it, which says the same in every row.

    A table without rows is stamped by the name of the column.
    """
    if not stamps:
        return table
    return table.copy().assign(**{stamp.name: str(stamp) for stamp in stamps})  # a copy is of one piece


def recorded(stamps: Sequence[Stamp]) -> dict[str, dict[str, int]]:
    """The stamps for a provenance file: nothing for a full result."""
    return {stamp.name: asdict(stamp) for stamp in stamps}
