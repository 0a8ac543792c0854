"""Which data of a user's own replace what would be drawn, and whom do they speak of?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from model.core import given
from model.core.cells import Where, array_of, ident, shown
from model.core.columns import YES_NO, Column, column
from model.core.errors import DataError
from model.instruments.base import FIELDS
from model.parameters.decision import ACTIVITIES
from model.parameters.declare import suggestion
from model.parameters.population import Population
from model.scenario.scenario import persons_with
from model.state.residents import COLUMNS, Residents, Rows

_TOOK_PART: Column = column(np.int8, "yes/no", "Took part in the week before the start.", names=YES_NO)
_TOOK_PART.name = "took_part"

TABLE = "residents' table"


@dataclass(frozen=True, eq=False)
class Inputs:
    """Data that replace what would be drawn.

    ``residents``: columns by name (a mapping or a DataFrame), one entry per row, categories by name or code;
    an axis of activities is given whole or as ``habit_culture``, ...; ``took_part_culture``, ``_service``,
    ``_deliberation`` (yes/no) say who took part in the week before the start. Rows are the adults in order.

    ``ties``: by layer an array with a line (a, b) or (a, b, weight) per tie, a DataFrame with columns of
    these names, or an undirected graph. ``weight`` names the attribute of a graph's edges that is their
    weight (True: "weight"); without it all weigh 1. Who is tied is told by row, 0 for the first resident,
    whatever the order of a graph's nodes. If ``residents`` has a column ``id`` (texts or whole numbers, each
    once), ties name ids instead.
    """

    residents: Mapping[str, Any] | Any | None = None
    ties: Mapping[str, NDArray[Any] | nx.Graph | Any] | None = None
    weight: bool | str = False


def weight_attribute(inputs: Inputs) -> str | None:
    """The attribute of a graph's edges that is their weight. Raises DataError for what names none."""
    weight = inputs.weight
    asked = given.yes_no(weight)
    if asked is not None:
        return "weight" if asked else None
    if isinstance(weight, str):
        return weight
    raise DataError(
        what=f"weight = {shown(weight)}",
        where="Inputs",
        instead="give the name of the edges' attribute, or True for 'weight'",
    )


def columns_of(table: Any, where: str = TABLE) -> dict[str, Any]:
    """The columns of a mapping or DataFrame by name; none of None.

    Raises DataError for anything else, for a name that is no text, and for one that stands twice.
    """
    if table is None:
        return {}
    if not (isinstance(table, Mapping) or (hasattr(table, "columns") and hasattr(table, "items"))):
        raise DataError(
            what=f"{type(table).__name__} is no table",
            where=where,
            instead="give a DataFrame, or a dict of columns by name",
        )
    found: dict[str, Any] = {}
    for name, values in table.items():
        if not isinstance(name, str):
            raise DataError(what=f"{name!r} is no name of a column", where=where, instead="give a text")
        if name in found:
            raise DataError(what=f"the column {name} stands twice", where=where, instead="leave one out")
        found[name] = values
    return found


class Ids:
    """Who is in which row: the column ``id`` of a residents' table.

    Raises DataError for what is neither text nor a whole number, and for an id that two rows have.
    """

    def __init__(self, values: Any, where: Where) -> None:
        self.row: dict[str, int] = {}
        for i, value in enumerate(_listed(values, where)):
            name = ident(value)
            if name is None:
                raise DataError(
                    what=f"{where.written(i, value)} is no id",
                    where=where.at(i),
                    why="an id is a text or a whole number",
                )
            if self.row.setdefault(name, i) != i:
                raise DataError(
                    what=f"two residents have the id {where.written(i, value)}",
                    where=where.at(i),
                    why=f"the other stands at {where.at(self.row[name])}",
                    instead="give everybody an id of their own",
                )

    @property
    def order(self) -> Sequence[str]:
        """The ids as text, in row order."""
        return list(self.row)

    def rows(self, values: Any, where: Where) -> Rows:
        """The rows of these ids, int64[m]. Raises DataError for an id that no resident has."""
        names = [(ident(value), value) for value in _listed(values, where)]
        rows = np.array([self.row.get(name or "", -1) for name, _ in names], dtype=np.int64)
        for i in np.flatnonzero(rows < 0)[:1].tolist():
            near = self._near(names[i][0] or "")
            raise DataError(
                what=f"no resident has the id {where.written(i, names[i][1])}",
                where=where.at(i),
                why="where the residents' table has a column id, ties name ids",
                instead=f"there is {near!r}: write it alike in both" if near else "",
            )
        return rows

    def _near(self, name: str) -> str:
        """An id that differs only as spreadsheets change it: leading zeros, a decimal point, case, spaces."""

        def bare(text: str) -> str:
            return "".join(text.split()).casefold().removesuffix(".0").lstrip("0")

        wanted = bare(name)
        return next((known for known in self.row if bare(known) == wanted), "") if wanted else ""


def _listed(values: Any, where: Where) -> list[Any]:
    array = array_of(values, where)
    if array.ndim != 1:
        raise DataError(what=f"ids of shape {array.shape}", where=str(where), why="each row has one")
    listed: list[Any] = list(values) if isinstance(values, list | tuple) else array.tolist()
    return listed


def ids_of(inputs: Inputs | None, n: int) -> Ids | None:
    """The ids of ``n`` residents; None if their table has no column ``id``."""
    table = columns_of(inputs.residents if inputs else None)
    if "id" not in table:
        return None
    where = Where("column id")
    refuse_length(table["id"], n, where, None)
    return Ids(table["id"], where)


def tie_columns(ties: Any, where: str) -> list[Any]:
    """The columns a, b and, if it is given, weight of ties in a DataFrame, a mapping or an array.

    Raises DataError for other columns, and for an array of another shape.
    """
    if isinstance(ties, Mapping) or hasattr(ties, "columns"):
        columns = columns_of(ties, where)
        if sorted(columns) not in (["a", "b"], ["a", "b", "weight"]):
            raise DataError(
                what=f"the columns are {', '.join(list(columns)[:10])}",
                where=where,
                instead="write a line per tie with the columns a, b and, if you like, weight",
            )
        return [columns[name] for name in ("a", "b", "weight") if name in columns]
    table = array_of(ties, Where(where))
    if table.dtype.kind not in "biuf":  # among texts, every entry stays what it is
        table = np.array(ties, dtype=object)
    if table.ndim != 2 or table.shape[1] not in (2, 3):
        raise DataError(
            what=f"an array of shape {table.shape}",
            where=where,
            why="a line is (row, row) or (row, row, weight)",
        )
    return list(table.T)


def apply_inputs(residents: Residents, inputs: Inputs, population: Population | None = None) -> None:
    """Set the columns that ``inputs.residents`` gives; nothing else is drawn anew.

    What is derived follows: `match`, `in_service`, and the ``_start`` of a skill, attachment or motivation
    that is given without it. Raises DataError as `checked_columns`.
    """
    table = columns_of(inputs.residents)
    checked = checked_columns(table, len(residents), population=population)
    for name, values in checked.items():
        declared, axis = entry(name)
        if name.startswith("took_part_"):
            new = residents.history.copy()
            new[:, axis] = new[:, axis] & ~np.uint64(1) | values.astype(np.uint64)
            residents.set_column("history", new)
        elif axis is not None:
            new = residents.columns()[declared.name].copy()
            new[:, axis] = values
            residents.set_column(declared.name, new)
        else:
            residents.set_column(name, values)
    for name in ("skill", "attachment", "motivation"):
        if name in checked and f"{name}_start" not in checked:
            residents.set_column(f"{name}_start", residents.columns()[name])
    ids_of(inputs, len(residents))
    _derive(residents)


def checked_columns(
    table: Mapping[str, Any],
    n: int,
    where: Callable[[str], Where] = lambda name: Where(f"column {name}"),
    *,
    header: str = TABLE,
    population: Population | None = None,
) -> dict[str, NDArray[Any]]:
    """The columns of a residents' table but ``id``, for ``n`` adults, names as codes.

    Raises DataError, with the first bad row of ``where(column)``, for an unknown column, a wrong length or
    value, households that do not ascend, and households without cells. ``header`` is where the names of the
    columns stand; ``population`` lets it say how many persons would fit.
    """
    entries = {name: entry(name, header) for name in table if name != "id"}
    found = {}
    for name, (declared, axis) in entries.items():
        refuse_length(table[name], n, where(name), population)
        shape = (n,) if axis is not None else (n, *declared.shape)
        found[name] = declared.checked(table[name], shape, where(name))
    if "household" in found:
        _check_households(found, where("household"), header)
    return found


def entry(name: str, where: str = TABLE) -> tuple[Column, int | None]:
    """The column that an entry of a residents' table goes to, and the activity if it is one of an axis.

    Raises DataError for a name that is no column, and for one that cannot be given.
    """
    stem, _, last = name.rpartition("_")
    axis = ACTIVITIES.index(last) if last in ACTIVITIES else None
    if axis is not None and stem == "took_part":
        return _TOOK_PART, axis
    if axis is not None and stem in ("effect", "habit"):
        return COLUMNS[stem], axis
    known = [c for c, declared in COLUMNS.items() if declared.given]
    if name in COLUMNS and name not in known:
        why = "the model itself derives or keeps it"
        raise DataError(what=f"{name} cannot be given", where=where, why=why)
    if name not in known:
        known += ["id", *(f"took_part_{k}" for k in ACTIVITIES)]
        raise DataError(
            what=f"there is no column {shown(name)}", where=where, instead=suggestion(name, known)
        )
    return COLUMNS[name], None


def refuse_length(values: Any, n: int, where: Where, population: Population | None) -> None:
    """Raise DataError unless there are ``n`` entries; what has no length is told by its column."""
    try:
        rows = len(values)
    except TypeError:
        return
    if rows != n:
        fitting = " or ".join(map(str, persons_with(rows, population))) if population else ""
        raise DataError(
            what=f"there are {rows:,} rows for {n:,} adults",
            where=str(where),
            why=f"a row is an adult: the shape must be ({n},)",
            instead=f"give {n} rows, or set population.persons = {fitting}, which makes {rows} adults"
            if fitting
            else "",
        )


def _check_households(columns: Mapping[str, NDArray[Any]], where: Where, header: str) -> None:
    falls = np.flatnonzero(np.diff(columns["household"]) < 0)
    if len(falls):
        raise DataError(
            what="household falls from one row to the next",
            where=where.at(int(falls[0]) + 1),
            why="the adults of a household are neighbouring rows",
            instead="Sort the table by household",
        )
    if "cell" not in columns:
        raise DataError(
            what="household is given without cell",
            where=header,
            instead="Give the column cell too",
        )


def _derive(people: Residents) -> None:
    """Set the columns that follow from others: `match` and `in_service`."""
    match = np.zeros(len(people), dtype=np.uint32)
    for f in range(len(FIELDS)):
        interested = (people.interests >> f & 1).astype(np.uint32)
        match |= interested * people.slots << np.uint32(3 * f)
    people.set_column("match", match)
    people.set_column("in_service", people.party & (people.employment == 0))
