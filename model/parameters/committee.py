"""Staff of the residents' committee (ODD 7.5)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import model_validator

from model.core.texts import N_
from model.parameters.declare import Submodel, param


class Committee(Submodel):
    """How much staff time is left for residents."""

    staff_per_1000: float = param(
        1.5,
        unit="persons/1000 persons",
        valid=(0, 1000),
        low=1,
        high=7,
        source="highest value: a community of Xinjiang with 7 workers for 1,011 residents",
        label=N_("staff of the residents' committee"),
        doc="Staff of the residents' committee, 40 hours a week each.",
    )
    staff: float | None = param(
        None,
        unit="persons",
        valid=(0, 100_000),
        grows="community",
        label=N_("staff of the residents' committee, head count"),
        doc="Staff of the residents' committee as a head count, instead of staff_per_1000.",
    )
    load: float = param(
        0.6,
        unit="share",
        valid=(0, 1),
        low=0.4,
        high=0.8,
        label=N_("share of staff time taken by administration"),
        doc="Staff time taken by administration.",
    )
    merged_communities: float = param(
        1.0,
        unit="communities",
        valid=(1, 100),
        label=N_("communities merged into this one"),
        doc="Communities merged into this one: the load grows with the square root, up to 0.95.",
    )
    task_share: float = param(
        0.01,
        unit="share",
        valid=(0, 1),
        low=0,
        high=0.03,
        label=N_("tasks that an organization takes off the committee"),
        doc="Share of the load that each filed or registered organization takes off the committee.",
    )
    contact_hours: float = param(
        0.25,
        unit="hours",
        valid=(0, 100),
        low=0.1,
        high=0.5,
        label=N_("staff hours of a grid contact"),
        doc="Staff hours of a grid contact.",
    )

    following: ClassVar = {"staff": ("staff_per_1000",)}

    @model_validator(mode="after")
    def _one_count(self) -> Committee:
        if (
            self.staff is not None
            and self.staff_per_1000 != type(self).model_fields["staff_per_1000"].default
        ):
            raise ValueError("staff and staff_per_1000 are both given; keep one of them")
        return self

    def persons_of(self, persons: int) -> float:
        """Staff in a community of so many persons, children included."""
        return self.staff_per_1000 * persons / 1000 if self.staff is None else self.staff
