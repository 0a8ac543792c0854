"""How does a scenario file become a scenario, and where did each of its values come from?

A scenario is put together from layers, the later over the earlier: the declared defaults, the case it
extends, that case's calibration, the file itself (and its own calibration, if it has one), the command line.
The calibration of NAME.toml is NAME.calibrated.toml beside it. Tables merge by key, everything else is
replaced whole, and every value remembers its layer, file and line. What a layer leaves behind of those below
it is told in `experiments.loading.inherited`. Only the result is validated.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from experiments.loading.inherited import LeftOut, as_given, differences, prepare
from experiments.loading.layers import DEFAULT, Layer, Merged, Origin
from experiments.loading.overrides import Overrides, override_layers
from experiments.loading.renamed import Kind, understood
from experiments.loading.sources import file_layers, located
from model.core import given
from model.core.errors import ScenarioError
from model.parameters.declare import Declaration, declarations, suggestion
from model.parameters.refusals import SHOWN, Fault, brief, dotted, refusal, told, unknown_key, unknown_keys

if TYPE_CHECKING:
    from experiments.loading.oddities import Oddity
    from model.scenario.scenario import Scenario


MAX_VALUES = 20_000


@dataclass(frozen=True, repr=False)
class Loaded:
    """A validated scenario with the origin of every value that a layer set, by dotted name.

    ``provenance`` holds, by file, what a calibration wrote about itself. ``unfitted`` names the tables in
    which the scenario differs from the one that was calibrated, and ``left_out`` what was inherited and went
    with what was removed.
    """

    scenario: Scenario
    file: str
    origin: dict[str, Origin]
    provenance: dict[str, dict[str, Any]] = field(default_factory=dict)
    unfitted: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def __repr__(self) -> str:
        policies = ", ".join(getattr(self.scenario, "policy", {})) or "none"
        return (
            f"Loaded {getattr(self.scenario, 'name', '')} from {self.file}: policies {policies}\n"
            ".scenario, .origin_of(name); experiments.show() prints every value"
        )

    def _repr_html_(self) -> str:
        """What it is and what its policies hold, for a notebook."""
        from experiments.words.names import policy_in_words
        from experiments.words.notebook import lines
        from experiments.words.words import Words

        policies = getattr(self.scenario, "policy", {})
        held = [f"{name}: {policy_in_words(Words('en'), parts)}" for name, parts in policies.items()]
        return lines([repr(self), "", *held])

    def origin_of(self, name: str) -> Origin:
        """Where the value of a dotted name comes from; the declared default if no layer set it."""
        return self.origin.get(name, DEFAULT)

    @property
    def fitted(self) -> bool:
        """True if the scenario was calibrated as it is; false without a calibration, and after a change."""
        return not self.unfitted and any(origin.layer == "calibrated" for origin in self.origin.values())

    def mark_of(self, declaration: Declaration) -> str:
        """The mark of a parameter's value: its declared one; calibrated, or given, if a layer set it.

        What was fitted to another community than this one is given.
        """
        origin = self.origin_of(declaration.name)
        if origin is DEFAULT:
            return declaration.mark
        return "calibrated" if origin.layer == "calibrated" and self.fitted else "given"

    @cached_property
    def warnings(self) -> tuple[Oddity, ...]:
        """What is odd about the scenario although it can be run (`experiments.loading.oddities`)."""
        from experiments.loading.oddities import oddities

        return oddities(self)


def load(
    path_or_name: str | os.PathLike[str], overrides: Overrides = (), *, cls: type[Any] | None = None
) -> Loaded:
    """Load the scenario file at a path, or the one that comes with the laboratory under a name.

    A text that ends in .toml or has a path separator is a path. ``overrides`` are values by dotted name, or
    texts ``key=value``. ``cls`` is the pydantic model to validate against, by default `Scenario` of `model`.
    Raises ScenarioError for anything that cannot be read, does not exist or is not valid.
    """
    if cls is None:
        from model.scenario.scenario import Scenario

        cls = Scenario
    layers = [*file_layers(located(path_or_name)), *override_layers(overrides)]
    merged, provenance = Merged({}, {}), {}
    left_out: list[LeftOut] = []
    fitted: dict[str, Any] | None = None
    for layer in layers:
        if layer.name == "calibrated":
            provenance[layer.file] = _provenance(layer)
            _only_parameters(layer, cls)
        kind: Kind = "study" if "scenario" in cls.model_fields else "scenario"
        table = understood(layer.table, kind, layer.file, layer.lines.of)
        layer = Layer(layer.name, layer.file, table, layer.lines)
        if layer.name != "calibrated":
            left_out += prepare(layer, merged, cls)
        merged.lay(layer.table, layer)
        if layer.name == "calibrated":
            fitted = deepcopy(merged.table)

    shown = next(layer.file for layer in reversed(layers) if layer.name in ("file", "case"))
    where = _finder(merged.origin, shown)
    _refuse_oversize(merged.table, cls, where)
    try:
        scenario = cls.model_validate(merged.table)
    except ValidationError as error:
        raise refusal(error, cls, where, merged.beside) from None
    return Loaded(
        scenario,
        shown,
        {".".join(path): found for path, found in merged.origin.items()},
        provenance,
        () if fitted is None else differences(fitted, merged.table, cls),
        tuple(left_out),
    )


def loaded_from(scenario: Scenario | Loaded | str | os.PathLike[str], overrides: Overrides = ()) -> Loaded:
    """A scenario however it was given, with its overrides: loaded by name or path, or taken as it is.

    Raises ScenarioError as `load` does, and for what is no scenario.
    """
    from model.scenario.scenario import Scenario

    if isinstance(scenario, Scenario):
        scenario = Loaded(scenario, scenario.name, {})
    if not isinstance(scenario, Loaded):
        if given.path(scenario) is None:
            raise ScenarioError(
                what=f"{type(scenario).__name__} is not a scenario",
                instead="give a name, a path, load(path) or load(path).scenario",
            )
        return load(scenario, overrides)
    layers = override_layers(overrides)
    if not layers:
        return scenario
    before = as_given(scenario.scenario)
    merged = Merged(deepcopy(before), {})
    for layer in layers:
        prepare(layer, merged, Scenario)
        merged.lay(layer.table, layer)
    try:
        changed = Scenario.model_validate(merged.table)
    except ValidationError as error:
        raise refusal(error, Scenario, _finder(merged.origin, scenario.file), merged.beside) from None
    laid = {".".join(name): found for name, found in merged.origin.items()}
    calibrated = any(origin.layer == "calibrated" for origin in scenario.origin.values())
    new = differences(before, merged.table, Scenario) if calibrated else ()
    return replace(
        scenario,
        scenario=changed,
        origin={**scenario.origin, **laid},
        unfitted=tuple(dict.fromkeys((*scenario.unfitted, *new))),
    )


def _finder(origin: Mapping[tuple[str, ...], Origin], shown: str) -> Callable[[tuple[str, ...]], str]:
    """Tells where the value at a path was set: file and line, or ``shown`` where no layer set it."""

    def where(path: tuple[str, ...]) -> str:
        while path and path not in origin:
            path = path[:-1]
        found = origin.get(path, Origin("file", shown))
        return f"{found.file}, line {found.line}" if found.line else found.file

    return where


def _refuse_oversize(
    merged: dict[str, Any], cls: type[BaseModel], where: Callable[[tuple[str, ...]], str]
) -> None:
    """Refuse tables far larger than any scenario's, whose faults validation could not hold in memory."""
    sizes = {key: _size(value) for key, value in merged.items()}
    if sum(sizes.values()) <= MAX_VALUES:
        return
    unknown = unknown_keys(cls, merged)
    faults = [unknown_key(path, known) for path, known in islice(unknown, SHOWN)]
    if faults:
        total = len(faults) + sum(1 for _ in unknown)
    else:
        largest = max(sizes, key=sizes.__getitem__)
        what = f"{dotted((largest,))} holds {sizes[largest]:,} values"
        faults, total = [Fault((largest,), what, f"a scenario holds at most {MAX_VALUES:,}")], 1
    raise told([(where(fault.path), fault) for fault in faults], total)


def _size(value: Any) -> int:
    """The number of values and tables in ``value``, itself included."""
    if isinstance(value, dict | list):
        return 1 + sum(map(_size, value.values() if isinstance(value, dict) else value))
    return 1


def _provenance(layer: Layer) -> dict[str, Any]:
    """What a calibration says of itself, taken out of its table."""
    found = layer.table.pop("provenance", {})
    if not isinstance(found, dict):
        where = f"{layer.file}, line {layer.lines.find(('provenance',))}"
        raise ScenarioError(
            what=f"provenance = {brief(found)} has the wrong type", where=where, instead="write a table"
        )
    return found


FITTED_AMOUNT = ("status_quo", "amount_yuan")


def _only_parameters(layer: Layer, cls: type[BaseModel]) -> None:
    """Refuse a calibration that sets anything but declared parameters and amounts of the status quo."""
    declared = declarations(cls)
    wrong = [
        path
        for path in _leaves(layer.table)
        if path != ("format",) and ".".join(path) not in declared and (path[0], path[-1]) != FITTED_AMOUNT
    ]
    if wrong:
        faults = [
            (
                f"{layer.file}, line {layer.lines.find(path)}",
                Fault(
                    path,
                    f"a calibration cannot set {dotted(path)[:120]}",
                    "it sets declared parameters and amounts of the status quo only",
                    suggestion(".".join(path), list(declared)),
                ),
            )
            for path in wrong[:SHOWN]
        ]
        raise told(faults, len(wrong))


def _leaves(table: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*above, key))
        else:
            yield (*above, key)
