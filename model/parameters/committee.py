"""Staff of the residents' committee (ODD 7.5)."""

from __future__ import annotations

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
        doc="Staff of the residents' committee, 40 hours a week each.",
    )
    load: float = param(
        0.6, unit="share", valid=(0, 1), low=0.4, high=0.8, doc="Staff time taken by administration."
    )
    merged_communities: float = param(
        1.0,
        unit="communities",
        valid=(1, 100),
        doc="Communities merged into this one: the load grows with the square root, up to 0.95.",
    )
    task_share: float = param(
        0.01,
        unit="share",
        valid=(0, 1),
        low=0,
        high=0.03,
        doc="Share of the load that each filed or registered organization takes off the committee.",
    )
    contact_hours: float = param(
        0.25, unit="hours", valid=(0, 100), low=0.1, high=0.5, doc="Staff hours of a grid contact."
    )
