"""What does a loaded scenario say, value by value, and on what does each value rest?"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from experiments.loading.load import Loaded, loaded_from
from experiments.lookup.lists import Row, Section, written
from experiments.words import names
from experiments.words.units import unit
from experiments.words.words import N_, Words, value_text, words_of
from model.instruments import KINDS
from model.parameters.declare import Declaration, declarations, resolve
from model.parameters.refusals import brief, dotted
from model.scenario.relaxation import relaxation_weeks
from model.scenario.scenario import Scenario

UNITS = {"yuan": "yuan", "hours": "hours", "weeks": "weeks"}
"""Units that the names of an instrument's fields carry at their end."""

MARKS = {
    "evidence": N_("evidence"),
    "guess": N_("guess"),
    "calibrated": N_("calibrated"),
    "given": N_("given"),
}
HEADER = (N_("name"), N_("value"), N_("plausible"), N_("mark"), N_("from"))


@dataclass(frozen=True)
class Value:
    """A parameter of a loaded scenario, with its plain names, its value and where that comes from.

    ``outside`` is True where the value lies outside its plausible range ``low`` to ``high``.
    """

    name: str
    submodel: str
    label: str
    label_zh: str
    doc: str
    value: object
    unit: str
    low: float | None
    high: float | None
    outside: bool
    mark: str
    source: str
    layer: str
    file: str
    line: int


def show(
    scenario: Loaded | Scenario | str | os.PathLike[str],
    guesses: bool = False,
    *,
    lang: str = "en",
    width: int | None = None,
) -> str:
    """The text of ``gongzhi show``: every parameter by submodel, with its plain name and meaning, value,
    unit, plausible range, mark and origin.

    Below stand the status quo, the policies and what a calibration wrote about itself. With ``guesses`` only
    the parameters whose present value is a guess are listed, and counted. ``width`` wraps the text to so many
    columns; without it every parameter stands on one line, whole.
    """
    loaded = loaded_from(scenario)
    own = isinstance(loaded.scenario, Scenario)
    words = words_of(loaded.scenario, lang) if own else Words(lang)
    every = values(loaded)
    listed = [one for one in every if not guesses or one.mark == "guess"]
    text = "\n".join(
        [*_heading(words, loaded), *_oddities(loaded, lang), written(list(_sections(words, listed)), width)]
    )
    if guesses:
        count = words._("{guesses} of {every} parameters are guesses.", guesses=len(listed), every=len(every))
        return f"{text}\n\n{count}"
    return "\n".join([text, *_pace(words, loaded), *_instruments(words, loaded), *_provenance(words, loaded)])


def values(loaded: Loaded) -> list[Value]:
    """Every parameter of a loaded scenario, in declared order."""
    return [_value(loaded, declared) for declared in declarations(type(loaded.scenario)).values()]


def _value(loaded: Loaded, declared: Declaration) -> Value:
    value = resolve(loaded.scenario, declared.name)
    origin = loaded.origin_of(declared.name)
    low, high = declared.low, declared.high
    outside = low is not None and high is not None and value is not None and not low <= value <= high
    label, label_zh = (names.parameter(Words(lang), declared.name).strip("`") for lang in ("en", "zh"))
    return Value(
        dotted(declared.name.split(".")),  # as a file or --set would write it
        declared.name.partition(".")[0],
        "" if label == declared.name else label,
        "" if label_zh == declared.name else label_zh,
        declared.doc,
        value,
        declared.unit,
        low,
        high,
        outside,
        loaded.mark_of(declared),
        declared.source,
        origin.layer,
        origin.file,
        origin.line,
    )


def _heading(words: Words, loaded: Loaded) -> list[str]:
    scenario = loaded.scenario
    titles = [str(text) for key in ("title", "title_zh") if (text := getattr(scenario, key, ""))]
    note = getattr(scenario, "note", "")
    head = f"{getattr(scenario, 'name', loaded.file)} ({loaded.file})"
    told = [": ".join([head, " / ".join(titles)]) if titles else head, *([note] if note else [])]
    return [*told, words._("One value on each line; gongzhi show --csv or --json gives all as a table."), ""]


def _oddities(loaded: Loaded, lang: str) -> list[str]:
    """What is odd about the scenario, with file and line."""
    told = [oddity.told(lang) for oddity in loaded.warnings]
    return [*told, ""] if told else []


def _sections(words: Words, listed: list[Value]) -> Iterator[Section]:
    header = tuple(words._(name) for name in HEADER)
    for submodel, ours in groupby(listed, lambda one: one.submodel):
        yield Section(f"[{submodel}]", header, tuple(_row(words, one) for one in ours))


def _row(words: Words, one: Value) -> Row:
    mark = words._(MARKS[one.mark])
    if one.outside:
        mark += words._(", outside its plausible range")
    origin = f"{one.layer} {one.file}:{one.line}" if one.line else f"{one.layer} {one.file}".rstrip()
    measured = one.unit if words.lang == "en" and one.unit != "1" else unit(words, one.unit)
    source = words._("source: {source}", source=one.source) if one.source else ""
    label = one.label if words.lang == "en" else one.label_zh
    plausible = ""
    if one.low is not None and one.high is not None:
        plausible = words.span(value_text(one.low), value_text(one.high))
    value = f"{value_text(one.value)} {measured}".strip()
    return Row(one.name, (value, plausible, mark, origin), (label, one.doc, source))


def _pace(words: Words, loaded: Loaded) -> Iterator[str]:
    """How slowly the number of associations finds its level."""
    if isinstance(loaded.scenario, Scenario):
        weeks = f"{relaxation_weeks(loaded.scenario):,.0f}"
        yield ""
        yield words._("number of associations: a deviation falls to 1/e in about {weeks} weeks", weeks=weeks)


def _instruments(words: Words, loaded: Loaded) -> Iterator[str]:
    scenario: Any = loaded.scenario
    groups = {words._("status quo"): ("status_quo", getattr(scenario, "status_quo", {}))}
    for name, instruments in getattr(scenario, "policy", {}).items():
        title = words.titles.get(name)
        told = f"{name} ({title})" if title else name
        groups[words._("policy {name}", name=told)] = (f"policy.{name}", instruments)
    for title, (path, instruments) in groups.items():
        yield ""
        yield f"{title}:" if instruments else words._("{title}: nothing", title=title)
        for name, instrument in instruments.items():
            told = instrument_in_words(instrument, words.lang)
            yield f"  {name}: {told}  [{loaded.origin_of(f'{path}.{name}')}]"


def _provenance(words: Words, loaded: Loaded) -> Iterator[str]:
    for file, facts in loaded.provenance.items():
        yield ""
        yield words._("calibrated in {file}:", file=file)
        for name, value in facts.items():
            yield f"  {name}: {brief(value)}"


def instrument_in_words(instrument: BaseModel, lang: str = "en") -> str:
    """An instrument on one line: kind, what it gives, to whom, in which weeks; amounts in the units named."""
    words = Words(lang)
    given = {name: getattr(instrument, name) for name in type(instrument).model_fields}
    kind, start, end = str(given.pop("kind")), given.pop("start", None), given.pop("end", None)
    target = given.pop("target", None)
    if words.lang == "en":
        parts = [f"{name} {value_text(value)}" for name, value in _worded(instrument, given)]
        label = kind.replace("_", " ")
    else:  # keys stay as a file writes them
        parts = [f"{name} {value_text(value)}" for name, value in _set(instrument, given)]
        label = words._(KINDS[kind].label)
    parts.append(words._("for {target}", target=_target(target)) if target else words._("for all"))
    parts.append(_weeks(words, start, end))
    return f"{label}: {words.listed(parts)}"


def _set(instrument: BaseModel, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Keys that are set and not merely the default."""
    fields: Mapping[str, FieldInfo] = type(instrument).model_fields
    for name, value in given.items():
        if value is not None and (value != fields[name].default or fields[name].is_required()):
            yield name, value


def _worded(instrument: BaseModel, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Names and values worth a word."""
    for name, value in _set(instrument, given):
        parts = name.split("_")
        measured = UNITS.get(parts[-1]) if len(parts) > 1 else None
        per_year = " a year" if name == "amount_yuan" else ""
        if measured:
            yield " ".join(parts[:-1]), f"{value_text(value)} {measured}{per_year}"
        else:
            yield " ".join(parts), value


def _target(target: Mapping[str, Any]) -> str:
    return " & ".join(f"{column} {value_text(wanted)}" for column, wanted in target.items())


def _weeks(words: Words, start: int | None, end: int | None) -> str:
    if start is None and end is None:
        return words._("in all weeks")
    if end is None:
        return words._("from week {start}", start=start)
    if start is None:
        return words._("until week {end}", end=end)
    return words._("weeks {start} to {end}", start=start, end=end)
