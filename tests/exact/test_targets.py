"""Do the figures that a calibration aims at count the weeks that they say?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments.outcomes.baseline import figures
from experiments.outcomes.record import Record
from experiments.outcomes.result import RunResult
from experiments.runs.simulate import simulate
from model.core.calendar import YEAR
from model.state.outcomes import COLUMNS, WEEKLY
from tests.worlds import world


@pytest.fixture(scope="module")
def run() -> RunResult:
    """Sixty weeks of a community that raises issues."""
    return simulate(world(run={"weeks": 60, "spin_up": 3}), world=1, luck=2)


def test_issues_in_time_are_those_of_the_outcome(run: RunResult) -> None:
    name = "issues_in_time_year_share"
    assert figures(run)["issues_in_time"] == Record.of(run, ("all",), outcomes=(name,)).last(name, "all")


def test_issues_of_the_first_week_of_the_year_count(run: RunResult) -> None:
    """Only that week has failures: before, they were left out, and all was in time."""
    weekly = run.weekly.copy()
    good, bad = (WEEKLY.index(f"issues_{what}") for what in ("in_time", "failed"))
    first = len(run.weeks) - YEAR
    weekly[:, good], weekly[:, bad] = np.arange(len(weekly)), 0
    weekly[first:, bad] = 100
    found = figures(replace(run, weekly=weekly))["issues_in_time"]
    assert found == YEAR / (YEAR + 100)


@pytest.mark.parametrize("weeks", [51, 50, 30, 3])
def test_a_run_of_less_than_a_year_uses_all_that_it_has(run: RunResult, weeks: int) -> None:
    kept = slice(weeks + 1)
    short = replace(
        run,
        weeks=run.weeks[kept],
        counts=run.counts[kept],
        weekly=run.weekly[kept],
        spread=run.spread[kept],
        took_part=run.took_part[:0],
    )
    reached = run.counts[max(0, weeks - YEAR + 1) : weeks + 1, 0, :].astype(float)
    expected = reached[:, COLUMNS.index("members")].mean() / run.persons
    assert figures(short)["member_share"] == expected
