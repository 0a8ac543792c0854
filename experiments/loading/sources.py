"""Which files make a scenario, and what layers do they hold?"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from experiments.loading.layers import Layer
from experiments.loading.places import outside
from experiments.storage.toml_scan import MAX_BYTES, decoded, parse
from model.core import given
from model.core.errors import ScenarioError
from model.parameters.declare import suggestion
from model.parameters.refusals import brief

SCENARIOS = Path(str(files("experiments"))) / "scenarios"
"""The folder of the scenarios that come with the laboratory, known by their names."""


FORMAT = 1


MAX_CHAIN = 8


def names() -> list[str]:
    """The names of the scenarios that come with the laboratory, in order."""
    return sorted(f.stem for f in SCENARIOS.glob("*.toml") if not f.name.endswith(".calibrated.toml"))


@dataclass(frozen=True)
class _Source:
    """A scenario file to be read: where it is, what to call it, and whether a name led to it."""

    path: Path
    shown: str
    bundled: bool


def located(path_or_name: str | os.PathLike[str]) -> _Source:
    text = given.path(path_or_name)
    if text is None:
        raise ScenarioError(
            what=f"{brief(path_or_name)} is neither a name nor a path",
            instead="give one of " + ", ".join(names()),
        )
    if isinstance(path_or_name, str) and not is_path(text):
        return _bundled(text, "")
    return _Source(Path(text), text, bundled=False)


def scenario_path(path_or_name: str | os.PathLike[str]) -> Path:
    """Where the scenario file of a path or name lies; ScenarioError for an unknown name."""
    return located(path_or_name).path


def is_path(text: str) -> bool:
    """True if a text is meant as a path: it ends in .toml or has a separator."""
    return text.endswith(".toml") or "/" in text or "\\" in text


def _bundled(name: str, where: str) -> _Source:
    known = names()
    if name not in known:
        raise ScenarioError(
            what=f"there is no scenario named {brief(name)}",
            where=where,
            why="a file of your own needs a path that ends in .toml",
            instead=suggestion(name, known),
        )
    return _Source(SCENARIOS / f"{name}.toml", f"{name}.toml", bundled=True)


def file_layers(source: _Source) -> list[Layer]:
    """The layers of a file and of the cases it extends, the farthest first, each under its calibration."""
    layers: list[Layer] = []
    seen: list[Path] = []
    following: _Source | None = source
    while following is not None:
        here, first = following, not seen
        name = "file" if first and not here.bundled else "case"
        layer = _read(here, name)
        seen.append(here.path.resolve())
        calibration = here.path.with_suffix(".calibrated.toml")
        if calibration.exists():
            shown = here.shown.removesuffix(".toml") + ".calibrated.toml"
            layers.append(_read(_Source(calibration, shown, here.bundled), "calibrated"))
        layers.append(layer)
        following = _extended(here, layer)
        if following is not None and following.path.resolve() in seen:
            raise ScenarioError(
                what=f"extends leads back to {following.shown}",
                where=f"{here.shown}, line {layer.lines.find(('extends',))}",
                why="a scenario cannot extend itself",
            )
        if following is not None and len(seen) == MAX_CHAIN:
            raise ScenarioError(what=f"more than {MAX_CHAIN} files extend one another", where=source.shown)
    return layers[::-1]


def _extended(source: _Source, layer: Layer) -> _Source | None:
    """The scenario that a file extends, if any: one known by name, or a file below the folder of this one."""
    if "extends" not in layer.table:
        return None
    where = f"{layer.file}, line {layer.lines.find(('extends',))}"
    text = layer.table.pop("extends")
    if not isinstance(text, str):
        raise ScenarioError(
            what=f"extends = {brief(text)} is not text",
            where=where,
            instead='write extends = "name", or the path of one file below this one',
        )
    if not is_path(text):
        return _bundled(text, where)
    folder = source.path.parent.resolve()
    leads_out = outside(folder, text)
    if leads_out:
        raise ScenarioError(
            what=f"extends = {brief(text)} leads out of the folder of this file",
            where=where,
            why=leads_out.why,
            instead=leads_out.instead
            or "name a scenario that comes with the laboratory, or a file below this folder",
        )
    shown = (Path(source.shown).parent / text).as_posix()
    return _Source(folder / text, shown, source.bundled)


def _read(source: _Source, name: str) -> Layer:
    table, lines = parse(decoded(_bytes(source), source.shown), source.shown)
    if table.get("format") != FORMAT or isinstance(table["format"], bool | float):
        found = f"format = {brief(table['format'])}" if "format" in table else "the format is not stated"
        raise ScenarioError(
            what=found if "format" not in table else f"{found} is not known",
            where=f"{source.shown}, line {lines.find(('format',)) or 1}",
            instead=f"begin the file with format = {FORMAT}",
        )
    return Layer(name, source.shown, table, lines)


def _bytes(source: _Source) -> bytes:
    """The bytes of an ordinary file, at most one more than the limit; nothing else is ever opened."""
    try:
        mode = source.path.stat().st_mode
        if not stat.S_ISREG(mode):
            kind = "a directory" if stat.S_ISDIR(mode) else "not an ordinary file"
            raise ScenarioError(what=f"this is {kind}", where=source.shown, instead="name a .toml file")
        with source.path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ScenarioError(
            what="there is no such file", where=_printable(source.shown), instead=_nearest(source)
        ) from None
    except (OSError, UnicodeError, ValueError) as error:
        if isinstance(error, ScenarioError):
            raise
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ScenarioError(
            what="the file cannot be read", where=_printable(source.shown), why=reason
        ) from None


def _nearest(source: _Source) -> str:
    """The nearest scenario files in the folder that was meant, or the scenarios known by name."""
    try:
        beside = sorted(
            entry.name for entry in os.scandir(source.path.parent) if entry.name.endswith(".toml")
        )
    except OSError:
        beside = []
    if beside:
        return suggestion(source.path.name, beside)
    return f"there is no .toml file in that folder; scenarios known by name: {', '.join(names()) or 'none'}"


def _printable(shown: str) -> str:
    return shown if shown.isprintable() and len(shown) <= 200 else repr(shown[:200])
