"""Instruments that ask, visit and mobilise."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from model.instruments.base import AnyInstrument, ForResidents


class Ask(ForResidents):
    """Residents in the target are asked for an activity every so many weeks (MM02).

    With ``share`` below 1 only that share of those whose turn it is: by lot, those likely to say yes
    (rational prospecting), or those in need.
    """

    kind: Literal["ask"] = "ask"
    activity: Literal["culture", "service", "deliberation"]
    source: Literal["letter", "visit", "member"] = "letter"
    every_weeks: int = Field(ge=1, le=5200)
    rule: Literal["random", "likely", "need"] = "random"
    share: float = Field(1.0, ge=0, le=1, description="share asked of those whose turn it is")


class Visit(ForResidents):
    """Staff visit households (MD17)."""

    kind: Literal["visit"] = "visit"
    visits_per_year: float = Field(ge=0, le=52, description="visits per household and year")


class PartyDuty(AnyInstrument):
    """In-service Party members serve a yearly quota of hours (MM14, MM20)."""

    kind: Literal["party_duty"] = "party_duty"
    hours_per_year: float = Field(16.0, ge=0, le=1000)


class PartyVisits(AnyInstrument):
    """Party members visit their two paired households every two months (MM18, MM19)."""

    kind: Literal["party_visits"] = "party_visits"
