"""Many communities under one government (ODD 7.0)."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from model.core.texts import N_
from model.parameters.declare import Submodel, param

DIVISIONS = ("equal", "need", "tournament", "adaptive")


class District(Submodel):
    """How many communities, and how money is divided over them."""

    communities: int = param(
        0,
        unit="communities",
        valid=(0, 10_000),
        mark="guess",
        label=N_("communities of the district"),
        doc="Communities; 0 without a district.",
    )
    simulated: int = param(
        0,
        unit="communities",
        valid=(0, 10_000),
        mark="guess",
        label=N_("communities that are simulated"),
        doc="Those simulated, the first; 0 for all.",
    )
    division: str = param(
        "equal",
        unit="name",
        choices=DIVISIONS,
        label=N_("how yearly money is divided over the communities"),
        doc="How yearly money is divided over the communities.",
    )

    @model_validator(mode="before")
    @classmethod
    def _off(cls, data: Any) -> Any:
        """One key turns a district off: without communities none is simulated."""
        return {**data, "simulated": 0} if isinstance(data, dict) and data.get("communities") == 0 else data

    @model_validator(mode="after")
    def _some_of_them(self) -> District:
        if self.simulated > self.communities:
            raise ValueError(
                f"simulated = {self.simulated} exceeds communities = {self.communities}; "
                "give how many of the district's communities to simulate, or 0 for all"
            )
        return self

    @property
    def count(self) -> int:
        """Communities that are simulated; 1 without a district."""
        return self.simulated or self.communities or 1

    @property
    def share(self) -> float:
        """Share of the communities that are simulated."""
        return self.count / max(1, self.communities)
