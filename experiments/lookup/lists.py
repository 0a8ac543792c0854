"""How is a long list shown: as a table that wraps to a terminal, as plain lines, as CSV, as JSON?"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from experiments.words.blocks import columns_of

NARROWEST = 40
"""Columns below which nothing is wrapped any more."""


@dataclass(frozen=True)
class Row:
    """A line of a list: its name, short cells, and what it is about, as long as need be."""

    name: str
    cells: tuple[str, ...]
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """Some lines under a title, with notes before them; ``header`` names the name and the cells."""

    title: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


def written(sections: Sequence[Section], width: int | None = None) -> str:
    """The sections as text, wrapped to ``width`` columns; whole, a line for each row, if None."""
    parts = [_plain(section) if width is None else _wrapped(section, width) for section in sections]
    return "\n\n".join("\n".join(part) for part in parts)


def as_csv(records: Sequence[Mapping[str, Any]]) -> str:
    """The records as CSV with a header; lists are joined by spaces, what is not known is empty."""
    import pandas as pd

    from experiments.storage.table_files import csv_text

    rows = [{key: _cell(value) for key, value in record.items()} for record in records]
    return csv_text(pd.DataFrame(rows, dtype=object)).rstrip("\n")


def as_json(records: Sequence[Mapping[str, Any]]) -> str:
    """The records as a JSON array; what is not known is null."""
    plain = [{key: None if _unknown(value) else value for key, value in record.items()} for record in records]
    return json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False)


def _plain(section: Section) -> Iterator[str]:
    """Columns as wide as their widest cell; what a row is about stands at the end of its line."""
    yield from (section.title, *section.notes) if section.title else section.notes
    table = [section.header, *((row.name, *row.cells) for row in section.rows)] if section.rows else []
    widths = [max(map(columns_of, column)) for column in zip(*table, strict=True)]
    for cells, about in zip(table, [(), *(row.about for row in section.rows)], strict=False):
        padded = [cell + " " * (w - columns_of(cell)) for cell, w in zip(cells, widths, strict=True)]
        yield "  ".join([*padded, " · ".join(filter(None, about))]).rstrip()


def _wrapped(section: Section, width: int) -> Iterator[str]:
    """A table within ``width`` columns, what a row is about below its name."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console = Console(file=io.StringIO(), width=max(NARROWEST, width), highlight=False)
    for line in (section.title, *section.notes):
        if line:
            console.print(Text(line))
    if section.rows:
        table = Table(box=None, pad_edge=False, header_style="", expand=True)
        for i, name in enumerate(section.header):
            table.add_column(Text(name), ratio=3 if i == 0 else 1, overflow="fold")
        for row in section.rows:
            about = "\n".join(filter(None, row.about))
            first = Text(f"{row.name}\n  " + about.replace("\n", "\n  ") if about else row.name)
            table.add_row(first, *map(Text, row.cells))
        console.print(Padding(table, 0))
    assert isinstance(console.file, io.StringIO)
    yield from (line.rstrip() for line in console.file.getvalue().splitlines())


def _unknown(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _cell(value: Any) -> Any:
    if _unknown(value):
        return ""
    return " ".join(map(str, value)) if isinstance(value, tuple | list) else value
