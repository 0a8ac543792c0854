"""Joining and leaving associations (ODD 7.12)."""

from __future__ import annotations

from model.core.texts import N_
from model.parameters.declare import ByKey, Submodel, param, per


class Membership(Submodel):
    """Probabilities per act and hazards per week."""

    join: ByKey = per(
        ("culture", "service", "deliberation"),
        (0.02, 0.5, 0.1),
        unit="1/act",
        valid=(0, 1),
        low=(0.01, 0.3, 0.05),
        high=(0.04, 0.7, 0.2),
        label=N_("chance of joining after an act ({key})"),
        doc="A participant joins the organizing association.",
    )
    join_asked: float = param(
        0.05,
        unit="1/act",
        valid=(0, 1),
        low=0.02,
        high=0.1,
        label=N_("chance of joining when asked by a member"),
        doc="The same when asked by a member, if larger.",
    )
    leave_rate: float = param(
        0.002,
        unit="1/week",
        valid=(0, 1),
        low=0.001,
        high=0.004,
        label=N_("rate of leaving an association"),
        doc="Hazard of leaving an association.",
    )
    idle_factor: float = param(
        4.0,
        unit="1",
        valid=(0, 1000),
        low=2,
        high=6,
        label=N_("leaving when idle, as a multiple"),
        doc="Times the hazard when idle.",
    )
    idle_weeks: int = param(
        26,
        unit="weeks",
        valid=(1, 64),
        label=N_("weeks without an act that count as idle"),
        doc="Weeks without an act that count as idle.",
    )
