"""Has a bit of any column moved? A change of numbers is a commit of its own: `make golden`, CHANGELOG.md."""

from __future__ import annotations

import numpy as np
import pytest

from model.core.draws import STREAMS
from model.instruments.policies import Policy
from tests.golden import cases
from tests.golden.cases import QUICK, SLOW, everything
from tests.golden.hashing import hashed
from tests.golden.refresh import differences, stored
from tests.worlds import policy


@pytest.mark.parametrize(
    "case", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)], ids=str
)
def test_no_column_moved(case: str) -> None:
    moved = differences(stored(case), (QUICK | SLOW)[case]())
    assert not moved, f"{len(moved)} columns of {case} are not what stands committed:\n" + "\n".join(moved)


def test_every_stream_stands_there() -> None:
    assert list(stored("draws")["streams"]) == list(STREAMS)


def test_a_moved_column_is_named() -> None:
    before = {"none": {"counts.members": "a", "weekly.moved": "b"}, "everything": {"weeks": "c"}}
    now = {"none": {"counts.members": "x", "weekly.moved": "b"}, "package": {"weeks": "c"}}
    assert differences(before, now) == [
        "moved: none: counts.members",
        "gone: everything: weeks",
        "new: package: weeks",
    ]


def test_a_hash_sees_value_order_shape_and_kind() -> None:
    array = np.array([[1, 2, 3], [4, 5, 6]], np.int64)
    others = [
        array + 1,
        array[:, ::-1],
        array.reshape(3, 2),
        array.astype(np.int32),
        array.astype(np.float64),
    ]
    assert len({hashed(one) for one in [array, *others]}) == 6
    assert hashed(array) == hashed(array.astype(">i8")) == hashed(np.asfortranarray(array))
    assert hashed(np.array([0.0])) != hashed(np.array([-0.0]))


def test_a_changed_run_moves_its_columns_and_no_other_arm(monkeypatch: pytest.MonkeyPatch) -> None:
    more = policy(visits={"kind": "visit", "visits_per_year": 3.0}).instruments
    monkeypatch.setattr(cases, "EVERYTHING", Policy("everything", (*cases.EVERYTHING.instruments, *more)))
    moved = differences(stored("everything"), everything())
    assert "moved: everything: weekly.staff_visits" in moved
    assert not [line for line in moved if ": none: " in line]
