"""Instruments that bring money or rooms to organizations."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from model.instruments.base import ForOrganizations, Funded, Priced


class Controlled(Funded, ForOrganizations):
    """Support for organizations, from guidance (control 0) to administration of everything (1)."""

    control: float = Field(0.0, ge=0, le=1, description="0 guidance, 1 administration of everything")


class Allocated(Controlled):
    """Money that a rule of `model.allocation` splits over the organizations."""

    allocation: Literal["equal", "need", "tournament", "adaptive"] = "equal"


class Grant(Allocated):
    """Money for organizations, released weekly (MF01, MF04)."""

    kind: Literal["grant"] = "grant"


class Purchase(Priced, Allocated):
    """Sessions bought by contract from organizations of certain legal forms (MF02, C04); price = session."""

    kind: Literal["purchase"] = "purchase"
    buy_from: tuple[Literal["informal", "filed", "registered"], ...] = Field(
        ("registered",), min_length=1, max_length=3, strict=False
    )


class Award(Priced, Controlled):
    """At the end of the fiscal year to the organizations with most attendances (ME01); price = smallest
    award."""

    kind: Literal["award"] = "award"


class ProjectFund(Priced, Controlled):
    """Projects won in a quarterly contest (MF03, ME02); price = one project, administration included."""

    kind: Literal["project_fund"] = "project_fund"


class Premises(Controlled):
    """Rooms hired at `costs.room_hour` and lent to organizations (MV01)."""

    kind: Literal["premises"] = "premises"
