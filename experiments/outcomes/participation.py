"""Who takes part in what, how often, and what state are residents in?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from experiments.outcomes.recorded import Floats, Outcome, Recorded, hours, ratio, share
from model.core.texts import N_
from model.parameters.decision import ACTIVITIES


def by_activity(k: str) -> Iterator[Outcome]:
    yield Outcome(
        f"reach_{k}_share",
        "share",
        N_("took part in {activity} in the last 52 weeks / adults"),
        lambda r: r.window(ratio(r.count(f"reached_{k}"), r.adults)),
    )
    yield Outcome(
        f"attendances_{k}_person_times",
        "person-times",
        N_("attendances of {activity} this week"),
        lambda r: r.count(f"attended_{k}"),
    )
    yield Outcome(
        f"attendances_{k}_per_adult_year",
        "person-times per adult and year",
        N_("attendances of {activity} in the last 52 weeks / adults"),
        lambda r: ratio(r.last_year(r.count(f"attended_{k}")), r.adults),
    )
    yield Outcome(
        f"attendances_{k}_per_resident_year",
        "person-times per person and year",
        N_("attendances of {activity} in the last 52 weeks / persons, children included"),
        lambda r: r.last_year(r.count(f"attended_{k}")) / r.residents,
    )
    yield Outcome(
        f"refused_{k}_person_times",
        "person-times",
        N_("came to {activity} this week and found no place"),
        lambda r: r.count(f"refused_{k}"),
    )
    yield Outcome(
        f"members_{k}_share",
        "share",
        N_("members of a {activity} organization / adults"),
        share(f"members_{k}"),
    )
    yield Outcome(f"aware_{k}_share", "share", N_("know a field of {activity} / adults"), share(f"aware_{k}"))
    yield Outcome(
        f"sessions_{k}_sessions",
        "sessions",
        N_("sessions and sittings of {activity} this week"),
        lambda r: r.weekly(f"sessions_{k}"),
    )
    yield Outcome(
        f"places_{k}_places",
        "places",
        N_("places at offers of {activity} with limited places this week"),
        lambda r: r.weekly(f"places_{k}"),
    )
    yield Outcome(
        f"places_bound_{k}_share",
        "share",
        N_("offers of {activity} with more comers than places / offers with limited places, this week"),
        lambda r: ratio(r.weekly(f"offers_bound_{k}"), r.weekly(f"offers_limited_{k}")),
    )
    yield Outcome(
        f"places_bound_{k}_year_share",
        "share",
        N_(
            "offers of {activity} with more comers than places / offers with limited places, in the last "
            "52 weeks"
        ),
        lambda r: ratio(
            r.last_year(r.weekly(f"offers_bound_{k}")), r.last_year(r.weekly(f"offers_limited_{k}"))
        ),
    )


def _without_duty(r: Recorded) -> Floats:
    return r.window(r.count("served_minutes_52") - r.count("duty_minutes_52")) / 60.0


def participation() -> Iterator[Outcome]:
    """Participation of residents, and their states."""
    yield Outcome("adults_persons", "persons", N_("adults"), lambda r: r.adults)
    for k in ACTIVITIES:
        yield from (replace(outcome, activity=k) for outcome in by_activity(k))
    attended = [f"attended_{k}" for k in ACTIVITIES]
    yield Outcome(
        "audience_person_times",
        "person-times",
        N_("watched an open-air offer"),
        lambda r: r.count("audience"),
    )
    yield Outcome(
        "active_person_times",
        "person-times",
        N_("attendances of all activities this week without the audience"),
        lambda r: np.asarray(sum(r.count(a) for a in attended) - r.count("audience"), np.float64),
    )
    yield Outcome("members_share", "share", N_("members of any organization / adults"), share("members"))
    yield Outcome(
        "members_per_resident_share",
        "share",
        N_("members / persons, children included"),
        share("members", "residents"),
    )
    yield Outcome(
        "memberships_per_member",
        "memberships",
        N_("memberships / members"),
        lambda r: ratio(r.count("memberships"), r.count("members")),
    )
    yield Outcome("registered_share", "share", N_("registered volunteers / adults"), share("registered"))
    yield Outcome(
        "registered_per_resident_share",
        "share",
        N_("registered volunteers / persons, children included"),
        share("registered", "residents"),
    )
    yield Outcome(
        "active_per_registered_share",
        "share",
        N_("registered volunteers who served an hour or more in the last 52 weeks / registered volunteers"),
        lambda r: r.window(ratio(r.count("registered_active"), r.count("registered"))),
    )
    yield Outcome(
        "active_volunteers_share",
        "share",
        N_("served an hour or more in the last 52 weeks / adults"),
        lambda r: r.window(ratio(r.count("active_volunteers"), r.adults)),
    )
    yield Outcome(
        "active_volunteers_per_resident_share",
        "share",
        N_("served an hour or more in the last 52 weeks / persons, children included"),
        lambda r: r.window(r.count("active_volunteers") / r.residents),
    )
    yield Outcome("served_hours", "hours", N_("hours of service this week"), hours("served_minutes"))
    yield Outcome(
        "served_without_duty_hours",
        "hours",
        N_("hours of service this week without Party duty"),
        hours("served_minutes", "duty_minutes"),
    )
    yield Outcome(
        "served_year_hours",
        "hours",
        N_("hours of service in the last 52 weeks"),
        lambda r: r.window(r.count("served_minutes_52") / 60.0),
    )
    yield Outcome(
        "served_year_without_duty_hours",
        "hours",
        N_("hours of service in the last 52 weeks without Party duty"),
        _without_duty,
    )
    yield Outcome(
        "served_per_resident_hours",
        "hours per person and year",
        N_("hours of service in the last 52 weeks / persons, children included"),
        lambda r: r.window(r.count("served_minutes_52") / 60.0) / r.residents,
    )
    yield Outcome(
        "served_per_active_volunteer_hours",
        "hours per volunteer and year",
        N_("hours of service in the last 52 weeks without Party duty / active volunteers"),
        lambda r: ratio(_without_duty(r), r.count("active_volunteers")),
    )
    for j, (name, doc) in enumerate(
        (
            (
                "top_tenth_share",
                N_("hours in 52 weeks without duty of the tenth who served most / of all who served"),
            ),
            ("served_gini", N_("Gini coefficient of hours in 52 weeks without duty among all who served")),
        )
    ):
        yield Outcome(
            name,
            "share" if j == 0 else "1",
            doc,
            lambda r, j=j: r.window(r.result.spread[:, j, None]),  # type: ignore[misc]
        )
    for state, doc in (
        ("skill", N_("mean skill of adults")),
        ("knowledge", N_("mean knowledge of adults")),
        ("attachment", N_("mean attachment of adults")),
        ("motivation", N_("mean motivation of adults")),
        ("efficacy", N_("mean efficacy of adults")),
        ("embeddedness", N_("mean embeddedness of adults")),
    ):
        yield Outcome(f"{state}_mean", "0 to 1", doc, lambda r, s=state: r.mean(s))  # type: ignore[misc]
    yield Outcome(
        "satisfaction_mean", "0 to 1", N_("mean satisfaction of adults"), lambda r: r.mean("satisfaction")
    )


def contacts() -> Iterator[Outcome]:
    """Asks, contacts, and who moves."""
    yield Outcome("fatigue_mean", "contacts", N_("mean fatigue of adults"), lambda r: r.mean("fatigue"))
    yield Outcome("asked_share", "share", N_("hold an ask / adults"), share("asked"))
    yield Outcome(
        "asks_per_adult_year",
        "asks per adult and year",
        N_("asks received in the last 52 weeks / adults"),
        lambda r: ratio(r.last_year(r.count("asks")), r.adults),
    )
    yield Outcome(
        "moved_per_adult_year",
        "moves per adult and year",
        N_("residents who moved away, and were replaced, in the last 52 weeks / adults"),
        lambda r: r.window(r.past_year("moved")) / r.adults[:, :1],
    )
    yield Outcome(
        "arrived_persons",
        "persons",
        N_("moved in this week"),
        lambda r: r.count("arrived"),
    )
