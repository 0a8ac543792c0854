"""Instruments that change rules for organizations."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from model.core.texts import N_
from model.instruments.base import ForOrganizations, measured


class Registration(ForOrganizations):
    """Lower thresholds and faster procedure (MR01): filing, registering and founding become easier."""

    kind: Literal["registration"] = "registration"
    label = N_("easier registration of organizations")
    caveat = N_("registration thresholds: no causal evidence that they raise participation")
    meaning = N_(
        "Lower thresholds and a faster procedure for filing, registering and founding organizations."
    )
    needs = N_("Organizations that are not registered yet, or will be founded.")
    threshold_factor: float = Field(0.5, ge=0, le=10, description=N_("times the members needed"))
    rate_factor: float = Field(2.0, ge=0, le=100, description=N_("times the weekly rate"))
    founding_factor: float = Field(1.5, ge=0, le=100, description=N_("times the rate of founding"))


class Merge(ForOrganizations):
    """In its first week the smallest groups of the target merge within their activity (MR04)."""

    kind: Literal["merge"] = "merge"
    label = N_("merging of organizations")
    caveat = N_("merging of organizations: no causal evidence that it raises participation")
    meaning = N_("In its first week the smallest organizations of the target merge within their activity.")
    needs = N_("More organizations in the target than `into`, two of them of one activity.")
    into: int = Field(
        ge=1,
        le=30_000,
        description=N_("organizations of the target that remain"),
        json_schema_extra=measured("organizations"),
    )
