"""How is everything switched off but one law? Through the scenario, the residents' table and the schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import ValidationError

from experiments.validation.laws.rows import require
from model.community import CommunityModel
from model.parameters.decision import ACTIVITIES
from model.parameters.network import LAYERS
from model.parameters.refusals import refusal
from model.scenario.scenario import Scenario
from model.start.inputs import Inputs
from model.week.schedule import default_phases

CHOICE = ("decide", "seat", "learn")
"""The phases of a community without sessions: every activity is open to all, without limit."""

ALL_WEEK = 6720
"""Free minutes that never bind: 16 waking hours on 7 days."""


def community(
    n: int,
    phases: Sequence[str] = CHOICE,
    *,
    decision: Mapping[str, Any] | None = None,
    learning: Mapping[str, Any] | None = None,
    issues: Mapping[str, Any] | None = None,
    tables: Mapping[str, Mapping[str, Any]] | None = None,
    residents: Mapping[str, Any] | None = None,
    took_part: ArrayLike = False,
    graph: nx.Graph | None = None,
    weight: bool = False,
    well_mixed: float = 0.0,
    world: int = 1,
    luck: int = 1,
) -> CommunityModel:
    """``n`` adults alike in taste, with time, without organizations or children, before their first week.

    No term of the decision counts, a neighbour's act is remembered for one week, everybody knows every field
    and is fully embedded; the arguments replace that.

    Args:
        n: adults, one household each.
        phases: names of the phases that run.
        decision, learning, issues: keys of these tables of the scenario.
        tables: any other tables of the scenario; keys of `population` are added to those set here.
        residents: columns of the residents' table, each [n] or its whole shape.
        took_part: bool or bool[n], who took part in all three activities in the week before the start.
        graph: the only ties, nodes in row order; ``weight`` uses its edge weights.
        well_mixed: weight of the layer that joins everybody with the mean.
        world, luck: seeds.

    Raises:
        GongzhiError: for values that a scenario or a residents' table cannot hold.
    """
    require(n >= 1, f"n = {n} adults", "Give 1 or more")
    others = tables or {}
    scenario = _validated(
        {
            "format": 1,
            "name": "bare",
            "run": {"weeks": 0, "spin_up": 0},
            **others,
            "population": {
                "persons": n,
                "households": n,
                "age_share": {"under_16": 0.0, "45-59": 0.429},
                **others.get("population", {}),
            },
            "network": {
                "layer_weight": {layer: float(layer == "friends" and graph is not None) for layer in LAYERS},
                "well_mixed": well_mixed,
            },
            "decision": {
                "terms": [],
                "memory": 1,
                "sd_common": 0.0,
                "sd_activity": 0.0,
                "allow_multiple_equilibria": True,
                **(decision or {}),
            },
            "learning": {"aware_start": 1.0, "aware_half_life": 1e6, **(learning or {})},
            "issues": dict(issues or {}),
        }
    )
    before = np.broadcast_to(np.asarray(took_part, bool), n)
    table: dict[str, NDArray[Any]] = {
        "embeddedness": np.ones(n),
        "free_minutes": np.full(n, ALL_WEEK),
        **{f"took_part_{k}": before for k in ACTIVITIES},
        **(residents or {}),
    }
    inputs = Inputs(table, None if graph is None else {"friends": graph}, weight)
    return CommunityModel(
        scenario, world=world, luck=luck, inputs=inputs, phases=default_phases().only(*phases)
    )


def _validated(table: dict[str, Any]) -> Scenario:
    try:
        return Scenario.model_validate(table)
    except ValidationError as error:
        raise refusal(error, Scenario) from None


def same_b0(value: float) -> dict[str, float]:
    """The intercept ``value`` (logit/week) for every activity."""
    return dict.fromkeys(ACTIVITIES, value)


def taking_part(model: CommunityModel) -> NDArray[np.bool_]:
    """bool[n, 3]: who takes part this week, by activity."""
    return np.asarray(model.residents.seated != 0)


def settle(model: CommunityModel) -> tuple[int, NDArray[np.bool_]]:
    """Run until culture changes no more: weeks with a change, and bool[n] who takes part in the end.

    Under a threshold rule, and with starters who never stop, participation only grows, so this ends.
    """
    now = np.asarray(model.residents.history[:, 0] & np.uint64(1) != 0)
    weeks = 0
    while True:
        model.step()
        before, now = now, taking_part(model)[:, 0]
        if (now == before).all():
            return weeks, now
        weeks += 1
