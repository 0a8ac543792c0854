"""Instruments that change rules for organizations."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from model.instruments.base import ForOrganizations


class Registration(ForOrganizations):
    """Lower thresholds and faster procedure (MR01): filing, registering and founding become easier."""

    kind: Literal["registration"] = "registration"
    threshold_factor: float = Field(0.5, ge=0, le=10, description="times the members needed")
    rate_factor: float = Field(2.0, ge=0, le=100, description="times the weekly rate")
    founding_factor: float = Field(1.5, ge=0, le=100, description="times the rate of founding")


class Merge(ForOrganizations):
    """In its first week the smallest groups of the target merge within their activity (MR04)."""

    kind: Literal["merge"] = "merge"
    into: int = Field(ge=1, le=30_000, description="organizations of the target that remain")
