"""Instruments of deliberation and responsiveness."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from model.instruments.base import AnyInstrument, ForResidents, Priced


class OrderReportSettle(Priced):
    """Issues are ordered, reported, settled (点单-报单-结单, MD12): money settles what queues longest, and
    what would be overdue goes one level up; price = an issue."""

    kind: Literal["order_report_settle"] = "order_report_settle"


class PublishedAnswers(ForResidents):
    """Answers to issues are published every so many weeks (MD10: every quarter)."""

    kind: Literal["published_answers"] = "published_answers"
    every_weeks: int = Field(13, ge=1, le=5200)


class Hearing(AnyInstrument):
    """Further sittings of the residents' committee (MD01, MD14)."""

    kind: Literal["hearing"] = "hearing"
    field: Literal["mediation", "council"] = "council"
    every: Literal["week", "month", "two_months", "quarter"]
    places: int = Field(ge=1, le=1_000_000)
