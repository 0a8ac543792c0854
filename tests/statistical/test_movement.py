"""Do people come and go at the declared hazards, and does the community stay what it is for ten years?

Tolerances are four standard errors of a share of independent persons, or of a count of independent moves.
"""

from __future__ import annotations

import numpy as np
import pytest

from experiments.loading.load import load
from experiments.runs.simulate import simulate
from model.community import CommunityModel
from model.core.calendar import NEVER
from model.instruments.policies import NONE
from model.parameters.decision import ACTIVITIES
from model.scenario.scenario import Scenario
from model.start.population import margins
from model.state.outcomes import COLUMNS
from model.week.schedule import default_phases
from tests.worlds import world

TEN_YEARS = 520


@pytest.fixture(scope="module")
def decade() -> CommunityModel:
    scenario = world(
        12_000,
        run={"weeks": TEN_YEARS, "spin_up": 0},
        movement={"newcomer_aware": 0.5, "move_rate": {"local": 0.06, "migrant": 0.30}},
        organization={},
        network={"degree": {"friends": 0.0, "cell": 0.0, "work": 0.0, "branch": 0.0}},
    )
    model = CommunityModel(scenario, world=1, luck=1, phases=default_phases().only("move", "observe"))
    model.run()
    return model


def test_margins_are_stationary(decade: CommunityModel) -> None:
    people = decade.residents
    assert (people.arrival > NEVER).mean() > 0.4
    for row in margins(people, decade.scenario):
        error = np.sqrt(row.wanted * (1 - row.wanted) / len(people))
        assert abs(row.drawn - row.wanted) < 4 * error, row


def test_as_many_move_as_the_hazards_say(decade: CommunityModel) -> None:
    n, share = len(decade.residents), decade.scenario.population.migrant_share
    hazard = share * (1 - np.exp(-0.30 / 52)) + (1 - share) * (1 - np.exp(-0.06 / 52))
    expected = n * hazard * TEN_YEARS
    # moves are Poisson; the share of migrants wanders by less than 4 sqrt(q (1 - q) / n)
    wander = 4 * np.sqrt(share * (1 - share) / n) * (0.30 - 0.06) * n * TEN_YEARS / 52
    assert abs(decade.moves.moved - expected) < 4 * np.sqrt(expected) + wander


@pytest.mark.slow
def test_p9_turnover_of_residents_lowers_every_activity() -> None:
    """Four times the moves; attendances of the third year, means over eight pairs of seeds."""
    scenario = load("wangzhuang").scenario
    restless = scenario.model_copy(
        update={
            "movement": scenario.movement.model_copy(
                update={"move_rate": type(scenario.movement.move_rate)(local=0.12, migrant=0.60)}
            )
        }
    )

    def acts(world_: Scenario, seed: int) -> list[float]:
        run = simulate(world_, NONE, seed, seed)
        return [float(run.counts[-52:, 0, COLUMNS.index(f"attended_{k}")].sum()) for k in ACTIVITIES]

    change = np.array([np.log(np.array(acts(restless, s)) / acts(scenario, s)) for s in range(1, 9)])
    error = change.std(axis=0, ddof=1) / np.sqrt(len(change))
    print("log acts", dict(zip(ACTIVITIES, zip(change.mean(axis=0), error, strict=True), strict=True)))
    assert (change.mean(axis=0) + 2 * error < 0).all()
