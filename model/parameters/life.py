"""How associations are founded, led, filed, and end (ODD 7.12)."""

from __future__ import annotations

from typing import Literal

from model.core.texts import N_
from model.parameters.declare import ByKey, Submodel, param, per

FieldName = Literal["arts", "sport", "learning", "elder_care", "environment", "mediation", "council"]


class Life(Submodel):
    """Births and deaths of associations, their leaders, fees, legal form, drive and effort."""

    hazard: ByKey = per(
        ("informal", "filed", "registered"),
        (0.0025, 0.0010, 0.0005),
        unit="1/week",
        valid=(0, 1),
        low=(0.00125, 0.0005, 0.00025),
        high=(0.005, 0.002, 0.001),
        source="Registered: Bielefeld 1994 (20 % of a US panel ended in 8 years); the others are guesses",
        label=N_("rate at which an association ends ({key})"),
        doc="Weekly hazard of ending, at the reference size and with a leader.",
    )
    size_exponent: float = param(
        0.5,
        unit="1",
        valid=(0, 4),
        low=0.0,
        high=1.0,
        source="Exit falls with size: Harrison & Laincz 2008; the exponent is a guess",
        label=N_("how much larger associations last longer"),
        doc="The hazard falls with this power of the number of members.",
    )
    reference_members: float = param(
        20.0,
        unit="members",
        valid=(0.01, 1e6),
        grows="association",
        label=N_("size of an ordinary association"),
        doc="Size at which the hazard is that of the table.",
    )
    small_members: float = param(
        8.0,
        unit="members",
        valid=(0, 1e6),
        grows="association",
        label=N_("size below which an association is small"),
        doc="Below it the small factor holds.",
    )
    small_factor: float = param(
        3.0,
        unit="1",
        valid=(0, 1000),
        low=1,
        high=6,
        label=N_("ending of small associations, as a multiple"),
        doc="Times the hazard of a small association.",
    )
    leaderless_factor: float = param(
        2.0,
        unit="1",
        valid=(0, 1000),
        low=1,
        high=4,
        label=N_("ending without a leader, as a multiple"),
        doc="Times the hazard without a leader.",
    )
    secured_factor: float = param(
        0.1,
        unit="1",
        valid=(0, 1000),
        low=0.03,
        high=0.5,
        source="Sign: funding by government lowers exit (Hager, Galaskiewicz & Larson 2004); size a guess",
        label=N_("ending with money from outside, as a multiple"),
        doc="Times the hazard while money from outside pays for a session a week or more.",
    )
    leader_rate: float = param(
        0.05,
        unit="1/week",
        valid=(0, 1),
        low=0.02,
        high=0.1,
        label=N_("rate at which a new leader is found"),
        doc="A vacant lead is filled.",
    )
    founding: Literal["need", "constant"] = param(
        "need",
        unit="name",
        choices=("need", "constant"),
        label=N_("what drives foundings"),
        doc="What drives foundings: unserved interests, or nothing but the rate.",
    )
    founding_rate: float = param(
        0.02,
        unit="1/week",
        valid=(0, 1000),
        low=0.01,
        high=0.04,
        label=N_("rate at which associations are founded"),
        doc="Foundings a week; under `need` per 1,000 adults, if all were interested, unserved and capable.",
    )
    founding_fields: tuple[FieldName, ...] = param(
        ("arts", "sport", "learning", "elder_care", "environment", "mediation", "council"),
        unit="names",
        label=N_("fields in which associations are founded"),
        doc="Fields in which associations are founded.",
    )
    capable_skill: float = param(
        0.6,
        unit="1",
        valid=(0, 1),
        label=N_("skill needed to found"),
        doc="Skill from which a resident may found.",
    )
    organizations_cap: int = param(
        12,
        unit="organizations",
        valid=(0, 30_000),
        label=N_("number of associations at which foundings end"),
        doc="Associations at which nobody founds another; 0 is no limit.",
    )
    founding_members: int = param(
        8,
        unit="persons",
        valid=(1, 10_000),
        low=5,
        high=15,
        grows="association",
        label=N_("first members of an association"),
        doc="First members, the founder included.",
    )
    newborn: ByKey = per(
        ("professionalism", "drive", "reputation"),
        (0.3, 0.6, 0.3),
        unit="1",
        valid=(0, 1),
        low=(0.2, 0.4, 0.2),
        high=(0.4, 0.8, 0.4),
        label=N_("{key} of a new association"),
        doc="State of a new association.",
    )
    newborn_sessions: float = param(
        0.5,
        unit="1/week",
        valid=(0, 250),
        low=0.25,
        high=2.0,
        grows="association",
        label=N_("free sessions of a new association"),
        doc="Sessions of a new association that cost nothing: in the open or in homes.",
    )
    fee_yuan: float = param(
        20.0,
        unit="yuan/year",
        valid=(0, 1e6),
        low=0,
        high=50,
        label=N_("membership fee"),
        doc="Fee of a member.",
    )
    threshold_filed: float = param(
        20.0,
        unit="members",
        valid=(0, 1e6),
        low=10,
        high=30,
        grows="association",
        label=N_("members from which a group is filed"),
        doc="Members from which a group may be filed.",
    )
    threshold_registered: float = param(
        50.0,
        unit="members",
        valid=(0, 1e6),
        low=30,
        high=80,
        grows="association",
        label=N_("members from which an association is registered"),
        doc="Members from which a filed association may be registered.",
    )
    filing_rate: float = param(
        0.02,
        unit="1/week",
        valid=(0, 1),
        low=0.01,
        high=0.04,
        label=N_("rate of filing"),
        doc="A large enough group is filed.",
    )
    registering_rate: float = param(
        0.0002,
        unit="1/week",
        valid=(0, 1),
        low=0.0,
        high=0.001,
        label=N_("rate of registration"),
        doc="A large enough filed association is registered: about nine in ten are not.",
    )
    income_half_life: float = param(
        52.0,
        unit="weeks",
        valid=(0.1, 1e6),
        low=26,
        high=104,
        label=N_("how long income counts (half-life)"),
        doc="Memory of who paid.",
    )
    prof_money: float = param(
        0.002,
        unit="1/week",
        valid=(0, 1),
        low=0.0,
        high=0.005,
        label=N_("professional skill gained with more money"),
        doc="Professionalism from outside income above the reference, at most a session's cost a week.",
    )
    drive_control: float = param(
        0.5,
        unit="1",
        valid=(0, 1),
        low=0.0,
        high=0.8,
        label=N_("drive lost under full control"),
        doc="Drive lost to one payer who controls everything.",
    )
    drive_own: float = param(
        0.2,
        unit="1",
        valid=(0, 1),
        low=0.0,
        high=0.4,
        label=N_("drive gained from own income"),
        doc="Drive from the own share of income.",
    )
    drive_rate: float = param(
        0.02,
        unit="1/week",
        valid=(0, 1),
        low=0.01,
        high=0.04,
        label=N_("speed at which drive changes"),
        doc="Drive moves to where it tends.",
    )
    ask_crowding: float = param(
        0.15,
        unit="1",
        valid=(0, 100),
        low=0.0,
        high=0.6,
        source="Mechanism: Andreoni & Payne 2011 (granted charities raise less money); size a guess",
        label=N_("effort in asking lost when outside money doubles"),
        doc="Effort in asking lost when outside income doubles.",
    )
