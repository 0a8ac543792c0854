"""Who gets a place where more come than there are places?"""

from __future__ import annotations

import numpy as np
import pytest

from model.core.draws import smallest
from model.state.offers import OfferTable
from model.week import seat
from model.week.seat import Seats


@pytest.mark.parametrize("seed", range(20))
def test_places_go_to_the_smallest_draws_and_of_equal_ones_to_the_smallest_ids(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    luck = np.random.default_rng(seed)
    n, places = 30, np.array([4, -1, 0, 9], np.int64)
    ids = luck.permutation(n).astype(np.uint64)
    drawn = luck.choice([0.0, 0.1, 0.2, 0.3], n)  # many are equal, as true draws never are
    monkeypatch.setattr(seat, "draw", lambda _seed, _stream, ident, _week, _k: drawn[ids == ident][0])
    offer = luck.integers(0, len(places), n).astype(np.int16)
    columns = Seats(
        id=ids,
        match=np.zeros(n, np.uint32),
        slots=np.zeros(n, np.uint8),
        post=np.zeros(n, np.int8),
        membership=np.zeros((n, 3), np.int16),
        minutes=np.full((n, 3), 60, np.int32),
        offer=np.full((n, 3), -1, np.int16),
        seated=np.full((n, 3), 2, np.int8),
        refused=np.zeros((n, 3), np.int8),
    )
    columns.offer[:, 1] = offer
    small = np.zeros(len(places), np.int8)
    offers = OfferTable(small, small + np.int8(1), small, small, places, places, small)
    rows, first = seat._by_offer(columns, len(places))
    seat._ration.py_func(np.uint64(1), 5, 3, columns, offers, rows, first)  # type: ignore[attr-defined]
    for o, room in enumerate(places):
        here = np.flatnonzero(offer == o)
        wanted = here if room < 0 else here[smallest(drawn[here], ids[here], int(room))]
        assert set(np.flatnonzero(columns.seated[:, 1] == 2)) & set(here) == set(wanted)
        refused = np.setdiff1d(here, wanted)
        assert (columns.refused[refused, 1] == 1).all()
        assert (columns.minutes[refused, 1] == 0).all()
        assert (columns.offer[refused, 1] == -1).all()
    assert (columns.refused[:, [0, 2]] == 0).all()
