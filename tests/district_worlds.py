"""Small districts that tests share."""

from __future__ import annotations

from typing import Any

from model.scenario.scenario import Scenario
from tests.worlds import world

ALONE = {"layer_weight": {"weak": 0.0}}
"""A network without weak ties."""

DIFFERENT = {"funding", "training", "credits", "package"}
"""Policies that every scenario of the laboratory declares."""


def district(communities: int = 3, persons: int = 60, **tables: Any) -> Scenario:
    """A district of busy communities of ``persons`` persons each; money is of the whole district."""
    own = {"communities": communities, **tables.pop("district", {})}
    return world(persons, **{"name": "town", "district": own, **tables})


def divided(scenario: Scenario) -> Scenario:
    """The district with a policy of grants."""
    grants = {"kind": "grant", "amount_yuan": 1000.0}
    return Scenario.model_validate(scenario.model_dump() | {"policy": {"grants": {"money": grants}}})
