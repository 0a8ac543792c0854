"""How much care those in need want (ODD 7.9)."""

from __future__ import annotations

from model.core.texts import N_
from model.parameters.declare import ByKey, Submodel, per
from model.parameters.population import AGE_BANDS


class Care(Submodel):
    """Needs of those who need care; who they are stands in `population`."""

    care_hours: ByKey = per(
        AGE_BANDS,
        (3.0, 3.0, 3.0, 3.0, 3.0, 5.0),
        unit="hours/week",
        valid=(0, 112),
        low=(1.5, 1.5, 1.5, 1.5, 1.5, 2.5),
        high=(6.0, 6.0, 6.0, 6.0, 6.0, 10.0),
        label=N_("hours of care needed (aged {key})"),
        doc="Care that somebody in need of it wants, by age band.",
    )
