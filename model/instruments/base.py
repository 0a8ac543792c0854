"""What do all instruments share: weeks in force, targets, money?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from model.core.given import plain
from model.core.texts import N_
from model.parameters.declare import Grows
from model.parameters.population import AGE_BANDS, EDUCATIONS, EMPLOYMENTS, SEXES

FIELDS = ("arts", "sport", "learning", "elder_care", "environment", "mediation", "council")
FIELD_ACTIVITY = (0, 0, 0, 1, 1, 2, 2)
SLOTS = ("day", "evening", "weekend")
LEGAL_FORMS = ("informal", "filed", "registered")

RESIDENT_TARGETS: Mapping[str, tuple[str | bool, ...]] = {
    "sex": SEXES,
    "age_band": AGE_BANDS,
    "employment": EMPLOYMENTS,
    "education": EDUCATIONS,
    "migrant": (False, True),
    "party": (False, True),
    "in_service": (False, True),
    "needs_care": (False, True),
    "registered": (False, True),
}
ORGANIZATION_TARGETS: Mapping[str, tuple[str, ...] | None] = {
    "field": FIELDS,
    "legal_form": LEGAL_FORMS,
    "name": None,
}

TargetValue = tuple[bool | str, ...]
Target = Mapping[str, TargetValue]


def fen(yuan: float) -> int:
    """Yuan as whole fen, halves up."""
    return int(yuan * 100 + 0.5)


RESERVED_PAYERS = ("members", "merger", "start", "unit")
"""Payers under which organizations book what no instrument pays (`week.drive`, `state.organizations`)."""


def quarter_fen(yuan_per_hour: float) -> int:
    """Fen for a quarter of an hour, halves up."""
    return int(25 * yuan_per_hour + 0.5)


def measured(unit: str, grows: Grows = "") -> dict[str, Any]:
    """The unit of a field, and with what it grows, as ``json_schema_extra``."""
    return {"measured": unit, "grows": grows}


def fits(fields: tuple[int, ...], legal_form: str, name: str, target: Target) -> bool:
    """True if an organization of these fields, legal form and name is in ``target``."""
    own: dict[str, set[object]] = {
        "field": {FIELDS[f] for f in fields},
        "legal_form": {legal_form},
        "name": {name},
    }
    return all(own[column] & set(values) for column, values in target.items())


class AnyInstrument(BaseModel):
    """What all instruments share: the weeks in force, first and last included.

    A kind says what it is called (``label``), what it means (``meaning``), what a community must have for it
    to act (``needs``), what the evidence for it cannot carry (``caveat``, told on every result that it
    touches), and which parameter holds the unit price it takes by default (``price_of``). All texts are
    marked for translation.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    label: ClassVar[str]
    caveat: ClassVar[str] = ""
    meaning: ClassVar[str]
    needs: ClassVar[str]
    price_of: ClassVar[str] = ""

    kind: str
    start: int | None = Field(
        None,
        ge=-5200,
        le=520_000,
        description=N_("first week in force; from the beginning if absent"),
        json_schema_extra=measured("week"),
    )
    end: int | None = Field(
        None,
        ge=-5200,
        le=520_000,
        description=N_("last week in force; to the end if absent"),
        json_schema_extra=measured("week"),
    )
    payer: str = Field(
        "government", min_length=1, max_length=60, description=N_("who pays, such as a foundation")
    )

    @model_validator(mode="before")
    @classmethod
    def _pythons_own(cls, data: Any) -> Any:
        return plain(data)

    @field_validator("payer")
    @classmethod
    def _from_outside(cls, value: str) -> str:
        if value in RESERVED_PAYERS:
            raise ValueError(f"{value!r} is a payer of the model itself; name who pays, such as 'foundation'")
        return value

    @field_validator("units", "buy_from", check_fields=False)
    @classmethod
    def _each_once(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for one in value or ():
            if (value or ()).count(one) > 1:
                raise ValueError(f"{one!r} is named twice")
        return value

    def in_force(self, week: int) -> bool:
        """True in the weeks from `start` to `end`; an empty interval is never in force."""
        return (self.start is None or week >= self.start) and (self.end is None or week <= self.end)

    def weeks_in_force(self, weeks: int) -> int:
        """How many of the weeks 1 to ``weeks`` it is in force."""
        first = 1 if self.start is None else max(1, self.start)
        last = weeks if self.end is None else min(weeks, self.end)
        return max(0, last - first + 1)


class ForResidents(AnyInstrument):
    """Instruments aimed at residents: a table of column = value or values; without it, everybody."""

    target: dict[str, TargetValue] = Field(
        default_factory=dict, description=N_("residents it is aimed at; everybody if absent")
    )

    @field_validator("target", mode="before")
    @classmethod
    def _known(cls, value: object) -> object:
        return checked_target(value, RESIDENT_TARGETS)


class ForOrganizations(AnyInstrument):
    """Instruments aimed at organizations: a table of column = value or values; without it, all of them."""

    target: dict[str, TargetValue] = Field(
        default_factory=dict, description=N_("organizations it is aimed at; all of them if absent")
    )

    @field_validator("target", mode="before")
    @classmethod
    def _known(cls, value: object) -> object:
        return checked_target(value, ORGANIZATION_TARGETS)


class Funded(AnyInstrument):
    """Instruments with a yearly amount."""

    amount_yuan: float = Field(
        ge=0,
        le=1e10,
        description=N_("money for a whole year in force"),
        json_schema_extra=measured("yuan/year", grows="community"),
    )


class Priced(Funded):
    """Funded instruments that buy units at a price of their own or that of the `costs` table."""

    price_yuan: float | None = Field(
        None, gt=0, le=1e9, description=N_("unit price; that of the `costs` table if absent")
    )


def checked_target(
    value: object, known: Mapping[str, tuple[bool | str, ...] | tuple[str, ...] | None]
) -> object:
    """A target table {column: value or list of values} with known columns and values only."""
    if not isinstance(value, Mapping):
        raise ValueError("target must be a table such as {age_band = ['60-69', '70+']}")
    out: dict[str, TargetValue] = {}
    for column, wanted in value.items():
        if column not in known:
            raise ValueError(f"unknown column {column!r} in target; known: {', '.join(known)}")
        many = tuple(wanted) if isinstance(wanted, list | tuple) else (wanted,)
        if not many:
            raise ValueError(f"{column} has no value, so that nobody is meant; leave the column out for all")
        for one in many:
            if many.count(one) > 1:
                raise ValueError(f"{column} names {one!r} twice")
        allowed = known[column]
        for one in many:
            good = (
                isinstance(one, str)
                if allowed is None
                else any(one is a or (one == a and type(one) is type(a)) for a in allowed)
            )
            if not good:
                names = (
                    "a name"
                    if allowed is None
                    else ", ".join(a if isinstance(a, str) else str(a).lower() for a in allowed)
                )
                raise ValueError(f"{column} = {one!r} is not a value of this column; write {names}")
        out[column] = many
    return out
