"""How is a column of the residents' table declared, and what may it hold?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from model.core.cells import Where, array_of, numbers, shown
from model.core.errors import DataError, GongzhiError
from model.core.given import plain, whole, yes_no

YES_NO = (False, True)


@dataclass
class Column:
    """The declaration of one column of `Residents`.

    ``dtype`` and ``shape`` (of one row's entry), ``unit`` and ``doc``; ``names`` of the codes 0, 1, ... of
    a category; ``low`` and ``high``, the bounds of an entry, both allowed; ``fill``, its first value. A
    *static* column is fixed during a run, a *state* column changes, a *scratch* column holds this week
    only. Only columns with ``given`` may come from a residents' table.
    """

    dtype: type[np.generic]
    unit: str
    doc: str
    kind: Literal["static", "state", "scratch"]
    shape: tuple[int, ...]
    names: tuple[str | bool, ...]
    low: float
    high: float
    fill: float
    given: bool
    name: str = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def checked(self, values: Any, shape: tuple[int, ...], where: str | Where) -> NDArray[Any]:
        """``values`` as an array of this column's dtype with ``shape``; names become codes.

        Raises DataError, with the first bad row of ``where``, for another shape, for what is not a number
        or a name of the column, for names among codes, for nan, fractions in a whole-number column, and
        values out of bounds.
        """
        where = Where(where) if isinstance(where, str) else where
        array = array_of(values, where)
        if array.shape != shape:
            raise DataError(
                what=f"{self.name} has shape {array.shape}",
                where=str(where),
                why=f"the shape must be {shape}",
            )
        if array.dtype.kind not in ("biuf" if self.names == YES_NO else "iuf"):
            array = self._read(array, where)
        good = (array >= self.low) & (array <= self.high)
        if not issubclass(self.dtype, np.floating) and array.dtype.kind == "f":
            good &= array == np.floor(array)
        self._refuse_first_bad(values, good, where)
        return np.ascontiguousarray(array, dtype=self.dtype).reshape(shape)

    def _read(self, array: NDArray[Any], where: Where) -> NDArray[Any]:
        """The codes or numbers in an array of any objects.

        Where any cell is a name, all have to be.
        """
        cells = [plain(v) for v in array.ravel().tolist()]
        code = {name: i for i, name in enumerate(self.names)}
        named = [(isinstance(v, str) or yes_no(v) is not None) and v in code for v in cells]
        if any(named):
            self._refuse_first_bad(array, np.array(named).reshape(array.shape), where)
            return np.array([code[v] for v in cells], dtype=self.dtype).reshape(array.shape)
        found, good = numbers(cells)
        self._refuse_first_bad(array, good.reshape(array.shape), where)
        return found.reshape(array.shape)

    def codes(self, wanted: Any) -> list[int]:
        """The codes of the value or values ``wanted``, by name; whole numbers if the column has no names.

        Of bands of age, ``"60+"`` stands for all from 60. Raises GongzhiError for any other value.
        """
        if self.shape or issubclass(self.dtype, np.floating):
            raise GongzhiError(
                what=f"{self.name} is not a category",
                where="residents.where",
                instead=f"Compare the column itself: np.flatnonzero(residents.{self.name} > ...)",
            )
        wanted = plain(wanted)
        many = wanted if isinstance(wanted, list | tuple | set | frozenset) else [wanted]
        return [code for one in many for code in self._codes_of(one)]

    def _codes_of(self, one: Any) -> list[int]:
        if self.names == YES_NO and (yes := yes_no(one)) is not None:
            return [int(yes)]
        if self.names != YES_NO and isinstance(one, str) and self.names:
            if one in self.names:
                return [self.names.index(one)]
            starts = [str(name).partition("-")[0] + "+" for name in self.names]
            bands = all(str(name)[:1].isdigit() for name in self.names)
            if bands and one in starts:
                return list(range(starts.index(one), len(self.names)))
        if not self.names and (number := whole(one)) is not None:
            return [number]
        raise GongzhiError(
            what=f"{one!r} is not a value of {self.name}",
            where="residents.where",
            instead=f"Write {', '.join(map(repr, self.names)) or 'whole numbers'}",
        )

    def _refuse_first_bad(self, values: Any, good: NDArray[np.bool_], where: Where) -> None:
        if good.all():
            return
        row = tuple(int(i) for i in np.argwhere(~good)[0])
        if self.names:
            why = f"its values are {', '.join(map(repr, self.names))}"
        else:
            kind = "numbers" if issubclass(self.dtype, np.floating) else "whole numbers"
            why = f"its values are {kind} from {self.low:.15g} to {self.high:.15g}"
        value = np.asarray(values)[row]
        raise DataError(
            what=f"{self.name} cannot be {where.written(row[0], value) if row else shown(value)}",
            where=where.at(row[0]) if row else str(where),
            why=why,
        )


def column(
    dtype: type[np.generic],
    unit: str,
    doc: str,
    *,
    kind: Literal["static", "state", "scratch"] = "state",
    shape: tuple[int, ...] = (),
    names: tuple[str | bool, ...] = (),
    valid: tuple[float, float] | None = None,
    fill: float = 0,
    given: bool = True,
) -> Any:
    """Declare a column of `Residents` (see `Column`); without ``valid``, all its dtype or names can hold."""
    if valid is None:
        if names:
            valid = (0, len(names) - 1)
        elif issubclass(dtype, np.integer):
            valid = (float(np.iinfo(dtype).min), float(np.iinfo(dtype).max))
        else:
            valid = (-1e9, 1e9)
    low, high = valid
    return Column(dtype, unit, doc, kind, shape, names, low, high, fill, given and kind != "scratch")
