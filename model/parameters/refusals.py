"""What is wrong with these values, in words a user can act on?

Validation reports its faults in the terms of its library. Here each becomes a `Fault`: what is wrong with
which dotted name, why, and what to write instead, with the nearest valid names or the valid range. At most
ten are told at once; the rest is counted.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from model.core.errors import GongzhiError, ScenarioError
from model.parameters.declare import Declaration, declaration_of, nested_model, suggestion

SHOWN = 10
"""The largest number of faults told in one refusal."""

WANTED = {
    "float_type": "a number, without quotes",
    "int_type": "a whole number, without quotes or decimal point",
    "bool_type": "true or false, without quotes",
    "string_type": "text in quotes",
    "tuple_type": 'an array in square brackets, such as ["a", "b"] or [1, 2]',
    "list_type": 'an array in square brackets, such as ["a", "b"] or [1, 2]',
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the parts of the dotted name it concerns, and the words of `GongzhiError`."""

    path: tuple[str, ...]
    what: str
    why: str = ""
    instead: str = ""


class ManyFaults(ScenarioError):
    """Several faults of one scenario; ``what`` holds them, one on each line."""

    def __str__(self) -> str:
        return self.what


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an error's location leads: its dotted name, the table above it, its declaration."""

    path: tuple[str, ...]
    table: Any
    declaration: Declaration | None


def refusal(
    error: ValidationError,
    cls: type[BaseModel],
    where: Callable[[tuple[str, ...]], str] = lambda path: dotted(path),
    beside: Callable[[tuple[str, ...]], Sequence[str]] = lambda path: (),
) -> ScenarioError:
    """The faults of a validation against ``cls`` as one ScenarioError.

    ``where`` tells for the parts of a dotted name where the user wrote it; by default the name itself.
    ``beside`` tells what else is named in the same table.
    """
    details = error.errors(include_url=False)
    inner = {detail["loc"][:-1] for detail in details}
    # an array whose only values are wrong counts as too short as well: one mistake, told once
    details = [d for d in details if d["type"] != "too_short" or d["loc"] not in inner]
    faults = [_or_misspelt(fault(detail, cls), detail["type"], beside) for detail in details[:SHOWN]]
    return told([(where(fault.path), fault) for fault in faults], len(details))


def _or_misspelt(found: Fault, kind: str, beside: Callable[[tuple[str, ...]], Sequence[str]]) -> Fault:
    """With the name that was perhaps meant, where an entry lacks something since its own name is misspelt."""
    if kind not in ("missing", "union_tag_not_found"):
        return found
    for end in range(2, len(found.path) + (kind != "missing")):
        *_, name = part = found.path[:end]
        near = get_close_matches(name, beside(part), n=1, cutoff=0.75)
        if near:
            meant = f"did you mean {near[0]!r} by {name!r}?"
            return replace(found, instead=f"{found.instead}, or {meant}" if found.instead else meant)
    return found


def told(faults: Sequence[tuple[str, Fault]], total: int) -> ScenarioError:
    """Faults, each with where it is, as one error that also counts those of ``total`` not shown."""
    errors = [ScenarioError(what=f.what, where=where, why=f.why, instead=f.instead) for where, f in faults]
    if total == 1:
        return errors[0]
    more = [f"and {total - len(errors):,} more"] if total > len(errors) else []
    return ManyFaults(what="\n".join([f"{total:,} faults:", *map(str, errors), *more]))


def fault(detail: ErrorDetails, cls: type[BaseModel]) -> Fault:
    """One of a ValidationError's details, found when validating against ``cls``, in plain words."""
    place = _follow(cls, detail["loc"])
    path, declaration = place.path, place.declaration
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    key = _cut(dotted(path), 120)
    valid = f"valid is {bounds}" if declaration and (bounds := declaration.bounds()) else ""
    if kind == "extra_forbidden":
        known = place.table.model_fields if _is_model(place.table) else getattr(place.table, "KEYS", ())
        return unknown_key(path, list(known))
    if kind == "missing":
        doc = declaration.doc if declaration else ""
        return Fault(
            path, f"{key} is missing", f"it has no default ({doc})" if doc else "it has no default", valid
        )
    if kind == "out_of_bounds":
        if declaration and declaration.choices:
            wrong = [
                v for v in (value if isinstance(value, tuple) else (value,)) if v not in declaration.choices
            ]
            near = suggestion(str(wrong[0]), [str(choice) for choice in declaration.choices])
            return Fault(
                path, f"{key} = {brief(value)} is not a choice", f"valid is {context['bounds']}", near
            )
        return Fault(path, f"{key} = {brief(value)} is out of range", f"valid is {context['bounds']}")
    if kind == "finite_number":
        return Fault(path, f"{key} = {brief(value)} is not a finite number", valid)
    if kind == "float_type" and isinstance(value, int) and not isinstance(value, bool):
        return Fault(path, f"{key} = {brief(value)} is too large for a number", valid)
    if kind == "too_short":
        return Fault(path, f"{key} = {brief(value)} is too short", f"it has at least {context['min_length']}")
    if kind == "too_long":
        return Fault(path, f"{key} = {brief(value)} is too long", f"it has at most {context['max_length']}")
    if kind in WANTED:
        return Fault(path, f"{key} = {brief(value)} has the wrong type", instead=f"write {WANTED[kind]}")
    if detail["loc"] and detail["loc"][-1] == "[key]":
        return Fault(path, f"unknown key {key}", instead=f"write {context.get('expected', 'another name')}")
    if kind == "literal_error":
        return Fault(path, f"{key} = {brief(value)} is not known", instead=f"write {context['expected']}")
    if kind == "union_tag_invalid":
        tag, tags = str(context["tag"]), [t.strip(" '") for t in str(context["expected_tags"]).split(",")]
        field = str(context["discriminator"]).strip("'")
        what = f"{key}.{field} = {brief(tag)} is not known"
        return Fault((*path, field), what, "the kinds are " + ", ".join(tags), suggestion(tag, tags))
    if kind == "union_tag_not_found":
        field = str(context["discriminator"]).strip("'")
        return Fault(path, f"{key} does not say its {field}", instead=f'write {field} = "..." in it')
    if kind in ("value_error", "assertion_error"):
        return _rule_broken(path, context.get("error"), detail["msg"])
    rule = detail["msg"].replace("Input should", "it should").replace("Value should", "it should")
    return Fault(path, f"{key} = {brief(value)} is not valid", rule, valid)


def unknown_key(path: tuple[str, ...], known: Sequence[str]) -> Fault:
    """The fault of a key that its table does not have, with the nearest of those it has."""
    return Fault(path, f"unknown key {_cut(dotted(path), 120)}", instead=suggestion(path[-1], known))


def unknown_keys(
    kind: Any, data: Any, above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """The keys in ``data`` that the model ``kind`` does not have, each with those its table has.

    Validation finds them as well, but takes more than a kilobyte for each; this walk takes next to nothing.
    """
    kind = _plain(kind)
    if not isinstance(data, dict):
        return
    if _is_union(kind):
        members = _members(kind)
        kind = next((members[tag] for tag in data.values() if isinstance(tag, str) and tag in members), None)
    fields = kind.model_fields if _is_model(kind) else None
    entry = _entry(kind)
    for key, value in data.items():
        path = (*above, key)
        if fields is None:
            yield from unknown_keys(entry, value, path)
        elif key in fields:
            yield from unknown_keys(nested_model(fields[key]) or fields[key].annotation, value, path)
        else:
            yield path, list(fields)


def dotted(path: Sequence[str]) -> str:
    """The parts of a name joined by dots, those that are no bare keys in quotes."""
    return ".".join(_key(part) for part in path) or "the scenario"


def brief(value: Any) -> str:
    """A value as TOML would write it, at most 60 characters."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) >= 10**60:
        return "a number of more than 60 digits"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(brief(part) for part in value[:3]) + (", ...]" if len(value) > 3 else "]")
    return _cut(_quoted(value) if isinstance(value, str) else str(value))


def _rule_broken(path: tuple[str, ...], error: Any, message: str) -> Fault:
    """A fault from a rule over several fields: its own words, said of the table it belongs to."""
    if isinstance(error, GongzhiError):
        return Fault(path, error.what, error.why, error.instead)
    words = str(error) if error is not None else message
    return Fault(path, words if not path else f"[{dotted(path)}] {words}")


def _follow(cls: Any, loc: Sequence[str | int]) -> _Place:
    """Walk a location through the types; steps that name a member of a union are not part of the name."""
    here: Any = cls
    path: list[str] = []
    table, declaration = None, None
    for step in loc:
        here = _plain(here)
        if _is_union(here):
            here = _members(here).get(step)
            continue
        if isinstance(step, int):  # a position in an array has no name of its own
            here = get_args(here)[0] if get_args(here) else None
            continue
        if step == "[key]":  # what is wrong is the last key itself, not its value
            continue
        path.append(step)
        table, declaration = here, None
        if _is_model(here):
            field = here.model_fields.get(step)
            declaration = declaration_of(step, field) if field else None
            here = (nested_model(field) or field.annotation) if field else None
        else:
            here = _entry(here)
    return _Place(tuple(path), table, declaration)


def _plain(kind: Any) -> Any:
    """``kind`` without annotations, and without None if it is optional."""
    if get_origin(kind) is Annotated:
        return _plain(get_args(kind)[0])
    if _is_union(kind):
        members = [member for member in get_args(kind) if member is not type(None)]
        return _plain(members[0]) if len(members) == 1 else kind
    return kind


@cache
def _members(union: Any) -> dict[Any, Any]:
    """The models of a union by what validation calls them: their names, and the one literal of their kind."""
    found: dict[Any, Any] = {}
    for member in filter(_is_model, map(_plain, get_args(union))):
        found[member.__name__] = member
        for field in member.model_fields.values():
            if get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1:
                found[get_args(field.annotation)[0]] = member
    return found


def _entry(kind: Any) -> Any:
    """What a table with names of the user's own holds under each of them, None for any other type."""
    if isinstance(kind, type) and issubclass(kind, dict) and hasattr(kind, "__orig_bases__"):
        kind = kind.__orig_bases__[0]
    return get_args(kind)[-1] if get_origin(kind) is dict and get_args(kind) else None


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _is_union(kind: Any) -> bool:
    return get_origin(kind) in (Union, types.UnionType)


def _key(part: str) -> str:
    bare = part.replace("-", "").replace("_", "")
    return part if bare.isascii() and bare.isalnum() else _quoted(part)


def _quoted(text: str) -> str:
    return '"' + repr(text)[1:-1].replace('"', '\\"') + '"'


def _cut(text: str, length: int = 60) -> str:
    return text if len(text) <= length else text[: length - 3] + "..."
