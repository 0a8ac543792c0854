"""How are exp, log and the normal quantile computed so that every machine and both modes agree to the bit?

Library versions of these functions differ between platforms, and between compiled and interpreted code. The
functions here use only operations whose result IEEE 754 fixes: + - * /, comparisons, square roots and moves
of exponents. Each is a kernel; its ``.py_func`` is the same text interpreted, and gives the same bits.
"""

import math

import numpy as np

from model.core.compiled import inlined, kernel

sqrt = math.sqrt
"""The square root, which IEEE 754 rounds correctly everywhere."""

_INF = math.inf
_LOG2_E = 1.4426950408889634
_LN2_HIGH = 6.93147180369123816490e-01  # 32 bits, so that its product with an exponent is exact
_LN2_LOW = 1.90821492927058770002e-10
_SQRT_HALF = 0.7071067811865476

# AS 241: numerators (above) and denominators (below) by falling power, for three ranges of p.
# fmt: off
_CENTRE_ABOVE = (
    2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4,
    4.5921953931549871457e+4, 1.3731693765509461125e+4, 1.9715909503065514427e+3,
    1.3314166789178437745e+2, 3.3871328727963666080e+0,
)
_CENTRE_BELOW = (
    5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4,
    2.1213794301586595867e+4, 5.3941960214247511077e+3, 6.8718700749205790830e+2,
    4.2313330701600911252e+1, 1.0,
)
_TAIL_ABOVE = (
    7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
    1.27045825245236838258e+0, 3.64784832476320460504e+0, 5.76949722146069140550e+0,
    4.63033784615654529590e+0, 1.42343711074968357734e+0,
)
_TAIL_BELOW = (
    1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
    1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e+0,
    2.05319162663775882187e+0, 1.0,
)
_FAR_ABOVE = (
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
    2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e+0,
    5.46378491116411436990e+0, 6.65790464350110377720e+0,
)
_FAR_BELOW = (
    2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
    7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
    5.99832206555887937690e-1, 1.0,
)
# fmt: on


@inlined
def _two_to(k: int) -> float:
    """2^k for -1022 <= k <= 1023, exactly: the exponent field of a float64 is written directly."""
    return np.int64((k + 1023) << 52).view(np.float64)


@inlined
def exp(x: float) -> float:
    """e^x within one unit in the last place; 0 below -745.2, inf above 709.8, nan for nan.

    e^x = 2^k e^r with |r| <= ln(2)/2, r held in two floats, and the Taylor series of e^r to degree 13, whose
    remainder is under 0.04 units. The factor 2^k comes in two halves, so that subnormals are rounded once.
    """
    if x != x:
        return x
    x = min(max(x, -746.0), 710.0)
    k = math.floor(x * _LOG2_E + 0.5)
    high = x - k * _LN2_HIGH
    low = k * _LN2_LOW
    r = high - low
    rest = (high - r) - low
    r2 = r * r
    r4 = r2 * r2
    tail = (
        (1 / 2 + r * (1 / 6))
        + r2 * (1 / 24 + r * (1 / 120))
        + r4
        * (
            (1 / 720 + r * (1 / 5040))
            + r2 * (1 / 40320 + r * (1 / 362880))
            + r4 * ((1 / 3628800 + r * (1 / 39916800)) + r2 * (1 / 479001600 + r * (1 / 6227020800)))
        )
    )
    half = k >> 1
    return (1.0 + (r + (r2 * tail + rest))) * _two_to(half) * _two_to(k - half)


@kernel
def log(x: float) -> float:
    """The natural logarithm within one unit in the last place; log(0) = -inf, nan below 0.

    The method and coefficients of FreeBSD's e_log.c (Sun Microsystems 1993): x = 2^k (1 + f) with 1 + f
    between sqrt(1/2) and sqrt(2), and a minimax polynomial in s = f / (2 + f).
    """
    if not 0.0 < x < _INF:
        if x == 0.0:
            return -_INF
        return x if x > 0.0 else math.nan
    m, k = math.frexp(x)
    if m < _SQRT_HALF:
        m += m
        k -= 1
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    odd = z * (
        6.666666666666735130e-01
        + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    )
    half = 0.5 * f * f
    return k * _LN2_HIGH - ((half - (s * (half + (odd + even)) + k * _LN2_LOW)) - f)


@kernel
def root5(x: float) -> float:
    """x^(1/5) for x >= 0, with root5(0) = 0; nan below 0."""
    return exp(log(x) / 5.0)


@inlined
def _horner(x: float, coefficients: tuple[float, ...]) -> float:
    """The polynomial with ``coefficients`` by falling power, at x."""
    total = 0.0
    for coefficient in coefficients:
        total = total * x + coefficient
    return total


@kernel
def ndtri(p: float) -> float:
    """The standard normal quantile of p: -inf at 0, inf at 1, nan outside [0, 1].

    Algorithm AS 241 (Wichura 1988, Applied Statistics 37, 477-484), which ``statistics.NormalDist`` uses too;
    relative difference from it under 1e-14.
    """
    if not 0.0 < p < 1.0:
        if p == 0.0:
            return -_INF
        return _INF if p == 1.0 else math.nan
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * _horner(r, _CENTRE_ABOVE) / _horner(r, _CENTRE_BELOW)
    r = math.sqrt(-log(min(p, 1.0 - p)))
    if r <= 5.0:
        x = _horner(r - 1.6, _TAIL_ABOVE) / _horner(r - 1.6, _TAIL_BELOW)
    else:
        x = _horner(r - 5.0, _FAR_ABOVE) / _horner(r - 5.0, _FAR_BELOW)
    return x if q > 0.0 else -x
