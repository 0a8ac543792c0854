"""What does a year of a community come to: the figures on which policies are compared?

Flows count all that happened, by those who moved away too; states are means of the year's weeks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from experiments.outcomes.recorded import Floats, Outcome, Recorded, ratio
from model.core.calendar import YEAR
from model.core.texts import N_
from model.parameters.decision import ACTIVITIES
from model.state.outcomes import FIXED_POINT


def years() -> Iterator[Outcome]:
    """Sums and means of 52 weeks, and who took part in a year."""
    for k in ACTIVITIES:
        yield Outcome(
            f"attendances_{k}_year_person_times",
            "person-times",
            N_("attendances of {activity} in the last 52 weeks"),
            lambda r, k=k: r.year(f"attended_{k}"),  # type: ignore[misc]
            k,
        )
        yield Outcome(
            f"reach_{k}_year_mean_share",
            "share",
            N_("took part in {activity} in 52 weeks / adults, mean of the last 52 weeks"),
            _mean_share(f"reached_{k}"),
            k,
        )
    yield Outcome(
        "service_year_hours",
        "hours",
        N_("hours of service in the last 52 weeks, of those who moved away too"),
        lambda r: r.year("served_minutes") / 60,
    )
    yield Outcome(
        "service_year_without_duty_hours",
        "hours",
        N_("hours of service in the last 52 weeks without Party duty, of those who moved away too"),
        lambda r: (r.year("served_minutes") - r.year("duty_minutes")) / 60,
    )
    yield Outcome(
        "members_year_share",
        "share",
        N_("members of any organization / adults, mean of the last 52 weeks"),
        _mean_share("members"),
    )
    yield Outcome(
        "registered_year_share",
        "share",
        N_("registered volunteers / adults, mean of the last 52 weeks"),
        _mean_share("registered"),
    )
    for state, doc in (
        ("attachment", N_("mean attachment of adults in the last 52 weeks")),
        ("skill", N_("mean skill of adults in the last 52 weeks")),
    ):
        yield Outcome(
            f"{state}_year_mean",
            "0 to 1",
            doc,
            lambda r, s=state: ratio(r.year(s) / FIXED_POINT / YEAR, r.adults),  # type: ignore[misc]
        )
    yield Outcome(
        "acts_per_active_volunteer_year",
        "person-times per volunteer and year",
        N_("attendances of service in the last 52 weeks / active volunteers"),
        lambda r: ratio(r.year("attended_service"), r.window(r.count("active_volunteers"))),
    )
    yield Outcome(
        "reach_any_share",
        "share",
        N_("took part in anything in the year / adults, in the last week of each year"),
        lambda r: r.at_year_ends(ratio(r.takers[:, -1].sum(axis=1).astype(np.float64), r.adults[-1, 0])),
    )
    yield Outcome(
        "volunteering_ratio",
        "1",
        N_(
            "rate of taking part in service of those who took part in culture / that of the others, in the "
            "year, in the last week of each year"
        ),
        lambda r: r.at_year_ends(np.array([_volunteering_ratio(*took[:2]) for took in r.takers])),
    )


def _mean_share(name: str) -> Callable[[Recorded], Floats]:
    return lambda r: ratio(r.year(name) / YEAR, r.adults)


def _volunteering_ratio(culture: NDArray[np.bool_], service: NDArray[np.bool_]) -> float:
    """P14 of one year, given who took part: bool[adult]; nan without others, or where none of them serves."""
    if not culture.any() or culture.all() or not service[~culture].any():
        return float("nan")
    return float(service[culture].mean() / service[~culture].mean())
