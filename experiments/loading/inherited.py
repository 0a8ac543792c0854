"""What does a scenario take from the one it extends, and what does it leave behind?

Three things happen to what lies below a layer before the layer is laid over it: what its ``remove`` names (or
``NAME = false``) is forgotten, with what speaks of nothing else; ``scaled = true`` brings the rest to its
number of persons; and a value that followed from another, which is given anew, lapses.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from experiments.loading.layers import Key, Layer, Merged, Origin
from model.core.errors import ScenarioError
from model.parameters.declare import Submodel, nested_model, suggestion
from model.parameters.refusals import brief, dotted, refusal

THINGS = ("organization", "sitting", "season", "unit", "status_quo", "policy", "targets", "free")
"""Tables of named things, of which ``NAME = false`` removes one."""
TITLES = ("title", "title_zh", "note")
SMALLEST, LARGEST = 1, 2_000_000


class LeftOut(NamedTuple):
    """Something inherited that went with what was removed."""

    what: str
    with_: str
    origin: Origin


def prepare(layer: Layer, below: Merged, cls: type[BaseModel]) -> list[LeftOut]:
    """Ready what lies below for a layer, and take out of the layer what only speaks of what lies below.

    Raises:
        ScenarioError: for a name to be removed that is not there, or a size that makes no sense.
    """
    left_out = _remove(layer, below)
    _scale(layer, below, cls)
    _lapse(layer, below, cls)
    return left_out


def _remove(layer: Layer, below: Merged) -> list[LeftOut]:
    left_out: list[LeftOut] = []
    for path, said in _removals(layer):
        if not path or path[0] == "format" or below.at(path) is None:
            known = [dotted(k) for k in below.origin if len(k) > 1 or isinstance(below.at(k), dict)]
            raise ScenarioError(
                what=f"{dotted(path)} cannot be removed" if path else "remove names nothing",
                where=layer.where(said),
                why="the scenario that this one extends has no such thing"
                if known
                else "nothing is inherited",
                instead=suggestion(dotted(path), known) if known else "leave it out",
            )
        gone = sorted(below.at(path)) if len(path) == 1 and isinstance(below.at(path), dict) else path[1:2]
        below.drop(path)
        left_out += _dangling(path, [str(name) for name in gone], below, layer.origin(said))
    return left_out


def _removals(layer: Layer) -> Iterator[tuple[Key, Key]]:
    """What a layer removes, and the key of the layer that says so; both are taken out of its table."""
    wanted = layer.table.pop("remove", [])
    if not isinstance(wanted, list) or not all(isinstance(name, str) for name in wanted):
        raise ScenarioError(
            what=f"remove = {brief(wanted)} is no list of names",
            where=layer.where(("remove",)),
            instead='write remove = ["organization.choir", "status_quo.money"]',
        )
    yield from ((_path(name), ("remove",)) for name in wanted)
    for group in THINGS:
        things = layer.table.get(group)
        if not isinstance(things, dict):
            continue
        for path in list(_false(things, (group,), 2 if group == "policy" else 1)):
            above = layer.table
            for part in path[:-1]:
                above = above[part]
            del above[path[-1]]
            yield path, path


def _false(table: dict[str, Any], above: Key, deep: int) -> Iterator[Key]:
    for name, value in table.items():
        if value is False:
            yield (*above, name)
        elif isinstance(value, dict) and deep > 1:
            yield from _false(value, (*above, name), deep - 1)


def _path(name: str) -> Key:
    """The parts of a dotted name, quoted where they have to be, as TOML has them."""
    try:
        here: Any = tomllib.loads(f"{name} = 0") if "\n" not in name else {}
    except tomllib.TOMLDecodeError:  # such as a name in Chinese without quotes
        return tuple(name.split("."))
    path: list[str] = []
    while isinstance(here, dict) and here:
        path.append(next(iter(here)))
        here = here[path[-1]]
    return tuple(path)


def _dangling(path: Key, gone: list[str], below: Merged, origin: Origin) -> list[LeftOut]:
    """Take the removed names out of what was aimed at them; what is then for nobody goes too."""
    found = []
    if path[0] in ("organization", "unit") and len(path) <= 2:
        for instrument in _instruments(below):
            table = below.at(instrument)
            if not isinstance(table, dict):
                continue
            keys = ("target", "name") if path[0] == "organization" else ("units",)
            named = below.at((*instrument, *keys))
            names = [named] if isinstance(named, str) else named
            if not isinstance(names, list) or not set(map(str, names)) & set(gone):
                continue
            rest = [name for name in names if name not in gone]
            if rest:
                below.put((*instrument, *keys), rest, origin)
            else:
                below.drop(instrument)
                found.append(LeftOut(dotted(instrument), dotted(path), origin))
    for name, free in list(below.under("free").items()):
        moved = free.get("parameter") if isinstance(free, dict) else None
        if isinstance(moved, str) and below.at(_path(moved)) is None and moved.split(".")[0] in THINGS:
            below.drop(("free", name))
            found.append(LeftOut(dotted(("free", name)), dotted(path), origin))
    for name, parts in list(below.under("policy").items()):
        if isinstance(parts, dict) and not any(isinstance(part, dict) for part in parts.values()):
            below.drop(("policy", name))
    return found


def _instruments(below: Merged) -> list[Key]:
    found: list[Key] = [("status_quo", name) for name in below.under("status_quo")]
    return found + [("policy", p, name) for p in below.under("policy") for name in below.under("policy", p)]


def _scale(layer: Layer, below: Merged, cls: type[BaseModel]) -> None:
    """Bring what is inherited to the persons of this layer, where it asks for it."""
    from model.scenario.scaling import resized
    from model.scenario.scenario import Scenario

    if not issubclass(cls, Scenario):
        return
    said, persons = _size(layer)
    if said is None:
        return
    if not below.table:
        raise ScenarioError(
            what="there is nothing to scale",
            where=layer.where(said),
            why="the scenario extends no other",
            instead='add extends = "NAME", or leave it out',
        )

    def where(path: Key) -> str:
        while path and path not in below.origin:
            path = path[:-1]
        return below.origin[path].place if path else layer.where(said)

    try:
        before = cls.model_validate(below.table)
    except ValidationError as error:
        raise refusal(error, cls, where) from None
    if before.inputs.residents or before.inputs.ties:
        raise ScenarioError(
            what="residents and ties of the scenario's own cannot be scaled",
            where=layer.where(said),
            instead='add remove = ["inputs"]',
        )
    f = persons / before.population.persons
    origin = Origin("scaled", layer.file, layer.lines.find(said))
    old, new = before.model_dump(), resized(before, persons).model_dump()
    for path in _different(old, new):
        if below.at(path) is not None:  # what follows from others follows anew
            below.put(path, _at(new, path), origin)
    below.put(("population", "persons"), persons, origin)
    for name, free in below.under("free").items():
        if free["parameter"].endswith("_yuan"):
            for end in ("low", "high"):
                below.put(("free", name, end), free[end] * f, origin)


def _size(layer: Layer) -> tuple[Key | None, int]:
    """The key by which a layer asks for scaling, None if it does not, and the persons it wants."""
    scaled, scale = layer.table.pop("scaled", False), layer.table.pop("scale", None)
    population = layer.table.get("population")
    own = population.get("persons") if isinstance(population, dict) else None
    if not isinstance(scaled, bool):
        raise ScenarioError(
            what=f"scaled = {brief(scaled)} has the wrong type",
            where=layer.where(("scaled",)),
            instead="write scaled = true, and population.persons",
        )
    if scale is None and not scaled:
        return None, 0
    if scale is not None:
        said: Key = ("scale",)
        if not isinstance(scale, dict) or set(scale) != {"persons"}:
            raise ScenarioError(
                what=f"scale = {brief(scale)} does not say to how many persons",
                where=layer.where(said),
                instead="write [scale] and below it persons = 6000, and nothing else",
            )
        persons = scale["persons"]
        if own is not None and own != persons:
            raise ScenarioError(
                what=f"scale.persons = {brief(persons)} and population.persons = {brief(own)} differ",
                where=layer.where((*said, "persons")),
                instead="give one of them",
            )
    else:
        said, persons = ("scaled",), own
    if isinstance(persons, bool) or not isinstance(persons, int) or not SMALLEST <= persons <= LARGEST:
        given = "is not given" if persons is None else f"= {brief(persons)} is no size"
        raise ScenarioError(
            what=f"the number of persons to scale to {given}",
            where=layer.where(said),
            instead=f"write [population] persons = 6000: a whole number from {SMALLEST} to {LARGEST:,}",
        )
    return said, persons


def _different(old: Any, new: Any, above: Key = ()) -> Iterator[Key]:
    """The paths of the values that differ."""
    for name, value in new.items():
        if isinstance(value, dict) and isinstance(old.get(name), dict):
            yield from _different(old[name], value, (*above, name))
        elif old.get(name) != value:
            yield (*above, name)


def _at(table: Any, path: Key) -> Any:
    for part in path:
        table = table[part]
    return table


def _lapse(layer: Layer, below: Merged, cls: type[BaseModel]) -> None:
    """Forget values below that followed from what this layer gives anew, such as households of persons."""
    for name, field in cls.model_fields.items():
        submodel, given = nested_model(field), layer.table.get(name)
        if submodel is None or not issubclass(submodel, Submodel) or not isinstance(given, dict):
            continue
        older = below.under(name)
        new = [key for key, value in given.items() if older.get(key) != value]
        for key in submodel.lapsed(new) - set(given):
            below.drop((name, key))
    if "name" in layer.table and layer.name != "set" and layer.table["name"] != below.table.get("name"):
        for title in TITLES:  # they are those of the community that had the name
            below.drop((title,))


def as_given(scenario: BaseModel) -> dict[str, Any]:
    """The tables of a scenario without the values that follow from others."""
    table = scenario.model_dump()
    for name in type(scenario).model_fields:
        submodel = getattr(scenario, name)
        if isinstance(submodel, Submodel):
            for free in submodel.free():
                del table[name][free]
    return table


def differences(fitted: dict[str, Any], now: dict[str, Any], cls: type[BaseModel]) -> tuple[str, ...]:
    """The tables in which a scenario differs from the one that was fitted: people, places, money, parameters;
    not titles, policies, or what the calibration was told."""
    silent = ("format", "name", *TITLES, "policy", "targets", "free")
    order = [*ORDER, *(name for name in cls.model_fields if name not in ORDER)]
    return tuple(
        name
        for name in order
        if name not in silent and _told(fitted.get(name, {}), name) != _told(now.get(name, {}), name)
    )


ORDER = ("population", "organization", "sitting", "unit", "season", "status_quo")
"""What a reader wants to hear of first."""


def _told(value: Any, of: str = "") -> Any:
    """A table without its titles, and without the length of the run, which is no matter of the fit."""
    if not isinstance(value, dict):
        return value
    silent = {*TITLES, "weeks"} if of == "run" else set(TITLES)
    return {name: _told(below) for name, below in value.items() if name not in silent}
