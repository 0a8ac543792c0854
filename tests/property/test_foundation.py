"""What holds for all arguments: draws, arithmetic, ids and selections."""

import math
import struct

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from model.core.arithmetic import exp, log, ndtri, root5
from model.core.draws import (
    STREAMS,
    Kind,
    born_id,
    draw,
    pair,
    pair_id,
    person_id,
    smallest,
    uniform,
    uniforms,
)

WORD64 = st.integers(0, 2**64 - 1)
ANY_FLOAT = st.floats(allow_nan=True, allow_infinity=True, allow_subnormal=True)


def bits(x):
    return struct.pack("<d", x)


def same(a, b):
    """Equal to the bit; the payload of a nan carries nothing."""
    return bits(a) == bits(b) or (math.isnan(a) and math.isnan(b))


@settings(max_examples=300, deadline=None)
@given(
    WORD64, st.sampled_from(sorted(STREAMS)), WORD64, st.integers(-(2**31), 2**31 - 1), st.integers(0, 255)
)
@example(2**64 - 1, "sex", 2**64 - 1, -(2**31), 255)
@example(0, "sex", 0, -1, 0)
def test_compiled_draws_are_the_reference(seed, name, ident, week, k):
    expected = uniform(seed, STREAMS[name], ident, week, k)
    assert 0.0 <= expected < 1.0
    assert expected * 2.0**53 == int(expected * 2.0**53)
    arguments = (np.uint64(seed), STREAMS[name], np.uint64(ident), week, k)
    assert draw(*arguments) == expected
    assert draw.py_func(*arguments) == expected
    assert uniforms(seed, name, np.array([ident], dtype=np.uint64), week, k)[0] == expected


@settings(max_examples=300, deadline=None)
@given(ANY_FLOAT)
def test_arithmetic_is_one_text_in_both_modes(x):
    for function in (exp, log, ndtri, root5):
        assert same(function(x), function.py_func(x))


@settings(max_examples=300, deadline=None)
@given(st.floats(-745, 709), st.floats(-745, 709))
def test_exp_does_not_decrease_by_more_than_a_unit(x, y):
    low, high = sorted((x, y))
    assert exp(low) <= math.nextafter(math.nextafter(exp(high), math.inf), math.inf)


@settings(max_examples=200, deadline=None)
@given(st.floats(5e-324, 1.7e308))
def test_log_is_the_library_logarithm_within_a_unit(x):
    expected = math.log(x)
    assert log(x) in (expected, math.nextafter(expected, math.inf), math.nextafter(expected, -math.inf))


FIELDS = (
    st.integers(0, 2**20 - 1),
    st.integers(0, 15),
    st.integers(0, 2**20 - 1),
    st.integers(1 - 2**15, 2**15 - 1),
)


@given(st.tuples(st.sampled_from(Kind), *FIELDS), st.tuples(st.sampled_from(Kind), *FIELDS))
def test_different_births_have_different_ids(one, other):
    assert (born_id(*one) == born_id(*other)) == (one == other)


PERSON = st.tuples(st.integers(0, 2**20 - 1), st.integers(0, 2**24 - 1), st.integers(0, 2**16 - 1))


@given(PERSON, PERSON, st.tuples(st.sampled_from(Kind), *FIELDS))
def test_different_people_have_different_ids_and_are_not_things(one, other, thing):
    assert (person_id(*one) == person_id(*other)) == (one == other)
    assert person_id(*one) < 2**60 <= 2**63 <= born_id(*thing) < 2**64


@settings(deadline=None)
@given(WORD64, WORD64)
def test_pairs_are_the_same_in_kernels(a, b):
    with np.errstate(over="ignore"):
        assert pair_id(a, b) == pair(np.uint64(a), np.uint64(b)) == pair.py_func(np.uint64(a), np.uint64(b))
    assert (pair_id(a, b) == pair_id(b, a)) == (a == b)


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.25, 0.5, 0.75]), st.integers(0, 5))), st.integers(0, 30))
def test_selections_are_the_head_of_the_sorted_candidates(candidates, m):
    draws = np.array([d for d, _ in candidates], dtype=float)
    ids = np.array([i for _, i in candidates], dtype=np.uint64)
    expected = sorted(range(len(candidates)), key=lambda i: (*candidates[i], i))[:m]
    assert smallest(draws, ids, m).tolist() == expected
