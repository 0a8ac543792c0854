"""Is a comparison the plain paired difference, with the intervals and refusals that it promises?"""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.compare import Comparison, compare
from experiments.comparison.budgets import at_equal_budget
from experiments.comparison.effects import (
    COUNTED,
    EFFECTS,
    NAMES,
    PairTask,
    at_ends,
    differing,
    measured,
    nothing,
    switched,
)
from experiments.comparison.settings import draw_settings, guesses, hypercube, interval, shrunk
from experiments.comparison.summary import jackknife, t_interval
from experiments.loading.load import Loaded, Origin
from experiments.outcomes.result import RunResult
from experiments.runs.parallel import Workers
from experiments.runs.simulate import simulate
from model.core.errors import GongzhiError, ScenarioError
from model.instruments.policies import NONE
from model.parameters.declare import resolve
from model.scenario.scenario import Scenario
from model.state.outcomes import COLUMNS
from tests.tasks import double
from tests.worlds import SITTINGS, world

GRANTS = {"more": {"kind": "grant", "amount_yuan": 30_000.0}}
SEATS = {
    "seats": {"kind": "train_residents", "amount_yuan": 20_000.0},
    "letters": {"kind": "ask", "activity": "culture", "every_weeks": 3},
}


def community() -> Scenario:
    """Small, and in the order of P1, so that settings draws are kept."""
    return world(
        150,
        run={"weeks": 104, "spin_up": 3},
        decision={"b0": {"culture": -2.5, "service": -3.5, "deliberation": -7.0}},
        costs={"session_cost": {"registered": 60.0}},
        sitting={"forum": SITTINGS["forum"]},
        policy={"grants": GRANTS, "seats": SEATS},
    )


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare(community(), seeds=3, settings=2, settings_persons=100, workers=1)


@pytest.fixture(scope="module")
def runs() -> dict[str, list[RunResult]]:
    names = ("none", "grants", "seats")
    return {name: [simulate(community(), name, s, s) for s in (1, 2, 3)] for name in names}


def row(table: pd.DataFrame, policy: str, outcome: str, group: str = "all") -> pd.Series[Any]:
    at = (table["policy"] == policy) & (table["outcome"] == outcome) & (table["group"] == group)
    assert at.sum() == 1
    return table[at].iloc[0]


def test_effect_is_the_mean_difference_of_the_last_year(
    comparison: Comparison, runs: dict[str, list[RunResult]]
) -> None:
    def reach(result: RunResult) -> float:
        end = result.counts[104, 0]
        return float(end[COLUMNS.index("reached_culture")] / end[0])

    differences = [reach(a) - reach(b) for a, b in zip(runs["seats"], runs["none"], strict=True)]
    found = row(comparison.table, "seats", "reach_culture")
    assert found["effect"] == pytest.approx(np.mean(differences))
    half = 2.919986 * np.std(differences, ddof=1) / np.sqrt(3)  # Student's t, 2 degrees of freedom, 95 %
    assert found["chance_high"] - found["effect"] == pytest.approx(half, rel=1e-6)
    adults = runs["none"][0].counts[0, 0, 0]
    assert comparison.adults == adults
    assert found["persons"] == pytest.approx(found["effect"] * adults)
    assert found["baseline"] == pytest.approx(np.mean([reach(r) for r in runs["none"]]))


def test_flows_sum_the_52_weeks_of_the_year(comparison: Comparison, runs: dict[str, list[RunResult]]) -> None:
    def hours(result: RunResult) -> float:
        return float(result.counts[53:105, 0, COLUMNS.index("served_minutes")].sum() / 60)

    wanted = np.mean([hours(a) - hours(b) for a, b in zip(runs["grants"], runs["none"], strict=True)])
    found = row(comparison.table, "grants", "served_hours")
    assert found["effect"] == pytest.approx(wanted)
    assert np.isnan(found["persons"])
    second = comparison.years.query("policy == 'grants' and year == 2 and outcome == 'served_hours'")
    assert second["effect"].iloc[0] == found["effect"]


def test_added_less_lost_is_the_effect_on_reach(comparison: Comparison) -> None:
    for policy in ("grants", "seats"):
        for k in ("culture", "service", "deliberation", "any"):
            added, lost, reach = (
                row(comparison.table, policy, f"{what}_{k}") for what in ("added", "lost", "reach")
            )
            assert added["effect"] - lost["effect"] == pytest.approx(reach["persons"])
            assert 0 <= row(comparison.table, policy, f"added_new_{k}")["effect"] <= added["effect"]
    assert row(comparison.table, "seats", "added_any")["effect"] > 0


def test_persons_switch_one_by_one(runs: dict[str, list[RunResult]]) -> None:
    base, arm = runs["none"][0], runs["seats"][0]
    n = int(base.counts[0, 0, 0])
    a, b = (
        [np.unpackbits(year, axis=1)[:, :n].astype(bool) for year in result.took_part]
        for result in (base, arm)
    )
    got = switched(at_ends(base), at_ends(arm))[:, 0]
    new = [i for i in range(n) if b[1][0, i] and not a[1][0, i] and not b[0][0, i]]
    names = [e.name for e in COUNTED]
    assert got[1, names.index("added_new_culture")] == len(new)
    lost = [i for i in range(n) if a[1][:, i].any() and not b[1][:, i].any()]
    assert got[1, names.index("lost_any")] == len(lost)


def test_a_policy_that_does_nothing_changes_nothing(comparison: Comparison) -> None:
    scenario = community()
    arms = (scenario.policy_named("grants"), scenario.policy_named("seats"))
    assert nothing(arms[1]).yuan_a_year(104) == 0
    assert differing(PairTask(scenario, arms, 1, 1, 104)) == [0, 0]
    found = comparison.patterns.set_index("pattern").loc["P13"]
    assert bool(found["met"])


def test_differing_sees_a_difference() -> None:
    scenario = community()
    awake = dataclasses.replace(scenario.policy_named("grants"))
    runs = [simulate(scenario, p, 1, 1) for p in (NONE, awake)]
    assert not np.array_equal(*(measured(at_ends(one)) for one in runs), equal_nan=True)


def test_costs_are_of_the_policy_s_own_accounts(
    comparison: Comparison, runs: dict[str, list[RunResult]]
) -> None:
    costs = comparison.costs.set_index("policy")
    assert costs.loc["grants", "spent_yuan_per_year"] == pytest.approx(30_000)
    spent = [r.money[-1, r.accounts.index("seats.seats"), 1] / 200 for r in runs["seats"]]
    assert costs.loc["seats", "spent_yuan_per_year"] == pytest.approx(np.mean(spent))
    for policy in costs.index:
        known = bool(costs.loc[policy, "estimable"])
        assert known == bool(np.isfinite(costs.loc[policy, "cost_per_added_participant_yuan"]))
        lowest = costs.loc[policy, ["added_participants_chance_low", "added_participants_settings_low"]]
        assert known == bool((lowest > 0).all())


def test_workers_do_not_change_a_figure(comparison: Comparison) -> None:
    again = compare(community(), seeds=3, settings=2, settings_persons=100, workers=2)
    for name in ("table", "costs", "years", "drift", "patterns", "settings_draws"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(comparison, name), check_exact=True)


def test_saved_files_are_the_same_to_the_byte(comparison: Comparison, tmp_path: Path) -> None:
    for name in ("a", "b"):
        comparison.save(tmp_path / name, lang=("en",))
    names = sorted(f.name for f in (tmp_path / "a").iterdir())
    assert {"table.csv", "table.parquet", "dictionary.csv", "provenance.json", "page.en.md"} <= set(names)
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name
    written = pd.read_csv(tmp_path / "a" / "dictionary.csv")
    assert set(comparison.table["outcome"]) <= set(written["outcome"])


def test_a_file_in_the_way_is_refused_and_kept(comparison: Comparison, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(GongzhiError, match="is not a folder"):
        comparison.save(tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "mine"
    with pytest.raises(GongzhiError):
        comparison.save(tmp_path / "new", lang=("xx",))
    assert not list(tmp_path.glob("new/*"))


def test_budgets_are_made_equal() -> None:
    scenario = community()
    arms = (scenario.policy_named("grants"), scenario.policy_named("seats"))
    same, budget, notes = at_equal_budget(arms, scenario, None, 104)
    assert same == arms
    assert np.isnan(budget)
    assert "differ" in notes[0]
    scaled, budget, notes = at_equal_budget(arms, scenario, 30.0, 104)
    assert budget == 30.0 * scenario.population.households
    assert [p.yuan_a_year(104) for p in scaled] == [budget, budget]
    assert notes == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"policies": ["nope"]}, "nope"),
        ({"policies": ["none"]}, "baseline"),
        ({"policies": ["grants", "grants"]}, "twice"),
        ({"policies": []}, "no policy"),
        ({"seeds": 0}, "seeds"),
        ({"weeks": 60}, "years"),
        ({"settings": -1}, "settings"),
        ({"workers": 0}, "workers"),
        ({"budget_per_household": float("nan")}, "budget"),
    ],
)
def test_wrong_arguments_are_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(GongzhiError, match=said):
        compare(community(), **wrong)


def test_the_interval_of_chance_is_student_s() -> None:
    mean, low, high = t_interval(np.array([1.0, 2.0, 3.0, 4.0]))
    assert mean == 2.5
    assert high - mean == pytest.approx(2.353363 * np.sqrt(5 / 3) / 2, rel=1e-6)
    assert mean - low == pytest.approx(high - mean)
    assert np.isnan(t_interval(np.array([1.0]))[1])


def test_luck_within_draws_is_taken_out() -> None:
    means = np.array([0.0, 1.0, 2.0, 3.0])
    luck = 0.5
    effects = np.stack([means - luck, means + luck], axis=1)
    between = 5 / 3 - (2 * luck**2) / 2  # V(means) less half of the variance within draws
    assert shrunk(effects) == pytest.approx(1.5 + np.sqrt(between / (5 / 3)) * (means - 1.5))
    low, high = interval(effects)
    error = 1.6448536 * np.sqrt(5 / 3 / 4)  # of the centre of four draws
    assert high == pytest.approx(1.5 + np.hypot(np.quantile(shrunk(effects), 0.95) - 1.5, error))
    assert low == pytest.approx(3.0 - high)
    assert np.allclose(shrunk(np.array([[-3.0, 3.0], [-2.0, 2.2]])), 0.05)  # nothing but luck
    assert np.array_equal(shrunk(np.zeros((4, 2))), np.zeros(4))


def test_displacement_by_hand() -> None:
    changes = np.array([[10.0, -2.0, 0.0], [14.0, -4.0, 1.0], [12.0, -3.0, -1.0]])
    whole, low, high = jackknife(changes, 0)
    assert whole == pytest.approx(3.0 / 12.0)
    assert low < whole < high
    assert jackknife(np.array([[10.0, 5.0, 0.0]] * 3), 0)[0] == pytest.approx(-0.5)


def test_the_hypercube_hits_every_part_of_a_range_once() -> None:
    drawn = guesses(Loaded(community(), "here", {}))
    draws = hypercube(drawn, 10, 0)
    assert draws == hypercube(drawn, 10, 0)
    assert draws != hypercube(drawn, 10, 1)
    for d in drawn:
        values = np.array([draw[d.name] for draw in draws])
        assert d.low is not None
        assert d.high is not None
        if d.type is float:
            parts = np.floor((values - d.low) / (d.high - d.low) * 10)
            assert sorted(parts) == list(range(10)), d.name


def test_only_guesses_are_drawn() -> None:
    calibrated = {"decision.b_peer": Origin("calibrated", "x.toml", 3)}
    names = {d.name for d in guesses(Loaded(community(), "here", calibrated))}
    assert "decision.b_peer" not in names
    assert "decision.b_habit" in names
    assert "decision.beta_train" not in names  # evidence


def test_draws_have_their_values_and_are_counted(comparison: Comparison) -> None:
    counts = comparison.settings_counts
    assert counts["tried"] == counts["kept"] + counts["dropped_equilibrium"] + counts["dropped_p1"]
    assert counts["kept"] == len(comparison.settings_draws) <= 2
    assert counts["kept"] == 2, "the test community should keep its draws"
    with Workers(1) as workers:
        settings = draw_settings(
            Loaded(community(), "here", {}), (community().policy_named("grants"),), 1, 100, 52, workers
        )
    for draw in settings.kept:
        assert draw.scenario.population.persons == 100
        for name, value in draw.values.items():
            if not name.startswith(("life.", "costs.staff_day", "costs.project", "costs.workstation_year")):
                assert resolve(draw.scenario, name) == value
        assert draw.policies[0].yuan_a_year(52) == pytest.approx(20_000)
        assert settings.effects.shape[1:] == (2, 1, 1, 19, len(EFFECTS))
        assert np.isfinite(settings.effects[..., 0, NAMES.index("reach_any")]).all()


@pytest.mark.parametrize("workers", [1, 2])
def test_tasks_come_back_in_order_and_refuse_as_here(workers: int) -> None:
    told: list[tuple[str, int, int]] = []
    with Workers(workers, lambda *t: told.append(t)) as several:
        assert several.map(double, [5, 1, 2], "twice") == [10, 2, 4]
        assert told == [("twice", done, 3) for done in range(4)]
        with pytest.raises(ScenarioError, match="three"):
            several.map(double, [1, 3])


@pytest.mark.parametrize("guarded", [True, False])
def test_a_script_without_the_guard_is_told_so(guarded: bool, tmp_path: Path) -> None:
    call = "    print(map_tasks(abs, [-1, 2], 2))\n"
    head = "from experiments import map_tasks\n"
    script = tmp_path / "mine.py"
    script.write_text(head + ('if __name__ == "__main__":\n' if guarded else "if True:\n") + call)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120)
    if guarded:
        assert (done.returncode, done.stdout.strip()) == (0, "[1, 2]"), done.stderr
    else:
        assert done.returncode != 0
        assert done.stderr.count('if __name__ == "__main__":') == 1
        assert done.stderr.strip().splitlines()[-1].startswith("model.core.errors.GongzhiError")


def test_a_model_of_the_user_s_own_is_named(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("x = 1\n")
    (tmp_path / "mine.py").write_text("from experiments import compare\n")
    done = subprocess.run(
        [sys.executable, "mine.py"], capture_output=True, text=True, cwd=tmp_path, timeout=60
    )
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError")
    assert str(tmp_path / "model.py") in last
    assert "rename" in last


def test_functions_are_not_hidden_by_their_modules() -> None:
    code = (
        "import experiments.compare, experiments.load; from experiments import compare, load, simulate;"
        "assert all(map(callable, (compare, load, simulate)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
