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

from experiments.outcomes.record import Record
from experiments.outcomes.result import RunResult
from experiments.runs.simulate import simulate
from model.core.calendar import YEAR
from model.core.texts import N_
from model.instruments.base import AnyInstrument, Funded
from model.instruments.policies import NONE, Named, Policy
from model.parameters.decision import ACTIVITIES
from model.scenario.scenario import Scenario
from model.state.outcomes import GROUPS

if TYPE_CHECKING:
    from model.start.inputs import Inputs

Floats = NDArray[np.float64]

TAKERS = (*ACTIVITIES, "any")


@dataclass(frozen=True)
class Effect:
    """An outcome of a year on which policies are compared.

    ``kind`` says how it grows with the community: a share of adults, persons or a total do, a mean does not.
    Those ``by_group`` are reported for groups as well. ``column`` is the outcome of the series that a year's
    last week has it in. ``text``
    is marked for translation; where it speaks of an activity, ``activity`` says which.
    """

    name: str
    unit: str
    kind: Literal["share", "persons", "total", "mean"]
    text: str
    by_group: bool = False
    column: str = ""
    activity: str = ""

    @property
    def doc(self) -> str:
        """What it means, in English."""
        return self.text.format(activity=self.activity)


MEASURED = (
    *(
        Effect(
            f"reach_{k}",
            "share",
            "share",
            N_("took part in {activity} at least once in the year / adults"),
            True,
            f"reach_{k}_share",
            k,
        )
        for k in ACTIVITIES
    ),
    Effect(
        "members",
        "share",
        "share",
        N_("members of an organization / adults, mean of the year's weeks"),
        column="members_year_share",
    ),
    Effect(
        "registered",
        "share",
        "share",
        N_("registered volunteers / adults, mean of the year's weeks"),
        column="registered_year_share",
    ),
    Effect(
        "active_volunteers",
        "share",
        "share",
        N_("served an hour or more in the year / adults"),
        column="active_volunteers_share",
    ),
    *(
        Effect(
            f"attendances_{k}",
            "person-times a year",
            "total",
            N_("attendances of {activity} in the year"),
            column=f"attendances_{k}_year_person_times",
            activity=k,
        )
        for k in ACTIVITIES
    ),
    Effect(
        "served_hours",
        "hours a year",
        "total",
        N_("hours of service in the year"),
        True,
        "service_year_hours",
    ),
    Effect(
        "served_without_duty_hours",
        "hours a year",
        "total",
        N_("hours of service in the year without Party duty"),
        True,
        "service_year_without_duty_hours",
    ),
    Effect(
        "attachment",
        "0 to 1",
        "mean",
        N_("mean attachment of adults in the year"),
        column="attachment_year_mean",
    ),
    Effect("skill", "0 to 1", "mean", N_("mean skill of adults in the year"), column="skill_year_mean"),
    *(
        Effect(
            f"places_bound_{k}",
            "share of offers",
            "mean",
            N_("offers of {activity} with more comers than places / offers with limited places, in the year"),
            column=f"places_bound_{k}_year_share",
            activity=k,
        )
        for k in ACTIVITIES
    ),
    Effect(
        "reach_any",
        "share",
        "share",
        N_("took part in anything at least once in the year / adults"),
        column="reach_any_share",
    ),
)

COUNTED = tuple(
    Effect(f"{what}_{k}", "persons", "persons", text, activity=k)
    for k in TAKERS
    for what, text in (
        ("added", N_("took part in the year ({activity}) and would not have without the policy")),
        ("lost", N_("did not take part in the year ({activity}) and would have without the policy")),
        (
            "added_new",
            N_("those added who had not taken part ({activity}) under the policy in the year before"),
        ),
    )
)
"""Persons who switch; chance alone makes them switch both ways, so that only added less lost is an effect."""

EFFECTS = MEASURED + COUNTED
NAMES = tuple(e.name for e in EFFECTS)

MONEY = ("spent", "liability", "returned", "in_kind", "uncommitted")
"""What is told of the money of a policy's own accounts."""
SPENT, OWED = MONEY.index("spent"), MONEY.index("liability")

DRIFTING = {
    **{f"reach_{k}": f"reach_{k}_year_mean_share" for k in ACTIVITIES},
    **{f"attendances_{k}": f"attendances_{k}_year_person_times" for k in ACTIVITIES},
    "served_hours": "service_year_hours",
    "members": "members_year_share",
    "registered": "registered_year_share",
    "attachment": "attachment_year_mean",
    "skill": "skill_year_mean",
}
"""Outcomes whose baseline must not drift, and the columns of the series they are judged by."""

PATTERNS = ("top_tenth_share", "acts_per_active_volunteer_year", "volunteering_ratio")
"""What P3 and P14 speak of."""

READ = tuple(
    dict.fromkeys(
        (
            "adults_persons",
            *(e.column for e in MEASURED),
            *(f"{name}_yuan" for name in MONEY),
            *DRIFTING.values(),
            *PATTERNS,
        )
    )
)
"""The columns of the series that comparisons read, at the ends of years."""


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


def at_ends(result: RunResult) -> Record:
    """What comparisons read of a finished run: `READ` at the ends of its years."""
    return Record.of(result, every=YEAR, outcomes=READ, totals=True)


def measured(record: Record) -> Floats:
    """The outcomes `MEASURED` of every whole year: float64[year, group, outcome], nan where not defined."""
    return np.stack([record.at_ends(e.column) for e in MEASURED], axis=2)


def reach(record: Record) -> Floats:
    """Reach of all residents by activity in the last year, which P1 speaks of: float64[activity]."""
    return np.array([record.at_ends(f"reach_{k}_share")[-1, 0] for k in ACTIVITIES])


def _money(record: Record) -> Floats:
    """`MONEY` of the policy's own accounts: yuan a year, the liability in yuan at the end."""
    years = len(record.took_part)
    last = {name: float(record.at_ends(f"{name}_yuan")[-1, 0]) for name in MONEY}
    return np.array([yuan if name == "liability" else yuan / years for name, yuan in last.items()])


def yearly_cost(money: Floats, years: int) -> Floats:
    """Yuan a year that a policy costs, given ``money[..., MONEY]``: what it spends, and what it owes at the
    end of so many years over them."""
    return np.asarray(money[..., SPENT] + money[..., OWED] / years, np.float64)


@dataclass(frozen=True, eq=False)
class Paired:
    """Baseline and effects of one pair of seeds.

    ``levels[year, group, effect]`` of the baseline (nan for `COUNTED`) and ``effects[policy, year, group,
    effect]``; ``money[policy, MONEY]`` in yuan of the policy's own accounts; of the baseline
    ``drifting[year, DRIFTING]``, ``adults[group]``, and in the last year ``patterns``: top tenth's share of
    hours, acts per active volunteer, rate of volunteering among those active in culture over that of the
    others.
    """

    levels: Floats
    effects: Floats
    money: Floats
    drifting: Floats
    adults: Floats
    patterns: Floats


def paired(task: PairTask) -> Paired:
    """Run the baseline and every policy of a task, one after the other from one spun-up state."""
    baseline, *arms = [at_ends(task.run(policy)) for policy in (NONE, *task.policies)]
    return pair(baseline, arms)


def pair(baseline: Record, arms: Sequence[Record]) -> Paired:
    """Baseline and effects of what runs with the same seeds have left."""
    base = measured(baseline)
    levels = np.concatenate([base, np.full((*base.shape[:2], len(COUNTED)), np.nan)], axis=2)
    effects = [np.concatenate([measured(arm) - base, switched(baseline, arm)], axis=2) for arm in arms]
    return Paired(
        levels=levels,
        effects=np.stack(effects) if effects else np.empty((0, *levels.shape)),
        money=np.array([_money(arm) for arm in arms]).reshape(-1, len(MONEY)),
        drifting=np.stack([baseline.at_ends(name)[:, 0] for name in DRIFTING.values()], axis=1),
        adults=baseline.at_ends("adults_persons")[-1],
        patterns=np.array([baseline.at_ends(name)[-1, 0] for name in PATTERNS]),
    )


def switched(baseline: Record, arm: Record) -> Floats:
    """Persons added, lost, and added who are new, by activity (`COUNTED`): float64[year, group, outcome]."""
    before, after = baseline.takers, arm.takers
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


def _never(named: Named[AnyInstrument]) -> Named[AnyInstrument]:
    """An instrument that ends before it starts."""
    idle = named.instrument.model_copy(update={"end": (named.instrument.start or 1) - 1})
    return Named(named.name, idle)
