"""Unit costs: all guesses, to be replaced by one's own contracts."""

from __future__ import annotations

from model.core.texts import N_
from model.parameters.declare import ByKey, Submodel, param, per


class Costs(Submodel):
    """Prices in yuan; the plausible range is half to double."""

    session_cost: ByKey = per(
        ("informal", "filed", "registered"),
        (50.0, 300.0, 800.0),
        unit="yuan/session",
        valid=(0.01, 1e6),
        low=(25.0, 150.0, 400.0),
        high=(100.0, 600.0, 1600.0),
        label=N_("cost of a session ({key})"),
        doc="A session of an association, by legal form, without rent.",
    )
    seat_resident: float = param(
        60.0,
        unit="yuan/seat",
        valid=(0.01, 1e6),
        low=30,
        high=120,
        label=N_("cost of a training seat for a resident"),
        doc="A training seat for a resident.",
    )
    seat_volunteer: float = param(
        100.0,
        unit="yuan/seat",
        valid=(0.01, 1e6),
        low=50,
        high=200,
        label=N_("cost of a training seat for a volunteer"),
        doc="A training seat for a volunteer.",
    )
    staff_day: float = param(
        400.0,
        unit="yuan/day",
        valid=(0.01, 1e6),
        low=200,
        high=800,
        grows="association",
        label=N_("cost of a day of staff training"),
        doc="A day of training of staff.",
    )
    award: float = param(
        5000.0,
        unit="yuan",
        valid=(0.01, 1e7),
        low=5000,
        high=10000,
        mark="evidence",
        source="A city's awards to outstanding organizations: 5,000 to 10,000 yuan",
        grows="association",
        label=N_("smallest award"),
        doc="Smallest award to an organization.",
    )
    project: float = param(
        10_000.0,
        unit="yuan",
        valid=(0.01, 1e9),
        low=5_000,
        high=20_000,
        grows="association",
        label=N_("cost of a project"),
        doc="A project of the project fund, administration included.",
    )
    publicity_contact: float = param(
        2.0,
        unit="yuan/contact",
        valid=(0.01, 1e6),
        low=1,
        high=4,
        label=N_("cost of reaching a resident by publicity"),
        doc="Publicity that reaches a resident.",
    )
    workstation_year: float = param(
        20_000.0,
        unit="yuan/year",
        valid=(0.01, 1e9),
        low=10_000,
        high=40_000,
        grows="association",
        label=N_("yearly cost of a workstation"),
        doc="Running cost of a workstation for organizations, staff not included.",
    )
    credit_value: float = param(
        20.0,
        unit="yuan/hour",
        valid=(0, 1e4),
        low=10,
        high=40,
        label=N_("goods for a credit of one hour"),
        doc="Goods for a credit of one hour.",
    )
    credit_administration: float = param(
        2.0,
        unit="yuan/hour",
        valid=(0, 1e4),
        low=1,
        high=4,
        label=N_("administration of a credit"),
        doc="Administration of a credit.",
    )
    care_hour: float = param(
        40.0,
        unit="yuan/hour",
        valid=(0.01, 1e4),
        low=20,
        high=80,
        label=N_("cost of an hour of paid care"),
        doc="An hour of paid care.",
    )
    room_hour: float = param(
        20.0,
        unit="yuan/hour",
        valid=(0.01, 1e4),
        low=10,
        high=40,
        label=N_("rent of a room per hour"),
        doc="Rent of a room.",
    )
    issue_settled: float = param(
        300.0,
        unit="yuan/issue",
        valid=(0.01, 1e6),
        low=150,
        high=600,
        label=N_("cost of settling one more issue"),
        doc="An issue settled beyond the weekly capacity.",
    )
    staff_year: float = param(
        90_000.0,
        unit="yuan/year",
        valid=(0, 1e7),
        low=45_000,
        high=180_000,
        label=N_("yearly cost of a social worker"),
        doc="A social worker, 2,080 hours.",
    )
