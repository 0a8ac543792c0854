"""Which cells has the text of a CSV file, and on which line does each row begin?"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import NamedTuple

from model.core.cells import named, shown
from model.core.errors import DataError

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}

_FIRST_LINE = re.compile(r'(?:"(?:[^"]|"")*+"?|[^"\r\n])*+')
_QUOTED = re.compile(r'"(?:[^"]|"")*+"?')
_TOLD_SEPARATOR = re.compile(r"\ufeff?\"?sep=(.)\"?[ ]*(\r\n|\r|\n|\Z)", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\A(?:[ ]*(?:\r\n|\r|\n))+")


class Parsed(NamedTuple):
    """Cells by column, the line of each row, counted from 1, and where the header stands."""

    cells: dict[str, list[str]]
    lines: list[int]
    header: str


def parsed(text: str, file: str) -> Parsed:
    """The cells of a CSV file; blanks round them, empty lines, and empty columns and rows at the end do not
    count.

    Raises DataError, with line and cell, for a text that is no table: two kinds of separators in the header,
    a row longer or shorter than it, a column without a name or with one that another has, quotation marks
    that do not fit, and a table without rows.
    """
    told = _TOLD_SEPARATOR.match(text)
    skipped = 1 if told else 0
    text = text[told.end() :] if told else text.removeprefix("\ufeff")
    body = _BLANK_LINES.sub("", text)
    if not body.strip():
        raise DataError(what="the file is empty", where=file, instead="write a header and a row at least")
    separator = _separator(body, told.group(1) if told else None, file)
    rows = list(_rows(text, separator, file, skipped))
    line, header = rows.pop(0)
    names = [name.strip() for name in header]
    while rows and not any(map(str.strip, rows[-1][1])):
        rows.pop()
    width = max((i + 1 for i, name in enumerate(names) if name), default=0)
    for at, row in rows:
        if len(row) != len(names) or any(row[width:]):
            _refuse_ragged(names, row, f"{file}, line {at}", width)
    refuse_names(names[:width], f"{file}, line {line}")
    if not rows:
        raise DataError(
            what="the table has no rows", where=f"{file}, line {line}", instead="write a row at least"
        )
    columns = zip(*(row for _, row in rows), strict=True)
    cells = {
        name: [cell.strip() for cell in column] for name, column in zip(names[:width], columns, strict=False)
    }
    return Parsed(cells, [at for at, _ in rows], f"{file}, line {line}")


def _separator(body: str, told: str | None, file: str) -> str:
    """What separates the cells of the header, of which there has to be one kind; a comma if there is one
    cell."""
    header = _QUOTED.sub("", (_FIRST_LINE.match(body) or [""])[0])
    found = [s for s in SEPARATORS if s in header]
    if told is not None and (told not in SEPARATORS or set(found) - {told}):
        raise DataError(
            what=f"the separator is said to be {told!r}",
            where=f"{file}, line 1",
            why="the header has another" if told in SEPARATORS else "",
            instead="separate cells by commas, semicolons or tabs",
        )
    if len(found) > 1:
        raise DataError(
            what=f"the header {shown(header)} has {' and '.join(SEPARATORS[s] for s in found)}",
            where=f"{file}, line 1",
            why="cells are separated by one of them",
            instead="put names that hold one into quotation marks, or use another separator",
        )
    return told or (found[0] if found else ",")


def _rows(text: str, separator: str, file: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the line on which it begins."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + skipped + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _no_csv(error, text, file, line, skipped) from None
        if len(row) > 1 or (row and row[0].strip()):
            yield line, row


def _no_csv(error: csv.Error, text: str, file: str, line: int, skipped: int) -> DataError:
    """What is wrong with the row that begins on a line and is no row of a CSV file."""
    lines = StringIO(text, newline="").readlines()[line - skipped - 1 :]
    start = "".join(lines[:1])
    cell = shown(start[start.find('"') :].strip() if '"' in start else start.strip())
    if "unexpected end" in str(error):
        what, instead = f"the quotation mark of {cell} is never closed", "close it, or leave it out"
    elif "expected after" in str(error):
        what, instead = f"text follows the closing quotation mark in {cell}", "double the marks in a cell"
    elif "field limit" in str(error):
        what = f"the cell {cell} is over {csv.field_size_limit():,} characters long"
        instead = "close its quotation mark"
    else:
        what, instead = f"{cell} is no row of a table: {error}", ""
    return DataError(what=what, where=f"{file}, line {line}", instead=instead)


def _refuse_ragged(names: list[str], row: list[str], where: str, width: int) -> None:
    """Raise DataError unless a row has a cell for every name of the header, and none without one."""
    if len(row) > len(names):
        raise DataError(
            what=f"there are {len(row)} values for {len(names)} columns: {shown(row[len(names)])} has none",
            where=where,
            why="a column is never guessed",
            instead="name every column in the header, or take out a separator too many",
        )
    if len(row) < len(names):
        raise DataError(
            what=f"there are {len(row)} values for {len(names)} columns: the last is {shown(row[-1])}",
            where=where,
            why=f"the column {named(names[len(row)]) or len(row) + 1} has none",
            instead="write a value for every column",
        )
    for i in range(width, len(row)):
        if row[i].strip():
            raise DataError(
                what=f"{shown(row[i])} stands in column {i + 1}, which has no name",
                where=where,
                instead="name the column in the header, or leave it out",
            )


def refuse_names(names: Sequence[str], where: str) -> None:
    """Raise DataError unless every column has a name of its own."""
    seen: set[str] = set()
    for i, name in enumerate(names):
        if not name:
            raise DataError(
                what=f"column {i + 1} has no name",
                where=where,
                why="which column is meant is never guessed",
                instead="name it (id, if it says who this is), or leave it out (in pandas: index=False)",
            )
        if name in seen:
            raise DataError(
                what=f"the column {shown(name)} is named twice", where=where, instead="leave one out"
            )
        seen.add(name)
