"""What does a policy change in one community with one pair of seeds?

Every arm meets the same people with the same luck (common random numbers), so its effect is the plain
difference from the run without the policy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from experiments.outcomes import STATUS_QUO
from experiments.simulate import RunResult, simulate
from model.calendar import YEAR
from model.government import LEDGER
from model.instruments.base import AnyInstrument, Funded
from model.outcomes import COLUMNS, FIXED_POINT, GROUPS, WEEKLY
from model.parameters.decision import ACTIVITIES
from model.policies import NONE, Named, Policy
from model.scenario import Scenario

if TYPE_CHECKING:
    from model.population import Inputs

Floats = NDArray[np.float64]

TAKERS = (*ACTIVITIES, "any")


@dataclass(frozen=True)
class Effect:
    """An outcome of a year on which policies are compared.

    ``kind`` says how it grows with the community: a share of adults, persons or a total do, a mean does not.
    Those ``by_group`` are reported for groups as well.
    """

    name: str
    unit: str
    kind: Literal["share", "persons", "total", "mean"]
    doc: str
    by_group: bool = False


MEASURED = (
    *(
        Effect(f"reach_{k}", "share", "share", f"took part in {k} at least once in the year / adults", True)
        for k in ACTIVITIES
    ),
    Effect("members", "share", "share", "members of an organization / adults, mean of the year's weeks"),
    Effect("registered", "share", "share", "registered volunteers / adults, mean of the year's weeks"),
    Effect("active_volunteers", "share", "share", "served an hour or more in the year / adults"),
    *(
        Effect(f"attendances_{k}", "person-times a year", "total", f"attendances of {k} in the year")
        for k in ACTIVITIES
    ),
    Effect("served_hours", "hours a year", "total", "hours of service in the year", True),
    Effect("served_without_duty_hours", "hours a year", "total", "the same without Party duty", True),
    Effect("attachment", "0 to 1", "mean", "mean attachment of adults in the year"),
    Effect("skill", "0 to 1", "mean", "mean skill of adults in the year"),
    *(
        Effect(
            f"places_bound_{k}",
            "share of offers",
            "mean",
            f"offers of {k} with more comers than places / offers with limited places, in the year",
        )
        for k in ACTIVITIES
    ),
    Effect("reach_any", "share", "share", "took part in anything at least once in the year / adults"),
)

COUNTED = tuple(
    Effect(f"{what}_{k}", "persons", "persons", doc.format(k=k))
    for k in TAKERS
    for what, doc in (
        ("added", "took part in the year ({k}) and would not have without the policy"),
        ("lost", "did not take part in the year ({k}) and would have without the policy"),
        ("added_new", "those added who had not taken part ({k}) under the policy in the year before"),
    )
)
"""Persons who switch; chance alone makes them switch both ways, so that only added less lost is an effect."""

EFFECTS = MEASURED + COUNTED
NAMES = tuple(e.name for e in EFFECTS)


@dataclass(frozen=True)
class PairTask:
    """All arms of one community with one pair of seeds."""

    scenario: Scenario
    policies: tuple[Policy, ...]
    world: int
    luck: int
    weeks: int
    inputs: Inputs | None = None

    def run(self, policy: Policy) -> RunResult:
        """One arm."""
        return simulate(self.scenario, policy, self.world, self.luck, weeks=self.weeks, inputs=self.inputs)


@dataclass(frozen=True, eq=False)
class Paired:
    """Baseline and effects of one pair of seeds.

    ``levels[year, group, effect]`` of the baseline (nan for `COUNTED`) and ``effects[policy, year, group,
    effect]``; ``money[policy, (spent a year, liability at the end, returned a year, in kind a year, neither
    spent nor promised a year)]`` in yuan of the policy's own accounts; of the baseline ``means[year,
    column]``
    of the weekly counts,
    ``adults[group]``, and in the last year ``patterns``: top tenth's share of hours, acts per active
    volunteer, rate of volunteering among those active in culture over that of the others.
    """

    levels: Floats
    effects: Floats
    money: Floats
    means: Floats
    adults: Floats
    patterns: Floats


def paired(task: PairTask) -> Paired:
    """Run the baseline and every policy of a task, one after the other from one spun-up state."""
    baseline = task.run(NONE)
    arms = [task.run(policy) for policy in task.policies]
    return pair(baseline, arms)


def pair(baseline: RunResult, arms: Sequence[RunResult]) -> Paired:
    """Baseline and effects of finished runs with the same seeds."""
    base = measured(baseline)
    levels = np.concatenate([base, np.full((*base.shape[:2], len(COUNTED)), np.nan)], axis=2)
    effects = [np.concatenate([measured(arm) - base, switched(baseline, arm)], axis=2) for arm in arms]
    counts = baseline.counts
    return Paired(
        levels=levels,
        effects=np.stack(effects) if effects else np.empty((0, *levels.shape)),
        money=np.array([_money(arm) for arm in arms]).reshape(-1, 5),
        means=_by_year(counts[:, 0]).mean(axis=1),
        adults=counts[-1, :, 0].astype(np.float64),
        patterns=_patterns(baseline),
    )


def measured(result: RunResult) -> Floats:
    """The outcomes `MEASURED` of every whole year: float64[year, group, outcome], nan where not defined."""
    counts = _by_year(result.counts)
    adults = counts[:, -1, :, 0].astype(np.float64)

    def total(name: str) -> Floats:
        return np.asarray(counts[..., COLUMNS.index(name)].sum(axis=1), np.float64)

    def at_end(name: str) -> Floats:
        return np.asarray(counts[:, -1, :, COLUMNS.index(name)], np.float64)

    minutes, duty = total("served_minutes"), total("duty_minutes")
    any_reach = np.full_like(adults, np.nan)
    any_reach[:, 0] = _takers(result)[:, -1].sum(axis=1)
    columns = [
        *(_ratio(at_end(f"reached_{k}"), adults) for k in ACTIVITIES),
        _ratio(total("members") / YEAR, adults),
        _ratio(total("registered") / YEAR, adults),
        _ratio(at_end("active_volunteers"), adults),
        *(total(f"attended_{k}") for k in ACTIVITIES),
        minutes / 60,
        (minutes - duty) / 60,
        _ratio(total("attachment") / FIXED_POINT / YEAR, adults),
        _ratio(total("skill") / FIXED_POINT / YEAR, adults),
        *(_bound(result, k, adults.shape) for k in ACTIVITIES),
        _ratio(any_reach, adults),
    ]
    return np.stack(columns, axis=2)


def switched(baseline: RunResult, arm: RunResult) -> Floats:
    """Persons added, lost, and added who are new, by activity (`COUNTED`): float64[year, group, outcome]."""
    before, after = _takers(baseline), _takers(arm)
    out = np.full((len(after), len(GROUPS), len(COUNTED)), np.nan)
    added = after & ~before
    out[:, 0, 0::3] = added.sum(axis=2)
    out[:, 0, 1::3] = (before & ~after).sum(axis=2)
    out[1:, 0, 2::3] = (added[1:] & ~after[:-1]).sum(axis=2)
    return out


def nothing(policy: Policy) -> Policy:
    """The policy with every amount 0 and without a week in force for what has no amount."""
    idle = (n if isinstance(n.instrument, Funded) else _never(n) for n in policy.instruments)
    return Policy(policy.name, tuple(idle)).scaled(0.0)


def differing(task: PairTask) -> list[int]:
    """For each policy of a task, how many recorded figures its `nothing` copy changes: none, if all is well.

    Compared are all counts, community figures, accounts of the status quo and who took part; the policy's own
    accounts must stay at zero.
    """
    base, *arms = [task.run(policy) for policy in (NONE, *map(nothing, task.policies))]
    found = []
    for arm in arms:
        kept = len(base.accounts)
        same: list[tuple[NDArray[Any], NDArray[Any]]] = [(base.counts, arm.counts), (base.weekly, arm.weekly)]
        same += [(base.money, arm.money[:, :kept]), (0 * arm.money[:, kept:], arm.money[:, kept:])]
        same += zip(base.took_part, arm.took_part, strict=True)
        found.append(sum(int((a != b).sum()) for a, b in same))
    return found


def in_order(reach: Floats) -> bool:
    """P1: reach of culture > service > deliberation, given ``reach[(culture, service, deliberation)]``."""
    return bool(reach[0] > reach[1] > reach[2])


def _never(named: Named[AnyInstrument]) -> Named[AnyInstrument]:
    """An instrument that ends before it starts."""
    idle = named.instrument.model_copy(update={"end": (named.instrument.start or 1) - 1})
    return Named(named.name, idle)


def _by_year(weekly: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of weeks 0 .. T as whole years of 52 weeks, week 0 left out: [year, week, ...]."""
    return weekly[1:].reshape(-1, YEAR, *weekly.shape[1:])


def _ratio(part: Floats, whole: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(whole == 0, np.nan, part / whole), np.float64)


def _bound(result: RunResult, activity: str, shape: tuple[int, ...]) -> Floats:
    weekly = _by_year(result.weekly).sum(axis=1).astype(np.float64)
    out = np.full(shape, np.nan)
    bound, limited = (weekly[:, WEEKLY.index(f"offers_{what}_{activity}")] for what in ("bound", "limited"))
    out[:, 0] = _ratio(bound, limited)
    return out


def _takers(result: RunResult) -> NDArray[np.bool_]:
    """Who took part in each year: bool[year, (activities, any), adult]."""
    bits = np.stack([np.unpackbits(year, axis=1) for year in result.took_part])
    took = bits[:, :, : int(result.counts[-1, 0, 0])].astype(bool)
    return np.concatenate([took, took.any(axis=1, keepdims=True)], axis=1)


def _money(arm: RunResult) -> list[float]:
    owned = [not account.startswith(STATUS_QUO) for account in arm.accounts]
    at_end = dict(zip(LEDGER, arm.money[-1, owned].sum(axis=0) / 100.0, strict=True))
    years = len(arm.took_part)
    yearly = [float(at_end[name]) / years for name in ("spent", "returned", "in_kind", "uncommitted")]
    return [yearly[0], float(at_end["liability"]), *yearly[1:]]


def _patterns(baseline: RunResult) -> Floats:
    """P3 and P14 in the last year, as in `Paired`."""
    year, end = _by_year(baseline.counts)[-1], baseline.counts[-1, 0]
    acts = float(year[:, 0, COLUMNS.index("attended_service")].sum())
    active = float(end[COLUMNS.index("active_volunteers")])
    culture, service = _takers(baseline)[-1, :2]
    rates = [float(service[who].mean()) if who.any() else np.nan for who in (culture, ~culture)]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.array([baseline.spread[-1, 0], np.float64(acts) / active, np.float64(rates[0]) / rates[1]])
