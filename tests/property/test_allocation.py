"""Does money split over organizations stay whole, fair and free of favours, whatever the weights?"""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.state.allocation import ALLOCATIONS, Lately, split

trials = settings(max_examples=200, deadline=None, derandomize=True)
MONEY = st.integers(0, 10**12)


@trials
@given(MONEY, st.lists(st.integers(0, 10**9), max_size=12))
def test_a_split_is_whole_and_within_a_fen_of_fair(amount: int, weights: list[int]) -> None:
    parts = split(amount, weights)
    if not sum(weights):
        assert parts == [0] * len(weights)
        return
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(amount * weight, sum(weights))) < 1
        assert part == 0 or weight > 0


@trials
@given(MONEY, st.lists(st.integers(0, 10**6), min_size=1, max_size=8, unique=True))
def test_a_larger_weight_never_gets_less(amount: int, weights: list[int]) -> None:
    by_weight = sorted(zip(weights, split(amount, weights), strict=True))
    assert [part for _, part in by_weight] == sorted(part for _, part in by_weight)


@st.composite
def organizations(draw: st.DrawFn) -> list[Any]:
    """Organizations with a past of some weeks."""
    found = []
    for ident in range(draw(st.integers(0, 7))):
        lately, total = Lately(), 0
        for week in draw(st.lists(st.integers(1, 200), max_size=6, unique=True).map(sorted)):
            total += draw(st.integers(0, 10**7))
            lately.write(week, draw(st.integers(0, 50)), draw(st.integers(0, 400)), total)
        found.append(SimpleNamespace(id=ident, lately=lately))
    return found


@pytest.mark.parametrize("rule", ALLOCATIONS)
@trials
@given(data=st.data())
def test_rules_see_organizations_and_not_their_order(rule: str, data: st.DataObject) -> None:
    here = data.draw(organizations())
    other = data.draw(st.permutations(here))
    weights = ALLOCATIONS[rule](here)
    assert all(isinstance(w, int) and w >= 0 for w in weights)
    assert sum(weights) > 0 or not here
    again = dict(zip([o.id for o in other], ALLOCATIONS[rule](other), strict=True))
    assert weights == [again[o.id] for o in here]
