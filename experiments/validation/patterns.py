"""Which patterns does a community show that nobody put in, which are wired in, and which were fitted?

Each pattern is judged on paired runs under common random numbers. *Calibrated*: the figures it speaks of
were targets.
*Wired*: true by an equation; what is tested is its shape. *Emergent*: only these count as evidence. What
does not hold is reported like what does.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from experiments.comparison.effects import PairTask, differing
from experiments.comparison.untouched import SPEAKS_OF, culture_volunteers, few_give_most, in_order
from experiments.validation.laboratory import (
    ATTENDANCES,
    HOURS,
    SKILL,
    Arm,
    Laboratory,
    Pattern,
    effect,
    log_acts,
    policy,
    told,
)
from model.core.calendar import YEAR
from model.parameters.decision import ACTIVITIES
from model.parameters.replace import replaced

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
            lab.fitted(*SPEAKS_OF["P1"]),
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
            lab.fitted(*SPEAKS_OF["P3"]),
            "the top tenth of volunteers gives 0.40 to 0.60 of the hours; 2 to 17 acts a year each",
            f"{top:.3f}; {acts:.1f}",
            few_give_most(top, acts),
        ),
        Pattern(
            "P14",
            lab.fitted(*SPEAKS_OF["P14"]),
            "those active in culture volunteer 1.5 to 4 times as often",
            f"{mean('volunteering_ratio'):.2f}",
            culture_volunteers(mean("volunteering_ratio")),
        ),
    ]
    return found


def followers(lab: Laboratory) -> list[Pattern]:
    """P4: active residents outside the Party per mobilised member, and how many of them the duty causes."""
    duty = policy("duty", hours={"kind": "party_duty"}, visits={"kind": "party_visits"})
    base, with_duty = lab.run(duty)
    mobilised = float(np.mean([a.end("mobilised") for a in with_duty]))
    outside = float(np.mean([a.end("active_volunteers", "party:no") for a in with_duty]))
    caused, error = effect(with_duty, base, lambda a: a.end("active_volunteers", "party:no"))
    if mobilised == 0:
        return [Pattern("P4", "emergent", "members are mobilised by duty hours", "none", None)]
    share = mobilised / float(np.mean([a.end("in_service") for a in with_duty]))
    return [
        Pattern(
            "P4",
            "emergent",
            "active residents outside the Party per mobilised member (reports: 2.6 to 6.7); caused",
            f"{outside / mobilised:.2f}; caused {told(caused / mobilised, error / mobilised)}; "
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
    found = [effect(a, base, lambda one: one.acts().sum()) for a in arms]
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
            f"{told(guided, errors[:n], 0)}; per 30 yuan first {first:.0f}, last {last:.0f}",
            bool(last < first),
        ),
        Pattern(
            "P5",
            "wired",
            "the same under full control: less, and where more money does harm",
            f"{told(governed, errors[n:], 0)}; {'harm beyond' if (slope < 0).any() else 'no harm up to'} "
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
    gains = [effect(a, base, lambda one: one.acts().sum()) for a in found]
    means = np.array([0.0, *(float(m) for m, _ in gains)])
    top = int(np.argmax(means))
    return [
        Pattern(
            "P6",
            "wired",
            "acts gained by 2, 6, 12, 26, 52 visits a year rise, then fall (staff enough)",
            told([m for m, _ in gains], [e for _, e in gains], 0),
            bool(0 < top < len(means) - 1),
        )
    ]


def scheme(lab: Laboratory) -> list[Pattern]:
    """P7: credits raise service; what is lost elsewhere; what stays after the scheme."""
    ends = YEAR
    arms = policy("credits", c={"kind": "credits", "amount_yuan": 4 * lab.yuan, "end": ends})
    base, with_scheme = lab.run(arms)
    during = effect(with_scheme, base, lambda a: a.years[0, HOURS])
    after = effect(with_scheme, base, lambda a: a.years[-1, HOURS])
    gained = effect(with_scheme, base, lambda a: a.acts(0))[0]
    lost = float(-(gained[0] + gained[2]) / gained[1]) if gained[1] else float("nan")
    return [
        Pattern(
            "P7",
            "wired",
            "credits (120 yuan per household, one year) raise hours of service in that year",
            f"{told(*during, 0)} hours; lost elsewhere / gained, in acts: {lost:+.3f}",
            bool(during[0] > 2 * during[1]),
        ),
        Pattern(
            "P7",
            "emergent",
            "two years later less is left than habit and members keep (half of it or less)",
            f"{told(*after, 0)} hours",
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
    skill = effect(seats, base, lambda a: a.years[:, SKILL])[0]
    people = effect(seats, base, lambda a: a.years[:, ATTENDANCES].sum(axis=1))
    workers = effect(staff, base, lambda a: a.years[:, ATTENDANCES].sum(axis=1))
    lent = effect(rooms, base, lambda a: a.years[:, ATTENDANCES].sum(axis=1))
    kept = skill[2] / skill[1]
    foreseen = 2 ** (-YEAR / lab.scenario.learning.skill_half_life)
    return [
        Pattern(
            "P8",
            "wired",
            f"skill from a year's training fades by its half-life: {foreseen:.2f} of it left a year later",
            f"{kept:.2f}; acts gained in years 1 to 3: {told(*people, 0)}",
            bool(abs(kept - foreseen) < 0.1 and people[0][0] > 2 * people[1][0]),
        ),
        Pattern(
            "P8",
            "emergent",
            "acts gained by staff training peak after its year",
            told(*workers, 0),
            bool(workers[0].max() > 2 * workers[1].max() and workers[0][1:].max() > workers[0][0] + 1),
        ),
        Pattern(
            "P8",
            "emergent",
            "acts gained by lent rooms fall by half or more in the year after",
            told(*lent, 0),
            bool(lent[0][1] < 0.5 * lent[0][0]),
        ),
    ]


def turnover(lab: Laboratory) -> list[Pattern]:
    """P9: more movement of residents lowers every activity."""
    mobile = lab.changed(movement__move_rate__local=0.15, movement__move_rate__migrant=0.5)
    [moving] = lab.run(scenario=mobile)
    change = effect(moving, lab.baseline, log_acts)
    return [
        Pattern(
            "P9",
            "emergent",
            "log acts of culture, service, deliberation fall if 15 % of locals, half of migrants move a year",
            told(*change),
            bool((change[0] < 0).all()),
        )
    ]


def responsiveness(lab: Laboratory) -> list[Pattern]:
    """P10: lost responsiveness lowers deliberation most, then service, then culture."""
    deaf = lab.changed(**DEAF)
    [ignored] = lab.run(scenario=deaf)
    change = effect(ignored, lab.baseline, log_acts)
    return [
        Pattern(
            "P10",
            "wired",
            "log acts when no issue is settled any more: deliberation falls most, then service, then culture",
            told(*change, 4),
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

    more = effect(supported, base, number)
    before, after = (float(np.mean([number(a) for a in arms])) for arms in (base, supported))
    return [
        Pattern(
            "P11",
            "wired",
            "rooms, money and a workstation raise the number of organizations "
            "(a province's target: 10 in a city, 5 in a village; not fitted)",
            f"{before:.1f} -> {after:.1f}: {told(*more, 1)}",
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
            log_acts(b) - log_acts(x) - log_acts(y) + log_acts(o)
            for o, x, y, b in zip(base, one, other, both, strict=True)
        ]
    )
    mean, error = d.mean(axis=0), d.std(axis=0, ddof=1) / np.sqrt(len(d))
    return [
        Pattern(
            "P12",
            "emergent",
            "log acts of both less those of each (culture, service, deliberation): sign reported only",
            told(mean, error, 4),
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
