"""A policy's yearly budget counts the weeks in which its instruments are in force."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.cli.told import tell_oddities
from experiments.compare import compare
from experiments.comparison.budgets import at_equal_budget
from experiments.loading.load import load
from experiments.study.commands.plan import plan
from experiments.study.design.arms import arm
from experiments.study.running.study import Study
from model.core.errors import GongzhiError
from model.instruments.policies import Named, Policy
from model.instruments.training import TrainResidents
from model.scenario.scenario import Scenario
from tests.sources.scan import called, places, planted

WEEKS = 104
MINI = """format = 1
name = "mini"
[run]
weeks = 104
spin_up = 4
[population]
persons = 160
households = 60
[organization.choir]
fields = ["arts"]
members = 12
[organization.helpers]
fields = ["elder_care"]
members = 8
[sitting.hearing]
every = "month"
places = 20
[status_quo.money]
kind = "grant"
amount_yuan = 20000
[policy.seats.residents]
kind = "train_residents"
amount_yuan = 3000
[policy.steps.y1]
kind = "train_residents"
amount_yuan = 2000
start = 1
end = 52
[policy.steps.y2]
kind = "train_residents"
amount_yuan = 4000
start = 53
end = 104
[policy.late.y2]
kind = "train_residents"
amount_yuan = 3000
start = 53
[policy.never.y9]
kind = "train_residents"
amount_yuan = 3000
start = 500
[policy.backwards.y0]
kind = "train_residents"
amount_yuan = 3000
start = 60
end = 40
[policy.half.y1]
kind = "train_residents"
amount_yuan = 3000
[policy.half.y9]
kind = "train_residents"
amount_yuan = 3000
start = 500
"""


def mini(tmp_path: Path) -> Scenario:
    (tmp_path / "mini.toml").write_text(MINI)
    return load(tmp_path / "mini.toml").scenario


def seats(yuan: float, start: int | None = None, end: int | None = None) -> TrainResidents:
    return TrainResidents(amount_yuan=yuan, start=start, end=end)


@pytest.mark.parametrize(
    ("start", "end", "weeks", "in_force"),
    [
        (None, None, 104, 104),
        (-30, None, 104, 104),
        (1, 52, 104, 52),
        (53, None, 104, 52),
        (105, None, 104, 0),
        (60, 40, 104, 0),
        (None, 0, 104, 0),
        (-20, 10, 104, 10),
        (100, 500, 104, 5),
    ],
)
def test_f20_weeks_in_force(start: int | None, end: int | None, weeks: int, in_force: int) -> None:
    one = seats(5200.0, start, end)
    assert one.weeks_in_force(weeks) == in_force
    assert sum(one.in_force(week) for week in range(1, weeks + 1)) == in_force
    assert Policy("p", (Named("p.a", one),)).yuan_a_year(weeks) == 5200.0 * in_force / weeks


def test_f20_policies_are_scaled_to_what_they_set_aside(tmp_path: Path) -> None:
    scenario = mini(tmp_path)
    arms = tuple(scenario.policy_named(name) for name in ("seats", "steps", "late"))
    same, budget, notes = at_equal_budget(arms[:2], scenario, None, WEEKS)
    assert (same, budget, notes) == (arms[:2], 3000.0, [])
    scaled, budget, _ = at_equal_budget(arms, scenario, 40.0, WEEKS)
    assert budget == 2400.0
    assert [p.yuan_a_year(WEEKS) for p in scaled] == [2400.0] * 3
    assert [n.instrument.amount_yuan for p in scaled for n in p.instruments] == [
        2400.0,
        1600.0,
        3200.0,
        4800.0,
    ]


@pytest.mark.parametrize("name", ["never", "backwards"])
def test_f20_a_policy_that_is_never_in_force_is_refused(tmp_path: Path, name: str) -> None:
    scenario = mini(tmp_path)
    for per_household in (None, 40.0):
        with pytest.raises(GongzhiError, match="never in force") as caught:
            at_equal_budget((scenario.policy_named(name),), scenario, per_household, WEEKS)
        assert f"policy.{name}.y" in caught.value.where
    with pytest.raises(GongzhiError, match="never in force"):
        at_equal_budget((scenario.policy_named("late"),), scenario, None, 52)


def test_f20_a_study_of_a_policy_that_is_never_in_force_is_looked_at_but_not_run(tmp_path: Path) -> None:
    (tmp_path / "mini.toml").write_text(MINI, encoding="utf-8")
    (tmp_path / "study.toml").write_text(
        'format = 1\nname = "s"\nscenario = "mini.toml"\nweeks = 104\npolicies = ["none", "never@30"]\n'
        "[seeds]\ncount = 1\n[record]\nevery = 52\n",
        encoding="utf-8",
    )
    study = Study(tmp_path)
    assert study.status().total == 2
    assert study.table().empty
    for act in (study.run, lambda: plan(study)):
        with pytest.raises(GongzhiError, match="never in force") as caught:
            act()
        assert str(tmp_path / "study.toml") in caught.value.where
    assert not (tmp_path / "runs").exists()


def test_f20_the_weeks_that_are_asked_for_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mini.toml").write_text(MINI, encoding="utf-8")
    loaded = load(tmp_path / "mini.toml")
    tell_oddities(loaded, policies=["late"])
    assert "late.y2" not in capsys.readouterr().err
    tell_oddities(loaded, policies=["late"], weeks=50)
    told = capsys.readouterr().err
    assert "policy.late.y2 is never in force in the weeks 1 to 50 of a run" in told
    assert "whole years" not in told


def test_f20_a_part_that_is_never_in_force_is_noted(tmp_path: Path) -> None:
    scenario = mini(tmp_path)
    scaled, _, notes = at_equal_budget((scenario.policy_named("half"),), scenario, 40.0, WEEKS)
    assert "half.y9 is not in force" in notes[0]
    assert scaled[0].instruments[0].instrument == seats(2400.0)
    assert arm(scenario, "steps@40", WEEKS).policy.yuan_a_year(WEEKS) == 2400.0


def test_f20_what_is_spent_and_said_is_the_same_budget(tmp_path: Path) -> None:
    found = compare(
        mini(tmp_path), ["seats", "steps", "late"], seeds=1, settings=0, budget_per_household=40, workers=1
    )
    spent = found.costs.set_index("policy")["spent_yuan_per_year"]
    assert found.budget_yuan == 2400
    assert all(abs(yuan - 2400) < 120 for yuan in spent)
    assert "on average over the 104 weeks" in found.page("en")
    assert "104周内的年均数" in found.page("zh")


def summed(tree: ast.Module) -> Iterator[ast.AST]:
    """Sums over amounts of instruments, whatever the weeks they are in force."""
    for node in ast.walk(tree):
        if called(node).rpartition(".")[2] in ("sum", "fsum"):
            yield from (
                part
                for part in ast.walk(node)
                if isinstance(part, ast.Attribute) and part.attr == "amount_yuan"
            )


def test_f20_no_sum_over_instruments_is_taken_for_a_yearly_sum() -> None:
    assert not places(summed)
    assert planted(summed, "x = sum(i.amount_yuan for i in policy)") == [1]
