"""What does a loaded scenario say, value by value, and on what does each value rest?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from experiments.load import Loaded
from model.parameters.declare import Declaration, declarations, resolve
from model.parameters.refusals import brief, dotted
from model.relaxation import relaxation_weeks
from model.scenario import Scenario

HEADER = ("name", "value", "unit", "plausible", "mark", "source", "origin")

UNITS = {"yuan": "yuan", "hours": "hours", "weeks": "weeks"}
"""Units that the names of an instrument's fields carry at their end."""


def show(loaded: Loaded, guesses: bool = False) -> str:
    """The text of ``gongzhi show``: every parameter with its value, unit, plausible range, mark and origin.

    Below the table stand the status quo, the policies and what a calibration wrote about itself. With
    ``guesses`` only the parameters whose present value is a guess are listed, and counted.
    """
    declared = declarations(type(loaded.scenario))
    listed = [d for d in declared.values() if not guesses or loaded.mark_of(d) == "guess"]
    lines = [*_heading(loaded), *_aligned([HEADER, *(_row(loaded, d) for d in listed)])]
    if guesses:
        return "\n".join([*lines, "", f"{len(listed)} of {len(declared)} parameters are guesses."])
    return "\n".join([*lines, *_pace(loaded), *_instruments(loaded), *_provenance(loaded)])


def instrument_in_words(instrument: BaseModel) -> str:
    """An instrument on one line: kind, what it gives, to whom, in which weeks; amounts in the units named."""
    given = {name: getattr(instrument, name) for name in type(instrument).model_fields}
    kind, start, end = given.pop("kind"), given.pop("start", None), given.pop("end", None)
    target = given.pop("target", None)
    parts = [f"{name} {_value(value)}" for name, value in _worded(instrument, given)]
    parts.append("for " + (_target(target) if target else "all"))
    parts.append(_weeks(start, end))
    return f"{str(kind).replace('_', ' ')}: {', '.join(parts)}"


def _heading(loaded: Loaded) -> list[str]:
    scenario = loaded.scenario
    titles = [str(text) for key in ("title", "title_zh") if (text := getattr(scenario, key, ""))]
    note = getattr(scenario, "note", "")
    head = f"{getattr(scenario, 'name', loaded.file)} ({loaded.file})"
    return [": ".join([head, " / ".join(titles)]) if titles else head, *([note] if note else []), ""]


def _row(loaded: Loaded, declared: Declaration) -> tuple[str, ...]:
    plausible = f"{_value(declared.low)} to {_value(declared.high)}" if declared.low is not None else ""
    return (
        dotted(declared.name.split(".")),  # as a file or --set would write it
        _value(resolve(loaded.scenario, declared.name)),
        declared.unit,
        plausible,
        loaded.mark_of(declared),
        declared.source or "-",
        str(loaded.origin_of(declared.name)),
    )


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows with every column as wide as its widest cell, a long source cut to 40 characters."""
    cut = [
        [cell if len(cell) <= 40 or i == 6 else f"{cell[:37]}..." for i, cell in enumerate(r)] for r in rows
    ]
    widths = [max(map(len, column)) for column in zip(*cut, strict=True)]
    for row in cut:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _pace(loaded: Loaded) -> Iterator[str]:
    """How slowly the number of associations finds its level."""
    if isinstance(loaded.scenario, Scenario):
        weeks = relaxation_weeks(loaded.scenario)
        yield ""
        yield f"number of associations: a deviation falls to 1/e in about {weeks:,.0f} weeks"


def _instruments(loaded: Loaded) -> Iterator[str]:
    scenario: Any = loaded.scenario
    groups = {"status quo": ("status_quo", getattr(scenario, "status_quo", {}))}
    for name, instruments in getattr(scenario, "policy", {}).items():
        groups[f"policy {name}"] = (f"policy.{name}", instruments)
    for title, (path, instruments) in groups.items():
        yield ""
        yield f"{title}:" if instruments else f"{title}: nothing"
        for name, instrument in instruments.items():
            yield f"  {name}: {instrument_in_words(instrument)}  [{loaded.origin_of(f'{path}.{name}')}]"


def _provenance(loaded: Loaded) -> Iterator[str]:
    for file, facts in loaded.provenance.items():
        yield ""
        yield f"calibrated in {file}:"
        for name, value in facts.items():
            yield f"  {name}: {brief(value)}"


def _worded(instrument: BaseModel, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Names and values worth a word: those that are set and not merely the default."""
    fields: Mapping[str, FieldInfo] = type(instrument).model_fields
    for name, value in given.items():
        if value is None or (value == fields[name].default and not fields[name].is_required()):
            continue
        words = name.split("_")
        unit = UNITS.get(words[-1]) if len(words) > 1 else None
        per_year = " a year" if name == "amount_yuan" else ""
        yield (
            (" ".join(words[:-1]), f"{_value(value)} {unit}{per_year}") if unit else (" ".join(words), value)
        )


def _target(target: Mapping[str, Any]) -> str:
    return " and ".join(f"{column} {_value(wanted)}" for column, wanted in target.items())


def _weeks(start: int | None, end: int | None) -> str:
    if start is None and end is None:
        return "in all weeks"
    if end is None:
        return f"from week {start}"
    return f"until week {end}" if start is None else f"weeks {start} to {end}"


def _value(value: Any) -> str:
    """A value for a reader: numbers without needless digits, lists joined by commas."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.10g}"
    if isinstance(value, int):
        return f"{value:,}"
    return ", ".join(map(_value, value)) if isinstance(value, tuple | list) else str(value)
