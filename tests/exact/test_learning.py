"""One training has its whole effect at once, half by skill and half by knowledge, and fades (pattern P8)."""

from __future__ import annotations

import numpy as np
import pytest

from model.community import CommunityModel
from model.week.schedule import default_phases
from tests.worlds import policy, world

SEATS = {"kind": "train_residents", "amount_yuan": 5_200_000.0, "end": 1}
STILL = {"move_rate": {"local": 0.0, "migrant": 0.0}}


def can(model: CommunityModel, k: int) -> np.ndarray:
    """The term C of everybody."""
    p, people = model.p, model.residents
    return np.asarray(p.b_can[k] * (people.skill - p.skill_mean) + p.b_know[k] * people.knowledge)


def trained(**learning: float) -> CommunityModel:
    """A community in which everybody has just been trained once, and learns nothing else."""
    scenario = world(80, learning={"practice": 0.0, **learning}, movement=STILL)
    model = CommunityModel(
        scenario, world=1, luck=2, phases=default_phases().only("appropriate", "disburse", "train", "learn")
    )
    model.run_spin_up()
    return model.branch(policy(seats=SEATS))


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("gain_knowledge", [1.0, 0.6])
def test_one_training_has_the_whole_effect(share: float, gain_knowledge: float) -> None:
    model = trained(know_share=share, gain_knowledge=gain_knowledge)
    model.residents.skill[:] = model.p.skill_mean
    model.begin_week()
    for phase in model.schedule.only("appropriate", "disburse", "train"):
        phase.run(model)
    assert (model.residents.trained_week == 1).all()
    for k, slope in enumerate(model.scenario.decision.slope.values()):
        assert can(model, k) == pytest.approx(model.scenario.decision.beta_train / slope, rel=1e-12)


def test_it_fades_with_the_half_lives_of_skill_and_knowledge() -> None:
    model = trained(know_rate=0.0)
    before = can(model, 0)
    model.begin_week()
    for phase in model.schedule.only("appropriate", "disburse", "train"):
        phase.run(model)
    at_once = can(model, 0) - before
    effects = []
    for week in range(104):
        for phase in model.schedule.only("learn"):
            phase.run(model)
        effects.append(can(model, 0) - before)
        model.begin_week()
        assert (effects[week] < at_once).all()
    assert effects[-1] == pytest.approx(at_once / 2, rel=0.02)  # skill has not quite returned to its start


def test_knowledge_travels_and_skill_does_not() -> None:
    scenario = world(120, learning={"practice": 0.0, "know_rate": 0.3}, movement=STILL)
    model = CommunityModel(scenario, world=1, luck=2)
    model.run_spin_up()
    plain = model.branch()
    taught = model.branch(policy(seats={**SEATS, "amount_yuan": 52_000.0, "target": {"sex": "female"}}))
    plain.run(8)
    taught.run(8)
    others = taught.residents.trained_week < 0
    assert 10 < others.sum() < len(others)
    assert (taught.residents.knowledge[others] > 0).sum() > 10
    assert (plain.residents.knowledge == 0).all()
    assert np.array_equal(plain.residents.skill[others], taught.residents.skill[others])
    known = taught.residents.knowledge
    assert known[others].max() < known[~others].max()
