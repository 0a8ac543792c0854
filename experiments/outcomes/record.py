"""What is kept of a run: its outcomes as named arrays, of which tables and comparisons are views."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.outcomes.institutions import issues, money, organizations, party
from experiments.outcomes.participation import contacts, participation
from experiments.outcomes.recorded import Floats, Outcome, Recorded, unpacked
from experiments.outcomes.service import care, credits_
from experiments.outcomes.years import years
from model.core.calendar import YEAR
from model.state.outcomes import GROUPS

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from experiments.outcomes.result import RunResult

OUTCOMES: dict[str, Outcome] = {
    outcome.name: outcome
    for outcome in chain(
        participation(),
        years(),
        issues(),
        contacts(),
        credits_(),
        care(),
        money(),
        party(),
        organizations(),
    )
}
"""Every column of the series by name, in the order of the columns."""


@dataclass(frozen=True, eq=False)
class Record:
    """Outcomes of one run by name: ``columns[name][week, community, group]``, float64, nan where a figure has
    no meaning.

    ``weeks``, ``communities`` and ``groups`` say which are kept. Figures of a whole community stand in the
    group "all" only. Of a district its totals come first, under its own name, then its communities.
    ``took_part`` holds for each whole year the packed bits (activity, adult) of who took part, of so many
    ``adults``.
    """

    weeks: NDArray[np.int64]
    communities: tuple[str, ...]
    groups: tuple[str, ...]
    columns: Mapping[str, Floats]
    took_part: tuple[bytes, ...]
    adults: int

    @classmethod
    def of(
        cls,
        result: RunResult,
        groups: Collection[str] = GROUPS,
        every: int = 1,
        outcomes: Collection[str] = (),
        *,
        totals: bool = False,
    ) -> Record:
        """The record of a finished run: of some groups, every so many weeks, and of the outcomes those named,
        all if none is. With ``totals`` nothing is kept of a district's communities."""
        parts = (result,) if totals else (result, *result.communities)
        recorded = [Recorded(one) for one in parts]
        rows = np.flatnonzero(result.weeks % every == 0)
        places = np.array([i for i, group in enumerate(GROUPS) if group in groups], np.int64)
        columns = {name: np.empty((len(rows), len(parts), len(places))) for name in outcomes or OUTCOMES}
        for name, values in columns.items():
            for i, one in enumerate(recorded):
                values[:, i] = _by_group(OUTCOMES[name].compute(one)[rows])[:, places]
        return cls(
            weeks=result.weeks[rows],
            communities=tuple(one.scenario for one in parts),
            groups=tuple(GROUPS[i] for i in places),
            columns=columns,
            took_part=tuple(year.tobytes() for year in result.took_part),
            adults=int(result.counts[0, 0, 0]),
        )

    @classmethod
    def read(
        cls, table: pa.Table, took_part: Sequence[bytes], adults: int, outcomes: Collection[str]
    ) -> Record:
        """The record that was written as `arrow`, of the outcomes named."""
        named = {name: table[name].combine_chunks().dictionary_encode() for name in ("community", "group")}
        weeks, week = np.unique(table["week"].to_numpy(), return_inverse=True)
        communities, groups = (tuple(one.dictionary.to_pylist()) for one in named.values())
        at = (week, *(one.indices.to_numpy() for one in named.values()))
        columns = {}
        for name in outcomes:
            columns[name] = np.full((len(weeks), len(communities), len(groups)), np.nan)
            columns[name][at] = table[name].to_numpy()
        return cls(weeks, communities, groups, columns, tuple(took_part), adults)

    @cached_property
    def takers(self) -> NDArray[np.bool_]:
        """Who took part in each whole year: bool[year, (activities, any), adult]."""
        return unpacked(self.took_part, self.adults)

    def at_ends(self, name: str) -> Floats:
        """An outcome of the community, or of the whole district, in the weeks that end its years:
        float64[year, group of `GROUPS`], nan for groups that are not kept."""
        ends = np.flatnonzero((self.weeks > 0) & (self.weeks % YEAR == 0))
        found = np.full((len(self.took_part), len(GROUPS)), np.nan)
        found[:, [GROUPS.index(group) for group in self.groups]] = self.columns[name][ends, 0]
        return found

    def last(self, name: str, group: str) -> float:
        """An outcome of a group of the community, or of the whole district, in the last week."""
        return float(self.columns[name][-1, 0, self.groups.index(group)])

    def _rows(self) -> dict[str, NDArray[Any]]:
        """The columns of the tables: one row per week, community and group."""
        shape = len(self.weeks), len(self.communities), len(self.groups)
        keys = {
            "week": self.weeks[:, None, None],
            "community": np.array(self.communities, object)[:, None],
            "group": np.array(self.groups, object),
        }
        rows = {name: np.broadcast_to(values, shape) for name, values in keys.items()}
        return {name: values.reshape(-1) for name, values in (*rows.items(), *self.columns.items())}

    def arrow(self) -> pa.Table:
        """One row per week, community and group, null where a figure has no meaning: what a study stores."""
        import pyarrow as pa

        return pa.table({name: pa.array(c, from_pandas=True) for name, c in self._rows().items()})

    def frame(self) -> pd.DataFrame:
        """One row per week, community and group, nan where a figure has no meaning."""
        import pandas as pd

        return pd.DataFrame(self._rows())


def _by_group(values: Floats) -> Floats:
    """Figures as float64[weeks, groups]; those of the community stand in the group "all"."""
    if values.shape[1] == len(GROUPS):
        return values
    found = np.full((len(values), len(GROUPS)), np.nan)
    found[:, :1] = values
    return found
