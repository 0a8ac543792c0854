"""How is a wrong cell of a table named, and which cells are numbers or ids?"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.core import given
from model.core.errors import DataError

NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
"""A number as a table writes it: no nan, no inf, no thousands separator, no decimal comma."""

SHOWN = 60


class Where:
    """Where the rows of something checked stand, for what a refusal says.

    An array has rows counted from 0 (``row`` is what a refusal calls them); a reader of files overrides
    ``at`` and ``written`` with lines and cells.
    """

    def __init__(self, name: str, row: str = "row") -> None:
        self.name = name
        self.row = row

    def __str__(self) -> str:
        return self.name

    def at(self, row: int) -> str:
        """The place of one row."""
        return f"{self.name}, {self.row} {row}"

    def written(self, row: int, value: Any) -> str:
        """What stands there, as it was written: ``value`` unless more is known."""
        return shown(value)


def shown(value: Any) -> str:
    """``value`` as Python writes it, at most `SHOWN` characters; what cannot be printed is escaped."""
    try:
        text = repr(value.item() if isinstance(value, np.generic) else value)
    except Exception as error:  # a user's own class, or a whole number of thousands of digits
        return f"{type(value).__name__} ({type(error).__name__})"
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def named(name: str) -> str:
    """The name of a column as it is told: itself if it is short and can be printed, else as `shown`."""
    return name if name.isprintable() and len(name) <= SHOWN else shown(name)


def array_of(values: Any, where: Where) -> NDArray[Any]:
    """``values`` as an array. Raises DataError for lists of different lengths, and for an entry that a masked
    array hides."""
    hidden = np.argwhere(np.ma.getmaskarray(values)).tolist() if np.ma.isMaskedArray(values) else []
    if hidden:
        raise DataError(
            what="the entry is masked",
            where=where.at(hidden[0][0]),
            why="every row needs a value",
            instead="fill it in, or leave the row out",
        )
    try:
        return np.asarray(values)
    except ValueError:
        raise DataError(what="the entries are not equally long", where=str(where)) from None


def number(value: Any) -> float:
    """``value`` as a float if it is a number (no bool, no text), else nan."""
    found, count = given.number(value), given.whole(value)
    if found is None:  # too large for a float, or no number
        return math.nan if count is None else math.inf * (1 if count > 0 else -1)
    return found


def numbers(cells: list[Any]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The cells of any kind as numbers, nan where one is none, and which of them are good.

    Where some are texts that do not even read as numbers, only those are bad: the rest of their column became
    text along with them.
    """
    found = np.array([number(v) for v in cells], dtype=np.float64)
    wrong = np.isnan(found)
    worst = [
        bad and not (isinstance(v, str) and NUMBER.fullmatch(v)) for bad, v in zip(wrong, cells, strict=True)
    ]
    return found, ~np.array(worst, dtype=bool) if any(worst) else ~wrong


def ident(value: Any) -> str | None:
    """An id as text: a text without the blanks round it, or a whole number; None for anything else.

    7, 7.0 and "7" are the same id; "007" and "7" are two.
    """
    if isinstance(value, str):
        return value.strip() or None
    number_of = number(value)
    if math.isnan(number_of) or math.isinf(number_of) or number_of != math.floor(number_of):
        return None
    return str(int(value))
