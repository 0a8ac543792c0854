"""How volunteers treat credits (ODD 7.9)."""

from __future__ import annotations

from model.parameters.declare import Submodel, param


class Credits(Submodel):
    """Behaviour of credit holders; value, administration and control belong to the instrument."""

    enrol_rate: float = param(0.3, unit="1/act", valid=(0, 1), low=0.15, high=0.6, doc="A volunteer enrols.")
    spend_rate: float = param(
        0.05, unit="1/week", valid=(0, 1), low=0.02, high=0.1, doc="A holder redeems all whole hours."
    )
    spend_from: float = param(8.0, unit="hours", valid=(1, 10_000), doc="Balance from which holders redeem.")
    expiry_weeks: int = param(104, unit="weeks", valid=(1, 520), doc="Weeks after which a credit expires.")
    liquidity: float = param(
        1.0, unit="share", valid=(0, 1), doc="Share of asked redemptions that can be met; 1 for goods."
    )
