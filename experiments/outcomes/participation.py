"""Who takes part in what, how often, and what state are residents in?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from experiments.outcomes.recorded import Floats, Outcome, Recorded, hours, ratio, share
from model.parameters.decision import ACTIVITIES


def by_activity(k: str) -> Iterator[Outcome]:
    yield Outcome(
        f"reach_{k}_share",
        "share",
        f"took part in {k} in the last 52 weeks / adults",
        lambda r: r.window(ratio(r.count(f"reached_{k}"), r.adults)),
    )
    yield Outcome(
        f"attendances_{k}_person_times",
        "person-times",
        f"attendances of {k} this week",
        lambda r: r.count(f"attended_{k}"),
    )
    yield Outcome(
        f"attendances_{k}_per_adult_year",
        "person-times per adult and year",
        f"attendances of {k} in the last 52 weeks / adults",
        lambda r: ratio(r.last_year(r.count(f"attended_{k}")), r.adults),
    )
    yield Outcome(
        f"attendances_{k}_per_resident_year",
        "person-times per person and year",
        f"attendances of {k} in the last 52 weeks / persons, children included",
        lambda r: r.last_year(r.count(f"attended_{k}")) / r.residents,
    )
    yield Outcome(
        f"refused_{k}_person_times",
        "person-times",
        f"came to {k} this week and found no place",
        lambda r: r.count(f"refused_{k}"),
    )
    yield Outcome(
        f"members_{k}_share", "share", f"members of a {k} organization / adults", share(f"members_{k}")
    )
    yield Outcome(f"aware_{k}_share", "share", f"know a field of {k} / adults", share(f"aware_{k}"))
    yield Outcome(
        f"sessions_{k}_sessions",
        "sessions",
        f"sessions and sittings of {k} this week",
        lambda r: r.weekly(f"sessions_{k}"),
    )
    yield Outcome(
        f"places_{k}_places",
        "places",
        f"places at offers of {k} with limited places this week",
        lambda r: r.weekly(f"places_{k}"),
    )
    yield Outcome(
        f"places_bound_{k}_share",
        "share",
        f"offers of {k} with more comers than places / offers with limited places, this week",
        lambda r: ratio(r.weekly(f"offers_bound_{k}"), r.weekly(f"offers_limited_{k}")),
    )
    yield Outcome(
        f"places_bound_{k}_year_share",
        "share",
        f"the same over all offers of {k} in the last 52 weeks",
        lambda r: ratio(
            r.last_year(r.weekly(f"offers_bound_{k}")), r.last_year(r.weekly(f"offers_limited_{k}"))
        ),
    )


def _without_duty(r: Recorded) -> Floats:
    return r.window(r.count("served_minutes_52") - r.count("duty_minutes_52")) / 60.0


def participation() -> Iterator[Outcome]:
    """Participation of residents, and their states."""
    yield Outcome("adults_persons", "persons", "adults", lambda r: r.adults)
    for k in ACTIVITIES:
        yield from by_activity(k)
    attended = [f"attended_{k}" for k in ACTIVITIES]
    yield Outcome(
        "audience_person_times", "person-times", "watched an open-air offer", lambda r: r.count("audience")
    )
    yield Outcome(
        "active_person_times",
        "person-times",
        "attendances of all activities this week without the audience",
        lambda r: np.asarray(sum(r.count(a) for a in attended) - r.count("audience"), np.float64),
    )
    yield Outcome("members_share", "share", "members of any organization / adults", share("members"))
    yield Outcome(
        "members_per_resident_share",
        "share",
        "members / persons, children included",
        share("members", "residents"),
    )
    yield Outcome(
        "memberships_per_member",
        "memberships",
        "memberships / members",
        lambda r: ratio(r.count("memberships"), r.count("members")),
    )
    yield Outcome("registered_share", "share", "registered volunteers / adults", share("registered"))
    yield Outcome(
        "registered_per_resident_share",
        "share",
        "registered volunteers / persons, children included",
        share("registered", "residents"),
    )
    yield Outcome(
        "active_per_registered_share",
        "share",
        "registered volunteers who served an hour or more in the last 52 weeks / registered volunteers",
        lambda r: r.window(ratio(r.count("registered_active"), r.count("registered"))),
    )
    yield Outcome(
        "active_volunteers_share",
        "share",
        "served an hour or more in the last 52 weeks / adults",
        lambda r: r.window(ratio(r.count("active_volunteers"), r.adults)),
    )
    yield Outcome(
        "active_volunteers_per_resident_share",
        "share",
        "the same / persons, children included",
        lambda r: r.window(r.count("active_volunteers") / r.residents),
    )
    yield Outcome("served_hours", "hours", "hours of service this week", hours("served_minutes"))
    yield Outcome(
        "served_without_duty_hours",
        "hours",
        "the same without Party duty",
        hours("served_minutes", "duty_minutes"),
    )
    yield Outcome(
        "served_year_hours",
        "hours",
        "hours of service in the last 52 weeks",
        lambda r: r.window(r.count("served_minutes_52") / 60.0),
    )
    yield Outcome("served_year_without_duty_hours", "hours", "the same without Party duty", _without_duty)
    yield Outcome(
        "served_per_resident_hours",
        "hours per person and year",
        "hours of service in the last 52 weeks / persons, children included",
        lambda r: r.window(r.count("served_minutes_52") / 60.0) / r.residents,
    )
    yield Outcome(
        "served_per_active_volunteer_hours",
        "hours per volunteer and year",
        "hours of service in the last 52 weeks without Party duty / active volunteers",
        lambda r: ratio(_without_duty(r), r.count("active_volunteers")),
    )
    for j, (name, doc) in enumerate(
        (
            (
                "top_tenth_share",
                "hours in 52 weeks without duty of the tenth who served most / of all who served",
            ),
            ("served_gini", "Gini coefficient of those hours among all who served"),
        )
    ):
        yield Outcome(
            name,
            "share" if j == 0 else "1",
            doc,
            lambda r, j=j: r.window(r.result.spread[:, j, None]),  # type: ignore[misc]
        )
    for state in ("skill", "knowledge", "attachment", "motivation", "efficacy", "embeddedness"):
        yield Outcome(f"{state}_mean", "0 to 1", f"mean {state} of adults", lambda r, s=state: r.mean(s))  # type: ignore[misc]
    yield Outcome(
        "satisfaction_mean", "0 to 1", "mean satisfaction of adults", lambda r: r.mean("satisfaction")
    )


def contacts() -> Iterator[Outcome]:
    """Asks, contacts, and who moves."""
    yield Outcome("fatigue_mean", "contacts", "mean fatigue of adults", lambda r: r.mean("fatigue"))
    yield Outcome("asked_share", "share", "hold an ask / adults", share("asked"))
    yield Outcome(
        "asks_per_adult_year",
        "asks per adult and year",
        "asks received in the last 52 weeks / adults",
        lambda r: ratio(r.last_year(r.count("asks")), r.adults),
    )
    yield Outcome(
        "moved_per_adult_year",
        "moves per adult and year",
        "residents who moved away, and were replaced, in the last 52 weeks / adults",
        lambda r: r.window(r.past_year("moved")) / r.adults[:, :1],
    )
    yield Outcome(
        "arrived_persons",
        "persons",
        "moved in this week",
        lambda r: r.count("arrived"),
    )
