"""What is a page made of, and how is it written as Markdown?

The same blocks become Markdown, fit for a terminal, and, by the template, one self-contained HTML file.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """A heading; ``level`` 1 is the page's title. ``anchor`` is what links lead to."""

    text: str
    level: int = 2
    anchor: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; ``lead`` stands in front of it in bold."""

    text: str
    lead: str = ""


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Box:
    """A warning that stands out: what must not be done, and the reasons."""

    lead: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table of texts; its first ``names`` columns hold names, the others numbers, set to the right.

    The ``caption`` stands in HTML only: in Markdown the heading above has to do.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    names: int = 1
    caption: str = ""


@dataclass(frozen=True)
class Picture:
    """A figure as inline SVG and what it shows; Markdown leaves it to the file beside."""

    svg: str
    caption: str


@dataclass(frozen=True)
class Panels:
    """Small figures that a wide window sets side by side and a narrow one below each other."""

    svgs: tuple[str, ...]
    caption: str


@dataclass(frozen=True)
class Contents:
    """Links to the headings of this page: pairs of an anchor and its heading."""

    label: str
    links: tuple[tuple[str, str], ...]


Block = Heading | Paragraph | Bullets | Box | Table | Picture | Panels | Contents


def markdown(blocks: Iterable[Block]) -> str:
    """The blocks as Markdown, tables aligned so that a terminal shows them as tables."""
    return "\n\n".join(text for block in blocks if (text := _written(block))) + "\n"


def _written(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {_escaped(block.text)}"
    if isinstance(block, Paragraph):
        lead = f"**{_escaped(block.lead)}** " if block.lead else ""
        return lead + _escaped(block.text)
    if isinstance(block, Bullets):
        return "\n".join(f"- {_escaped(item)}" for item in block.items)
    if isinstance(block, Box):
        return "\n".join(
            [f"> **{_escaped(block.lead)}**", ">", *(f"> - {_escaped(r)}" for r in block.reasons)]
        )
    return _aligned(block) if isinstance(block, Table) else ""


def _aligned(table: Table) -> str:
    rows = [[_escaped(cell).replace("|", r"\|") for cell in row] for row in (table.header, *table.rows)]
    widths = [max(map(columns_of, column)) for column in zip(*rows, strict=True)]
    rule = ["-" * width if i < table.names else "-" * (width - 1) + ":" for i, width in enumerate(widths)]
    return "\n".join(_line(row, widths, table.names) for row in (rows[0], rule, *rows[1:]))


def _line(row: Sequence[str], widths: Sequence[int], names: int) -> str:
    cells = []
    for i, (cell, width) in enumerate(zip(row, widths, strict=True)):
        pad = " " * (width - columns_of(cell))
        cells.append(cell + pad if i < names else pad + cell)
    return f"| {' | '.join(cells)} |"


def columns_of(text: str) -> int:
    """Columns that a terminal gives the text: two for each Chinese character."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _escaped(text: str) -> str:
    """The text on one line, with nothing in it that Markdown would read as markup."""
    line = " ".join(text.split())
    for mark in ("\\", "*", "_", "`", "<", "](", "#"):
        line = line.replace(mark, f"\\{mark}")
    return line
