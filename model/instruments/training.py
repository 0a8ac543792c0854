"""Instruments that train residents, volunteers and staff."""

from __future__ import annotations

from typing import Literal

from model.core.texts import N_
from model.instruments.base import ForOrganizations, ForResidents, Priced


class TrainResidents(Priced, ForResidents):
    """Training seats for residents; price = seat."""

    kind: Literal["train_residents"] = "train_residents"
    label = N_("training of residents")
    caveat = N_("training: the size rests on one experiment on insurance take-up in Chinese villages")
    meaning = N_("Training seats for residents, each at most once a year.")
    needs = N_("Residents in the target.")
    price_of = "costs.seat_resident"


class TrainVolunteers(Priced, ForResidents):
    """Training seats for registered volunteers; price = seat."""

    kind: Literal["train_volunteers"] = "train_volunteers"
    label = N_("training of volunteers")
    caveat = N_("training: the size rests on one experiment on insurance take-up in Chinese villages")
    meaning = N_("Training seats for registered volunteers, each at most once a year.")
    needs = N_("Registered volunteers: members of an organization of service, or enrolled for credits.")
    price_of = "costs.seat_volunteer"


class TrainStaff(Priced, ForOrganizations):
    """Training days for the staff of organizations; price = day."""

    kind: Literal["train_staff"] = "train_staff"
    label = N_("training of organization staff")
    caveat = N_("staff training: the size is a guess")
    meaning = N_("Training days for the staff of organizations.")
    needs = N_("An organization in the target.")
    price_of = "costs.staff_day"
