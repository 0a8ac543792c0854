"""Instruments that ask, visit and mobilise."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from model.instruments.base import AnyInstrument, ForOrganizations, ForResidents

COURTESY = "0 to 1: how much good manners and free services take off the fatigue of a contact"


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
    courtesy: float = Field(0.0, ge=0, le=1, description=COURTESY)


class Grid(ForResidents):
    """A fixed contact for every building cell calls on its households in turn (MM17, MD18)."""

    kind: Literal["grid"] = "grid"
    every_weeks: int = Field(ge=1, le=5200, description="weeks between two contacts of a household")
    courtesy: float = Field(0.0, ge=0, le=1, description=COURTESY)


class Relief(AnyInstrument):
    """Administrative tasks are taken off the residents' committee (MO08, MR11)."""

    kind: Literal["relief"] = "relief"
    share: float = Field(ge=0, le=1, description="share of the administrative load removed")


class Stewards(ForResidents):
    """In each building cell a capable resident of the target is steward for the fiscal year (MM01)."""

    kind: Literal["stewards"] = "stewards"


class PartyDuty(AnyInstrument):
    """In-service Party members serve a yearly quota of hours (MM14, MM20)."""

    kind: Literal["party_duty"] = "party_duty"
    hours_per_year: float = Field(16.0, ge=0, le=1000)
    service_days: bool = Field(False, description="more duty in the last month of each quarter")
    posts: bool = Field(False, description="posts by speciality: who is on duty always finds a fitting one")
    appraisal: float = Field(1.0, ge=0, le=1, description="1: the full rush before the appraisal, 0: none")


class PartyVisits(AnyInstrument):
    """Party members visit their two paired households, by default every two months (MM18, MM19)."""

    kind: Literal["party_visits"] = "party_visits"
    every: Literal["month", "two_months", "quarter"] = "two_months"


class PartyBuilding(AnyInstrument):
    """The branch helps to found associations and sends members into those that have none (MM22, MM38)."""

    kind: Literal["party_building"] = "party_building"
    per_quarter: int = Field(1, ge=0, le=1000, description="associations that get a Party member, a quarter")


class PartyIssues(AnyInstrument):
    """Mobilised Party members carry issues of residents to those who can settle them (MD15)."""

    kind: Literal["party_issues"] = "party_issues"
    per_member_year: float = Field(1.0, ge=0, le=52, description="issues per mobilised member and year")


class CoBuilding(ForOrganizations):
    """An agreement, or a seat in the Party committee, ties in resident units (MM14, MO06, C80)."""

    kind: Literal["co_building"] = "co_building"
    units: tuple[str, ...] | None = Field(
        None, min_length=1, strict=False, description="names of the units; all of them if absent"
    )
