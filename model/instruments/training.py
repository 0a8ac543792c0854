"""Instruments that train residents, volunteers and staff."""

from __future__ import annotations

from typing import Literal

from model.core.texts import N_
from model.instruments.base import ForOrganizations, ForResidents, Priced


class TrainResidents(Priced, ForResidents):
    """Training seats for residents; price = seat."""

    kind: Literal["train_residents"] = "train_residents"
    meaning = N_("Training seats for residents, each at most once a year.")
    needs = N_("Residents in the target.")
    price_of = "costs.seat_resident"


class TrainVolunteers(Priced, ForResidents):
    """Training seats for registered volunteers; price = seat."""

    kind: Literal["train_volunteers"] = "train_volunteers"
    meaning = N_("Training seats for registered volunteers, each at most once a year.")
    needs = N_("Registered volunteers: members of an organization of service, or enrolled for credits.")
    price_of = "costs.seat_volunteer"


class TrainStaff(Priced, ForOrganizations):
    """Training days for the staff of organizations; price = day."""

    kind: Literal["train_staff"] = "train_staff"
    meaning = N_("Training days for the staff of organizations.")
    needs = N_("An organization in the target.")
    price_of = "costs.staff_day"
