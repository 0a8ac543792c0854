"""Instruments that ask, visit and mobilise."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from model.core.texts import N_
from model.instruments.base import AnyInstrument, ForOrganizations, ForResidents, measured

COURTESY = N_("0 to 1: how much good manners and free services take off the fatigue of a contact")
STAFF = N_("Staff with time left after administration (`committee.staff_per_1000`, `committee.load`).")
IN_SERVICE = N_("Party members in service (`population.party_share` above 0).")


class Ask(ForResidents):
    """Residents in the target are asked for an activity every so many weeks (MM02).

    With ``share`` below 1 only that share of those whose turn it is: by lot, those likely to say yes
    (rational prospecting), or those in need.
    """

    kind: Literal["ask"] = "ask"
    label = N_("asking residents")
    caveat = N_("asking: by letter the size rests on voter turnout abroad; by others it is a guess")
    meaning = N_("Residents in the target are asked for an activity every so many weeks.")
    needs = N_("Offers of that activity: an organization or a sitting.")
    activity: Literal["culture", "service", "deliberation"] = Field(description=N_("what they are asked for"))
    source: Literal["letter", "visit", "member"] = Field("letter", description=N_("by whom they are asked"))
    every_weeks: int = Field(
        ge=1, le=5200, description=N_("weeks between two asks"), json_schema_extra=measured("weeks")
    )
    rule: Literal["random", "likely", "need"] = Field(
        "random",
        description=N_("who is asked if `share` is below 1: by lot, the likeliest, or those in need"),
    )
    share: float = Field(
        1.0,
        ge=0,
        le=1,
        description=N_("share asked of those whose turn it is"),
        json_schema_extra=measured("share"),
    )


class Visit(ForResidents):
    """Staff visit households (MD17)."""

    kind: Literal["visit"] = "visit"
    label = N_("visits by community staff")
    caveat = N_("visits: no causal evidence that they raise participation")
    meaning = N_("Community staff visit households.")
    needs = STAFF
    visits_per_year: float = Field(
        ge=0,
        le=52,
        description=N_("visits per household and year"),
        json_schema_extra=measured("visits/year"),
    )
    courtesy: float = Field(0.0, ge=0, le=1, description=COURTESY)


class Grid(ForResidents):
    """A fixed contact for every building cell calls on its households in turn (MM17, MD18)."""

    kind: Literal["grid"] = "grid"
    label = N_("grid contacts")
    caveat = N_("grid contacts: no causal evidence that they raise participation")
    meaning = N_("A fixed contact for every building calls on its households in turn.")
    needs = STAFF
    every_weeks: int = Field(
        ge=1,
        le=5200,
        description=N_("weeks between two contacts of a household"),
        json_schema_extra=measured("weeks"),
    )
    courtesy: float = Field(0.0, ge=0, le=1, description=COURTESY)


class Relief(AnyInstrument):
    """Administrative tasks are taken off the residents' committee (MO08, MR11)."""

    kind: Literal["relief"] = "relief"
    label = N_("relief of the residents' committee from administrative tasks")
    caveat = N_("relief of the residents' committee: no causal evidence that it raises participation")
    meaning = N_("Administrative tasks are taken off the residents' committee.")
    needs = N_("Work for the time won: visits, grid contacts or issues.")
    share: float = Field(
        ge=0,
        le=1,
        description=N_("share of the administrative load removed"),
        json_schema_extra=measured("share"),
    )


class Stewards(ForResidents):
    """In each building cell a capable resident of the target is steward for the fiscal year (MM01)."""

    kind: Literal["stewards"] = "stewards"
    label = N_("stewards of building cells")
    caveat = N_("stewards: no causal evidence that they raise participation")
    meaning = N_("In each building a capable resident is steward for a year: knows what there is, and asks.")
    needs = N_("Residents in the target with the skill of a steward (`party.steward_skill`).")


class PartyDuty(AnyInstrument):
    """In-service Party members serve a yearly quota of hours (MM14, MM20)."""

    kind: Literal["party_duty"] = "party_duty"
    label = N_("Party members' duty hours")
    caveat = N_("Party members' duty hours: no causal evidence that others follow")
    meaning = N_("Party members in service serve a yearly quota of hours.")
    needs = N_("Party members in service (`population.party_share` above 0), and places to serve.")
    hours_per_year: float = Field(
        16.0,
        ge=0,
        le=1000,
        description=N_("hours that each of them owes"),
        json_schema_extra=measured("hours/year"),
    )
    service_days: bool = Field(False, description=N_("more duty in the last month of each quarter"))
    posts: bool = Field(
        False, description=N_("posts by speciality: who is on duty always finds a fitting one")
    )
    appraisal: float = Field(
        1.0, ge=0, le=1, description=N_("1: the full rush before the appraisal, 0: none")
    )


class PartyVisits(AnyInstrument):
    """Party members visit their two paired households, by default every two months (MM18, MM19)."""

    kind: Literal["party_visits"] = "party_visits"
    label = N_("Party members' visits")
    caveat = N_("Party members' visits: no causal evidence that they raise participation")
    meaning = N_("Party members visit the two households that each is paired with.")
    needs = IN_SERVICE
    every: Literal["month", "two_months", "quarter"] = Field("two_months", description=N_("how often"))


class PartyBuilding(AnyInstrument):
    """The branch helps to found associations and sends members into those that have none (MM22, MM38)."""

    kind: Literal["party_building"] = "party_building"
    label = N_("help of the Party branch in founding organizations")
    caveat = N_("help in founding organizations: the size is a guess")
    meaning = N_("The Party branch helps to found associations and sends members into those that have none.")
    needs = N_("Party members (`population.party_share` above 0).")
    per_quarter: int = Field(
        1,
        ge=0,
        le=1000,
        description=N_("associations that get a Party member, a quarter"),
        json_schema_extra=measured("organizations/quarter"),
    )


class PartyIssues(AnyInstrument):
    """Mobilised Party members carry issues of residents to those who can settle them (MD15)."""

    kind: Literal["party_issues"] = "party_issues"
    label = N_("issues carried by Party members")
    caveat = N_("issues carried by Party members: no causal evidence that they raise participation")
    meaning = N_("Mobilised Party members carry issues of residents to those who can settle them.")
    needs = N_("Party members who serve duty hours: an instrument of kind party_duty.")
    per_member_year: float = Field(
        1.0,
        ge=0,
        le=52,
        description=N_("issues per mobilised member and year"),
        json_schema_extra=measured("issues/year"),
    )


class CoBuilding(ForOrganizations):
    """An agreement, or a seat in the Party committee, ties in resident units (MM14, MO06, C80)."""

    kind: Literal["co_building"] = "co_building"
    label = N_("agreements with resident units")
    caveat = N_("agreements with resident units: no causal evidence that they raise participation")
    meaning = N_("By agreement, resident units lend rooms to organizations and sponsor them.")
    needs = N_("A [unit.NAME] with rooms or sponsorship, and an organization in the target.")
    units: tuple[str, ...] | None = Field(
        None, min_length=1, strict=False, description=N_("names of the units; all of them if absent")
    )
