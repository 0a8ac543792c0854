"""What do the runs of a comparison say together: effects with both intervals, costs, drift, patterns?"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.comparison.effects import (
    COUNTED,
    DRIFTING,
    EFFECTS,
    MEASURED,
    NAMES,
    Effect,
    Paired,
    yearly_cost,
)
from experiments.comparison.equity import GAPS
from experiments.comparison.settings import Settings, drawn_table, influence, interval, shrunk
from experiments.comparison.untouched import (
    SPEAKS_OF,
    class_of,
    culture_volunteers,
    few_give_most,
    in_order,
)
from experiments.storage.columns import COMPARISON, typed
from model.core.texts import N_
from model.parameters.decision import ACTIVITIES
from model.state.outcomes import GROUPS

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

LEVEL = 0.90
ENDS = ("chance_low", "chance_high", "settings_low", "settings_high")
"""The ends of both intervals, by the columns that hold them."""
SMALLEST_GROUP = 20
"""Groups of fewer simulated persons are withheld: they would tell of single persons, not of a policy."""
DRIFT_LIMIT = 0.05
DISPLACEMENT = Effect(
    "displacement",
    "share of the gain",
    "mean",
    N_("attendances lost in other activities / gained where most are; below 0 if others gain too"),
)
BOUGHT = {"participants": "reach_any", "hours": "served_without_duty_hours"}
"""What money buys, and the outcomes that tell how much of it."""
ATTENDANCES = [NAMES.index(f"attendances_{k}") for k in ACTIVITIES]


class Findings:
    """All runs of a comparison: ``pairs`` by seed, and the settings draws scaled to the whole community.

    Nothing is estimable by chance alone where ``drawn`` settings were wanted, even if none is there yet.
    """

    def __init__(
        self,
        policies: Sequence[str],
        pairs: Sequence[Paired],
        settings: Settings,
        *,
        drawn: bool | None = None,
    ) -> None:
        self.policies, self.settings = tuple(policies), settings
        self.levels = np.stack([p.levels for p in pairs])
        self.effects = np.stack([p.effects for p in pairs])
        self.money = np.stack([p.money for p in pairs])
        self.drifting = np.stack([p.drifting for p in pairs])
        self.adults = np.stack([p.adults for p in pairs]).mean(axis=0)
        self.patterns = np.stack([p.patterns for p in pairs])
        self.years = self.levels.shape[1]
        self.drawn = np.empty((0, 2, *self.effects.shape[1:]))
        self.by_chance_alone = settings.tried == 0 if drawn is None else not drawn
        if len(settings.adults):
            grows = np.array([e.kind in ("persons", "total") for e in EFFECTS])
            factor = self.adults[0] / settings.adults[:, None]
            scale = np.where(grows[None, :], factor, 1.0)
            self.drawn = settings.effects * scale[:, None, None, None, None, :]

    def tables(
        self, changed_by_nothing: Sequence[int], fitted: Container[str] = ()
    ) -> dict[str, pd.DataFrame]:
        """All tables by their names, which are those of `COMPARISON`; for the arguments see
        `found_patterns`."""
        return {
            "table": self.table(),
            "gaps": self.gaps(),
            "costs": self.costs(),
            "years": self.by_year(),
            "drift": self.drift(),
            "patterns": self.found_patterns(changed_by_nothing, fitted),
            "influence": influence(self.settings, self.policies),
            "settings_draws": drawn_table(self.settings, self.policies),
        }

    def table(self) -> pd.DataFrame:
        """One row per policy, outcome and recorded group: the last year's effect, its intervals, and in
        persons."""
        last = self.effects[:, :, -1]
        effect, low, high = t_interval(last)
        far_low, far_high = interval(self.drawn[:, :, :, -1])
        gain = self._variance_reduction()
        base = self.levels[:, -1].mean(axis=0)
        recorded = np.flatnonzero(~np.isnan(self.adults)).tolist()
        rows = []
        for p, policy in enumerate(self.policies):
            for e, what in enumerate(EFFECTS):
                for g in recorded if what.by_group else (0,):
                    at = p, g, e
                    ends = (effect[at], low[at], high[at], far_low[at], far_high[at])
                    rows.append(self._row(policy, what, g, base[g, e], ends, gain[at]))
            rows.append(self._displacement(p))
        return typed(rows, COMPARISON["table"])

    def _row(
        self, policy: str, what: Effect, g: int, base: float, ends: Sequence[float], gain: float
    ) -> dict[str, Any]:
        persons = {"share": self.adults[g], "persons": 1.0}.get(what.kind, np.nan)
        row: dict[str, Any] = {"policy": policy, "outcome": what.name, "group": GROUPS[g], "unit": what.unit}
        row |= {"adults": self.adults[g], "baseline": base}
        names = ("", "chance_low", "chance_high", "settings_low", "settings_high")
        row |= {name or "effect": float(value) for name, value in zip(names, ends, strict=True)}
        in_persons = (
            "persons",
            "persons_low",
            "persons_high",
            "persons_settings_low",
            "persons_settings_high",
        )
        row |= {name: float(value * persons) for name, value in zip(in_persons, ends, strict=True)}
        # in a share, independent persons of whom few switch would give 2 p (1 - p) / |effect|
        foreseen = 2 * base * (1 - base) / abs(ends[0]) if what.kind == "share" and ends[0] else np.nan
        return row | {"variance_reduction": float(gain), "variance_reduction_foreseen": float(foreseen)}

    def _variance_reduction(self) -> Floats:
        """Variance of unpaired differences over that of paired ones, by [policy, group, effect]."""
        if len(self.effects) < 2:
            return np.full(self.effects.shape[1:2] + self.effects.shape[3:], np.nan)
        base, difference = self.levels[:, None, -1], self.effects[:, :, -1]
        unpaired = (base + difference).var(axis=0, ddof=1) + base.var(axis=0, ddof=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(unpaired / difference.var(axis=0, ddof=1), np.float64)

    def _displacement(self, p: int) -> dict[str, Any]:
        """Attendances lost in other activities / gained in the one that gains most; below 0 if others gain.

        Not defined (nan) where an interval of the gain holds zero.
        """
        seeds = self.effects[:, p, -1, 0][:, ATTENDANCES]
        main = int(np.argmax(seeds.mean(axis=0)))
        outcome = MEASURED[ATTENDANCES[main]]
        ends = [np.nan] * 5
        draws = shrunk(self.drawn[:, :, p, -1, 0][..., ATTENDANCES]) if len(self.drawn) > 1 else None
        if self._positive(p, self.effects[:, p, -1, 0, ATTENDANCES[main]], ATTENDANCES[main]):
            ends[:3] = jackknife(seeds, main)
            if draws is not None:
                ends[3:] = np.quantile([_lost(d, main) for d in draws], (0.05, 0.95)).tolist()
        what = replace(DISPLACEMENT, unit=f"share of the gain in {outcome.name}")
        return self._row(self.policies[p], what, 0, np.nan, ends, np.nan)

    def _positive(self, p: int, seeds: Floats, e: int) -> bool:
        """True if neither interval of a last year's effect reaches zero."""
        _, low, _ = t_interval(seeds)
        far_low, _ = interval(self.drawn[:, :, p, -1, 0, e])
        return bool(low > 0) and bool(far_low > 0 or self.by_chance_alone)

    def gaps(self) -> pd.DataFrame:
        """How far groups are apart in the last year's reach, and by how much each policy moves them apart.

        One row per policy, activity and pair of `GAPS`: ``baseline`` is the share of ``group`` less that of
        ``other`` without the policy, ``effect`` the change of that difference, with both intervals. Groups
        that are too small or not recorded have no row.
        """
        rows = []
        for policy, what, (one, other) in product(range(len(self.policies)), ACTIVITIES, GAPS):
            a, b, e = GROUPS.index(one), GROUPS.index(other), NAMES.index(f"reach_{what}")
            if not (self.adults[[a, b]] >= SMALLEST_GROUP).all():
                continue
            last, drawn = self.effects[:, policy, -1, :, e], self.drawn[:, :, policy, -1, :, e]
            base = self.levels[:, -1, :, e]
            ends = *t_interval(last[:, a] - last[:, b]), *interval(drawn[..., a] - drawn[..., b])
            figures = map(float, ((base[:, a] - base[:, b]).mean(), *ends))
            rows.append((self.policies[policy], EFFECTS[e].name, one, other, "share", *figures))
        return typed(rows, COMPARISON["gaps"])

    def by_year(self) -> pd.DataFrame:
        """One row per policy, year and outcome of all residents: the effect and its chance interval."""
        effect, low, high = t_interval(self.effects[:, :, :, 0])
        rows = [
            (policy, year + 1, what.name, what.unit, *(float(x[p, year, e]) for x in (effect, low, high)))
            for p, policy in enumerate(self.policies)
            for year in range(self.years)
            for e, what in enumerate(EFFECTS)
        ]
        return typed(rows, COMPARISON["years"])

    def added(self, p: int, what: str) -> tuple[Floats, Floats]:
        """How much of `BOUGHT` a policy added a year, mean of the years, in persons or hours: float64[seed]
        and float64[draw, luck]."""
        e, unit = NAMES.index(BOUGHT[what]), self.adults[0] if what == "participants" else 1.0
        seeds, draws = self.effects[:, p, :, 0, e], self.drawn[:, :, p, :, 0, e]
        return seeds.mean(axis=1) * unit, draws.mean(axis=2) * unit

    def costs(self) -> pd.DataFrame:
        """Money by policy and what it bought: participants and hours a year, means over the years of the run.

        Added participants took part in something in the year and would not have, less those lost. The cost
        of one is (spent + liability at the end) a year over them, between the widest ends of both intervals;
        nan, and not estimable, where an interval reaches zero or is not known although draws were asked for.
        """
        rows = []
        money = self.money.mean(axis=0)
        for p, policy in enumerate(self.policies):
            spent, liability, returned, in_kind, unspent = map(float, money[p])
            row: dict[str, Any] = {
                "policy": policy,
                "spent_yuan_per_year": spent,
                "liability_yuan": liability,
            }
            row |= {"returned_yuan_per_year": returned, "unspent_yuan_per_year": unspent}
            row |= {"in_kind_yuan_per_year": in_kind}
            cost = float(yearly_cost(money[p], self.years))
            for what in BOUGHT:
                seeds, draws = self.added(p, what)
                mean, low, high = map(float, t_interval(seeds))
                far_low, far_high = map(float, interval(draws))
                known = low > 0 and (far_low > 0 or self.by_chance_alone)
                lowest, highest = np.fmin(low, far_low), np.fmax(high, far_high)
                row |= {f"added_{what}": mean}
                row |= {f"added_{what}_chance_low": low, f"added_{what}_chance_high": high}
                row |= {f"added_{what}_settings_low": far_low, f"added_{what}_settings_high": far_high}
                name = f"cost_per_added_{what.rstrip('s')}"
                row |= {f"{name}_yuan": cost / mean if known else np.nan}
                row |= {f"{name}_low": float(cost / highest) if known else np.nan}
                row |= {f"{name}_high": float(cost / lowest) if known else np.nan}
                row |= {f"{what}_estimable": known}
            rows.append(row | {"estimable": row["participants_estimable"]})
        return typed(rows, COMPARISON["costs"])

    def drift(self) -> pd.DataFrame:
        """Relative change a year of the untouched baseline, last over first year, with its standard error.

        nan, and not met, where a figure was 0 in the first year and no longer is.
        """
        rows = []
        for name, mean in zip(DRIFTING, np.moveaxis(self.drifting, 2, 0), strict=True):
            if self.years < 2:
                break
            first, last = mean[:, 0], mean[:, -1]
            from_nothing = np.where(last == 0, 0.0, np.nan)  # what grows from 0 has no relative change
            with np.errstate(divide="ignore", invalid="ignore"):
                change = np.where(first == 0, from_nothing, last / first - 1) / (self.years - 1)
            error = float(change.std(ddof=1) / np.sqrt(len(change))) if len(change) > 1 else np.nan
            drift = float(change.mean())
            rows.append((name, drift, error, len(change), DRIFT_LIMIT, abs(drift) < DRIFT_LIMIT))
        return typed(rows, COMPARISON["drift"])

    def found_patterns(self, changed_by_nothing: Sequence[int], fitted: Container[str] = ()) -> pd.DataFrame:
        """P1, P3, P13 and P14 in the baseline's last year: wanted, found, met or not.

        A pattern is emergent unless one of the figures it speaks of is among the ``fitted`` targets.
        ``changed_by_nothing`` are the figures that each policy that does nothing changed: without such a
        policy nothing is said of P13.
        """
        reach = self.levels[:, -1, 0, : len(ACTIVITIES)]
        top, acts, ratio = self.patterns.mean(axis=0)
        said = ", ".join(f"{k} {share:.3f}" for k, share in zip(ACTIVITIES, reach.mean(axis=0), strict=True))
        rows = [
            (
                "P1",
                class_of(fitted, *SPEAKS_OF["P1"]),
                "culture > service > deliberation",
                said,
                in_order(reach.mean(axis=0)),
            ),
            (
                "P3",
                class_of(fitted, *SPEAKS_OF["P3"]),
                "top tenth's share of hours 0.40 to 0.60; 2 to 17 acts a year per active volunteer",
                f"{top:.3f}; {acts:.2f}",
                few_give_most(top, acts),
            ),
            (
                "P13",
                "wired",
                "0 figures changed by a policy that does nothing",
                str(sum(changed_by_nothing)),
                not any(changed_by_nothing),
            ),
            (
                "P14",
                class_of(fitted, *SPEAKS_OF["P14"]),
                "residents active in culture volunteer 1.5 to 4 times as often",
                f"{ratio:.2f}",
                culture_volunteers(ratio),
            ),
        ]
        told = [row for row in rows if row[0] != "P13" or changed_by_nothing]
        return typed(told, COMPARISON["patterns"])


def t_interval(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean over the first axis and its 90 % Student interval; nan ends with fewer than two values."""
    from scipy.stats import t

    n = len(values)
    mean = np.asarray(values.mean(axis=0))
    if n < 2:
        nowhere = np.full(mean.shape, np.nan)
        return mean, nowhere, nowhere.copy()
    half = float(t.ppf(0.5 + LEVEL / 2, n - 1)) * np.asarray(values.std(axis=0, ddof=1)) / np.sqrt(n)
    return mean, mean - half, mean + half


def jackknife(changes: Floats, main: int) -> tuple[float, float, float]:
    """What is lost elsewhere / what ``main`` gains, of ``changes[seed, activity]``, and its interval."""
    n, whole = len(changes), _lost(changes.mean(axis=0), main)
    if n < 2:
        return whole, np.nan, np.nan
    without = [_lost(np.delete(changes, i, axis=0).mean(axis=0), main) for i in range(n)]
    _, low, high = t_interval(np.array([n * whole - (n - 1) * w for w in without]))
    return whole, float(low), float(high)


def _lost(change: Floats, main: int) -> float:
    gained = change[main]
    return float((gained - change.sum()) / gained) if gained != 0 else np.nan


def dictionary() -> pd.DataFrame:
    """The outcomes of a comparison's table: name, unit, meaning."""
    import pandas as pd

    rows = [(e.name, e.unit, e.doc) for e in (*MEASURED, *COUNTED, DISPLACEMENT)]
    return pd.DataFrame(rows, columns=["outcome", "unit", "meaning"])
