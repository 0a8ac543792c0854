"""Instruments that make organizations known and help them to start."""

from __future__ import annotations

from typing import Literal

from model.core.texts import N_
from model.instruments.base import ForOrganizations, ForResidents, Funded, Priced


class Publicity(Priced, ForResidents):
    """Residents learn of what there is to take part in (MI03, MI04); price = contact."""

    kind: Literal["publicity"] = "publicity"
    label = N_("publicity")
    caveat = N_("publicity: the size is a guess")
    meaning = N_("Residents learn of what there is to take part in.")
    needs = N_("Residents in the target.")
    price_of = "costs.publicity_contact"


class Workstation(Funded, ForOrganizations):
    """An office that helps organizations to start and to work (MO03); it runs while its cost is paid."""

    kind: Literal["workstation"] = "workstation"
    label = N_("workstation for community organizations")
    caveat = N_("workstations: no causal evidence that they raise participation")
    meaning = N_("An office that helps organizations to start and to work; it runs while its cost is paid.")
    needs = N_("An amount of at least its running cost.")
    price_of = "costs.workstation_year"
