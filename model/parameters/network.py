"""Who knows whom: layers, weights, degrees (ODD section 9)."""

from __future__ import annotations

from model.core.texts import N_
from model.parameters.declare import ByKey, Submodel, param, per

LAYERS = ("household", "cell", "friends", "work", "branch", "weak")


class Network(Submodel):
    """Layered ties. A weight of 0 leaves the layer out of the merged network."""

    layer_weight: ByKey = per(
        LAYERS,
        (1.0, 0.2, 0.6, 0.3, 0.4, 0.1),
        unit="1",
        valid=(0, 100),
        low=(0.5, 0.1, 0.3, 0.15, 0.2, 0.05),
        high=(2.0, 0.4, 1.2, 0.6, 0.8, 0.2),
        label=N_("how much a tie counts ({key})"),
        doc="Weight of one tie of the layer.",
    )
    degree: ByKey = per(
        ("cell", "friends", "work", "branch", "weak"),
        (8.0, 6.0, 4.0, 5.0, 2.0),
        unit="ties",
        valid=(0, 200),
        label=N_("ties of a person ({key})"),
        doc="Mean degree of those whom the layer concerns; households are complete.",
    )
    rewired: float = param(
        0.1,
        unit="share",
        valid=(0, 1),
        low=0.02,
        high=0.3,
        label=N_("share of friendships between unlike persons"),
        doc="Share of friendships that ignore likeness: the small world of Watts & Strogatz (1998).",
    )
    homophily: float = param(
        0.8,
        unit="share",
        valid=(0, 1),
        low=0.5,
        high=0.95,
        label=N_("how alike friends are"),
        doc="Weight of age, sex and interest, against chance, in the order along which friends are near.",
    )
    workplace_size: int = param(
        15,
        unit="persons",
        valid=(2, 10_000),
        label=N_("residents of one workplace"),
        doc="Employed residents of one workplace.",
    )
    well_mixed: float = param(
        0.0,
        unit="1",
        valid=(0, 100),
        label=N_("weight of contact with everybody"),
        doc="Weight of a layer that joins everybody with the community's mean.",
    )
