"""Does a community that answers take part more, and in what?"""

from __future__ import annotations

import math
from typing import Any

import pytest

from experiments.loading.load import load
from model.community import CommunityModel
from model.parameters.decision import ACTIVITIES
from model.scenario.scaling import scaled
from model.scenario.scenario import Scenario
from model.state.outcomes import COLUMNS

WEEKS = 104
CAPACITIES = ("mediators_per_week", "committee_hours", "departments_per_week")


def acts(scenario: Scenario, seed: int, capacity: float) -> list[int]:
    """Acts of each activity, comers without a place included, in the weeks after the spin-up."""
    none: dict[str, Any] = {"per_mediation_session": 0.0, "per_service_session": 0.0, "per_sitting": 0.0}
    issues = scenario.issues.model_copy(update=none | dict.fromkeys(CAPACITIES, capacity))
    model = CommunityModel(scenario.model_copy(update={"issues": issues}), world=seed, luck=seed)
    model.run(WEEKS)
    counts = model.records.arrays()["counts"][1:, 0].sum(axis=0)
    return [
        int(counts[COLUMNS.index(f"attended_{k}")] + counts[COLUMNS.index(f"refused_{k}")])
        for k in ACTIVITIES
    ]


@pytest.mark.slow
def test_responsiveness_matters_most_for_deliberation_then_service_then_culture() -> None:
    """P10, at the upper ends of b_resp: log acts grow by 0.02, 0.05 and 0.09, seeds differ by under 0.01."""
    scenario = scaled(load("wangzhuang").scenario, 9000)
    strong = {"culture": 0.2, "service": 0.4, "deliberation": 0.75}
    decision = scenario.decision.model_dump() | {"b_resp": strong}
    scenario = Scenario.model_validate(scenario.model_dump() | {"decision": decision})
    gains = [0.0, 0.0, 0.0]
    for seed in (1, 2, 3):
        for k, (with_, without) in enumerate(
            zip(acts(scenario, seed, 1000.0), acts(scenario, seed, 0.0), strict=True)
        ):
            gains[k] += math.log(with_ / without) / 3
    assert 0 < gains[0] < gains[1] < gains[2], gains
