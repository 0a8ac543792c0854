"""Which number does chance give to whom, in which stream and week?

A draw is a function of (seed, stream, id, week, k) and of nothing else: there is no generator whose state
could advance. So two policies under one seed meet the same people with the same luck, and a draw added in one
place moves none elsewhere. The function is Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel
random numbers: as easy as 1, 2, 3", SC'11). For the same reason ids are made of what a thing is (where, when,
of which kind), never of how many things came before it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from enum import IntEnum
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.core.arithmetic import ndtri
from model.core.compiled import inlined, kernel, over_rows
from model.core.errors import GongzhiError

Integer = int | np.integer[Any]

# fmt: off
WORLD = (
    "sex", "age", "employment", "education", "migrant", "party", "needs_care", "interest", "effect",
    "skill", "attachment", "motivation", "efficacy", "awareness", "residence", "free_hours", "slots",
    "hours_person", "household", "cell_tie", "friend_key", "friend_tie", "work_tie", "work_place",
    "branch_tie", "member_start", "pairing", "community",
    "credit_use",
    # districts
    "weak_tie",
    # organizations
    "leader_start",
    # Party posts
    "post",
)
# fmt: on
"""Streams that make the people and places of a world: drawn with the world seed and week 0."""

# fmt: off
WEEKLY = (
    # government: contests, publicity
    "contest", "publicity",
    # training, sessions
    "train", "session_slot",
    # mobilise
    "visit", "visit_topic",
    # mobilise: grid, stewards, Party members in organizations
    "grid", "steward", "steward_ask", "party_core",
    # ask
    "ask_tie", "ask_choice", "ask_wave",
    # decide, seat
    "order", "culture", "service", "deliberation", "act_hours", "offer_choice", "seat",
    # serve: credits
    "credit_order", "credit_enrol", "credit_spend", "credit_gift",
    # serve: care
    "care_order",
    # deliberate: issues
    "issue", "issue_triage", "issue_published",
    # learn
    "awareness_week",
    # organise: members
    "join", "leave",
    # organise: the life of organizations
    "leader", "leader_choice", "death", "birth", "founder", "first_member", "filing",
    # move
    "move",
)
# fmt: on
"""Streams of what happens in a week: drawn with the luck seed."""


def _numbered(names: Iterable[str]) -> Mapping[str, int]:
    """The number of each stream: the first 24 bits of the SHA-256 of its name. Raises on a collision."""
    numbers: dict[int, str] = {}
    for name in names:
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:3], "big")
        if number in numbers:
            raise GongzhiError(
                what=f"the streams {numbers[number]!r} and {name!r} share the number {number}",
                where="model/core/draws.py",
                why="two streams of one number would give everybody the same luck twice",
                instead="Rename the newer one",
            )
        numbers[number] = name
    return MappingProxyType({name: number for number, name in numbers.items()})


STREAMS: Mapping[str, int] = _numbered(WORLD + WEEKLY)
"""The 24-bit number of every stream by its name."""

_LOW32 = np.uint64(0xFFFF_FFFF)
_32 = np.uint64(32)
_MULTIPLY_0, _MULTIPLY_1 = np.uint64(0xD251_1F53), np.uint64(0xCD9E_8D57)
_WEYL_0, _WEYL_1 = np.uint64(0x9E37_79B9), np.uint64(0xBB67_AE85)


def stream(name: str) -> int:
    """The number of the stream ``name``. Raises GongzhiError for a name that is not in the table."""
    if name not in STREAMS:
        raise GongzhiError(
            what=f"there is no stream {name!r}",
            where="model/core/draws.py",
            why=f"the streams are {', '.join(STREAMS)}",
            instead="Use one of these, or add the name to WORLD or WEEKLY",
        )
    return STREAMS[name]


def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Philox4x32-10 of four counter words and two key words of 32 bits: the readable reference."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        high0, low0 = divmod(0xD251_1F53 * c0, 2**32)
        high1, low1 = divmod(0xCD9E_8D57 * c2, 2**32)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0 = (k0 + 0x9E37_79B9) % 2**32
        k1 = (k1 + 0xBB67_AE85) % 2**32
    return c0, c1, c2, c3


def uniform(seed: int, stream: int, ident: int, week: int, k: int = 0) -> float:
    """The draw ``k`` of ``ident`` in a stream and week, in [0, 1) with 53 bits: the readable reference.

    Key: the seed, low word first. Counter: the id, low word first; the week in two's complement; the stream
    number above 8 bits of ``k``. Raises GongzhiError when an argument does not fit its bits.
    """
    _check_draw(seed, stream, week, k)
    _check("id", ident, 0, 2**64 - 1)
    id_high, id_low = divmod(int(ident), 2**32)
    seed_high, seed_low = divmod(int(seed), 2**32)
    words = philox((id_low, id_high, int(week) % 2**32, int(stream) << 8 | int(k)), (seed_low, seed_high))
    return ((words[0] >> 5) * 2**26 + (words[1] >> 6)) * 2.0**-53


@inlined
def philox_words(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """``philox`` compiled; every argument and result is a uint64 that holds 32 bits."""
    for _ in range(10):
        p0 = c0 * _MULTIPLY_0
        p1 = c2 * _MULTIPLY_1
        c0, c1, c2, c3 = (p1 >> _32) ^ c1 ^ k0, p1 & _LOW32, (p0 >> _32) ^ c3 ^ k1, p0 & _LOW32
        k0 = (k0 + _WEYL_0) & _LOW32
        k1 = (k1 + _WEYL_1) & _LOW32
    return c0, c1, c2, c3


@inlined
def draw(seed: Integer, stream: Integer, ident: Integer, week: Integer, k: Integer = 0) -> float:
    """``uniform`` compiled, for use in kernels: the same bits, no checks.

    ``seed`` and ``ident`` are uint64, the others int64. A mixture of both in one expression would become a
    float, so every word is a uint64 before it meets another.
    """
    s = np.uint64(seed)
    i = np.uint64(ident)
    w = np.uint64(np.int64(week) & np.int64(0xFFFF_FFFF))
    c = np.uint64((np.int64(stream) << np.int64(8)) | np.int64(k))
    w0, w1, _, _ = philox_words(i & _LOW32, i >> _32, w, c, s & _LOW32, s >> _32)
    return np.int32(w0 >> np.uint64(5)) * 2.0**-27 + np.int32(w1 >> np.uint64(6)) * 2.0**-53


def uniforms(
    seed: int, stream_or_name: int | str, ids: NDArray[np.uint64], week: int, k: int = 0
) -> NDArray[np.float64]:
    """One draw for each of ``ids`` (uint64[n]) as float64[n] in [0, 1).

    Raises GongzhiError for an unknown stream, and when an argument does not fit its bits.
    """
    number = stream(stream_or_name) if isinstance(stream_or_name, str) else stream_or_name
    _check_draw(seed, number, week, k)
    if ids.dtype != np.uint64 or ids.ndim != 1:
        raise GongzhiError(
            what=f"ids are {ids.dtype}[{ids.ndim} axes]", where="uniforms", why="ids are uint64[n]"
        )
    out = np.empty(len(ids))
    over_rows(_fill, len(ids), np.uint64(seed), number, np.ascontiguousarray(ids), week, k, out)
    return out


@kernel
def _fill(
    start: int,
    stop: int,
    seed: np.uint64,
    stream: int,
    ids: NDArray[np.uint64],
    week: int,
    k: int,
    out: NDArray[np.float64],
) -> None:
    """Write the draws of the rows [start, stop) to ``out``."""
    for row in range(start, stop):
        out[row] = draw(seed, stream, ids[row], week, k)


@kernel
def normal(u: float) -> float:
    """The standard normal deviate of the draw ``u`` in [0, 1); finite also for u = 0."""
    return ndtri(max(u, 2.0**-54))


def smallest(draws: NDArray[np.float64], ids: NDArray[np.uint64], m: int) -> NDArray[np.int64]:
    """Positions of the ``m`` smallest ``draws`` (float64[n]), in increasing order of (draw, id).

    This is how m are chosen out of n: int64[min(m, n)], the same whoever else is drawn for elsewhere.
    Raises GongzhiError for a negative m, unequal lengths or a draw that is nan.
    """
    _check("m", m, 0, 2**63 - 1)
    if draws.shape != ids.shape or draws.ndim != 1 or np.isnan(draws).any():
        raise GongzhiError(
            what=f"draws {draws.shape} and ids {ids.shape} cannot be ranked",
            where="smallest",
            why="every candidate has one id and one draw that is a number",
        )
    near = np.arange(len(draws))
    if 0 < m < len(draws):
        # the m smallest of uniform draws almost surely lie below this: sorting the others is spared
        near = np.flatnonzero(draws < (m + 8 * m**0.5 + 8) / len(draws))
        if len(near) < m:
            near = np.flatnonzero(draws <= np.partition(draws, m - 1)[m - 1])
    return near[np.lexsort((ids[near], draws[near]))][:m].astype(np.int64, copy=False)


class Kind(IntEnum):
    """What a born thing is: three bits of its id."""

    ORGANIZATION = 0
    ISSUE = 1
    HOUSEHOLD = 2
    CELL = 3
    SESSION = 4
    INSTITUTION = 5
    UNIT = 6
    TIE = 7


def community_hash(name: str) -> int:
    """The 20 bits that stand for a community in ids: the first of the SHA-256 of its name in UTF-8.

    Whoever brings communities together checks that no two share them. Raises GongzhiError without a name.
    """
    if not name:
        raise GongzhiError(
            what="a community has no name", where="community_hash", why="its ids are made of it"
        )
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:3], "big") >> 4


def luck_of(seed: int, name: str) -> int:
    """The seed with which an instrument of this name draws under the luck ``seed``: `pair_id` of the seed and
    the first 64 bits of the SHA-256 of the name. No two names share a draw, whatever the stream."""
    return pair_id(seed, _name_bits(name))


def refuse_shared_luck(names: Iterable[str]) -> None:
    """Raise GongzhiError if two of the names have the same luck."""
    known: dict[int, str] = {}
    for name in names:
        other = known.setdefault(_name_bits(name), name)
        if other != name:
            raise GongzhiError(
                what=f"the instruments {other} and {name} would share their luck",
                why="64 bits stand for a name in draws, and theirs are the same",
                instead="Give one of them another name",
            )


@cache
def _name_bits(name: str) -> int:
    """64 bits that stand for a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")


def arrival_code(week: int) -> int:
    """The 16 bits for something that came in ``week``: week + 2^15. 0 is kept for "there at the start"."""
    _check("week", week, 1 - 2**15, 2**15 - 1)
    return week + 2**15


def person_id(community: int, place: int, arrival: int = 0) -> int:
    """The id of the adult in a place: 0000, community 20 bits, place 24, arrival 16.

    ``arrival`` is 0 for who was there at the start, else ``arrival_code(week)``, so each new occupant of a
    place is somebody else. Raises GongzhiError when an argument does not fit its bits.
    """
    _check("community", community, 0, 2**20 - 1)
    _check("place", place, 0, 2**24 - 1)
    _check("arrival", arrival, 0, 2**16 - 1)
    return community << 40 | place << 16 | arrival


def born_id(kind: Kind, community: int, field: int, ordinal: int, week: int) -> int:
    """The id of a thing born in ``week``: 1, kind 3 bits, community 20, field 4, ordinal 20, arrival code 16.

    ``ordinal`` counts within (kind, community, field, week). For an issue, field and ordinal are together the
    24 bits of the place of who raised it: ``divmod(place, 2**20)``. The same birth in two worlds is therefore
    the same thing. Raises GongzhiError when an argument does not fit its bits.
    """
    _check("community", community, 0, 2**20 - 1)
    _check("field", field, 0, 2**4 - 1)
    _check("ordinal", ordinal, 0, 2**20 - 1)
    return 1 << 63 | Kind(kind) << 60 | community << 40 | field << 36 | ordinal << 16 | arrival_code(week)


def pair_id(a: int, b: int) -> int:
    """The id of the ordered pair (a, b) of ids: both mixed into 64 bits; (b, a) is another pair.

    For a tie without direction, pass the smaller id first. Raises GongzhiError unless both are ids.
    """
    _check("first id", a, 0, 2**64 - 1)
    _check("second id", b, 0, 2**64 - 1)
    return int(pair(np.uint64(a), np.uint64(b)))


def pairs(ids: NDArray[np.uint64], other: int) -> NDArray[np.uint64]:
    """``pair_id`` of each of ``ids`` (uint64[n]) with ``other``: uint64[n]."""
    mixed = np.empty(len(ids), np.uint64)
    _pairs(ids, np.uint64(other), mixed)
    return mixed


@kernel
def _pairs(ids: NDArray[np.uint64], other: np.uint64, out: NDArray[np.uint64]) -> None:
    for i in range(len(ids)):
        out[i] = pair(ids[i], other)


@inlined
def pair(a: np.uint64, b: np.uint64) -> np.uint64:
    """``pair_id`` for kernels, without checks."""
    return _mixed(_mixed(a) + b)


@inlined
def _mixed(x: np.uint64) -> np.uint64:
    """One step of splitmix64 (Steele, Lea and Flood 2014): a bijection of 64 bits that scatters them."""
    z = x + np.uint64(0x9E37_79B9_7F4A_7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58_476D_1CE4_E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D0_49BB_1331_11EB)
    return z ^ (z >> np.uint64(31))


def _check_draw(seed: int, stream: int, week: int, k: int) -> None:
    """Raise unless the arguments of a draw fit their bits."""
    _check("seed", seed, 0, 2**64 - 1)
    _check("stream", stream, 0, 2**24 - 1)
    _check("week", week, -(2**31), 2**31 - 1)
    _check("k", k, 0, 2**8 - 1)


def _check(name: str, value: int, low: int, high: int) -> None:
    """Raise GongzhiError unless low <= value <= high."""
    if not low <= value <= high:
        raise GongzhiError(what=f"{name} {value} is outside {low} ... {high}", where="model/core/draws.py")
