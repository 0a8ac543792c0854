"""Party members, stewards of building cells (ODD 7.5, 7.6)."""

from __future__ import annotations

from model.core.texts import N_
from model.parameters.declare import Submodel, param


class Party(Submodel):
    """Duty on service days, stewards, help in founding."""

    service_day_factor: float = param(
        1.5,
        unit="1",
        valid=(0, 10),
        low=1,
        high=2,
        label=N_("Party duty on service days, as a multiple"),
        doc="Times the duty term in the last month of each quarter, where there are service days.",
    )
    steward_rate: float = param(
        0.25,
        unit="1/week",
        valid=(0, 1),
        low=0.1,
        high=0.5,
        label=N_("how often a steward asks a neighbour"),
        doc="A steward asks a neighbour of the cell.",
    )
    steward_skill: float = param(
        0.5,
        unit="1",
        valid=(0, 1),
        low=0.4,
        high=0.6,
        label=N_("least skill of a steward"),
        doc="Least skill of a steward.",
    )
    party_founding: float = param(
        1.5,
        unit="1",
        valid=(0, 100),
        low=1,
        high=2,
        label=N_("founding with help of the Party branch, as a multiple"),
        doc="Times the hazard of founding while the branch builds organizations.",
    )
