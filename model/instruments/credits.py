"""Volunteer credits as an instrument."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from model.instruments.base import ForResidents, Priced


class CreditScheme(Priced, ForResidents):
    """Volunteer credits (MC01): hours earn goods; price = value of an hour in goods."""

    kind: Literal["credits"] = "credits"
    controlling: float = Field(0.0, ge=0, le=1, description="0 supportive, 1 controlling")
