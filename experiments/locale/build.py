"""How does the page learn Chinese? Extract its texts, update the catalogue, compile it: ``make i18n``.

Translations are written by hand in ``zh/LC_MESSAGES/gongzhi.po``. The build fails while a text has no
Chinese, a doubtful one, or one whose named places differ from the English.
"""

from __future__ import annotations

import io
import string
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from experiments.storage.streams import hold_all_characters
from model.core.errors import DataError, GongzhiError

LOCALE = Path(__file__).resolve().parent
SOURCES = (LOCALE.parent, LOCALE.parent.parent / "model")
"""The packages whose texts are marked where they are declared."""
CHINESE = LOCALE / "zh" / "LC_MESSAGES" / "gongzhi.po"
NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands where a catalogue wants a date, so that an unchanged catalogue is an unchanged file."""
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}


def extracted() -> Catalog:
    """The texts that are marked for translation, with the files they stand in."""
    catalog = Catalog(project="gongzhi", charset="utf-8")
    for package in SOURCES:
        found = extract_from_dir(package, method_map=[("**.py", "python")], keywords=KEYWORDS)
        for file, _line, text, comments, context in found:
            place = [(f"{package.name}/{file}", 0)]
            catalog.add(text, None, place, auto_comments=comments, context=context)
    return catalog


def updated(texts: Catalog, chinese: Path = CHINESE) -> Catalog:
    """The Chinese catalogue with the present texts: new ones empty, those no longer used left out."""
    catalog = Catalog(locale="zh", charset="utf-8")
    if chinese.exists():
        with chinese.open("rb") as file:
            catalog = read_po(file, locale="zh")
    catalog.update(texts, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def faults(catalog: Catalog) -> list[str]:
    """What is wrong with each text of the catalogue, one line each."""
    found = []
    for message in catalog:
        if not message.id:
            continue
        if not all(_forms(message.string)):
            found.append(f"no Chinese: {_forms(message.id)[0]!r}")
        elif message.fuzzy:
            found.append(f"doubtful (fuzzy): {_forms(message.id)[0]!r}")
        elif (differ := _places(message)) != set():
            found.append(f"named places differ ({', '.join(sorted(differ))}): {_forms(message.id)[0]!r}")
    return found


def build(chinese: Path = CHINESE) -> int:
    """Update the catalogue at ``chinese`` and compile it beside; the number of texts.

    Raises DataError, after the updated catalogue is written, while it has `faults`.
    """
    catalog = updated(extracted(), chinese)
    chinese.parent.mkdir(parents=True, exist_ok=True)
    text = io.BytesIO()
    write_po(text, catalog, width=110, omit_header=True, include_lineno=False, sort_output=True)
    header = b'msgid ""\nmsgstr ""\n"Language: zh\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    plural = b'"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    chinese.write_bytes(header + plural + text.getvalue())
    if wrong := faults(catalog):
        shown = "; ".join(wrong[:10])
        raise DataError(
            what=f"{len(wrong)} texts of the page are not ready: {shown}",
            where=str(chinese.name),
            instead="translate them there and build again",
        )
    with chinese.open("rb") as written, chinese.with_suffix(".mo").open("wb") as compiled:
        ready = read_po(written, locale="zh")
        ready.creation_date = ready.revision_date = NO_DATE
        write_mo(compiled, ready)
    return len(catalog)


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def _places(message: Message) -> set[str]:
    """Names in braces that stand in the English or the Chinese only."""
    english = set.union(*map(_named, _forms(message.id)))
    return english ^ set.union(*map(_named, _forms(message.string)))


def _named(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


if __name__ == "__main__":
    hold_all_characters()
    try:
        print(f"{build()} texts in Chinese")
    except GongzhiError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
