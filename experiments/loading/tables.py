"""What stands in a table that a user brings, cell by cell, and on which line of the file?

The one reader of CSV and Parquet for the whole project. Cells are read as text; what a column makes of them
is decided later (`numbers`, `words`), so that a refusal can name the file, its own line and the cell as it
was written.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.loading.csv_text import parsed, refuse_names
from experiments.loading.text import COMMON, Text, decoded, is_lost, is_uncommon
from model.core.cells import NUMBER, Where, named, shown
from model.core.errors import DataError

LARGEST = 512 * 2**20
WHOLE_DIGITS = 18
"""Digits that a whole number of 64 bits surely has."""

YES, NO = ("true", "True", "TRUE"), ("false", "False", "FALSE")

_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:[,' \u00a0\u202f][0-9]{3})+(?:\.[0-9]*)?")


@dataclass(frozen=True, eq=False)
class Table:
    """A table as it stands in a file: cells by column, texts of a CSV file or arrays of a Parquet file.

    ``lines`` are the lines of the rows in the file, counted from 1; None for Parquet, which has none.
    ``header`` is where the names of the columns stand.
    """

    file: str
    cells: Mapping[str, Sequence[Any]]
    lines: Sequence[int] | None = None
    header: str = ""

    def __len__(self) -> int:
        return len(next(iter(self.cells.values())))

    def where(self, column: str) -> Where:
        """How the cells of a column are named."""
        return _Cells(self, column)

    def values(self, column: str) -> NDArray[Any]:
        """A column as an array: numbers if all its cells are, otherwise texts, of which true and false are
        what they say."""
        cells = self.cells[column]
        if isinstance(cells, np.ndarray):
            return cells
        found = numbers(cells)
        return words(cells) if found is None else found


class _Cells(Where):
    def __init__(self, table: Table, column: str) -> None:
        super().__init__(f"{table.file}, column {named(column)}")
        self.table, self.column = table, column

    def at(self, row: int) -> str:
        lines = self.table.lines
        place = f"row {row}" if lines is None else f"line {lines[row]}"
        return f"{self.table.file}, {place}, column {named(self.column)}"

    def written(self, row: int, value: Any) -> str:
        cell = self.table.cells[self.column][row]
        if cell == "" and isinstance(cell, str):
            return "an empty cell"
        told = shown(cell)
        if isinstance(cell, str) and _DECIMAL_COMMA.fullmatch(cell):
            return f"{told} (write decimals with a point, and thousands without a mark)"
        return f"{told} (write thousands without a mark)" if _is_thousands(cell) else told


def _is_thousands(cell: Any) -> bool:
    return isinstance(cell, str) and _THOUSANDS.fullmatch(cell) is not None


def numbers(cells: Sequence[str]) -> NDArray[Any] | None:
    """The cells as int64 or float64; None if one of them is no number."""
    if not all(map(NUMBER.fullmatch, cells)):
        return None
    if all(len(cell) <= WHOLE_DIGITS and cell.lstrip("+-").isdigit() for cell in cells):
        return np.array([int(cell) for cell in cells], dtype=np.int64)
    return np.array([float(cell) for cell in cells], dtype=np.float64)


def words(cells: Sequence[str]) -> NDArray[Any]:
    """The cells as objects: true and false, in the spellings that programs write, and texts."""
    meaning = dict.fromkeys(YES, True) | dict.fromkeys(NO, False)
    return np.fromiter((meaning.get(cell, cell) for cell in cells), dtype=object, count=len(cells))


def read_table(path: Path, file: str) -> Table:
    """The table in a CSV or Parquet file, which the user knows as ``file``.

    CSV is in UTF-8, in UTF-16 with a mark, or else in GB18030, which is told by the logger ``gongzhi``; its
    cells are separated by commas, semicolons or tabs, whichever its header has. Blanks round cells, empty
    lines and empty columns and rows at the end do not count.

    Raises:
        DataError: for a file that cannot be read as such a table, with line and cell.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(what=f"the file is over {LARGEST // 2**20} MiB", where=file)
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(
            what="the file cannot be read", where=file, why=error.strerror or str(error)
        ) from None
    if raw.startswith(b"PAR1") or path.suffix.lower() == ".parquet":
        return _parquet(raw, file)
    text = decoded(raw, file)
    cells, lines, header = parsed(text.text, file)
    table = Table(file, cells, lines, header)
    _refuse_lost(text, table)
    if text.encoding == "gb18030":
        _refuse_uncommon(table)
        _tell(
            f"{file} is not in UTF-8 and was read as GB18030 (Chinese Windows). "
            "If its texts look wrong, save it with the encoding UTF-8."
        )
    return table


@cache
def _tell(message: str) -> None:
    """Say it once per process."""
    logging.getLogger("gongzhi").warning(message)


def _parquet(raw: bytes, file: str) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        frame = pq.read_table(pa.BufferReader(raw)).to_pandas(ignore_metadata=True)
    except (pa.ArrowException, OSError, ValueError, TypeError, NotImplementedError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(what="the file cannot be read as Parquet", where=file, why=reason) from None
    names = [str(name) for name in frame.columns]
    refuse_names(names, f"{file}, its columns")
    kept = {n: frame[n] for n in names if not n.startswith("__index_level_")}
    if not kept or not len(frame):
        raise DataError(what="the table has no rows", where=file, instead="write a row at least")
    cells = {n: (c if c.dtype.kind in "biuf" else c.astype(object)).to_numpy() for n, c in kept.items()}
    return Table(file, cells, header=file)


def _refuse_lost(text: Text, table: Table) -> None:
    """Raise DataError for the first cell with a character that is no text."""
    if text.broken or "\0" in text.text or "\ufffd" in text.text:
        for place, cell in _each(table):
            if any(map(is_lost, cell)):
                raise DataError(
                    what=f"{shown(cell)} is no text".replace("\\udc", "\\x"),
                    where=place,
                    why="these bytes are neither UTF-8 nor GB18030"
                    if text.broken
                    else "a character was lost",
                    instead="save the file with the encoding UTF-8",
                )


def _refuse_uncommon(table: Table) -> None:
    """Raise DataError if a table read as GB18030 does not look like Chinese: most bytes can be read so."""
    foreign = [
        c for name, cells in table.cells.items() for cell in (name, *cells) for c in cell if c > "\x7f"
    ]
    if sum(map(is_uncommon, foreign)) > (1 - COMMON) * len(foreign):
        place, cell = next((p, cell) for p, cell in _each(table) if any(map(is_uncommon, cell)))
        raise DataError(
            what=f"{shown(cell)} is what GB18030 makes of it, which looks wrong",
            where=place,
            why="the file is not in UTF-8, and seems to be in Big5, Latin-1 or another encoding",
            instead="save the file with the encoding UTF-8",
        )


def _each(table: Table) -> Iterator[tuple[str, str]]:
    """Every cell with its place: the header's first, then row by row."""
    for name in table.cells:
        yield table.header, name
    places: dict[str, Callable[[int], str]] = {name: table.where(name).at for name in table.cells}
    for i in range(len(table)):
        for name, cells in table.cells.items():
            yield places[name](i), cells[i]
