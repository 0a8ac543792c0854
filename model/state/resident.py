"""One resident, as a Mesa agent that looks at a row of the columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.state.residents import Residents


from collections.abc import Mapping
from copy import deepcopy
from typing import Any, NoReturn

import mesa

from model.core.columns import Column
from model.core.errors import Departed, GongzhiError
from model.parameters.declare import suggestion


class Resident(mesa.Agent):  # type: ignore[misc]
    """One adult: a Mesa agent whose attributes are the entries of row ``row`` of ``residents``.

    Categories read as their names (``r.age_band == "60-69"``), flags as bools, axes as writable views. What
    is written is checked against the column's bounds. Made by ``residents[row]``, never by hand. Once this
    person has moved away every access raises `Departed`; ``residents[row]`` is then who lives there now.
    """

    residents: Residents
    row: int
    left: tuple[int, int]
    """Row and week, once it has moved away."""

    pos = None

    def __init__(self, *_: Any, **__: Any) -> None:
        """Refuse: raises GongzhiError."""
        raise GongzhiError(
            what="a Resident cannot be made by hand",
            why="it is a view of a row of the residents' columns",
            instead="Look at model.residents[row]; set population.persons for another number of them",
        )

    @property
    def model(self) -> Any:
        """The model it lives in."""
        return self.residents.owner

    @property
    def unique_id(self) -> int:
        """Its id, the same in every arm."""
        return int(self.residents.id[self.row])

    def remove(self) -> NoReturn:
        """Refuse: raises GongzhiError."""
        self._refuse_departed()
        raise GongzhiError(
            what="a resident cannot be removed",
            where=repr(self),
            why="a place is never empty: who moves away is replaced",
            instead="Set movement.move_rate or population.persons, or leave rows out when you analyse",
        )

    def __copy__(self) -> NoReturn:
        """Refuse: raises GongzhiError."""
        raise self._is_one_row("copied")

    def __deepcopy__(self, memo: dict[int, Any]) -> Resident:
        """The same resident of a model that is being copied; alone, raises GongzhiError."""
        if id(self.model) not in memo:
            raise self._is_one_row("copied")
        residents: Residents = deepcopy(self.residents, memo)
        return residents[self.row]

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled: raises GongzhiError."""
        raise self._is_one_row("pickled")

    def _is_one_row(self, done: str) -> GongzhiError:
        return GongzhiError(
            what=f"a resident cannot be {done}",
            where=repr(self),
            why="it is a view of one row of its model",
            instead="Keep its row or unique_id, or copy the model: copy.deepcopy(model), model.branch()",
        )

    def __getattr__(self, name: str) -> Any:
        self._refuse_departed()
        residents = self.residents
        if name not in residents.declared:
            raise AttributeError(
                f"residents have no column {name!r}; {suggestion(name, list(residents.declared))}"
            )
        declared = residents.declared[name]
        entry = vars(residents)[name][self.row]
        if declared.shape:
            return entry
        return declared.names[entry] if declared.names else entry.item()

    def __setattr__(self, name: str, value: Any) -> None:
        self._refuse_departed()
        declared = self.residents.declared.get(name)
        if declared is None:
            raise undeclared(name, self.residents.declared)
        array = vars(self.residents)[name]
        if not array.flags.writeable:
            raise GongzhiError(
                what=f"{name} is fixed during a run",
                where=repr(self),
                instead="Give it before the run, in the residents' table of the inputs",
            )
        array[self.row] = declared.checked(value, declared.shape, repr(self))

    def __repr__(self) -> str:
        if "left" in vars(self):
            return "Resident(row={}, left in week {})".format(*self.left)
        return f"Resident(row={self.row}, id={self.unique_id})"

    def _refuse_departed(self) -> None:
        if "left" in vars(self):
            row, week = vars(self)["left"]
            raise Departed(
                what=f"the resident of row {row} moved away in week {week}",
                why="somebody else lives there now",
                instead=f"Look at model.residents[{row}] for who does",
            )


def undeclared(name: str, declared: Mapping[str, Column]) -> GongzhiError:
    return GongzhiError(
        what=f"residents have no column {name!r}",
        why="columns are declared once, in model/state/residents.py, your own as columns={...} of the model",
        instead=suggestion(name, list(declared)),
    )
