"""What do a run's columns mean, and how do its arrays become tables?

`OUTCOMES` is the data dictionary: every column of the series with its unit, its meaning and the way it is
computed stands there once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.calendar import YEAR
from model.government import LEDGER
from model.instruments.base import LEGAL_FORMS
from model.outcomes import COLUMNS, FIXED_POINT, GROUPS, WEEKLY
from model.parameters.decision import ACTIVITIES
from model.parameters.issues import LEVELS

if TYPE_CHECKING:
    import pandas as pd

    from experiments.simulate import RunResult

Floats = NDArray[np.float64]

STATUS_QUO = "status_quo."
"""How the names of accounts begin that a policy does not own."""


class Recorded:
    """The arrays of a run by name: float64[weeks, groups] or, of the whole community, float64[weeks, 1]."""

    def __init__(self, result: RunResult) -> None:
        self.result = result
        self.lived = (result.weeks + result.spin_up)[:, None]

    def count(self, name: str) -> Floats:
        """A count of persons, acts or minutes."""
        return self.result.counts[:, :, COLUMNS.index(name)].astype(np.float64)

    @cached_property
    def adults(self) -> Floats:
        """Adults of each group."""
        return self.count("adults")

    @cached_property
    def residents(self) -> Floats:
        """All persons, children included: a figure of the community, nan for its groups."""
        return np.where(np.arange(len(GROUPS)) == 0, float(self.result.persons), np.nan)

    def mean(self, name: str) -> Floats:
        """Mean of a state over the adults of each group."""
        return _ratio(self.count(name) / FIXED_POINT, self.adults)

    def weekly(self, name: str) -> Floats:
        """A figure of the community."""
        return self.result.weekly[:, WEEKLY.index(name), None].astype(np.float64)

    def window(self, values: Floats) -> Floats:
        """A state that looks back 52 weeks: nan while fewer have been lived."""
        return np.where(self.lived < YEAR, np.nan, values)

    def last_year(self, values: Floats) -> Floats:
        """Sums over the last 52 weeks; nan while fewer have been recorded (the spin-up is not)."""
        sums = np.full_like(values, np.nan)
        total = np.cumsum(values, axis=0)
        sums[YEAR - 1 :] = total[YEAR - 1 :]
        sums[YEAR:] -= total[:-YEAR]
        return self.window(sums)

    def past_year(self, name: str) -> Floats:
        """Growth in the last 52 weeks of a community figure that counts from the start; nan before."""
        now = self.weekly(name)
        grown = np.full_like(now, np.nan)
        grown[YEAR:] = now[YEAR:] - now[:-YEAR]
        return grown

    def money(self, name: str) -> Floats:
        """Yuan of a ledger's column, over the accounts of the policy."""
        owned = [not account.startswith(STATUS_QUO) for account in self.result.accounts]
        return np.asarray(self.result.money[:, owned, LEDGER.index(name)].sum(axis=1)[:, None] / 100.0)


@dataclass(frozen=True)
class Outcome:
    """A column of the series: its name, its unit, what it means and how it is computed."""

    name: str
    unit: str
    doc: str
    compute: Callable[[Recorded], Floats]


def _ratio(part: Floats, whole: Floats) -> Floats:
    """``part / whole``, nan where there is no whole."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(whole == 0, np.nan, part / whole), np.float64)


def _share(name: str, whole: str = "adults") -> Callable[[Recorded], Floats]:
    return lambda r: _ratio(r.count(name), r.adults if whole == "adults" else r.residents)


def _by_activity(k: str) -> Iterator[Outcome]:
    yield Outcome(
        f"reach_{k}_share",
        "share",
        f"took part in {k} in the last 52 weeks / adults",
        lambda r: r.window(_ratio(r.count(f"reached_{k}"), r.adults)),
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
        lambda r: _ratio(r.last_year(r.count(f"attended_{k}")), r.adults),
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
        f"members_{k}_share", "share", f"members of a {k} organization / adults", _share(f"members_{k}")
    )
    yield Outcome(f"aware_{k}_share", "share", f"know a field of {k} / adults", _share(f"aware_{k}"))
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
        lambda r: _ratio(r.weekly(f"offers_bound_{k}"), r.weekly(f"offers_limited_{k}")),
    )
    yield Outcome(
        f"places_bound_{k}_year_share",
        "share",
        f"the same over all offers of {k} in the last 52 weeks",
        lambda r: _ratio(
            r.last_year(r.weekly(f"offers_bound_{k}")), r.last_year(r.weekly(f"offers_limited_{k}"))
        ),
    )


def _issues() -> Iterator[Outcome]:
    yield Outcome(
        "issues_raised_issues", "issues", "issues raised this week", lambda r: r.count("issues_raised")
    )
    yield Outcome(
        "issues_raised_per_adult_year",
        "issues per adult and year",
        "issues raised in the last 52 weeks / adults",
        lambda r: _ratio(r.last_year(r.count("issues_raised")), r.adults),
    )
    yield Outcome(
        "issues_in_time_year_share",
        "share",
        "issues settled by their deadline (escalated ones: by the new one) / these and those whose deadline "
        "failed, in the last 52 weeks",
        lambda r: _ratio(
            r.past_year("issues_in_time"), r.past_year("issues_in_time") + r.past_year("issues_failed")
        ),
    )
    yield Outcome(
        "issues_waited_per_settled_weeks",
        "weeks per issue",
        "weeks from raising to settling, of those settled in the last 52 weeks",
        lambda r: _ratio(
            r.past_year("issues_waited_weeks"), r.past_year("issues_in_time") + r.past_year("issues_late")
        ),
    )
    for what, doc in (
        ("in_time", "settled by their deadline"),
        ("late", "settled after it"),
        ("failed", "not settled by their deadline"),
        ("withdrawn", "withdrawn unsettled"),
        ("escalated", "taken one level up"),
    ):
        yield Outcome(
            f"issues_{what}_issues",
            "issues",
            f"issues {doc}, so far",
            lambda r, w=what: r.weekly(f"issues_{w}"),  # type: ignore[misc]
        )
    for level in LEVELS:
        yield Outcome(
            f"issues_waiting_{level}_issues",
            "issues",
            f"{level} issues that wait, overdue ones included",
            lambda r, w=level: r.weekly(f"issues_waiting_{w}"),  # type: ignore[misc]
        )


def _hours(name: str, less: str = "") -> Callable[[Recorded], Floats]:
    return lambda r: (r.count(name) - (r.count(less) if less else 0.0)) / 60.0


def _without_duty(r: Recorded) -> Floats:
    return r.window(r.count("served_minutes_52") - r.count("duty_minutes_52")) / 60.0


def _government() -> Iterator[Outcome]:
    for name, figure, unit, per, doc in (
        ("budget_cut_yuan", "budget_cut_fen", "yuan", 100.0, "appropriations refused by the budget so far"),
        ("administration_yuan", "administration_fen", "yuan", 100.0, "spent to administer projects so far"),
        ("contracted_sessions", "contracted_sessions", "sessions", 1.0, "sessions bought by contract so far"),
        (
            "delivered_sessions",
            "delivered_sessions",
            "sessions",
            1.0,
            "of those, delivered under contracts that have ended",
        ),
        ("projects_won_projects", "projects_won", "projects", 1.0, "projects won in contests so far"),
        ("publicity_contacts", "publicity_contacts", "contacts", 1.0, "contacts of publicity so far"),
        (
            "workstation_weeks",
            "workstation_weeks",
            "weeks",
            1.0,
            "weeks so far in which a workstation was open",
        ),
    ):
        yield Outcome(name, unit, doc, lambda r, f=figure, p=per: r.weekly(f) / p)  # type: ignore[misc]


def _credit_use() -> Iterator[Outcome]:
    yield Outcome(
        "credits_saved_hours",
        "hours",
        "credits held by those who save for an old age they have not reached",
        lambda r: r.weekly("credits_saved_minutes") / 60.0,
    )
    yield Outcome(
        "credits_waiting_hours",
        "hours",
        "hours of service that holders asked for and wait for",
        lambda r: r.weekly("credits_waiting_minutes") / 60.0,
    )
    yield Outcome(
        "credits_waiting_requests",
        "requests",
        "requests for service that wait, one per holder",
        lambda r: r.weekly("credits_waiting_requests"),
    )
    yield Outcome(
        "credits_waited_weeks",
        "weeks",
        "mean wait from asking to complete service, over all requests completed so far",
        lambda r: _ratio(r.weekly("credits_waited_weeks"), r.weekly("credits_completed_requests")),
    )
    yield Outcome(
        "credits_liquidity_share",
        "share",
        "what holders expect: service redeemable in 8 weeks / hours asked, at most 1, smoothed",
        lambda r: r.weekly("credits_liquidity") / FIXED_POINT,
    )


def _received(r: Recorded) -> Floats:
    return r.count("care_volunteer_minutes") + r.count("care_party_minutes") + r.count("care_paid_minutes")


def _care() -> Iterator[Outcome]:
    for what, doc in (
        ("needed", "care needed this week, and hours asked for credits this week"),
        ("volunteer", "care received from volunteers this week, redeemed hours included"),
        ("party", "care received from Party members on duty this week"),
        ("paid", "paid care received this week"),
    ):
        yield Outcome(f"care_{what}_hours", "hours", doc, _hours(f"care_{what}_minutes"))
    yield Outcome(
        "care_unmet_hours",
        "hours",
        "care needed - received this week (below 0 where older requests are served)",
        lambda r: (r.count("care_needed_minutes") - _received(r)) / 60.0,
    )
    yield Outcome(
        "care_unmet_year_hours",
        "hours",
        "the same over the last 52 weeks",
        lambda r: r.last_year(r.count("care_needed_minutes") - _received(r)) / 60.0,
    )
    yield Outcome(
        "care_coverage_share",
        "share",
        "care received / care needed, in the last 52 weeks",
        lambda r: _ratio(r.last_year(_received(r)), r.last_year(r.count("care_needed_minutes"))),
    )
    yield Outcome(
        "care_redeemed_hours",
        "hours",
        "volunteers' hours of care this week that went to credit holders",
        lambda r: r.weekly("care_redeemed_minutes") / 60.0,
    )
    yield Outcome(
        "care_idle_hours",
        "hours",
        "hours of care given this week that nobody needed",
        lambda r: r.weekly("care_idle_minutes") / 60.0,
    )
    yield Outcome(
        "care_unmet_persons",
        "persons",
        "persons whose weekly need of care was not fully met",
        lambda r: r.weekly("care_unmet_persons"),
    )


def _party() -> Iterator[Outcome]:
    yield Outcome(
        "in_service_persons", "persons", "Party members in service", lambda r: r.count("in_service")
    )
    yield Outcome(
        "mobilised_share",
        "share",
        "Party members in service with an hour or more of duty in the last 52 weeks / all of them",
        lambda r: r.window(_ratio(r.count("mobilised"), r.count("in_service"))),
    )
    yield Outcome(
        "quota_met_persons",
        "persons",
        "Party members in service who have served the quota of the fiscal year so far",
        lambda r: r.weekly("party_quota_met"),
    )
    yield Outcome(
        "turnout_share",
        "share",
        "Party members in service who served the quota / all of them, in the last week of a fiscal year",
        lambda r: np.where(
            (r.result.weeks % YEAR == 0)[:, None],
            r.window(_ratio(r.weekly("party_quota_met"), r.count("in_service")[:, :1])),
            np.nan,
        ),
    )
    others = GROUPS.index("party:no")
    yield Outcome(
        "followers_per_mobilised_persons",
        "persons",
        "active volunteers who are not Party members / Party members with an hour of duty, in 52 weeks",
        lambda r: r.window(
            _ratio(r.count("active_volunteers")[:, others, None], r.count("mobilised")[:, :1])
        ),
    )
    for name, unit, doc in (
        ("party_visits", "visits", "visits of Party members to their households so far"),
        ("staff_visits", "visits", "visits and grid contacts of staff so far"),
        ("staff_visits_refused", "visits", "visits and grid contacts not made for lack of staff so far"),
        ("organizations_with_party", "organizations", "organizations with a Party member"),
    ):
        column = name if name.endswith(unit) else f"{name}_{unit}"
        yield Outcome(column, unit, doc, lambda r, n=name: r.weekly(n))  # type: ignore[misc]
    yield Outcome(
        "staff_free_hours",
        "hours",
        "staff time left this week after administration and visits",
        lambda r: r.weekly("staff_free_minutes") / 60.0,
    )
    for what, doc in (("cash", "money"), ("in_kind", "rooms, at the shadow price,")):
        yield Outcome(
            f"units_{what}_yuan",
            "yuan",
            f"{doc} given by resident units so far",
            lambda r, w=what: r.weekly(f"unit_{w}_fen") / 100,  # type: ignore[misc]
        )


def _all() -> Iterator[Outcome]:
    yield Outcome("adults_persons", "persons", "adults", lambda r: r.adults)
    for k in ACTIVITIES:
        yield from _by_activity(k)
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
    yield Outcome("members_share", "share", "members of any organization / adults", _share("members"))
    yield Outcome(
        "members_per_resident_share",
        "share",
        "members / persons, children included",
        _share("members", "residents"),
    )
    yield Outcome(
        "memberships_per_member",
        "memberships",
        "memberships / members",
        lambda r: _ratio(r.count("memberships"), r.count("members")),
    )
    yield Outcome("registered_share", "share", "registered volunteers / adults", _share("registered"))
    yield Outcome(
        "registered_per_resident_share",
        "share",
        "registered volunteers / persons, children included",
        _share("registered", "residents"),
    )
    yield Outcome(
        "active_per_registered_share",
        "share",
        "registered volunteers who served an hour or more in the last 52 weeks / registered volunteers",
        lambda r: r.window(_ratio(r.count("registered_active"), r.count("registered"))),
    )
    yield Outcome(
        "active_volunteers_share",
        "share",
        "served an hour or more in the last 52 weeks / adults",
        lambda r: r.window(_ratio(r.count("active_volunteers"), r.adults)),
    )
    yield Outcome(
        "active_volunteers_per_resident_share",
        "share",
        "the same / persons, children included",
        lambda r: r.window(r.count("active_volunteers") / r.residents),
    )
    yield Outcome("served_hours", "hours", "hours of service this week", _hours("served_minutes"))
    yield Outcome(
        "served_without_duty_hours",
        "hours",
        "the same without Party duty",
        _hours("served_minutes", "duty_minutes"),
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
        lambda r: _ratio(_without_duty(r), r.count("active_volunteers")),
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
    yield from _issues()
    yield Outcome("fatigue_mean", "contacts", "mean fatigue of adults", lambda r: r.mean("fatigue"))
    yield Outcome("asked_share", "share", "hold an ask / adults", _share("asked"))
    yield Outcome(
        "asks_per_adult_year",
        "asks per adult and year",
        "asks received in the last 52 weeks / adults",
        lambda r: _ratio(r.last_year(r.count("asks")), r.adults),
    )
    yield Outcome(
        "moved_per_adult_year",
        "moves per adult and year",
        "residents who moved away, and were replaced, in the last 52 weeks / adults",
        lambda r: r.last_year(np.diff(r.weekly("moved"), axis=0, prepend=np.nan)) / r.adults[:, :1],
    )
    yield Outcome(
        "arrived_persons",
        "persons",
        "moved in this week",
        lambda r: r.count("arrived"),
    )
    yield Outcome("enrolled_share", "share", "enrolled for credits / adults", _share("enrolled"))
    yield Outcome("credits_held_hours", "hours", "credits held", _hours("credit_minutes"))
    for what in ("issued", "spent", "expired", "cancelled", "donated"):
        yield Outcome(
            f"credits_{what}_hours",
            "hours",
            f"credits {what} so far",
            lambda r, w=what: r.weekly(f"credits_{w}_minutes") / 60.0,  # type: ignore[misc]
        )
    yield Outcome(
        "credits_rationed_weeks",
        "weeks",
        "weeks so far in which credits were rationed",
        lambda r: r.weekly("credits_rationed_weeks"),
    )
    yield Outcome(
        "credits_coverage_share",
        "share",
        "credited minutes / eligible minutes of the last week that had any",
        lambda r: r.result.spread[:, 2, None],
    )
    yield from _credit_use()
    yield from _care()
    for what in LEDGER:
        yield Outcome(
            f"{what}_yuan",
            "yuan",
            f"{what.replace('_', ' ')}, accounts of the policy, so far"
            if what not in ("liability", "uncommitted", "contracts")
            else f"{what}, accounts of the policy, now",
            lambda r, w=what: r.money(w),  # type: ignore[misc]
        )
    yield from _government()
    yield Outcome(
        "staff_in_kind_yuan",
        "yuan",
        "staff hours in kind so far",
        lambda r: r.weekly("staff_in_kind_fen") / 100,
    )
    yield from _party()
    for what, doc in (("balance", "money of organizations now"), ("spent", "spent by them so far")):
        yield Outcome(
            f"organizations_{what}_yuan",
            "yuan",
            doc,
            lambda r, w=what: r.weekly(f"organization_{w}_fen") / 100,  # type: ignore[misc]
        )
    yield Outcome(
        "organizations_in_kind_yuan",
        "yuan",
        "rooms lent to organizations so far, at the shadow price",
        lambda r: r.weekly("organization_in_kind_fen") / 100,
    )
    yield from _life()


def _life() -> Iterator[Outcome]:
    """How many organizations there are, of which kind, and how they fare."""
    forms = [f"organizations_{form}" for form in LEGAL_FORMS]

    def alive(r: Recorded) -> Floats:
        return np.asarray(sum(r.weekly(f) for f in forms), np.float64)

    yield Outcome("organizations_alive", "organizations", "living organizations", alive)
    for name, doc in (
        *((f, f"living organizations that are {form}") for f, form in zip(forms, LEGAL_FORMS, strict=True)),
        ("organizations_founded", "founded so far, spin-up included"),
        ("organizations_dissolved", "dissolved so far, spin-up included"),
        ("organizations_merged", "merged into others so far, spin-up included"),
        ("organizations_led", "living organizations with a leader"),
        ("organizations_covered", "led by a Party member, or with three or more of them"),
    ):
        yield Outcome(name, "organizations", doc, lambda r, n=name: r.weekly(n))  # type: ignore[misc]
    for state, doc in (
        ("drive", "mean drive of living organizations"),
        ("dependence", "mean share of the largest payer in their income"),
    ):
        yield Outcome(
            f"organizations_{state}_mean",
            "0 to 1",
            doc,
            lambda r, s=state: _ratio(r.weekly(f"organizations_{s}") / FIXED_POINT, alive(r)),  # type: ignore[misc]
        )
    for money, doc in (
        ("fees", "fees of members so far"),
        ("returned", "balances of dissolved organizations so far"),
    ):
        yield Outcome(
            f"organizations_{money}_yuan",
            "yuan",
            doc,
            lambda r, m=money: r.weekly(f"organization_{m}_fen") / 100,  # type: ignore[misc]
        )


OUTCOMES: dict[str, Outcome] = {outcome.name: outcome for outcome in _all()}
"""Every column of the series by name, in the order of the columns."""


def series(result: RunResult) -> pd.DataFrame:
    """One row per week, community and group; columns as in `OUTCOMES`, nan where a figure has no meaning.

    Figures of the whole community stand in the rows of the group "all" only. Of a district the rows of a week
    are its totals, under its own name, and then those of its communities.
    """
    import pandas as pd

    if result.communities:
        parts = [_series(one) for one in (result, *result.communities)]
        return pd.concat(parts, ignore_index=True).sort_values("week", kind="stable", ignore_index=True)
    return _series(result)


def _series(result: RunResult) -> pd.DataFrame:
    """The series of one community, or of the totals of a district."""
    import pandas as pd

    recorded = Recorded(result)
    weeks, groups = len(result.weeks), len(GROUPS)
    columns: dict[str, object] = {
        "week": np.repeat(result.weeks, groups),
        "community": result.scenario,
        "group": np.tile(np.array(GROUPS, object), weeks),
    }
    for outcome in OUTCOMES.values():
        values = outcome.compute(recorded)
        if values.shape[1] == 1:
            values = np.hstack([values, np.full((weeks, groups - 1), np.nan)])
        columns[outcome.name] = values.reshape(-1)
    return pd.DataFrame(columns)


def tidy(result: RunResult) -> pd.DataFrame:
    """The series in long form, with scenario, policy, world and luck before, the unit behind."""
    wide = series(result)
    keys = ["week", "community", "group"]
    long = wide.melt(keys, var_name="outcome", value_name="value").dropna(subset="value", ignore_index=True)
    for place, name in enumerate(("scenario", "policy", "world", "luck")):
        long.insert(place, name, getattr(result, name))
    long["unit"] = long["outcome"].map({name: outcome.unit for name, outcome in OUTCOMES.items()})
    return long


def ledger(result: RunResult) -> pd.DataFrame:
    """Money by week and account: columns week, account, payer, kind and, in yuan, those of
    `model.government.LEDGER`."""
    import pandas as pd

    yuan = result.money.reshape(-1, len(LEDGER)) / 100.0
    table = pd.DataFrame(yuan, columns=[f"{name}_yuan" for name in LEDGER])
    table.insert(0, "account", np.tile(np.array(result.accounts, object), len(result.weeks)))
    table.insert(0, "week", np.repeat(result.weeks, len(result.accounts)))
    for place, (name, values) in enumerate((("payer", result.payers), ("kind", result.kinds)), 2):
        table.insert(place, name, np.tile(np.array(values, object), len(result.weeks)))
    return table


def cash(result: RunResult) -> pd.DataFrame:
    """Cash by week and payer, in yuan: appropriated = spent + committed + returned.

    Committed is all that is set aside and not yet paid: contracts, what backs credits, and the uncommitted
    rest of the year. What is given in kind is not cash and stands in `ledger` only.
    """
    books = ledger(result)
    committed = books["contracts_yuan"] + books["liability_yuan"] + books["uncommitted_yuan"]
    books = books.assign(committed_yuan=committed)
    columns = [f"{name}_yuan" for name in ("appropriated", "spent", "committed", "returned")]
    return books.groupby(["week", "payer"], sort=False, as_index=False)[columns].sum()


def dictionary() -> pd.DataFrame:
    """The data dictionary of the series: outcome, unit, meaning."""
    import pandas as pd

    rows = [(outcome.name, outcome.unit, outcome.doc) for outcome in OUTCOMES.values()]
    return pd.DataFrame(rows, columns=["outcome", "unit", "meaning"])
