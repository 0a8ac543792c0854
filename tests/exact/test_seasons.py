"""Seasons shift the odds of their weeks, and nothing else; wrong ones are refused in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from model.community import CommunityModel
from model.scenario.seasons import seasons
from tests.worlds import world


def test_factors_multiply_where_seasons_overlap() -> None:
    spring = {"weeks": [5, 7], "culture": 2.0, "free_time": 0.5}
    made = seasons(world(season={"spring": spring, "thaw": {"weeks": [7, 8], "culture": 0.25}}))
    assert np.exp(made.shift[[3, 4, 5, 6, 7, 8], 0]) == pytest.approx([1, 2, 2, 0.5, 0.25, 1])
    assert (made.shift[:, 1:] == 0).all()
    assert np.flatnonzero(made.free_time != 1).tolist() == [4, 5, 6]


def test_a_season_that_changes_nothing_changes_no_bit() -> None:
    runs = []
    for season in ({}, {"idle": {"weeks": [1, 52]}}):
        model = CommunityModel(world(80, season=season), world=3, luck=4)
        model.run(20)
        runs.append(model.residents.columns())
    for name, column in runs[0].items():
        assert column.tobytes() == runs[1][name].tobytes(), name


def test_without_free_time_nobody_takes_part() -> None:
    model = CommunityModel(
        world(80, season={"harvest": {"weeks": [10, 12], "free_time": 0.0}}), world=3, luck=4
    )
    model.run_spin_up()
    acts = []
    for _ in range(14):
        model.step()
        acts.append(int((model.residents.seated > 0).sum()))
    assert [n == 0 for n in acts] == [week in (10, 11, 12) for week in range(1, 15)]


@pytest.mark.parametrize(
    ("season", "told"),
    [
        ({"weeks": [7, 5]}, "ends before it begins"),
        ({"weeks": [0, 5]}, "greater than or equal to 1"),
        ({"weeks": [50, 53]}, "less than or equal to 52"),
        ({"weeks": [5]}, "required"),
        ({"weeks": [5, 6], "culture": 0.0}, "0.001"),
        ({"weeks": [5, 6], "sport": 2.0}, "sport"),
    ],
)
def test_wrong_seasons_are_refused(season: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        world(season={"odd": season})
