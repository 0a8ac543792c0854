"""How are tables written, so that programs read them to the bit and Excel shows their Chinese?

CSV is UTF-8 with a byte order mark, without which Excel takes Chinese for another encoding; its lines end in
a line feed. Cells stand as they are: a name that begins with ``=`` is still the name by which tables join.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

ENCODING = "utf-8-sig"

Formats = Literal["both", "csv", "parquet"]
FORMATS: tuple[Formats, ...] = ("both", "csv", "parquet")


def write_table(folder: Path, name: str, table: pd.DataFrame, formats: Formats = "both") -> None:
    """Write ``NAME.csv``, ``NAME.parquet`` or both, the same to the byte for the same table.

    A table without rows has its header all the same, and in Parquet a type for every column.
    """
    write_parts(folder, name, (table,), formats)


def write_parts(folder: Path, name: str, parts: Iterable[pd.DataFrame], formats: Formats = "both") -> None:
    """As `write_table`, of a table that comes in parts with the same columns: one part is held at a time."""
    import pyarrow.parquet as pq

    with ExitStack() as opened:
        text = writer = None
        if formats != "parquet":
            path = folder / f"{name}.csv"
            text = opened.enter_context(path.open("w", encoding=ENCODING, newline=""))
        for number, part in enumerate(parts):
            if text is not None:
                part.to_csv(text, header=number == 0, **_style(part))
            if formats != "csv":
                rows = _arrow(part)
                if writer is None:  # through a file of Python's, so that what fails is told as for others
                    file = opened.enter_context((folder / f"{name}.parquet").open("wb"))
                    writer = opened.enter_context(pq.ParquetWriter(file, rows.schema))
                writer.write_table(rows.cast(writer.schema))


def csv_text(table: pd.DataFrame) -> str:
    """The table as CSV for a stream: as `write_table` writes it, without the byte order mark."""
    return str(table.to_csv(**_style(table)))


def _style(table: pd.DataFrame) -> dict[str, Any]:
    """How all our CSV is written. A carriage return within a cell is quoted like a line feed, or readers
    would end the row there."""
    texts = (table[name] for name in table.columns if table[name].dtype.kind not in "biufM")
    carried = any("\r" in str(value) for column in texts for value in column.unique())
    carried |= any("\r" in str(name) for name in table.columns)
    quoting = csv.QUOTE_NONNUMERIC if carried else csv.QUOTE_MINIMAL
    return {"index": False, "lineterminator": "\n", "quoting": quoting}


def _arrow(table: pd.DataFrame) -> pa.Table:
    """The table in Arrow; a column of no values, whose type nothing tells, holds text."""
    import pyarrow as pa

    found = pa.Table.from_pandas(table, preserve_index=False)
    for place, field in enumerate(found.schema):
        if pa.types.is_null(field.type):
            text = field.with_type(pa.string())
            found = found.set_column(place, text, found.column(place).cast(pa.string()))
    return found
