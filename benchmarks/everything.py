"""A policy with an instrument of every kind, for a community with a budget of 30 yuan per household."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from model.instruments import Instrument
from model.instruments.policies import Named, Policy

TABLES: dict[str, dict[str, Any]] = {
    "grants": {"kind": "grant", "amount_yuan": 40_000, "allocation": "adaptive", "control": 0.3},
    "purchase": {"kind": "purchase", "amount_yuan": 40_000, "buy_from": ["filed", "registered"]},
    "contest": {"kind": "project_fund", "amount_yuan": 20_000},
    "awards": {"kind": "award", "amount_yuan": 20_000},
    "rooms": {"kind": "premises", "amount_yuan": 10_000},
    "posters": {"kind": "publicity", "amount_yuan": 5_000},
    "station": {"kind": "workstation", "amount_yuan": 40_000},
    "seats": {"kind": "train_residents", "amount_yuan": 30_000},
    "volunteers": {"kind": "train_volunteers", "amount_yuan": 10_000},
    "staff": {"kind": "train_staff", "amount_yuan": 10_000},
    "credits": {"kind": "credits", "amount_yuan": 50_000, "uses": ["goods", "service", "save", "donate"]},
    "care": {"kind": "paid_care", "amount_yuan": 50_000},
    "letters": {"kind": "ask", "activity": "culture", "every_weeks": 13, "share": 0.5, "rule": "likely"},
    "visits": {"kind": "visit", "visits_per_year": 2},
    "grid": {"kind": "grid", "every_weeks": 13},
    "duty": {"kind": "party_duty", "service_days": True, "posts": True},
    "pairs": {"kind": "party_visits"},
    "building": {"kind": "party_building"},
    "carriers": {"kind": "party_issues"},
    "units": {"kind": "co_building"},
    "relief": {"kind": "relief", "share": 0.3},
    "stewards": {"kind": "stewards"},
    "orders": {"kind": "order_report_settle", "amount_yuan": 20_000},
    "answers": {"kind": "published_answers"},
    "hearings": {"kind": "hearing", "every": "month", "places": 60},
    "rules": {"kind": "registration"},
    "merger": {"kind": "merge", "into": 7},
}

_INSTRUMENT: TypeAdapter[Any] = TypeAdapter(Instrument)

EVERYTHING = Policy(
    "everything", tuple(Named(f"everything.{k}", _INSTRUMENT.validate_python(t)) for k, t in TABLES.items())
)
