"""Columns and views are one state; whatever else is asked of them is refused with the remedy."""

from types import SimpleNamespace

import mesa
import numpy as np
import pytest

from model.core.calendar import NEVER
from model.core.errors import DataError, Departed, GongzhiError
from model.parameters.population import AGE_BANDS
from model.state.resident import Resident
from model.state.residents import COLUMNS, Residents


@pytest.fixture
def people() -> Residents:
    people = Residents(6)
    people.id[:] = np.arange(100, 106)
    people.age_band[:] = [0, 1, 2, 3, 4, 5]
    people.migrant[:] = [1, 0, 1, 0, 1, 0]
    return people


def test_columns_are_contiguous_and_start_as_declared() -> None:
    columns = Residents(4).columns()
    assert list(columns) == list(COLUMNS)
    for name, array in columns.items():
        assert array.flags.c_contiguous, name
        assert array.dtype == COLUMNS[name].dtype, name
        assert array.shape == (4, *COLUMNS[name].shape), name
        assert (array == COLUMNS[name].fill).all(), name
    assert (columns["membership"] == -1).all()
    assert (columns["trained_week"] == NEVER).all()


def test_view_and_column_are_one_state(people: Residents) -> None:
    resident = people[2]
    resident.skill = 0.75
    assert people.skill.tolist() == [0, 0, 0.75, 0, 0, 0]
    people.skill[2] = 0.25
    assert resident.skill == 0.25
    assert type(resident.skill) is float
    resident.habit[1] = 0.5
    assert people.habit[2].tolist() == [0, 0.5, 0]
    resident.habit = [0.1, 0.2, 0.3]
    assert people.habit[2].tolist() == [0.1, 0.2, 0.3]


def test_view_speaks_in_names(people: Residents) -> None:
    assert people[4].age_band == "60-69"
    assert people[4].migrant is True
    assert people[5].migrant is False
    people[5].age_band = "16-24"
    people[5].migrant = True
    assert people.age_band[5] == 0
    assert people.migrant[5] == 1


def test_view_is_a_mesa_agent_made_once(people: Residents) -> None:
    model = SimpleNamespace()
    people.owner = model
    views = list(people)
    assert len(views) == len(people) == 6
    assert views[3] is people[3] is people[-3] is list(people)[3]
    assert isinstance(views[3], mesa.Agent)
    assert views[3].model is model
    assert views[3].unique_id == 103
    assert [v.row for v in views] == list(range(6))


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        ({"age_band": "60-69"}, [4]),
        ({"age_band": "60+"}, [4, 5]),
        ({"age_band": "70+"}, [5]),
        ({"age_band": "16+"}, [0, 1, 2, 3, 4, 5]),
        ({"age_band": ["16-24", "45+"]}, [0, 3, 4, 5]),
        ({"age_band": []}, []),
        ({"migrant": True}, [0, 2, 4]),
        ({"migrant": (True, False), "age_band": ("16-24", "25-34")}, [0, 1]),
        ({"migrant": False, "age_band": "60-69"}, []),
        ({"household": 0}, [0, 1, 2, 3, 4, 5]),
        ({}, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_where(people: Residents, wanted: dict[str, object], rows: list[int]) -> None:
    found = people.where(**wanted)
    assert found.dtype == np.int64
    assert found.tolist() == rows


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"ageband": "60-69"}, "did you mean 'age_band'"),
        ({"age_band": "65+"}, "'60-69'"),
        ({"age_band": 4}, "'60-69'"),
        ({"migrant": 1}, "True"),
        ({"migrant": "yes"}, "True"),
        ({"household": "3"}, "whole numbers"),
        ({"household": True}, "whole numbers"),
        ({"skill": 0.5}, "residents.skill > ..."),
        ({"habit": 0.5}, "residents.habit > ..."),
    ],
)
def test_where_refuses(people: Residents, wanted: dict[str, object], told: str) -> None:
    with pytest.raises(GongzhiError) as fault:
        people.where(**wanted)
    assert told in str(fault.value)


def test_copies_own_their_columns_and_fix_the_static_ones(people: Residents) -> None:
    view = people[0]
    twin = people.copy()
    for name, array in twin.columns().items():
        assert not np.shares_memory(array, people.columns()[name]), name
        assert array.flags.writeable == (COLUMNS[name].kind != "static"), name
    twin.skill[0] = 1
    assert people.skill[0] == 0
    assert twin[0] is not view
    with pytest.raises(GongzhiError, match="fixed during a run"):
        twin[0].age_band = "70+"


def test_who_moves_away_is_departed_and_somebody_else_has_the_row(people: Residents) -> None:
    people.freeze()
    gone, stays = people[2], people[3]
    new = Residents(2)
    new.id[:] = 900, 901
    new.age_band[:] = 5
    new.arrival[:] = 17
    people.replace(np.array([2, 4]), new)
    assert people.id.tolist() == [100, 101, 900, 103, 901, 105]
    assert not people.age_band.flags.writeable
    assert people[2] is not gone
    assert people[2].age_band == "70+"
    assert people[3] is stays
    for access in (
        lambda: gone.skill,
        lambda: gone.row,
        lambda: gone.unique_id,
        lambda: gone.model,
        lambda: setattr(gone, "skill", 0.5),
        lambda: gone.remove(),
    ):
        with pytest.raises(Departed, match="row 2 moved away in week 17"):
            access()
    assert repr(gone) == "Resident(row=2, left in week 17)"


def test_set_column_leaves_copies_alone(people: Residents) -> None:
    twin = people.copy()
    twin.set_column("sex", np.ones(6))
    assert people.sex.tolist() == [0] * 6
    assert twin.sex.tolist() == [1] * 6
    assert not twin.sex.flags.writeable


def test_what_cannot_be_done_with_a_view(people: Residents) -> None:
    with pytest.raises(GongzhiError, match=r"residents\[row\]"):
        Resident(SimpleNamespace())
    with pytest.raises(GongzhiError, match=r"population\.persons"):
        people[0].remove()
    with pytest.raises(GongzhiError, match="did you mean 'skill'"):
        people[0].skil = 1.0
    with pytest.raises(AttributeError, match="did you mean 'skill'"):
        _ = people[0].skil
    assert not hasattr(people[0], "wealth")
    for wrong in (1.5, -0.1, np.nan, "high", None, [0.1, 0.2]):
        with pytest.raises(DataError):
            people[0].skill = wrong
    for wrong in ("65+", 7, 1.5, None):
        with pytest.raises(DataError):
            people[0].age_band = wrong
    assert people.skill[0] == 0
    assert AGE_BANDS[people.age_band[0]] == "16-24"


def test_what_cannot_be_done_with_the_table(people: Residents) -> None:
    people.skill += 0.5
    assert people.skill.tolist() == [0.5] * 6
    with pytest.raises(GongzhiError, match=r"residents.skill\[:\] ="):
        people.skill = np.zeros(6)
    with pytest.raises(GongzhiError, match="no column 'wealth'"):
        people.wealth = np.zeros(6)  # type: ignore[attr-defined]
    for wrong in (6, -7, "0", 1.0, True, slice(2)):
        with pytest.raises(GongzhiError):
            people[wrong]  # type: ignore[index]
    with pytest.raises(GongzhiError, match="at least one adult"):
        Residents(0)
