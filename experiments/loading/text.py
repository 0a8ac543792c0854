"""In which encoding is a table written?"""

from __future__ import annotations

import codecs
from functools import cache
from typing import NamedTuple

from model.core.errors import DataError

SIGNATURES = (
    (b"PK\x03\x04", "a workbook or an archive", "save the sheet as CSV UTF-8"),
    (b"\xd0\xcf\x11\xe0", "a workbook of the old form", "save the sheet as CSV UTF-8"),
    (b"\x1f\x8b", "a compressed file", "unpack it"),
    (b"BZh", "a compressed file", "unpack it"),
    (b"\xfd7zXZ", "a compressed file", "unpack it"),
    (b"\x28\xb5\x2f\xfd", "a compressed file", "unpack it"),
    (codecs.BOM_UTF32_LE, "text in UTF-32", "save it with the encoding UTF-8"),
    (codecs.BOM_UTF32_BE, "text in UTF-32", "save it with the encoding UTF-8"),
)
"""How files begin that are no tables of text, what they are, and what to do."""

MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

COMMON = 0.7
"""Share of the characters of a text in GB18030 that have to be common ones."""


class Text(NamedTuple):
    """The text of a file, the encoding it was read in, and whether bytes that are no text were kept as lone
    surrogates, for the reader to find the cell."""

    text: str
    encoding: str
    broken: bool


def decoded(raw: bytes, file: str) -> Text:
    """The text of a table's bytes: UTF-16 if it is marked so, UTF-8, or else GB18030.

    Raises DataError for a file that is no text.
    """
    for begin, what, instead in SIGNATURES:
        if raw.startswith(begin):
            raise DataError(what=f"this is {what}", where=file, instead=instead)
    for mark, encoding in MARKS:
        if raw.startswith(mark):
            return _read(raw[len(mark) :], encoding)
    for unmarked in (raw[1:20:2], raw[:20:2]):
        if unmarked.count(0) > len(unmarked) // 2:
            raise DataError(
                what=f"the first cells, {raw[:20]!r}, have zero bytes",
                where=f"{file}, line 1",
                why="this is UTF-16 without the mark at its beginning that says so",
                instead="save the file with the encoding UTF-8",
            )
    text = _read(raw, "utf-8")
    if not text.broken:
        return text
    lost = sum("\udc80" <= c <= "\udcff" for c in text.text)
    if lost <= sum(c > "\x7f" for c in text.text) - lost:
        return text  # mostly UTF-8, so the rest is damage and no other encoding
    return _read(raw, "gb18030")


def _read(raw: bytes, encoding: str) -> Text:
    try:
        return Text(raw.decode(encoding), encoding, False)
    except UnicodeDecodeError:
        pass
    if encoding.startswith("utf-16"):  # half a character at the end, or half a pair
        return Text(raw.decode(encoding, "replace").replace("\ufffd", "\udcff"), encoding, True)
    return Text(raw.decode(encoding, "surrogateescape"), encoding, True)


def is_lost(character: str) -> bool:
    """Whether a character stands for bytes that are no text, here or where the file was written."""
    return "\ud800" <= character <= "\udfff" or character in "\ufffd\0"


def is_uncommon(character: str) -> bool:
    """Whether a character is neither in GB 2312, which has what is used in China, nor common in Big5.

    A text in GBK or GB18030 has few of them. Big5 or Latin-1 read as GB18030 gives many: kana, Greek, private
    and rare characters.
    """
    return character > "\x7f" and not _common(character)


@cache
def _common(character: str) -> bool:
    try:
        lead, trail = character.encode("gbk")
    except (UnicodeEncodeError, ValueError):  # a character of four bytes
        return False
    if trail >= 0xA1 and (0xA1 <= lead <= 0xA3 or 0xB0 <= lead <= 0xF7):
        return True
    try:
        return 0xA440 <= int.from_bytes(character.encode("big5")) <= 0xC67E
    except UnicodeEncodeError:
        return False
