"""How long: horizon and spin-up."""

from __future__ import annotations

from model.core.texts import N_
from model.parameters.declare import Submodel, param


class Run(Submodel):
    """Weeks of a run; 52 weeks are a year."""

    weeks: int = param(
        156,
        unit="weeks",
        valid=(0, 5200),
        label=N_("weeks that are simulated"),
        doc="Weeks after the spin-up.",
    )
    spin_up: int = param(
        104,
        unit="weeks",
        valid=(0, 5200),
        label=N_("weeks of today's practice before"),
        doc="Weeks of the status quo before week 1.",
    )
