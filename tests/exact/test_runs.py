"""Do the printed figures of runs claim no more than was run, and tell whose money was spent?"""

from __future__ import annotations

import re

import pytest

from experiments.outcomes.figures import _spread, figures
from experiments.outcomes.result import RunResult
from experiments.report.runs import RunTask, run_one
from model.instruments.policies import NONE
from tests.worlds import policy, world


@pytest.fixture(scope="module")
def results() -> list[RunResult]:
    scenario = world(status_quo={"base": {"kind": "grant", "amount_yuan": 52_000.0}})
    grant = policy(more={"kind": "grant", "amount_yuan": 26_000.0})
    return [run_one(RunTask(scenario, arm, s, s, 52)) for s in (1, 2) for arm in (NONE, grant)]


def cells(text: str, name: str) -> list[str]:
    (line,) = (line for line in text.splitlines() if f" {name} " in line)
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_money_of_the_policy_and_of_the_status_quo_stand_apart(results: list[RunResult]) -> None:
    told = figures(results[:2])
    assert cells(told, "money spent on the policy")[:2] == ["0", "26,000"]
    assert cells(told, "money spent on what is done today")[:2] == ["52,000", "52,000"]


def test_one_pair_of_seeds_is_said_and_has_two_digits(results: list[RunResult]) -> None:
    told = figures(results[:2])
    assert "One pair of seeds: no interval" in told
    assert "±" not in told
    assert not re.search(r"\d\.\d{3}", told.replace("0.0", "."))
    assert "无法给出区间" in figures(results[:2], "zh")
    several = figures(results)
    assert "Mean ± standard deviation over 2 pairs of seeds." in several
    assert "One pair" not in several
    assert "±" in "".join(cells(several, "attachment to the community"))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([0.41234], "0.41"),
        ([0.0], "0"),
        ([1_530_123.4], "1,530,123"),
        ([float("nan"), 1.0], "-"),
        ([0.412, 0.456], "0.434 ± 0.031"),
        ([5.0, 5.0], "5.0 ± 0.0"),
        ([100.0, 300.0], "200 ± 141"),
        ([-0.25], "−0.25"),
    ],
)
def test_digits_go_by_the_deviation(values: list[float], told: str) -> None:
    assert _spread(values) == told
