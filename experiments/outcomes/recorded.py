"""How is an outcome read off what a run recorded?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.core.calendar import YEAR
from model.parameters.decision import ACTIVITIES
from model.state.government import LEDGER
from model.state.outcomes import COLUMNS, FIXED_POINT, GROUPS, WEEKLY

if TYPE_CHECKING:
    from experiments.outcomes.result import RunResult

Floats = NDArray[np.float64]


class Recorded:
    """The arrays of a run by name: float64[weeks, groups] or, of the whole community, float64[weeks, 1]."""

    def __init__(self, result: RunResult) -> None:
        self.result = result
        self.lived = (result.weeks + result.spin_up)[:, None]

    def count(self, name: str) -> Floats:
        """A count of persons, acts or minutes."""
        return self.result.counts[:, :, COLUMNS.index(name)].astype(np.float64)

    @cached_property
    def adults(self) -> Floats:
        """Adults of each group."""
        return self.count("adults")

    @cached_property
    def residents(self) -> Floats:
        """All persons, children included: a figure of the community, nan for its groups."""
        return np.where(np.arange(len(GROUPS)) == 0, float(self.result.persons), np.nan)

    def mean(self, name: str) -> Floats:
        """Mean of a state over the adults of each group."""
        return ratio(self.count(name) / FIXED_POINT, self.adults)

    def weekly(self, name: str) -> Floats:
        """A figure of the community."""
        return self.result.weekly[:, WEEKLY.index(name), None].astype(np.float64)

    def window(self, values: Floats) -> Floats:
        """A state that looks back 52 weeks: nan while fewer have been lived."""
        return np.where(self.lived < YEAR, np.nan, values)

    def last_year(self, values: Floats) -> Floats:
        """Sums over the last 52 weeks; nan while fewer have been recorded (the spin-up is not)."""
        sums = np.full_like(values, np.nan)
        total = np.cumsum(values, axis=0)
        sums[YEAR - 1 :] = total[YEAR - 1 :]
        sums[YEAR:] -= total[:-YEAR]
        return self.window(sums)

    def year(self, name: str) -> Floats:
        """Sum of a count over the last 52 weeks, summed in whole numbers; nan while fewer have been recorded.

        Where int64 cannot hold 52 of the largest, the sum is one of float64.
        """
        counts = self.result.counts[:, :, COLUMNS.index(name)]
        if len(counts) and int(np.abs(counts).max()) >= 2**63 // YEAR:
            return self.last_year(counts.astype(np.float64))
        total = np.cumsum(counts, axis=0)  # may wrap around; the differences below do not
        sums = np.full(counts.shape, np.nan)
        sums[YEAR - 1 : YEAR] = total[YEAR - 1 : YEAR]
        sums[YEAR:] = total[YEAR:] - total[:-YEAR]
        return self.window(sums)

    def past_year(self, name: str) -> Floats:
        """Growth in the last 52 weeks of a community figure that counts from the start; nan before."""
        now = self.weekly(name)
        grown = np.full_like(now, np.nan)
        grown[YEAR:] = now[YEAR:] - now[:-YEAR]
        return grown

    @cached_property
    def takers(self) -> NDArray[np.bool_]:
        """Who took part in each whole year: bool[year, (activities, any), adult]."""
        return unpacked([year.tobytes() for year in self.result.took_part], int(self.result.counts[-1, 0, 0]))

    def at_year_ends(self, values: Floats) -> Floats:
        """Figures of the whole community by year, float64[years], at the weeks that end the years."""
        out = np.full((len(self.result.weeks), 1), np.nan)
        out[YEAR : YEAR * len(values) + 1 : YEAR, 0] = values
        return out

    def money(self, name: str) -> Floats:
        """Yuan of a ledger's column, over the accounts of the policy."""
        owned = list(self.result.of_policy)
        return np.asarray(self.result.money[:, owned, LEDGER.index(name)].sum(axis=1)[:, None] / 100.0)


@dataclass(frozen=True)
class Outcome:
    """A column of the series: its name, its unit, what it means and how it is computed.

    ``text`` is marked for translation; where it speaks of an activity, ``activity`` says which.
    """

    name: str
    unit: str
    text: str
    compute: Callable[[Recorded], Floats]
    activity: str = ""

    @property
    def doc(self) -> str:
        """What it means, in English."""
        return self.text.format(activity=self.activity)


def unpacked(took_part: Sequence[bytes], adults: int) -> NDArray[np.bool_]:
    """Who took part: bool[year, (activities, any), adult], from packed bits (activity, adult) of years."""
    found = np.zeros((len(took_part), len(ACTIVITIES) + 1, adults), bool)
    for year, packed in enumerate(took_part):
        bits = np.frombuffer(packed, np.uint8).reshape(len(ACTIVITIES), -1)
        found[year, :-1] = np.unpackbits(bits, axis=1, count=adults)
    found[:, -1] = found[:, :-1].any(axis=1)
    return found


def ratio(part: Floats, whole: Floats) -> Floats:
    """``part / whole``, nan where there is no whole."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(whole == 0, np.nan, part / whole), np.float64)


def share(name: str, whole: str = "adults") -> Callable[[Recorded], Floats]:
    return lambda r: ratio(r.count(name), r.adults if whole == "adults" else r.residents)


def hours(name: str, less: str = "") -> Callable[[Recorded], Floats]:
    return lambda r: (r.count(name) - (r.count(less) if less else 0.0)) / 60.0
