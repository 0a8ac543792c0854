"""exp, log, ndtri and root5 against the standard library, and compiled against interpreted, to the bit."""

import math
import random
import struct
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest

from model.core.arithmetic import exp, log, ndtri, root5, sqrt
from model.core.compiled import kernel


def bits(x):
    return struct.unpack("<q", struct.pack("<d", x))[0]


def ulps(a, b):
    """Floats between two finite or infinite floats of one sign."""
    return abs(bits(a) - bits(b))


def c_exp(x):
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


rng = random.Random(20241)
EXP_POINTS = (
    [rng.uniform(-746, 710) for _ in range(20_000)]
    + [rng.uniform(-1, 1) * 2.0 ** rng.randint(-60, 3) for _ in range(20_000)]
    + [n * math.log(2) / 2 + d for n in range(-2150, 2049) for d in (-1e-15, 0.0, 1e-15)]
    + [0.0, -0.0, 709.782712893384, 709.7827128933841, -745.1332191019411, -745.1332191019412, -708.4, 5e-324]
)
LOG_POINTS = (
    [math.ldexp(0.5 + rng.random(), rng.randint(-1074, 1023)) for _ in range(20_000)]
    + [1 + rng.uniform(-0.9, 2) * 2.0 ** -rng.randint(0, 52) for _ in range(20_000)]
    + [
        5e-324,
        2.2250738585072014e-308,
        1.0,
        math.nextafter(1, 0),
        math.nextafter(1, 2),
        1.7976931348623157e308,
    ]
)
P_POINTS = (
    [rng.random() for _ in range(20_000)]
    + [2.0 ** -rng.uniform(1, 54) for _ in range(10_000)]
    + [1 - 2.0 ** -rng.uniform(1, 53) for _ in range(10_000)]
    + [2.0**-54, 1 - 2.0**-53, 0.5, 0.075, 0.925, math.exp(-25), 1 - math.exp(-25)]
)


@kernel
def over(which, x, out):
    """A loop that the compiler is free to make work on several rows at once."""
    if which == 0:
        for i in range(len(x)):
            out[i] = exp(x[i])
    elif which == 1:
        for i in range(len(x)):
            out[i] = log(x[i])
    elif which == 2:
        for i in range(len(x)):
            out[i] = ndtri(x[i])
    else:
        for i in range(len(x)):
            out[i] = root5(x[i])


def compiled_over(which, points):
    x = np.array(points)
    out = np.empty_like(x)
    over(which, x, out)
    return out.tolist()


@pytest.mark.parametrize(
    ("function", "reference", "points"), [(exp, c_exp, EXP_POINTS), (log, math.log, LOG_POINTS)]
)
def test_within_one_unit_in_the_last_place(function, reference, points):
    wrong = [x for x in points if ulps(function(x), reference(x)) > 1]
    assert not wrong


def test_ndtri_is_the_normal_quantile():
    quantile = NormalDist().inv_cdf
    for p in P_POINTS:
        assert ndtri(p) == pytest.approx(quantile(p), rel=1e-14, abs=0.0)


@pytest.mark.parametrize(
    ("which", "function", "points"),
    [(0, exp, EXP_POINTS), (1, log, LOG_POINTS), (2, ndtri, P_POINTS), (3, root5, P_POINTS)],
)
def test_compiled_and_interpreted_agree_to_the_bit(which, function, points):
    """In a loop, called alone and interpreted: one result."""
    for x, looped in zip(points, compiled_over(which, points), strict=True):
        assert bits(function(x)) == bits(function.py_func(x)) == bits(looped)


@pytest.mark.parametrize("mode", [lambda f: f, lambda f: f.py_func], ids=["compiled", "interpreted"])
def test_ends_of_the_range(mode):
    inf, nan = math.inf, math.nan
    assert [mode(exp)(x) for x in (0.0, -inf, -746.0, inf, 710.0)] == [1.0, 0.0, 0.0, inf, inf]
    assert [mode(log)(x) for x in (1.0, 0.0, -0.0, inf)] == [0.0, -inf, -inf, inf]
    assert [mode(ndtri)(p) for p in (0.0, 0.5, 1.0)] == [-inf, 0.0, inf]
    assert [mode(root5)(x) for x in (0.0, 1.0, inf)] == [0.0, 1.0, inf]
    for function, x in [(exp, nan), (log, nan), (log, -1.0), (log, -inf), (ndtri, nan), (ndtri, -0.1),
                        (ndtri, 1.1), (root5, -1.0)]:  # fmt: skip
        assert math.isnan(mode(function)(x))


def test_ndtri_is_odd_about_one_half_and_increasing():
    grid = [i / 1024 for i in range(1, 1024)]
    assert all(ndtri(p) == -ndtri(1 - p) for p in grid)
    values = [ndtri(p) for p in grid]
    assert all(a < b for a, b in pairwise(values))


def test_root5_is_the_fifth_root():
    for x in (1e-12, 0.03125, 0.2, 1.0, 7.5, 243.0, 1e9):
        assert root5(x) ** 5 == pytest.approx(x, rel=1e-14)


def test_sqrt_is_the_correctly_rounded_one():
    assert sqrt is math.sqrt


def test_no_multiplication_is_contracted_with_an_addition():
    """A fused multiply-add rounds once where the text rounds twice."""
    compiled_over(0, [0.5])
    assembly = "".join(over.inspect_asm().values())
    if "mulsd" not in assembly and "mulpd" not in assembly:
        pytest.skip("not the machine code this test can read, or it came from the cache")
    assert "vfmadd" not in assembly
    assert "vfmsub" not in assembly
    assert "vfnmadd" not in assembly
