"""Draws: published vectors, the layout of a counter, plain statistics, ids and selections."""

import hashlib
import itertools
import math

import numpy as np
import pytest

from model.community import CommunityModel
from model.core import draws
from model.core.arithmetic import ndtri
from model.core.compiled import BLOCK, set_threads
from model.core.draws import (
    STREAMS,
    WEEKLY,
    WORLD,
    Kind,
    _numbered,
    arrival_code,
    born_id,
    community_hash,
    draw,
    luck_of,
    normal,
    pair_id,
    person_id,
    philox,
    philox_words,
    refuse_shared_luck,
    smallest,
    stream,
    uniform,
    uniforms,
)
from model.core.errors import GongzhiError
from tests.worlds import policy, world

ONES = 0xFFFF_FFFF
KNOWN = [  # the known-answer vectors published with Random123 1.14 for philox4x32, 10 rounds
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
N = 40_000
IDS = np.array([person_id(7, place) for place in range(N)], dtype=np.uint64)


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_known_answers(counter, key, words):
    assert philox(counter, key) == words
    arguments = [np.uint64(word) for word in (*counter, *key)]
    assert philox_words(*arguments) == words
    assert philox_words.py_func(*arguments) == words


def test_the_layout_of_a_draw():
    """Each argument sits where it is said to sit, and the first two words make the number."""
    seed, number, ident, week, k = 0x0123_4567_89AB_CDEF, 0xABCDEF, 0xFEDC_BA98_7654_3210, -2, 0x5A
    counter = (0x7654_3210, 0xFEDC_BA98, 0xFFFF_FFFE, 0xABCD_EF5A)
    w0, w1, _, _ = philox(counter, (0x89AB_CDEF, 0x0123_4567))
    expected = ((w0 >> 5) * 67108864 + (w1 >> 6)) / 9007199254740992
    assert uniform(seed, number, ident, week, k) == expected
    assert draw(seed, number, ident, week, k) == expected


def test_a_pinned_draw():
    """From the first known answer: seed, id, week, stream and k all 0."""
    assert uniform(0, 0, 0, 0) == ((0x6627E8D5 >> 5) * 2**26 + (0xE169C58D >> 6)) / 2**53


@pytest.mark.parametrize(
    "arguments",
    [
        (-1, 0, 0, 0, 0),
        (2**64, 0, 0, 0, 0),
        (0, 2**24, 0, 0, 0),
        (0, -1, 0, 0, 0),
        (0, 0, -1, 0, 0),
        (0, 0, 2**64, 0, 0),
        (0, 0, 0, 2**31, 0),
        (0, 0, 0, -(2**31) - 1, 0),
        (0, 0, 0, 0, 256),
        (0, 0, 0, 0, -1),
    ],
)
def test_arguments_that_do_not_fit_are_told(arguments):
    with pytest.raises(GongzhiError, match="outside"):
        uniform(*arguments)


def test_uniforms_are_the_single_draws_in_every_thread_setting():
    ids = np.arange(2 * BLOCK + 5, dtype=np.uint64) * np.uint64(0x9E37_79B9_7F4A_7C15)
    alone = uniforms(11, "service", ids, 30, 2)
    try:
        set_threads(2, force=True)
        assert np.array_equal(uniforms(11, "service", ids, 30, 2), alone)
    finally:
        set_threads(None)
    assert np.array_equal(uniforms(11, "service", ids[::2], 30, 2), alone[::2])
    picked = range(0, len(ids), 97)
    assert [uniform(11, stream("service"), int(ids[i]), 30, 2) for i in picked] == [alone[i] for i in picked]
    assert np.array_equal(uniforms(11, stream("service"), ids, 30, 2), alone)


@pytest.mark.parametrize("ids", [np.arange(3), np.zeros((2, 2), np.uint64), np.zeros(3)])
def test_ids_of_another_type_are_told(ids):
    with pytest.raises(GongzhiError, match="uint64"):
        uniforms(1, "sex", ids, 0)


def test_stream_numbers_are_hashes_of_their_names():
    assert len(STREAMS) == len(WORLD) + len(WEEKLY) == len(set(STREAMS.values()))
    assert stream("seat") == int(hashlib.sha256(b"seat").hexdigest()[:6], 16)
    with pytest.raises(GongzhiError, match="no stream 'saet'"):
        stream("saet")
    with pytest.raises(TypeError):
        STREAMS["new"] = 1


def test_a_collision_of_streams_is_told():
    seen = {}
    for name in map(str, itertools.count()):
        number = hashlib.sha256(name.encode()).digest()[:3]
        if number in seen:
            break
        seen[number] = name
    with pytest.raises(GongzhiError, match="share the number"):
        _numbered([seen[number], name])
    with pytest.raises(GongzhiError, match="share the number"):
        _numbered(["twice", "twice"])


# Statistics: fixed seeds, so a pass is a pass for ever; tolerances are 4 standard errors.


def test_draws_are_uniform():
    u = uniforms(1, "culture", IDS, 5)
    assert u.min() >= 0.0
    assert u.max() < 1.0
    assert abs(u.mean() - 1 / 2) < 4 * math.sqrt(1 / 12 / N)
    assert abs(np.mean((u - 1 / 2) ** 2) - 1 / 12) < 4 * math.sqrt(1 / 180 / N)
    cells = np.bincount((u * 64).astype(int), minlength=64)
    chi2 = np.sum((cells - N / 64) ** 2) / (N / 64)
    assert abs(chi2 - 63) < 4 * math.sqrt(2 * 63)
    assert np.all(
        np.abs(np.mean((u[:, None] * 2.0 ** np.arange(20)) % 1 >= 0.5, axis=0) - 1 / 2) < 2 / math.sqrt(N)
    )


def test_normals_are_normal():
    z = np.array([normal(u) for u in uniforms(1, "skill", IDS, 0)])
    assert abs(z.mean()) < 4 / math.sqrt(N)
    assert abs(np.mean(z**2) - 1) < 4 * math.sqrt(2 / N)
    assert normal(0.0) == ndtri(2.0**-54) == normal.py_func(0.0)
    assert math.isfinite(normal(1 - 2.0**-53))


def correlation(a, b):
    return float(np.corrcoef(a, b)[0, 1])


BASE = (1, "culture", IDS, 5, 0)


@pytest.mark.parametrize(
    "other",
    [
        (2, "culture", IDS, 5, 0),
        (1, "service", IDS, 5, 0),
        (1, "culture", IDS, 6, 0),
        (1, "culture", IDS, -5, 0),
        (1, "culture", IDS, 5, 1),
        (1, "culture", IDS + np.uint64(1), 5, 0),
        (1, "culture", IDS + np.uint64(2**40), 5, 0),
        (1 + 2**32, "culture", IDS, 5, 0),
    ],
    ids=["seed", "stream", "week", "negative week", "k", "arrival", "community", "high seed"],
)
def test_draws_that_differ_in_one_argument_are_unrelated(other):
    a, b = uniforms(*BASE), uniforms(*other)
    assert not np.any(a == b)
    assert abs(correlation(a, b)) < 4 / math.sqrt(N)


def test_neighbours_are_unrelated():
    u = uniforms(*BASE)
    assert abs(correlation(u[1:], u[:-1])) < 4 / math.sqrt(N)


def test_one_number_as_world_seed_and_luck_seed_gives_unrelated_luck():
    """World streams are drawn in week 0; so may weekly streams be, and still nobody's traits are his luck."""
    weekly = [uniforms(3, name, IDS, 0) for name in WEEKLY]
    for name in WORLD:
        trait = uniforms(3, name, IDS, 0)
        for luck in weekly:
            assert abs(correlation(trait, luck)) < 4.5 / math.sqrt(N)  # 500 pairs: 4.5 holds for all


def test_ids_carry_their_fields():
    community, place, week = community_hash("幸福里"), 0xABCDEF, -104
    assert 0 <= community < 2**20
    assert person_id(community, place) == community << 40 | place << 16
    late = person_id(community, place, arrival_code(week))
    assert (late >> 60, late >> 40 & 0xFFFFF, late >> 16 & 0xFFFFFF, late & 0xFFFF) == (
        0,
        community,
        place,
        week + 2**15,
    )
    born = born_id(Kind.SESSION, community, 9, 0x54321, week)
    fields = (
        born >> 63,
        born >> 60 & 7,
        born >> 40 & 0xFFFFF,
        born >> 36 & 15,
        born >> 16 & 0xFFFFF,
        born & 0xFFFF,
    )
    assert fields == (1, Kind.SESSION, community, 9, 0x54321, week + 2**15)
    issue = born_id(Kind.ISSUE, community, *divmod(place, 2**20), week)
    assert issue >> 16 & 0xFFFFFF == place
    assert [kind.name for kind in sorted(Kind)] == [
        "ORGANIZATION", "ISSUE", "HOUSEHOLD", "CELL", "SESSION", "INSTITUTION", "UNIT", "TIE",
    ]  # fmt: skip
    assert born_id(Kind.TIE, 2**20 - 1, 15, 2**20 - 1, 2**15 - 1) == 2**64 - 1


@pytest.mark.parametrize(
    ("make", "arguments"),
    [
        (person_id, (2**20, 0)),
        (person_id, (-1, 0)),
        (person_id, (0, 2**24)),
        (person_id, (0, -1)),
        (person_id, (0, 0, 2**16)),
        (person_id, (0, 0, -1)),
        (born_id, (Kind.CELL, 2**20, 0, 0, 0)),
        (born_id, (Kind.CELL, 0, 16, 0, 0)),
        (born_id, (Kind.CELL, 0, 0, 2**20, 0)),
        (born_id, (Kind.CELL, 0, 0, 0, 2**15)),
        (arrival_code, (-(2**15),)),
        (pair_id, (-1, 0)),
        (pair_id, (0, 2**64)),
    ],
)
def test_ids_out_of_range_are_told(make, arguments):
    with pytest.raises(GongzhiError, match="outside"):
        make(*arguments)


def test_a_community_without_a_name_is_told():
    with pytest.raises(GongzhiError, match="no name"):
        community_hash("")


def splitmix(x):
    x = (x + 0x9E3779B97F4A7C15) % 2**64
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    x = (x ^ x >> 27) * 0x94D049BB133111EB % 2**64
    return x ^ x >> 31


def test_pairs_are_ordered_and_distinct():
    assert splitmix(0) == 0xE220A8397B1DCDAF  # the first output of splitmix64 seeded with 0
    few = [person_id(c, place) for c in (0, 7) for place in range(60)]
    pairs = [pair_id(a, b) for a in few for b in few]
    assert pairs == [splitmix((splitmix(a) + b) % 2**64) for a in few for b in few]
    assert len(set(pairs)) == len(few) ** 2


def test_the_smallest_draws_are_chosen_ties_by_id():
    draws = np.array([0.5, 0.1, 0.5, 0.3, 0.1, 0.9])
    ids = np.array([4, 9, 3, 1, 8, 0], dtype=np.uint64)
    order = [4, 1, 3, 2, 0, 5]
    for m in range(9):
        chosen = smallest(draws, ids, m)
        assert chosen.tolist() == order[:m]
        assert chosen.dtype == np.int64
    assert smallest(np.empty(0), np.empty(0, np.uint64), 3).tolist() == []


@pytest.mark.parametrize(
    ("draws", "ids", "m"),
    [([0.1], [1, 2], 1), ([0.1, math.nan], [1, 2], 1), ([0.1], [1], -1), ([[0.1]], [[1]], 1)],
)
def test_selections_that_cannot_be_made_are_told(draws, ids, m):
    with pytest.raises(GongzhiError):
        smallest(np.array(draws), np.array(ids, dtype=np.uint64), m)


def test_no_two_names_share_their_luck() -> None:
    """Under eight bits of a name, as before, `a.north` and `status_quo.south` were the same."""
    ids = np.arange(1000, dtype=np.uint64)
    names = ["a.north", "status_quo.south", "", "a.north ", "王庄", *(f"policy.{i}" for i in range(300))]
    lucks = [luck_of(7, name) for name in names]
    assert len(set(lucks)) == len(names)
    first, second = (uniforms(luck, "grid", ids, 3) for luck in lucks[:2])
    # 1,000 pairs of independent draws: the correlation has a standard error of 0.032
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.13
    assert luck_of(8, "a.north") not in lucks
    assert luck_of(7, "a.north") == lucks[0] < 2**64


def test_names_that_would_share_their_luck_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_shared_luck(["a", "b", "a"])
    monkeypatch.setattr(draws, "_name_bits", len)
    with pytest.raises(GongzhiError, match=r"status_quo\.base and trial\.elsewhere would share"):
        refuse_shared_luck(["status_quo.base", "other", "trial.elsewhere"])
    # the names of one arm: those of the status quo, and trial.<name>
    crowded = policy(ab={"kind": "party_duty"}, cd={"kind": "party_duty"})
    with pytest.raises(GongzhiError, match="would share their luck"):
        CommunityModel(world(), crowded, world=1, luck=2)
