"""What becomes of volunteer credits and of care?"""

from __future__ import annotations

from collections.abc import Iterator

from experiments.outcomes.recorded import Floats, Outcome, Recorded, hours, ratio, share
from model.core.texts import N_
from model.state.outcomes import FIXED_POINT


def credits_() -> Iterator[Outcome]:
    """Credits issued, held and used."""
    yield Outcome("enrolled_share", "share", N_("enrolled for credits / adults"), share("enrolled"))
    yield Outcome("credits_held_hours", "hours", N_("credits held"), hours("credit_minutes"))
    for what, doc in (
        ("issued", N_("credits issued so far")),
        ("spent", N_("credits spent so far")),
        ("expired", N_("credits expired so far")),
        ("cancelled", N_("credits cancelled so far")),
        ("donated", N_("credits donated so far")),
    ):
        yield Outcome(
            f"credits_{what}_hours",
            "hours",
            doc,
            lambda r, w=what: r.weekly(f"credits_{w}_minutes") / 60.0,  # type: ignore[misc]
        )
    yield Outcome(
        "credits_rationed_weeks",
        "weeks",
        N_("weeks so far in which credits were rationed"),
        lambda r: r.weekly("credits_rationed_weeks"),
    )
    yield Outcome(
        "credits_coverage_share",
        "share",
        N_("credited minutes / eligible minutes of the last week that had any"),
        lambda r: r.result.spread[:, 2, None],
    )
    yield from _credit_use()


def _credit_use() -> Iterator[Outcome]:
    yield Outcome(
        "credits_saved_hours",
        "hours",
        N_("credits held by those who save for an old age they have not reached"),
        lambda r: r.weekly("credits_saved_minutes") / 60.0,
    )
    yield Outcome(
        "credits_waiting_hours",
        "hours",
        N_("hours of service that holders asked for and wait for"),
        lambda r: r.weekly("credits_waiting_minutes") / 60.0,
    )
    yield Outcome(
        "credits_waiting_requests",
        "requests",
        N_("requests for service that wait, one per holder"),
        lambda r: r.weekly("credits_waiting_requests"),
    )
    yield Outcome(
        "credits_waited_weeks",
        "weeks",
        N_("mean wait from asking to complete service, over all requests completed so far"),
        lambda r: ratio(r.weekly("credits_waited_weeks"), r.weekly("credits_completed_requests")),
    )
    yield Outcome(
        "credits_liquidity_share",
        "share",
        N_("what holders expect: service redeemable in 8 weeks / hours asked, at most 1, smoothed"),
        lambda r: r.weekly("credits_liquidity") / FIXED_POINT,
    )


def _received(r: Recorded) -> Floats:
    return r.count("care_volunteer_minutes") + r.count("care_party_minutes") + r.count("care_paid_minutes")


def care() -> Iterator[Outcome]:
    """Care needed, received and missing."""
    for what, doc in (
        ("needed", N_("care needed this week, and hours asked for credits this week")),
        ("volunteer", N_("care received from volunteers this week, redeemed hours included")),
        ("party", N_("care received from Party members on duty this week")),
        ("paid", N_("paid care received this week")),
    ):
        yield Outcome(f"care_{what}_hours", "hours", doc, hours(f"care_{what}_minutes"))
    yield Outcome(
        "care_unmet_hours",
        "hours",
        N_("care needed - received this week (below 0 where older requests are served)"),
        lambda r: (r.count("care_needed_minutes") - _received(r)) / 60.0,
    )
    yield Outcome(
        "care_unmet_year_hours",
        "hours",
        N_("care needed - received in the last 52 weeks"),
        lambda r: r.last_year(r.count("care_needed_minutes") - _received(r)) / 60.0,
    )
    yield Outcome(
        "care_coverage_share",
        "share",
        N_("care received / care needed, in the last 52 weeks"),
        lambda r: ratio(r.last_year(_received(r)), r.last_year(r.count("care_needed_minutes"))),
    )
    yield Outcome(
        "care_redeemed_hours",
        "hours",
        N_("volunteers' hours of care this week that went to credit holders"),
        lambda r: r.weekly("care_redeemed_minutes") / 60.0,
    )
    yield Outcome(
        "care_idle_hours",
        "hours",
        N_("hours of care given this week that nobody needed"),
        lambda r: r.weekly("care_idle_minutes") / 60.0,
    )
    yield Outcome(
        "care_unmet_persons",
        "persons",
        N_("persons whose weekly need of care was not fully met"),
        lambda r: r.weekly("care_unmet_persons"),
    )
