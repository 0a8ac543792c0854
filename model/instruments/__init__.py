"""Instruments: one frozen class per kind. They hold no code; phases act on them (ODD 7)."""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Field

from model.instruments.base import AnyInstrument
from model.instruments.care import PaidCare
from model.instruments.credits import CreditScheme
from model.instruments.deliberation import Hearing, OrderReportSettle, PublishedAnswers
from model.instruments.funding import Award, Grant, Premises, ProjectFund, Purchase
from model.instruments.mobilisation import (
    Ask,
    CoBuilding,
    Grid,
    PartyBuilding,
    PartyDuty,
    PartyIssues,
    PartyVisits,
    Relief,
    Stewards,
    Visit,
)
from model.instruments.regulation import Merge, Registration
from model.instruments.support import Publicity, Workstation
from model.instruments.training import TrainResidents, TrainStaff, TrainVolunteers

Instrument = Annotated[
    # funding
    Grant
    | Award
    | Purchase
    | ProjectFund
    | Premises
    # support
    | Publicity
    | Workstation
    # training
    | TrainResidents
    | TrainVolunteers
    | TrainStaff
    # credits, care
    | CreditScheme
    | PaidCare
    # mobilisation
    | Ask
    | Visit
    | PartyDuty
    | PartyVisits
    | PartyBuilding
    | PartyIssues
    | CoBuilding
    | Grid
    | Relief
    | Stewards
    # deliberation
    | OrderReportSettle
    | PublishedAnswers
    | Hearing
    # regulation
    | Registration
    | Merge,
    Field(discriminator="kind"),
]
"""Any instrument, told apart by its ``kind``."""

KINDS: dict[str, type[AnyInstrument]] = {
    kind.model_fields["kind"].default: kind for kind in get_args(get_args(Instrument)[0])
}
"""The class of every kind of instrument, in declared order."""
