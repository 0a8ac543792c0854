"""Budget, contracts, contests, workstations (ODD 7.1, 7.2)."""

from __future__ import annotations

from model.core.texts import N_
from model.parameters.declare import Submodel, param


class Government(Submodel):
    """How government appropriates and pays."""

    budget_yuan: float = param(
        0.0,
        unit="yuan/year",
        valid=(0, 1e12),
        grows="community",
        label=N_("cap on the money that government appropriates a year"),
        doc="Cap on what instruments paid by government are appropriated in a fiscal year; 0 is no cap.",
    )
    first_share: float = param(
        0.3,
        unit="share",
        valid=(0, 1),
        low=0.2,
        high=0.5,
        label=N_("share of a contract paid at signing"),
        doc="Share of a contract paid at signing.",
    )
    second_share: float = param(
        0.4,
        unit="share",
        valid=(0, 1),
        low=0.2,
        high=0.5,
        label=N_("share of a contract paid in the middle"),
        doc="Share of a contract paid in the middle.",
    )
    project_administration: float = param(
        0.08,
        unit="share",
        valid=(0, 1),
        low=0.04,
        high=0.16,
        label=N_("share of a project that administers it"),
        doc="Share of a project that administers it.",
    )
    contest_drive: float = param(
        0.05,
        unit="1",
        valid=(0, 1),
        low=0.0,
        high=0.1,
        label=N_("drive gained by winning a project"),
        doc="Winning a project: drive += this (1 - drive).",
    )
    workstation_founding: float = param(
        2.0,
        unit="1",
        valid=(0, 1000),
        low=1,
        high=4,
        label=N_("founding with a workstation, as a multiple"),
        doc="Times the founding of organizations.",
    )
    workstation_training: float = param(
        0.03,
        unit="1/year",
        valid=(0, 52),
        low=0.0,
        high=0.06,
        label=N_("professional skill gained with a workstation"),
        doc="Professionalism from a year with an open workstation.",
    )
    workstation_hours: float = param(
        20.0,
        unit="hours/week",
        valid=(0, 1e4),
        low=10,
        high=40,
        label=N_("staff hours of a workstation"),
        doc="Staff hours that keep it open, in kind.",
    )
