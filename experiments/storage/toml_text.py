"""How is TOML written, so that whatever a user's text holds, the file can be read again?

Quotes, backslashes, line breaks, control characters and names with dots are what text put between quotes by
hand fails on. All TOML that the laboratory writes is a `Toml`, which only this module makes, and
`experiments.storage.files.write_text` writes nothing else into a .toml file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from experiments.storage.toml_scan import scan
from model.core.errors import GongzhiError

PLACE = re.compile(r"\{(\w+)\}")
WIDE = 108
SHORT_LIST = 80


class Toml(str):
    """A text that is TOML whatever was put into it: a value, a key, a comment, lines or a whole file."""

    __slots__ = ()


def value(of: Any) -> Toml:
    """A value as TOML writes it: text, number, truth, list or table on one line.

    Raises:
        GongzhiError: for text that no UTF-8 file can hold, such as a file's name in another encoding.
    """
    try:
        written = Toml(_item(of).as_string())
        written.encode()
        return written
    except UnicodeError:
        raise GongzhiError(
            what=f"{ascii(of)[:60]} cannot be written into a file",
            why="it holds characters that UTF-8 does not have",
            instead="choose another name",
        ) from None


def key(*parts: str) -> Toml:
    """A dotted key, its parts in quotes where they have to be."""
    import tomlkit

    for part in parts:
        value(part)
    return Toml(".".join(tomlkit.key(part).as_string() for part in parts))


def assigned(path: Sequence[str], of: Any) -> Toml:
    """The line ``a.b = value``, without its end."""
    return Toml(f"{key(*path)} = {value(of)}")


def comment(text: str) -> Toml:
    """A comment on one line."""
    return Toml(f"# {commented(text)}")


def commented(text: str) -> Toml:
    """Text as it may stand in a comment: on one line; characters that no comment may hold become blanks."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    return Toml(" ".join(shown.split()))


def whole(parts: Iterable[Toml]) -> Toml:
    """Parts one after the other as one text."""
    return Toml("".join(parts))


def filled(template: str, **values: Any) -> Toml:
    """A template whose places ``{name}`` are filled with values as TOML writes them; a `Toml` as it is."""

    def written(place: re.Match[str]) -> str:
        of = values[place[1]]
        return of if isinstance(of, Toml) else value(of)

    return Toml(PLACE.sub(written, template))


def joined(lines: Iterable[Toml]) -> Toml:
    """Lines as one text that ends with a line's end."""
    return Toml("\n".join(lines) + "\n")


def listed(texts: Sequence[str]) -> Toml:
    """A list of texts, in lines of at most 110 characters."""
    whole = value(list(texts))
    if len(whole) <= SHORT_LIST:
        return whole
    lines: list[str] = []
    line = "    "
    for text in map(value, texts):
        if len(line) + len(text) > WIDE:
            lines, line = [*lines, line.rstrip()], "    "
        line += text + ", "
    return Toml("\n".join(["[", *lines, line.rstrip(), "]"]))


def with_value(text: str, path: Sequence[str], of: Any, file: str) -> Toml:
    """A TOML text with one value replaced or added, its comments and its form kept.

    Raises:
        GongzhiError: if the text does not say so afterwards, naming ``file``.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
        here: Any = document
        for part in path[:-1]:
            if part not in here:
                here[part] = tomlkit.table()
            here = here[part]
        here[path[-1]] = _item(of)
        changed = document.as_string()
        said = tomllib.loads(changed)
        kept = said == _set(tomllib.loads(text), path, _plain(of))
    except (TOMLKitError, tomllib.TOMLDecodeError, TypeError, AttributeError):
        kept = False
    if not kept:
        raise GongzhiError(
            what=f"{'.'.join(path)} cannot be changed in the file",
            where=file,
            instead=f"write {assigned(path[-1:], of)} below [{key(*path[:-1])}]",
        )
    return Toml(changed)


def with_key(text: str, old: Sequence[str], new: Sequence[str], said: Mapping[str, Any], file: str) -> Toml:
    """A TOML text with one key or table renamed or moved, its comments kept; ``said`` is what it then says.

    Raises:
        GongzhiError: if it cannot be made to say so, naming ``file``.
    """
    from tomlkit.exceptions import TOMLKitError

    for way in (_relabelled, _transplanted):
        try:
            changed = way(text, old, new)
            if tomllib.loads(changed) == said:
                return Toml(changed)
        except (TOMLKitError, tomllib.TOMLDecodeError, TypeError, AttributeError, KeyError):
            continue
    raise GongzhiError(
        what=f"{'.'.join(old)} cannot be renamed in the file",
        where=file,
        instead=f"write {key(*new)} there",
    )


def _relabelled(text: str, old: Sequence[str], new: Sequence[str]) -> str:
    """The text with the last part of a key written otherwise on each line that begins with that key."""
    of = scan(text, "").of
    lines = text.split("\n")
    name = re.escape(key(old[-1]))
    label = re.compile(rf"(?<![\w-]){name}(?![\w-])")
    for number in {line for path, line in of.items() if path[: len(old)] == tuple(old)}:
        lines[number - 1] = label.sub(lambda _: key(new[-1]), lines[number - 1], count=1)
    return "\n".join(lines)


def _transplanted(text: str, old: Sequence[str], new: Sequence[str]) -> str:
    """The text with a value taken out at one key and put in at another."""
    import tomlkit

    document: Any = tomlkit.parse(text)
    here = document
    for part in old[:-1]:
        here = here[part]
    value = here.pop(old[-1])
    here = document
    for part in new[:-1]:
        if part not in here:
            here[part] = tomlkit.table()
        here = here[part]
    here[new[-1]] = value
    return str(document.as_string())


def _set(table: dict[str, Any], path: Sequence[str], of: Any) -> dict[str, Any]:
    """``table`` with the value at ``path`` replaced."""
    head, *rest = path
    return {**table, head: _set(table.get(head, {}), rest, of) if rest else of}


def _item(of: Any) -> Any:
    """The value as an item of tomlkit on one line; numpy's numbers and tuples as Python's."""
    import tomlkit  # not at the top: most commands write no TOML

    plain = _plain(of)
    if isinstance(plain, dict):
        table = tomlkit.inline_table()
        for name, part in plain.items():
            table[name] = _item(part)
        return table
    if isinstance(plain, list):
        array = tomlkit.array()
        for part in plain:
            array.append(_item(part))
        return array
    return tomlkit.item(plain)


def _plain(of: Any) -> Any:
    """The value in plain types: numpy's numbers and tuples as Python's numbers and lists."""
    if isinstance(of, Mapping):
        return {str(name): _plain(part) for name, part in of.items()}
    if isinstance(of, list | tuple):
        return [_plain(part) for part in of]
    if isinstance(of, str):
        return str(of)
    return of.item() if hasattr(of, "item") else of
