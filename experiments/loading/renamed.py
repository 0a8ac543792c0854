"""Which names are old, what are they called now, and how long are they still understood?

An old name of a key, a value or a flag is understood with a warning in the minor version that renamed it and
in the next one; then it is refused with the new name. `gongzhi upgrade` rewrites files: see
`experiments.loading.upgrade`. Python names stand in `model.core.renamed`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from model.core.errors import GongzhiError, ScenarioError
from model.core.renamed import over

Kind = Literal["scenario", "study", "flag"]
Path = tuple[str, ...]


_log = logging.getLogger("gongzhi")


@dataclass(frozen=True)
class Renamed:
    """An ``old`` name, the ``new`` one, and the version ``since`` which it is old.

    Of a ``scenario`` or a ``study``: a key with dots, where ``*`` stands for any one name, or ``key=text``
    for a text that a key may hold. Of a ``flag``: the command and the flag, such as ``"study run --again"``.
    """

    kind: Kind
    old: str
    new: str
    since: str

    @property
    def key(self) -> Path:
        """The parts of the old key."""
        return tuple(self.old.partition("=")[0].split("."))

    @property
    def text(self) -> str | None:
        """The old text that is renamed; None if the key is."""
        return self.old.partition("=")[2] if "=" in self.old else None

    @property
    def over(self) -> bool:
        """Whether it has been old for so long that it is refused."""
        return over(self.since)


RENAMED: tuple[Renamed, ...] = (
    Renamed("study", "design.kind=sobol", "design.kind=sobol_sequence", since="0.2"),
)
"""Every old name."""


@dataclass(frozen=True)
class Found:
    """An old name in a table: where it stands, by its key, and the key and the value of today."""

    entry: Renamed
    at: Path
    key: Path
    value: Any

    def told(self) -> str:
        """What is old and what it is called now."""
        if self.entry.text is not None:
            return f"{'.'.join(self.at)}: {self.entry.text!r} is now {self.value!r}"
        return f"{'.'.join(self.at)} is now {'.'.join(self.key)}"


def old_names(tables: Mapping[str, Any], kind: Kind) -> list[Found]:
    """The old names in the tables of a scenario or a study, in the order of `RENAMED`."""
    found = []
    for entry in RENAMED:
        if entry.kind != kind:
            continue
        for at, value in _matching(tables, entry.key):
            if entry.text is None:
                stars = iter(part for part, asked in zip(at, entry.key, strict=True) if asked == "*")
                key = tuple(next(stars) if part == "*" else part for part in entry.new.split("."))
                found.append(Found(entry, at, key, value))
            elif value == entry.text:
                found.append(Found(entry, at, at, entry.new.partition("=")[2]))
    return found


def understood(tables: dict[str, Any], kind: Kind, where: str, lines: dict[Path, int]) -> dict[str, Any]:
    """The tables with the names of today; ``where`` is their file, ``lines`` say where each key stands, from
    then on those of today too.

    Each old name is told, as a warning of the log.

    Raises:
        ScenarioError: for a name that is no longer understood, and for both names of one thing.
    """
    for found in old_names(tables, kind):
        line = lines.get(found.at)
        place = f"{where}, line {line}" if line else where
        if found.entry.over:
            raise ScenarioError(
                what=f"{found.told()} since version {found.entry.since}",
                where=place,
                instead="write the new name, or let gongzhi upgrade FILE do it",
            )
        tables = moved(tables, found, place)
        if line:
            lines[found.key] = line
        _log.warning(
            f"{place}: {found.told()}; the old name will be refused. gongzhi upgrade FILE rewrites a file."
        )
    return tables


def moved(tables: dict[str, Any], found: Found, where: str) -> dict[str, Any]:
    """Copies of the tables in which an old name has become the one of today.

    Raises:
        ScenarioError: if both are there.
    """
    if found.entry.text is None and any(True for _ in _matching(tables, found.key)):
        raise ScenarioError(
            what=f"both {'.'.join(found.at)} and {'.'.join(found.key)} are given",
            where=where,
            why="they are one thing: the first is its old name",
            instead="leave out the old name",
        )
    return _with(_without(tables, found.at), found.key, found.value)


def flags_now(arguments: Sequence[str]) -> list[str]:
    """A command line with the flags of today; an old one with a warning.

    Raises:
        GongzhiError: for a flag that is no longer understood.
    """
    words = [word for word in arguments if not word.startswith("-")]
    now = list(arguments)
    for entry in RENAMED:
        if entry.kind != "flag":
            continue
        *command, old = entry.old.split()
        new = entry.new.split()[-1]
        for i, word in enumerate(now):
            name, sign, value = word.partition("=")
            if name == old and words[: len(command)] == command and "--" not in now[:i]:
                if entry.over:
                    raise GongzhiError(
                        what=f"{old} is {new} since version {entry.since}",
                        where="gongzhi " + " ".join(command),
                    )
                _log.warning("%s is now %s; the old name will be refused", old, new)
                now[i] = f"{new}{sign}{value}"
    return now


def _matching(tables: Mapping[str, Any], key: Path) -> Iterator[tuple[Path, Any]]:
    """The places and values of all keys of a pattern."""
    head, rest = key[0], key[1:]
    for name in tuple(tables) if head == "*" else (head,) if head in tables else ():
        if not rest:
            yield (name,), tables[name]
        elif isinstance(tables[name], Mapping):
            for below, value in _matching(tables[name], rest):
                yield (name, *below), value


def _without(tables: dict[str, Any], key: Path) -> dict[str, Any]:
    if len(key) == 1:
        return {name: value for name, value in tables.items() if name != key[0]}
    return tables | {key[0]: _without(tables[key[0]], key[1:])}


def _with(tables: dict[str, Any], key: Path, value: Any) -> dict[str, Any]:
    if len(key) == 1:
        return tables | {key[0]: value}
    return tables | {key[0]: _with(tables.get(key[0], {}), key[1:], value)}
