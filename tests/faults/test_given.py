"""F28: are numpy's numbers and paths of any library taken wherever a number or a path is asked for?"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments import compare, load, map_tasks, show, simulate
from experiments.comparison.budgets import at_equal_budget
from experiments.runs.parallel import Workers
from experiments.runs.simulate import MOST_WEEKS
from experiments.study import Study
from experiments.study.commands.new import new
from experiments.study.running.executors import Processes, Serial, executor_of
from experiments.validation.calibrate import calibrated_path
from model.community import CommunityModel
from model.core import given
from model.core.compiled import set_threads
from model.core.draws import uniform
from model.core.errors import GongzhiError
from model.extend import column
from model.instruments.training import TrainResidents
from model.scenario.scenario import Scenario
from model.scenario.specs import InputsSpec
from tests.worlds import world

MINI = """format = 1
name = "mini"
[run]
weeks = 52
spin_up = 2
[population]
persons = 120
households = 40
[organization.choir]
fields = ["arts"]
members = 20
[policy.seats.residents]
kind = "train_residents"
amount_yuan = 8000
"""

WHOLE: list[Any] = [2, np.int8(2), np.int64(2), np.uint64(2), np.array(2)]
NO_NUMBER: list[Any] = [True, np.True_, "2", None, [2], 2j, float("nan"), np.nan]


@pytest.fixture(scope="module")
def mini(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("given") / "mini.toml"
    path.write_text(MINI, encoding="utf-8")
    return path


@pytest.mark.parametrize("two", WHOLE)
def test_f28_whole_numbers(two: Any) -> None:
    found = given.whole(two)
    assert (found, type(found)) == (2, int)
    assert given.number(two) == 2.0


@pytest.mark.parametrize("half", [0.5, np.float32(0.5), np.float64(0.5), Fraction(1, 2), Decimal("0.5")])
def test_f28_numbers(half: Any) -> None:
    found = given.number(half)
    assert (found, type(found)) == (0.5, float)
    assert given.whole(half) is None


@pytest.mark.parametrize("other", NO_NUMBER)
def test_f28_what_is_no_whole_number(other: Any) -> None:
    assert given.whole(other) is None


def test_f28_yes_and_no() -> None:
    assert given.yes_no(np.True_) is True
    assert given.yes_no(False) is False
    assert [given.yes_no(other) for other in (1, np.int8(0), "yes", None)] == [None] * 4


def test_f28_a_run(mini: Path) -> None:
    plain = simulate(str(mini), "seats", 1, 2, weeks=2)
    run = simulate(mini, np.str_("seats"), np.int64(1), np.uint8(2), weeks=np.int64(2))
    assert np.array_equal(plain.counts, run.counts)
    assert (type(run.world), type(run.luck)) == (int, int)
    assert np.array_equal(simulate(load(mini), "seats", 1, 2, weeks=2).counts, run.counts)


def test_f28_a_comparison(mini: Path) -> None:
    two, none = np.int64(2), np.int32(0)
    found = compare(
        mini,
        np.array(["seats"]),  # type: ignore[arg-type]
        seeds=two,  # type: ignore[arg-type]
        first_seed=np.uint16(1),  # type: ignore[arg-type]
        settings=none,  # type: ignore[arg-type]
        workers=np.int8(1),  # type: ignore[arg-type]
        weeks=np.int64(52),  # type: ignore[arg-type]
        budget_per_household=np.float32(40),  # type: ignore[arg-type]
    )
    assert (found.seeds, found.budget_yuan) == (2, 1600.0)
    assert json.loads(json.dumps(found.provenance()))["seeds"] == 2


@pytest.mark.parametrize("wrong", [True, np.True_, "2", 2.5, np.float64(2), -1, np.int64(-1)])
def test_f28_what_is_no_number_is_refused(mini: Path, wrong: Any) -> None:
    community = load(mini).scenario
    model = CommunityModel(world(40), world=1, luck=1)
    for ask in (
        lambda: simulate(mini, weeks=wrong),
        lambda: simulate(mini, world=wrong),
        lambda: compare(mini, ["seats"], seeds=wrong, workers=1),
        lambda: compare(mini, ["seats"], settings=wrong, workers=1),
        lambda: Workers(wrong),
        lambda: map_tasks(abs, [1], wrong),
        lambda: executor_of(wrong),
        lambda: set_threads(wrong),
        lambda: CommunityModel(community, luck=wrong),
        lambda: model.run(wrong),
    ):
        with pytest.raises(GongzhiError):
            ask()


def test_f28_the_words_fit_what_was_given(mini: Path) -> None:
    with pytest.raises(GongzhiError, match=f"whole number from 0 to {MOST_WEEKS}, without a decimal point"):
        simulate(mini, weeks=2.0)  # type: ignore[arg-type]


@pytest.mark.parametrize("two", WHOLE)
def test_f28_workers_threads_and_seeds(two: Any) -> None:
    assert Workers(two).number == 2
    assert isinstance(executor_of(two), Processes)
    assert isinstance(executor_of(two - 1), Serial)
    set_threads(two)
    set_threads(None)
    assert uniform(two, two, two, two, two) == uniform(2, 2, 2, 2, 2)
    assert CommunityModel(world(40), world=two, luck=two).luck == 2


def test_f28_a_models_weeks_columns_and_rows() -> None:
    columns = {
        "mood": column(np.float32(0.5), unit="1", doc="Mood."),
        "yes": column(np.True_, unit="", doc="."),
    }
    model = CommunityModel(world(40), columns=columns, luck=1)
    model.run(np.int64(1))  # type: ignore[arg-type]
    assert model.week == 1
    people = model.residents
    assert people.mood.dtype == np.float64
    assert people.yes.dtype == np.int8
    assert people[np.int16(-1)] is people[len(people) - 1]
    assert np.array_equal(people.where(migrant=np.True_), people.where(migrant=True))
    assert np.array_equal(people.where(sex=np.array(["female"])), people.where(sex="female"))


def test_f28_values_of_a_scenario() -> None:
    """What validation calls a number, a list or a path may come from numpy, pandas or pathlib."""
    table: dict[str, Any] = {
        "format": 1,
        "population": {"persons": np.int64(2000), "female_share": np.float32(0.5)},
        "organization": {
            "choir": {"fields": np.array(["arts"]), "members": np.int64(9), "open_air": np.True_}
        },
        "inputs": {"ties": {"friends": Path("a") / "ties.csv"}},
    }
    found = Scenario.model_validate(table)
    assert (type(found.population.persons), found.organization["choir"].open_air) == (int, True)
    assert found.inputs == InputsSpec(ties={"friends": str(Path("a") / "ties.csv")})
    target = {"age_band": pd.Series(["60-69", "70+"]), "migrant": np.False_}
    seats = TrainResidents(amount_yuan=np.int64(5), start=np.int8(3), target=target)  # type: ignore[arg-type]
    assert seats == TrainResidents(
        amount_yuan=5.0, start=3, target={"age_band": ("60-69", "70+"), "migrant": (False,)}
    )


@pytest.mark.parametrize("share", [0.5, np.float32(0.5), Fraction(1, 2), Decimal("0.5")])
def test_f28_budgets(mini: Path, share: Any) -> None:
    scenario = load(mini).scenario
    assert at_equal_budget((scenario.policy_named("seats"),), scenario, share, 52)[1] == 20.0


@pytest.mark.parametrize("shaped", [str, Path])
def test_f28_paths(mini: Path, tmp_path: Path, shaped: Callable[[Path], Any]) -> None:
    path, folder = shaped(mini), shaped(tmp_path / "study")
    assert load(path).scenario.name == "mini"
    assert calibrated_path(path).name == "mini.calibrated.toml"
    assert "mini" in show(load(path))
    assert new(folder, path, ["none"], np.int64(2)).design.spec.seeds.count == 2  # type: ignore[arg-type]
    assert len(Study(folder).runs) == 2
