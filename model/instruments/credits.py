"""Volunteer credits as an instrument."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from model.core.texts import N_
from model.instruments.base import ForResidents, Priced


class CreditScheme(Priced, ForResidents):
    """Volunteer credits (MC01): hours earn goods, hours of care, care in old age or something to give; price
    = value of an hour in goods, in whatever way it is used."""

    kind: Literal["credits"] = "credits"
    label = N_("volunteer credits")
    caveat = N_(
        "volunteer credits: no causal evidence from China; the size rests on rewards for blood donors"
    )
    meaning = N_("Hours of voluntary service earn credits for goods, care, old age or others.")
    needs = N_(
        "Places to serve: an organization whose field is elder_care or environment, with free sessions or "
        "money for sessions. One scheme at a time."
    )
    price_of = "costs.credit_value"
    controlling: float = Field(0.0, ge=0, le=1, description=N_("0 supportive, 1 controlling"))
    uses: tuple[Literal["goods", "service", "save", "donate"], ...] = Field(
        ("goods",), min_length=1, strict=False, description=N_("what holders may do with their credits")
    )
    donate_to: Literal["needs_care", "anyone"] = Field(
        "needs_care", description=N_("who receives donated credits")
    )

    @field_validator("uses")
    @classmethod
    def _once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) < len(value):
            raise ValueError("uses names a use twice; write each use once")
        return value
