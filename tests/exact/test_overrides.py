"""Are values laid over a scenario in Python as `--set` lays them?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments import compare, load, simulate
from experiments.loading.load import loaded_from
from model.core.errors import ScenarioError
from model.scenario.scenario import Scenario
from tests.worlds import world

SMALL = {"run.spin_up": 2, "population.persons": 6000, "population.households": 400}


def test_names_and_texts_say_the_same() -> None:
    texts = [f"{name}={value}" for name, value in SMALL.items()]
    by_name = {**SMALL, 'population.age_share."70+"': 0.084, "population.age_share.60-69": 0.103}
    texts += ['population.age_share."70+"=0.084', "population.age_share.60-69=0.103"]
    one, other = load("wangzhuang", by_name), load("wangzhuang", texts)
    assert one.scenario == other.scenario
    assert one.origin_of("run.spin_up").layer == other.origin_of("run.spin_up").layer == "set"
    assert one.scenario.population.age_share["70+"] == 0.084
    laid = loaded_from(load("wangzhuang").scenario, by_name)
    assert laid.scenario == one.scenario
    assert loaded_from(load("wangzhuang"), texts).scenario == one.scenario


def test_a_table_keeps_what_it_does_not_name() -> None:
    plain = load("wangzhuang").scenario
    for given in ("wangzhuang", plain):
        b0 = loaded_from(given, {"decision.b0": {"culture": -5.0}}).scenario.decision.b0
        assert (b0.culture, b0.service) == (-5.0, plain.decision.b0.service)
    own: dict[str, Any] = {"policy.own": {"rooms": {"kind": "premises", "amount_yuan": np.int64(5)}}}
    assert "own" in loaded_from(plain, own).scenario.policy


def test_runs_and_comparisons_take_them() -> None:
    scenario = world(40)
    rare = simulate(scenario, weeks=1, overrides={"decision.b0.culture": -12.0})
    assert not np.array_equal(rare.counts, simulate(scenario, weeks=1).counts)
    changed = scenario.model_copy(update={"run": scenario.run.model_copy(update={"spin_up": 1})})
    same = simulate(scenario, weeks=1, overrides=["run.spin_up=1"])
    assert np.array_equal(simulate(changed, weeks=1).counts, same.counts)
    policy = {"policy.seats": {"seats": {"kind": "train_residents", "amount_yuan": 900}}, "run.spin_up": 1}
    found = compare(scenario, ["seats"], seeds=1, settings=0, workers=1, weeks=52, overrides=policy)
    assert found.scenario.run.spin_up == 1


@pytest.mark.parametrize("given", ["name", "scenario"])
@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"decision.b_per": 1}, "unknown key decision.b_per. did you mean 'b_peer'?"),
        (["decision.b_per=1"], "unknown key decision.b_per. did you mean 'b_peer'?"),
        ({"decision.b_peer": "x"}, 'overrides, "decision.b_peer": decision.b_peer = "x" has the wrong type'),
        ({"decision.b_peer": True}, "decision.b_peer"),
        ({"decision.b_peer": 999}, "valid is 0 to 100"),
        ({"desision.b_peer": 1}, "did you mean 'decision'?"),
        ({"decision..b_peer": 1}, "no dotted name"),
        ({"": 1}, "no dotted name"),
        ({3: 1}, "no dotted name"),
        (["decision.b_peer"], "key=value"),
        ([3], "key=value"),
        ("decision.b_peer=1", "overrides"),
        (7, "overrides"),
    ],
)
def test_wrong_ones_are_refused(given: str, overrides: Any, said: str) -> None:
    scenario: str | Scenario = "wangzhuang" if given == "name" else load("wangzhuang").scenario
    with pytest.raises(ScenarioError) as refused:
        simulate(scenario, weeks=0, overrides=overrides)
    assert said in str(refused.value)


def test_what_is_no_scenario_is_refused(tmp_path: Path) -> None:
    for wrong in (3, None, b"wangzhuang", ["wangzhuang"]):
        with pytest.raises(ScenarioError, match="not a scenario"):
            simulate(wrong)  # type: ignore[arg-type]
