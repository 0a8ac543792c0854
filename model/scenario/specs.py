"""What does a scenario declare besides parameters: associations, sittings, seasons, units, targets?"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from model.core.given import plain
from model.instruments.base import FIELD_ACTIVITY, FIELDS

LegalForm = Literal["informal", "filed", "registered"]
WeekOfYear = Annotated[int, Field(ge=1, le=52)]
WITH_COMMUNITY: dict[str, Any] = {"grows": "community"}
MOST_SESSIONS = 250
"""Sessions a week that an association can be lent, or hold for nothing."""


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _pythons_own(cls, data: Any) -> Any:
        return plain(data)


class OrganizationSpec(Frozen):
    """One association at the start."""

    title: str = ""
    title_zh: str = ""
    fields: tuple[
        Literal["arts", "sport", "learning", "elder_care", "environment", "mediation", "council"], ...
    ] = Field(min_length=1, max_length=7, strict=False)
    legal_form: LegalForm = "informal"
    members: int = Field(ge=0, le=2_000_000, json_schema_extra=WITH_COMMUNITY)
    open_air: bool = False
    lent_sessions: float = Field(
        0.0,
        ge=0,
        le=MOST_SESSIONS,
        description="sessions a week in rooms lent by the status quo",
        json_schema_extra=WITH_COMMUNITY,
    )
    free_sessions: float = Field(
        0.0,
        ge=0,
        le=MOST_SESSIONS,
        description="sessions a week that cost nothing: in the open or in homes",
        json_schema_extra=WITH_COMMUNITY,
    )
    balance_yuan: float = Field(
        0.0,
        ge=0,
        le=1e10,
        description="cash at the start of the spin-up",
        json_schema_extra=WITH_COMMUNITY,
    )
    professionalism: float = Field(0.5, ge=0, le=1)
    drive: float = Field(0.5, ge=0, le=1)
    reputation: float = Field(0.5, ge=0, le=1)

    @model_validator(mode="after")
    def _one_activity(self) -> OrganizationSpec:
        if len({FIELD_ACTIVITY[FIELDS.index(f)] for f in self.fields}) > 1:
            raise ValueError(
                "the fields of one organization belong to one activity: culture (arts, sport, learning), "
                "service (elder_care, environment) or deliberation (mediation, council)"
            )
        return self

    @property
    def activity(self) -> int:
        """Index of the activity its fields belong to."""
        return FIELD_ACTIVITY[FIELDS.index(self.fields[0])]


class SittingSpec(Frozen):
    """A hearing, forum or council of the residents' committee."""

    title: str = ""
    title_zh: str = ""
    field: Literal["mediation", "council"] = "council"
    every: Literal["week", "month", "two_months", "quarter"]
    places: int = Field(ge=1, le=1_000_000, json_schema_extra=WITH_COMMUNITY)


class SeasonSpec(Frozen):
    """A part of the year, first and last week, in which residents take part more or less than otherwise."""

    title: str = ""
    title_zh: str = ""
    weeks: tuple[WeekOfYear, WeekOfYear] = Field(strict=False, description="first and last week of the year")
    culture: float = Field(1.0, ge=0.001, le=1000, description="factor of the odds")
    service: float = Field(1.0, ge=0.001, le=1000, description="factor of the odds")
    deliberation: float = Field(1.0, ge=0.001, le=1000, description="factor of the odds")
    free_time: float = Field(1.0, ge=0, le=10, description="factor of free time")

    @model_validator(mode="after")
    def _within_a_year(self) -> SeasonSpec:
        if self.weeks[0] > self.weeks[1]:
            raise ValueError(
                f"weeks = [{self.weeks[0]}, {self.weeks[1]}] ends before it begins; "
                "declare a season at the end of the year and one at its beginning"
            )
        return self


class UnitSpec(Frozen):
    """A school, bank or shop that may lend rooms and sponsor associations (AG09, MV10, MF09, MF15)."""

    title: str = ""
    title_zh: str = ""
    rooms: float = Field(
        0.0,
        ge=0,
        le=1e4,
        description="sessions a week that its rooms can house",
        json_schema_extra=WITH_COMMUNITY,
    )
    sponsorship_yuan: float = Field(
        0.0, ge=0, le=1e10, description="yuan per year", json_schema_extra=WITH_COMMUNITY
    )


class InputsSpec(Frozen):
    """Files a scenario brings: a residents' table and ties per layer (paths relative to the scenario's
    file)."""

    residents: str | None = None
    ties: dict[Literal["household", "cell", "friends", "work", "branch", "weak"], str] = Field(
        default_factory=dict
    )


class TargetSpec(Frozen):
    """A reported figure that the calibration aims at, with its tolerance and source."""

    outcome: str
    value: float
    tolerance: float = Field(gt=0)
    source: str = Field(min_length=3)


class FreeSpec(Frozen):
    """A parameter that the calibration may move, with its bounds."""

    parameter: str
    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> FreeSpec:
        if self.low >= self.high:
            raise ValueError(f"low = {self.low} must be below high = {self.high}")
        return self
