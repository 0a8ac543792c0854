"""Figures of the untouched baseline that reports, targets and patterns speak of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.core.calendar import YEAR
from model.core.texts import N_

if TYPE_CHECKING:
    from experiments.outcomes.result import RunResult

FIRST_YEAR = (1, 52)
THIRD_YEAR = (105, 156)


class Figure(NamedTuple):
    """A figure of the baseline: its unit, and what it means, marked for translation."""

    unit: str
    text: str


FIGURES: Mapping[str, Figure] = {
    "member_share": Figure("share", N_("residents (children included) who belong to an association, share")),
    "culture_member_share": Figure(
        "share", N_("residents who belong to a culture or sports association, share")
    ),
    "registered_share": Figure("share", N_("registered volunteers per resident, share")),
    "active_per_registered": Figure(
        "share", N_("registered volunteers who served an hour or more in a year, share of them")
    ),
    "active_share": Figure("share", N_("residents who served at least an hour in 52 weeks, share")),
    "reach_culture": Figure("share", N_("adults who took part in culture in 52 weeks, share")),
    "reach_service": Figure("share", N_("adults who took part in service in 52 weeks, share")),
    "reach_deliberation": Figure("share", N_("adults who took part in deliberation in 52 weeks, share")),
    "bound_culture": Figure("share", N_("limited culture offers whose places did not suffice, share")),
    "bound_service": Figure("share", N_("limited service offers whose places did not suffice, share")),
    "acts_per_active_volunteer": Figure(
        "person-times per volunteer and year", N_("service acts per active volunteer and year")
    ),
    "attendances_per_resident": Figure(
        "person-times per person and year", N_("culture attendances per resident and year")
    ),
    "top_tenth_share": Figure(
        "share", N_("hours given by the most active tenth of those who served, share (without duty)")
    ),
    "volunteering_ratio": Figure(
        "1", N_("rate of volunteering of those active in culture over that of the others (P14)")
    ),
    "issues_in_time": Figure(
        "share", N_("issues settled by their deadline, share of those settled in time or failed")
    ),
    "drift_members": Figure("share a year", N_("members: yearly change, weeks 1-52 to 105-156")),
    "drift_culture_members": Figure(
        "share a year", N_("culture members: yearly change, weeks 1-52 to 105-156")
    ),
    "drift_registered": Figure(
        "share a year", N_("registered volunteers: yearly change, weeks 1-52 to 105-156")
    ),
    "drift_reach_culture": Figure(
        "share a year", N_("reach of culture: yearly change, weeks 1-52 to 105-156")
    ),
    "drift_reach_service": Figure(
        "share a year", N_("reach of service: yearly change, weeks 1-52 to 105-156")
    ),
    "drift_reach_deliberation": Figure(
        "share a year", N_("reach of deliberation: yearly change, weeks 1-52 to 105-156")
    ),
    "drift_attendances": Figure(
        "share a year", N_("attendances of all activities: yearly change, weeks 1-52 to 105-156")
    ),
    "drift_hours": Figure("share a year", N_("hours served: yearly change, weeks 1-52 to 105-156")),
    "drift_attachment": Figure("share a year", N_("mean attachment: yearly change, weeks 1-52 to 105-156")),
    "drift_skill": Figure("share a year", N_("mean skill: yearly change, weeks 1-52 to 105-156")),
}


def figures(result: RunResult) -> dict[str, float]:
    """The figures of one run, means over weeks 105 to 156; a run of fewer weeks uses its last 52, or all.

    Drift is the relative change from weeks 1-52 to that year, per year between their middles; nan if
    they overlap.
    """
    from model.state.outcomes import COLUMNS, WEEKLY

    last = int(result.weeks[-1])
    until = min(THIRD_YEAR[1], last)
    rows = slice(max(0, until - YEAR + 1), until + 1)
    everybody = result.counts[:, 0, :].astype(np.float64)
    column = {name: everybody[:, i] for i, name in enumerate(COLUMNS)}
    weekly = {name: result.weekly[:, i].astype(np.float64) for i, name in enumerate(WEEKLY)}
    adults, persons = column["adults"][0], float(result.persons)

    def mean(name: str) -> float:
        return float(column[name][rows].mean())

    active = mean("active_volunteers")
    registered = mean("registered")
    out = {
        "member_share": mean("members") / persons,
        "culture_member_share": mean("members_culture") / persons,
        "registered_share": registered / persons,
        "active_per_registered": mean("registered_active") / registered if registered else float("nan"),
        "active_share": active / persons,
        "reach_culture": mean("reached_culture") / adults,
        "reach_service": mean("reached_service") / adults,
        "reach_deliberation": mean("reached_deliberation") / adults,
        "bound_culture": _bound(weekly, "culture", rows),
        "bound_service": _bound(weekly, "service", rows),
        "acts_per_active_volunteer": YEAR * mean("attended_service") / active if active else float("nan"),
        "attendances_per_resident": YEAR * mean("attended_culture") / persons,
        "top_tenth_share": float(np.mean(result.spread[rows, 0])),
        "volunteering_ratio": volunteering_ratio(result),
        "issues_in_time": _in_time(weekly, rows.start, until),
    }
    drifting = {
        "members": column["members"],
        "culture_members": column["members_culture"],
        "registered": column["registered"],
        "reach_culture": column["reached_culture"],
        "reach_service": column["reached_service"],
        "reach_deliberation": column["reached_deliberation"],
        "attendances": column["attended_culture"]
        + column["attended_service"]
        + column["attended_deliberation"],
        "hours": column["served_minutes"],
        "attachment": column["attachment"],
        "skill": column["skill"],
    }
    for name, values in drifting.items():
        out[f"drift_{name}"] = _drift(values, until)
    return out


def _bound(weekly: dict[str, NDArray[np.float64]], activity: str, rows: slice) -> float:
    limited = weekly[f"offers_limited_{activity}"][rows].sum()
    return float(weekly[f"offers_bound_{activity}"][rows].sum() / limited) if limited else float("nan")


def _in_time(weekly: dict[str, NDArray[np.float64]], first: int, last: int) -> float:
    """Share in time of the issues settled or failed in the weeks ``first`` to ``last``."""
    before = max(0, first - 1)
    good, bad = (weekly[f"issues_{what}"][[before, last]] for what in ("in_time", "failed"))
    good, bad = good[1] - good[0], bad[1] - bad[0]
    return float(good / (good + bad)) if good + bad else float("nan")


def _drift(values: NDArray[np.float64], until: int) -> float:
    """Relative change per year from weeks 1-52 to the 52 weeks that end in ``until``."""
    if until < 2 * YEAR:
        return float("nan")
    before = values[1 : YEAR + 1].mean()
    after = values[until - YEAR + 1 : until + 1].mean()
    return float((after / before - 1) / ((until - YEAR) / YEAR)) if before else float("nan")


def volunteering_ratio(result: RunResult) -> float:
    """P14: how much more often those who took part in culture in the last full year volunteered in it."""
    from experiments.outcomes.record import Record

    if not result.took_part:
        return float("nan")
    name = "volunteering_ratio"
    return float(Record.of(result, ("all",), YEAR, (name,), totals=True).at_ends(name)[-1, 0])


def mean_figures(results: list[RunResult]) -> dict[str, float]:
    """Mean of every figure over runs."""
    each = [figures(r) for r in results]
    return {name: float(np.mean([f[name] for f in each])) for name in FIGURES}
