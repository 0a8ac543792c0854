"""What does one run leave: named arrays, and tables of them?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class RunResult:
    """What one run leaves.

    ``counts[week, group, column]`` int64 (columns: `model.state.outcomes.COLUMNS`, groups: `GROUPS`),
    ``weekly`` and ``spread`` of the community, ``money[week, account, ledger]`` in fen, with the ``payers``
    of the accounts and the ``kinds`` of their instruments; ``of_policy`` says which accounts are the policy's
    and not the status quo's; ``took_part[year]`` packs bits (activity, person): took part in that year. Rows
    are weeks 0 .. T. Of a district all figures are totals of its simulated communities, and ``communities``
    holds a result for each of them.
    """

    scenario: str
    policy: str
    world: int
    luck: int
    persons: int
    accounts: tuple[str, ...]
    weeks: NDArray[np.int64]
    counts: NDArray[np.int64]
    weekly: NDArray[np.int64]
    spread: NDArray[np.float64]
    money: NDArray[np.int64]
    took_part: tuple[NDArray[np.uint8], ...]
    payers: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    of_policy: tuple[bool, ...] = ()
    spin_up: int = 104
    communities: tuple[RunResult, ...] = ()
    seconds: float = field(default=0.0, compare=False)

    def __repr__(self) -> str:
        parts = f", {len(self.communities)} communities" if self.communities else ""
        return (
            f"RunResult of {self.scenario} under {self.policy}: {self.persons:,} persons{parts}, "
            f"world {self.world}, luck {self.luck}, weeks 0 to {self.weeks[-1]}\n"
            ".series (one row per week, community and group), .tidy()"
        )

    def _repr_html_(self) -> str:
        """What it is, and its figures in the last week, for a notebook."""
        from experiments.outcomes.figures import figures
        from experiments.words.notebook import lines

        return lines([repr(self), "", figures([self])])

    @property
    def series(self) -> pd.DataFrame:
        """Wide table, one row per week, community and group; columns are outcomes with units in their
        names."""
        from experiments.outcomes.tables import series

        return series(self)

    def tidy(self) -> pd.DataFrame:
        """Long table: scenario, policy, world, luck, week, community, group, outcome, value, unit."""
        from experiments.outcomes.tables import tidy

        return tidy(self)
