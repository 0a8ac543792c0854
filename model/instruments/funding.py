"""Instruments that bring money or rooms to organizations."""

from __future__ import annotations

from typing import Literal

from model.instruments.base import ForOrganizations, Funded, Priced


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
