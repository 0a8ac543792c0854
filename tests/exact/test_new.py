"""Does `gongzhi new` write a file that loads at once, whatever was answered, and asks only on a terminal?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from experiments.cli.app import app
from experiments.loading.load import load
from experiments.loading.own import Answers, Association, added, association, scenario_text, share
from experiments.storage.toml_text import Toml
from model.core.errors import GongzhiError

ROOT = Path(__file__).parents[2]

OURS = [
    *("--persons", "6000"),
    *("--association", "dance:sport:60"),
    *("--association", "volunteers:elder_care:120"),
    *("--association", "reading:learning:30"),
    *("--policy", "time_bank:credits:80000"),
    *("--policy", "venues:premises:80000"),
]


def write(path: Path, text: Toml) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_the_newcomers_community_has_one_warning(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    result = CliRunner().invoke(app, ["new", str(file), *OURS])
    assert result.exit_code == 0, result.output
    loaded = load(file)
    assert [one.code for one in loaded.warnings] == ["not_calibrated"]
    scenario = loaded.scenario
    assert 2.2 <= scenario.population.persons / scenario.population.households <= 3.2
    assert {k: o.members for k, o in scenario.organization.items()} == {
        "dance": 60,
        "volunteers": 120,
        "reading": 30,
    }
    assert scenario.policy["time_bank"]["credits"].amount_yuan == 80_000
    assert scenario.targets
    assert scenario.free


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text("mine")
    result = CliRunner().invoke(app, ["new", str(file), *OURS])
    assert isinstance(result.exception, GongzhiError)
    assert file.read_text() == "mine"


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--persons", "6000"],
        ["--persons", "6000", "--association", "choir"],
        ["--persons", "6000", "--association", "choir:art:40"],
        ["--persons", "6000", "--association", "choir:arts+elder_care:40"],
        ["--persons", "6000", "--association", "choir:arts:many"],
        ["--persons", "6000", "--association", "choir:arts:40:club"],
        ["--persons", "60", "--association", "choir:arts:4000"],
        [*OURS, "--association", "dance:sport:60"],
        [*OURS, "--share", "culture=40"],
        [*OURS, "--share", "cultur=0.4"],
        [*OURS, "--policy", "funding:grants:80000"],
        [*OURS, "--policy", "a+b:grant:80000"],
        [*OURS, "--policy", "funding"],
        [*OURS, "--households", "7000"],
        [*OURS, "--households", "2100", "--household-size", "3"],
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(tmp_path: Path, options: list[str]) -> None:
    result = CliRunner().invoke(app, ["new", str(tmp_path / "ours.toml"), *options])
    assert isinstance(result.exception, GongzhiError), result.output
    assert not list(tmp_path.iterdir())


def test_answers_of_every_kind_are_in_the_file(tmp_path: Path) -> None:
    answers = Answers(
        name="ours",
        persons=5000,
        associations=(association('say "hi"\\:sports:40:filed'), association("合唱:culture:30")),
        title="A\nB",
        title_zh="我们",
        household_size=2.5,
        money=0.0,
        staff=7,
        shares=dict([share("culture=0.4"), share("reach_service=0.1")]),
        policies=(added("资金:grant:1000"), added("资金:grant:2000")),
    )
    loaded = load(write(tmp_path / "ours.toml", scenario_text(answers)))
    scenario = loaded.scenario
    assert scenario.organization['say "hi"\\'].legal_form == "filed"
    assert scenario.organization["合唱"].fields == ("arts",)
    assert (scenario.title, scenario.title_zh) == ("A\nB", "我们")
    assert scenario.population.households == 2000
    assert scenario.committee.staff == 7
    assert {t.outcome for t in scenario.targets.values()} == {
        "member_share",
        "reach_culture",
        "reach_service",
    }
    assert scenario.policy_named("资金").yuan_a_year(156) == 3000
    assert {one.code for one in loaded.warnings} == {"not_calibrated", "no_money"}


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXT.filter(str.strip), TEXT, st.integers(400, 40_000), st.integers(1, 80))
def test_any_names_make_a_file_that_loads(
    tmp_path: Path, name: str, title: str, persons: int, n: int
) -> None:
    answers = Answers("ours", persons, (Association(name, ("arts",), n),), title=title, title_zh=title)
    scenario = load(write(tmp_path / "x.toml", scenario_text(answers))).scenario
    assert scenario.title == title
    assert scenario.organization[name].members == n
    assert set(scenario.policy) == {"funding", "training", "package"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")
def test_questions_are_asked_on_a_terminal_until_they_are_answered(tmp_path: Path) -> None:
    import pty

    asked = {
        "Persons": ["six thousand", "6,000"],
        "Households": [""],
        "Association": ["choir;arts", "choir:arts:40", ""],
        "Money": ["much", "60 000"],
    }
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "experiments", "new", "ours.toml"]
    child = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    told = ""
    for question, answers in asked.items():
        for answer in answers:
            while not told.rpartition("\n")[2].startswith(question) or not told.endswith(": "):
                told += os.read(ours, 1 << 16).decode(errors="replace")
            os.write(ours, f"{answer}\n".encode())
            told += "\n"
    assert child.wait(60) == 0
    os.close(ours)
    for wrong in ("'six thousand' is no number", "'choir;arts' is no association", "'much' is no number"):
        assert wrong in told
    scenario = load(tmp_path / "ours.toml").scenario
    assert scenario.population.persons == 6000
    assert [one.amount_yuan for one in scenario.status_quo.values()] == [60_000.0]  # type: ignore[union-attr]
