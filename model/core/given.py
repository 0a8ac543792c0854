"""What did a user give: a whole number, a number, a yes or no, a path?

Python's own types and numpy's count alike. A yes or no is no number, and neither is text.
"""

from __future__ import annotations

import operator
import os
from collections.abc import Mapping
from decimal import Decimal
from numbers import Real
from typing import Any

from model.core.errors import GongzhiError


def whole(value: object) -> int | None:
    """The whole number that was given, None for anything else: 2.0 is none, as in Python and in TOML."""
    value = plain(value)
    if isinstance(value, bool):
        return None
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return None


def wanted(value: object, bounds: str) -> str:
    """What to give instead of a value that is no whole number within ``bounds``."""
    float_ = number(value)
    meant = float_ is not None and whole(value) is None and float_.is_integer()
    return f"give a whole number {bounds}{', without a decimal point' if meant else ''}"


def number(value: object) -> float | None:
    """The number that was given, whole or not; None for anything else."""
    value = plain(value)
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def yes_no(value: object) -> bool | None:
    """The yes or no that was given, None for anything else."""
    value = plain(value)
    return value if isinstance(value, bool) else None


def path(value: object) -> str | None:
    """The path that was given, as text or as a path of any library; None for anything else."""
    found = os.fspath(value) if isinstance(value, str | os.PathLike) else None
    return found if isinstance(found, str) else None


def seeds(world: object, luck: object) -> tuple[int, int]:
    """Both seeds as they were given. Raises GongzhiError unless they are whole numbers of 64 bits."""
    found = []
    for name, value in (("world", world), ("luck", luck)):
        seed = whole(value)
        if seed is None or not 0 <= seed < 2**64:
            raise GongzhiError(
                what=f"{name} = {value!r} is not a seed", instead=wanted(value, "from 0 to 2^64 - 1")
            )
        found.append(seed)
    return found[0], found[1]


def counted(name: str, value: object, least: int) -> int:
    """The whole number that was given as ``name``. Raises GongzhiError unless it is ``least`` or more."""
    found = whole(value)
    if found is None or found < least:
        raise GongzhiError(what=f"{name} = {value!r}", instead=wanted(value, f"of {least} or more"))
    return found


def plain(value: Any) -> Any:
    """The value with numpy's numbers and arrays, and paths, as Python's own; tables and lists all through."""
    if type(value) is dict:  # what derives from these knows more than its parts
        return {key: plain(part) for key, part in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(plain, value))
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if hasattr(value, "ndim") and hasattr(value, "tolist") and not isinstance(value, Mapping):
        return value.tolist()  # numpy's scalars as well: they have no axes
    return value
