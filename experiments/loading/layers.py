"""What is a layer of a scenario, and how is it laid over the ones below it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from experiments.storage.toml_scan import Lines

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was set: the layer ("default", "case", "calibrated", "file", "scaled" or "set"), the file
    as the user would name it, and the line there, 0 if it has none."""

    layer: str
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.layer} {self.place}" if self.place else self.layer

    @property
    def place(self) -> str:
        """``file:line``, or what there is of it."""
        return f"{self.file}:{self.line}" if self.line else self.file


DEFAULT = Origin("default")


@dataclass(frozen=True)
class Layer:
    """The tables of one file, or of one override, with the lines of their keys."""

    name: str
    file: str
    table: dict[str, Any]
    lines: Lines

    def origin(self, path: Key) -> Origin:
        """Where a key of this layer stands."""
        return Origin(self.name, self.file, self.lines.find(path))

    def where(self, path: Key) -> str:
        """The file and the line of a key, as refusals name it."""
        line = self.lines.find(path)
        return f"{self.file}, line {line}" if line else self.file


@dataclass
class Merged:
    """The tables of the layers so far, laid over one another, with the origin of every name in them."""

    table: dict[str, Any]
    origin: dict[Key, Origin]

    def lay(self, table: dict[str, Any], layer: Layer, above: Key = ()) -> None:
        """Lay ``table`` of a layer over what there is: tables by key, everything else whole."""
        into = self.at(above)
        for key, value in table.items():
            path = (*above, key)
            self.origin[path] = layer.origin(path)
            if isinstance(value, dict):
                if not isinstance(into.get(key), dict):
                    into[key] = {}
                self.lay(value, layer, path)
            else:
                into[key] = value

    def at(self, path: Key) -> Any:
        """What stands under a path; None if nothing does."""
        here: Any = self.table
        for part in path:
            here = here.get(part) if isinstance(here, dict) else None
        return here

    def under(self, *path: str) -> dict[str, Any]:
        """The table under a path; an empty one if there is none."""
        found = self.at(path)
        return found if isinstance(found, dict) else {}

    def beside(self, path: Key) -> list[str]:
        """The other names in the table that a path leads to."""
        return [name for name in self.under(*path[:-1]) if name != path[-1]]

    def put(self, path: Key, value: Any, origin: Origin) -> None:
        """Set the value under a path, in tables that may have to be made."""
        here = self.table
        for part in path[:-1]:
            here = here.setdefault(part, {})
        here[path[-1]] = value
        self.origin[path] = origin

    def drop(self, path: Key) -> None:
        """Forget what stands under a path, and where it came from."""
        above = self.at(path[:-1])
        if isinstance(above, dict):
            above.pop(path[-1], None)
        for known in [known for known in self.origin if known[: len(path)] == path]:
            del self.origin[known]
