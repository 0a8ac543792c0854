"""Who moves, and what newcomers bring (ODD 7.13)."""

from __future__ import annotations

from model.core.texts import N_
from model.parameters.declare import ByKey, Submodel, param, per


class Movement(Submodel):
    """Residents leave at a constant hazard and are replaced in the same week."""

    move_rate: ByKey = per(
        ("local", "migrant"),
        (0.03, 0.15),
        unit="1/year",
        valid=(0, 50),
        low=(0.01, 0.05),
        high=(0.06, 0.30),
        label=N_("rate of moving away ({key})"),
        doc="Hazard of moving away; 0 for both: nobody moves.",
    )
    newcomer_aware: float = param(
        0.1,
        unit="share",
        valid=(0, 1),
        low=0.0,
        high=0.3,
        label=N_("share of fields known to newcomers"),
        doc="Fields known on arrival.",
    )
    newcomer_embeddedness: float = param(
        0.1,
        unit="1",
        valid=(0, 1),
        low=0.05,
        high=0.3,
        label=N_("embeddedness of newcomers"),
        doc="Embeddedness on arrival: a newcomer's ties are weak.",
    )
