"""How volunteers treat credits (ODD 7.9)."""

from __future__ import annotations

from model.core.texts import N_
from model.parameters.declare import ByKey, Submodel, param, per

USES = ("goods", "service", "save", "donate")
"""What credits can be used for, in the order of the codes of the column `credit_use`."""


class Credits(Submodel):
    """Behaviour of credit holders; value, administration and control belong to the instrument."""

    enrol_rate: float = param(
        0.3,
        unit="1/act",
        valid=(0, 1),
        low=0.15,
        high=0.6,
        label=N_("chance that a volunteer enrols for credits"),
        doc="A volunteer enrols.",
    )
    spend_rate: float = param(
        0.05,
        unit="1/week",
        valid=(0, 1),
        low=0.02,
        high=0.1,
        label=N_("rate at which credits are redeemed"),
        doc="A holder redeems all whole hours.",
    )
    spend_from: float = param(
        8.0,
        unit="hours",
        valid=(1, 10_000),
        label=N_("balance from which credits are redeemed"),
        doc="Balance from which holders redeem.",
    )
    expiry_weeks: int = param(
        104,
        unit="weeks",
        valid=(1, 520),
        label=N_("weeks until a credit expires"),
        doc="Weeks after which a credit expires.",
    )
    liquidity: float = param(
        1.0,
        unit="share",
        valid=(0, 1),
        label=N_("share of redemptions that can be met"),
        doc="Share of asked redemptions for goods that can be met.",
    )
    use_share: ByKey = per(
        USES,
        (0.2, 0.7, 0.1, 0.0),
        unit="share",
        valid=(0, 1),
        source="Goods and service: local press on Nanjing's redemptions (70 % services, 20 % goods), low "
        "confidence; saving and giving are guesses",
        label=(
            N_("credits preferred for goods, share of holders"),
            N_("credits preferred for care, share of holders"),
            N_("credits preferred for old age, share of holders"),
            N_("credits preferred for giving, share of holders"),
        ),
        doc="Preferred uses of credits; those that a scheme does not allow drop out.",
    )
    redeem_share: float = param(
        0.2,
        unit="share",
        valid=(0, 1),
        low=0.1,
        high=0.4,
        label=N_("share of care hours open to those who redeem credits"),
        doc="Volunteers' minutes of care that go to those who redeem credits.",
    )
    liquidity_rate: float = param(
        0.1,
        unit="1/week",
        valid=(0, 1),
        low=0.05,
        high=0.2,
        label=N_("speed at which holders learn whether credits can be redeemed"),
        doc="Pace at which holders learn whether credits can be redeemed for service.",
    )
    donate_hours: int = param(
        0,
        unit="hours",
        valid=(0, 10_000),
        label=N_("hours of one gift of credits"),
        doc="Hours of one donation; 0 is all whole hours.",
    )
