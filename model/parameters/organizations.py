"""What associations can offer (ODD 7.4)."""

from __future__ import annotations

from model.core.texts import N_
from model.parameters.declare import ByKey, Submodel, param, per


class Organizations(Submodel):
    """Sessions are limited by money, people and premises, times drive."""

    places: ByKey = per(
        ("culture", "service", "deliberation"),
        (20, 10, 20),
        unit="persons/session",
        valid=(1, 1_000_000),
        label=N_("places of an indoor session ({key})"),
        doc="Places of an indoor session.",
        kind=int,
    )
    sessions_per_member: float = param(
        0.2,
        unit="1/week",
        valid=(0, 10),
        low=0.1,
        high=0.4,
        label=N_("sessions a week that one member can carry"),
        doc="Sessions a week that one member can carry.",
    )
    spend_weeks: float = param(
        13.0,
        unit="weeks",
        valid=(1, 520),
        label=N_("weeks over which a balance is spent"),
        doc="Weeks over which a balance is spent.",
    )
    rentable_sessions: float = param(
        2.0,
        unit="1/week",
        valid=(0, 250),
        grows="association",
        label=N_("sessions a week for which a room can be rented"),
        doc="Sessions a week for which an association can rent a room.",
    )
    session_hours: float = param(
        2.0,
        unit="hours",
        valid=(0.25, 24),
        label=N_("room hours of a session"),
        doc="Room hours of a session.",
    )
    gain_staff: float = param(
        0.03,
        unit="1/day",
        valid=(0, 1),
        low=0.0,
        high=0.06,
        label=N_("professional skill from a day of staff training"),
        doc="Professionalism from a day of staff training.",
    )
    staff_half_life: float = param(
        104.0,
        unit="weeks",
        valid=(0.1, 1e6),
        low=52,
        high=208,
        label=N_("how long staff training lasts (half-life)"),
        doc="Loss of professionalism by turnover.",
    )
