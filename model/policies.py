"""Policies: frozen values made of instruments, one class per kind. They hold no code and change no state.

A phase asks for the instruments of its kind that are in force (`Policies.active`) and acts on them (ODD 7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

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


class AnyInstrument(BaseModel):
    """What all instruments share: the weeks in force, first and last included."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    kind: str
    start: int | None = Field(None, ge=-5200, le=520_000)
    end: int | None = Field(None, ge=-5200, le=520_000)
    payer: str = Field("government", min_length=1, max_length=60)

    def in_force(self, week: int) -> bool:
        """True in the weeks from `start` to `end`; an empty interval is never in force."""
        return (self.start is None or week >= self.start) and (self.end is None or week <= self.end)


class ForResidents(AnyInstrument):
    """Instruments aimed at residents: a table of column = value or values; without it, everybody."""

    target: dict[str, TargetValue] = Field(default_factory=dict)

    @field_validator("target", mode="before")
    @classmethod
    def _known(cls, value: object) -> object:
        return checked_target(value, RESIDENT_TARGETS)


class ForOrganizations(AnyInstrument):
    """Instruments aimed at organizations: a table of column = value or values; without it, all of them."""

    target: dict[str, TargetValue] = Field(default_factory=dict)

    @field_validator("target", mode="before")
    @classmethod
    def _known(cls, value: object) -> object:
        return checked_target(value, ORGANIZATION_TARGETS)


class Funded(AnyInstrument):
    """Instruments with a yearly amount."""

    amount_yuan: float = Field(ge=0, le=1e10, description="yuan per year")


class Priced(Funded):
    """Funded instruments that buy units at a price of their own or that of the `costs` table."""

    price_yuan: float | None = Field(
        None, gt=0, le=1e9, description="unit price; the `costs` table if absent"
    )


class Grant(Funded, ForOrganizations):
    """Money for organizations, in equal parts, released weekly (MF01, MF04)."""

    kind: Literal["grant"] = "grant"


class Award(Priced, ForOrganizations):
    """At the end of the fiscal year to the organizations with most attendances (ME01); price = smallest
    award."""

    kind: Literal["award"] = "award"


class Premises(Funded, ForOrganizations):
    """Rooms hired at `costs.room_hour` and lent to organizations (MV01)."""

    kind: Literal["premises"] = "premises"


class TrainResidents(Priced, ForResidents):
    """Training seats for residents; price = seat."""

    kind: Literal["train_residents"] = "train_residents"


class TrainVolunteers(Priced, ForResidents):
    """Training seats for registered volunteers; price = seat."""

    kind: Literal["train_volunteers"] = "train_volunteers"


class TrainStaff(Priced, ForOrganizations):
    """Training days for the staff of organizations; price = day."""

    kind: Literal["train_staff"] = "train_staff"


class CreditScheme(Priced, ForResidents):
    """Volunteer credits (MC01): hours earn goods; price = value of an hour in goods."""

    kind: Literal["credits"] = "credits"
    controlling: float = Field(0.0, ge=0, le=1, description="0 supportive, 1 controlling")


class Ask(ForResidents):
    """Everybody in the target is asked for an activity every so many weeks (MM02)."""

    kind: Literal["ask"] = "ask"
    activity: Literal["culture", "service", "deliberation"]
    source: Literal["letter", "visit", "member"] = "letter"
    every_weeks: int = Field(ge=1, le=5200)


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


Kind = TypeVar("Kind", bound=AnyInstrument)

Instrument = Annotated[
    Grant
    | Award
    | Premises
    | TrainResidents
    | TrainVolunteers
    | TrainStaff
    | CreditScheme
    | Ask
    | Visit
    | PartyDuty
    | PartyVisits,
    Field(discriminator="kind"),
]


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
                    else ", ".join(str(a).lower() if isinstance(a, bool) else a for a in allowed)
                )
                raise ValueError(f"{column} = {one!r} is not a value of this column; write {names}")
        out[column] = many
    return out


@dataclass(frozen=True)
class Named(Generic[Kind]):
    """One instrument with the name under which its account runs, such as ``funding.grants``."""

    name: str
    instrument: Kind


@dataclass(frozen=True)
class Policy:
    """A named tuple of instruments. ``none`` has no instruments and is the baseline."""

    name: str
    instruments: tuple[Named[AnyInstrument], ...] = ()

    def __add__(self, other: Policy) -> Policy:
        """The package of two policies."""
        return Policy(f"{self.name}+{other.name}", self.instruments + other.instruments)

    @property
    def yearly_yuan(self) -> float:
        """Yearly sum of all funded instruments, in yuan."""
        return sum(n.instrument.amount_yuan for n in self.instruments if isinstance(n.instrument, Funded))

    def scaled(self, factor: float) -> Policy:
        """The same policy with every amount multiplied, rounded to whole fen."""
        return Policy(
            self.name,
            tuple(
                Named(
                    n.name,
                    n.instrument.model_copy(
                        update={"amount_yuan": fen(n.instrument.amount_yuan * factor) / 100}
                    ),
                )
                if isinstance(n.instrument, Funded)
                else n
                for n in self.instruments
            ),
        )


NONE = Policy("none")


class Policies:
    """The instruments of an arm: status quo first, then those of its policy."""

    def __init__(self, named: Iterable[Named[AnyInstrument]]) -> None:
        self.named = tuple(named)

    def of(self, kind: type[Kind]) -> list[Named[Kind]]:
        """Instruments of a class such as `Grant` or `Funded`, in order."""
        return [n for n in self.named if isinstance(n.instrument, kind)]  # type: ignore[misc]

    def active(self, kind: type[Kind], week: int) -> list[Named[Kind]]:
        """Instruments of a class that are in force in a week, in order."""
        return [n for n in self.of(kind) if n.instrument.in_force(week)]
