"""Instruments that make organizations known and help them to start."""

from __future__ import annotations

from typing import Literal

from model.instruments.base import ForOrganizations, ForResidents, Funded, Priced


class Publicity(Priced, ForResidents):
    """Residents learn of what there is to take part in (MI03, MI04); price = contact."""

    kind: Literal["publicity"] = "publicity"


class Workstation(Funded, ForOrganizations):
    """An office that helps organizations to start and to work (MO03); it runs while its cost is paid."""

    kind: Literal["workstation"] = "workstation"
