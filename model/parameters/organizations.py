"""What associations can offer (ODD 7.4)."""

from __future__ import annotations

from model.parameters.declare import ByKey, Submodel, param, per


class Organizations(Submodel):
    """Sessions are limited by money, people and premises, times drive."""

    places: ByKey = per(
        ("culture", "service", "deliberation"),
        (20, 10, 20),
        unit="persons/session",
        valid=(1, 1_000_000),
        doc="Places of an indoor session.",
        kind=int,
    )
    sessions_per_member: float = param(
        0.2, unit="1/week", valid=(0, 10), low=0.1, high=0.4, doc="Sessions a week that one member can carry."
    )
    spend_weeks: float = param(13.0, unit="weeks", valid=(1, 520), doc="Weeks over which a balance is spent.")
    rentable_sessions: float = param(
        2.0, unit="1/week", valid=(0, 250), doc="Sessions a week for which an association can rent a room."
    )
    session_hours: float = param(2.0, unit="hours", valid=(0.25, 24), doc="Room hours of a session.")
    gain_staff: float = param(
        0.03,
        unit="1/day",
        valid=(0, 1),
        low=0.0,
        high=0.06,
        doc="Professionalism from a day of staff training.",
    )
    staff_half_life: float = param(
        104.0, unit="weeks", valid=(0.1, 1e6), low=52, high=208, doc="Loss of professionalism by turnover."
    )
