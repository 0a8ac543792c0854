"""Which instruments, outcomes and parameters are there? Lists made from the declarations, in two languages.

>>> from experiments import instruments, outcomes, parameters
>>> parameters("peer")            # a table of those that speak of peers, in English or Chinese
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin

from experiments.words import names
from experiments.words.units import unit
from experiments.words.words import N_, Words
from model.core.errors import GongzhiError
from model.instruments import KINDS
from model.instruments.base import ORGANIZATION_TARGETS, RESIDENT_TARGETS, AnyInstrument, ForResidents
from model.parameters.costs import Costs
from model.parameters.declare import Declaration, declarations, suggestion

if TYPE_CHECKING:
    import pandas as pd
    from pydantic.fields import FieldInfo

ENGLISH, CHINESE = Words("en"), Words("zh")

SERIES = N_("[record] outcomes, [until] outcome, `study reproduce --outcome`; the table series")
COMPARED = N_("the page of a comparison; the tables table, years and effects")
COUNTED = N_("the tables table and effects")
TARGETS = N_("[targets.NAME] outcome")

TYPES = {
    bool: N_("true or false"),
    int: N_("whole number"),
    float: N_("number"),
    str: N_("text"),
    tuple: N_("list"),
    dict: N_("table"),
}


@dataclass(frozen=True)
class Key:
    """A key of a kind of instrument, with what it is of the instrument itself.

    ``price`` in ``price_unit`` is the unit price taken by default, from the parameter ``price_from``; nan
    and empty for kinds without one. ``default`` is None for a key without a default.
    """

    kind: str
    label: str
    label_zh: str
    meaning: str
    meaning_zh: str
    needs: str
    needs_zh: str
    price: float
    price_unit: str
    price_from: str
    key: str
    type: str
    type_zh: str
    unit: str
    required: bool
    default: object
    valid: str
    doc: str
    doc_zh: str


@dataclass(frozen=True)
class Named:
    """An outcome: a column of the series, a figure of a comparison, or one that a target may name."""

    name: str
    unit: str
    unit_zh: str
    meaning: str
    meaning_zh: str
    accepted_by: str
    accepted_by_zh: str


@dataclass(frozen=True)
class Parameter:
    """A declared parameter; what is not stated is None."""

    name: str
    submodel: str
    label: str
    label_zh: str
    doc: str
    unit: str
    default: object
    low: float | None
    high: float | None
    valid: str
    mark: str
    source: str


Found = TypeVar("Found", Key, Named, Parameter)


def instruments(word: str = "") -> pd.DataFrame:
    """Every key of every kind of instrument (columns: `Key`), or of the kinds that speak of ``word``.

    Raises GongzhiError, with near names, if none does.
    """
    return _frame(instrument_keys(word))


def outcomes(word: str = "") -> pd.DataFrame:
    """Every outcome with unit, meaning and what accepts it (columns: `Named`), or those that speak of
    ``word``.

    Raises GongzhiError, with near names, if none does.
    """
    return _frame(outcome_names(word))


def parameters(word: str = "") -> pd.DataFrame:
    """Every declared parameter (columns: `Parameter`), or those that speak of ``word``.

    Raises GongzhiError, with near names, if none does.
    """
    return _frame(parameter_names(word))


def instrument_keys(word: str = "") -> list[Key]:
    """The keys of the kinds of instrument that speak of ``word``, in the order of their declaration."""
    every = [key for kind in KINDS.values() for key in _keys_of(kind)]
    kinds = {
        key.kind
        for key in _speaking(
            every, word, "instrument", lambda key: (key.kind, key.key, key.label, key.label_zh)
        )
    }
    return [key for key in every if key.kind in kinds]


def outcome_names(word: str = "") -> list[Named]:
    """The outcomes that speak of ``word``: of the series, of comparisons, of targets."""
    return _speaking(list(_outcomes()), word, "outcome", lambda one: (one.name, *one.name.split("_")))


def parameter_names(word: str = "") -> list[Parameter]:
    """The parameters that speak of ``word``, in the order of their declaration."""
    from model.scenario.scenario import Scenario

    every = [parameter(declared) for declared in declarations(Scenario).values()]
    return _speaking(
        every, word, "parameter", lambda one: (one.name, *one.name.split("."), one.label, one.label_zh)
    )


def parameter(declared: Declaration) -> Parameter:
    """What a declaration says, with its plain names."""
    return Parameter(
        declared.name,
        declared.name.partition(".")[0],
        names.parameter(ENGLISH, declared.name).strip("`"),
        names.parameter(CHINESE, declared.name).strip("`"),
        declared.doc,
        declared.unit,
        declared.default,
        declared.low,
        declared.high,
        declared.bounds(),
        declared.mark,
        declared.source,
    )


def said(words: Words, text: str, activity: str = "") -> str:
    """A marked text in a language, with the activity that it speaks of."""
    if not activity:
        return words._(text)
    return words._(text, activity=activity if words.lang == "en" else words._(names.TAKERS[activity]))


def typed(words: Words, annotation: Any) -> str:
    """The type of a key in words: its values, if it is a choice."""
    options = [kind for kind in get_args(annotation) if kind is not type(None)]
    if get_origin(annotation) is Literal:
        return " | ".join(map(str, options))
    if get_origin(annotation) is tuple:
        return f"{words._(TYPES[tuple])}: {typed(words, options[0])}"
    if annotation in TYPES or get_origin(annotation) is dict:
        return words._(TYPES[dict if get_origin(annotation) is dict else annotation])
    return typed(words, options[0])


def records(found: Sequence[Key] | Sequence[Named] | Sequence[Parameter]) -> list[dict[str, Any]]:
    """The rows as plain tables."""
    return [asdict(one) for one in found]


def _frame(found: Sequence[Key] | Sequence[Named] | Sequence[Parameter]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(records(found))


def _keys_of(kind: type[AnyInstrument]) -> Iterator[Key]:
    name = str(kind.model_fields["kind"].default)
    told: tuple[Any, ...] = tuple(
        words._(text) for text in (kind.label, kind.meaning, kind.needs) for words in (ENGLISH, CHINESE)
    )
    declared = declarations(Costs, "costs.").get(kind.price_of)
    price = (float("nan"), "", "")
    if declared is not None:
        price = (
            float(attrgetter(kind.price_of.removeprefix("costs."))(Costs())),
            declared.unit,
            declared.name,
        )
    targets = RESIDENT_TARGETS if issubclass(kind, ForResidents) else ORGANIZATION_TARGETS
    for key, field in kind.model_fields.items():
        if key != "kind":
            measured = price[1] if key == "price_yuan" else ""
            own = _key(field, measured, targets if key == "target" else ())
            facts: tuple[Any, ...] = (name, *told, *price, key, *own)
            yield Key(*facts)


def _key(field: FieldInfo, price_unit: str, targets: Iterable[str]) -> tuple[Any, ...]:
    """What a field says: types, unit, whether it is required, default, valid range, meanings."""
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    default = field.get_default(call_default_factory=True) if not field.is_required() else None
    bounds = {sign: getattr(rule, sign) for rule in field.metadata for sign in SIGNS if hasattr(rule, sign)}
    return (
        *(typed(words, field.annotation) for words in (ENGLISH, CHINESE)),
        price_unit or str(extra.get("measured", "")),
        field.is_required(),
        default if default != {} else None,
        ", ".join([*(f"{SIGNS[sign]} {value:,.15g}" for sign, value in bounds.items()), *targets]),
        *(words._(field.description) if field.description else "" for words in (ENGLISH, CHINESE)),
    )


SIGNS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}


def _outcomes() -> Iterator[Named]:
    from experiments.comparison.effects import COUNTED as counted
    from experiments.comparison.effects import MEASURED as measured
    from experiments.comparison.summary import DISPLACEMENT
    from experiments.outcomes import OUTCOMES
    from experiments.outcomes.baseline import FIGURES

    for one in OUTCOMES.values():
        yield _named(one.name, one.unit, one.text, one.activity, SERIES)
    for effect in measured:
        yield _named(effect.name, effect.unit, effect.text, effect.activity, COMPARED)
    for effect in (*counted, DISPLACEMENT):
        yield _named(effect.name, effect.unit, effect.text, effect.activity, COUNTED)
    for name, figure in FIGURES.items():
        yield _named(name, figure.unit, figure.text, "", TARGETS)


def _named(name: str, measured: str, text: str, activity: str, accepted: str) -> Named:
    return Named(
        name,
        measured,
        unit(CHINESE, measured),
        *(said(words, text, activity) for words in (ENGLISH, CHINESE)),
        *(words._(accepted) for words in (ENGLISH, CHINESE)),
    )


def _speaking(
    every: list[Found], word: str, what: str, called: Callable[[Found], tuple[str, ...]]
) -> list[Found]:
    """Those in which ``word`` stands, whatever its case and width; all of them for an empty word."""
    wanted = _folded(word)
    found = [one for one in every if any(wanted in _folded(str(text)) for text in asdict(one).values())]
    if not found:
        known = dict.fromkeys(text for one in every for text in called(one))
        near = get_close_matches(wanted[:80], known)
        raise GongzhiError(
            what=f"no {what} speaks of {word!r}",
            why="it stands in no name and no meaning, in English or Chinese",
            instead=suggestion(wanted, near) if near else f"gongzhi {what}s lists all of them",
        )
    return found


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
