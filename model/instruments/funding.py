"""Instruments that bring money or rooms to organizations."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from model.core.texts import N_
from model.instruments.base import ForOrganizations, Funded, Priced

ORGANIZATION = N_("An organization in the target.")


class Controlled(Funded, ForOrganizations):
    """Support for organizations, from guidance (control 0) to administration of everything (1)."""

    control: float = Field(0.0, ge=0, le=1, description=N_("0 guidance, 1 administration of everything"))


class Allocated(Controlled):
    """Money that a rule of `model.state.allocation` splits over the organizations."""

    allocation: Literal["equal", "need", "tournament", "adaptive"] = Field(
        "equal", description=N_("rule that splits the money over the organizations")
    )


class Grant(Allocated):
    """Money for organizations, released weekly (MF01, MF04)."""

    kind: Literal["grant"] = "grant"
    label = N_("grants")
    meaning = N_("Money for organizations, paid week by week.")
    needs = ORGANIZATION


class Purchase(Priced, Allocated):
    """Sessions bought by contract from organizations of certain legal forms (MF02, C04); price = session."""

    kind: Literal["purchase"] = "purchase"
    label = N_("purchase of services")
    caveat = N_("purchase of services: no causal evidence that it raises participation")
    meaning = N_("Government buys sessions from organizations by contract.")
    needs = N_("A seller: an organization in the target whose legal form is in `buy_from`.")
    price_of = "costs.session_cost.registered"
    buy_from: tuple[Literal["informal", "filed", "registered"], ...] = Field(
        ("registered",), min_length=1, max_length=3, strict=False, description=N_("legal forms that may sell")
    )


class Award(Priced, Controlled):
    """At the end of the fiscal year to the organizations with most attendances (ME01); price = smallest
    award."""

    kind: Literal["award"] = "award"
    label = N_("awards")
    caveat = N_("awards: no causal evidence that they raise participation")
    meaning = N_("At the end of the year an award to the organizations with most attendances.")
    needs = ORGANIZATION
    price_of = "costs.award"


class ProjectFund(Priced, Controlled):
    """Projects won in a quarterly contest (MF03, ME02); price = one project, administration included."""

    kind: Literal["project_fund"] = "project_fund"
    label = N_("project fund")
    caveat = N_("project fund: no causal evidence that it raises participation")
    meaning = N_("Projects that organizations win in a quarterly contest.")
    needs = ORGANIZATION
    price_of = "costs.project"


class Premises(Controlled):
    """Rooms hired at `costs.room_hour` and lent to organizations (MV01)."""

    kind: Literal["premises"] = "premises"
    label = N_("lent premises")
    caveat = N_("lent premises: no causal evidence that they raise participation")
    meaning = N_("Rooms are hired and lent to organizations that lack rooms for their sessions.")
    needs = N_("An organization in the target that meets indoors and has too few lent rooms.")
    price_of = "costs.room_hour"
