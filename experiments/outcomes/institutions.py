"""What do committee, Party, government and organizations do?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from experiments.outcomes.recorded import Floats, Outcome, Recorded, ratio
from model.core.calendar import YEAR
from model.core.texts import N_
from model.instruments.base import LEGAL_FORMS
from model.parameters.issues import LEVELS
from model.state.government import LEDGER
from model.state.outcomes import FIXED_POINT, GROUPS


def issues() -> Iterator[Outcome]:
    """Issues raised, settled and waiting."""
    yield Outcome(
        "issues_raised_issues", "issues", N_("issues raised this week"), lambda r: r.count("issues_raised")
    )
    yield Outcome(
        "issues_raised_per_adult_year",
        "issues per adult and year",
        N_("issues raised in the last 52 weeks / adults"),
        lambda r: ratio(r.last_year(r.count("issues_raised")), r.adults),
    )
    yield Outcome(
        "issues_in_time_year_share",
        "share",
        N_(
            "issues settled by their deadline (escalated ones: by the new one) / these and those whose "
            "deadline failed, in the last 52 weeks"
        ),
        lambda r: ratio(
            r.past_year("issues_in_time"), r.past_year("issues_in_time") + r.past_year("issues_failed")
        ),
    )
    yield Outcome(
        "issues_waited_per_settled_weeks",
        "weeks per issue",
        N_("weeks from raising to settling, of those settled in the last 52 weeks"),
        lambda r: ratio(
            r.past_year("issues_waited_weeks"), r.past_year("issues_in_time") + r.past_year("issues_late")
        ),
    )
    for what, doc in (
        ("in_time", N_("issues settled by their deadline, so far")),
        ("late", N_("issues settled after their deadline, so far")),
        ("failed", N_("issues not settled by their deadline, so far")),
        ("withdrawn", N_("issues withdrawn unsettled, so far")),
        ("escalated", N_("issues taken one level up, so far")),
    ):
        yield Outcome(
            f"issues_{what}_issues",
            "issues",
            doc,
            lambda r, w=what: r.weekly(f"issues_{w}"),  # type: ignore[misc]
        )
    for level, doc in zip(
        LEVELS,
        (
            N_("private issues that wait, overdue ones included"),
            N_("small issues that wait, overdue ones included"),
            N_("big issues that wait, overdue ones included"),
        ),
        strict=True,
    ):
        yield Outcome(
            f"issues_waiting_{level}_issues",
            "issues",
            doc,
            lambda r, w=level: r.weekly(f"issues_waiting_{w}"),  # type: ignore[misc]
        )


LEDGER_TEXTS = {
    "appropriated": N_("appropriated, accounts of the policy, so far"),
    "spent": N_("spent, accounts of the policy, so far"),
    "returned": N_("returned, accounts of the policy, so far"),
    "liability": N_("liability, accounts of the policy, now"),
    "uncommitted": N_("uncommitted, accounts of the policy, now"),
    "in_kind": N_("in kind, accounts of the policy, so far"),
    "contracts": N_("contracts, accounts of the policy, now"),
}


def money() -> Iterator[Outcome]:
    """Money of the policy's accounts, contracts, staff in kind."""
    for what in LEDGER:
        yield Outcome(
            f"{what}_yuan",
            "yuan",
            LEDGER_TEXTS[what],
            lambda r, w=what: r.money(w),  # type: ignore[misc]
        )
    yield from _government()
    yield Outcome(
        "staff_in_kind_yuan",
        "yuan",
        N_("staff hours in kind so far"),
        lambda r: r.weekly("staff_in_kind_fen") / 100,
    )


def _government() -> Iterator[Outcome]:
    for name, figure, unit, per, doc in (
        (
            "budget_cut_yuan",
            "budget_cut_fen",
            "yuan",
            100.0,
            N_("appropriations refused by the budget so far"),
        ),
        (
            "administration_yuan",
            "administration_fen",
            "yuan",
            100.0,
            N_("spent so far to administer projects won in contests, without the administration of credits"),
        ),
        (
            "contracted_sessions",
            "contracted_sessions",
            "sessions",
            1.0,
            N_("sessions bought by contract so far"),
        ),
        (
            "delivered_sessions",
            "delivered_sessions",
            "sessions",
            1.0,
            N_("sessions bought by contract and delivered, under contracts that have ended"),
        ),
        ("projects_won_projects", "projects_won", "projects", 1.0, N_("projects won in contests so far")),
        ("publicity_contacts", "publicity_contacts", "contacts", 1.0, N_("contacts of publicity so far")),
        (
            "workstation_weeks",
            "workstation_weeks",
            "weeks",
            1.0,
            N_("weeks so far in which a workstation was open"),
        ),
    ):
        yield Outcome(name, unit, doc, lambda r, f=figure, p=per: r.weekly(f) / p)  # type: ignore[misc]


def party() -> Iterator[Outcome]:
    """Party members, staff, resident units."""
    yield Outcome(
        "in_service_persons", "persons", N_("Party members in service"), lambda r: r.count("in_service")
    )
    yield Outcome(
        "mobilised_share",
        "share",
        N_("Party members in service with an hour or more of duty in the last 52 weeks / all of them"),
        lambda r: r.window(ratio(r.count("mobilised"), r.count("in_service"))),
    )
    yield Outcome(
        "quota_met_persons",
        "persons",
        N_("Party members in service who have served the quota of the fiscal year so far"),
        lambda r: r.weekly("party_quota_met"),
    )
    yield Outcome(
        "turnout_share",
        "share",
        N_("Party members in service who served the quota / all of them, in the last week of a fiscal year"),
        lambda r: np.where(
            (r.result.weeks % YEAR == 0)[:, None],
            r.window(ratio(r.weekly("party_quota_met"), r.count("in_service")[:, :1])),
            np.nan,
        ),
    )
    others = GROUPS.index("party:no")
    yield Outcome(
        "followers_per_mobilised_persons",
        "persons",
        N_("active volunteers who are not Party members / Party members with an hour of duty, in 52 weeks"),
        lambda r: r.window(ratio(r.count("active_volunteers")[:, others, None], r.count("mobilised")[:, :1])),
    )
    for name, unit, doc in (
        ("party_visits", "visits", N_("visits of Party members to their households so far")),
        ("staff_visits", "visits", N_("visits and grid contacts of staff so far")),
        ("staff_visits_refused", "visits", N_("visits and grid contacts not made for lack of staff so far")),
        ("organizations_with_party", "organizations", N_("organizations with a Party member")),
    ):
        column = name if name.endswith(unit) else f"{name}_{unit}"
        yield Outcome(column, unit, doc, lambda r, n=name: r.weekly(n))  # type: ignore[misc]
    yield Outcome(
        "staff_free_hours",
        "hours",
        N_("staff time left this week after administration and visits"),
        lambda r: r.weekly("staff_free_minutes") / 60.0,
    )
    for what, doc in (
        ("cash", N_("money given by resident units so far")),
        ("in_kind", N_("rooms, at the shadow price, given by resident units so far")),
    ):
        yield Outcome(
            f"units_{what}_yuan",
            "yuan",
            doc,
            lambda r, w=what: r.weekly(f"unit_{w}_fen") / 100,  # type: ignore[misc]
        )


def organizations() -> Iterator[Outcome]:
    """Organizations: money, number, kinds, how they fare."""
    for what, doc in (
        ("balance", N_("money of organizations now")),
        ("spent", N_("spent by organizations so far")),
    ):
        yield Outcome(
            f"organizations_{what}_yuan",
            "yuan",
            doc,
            lambda r, w=what: r.weekly(f"organization_{w}_fen") / 100,  # type: ignore[misc]
        )
    yield Outcome(
        "organizations_in_kind_yuan",
        "yuan",
        N_("rooms lent to organizations so far, at the shadow price"),
        lambda r: r.weekly("organization_in_kind_fen") / 100,
    )
    yield from _life()


def _life() -> Iterator[Outcome]:
    """How many organizations there are, of which kind, and how they fare."""
    forms = [f"organizations_{form}" for form in LEGAL_FORMS]

    def alive(r: Recorded) -> Floats:
        return np.asarray(sum(r.weekly(f) for f in forms), np.float64)

    yield Outcome("organizations_alive", "organizations", N_("living organizations"), alive)
    for name, doc in (
        ("organizations_informal", N_("living organizations that are informal")),
        ("organizations_filed", N_("living organizations that are filed")),
        ("organizations_registered", N_("living organizations that are registered")),
        ("organizations_founded", N_("organizations founded so far, spin-up included")),
        ("organizations_dissolved", N_("organizations dissolved so far, spin-up included")),
        ("organizations_merged", N_("organizations merged into others so far, spin-up included")),
        ("organizations_led", N_("living organizations with a leader")),
        ("organizations_covered", N_("organizations led by a Party member, or with three or more of them")),
    ):
        yield Outcome(name, "organizations", doc, lambda r, n=name: r.weekly(n))  # type: ignore[misc]
    for state, doc in (
        ("drive", N_("mean drive of living organizations")),
        ("dependence", N_("mean share of the largest outside payer in their income")),
    ):
        yield Outcome(
            f"organizations_{state}_mean",
            "0 to 1",
            doc,
            lambda r, s=state: ratio(r.weekly(f"organizations_{s}") / FIXED_POINT, alive(r)),  # type: ignore[misc]
        )
    for money, doc in (
        ("fees", N_("fees of members so far")),
        ("returned", N_("balances of dissolved organizations so far")),
    ):
        yield Outcome(
            f"organizations_{money}_yuan",
            "yuan",
            doc,
            lambda r, m=money: r.weekly(f"organization_{m}_fen") / 100,  # type: ignore[misc]
        )
