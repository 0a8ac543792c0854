"""Asks, visits, fatigue (ODD 7.5, 7.6)."""

from __future__ import annotations

from model.core.texts import N_
from model.parameters.declare import Submodel, param

ASK_RULES = ("random", "likely", "need")


class Mobilisation(Submodel):
    """How asks arise and fade."""

    ask_rate: float = param(
        0.08,
        unit="1/meeting",
        valid=(0, 1),
        low=0.04,
        high=0.16,
        label=N_("how often members ask acquaintances"),
        doc="A member asks the acquaintance met this week: about one ask per adult and year.",
    )
    ask_rule: str = param(
        "random",
        unit="name",
        choices=ASK_RULES,
        source="likely: rational prospecting, Brady, Schlozman & Verba 1999",
        label=N_("whom members ask"),
        doc="Whom members ask: whom they meet, of two met the likelier to say yes, of two met the needier.",
    )
    ask_half_life: float = param(
        2.0,
        unit="weeks",
        valid=(0.1, 1e6),
        low=1,
        high=4,
        label=N_("how long an ask works (half-life)"),
        doc="An ask in hand fades.",
    )
    fatigue_half_life: float = param(
        8.0,
        unit="weeks",
        valid=(0.1, 1e6),
        low=4,
        high=16,
        label=N_("how long contacts tire (half-life)"),
        doc="Contacts fade.",
    )
    visit_hours: float = param(
        0.5,
        unit="hours",
        valid=(0, 100),
        low=0.25,
        high=1,
        label=N_("staff hours of a visit"),
        doc="Staff hours of a visit.",
    )
