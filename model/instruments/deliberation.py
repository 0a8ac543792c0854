"""Instruments of deliberation and responsiveness."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from model.core.texts import N_
from model.instruments.base import AnyInstrument, ForResidents, Priced, measured


class OrderReportSettle(Priced):
    """Issues are ordered, reported, settled (点单-报单-结单, MD12): money settles what queues longest, and
    what would be overdue goes one level up; price = an issue."""

    kind: Literal["order_report_settle"] = "order_report_settle"
    label = N_("ordering, reporting and settling of issues")
    caveat = N_("settling more issues: the size rests on an observational study of repeated reports")
    meaning = N_(
        "Issues are ordered, reported and settled: money settles what queues longest, and what would be "
        "overdue goes one level up."
    )
    needs = N_("Issues that residents raise (`issues.issue_rate` above 0).")
    price_of = "costs.issue_settled"


class PublishedAnswers(ForResidents):
    """Answers to issues are published every so many weeks (MD10: every quarter)."""

    kind: Literal["published_answers"] = "published_answers"
    label = N_("published answers to issues")
    caveat = N_("published answers: the size is a guess")
    meaning = N_("Answers to issues are published every so many weeks, so that others hear of them too.")
    needs = N_("Issues that residents raise (`issues.issue_rate` above 0).")
    every_weeks: int = Field(
        13,
        ge=1,
        le=5200,
        description=N_("weeks between two publications"),
        json_schema_extra=measured("weeks"),
    )


class Hearing(AnyInstrument):
    """Further sittings of the residents' committee (MD01, MD14)."""

    kind: Literal["hearing"] = "hearing"
    label = N_("further hearings")
    caveat = N_("further hearings: no causal evidence that they raise participation")
    meaning = N_("Further hearings and forums of the residents' committee.")
    needs = N_("Nothing besides.")
    field: Literal["mediation", "council"] = Field("council", description=N_("what is deliberated"))
    every: Literal["week", "month", "two_months", "quarter"] = Field(description=N_("how often it sits"))
    places: int = Field(
        ge=1,
        le=1_000_000,
        description=N_("residents for whom there is a place"),
        json_schema_extra=measured("persons", grows="community"),
    )
