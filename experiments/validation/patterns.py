"""Which patterns does a community show that nobody put in, which are wired in, and which were fitted?

Each pattern is judged on paired runs under common random numbers. *Calibrated*: the figures it speaks of
were targets.
*Wired*: true by an equation; what is tested is its shape. *Emergent*: only these count as evidence. What
does not hold is reported like what does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from experiments.comparison.effects import NAMES, PairTask, differing, in_order, measured
from experiments.loading.load import Loaded
from experiments.outcomes.baseline import figures
from experiments.outcomes.result import RunResult
from experiments.runs.parallel import Workers
from model.core.calendar import YEAR
from model.instruments import Instrument
from model.instruments.policies import NONE, Named, Policy
from model.parameters.decision import ACTIVITIES
from model.parameters.declare import replaced
from model.scenario.scenario import Scenario, scaled
from model.state.outcomes import COLUMNS, GROUPS, WEEKLY

Floats = NDArray[np.float64]
Class = Literal["calibrated", "wired", "emergent"]

ATTENDANCES = [NAMES.index(f"attendances_{k}") for k in ACTIVITIES]
HOURS = NAMES.index("served_hours")
SKILL = NAMES.index("skill")
REACH_ANY = NAMES.index("reach_any")
_INSTRUMENT: TypeAdapter[Any] = TypeAdapter(Instrument)


@dataclass(frozen=True)
class Pattern:
    """A pattern: its id, class, what is wanted, what was found, and whether it holds (None: printed only)."""

    id: str
    kind: Class
    wanted: str
    found: str
    met: bool | None

    def text(self) -> str:
        """One line."""
        verdict = {True: "met", False: "NOT MET", None: "printed"}[self.met]
        return f"{self.id:4} {self.kind:10} {verdict:8} {self.wanted}: {self.found}"


@dataclass(frozen=True, eq=False)
class Arm:
    """What one arm leaves: outcomes of `measured` of all residents by year, and weekly figures of the
    community."""

    figures: Mapping[str, float]
    years: Floats
    counts: NDArray[np.int64]
    weekly: NDArray[np.int64]

    def acts(self, year: int = -1) -> Floats:
        """Attendances in a year, by activity."""
        return np.asarray(self.years[year, ATTENDANCES])

    def end(self, column: str, group: str = "all") -> float:
        """A count in the last week."""
        return float(self.counts[-1, GROUPS.index(group), COLUMNS.index(column)])

    def last(self, figure: str) -> float:
        """A figure of the community in the last week."""
        return float(self.weekly[-1, WEEKLY.index(figure)])


def arm(result: RunResult) -> Arm:
    """The arm of a finished run."""
    return Arm(figures(result), measured(result)[:, 0], result.counts, result.weekly)


def _arms(task: PairTask) -> list[Arm]:
    return [arm(task.run(policy)) for policy in (NONE, *task.policies)]


def policy(name: str, **instruments: Mapping[str, Any]) -> Policy:
    """A policy of these instruments, written as in a scenario file."""
    parts = (Named(f"{name}.{key}", _INSTRUMENT.validate_python(dict(t))) for key, t in instruments.items())
    return Policy(name, tuple(parts))


class Laboratory:
    """A community on which patterns are looked for: ``persons`` of it, under ``seeds`` pairs of seeds."""

    def __init__(
        self,
        loaded: Loaded,
        workers: Workers,
        *,
        seeds: int = 10,
        persons: int | None = None,
        weeks: int = 156,
    ) -> None:
        self.loaded, self.workers, self.weeks = loaded, workers, weeks
        whole = loaded.scenario
        small = persons is not None and persons < whole.population.persons
        self.scenario = scaled(whole, persons) if small and persons is not None else whole
        self.seeds = range(1, seeds + 1)

    def run(self, *policies: Policy, scenario: Scenario | None = None) -> list[list[Arm]]:
        """Arms by policy, the baseline first, each a list over seeds."""
        tasks = [PairTask(scenario or self.scenario, policies, s, s, self.weeks) for s in self.seeds]
        by_seed = self.workers.map(_arms, tasks, ", ".join(p.name for p in policies) or "baseline")
        return [list(arms) for arms in zip(*by_seed, strict=True)]

    @cached_property
    def baseline(self) -> list[Arm]:
        """The untouched community."""
        return self.run()[0]

    @property
    def yuan(self) -> float:
        """30 yuan per household and year."""
        return 30.0 * self.scenario.population.households

    def changed(self, **values: float) -> Scenario:
        """The community with parameters replaced; double underscores stand for dots."""
        return replaced(self.scenario, {name.replace("__", "."): value for name, value in values.items()})

    def fitted(self, *figures: str) -> Class:
        """Calibrated if one of these figures was a target of the calibration that the scenario carries."""
        targets = {t.outcome for t in self.loaded.scenario.targets.values()} if self.loaded.fitted else set()
        return "calibrated" if targets & set(figures) else "emergent"


def _effect(arms: Sequence[Arm], base: Sequence[Arm], of: Callable[[Arm], Any]) -> tuple[Floats, Floats]:
    """Mean and standard error over seeds of a paired difference."""
    d = np.array([np.asarray(of(a)) - np.asarray(of(b)) for a, b in zip(arms, base, strict=True)], np.float64)
    return d.mean(axis=0), d.std(axis=0, ddof=1) / np.sqrt(len(d))


def _log_acts(one: Arm) -> Floats:
    return np.asarray(np.log(np.maximum(one.acts(), 1.0)))


def _told(mean: Any, error: Any, digits: int = 3) -> str:
    pairs = zip(np.atleast_1d(mean), np.atleast_1d(error), strict=True)
    return ", ".join(f"{m:+.{digits}f} ({e:.{digits}f})" for m, e in pairs)


REPORTED = {
    "member_share": (0.178, "more than 3,200 members of more than 18,000 residents"),
    "registered_share": (0.139, "more than 2,500 volunteers"),
    "active_per_registered": (0.859, "2,180 active, printed as 85.9 %"),
}
"""What the residents' committee of Wangzhuang reported (2011), and the words that bound it."""

DEAF = {
    "issues__mediators_per_week": 0.0,
    "issues__per_mediation_session": 0.0,
    "issues__per_service_session": 0.0,
    "issues__departments_per_week": 0.0,
    "issues__per_sitting": 0.0,
    "committee__staff_per_1000": 0.0,
}
"""Parameters of a community in which no issue is ever settled."""


def levels(lab: Laboratory) -> list[Pattern]:
    """P1, P2, P3, P14: what the untouched community is like."""

    def mean(name: str) -> float:
        return float(np.mean([a.figures[name] for a in lab.baseline]))

    reach = np.array([mean(f"reach_{k}") for k in ACTIVITIES])
    found = [
        Pattern(
            "P1",
            lab.fitted("reach_culture", "reach_service", "reach_deliberation"),
            "reach of culture > service > deliberation",
            ", ".join(f"{k} {x:.3f}" for k, x in zip(ACTIVITIES, reach, strict=True)),
            in_order(reach),
        )
    ]
    if lab.scenario.name == "wangzhuang":
        found += [
            Pattern(
                "P2",
                lab.fitted(name),
                f"{name} {value:g} within a tenth ({why})",
                f"{mean(name):.3f}",
                bool(abs(mean(name) / value - 1) <= 0.1),
            )
            for name, (value, why) in REPORTED.items()
        ]
    top, acts = mean("top_tenth_share"), mean("acts_per_active_volunteer")
    found += [
        Pattern(
            "P3",
            lab.fitted("top_tenth_share", "acts_per_active_volunteer"),
            "the top tenth of volunteers gives 0.40 to 0.60 of the hours; 2 to 17 acts a year each",
            f"{top:.3f}; {acts:.1f}",
            bool(0.40 <= top <= 0.60 and 2 <= acts <= 17),
        ),
        Pattern(
            "P14",
            lab.fitted("volunteering_ratio"),
            "those active in culture volunteer 1.5 to 4 times as often",
            f"{mean('volunteering_ratio'):.2f}",
            bool(1.5 <= mean("volunteering_ratio") <= 4),
        ),
    ]
    return found


def followers(lab: Laboratory) -> list[Pattern]:
    """P4: active residents outside the Party per mobilised member, and how many of them the duty causes."""
    duty = policy("duty", hours={"kind": "party_duty"}, visits={"kind": "party_visits"})
    base, with_duty = lab.run(duty)
    mobilised = float(np.mean([a.end("mobilised") for a in with_duty]))
    outside = float(np.mean([a.end("active_volunteers", "party:no") for a in with_duty]))
    caused, error = _effect(with_duty, base, lambda a: a.end("active_volunteers", "party:no"))
    if mobilised == 0:
        return [Pattern("P4", "emergent", "members are mobilised by duty hours", "none", None)]
    share = mobilised / float(np.mean([a.end("in_service") for a in with_duty]))
    return [
        Pattern(
            "P4",
            "emergent",
            "active residents outside the Party per mobilised member (reports: 2.6 to 6.7); caused",
            f"{outside / mobilised:.2f}; caused {_told(caused / mobilised, error / mobilised)}; "
            f"mobilised {share:.2f} of in-service members (reports: 0.53 to 0.83)",
            None,
        )
    ]


def money(lab: Laboratory) -> list[Pattern]:
    """P5: concave response to money; at high control the marginal yuan can do harm."""
    doses = (1.0, 2.0, 4.0, 8.0)
    grants = {
        control: [
            policy(
                f"grant {dose:g}, control {control:g}",
                g={"kind": "grant", "amount_yuan": dose * lab.yuan, "control": control},
            )
            for dose in doses
        ]
        for control in (0.0, 1.0)
    }
    base, *arms = lab.run(*grants[0.0], *grants[1.0])
    found = [_effect(a, base, lambda one: one.acts().sum()) for a in arms]
    means = np.array([float(m) for m, _ in found])
    errors = np.array([float(e) for _, e in found])
    guided, governed = means[: len(doses)], means[len(doses) :]
    first, last = guided[0] / doses[0], (guided[-1] - guided[-2]) / (doses[-1] - doses[-2])
    slope = np.diff(governed) / np.diff(doses)
    n = len(doses)
    return [
        Pattern(
            "P5",
            "emergent",
            "acts a year gained by grants of 30, 60, 120, 240 yuan per household, guided: "
            "the last yuan less than the first",
            f"{_told(guided, errors[:n], 0)}; per 30 yuan first {first:.0f}, last {last:.0f}",
            bool(last < first),
        ),
        Pattern(
            "P5",
            "wired",
            "the same under full control: less, and where more money does harm",
            f"{_told(governed, errors[n:], 0)}; {'harm beyond' if (slope < 0).any() else 'no harm up to'} "
            f"{30 * doses[int(np.argmax(slope < 0))] if (slope < 0).any() else 30 * doses[-1]:.0f} yuan",
            bool((governed < guided).all()),
        ),
    ]


def contact(lab: Laboratory) -> list[Pattern]:
    """P6: inverted U in contact."""
    visits = (2.0, 6.0, 12.0, 26.0, 52.0)
    arms = [policy(f"{v:g} visits", v={"kind": "visit", "visits_per_year": v}) for v in visits]
    amply = replaced(lab.scenario, {"committee.staff_per_1000": 50.0})
    base, *found = lab.run(*arms, scenario=amply)
    gains = [_effect(a, base, lambda one: one.acts().sum()) for a in found]
    means = np.array([0.0, *(float(m) for m, _ in gains)])
    top = int(np.argmax(means))
    return [
        Pattern(
            "P6",
            "wired",
            "acts gained by 2, 6, 12, 26, 52 visits a year rise, then fall (staff enough)",
            _told([m for m, _ in gains], [e for _, e in gains], 0),
            bool(0 < top < len(means) - 1),
        )
    ]


def scheme(lab: Laboratory) -> list[Pattern]:
    """P7: credits raise service; what is lost elsewhere; what stays after the scheme."""
    ends = YEAR
    arms = policy("credits", c={"kind": "credits", "amount_yuan": 4 * lab.yuan, "end": ends})
    base, with_scheme = lab.run(arms)
    during = _effect(with_scheme, base, lambda a: a.years[0, HOURS])
    after = _effect(with_scheme, base, lambda a: a.years[-1, HOURS])
    gained = _effect(with_scheme, base, lambda a: a.acts(0))[0]
    lost = float(-(gained[0] + gained[2]) / gained[1]) if gained[1] else float("nan")
    return [
        Pattern(
            "P7",
            "wired",
            "credits (120 yuan per household, one year) raise hours of service in that year",
            f"{_told(*during, 0)} hours; lost elsewhere / gained, in acts: {lost:+.3f}",
            bool(during[0] > 2 * during[1]),
        ),
        Pattern(
            "P7",
            "emergent",
            "two years later less is left than habit and members keep (half of it or less)",
            f"{_told(*after, 0)} hours",
            bool(after[0] < 0.5 * during[0]),
        ),
    ]


def training(lab: Laboratory) -> list[Pattern]:
    """P8: training of residents acts at once and fades, that of staff later; lent places end in time."""
    poor = lab.scenario.model_copy(
        update={
            "organization": {
                name: one.model_copy(update={"lent_sessions": 0.0})
                for name, one in lab.scenario.organization.items()
            }
        }
    )
    first_year = {"amount_yuan": 4 * lab.yuan, "end": YEAR}
    base, seats, staff, rooms = lab.run(
        policy("residents", t={"kind": "train_residents", **first_year}),
        policy("staff", t={"kind": "train_staff", **first_year}),
        policy("rooms", t={"kind": "premises", **first_year}),
        scenario=poor,
    )
    skill = _effect(seats, base, lambda a: a.years[:, SKILL])[0]
    people = _effect(seats, base, lambda a: a.years[:, ATTENDANCES].sum(axis=1))
    workers = _effect(staff, base, lambda a: a.years[:, ATTENDANCES].sum(axis=1))
    lent = _effect(rooms, base, lambda a: a.years[:, ATTENDANCES].sum(axis=1))
    kept = skill[2] / skill[1]
    foreseen = 2 ** (-YEAR / lab.scenario.learning.skill_half_life)
    return [
        Pattern(
            "P8",
            "wired",
            f"skill from a year's training fades by its half-life: {foreseen:.2f} of it left a year later",
            f"{kept:.2f}; acts gained in years 1 to 3: {_told(*people, 0)}",
            bool(abs(kept - foreseen) < 0.1 and people[0][0] > 2 * people[1][0]),
        ),
        Pattern(
            "P8",
            "emergent",
            "acts gained by staff training peak after its year",
            _told(*workers, 0),
            bool(workers[0].max() > 2 * workers[1].max() and workers[0][1:].max() > workers[0][0] + 1),
        ),
        Pattern(
            "P8",
            "emergent",
            "acts gained by lent rooms fall by half or more in the year after",
            _told(*lent, 0),
            bool(lent[0][1] < 0.5 * lent[0][0]),
        ),
    ]


def turnover(lab: Laboratory) -> list[Pattern]:
    """P9: more movement of residents lowers every activity."""
    mobile = lab.changed(movement__move_rate__local=0.15, movement__move_rate__migrant=0.5)
    [moving] = lab.run(scenario=mobile)
    change = _effect(moving, lab.baseline, _log_acts)
    return [
        Pattern(
            "P9",
            "emergent",
            "log acts of culture, service, deliberation fall if 15 % of locals, half of migrants move a year",
            _told(*change),
            bool((change[0] < 0).all()),
        )
    ]


def responsiveness(lab: Laboratory) -> list[Pattern]:
    """P10: lost responsiveness lowers deliberation most, then service, then culture."""
    deaf = lab.changed(**DEAF)
    [ignored] = lab.run(scenario=deaf)
    change = _effect(ignored, lab.baseline, _log_acts)
    return [
        Pattern(
            "P10",
            "wired",
            "log acts when no issue is settled any more: deliberation falls most, then service, then culture",
            _told(*change, 4),
            bool(change[0][2] < change[0][1] < change[0][0] <= 0),
        )
    ]


def foundations(lab: Laboratory) -> list[Pattern]:
    """P11: premises, money and workstation raise the number of organizations."""
    support = policy(
        "support",
        rooms={"kind": "premises", "amount_yuan": lab.yuan},
        money={"kind": "grant", "amount_yuan": lab.yuan},
        desk={"kind": "workstation", "amount_yuan": 2 * lab.yuan},
    )
    base, supported = lab.run(support)
    alive = [f"organizations_{form}" for form in ("informal", "filed", "registered")]

    def number(one: Arm) -> float:
        return sum(one.last(name) for name in alive)

    more = _effect(supported, base, number)
    before, after = (float(np.mean([number(a) for a in arms])) for arms in (base, supported))
    return [
        Pattern(
            "P11",
            "wired",
            "rooms, money and a workstation raise the number of organizations "
            "(a province's target: 10 in a city, 5 in a village; not fitted)",
            f"{before:.1f} -> {after:.1f}: {_told(*more, 1)}",
            bool(more[0] > 2 * more[1]),
        )
    ]


def interaction(lab: Laboratory) -> list[Pattern]:
    """P12: do funding and asking need each other?"""
    funding = policy("funding", g={"kind": "grant", "amount_yuan": 2 * lab.yuan})
    asking = policy("asking", a={"kind": "ask", "activity": "culture", "source": "member", "every_weeks": 10})
    base, one, other, both = lab.run(funding, asking, funding + asking)
    d = np.array(
        [
            _log_acts(b) - _log_acts(x) - _log_acts(y) + _log_acts(o)
            for o, x, y, b in zip(base, one, other, both, strict=True)
        ]
    )
    mean, error = d.mean(axis=0), d.std(axis=0, ddof=1) / np.sqrt(len(d))
    return [
        Pattern(
            "P12",
            "emergent",
            "log acts of both less those of each (culture, service, deliberation): sign reported only",
            _told(mean, error, 4),
            None,
        )
    ]


def nothing(lab: Laboratory) -> list[Pattern]:
    """P13: a policy that does nothing changes nothing."""
    policies = tuple(lab.scenario.policy_named(name) for name in lab.scenario.policy)
    changed = differing(PairTask(lab.scenario, policies, 1, 1, YEAR))
    return [
        Pattern("P13", "wired", "figures changed by idle policies: 0", str(sum(changed)), not any(changed))
    ]


ALL: tuple[Callable[[Laboratory], list[Pattern]], ...] = (
    levels,
    followers,
    money,
    contact,
    scheme,
    training,
    turnover,
    responsiveness,
    foundations,
    interaction,
    nothing,
)
"""P1 to P14; what is read off the same runs stands together."""


def patterns(lab: Laboratory) -> list[Pattern]:
    """All patterns on a community, in the order of their numbers."""
    found = [pattern for look in ALL for pattern in look(lab)]
    return sorted(found, key=lambda pattern: int(pattern.id.removeprefix("P")))
