"""Instruments that train residents, volunteers and staff."""

from __future__ import annotations

from typing import Literal

from model.instruments.base import ForOrganizations, ForResidents, Priced


class TrainResidents(Priced, ForResidents):
    """Training seats for residents; price = seat."""

    kind: Literal["train_residents"] = "train_residents"


class TrainVolunteers(Priced, ForResidents):
    """Training seats for registered volunteers; price = seat."""

    kind: Literal["train_volunteers"] = "train_volunteers"


class TrainStaff(Priced, ForOrganizations):
    """Training days for the staff of organizations; price = day."""

    kind: Literal["train_staff"] = "train_staff"
