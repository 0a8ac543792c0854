"""How are the lists of instruments, outcomes and parameters laid out for a reader?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from experiments.lookup.lists import Row, Section
from experiments.lookup.lookup import Key, Named, Parameter
from experiments.lookup.show import MARKS
from experiments.words.units import unit
from experiments.words.words import N_, Words, value_text

KEYS = (N_("key"), N_("type"), N_("unit"), N_("default"))
OUTCOMES = (N_("name"), N_("unit"))
PARAMETERS = (N_("name"), N_("default"), N_("plausible"), N_("mark"))


def of_instruments(found: Sequence[Key], lang: str) -> list[Section]:
    """A section for each kind: what it is, what it needs, its keys."""
    words = Words(lang)
    return [_kind(words, list(keys)) for _, keys in groupby(found, lambda key: key.kind)]


def of_outcomes(found: Sequence[Named], lang: str) -> list[Section]:
    """A section for everything that is accepted in the same places."""
    words, chinese = Words(lang), lang == "zh"
    sections = []
    for _, group in groupby(found, lambda one: one.accepted_by):
        ours = list(group)
        rows = tuple(
            Row(one.name, (unit(words, one.unit),), (one.meaning_zh if chinese else one.meaning,))
            for one in ours
        )
        places = ours[0].accepted_by_zh if chinese else ours[0].accepted_by
        title = words._("Accepted by: {places}", places=places)
        sections.append(Section(title, tuple(map(words._, OUTCOMES)), rows))
    return sections


def of_parameters(found: Sequence[Parameter], lang: str) -> list[Section]:
    """A section for each submodel."""
    words = Words(lang)
    return [
        Section(f"[{name}]", tuple(map(words._, PARAMETERS)), tuple(_parameter(words, one) for one in ours))
        for name, ours in groupby(found, lambda one: one.submodel)
    ]


def _parameter(words: Words, one: Parameter) -> Row:
    plausible = ""
    if one.low is not None and one.high is not None:
        plausible = words.span(value_text(one.low), value_text(one.high))
    source = words._("source: {source}", source=one.source) if one.source else ""
    label = one.label_zh if words.lang == "zh" else one.label
    default = f"{value_text(one.default)} {unit(words, one.unit)}".strip()
    return Row(one.name, (default, plausible, words._(MARKS[one.mark])), (label, one.doc, source))


def _kind(words: Words, keys: list[Key]) -> Section:
    one, chinese = keys[0], words.lang == "zh"
    return Section(
        f"{one.kind}: {one.label_zh if chinese else one.label} / {one.label if chinese else one.label_zh}",
        tuple(map(words._, KEYS)),
        tuple(_key(words, key) for key in keys),
        tuple(_notes(words, one)),
    )


def _notes(words: Words, one: Key) -> Iterator[str]:
    chinese = words.lang == "zh"
    yield one.meaning_zh if chinese else one.meaning
    yield words._("Needs: {needs}", needs=one.needs_zh if chinese else one.needs)
    if one.price_from:
        price = f"{value_text(one.price)} {unit(words, one.price_unit)}"
        yield words._("Price: {price} ({parameter})", price=price, parameter=one.price_from)


def _key(words: Words, key: Key) -> Row:
    chinese = words.lang == "zh"
    default = words._("required") if key.required else value_text(key.default)
    kind = key.type_zh if chinese else key.type
    valid = words._("valid: {valid}", valid=key.valid) if key.valid else ""
    return Row(key.key, (kind, unit(words, key.unit), default), (key.doc_zh if chinese else key.doc, valid))
