"""Small communities that tests share: each a scenario of some dozens of adults, built from plain tables."""

from __future__ import annotations

from typing import Any

from model.instruments.policies import Policy
from model.scenario.scenario import Scenario

ORGANIZATIONS: dict[str, dict[str, Any]] = {
    "choir": {"fields": ["arts", "learning"], "legal_form": "filed", "members": 8, "lent_sessions": 0.5},
    "dance": {"fields": ["sport"], "members": 6, "open_air": True, "lent_sessions": 3.0, "drive": 0.8},
    "helpers": {"fields": ["elder_care", "environment"], "legal_form": "registered", "members": 7},
    "talks": {"fields": ["mediation"], "members": 4, "free_sessions": 0.4, "lent_sessions": 1.0},
}

SITTINGS: dict[str, dict[str, Any]] = {
    "hearing": {"field": "council", "every": "week", "places": 2},
    "forum": {"field": "mediation", "every": "month", "places": 3},
    "council": {"field": "council", "every": "two_months", "places": 5},
    "board": {"field": "council", "every": "quarter", "places": 4},
}

UNITS: dict[str, dict[str, Any]] = {
    "school": {"rooms": 2.5, "sponsorship_yuan": 5_000.13},
    "bank": {"sponsorship_yuan": 12_345.67},
    "library": {"rooms": 0.7, "title": "Library", "title_zh": "图书馆"},
}

STATUS_QUO: dict[str, dict[str, Any]] = {
    "base": {"kind": "grant", "amount_yuan": 60_000.0},
    "letters": {"kind": "ask", "activity": "deliberation", "every_weeks": 9},
}

BUSY = {"b0": {"culture": -2.5, "service": -3.0, "deliberation": -2.5}}
"""Intercepts under which a few dozen residents do enough for every branch to be taken."""

VOCAL: dict[str, Any] = {
    "issue_rate": 0.1,
    "issue_efficacy": 3.0,
    "deadline": {"private": 1, "small": 2, "big": 3},
    "withdraw_weeks": 7,
    "mediators_per_week": 4.0,
    "per_mediation_session": 5.0,
    "committee_hours": 150.0,
    "issue_hours": 4.0,
    "per_service_session": 0.3,
    "departments_per_week": 7.0,
    "per_sitting": 9.0,
    "publish_reach": 0.4,
}
"""Issues of a few dozen residents: more than anybody can settle in time, and some that are never settled."""

SETTLED = {
    "reference_members": 4.0,
    "small_members": 2.0,
    "threshold_filed": 9.0,
    "threshold_registered": 9.0,
}
"""Associations of a few members live about as long as ordinary ones."""

LIVELY = {
    "hazard": {"informal": 0.02, "filed": 0.02, "registered": 0.005},
    "small_members": 5.0,
    "founding_rate": 60.0,
    "founding_members": 4,
    "filing_rate": 0.3,
    "registering_rate": 0.2,
    "threshold_filed": 5.0,
    "threshold_registered": 6.0,
    "leader_rate": 0.2,
    "prof_money": 0.05,
    "ask_crowding": 0.6,
    "drive_rate": 0.2,
}
"""Associations that are founded, filed and dissolved within weeks."""


def world(persons: int = 60, **tables: Any) -> Scenario:
    """A busy community of ``persons`` persons; ``tables`` replace or add top-level tables of the scenario.

    Within the tables of submodels (``decision``, ``costs``...) single keys replace the busy defaults.
    """
    values: dict[str, Any] = {
        "format": 1,
        "name": "small",
        "run": {"weeks": 60, "spin_up": 3},
        "population": {
            "persons": persons,
            "households": max(1, persons * 2 // 5),
            "cell_households": 8,
            "party_share": 0.2,
        },
        "decision": dict(BUSY),
        "membership": {"leave_rate": 0.02},
        "mobilisation": {"ask_rate": 0.3},
        "issues": dict(VOCAL),
        "life": SETTLED,
        "committee": {"staff_per_1000": 20.0},
        "organization": ORGANIZATIONS,
        "sitting": SITTINGS,
        "unit": UNITS,
        "status_quo": STATUS_QUO,
    }
    for name, table in tables.items():
        old = values.get(name)
        merges = isinstance(old, dict) and name not in ("organization", "sitting", "unit", "status_quo")
        values[name] = {**old, **table} if merges else table
    return Scenario.model_validate(values)


def policy(**instruments: dict[str, Any]) -> Policy:
    """A policy of the given instruments, checked as a scenario's policies are."""
    scenario = Scenario.model_validate(
        {"format": 1, "organization": ORGANIZATIONS, "unit": UNITS, "policy": {"trial": instruments}}
    )
    return scenario.policy_named("trial")


SEVERAL: dict[str, dict[str, Any]] = {
    **ORGANIZATIONS,
    "clinic": {"fields": ["elder_care"], "legal_form": "registered", "members": 5, "professionalism": 0.9},
    "school": {"fields": ["learning"], "legal_form": "registered", "members": 9, "drive": 0.9},
}
"""More of those from whom government may buy."""

GOVERNED = {
    "buy": {"kind": "purchase", "amount_yuan": 60_000.0, "control": 0.7, "end": 40, "price_yuan": 250.0},
    "late": {
        "kind": "purchase",
        "amount_yuan": 52_000.37,
        "buy_from": ["filed", "registered"],
        "allocation": "adaptive",
        "start": 7,
        "price_yuan": 130.0,
    },
    "none": {"kind": "purchase", "amount_yuan": 5_000.0, "target": {"legal_form": "informal"}},
    "dear": {"kind": "purchase", "amount_yuan": 900.0, "start": 3, "end": 3},
    "fund": {"kind": "project_fund", "amount_yuan": 30_000.0, "price_yuan": 3_000.0, "control": 0.2},
    "small": {"kind": "project_fund", "amount_yuan": 61_000.0, "start": 9, "end": 31, "payer": "union"},
    "best": {"kind": "grant", "amount_yuan": 8_000.07, "allocation": "tournament", "end": 33, "control": 1.0},
    "able": {"kind": "grant", "amount_yuan": 9_000.11, "allocation": "adaptive"},
    "rooms": {"kind": "premises", "amount_yuan": 9_000.0, "target": {"name": "choir"}, "control": 0.5},
    "posters": {"kind": "publicity", "amount_yuan": 300.0, "target": {"migrant": True}},
    "leaflets": {"kind": "publicity", "amount_yuan": 900.0, "price_yuan": 1.5, "start": 5, "end": 29},
    "station": {"kind": "workstation", "amount_yuan": 30_000.0, "start": 2, "end": 45},
    "desk": {"kind": "workstation", "amount_yuan": 9_000.0, "target": {"field": "arts"}},
}
"""What government can do for organizations."""

EVERYTHING = {
    "seats": {
        "kind": "train_residents",
        "amount_yuan": 9_000.0,
        "target": {"age_band": ["45-59", "60-69", "70+"]},
    },
    "volunteers": {"kind": "train_volunteers", "amount_yuan": 6_000.0, "price_yuan": 70.0, "start": 2},
    "staff": {
        "kind": "train_staff",
        "amount_yuan": 20_000.0,
        "target": {"legal_form": ["filed", "registered"]},
    },
    "grant": {
        "kind": "grant",
        "amount_yuan": 30_000.37,
        "start": 5,
        "end": 48,
        "target": {"field": "elder_care"},
    },
    "award": {"kind": "award", "amount_yuan": 21_000.0, "end": 57},
    "rooms": {"kind": "premises", "amount_yuan": 9_000.0, "target": {"name": ["choir", "helpers"]}},
    "halls": {"kind": "premises", "amount_yuan": 2_000.0, "target": {"field": "mediation"}, "end": 30},
    "credits": {"kind": "credits", "amount_yuan": 6_000.0, "controlling": 0.7, "end": 50},
    "care": {"kind": "paid_care", "amount_yuan": 8_000.0, "target": {"sex": "female"}, "start": 6},
    "letters": {"kind": "ask", "activity": "culture", "every_weeks": 4, "target": {"migrant": True}},
    "members": {"kind": "ask", "activity": "service", "source": "member", "every_weeks": 7, "start": 3},
    "visits": {"kind": "visit", "visits_per_year": 20.0, "target": {"needs_care": True}, "end": 10},
    "rounds": {"kind": "visit", "visits_per_year": 6.0},
    "duty": {"kind": "party_duty", "hours_per_year": 6.0},
    "pairs": {"kind": "party_visits", "start": 4},
    "orders": {"kind": "order_report_settle", "amount_yuan": 9_000.0, "start": 3, "end": 40},
    "answers": {"kind": "published_answers", "every_weeks": 5, "target": {"migrant": False}},
    "evenings": {"kind": "hearing", "field": "mediation", "every": "month", "places": 4, "end": 45},
    "rules": {"kind": "registration", "start": 6, "target": {"field": ["arts", "sport", "mediation"]}},
    "merger": {"kind": "merge", "into": 1, "start": 45, "target": {"field": ["arts", "sport", "learning"]}},
    "grid": {"kind": "grid", "every_weeks": 6, "courtesy": 0.3, "start": 7},
    "relief": {"kind": "relief", "share": 0.25, "start": 9},
    "stewards": {"kind": "stewards", "target": {"migrant": False}, "start": 6},
    "building": {"kind": "party_building", "per_quarter": 1},
    "carriers": {"kind": "party_issues", "per_member_year": 2.0},
    "seat": {"kind": "co_building", "units": ["library", "bank"], "target": {"name": ["choir", "talks"]}},
    "agreement": {"kind": "co_building", "start": 10, "end": 55},
}
"""One instrument of every kind, some of them twice."""

PARTY = {
    "duty": {
        "kind": "party_duty",
        "hours_per_year": 5.0,
        "service_days": True,
        "posts": True,
        "appraisal": 0.3,
    },
    "short": {"kind": "party_duty", "hours_per_year": 3.0, "start": 20},
    "pairs": {"kind": "party_visits", "every": "month"},
    "tours": {"kind": "party_visits", "every": "quarter"},
    "visits": {"kind": "visit", "visits_per_year": 26.0, "courtesy": 0.5, "target": {"party": False}},
    "grid": {"kind": "grid", "every_weeks": 2, "courtesy": 0.4},
    "needy": {"kind": "grid", "every_weeks": 3, "target": {"needs_care": True}, "end": 40},
    "relief": {"kind": "relief", "share": 0.5, "start": 10},
    "stations": {"kind": "relief", "share": 0.3, "start": 30, "end": 50},
    "stewards": {"kind": "stewards"},
    "elders": {"kind": "stewards", "target": {"age_band": ["60-69", "70+"]}, "start": 8, "end": 30},
    "building": {"kind": "party_building", "per_quarter": 2},
    "seat": {"kind": "co_building", "units": ["school"], "target": {"field": ["arts", "mediation"]}},
    "agreement": {"kind": "co_building", "start": 5},
}
"""Everything that Party, committee, cells and resident units can do, much of it twice."""
