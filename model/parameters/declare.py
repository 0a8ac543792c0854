"""How is a parameter declared, and how is a declared parameter read or replaced by its name?

Every submodel of the simulation is a frozen `Submodel` whose fields are declared once, by `param` or, for a
small table of numbers, by `per`. The declaration is all there is: the file reader, the documentation, the
settings draws and the kernels' records are generated from it.

    class Decision(Submodel):
        b_peer: float = param(0.6, unit="logit/week", valid=(0, 20), low=0.0, high=1.5, doc="...")
        b0: ByKey = per(("culture", "service"), (-5.3, -7.1), unit="logit/week", valid=(-20, 5), doc="...")

A dotted name leads to a value: ``decision.b_peer``, ``decision.b0.culture``.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ValidationInfo,
    create_model,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticCustomError, PydanticUndefined, core_schema

from model.core.errors import ScenarioError
from model.core.given import plain

Mark = Literal["evidence", "guess", "calibrated"]
Scalar = bool | int | float | str

INT64 = 2**63

Grows = Literal["", "community", "association"]
"""With what a number grows: with the persons of a community, or with those of each of its associations, which
are as many as before in a smaller version; most do with neither."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is known of one parameter.

    ``low`` and ``high`` span its plausible values (settings are drawn from there); only ``valid``, closed at
    both ends, refuses. All three are in ``unit`` and None where nothing is stated; ``default`` is None for a
    parameter that has to be given.
    """

    name: str
    type: Any
    unit: str
    default: Any
    low: float | None
    high: float | None
    valid: tuple[float, float] | None
    source: str
    mark: Mark
    doc: str
    choices: tuple[Scalar, ...] | None
    label: str = ""
    grows: Grows = ""

    def plausible(self, value: Scalar | None) -> bool:
        """True unless a number lies outside the plausible range."""
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or self.low is None or self.high is None:
            return True
        return self.low <= float(value or 0) <= self.high

    def bounds(self) -> str:
        """The valid range in words, with its unit; empty if any value will do."""
        if self.choices is not None:
            return "one of " + ", ".join(map(str, self.choices))
        if self.valid is None:
            return ""
        low, high = self.valid
        unit = "" if self.unit in ("", "1") else f" {self.unit}"
        if math.isinf(high):
            return f"{low:.15g}{unit} or more"
        if math.isinf(low):
            return f"{high:.15g}{unit} or less"
        return f"{low:.15g} to {high:.15g}{unit}"


class Submodel(BaseModel):
    """A frozen table of declared parameters that guesses nothing.

    Unknown names, strings for numbers, booleans for numbers, nan and infinities are refused; a whole number
    may stand for a float. Arrays of a file become tuples. A submodel with a parameter whose declaration
    contradicts itself raises TypeError when its module is imported.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        validate_default=True,
        protected_namespaces=(),
    )

    following: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Parameters that follow others unless they are given, each with those it follows; the last of them is
    what it stands in place of, so that not both are given."""

    @classmethod
    def lapsed(cls, given: Collection[str]) -> set[str]:
        """The parameters whose older values no longer hold once those in ``given`` have new ones."""
        found = set()
        for name, sources in cls.following.items():
            if name in given:
                found.add(sources[-1])
            elif any(source in given for source in sources):
                found.add(name)
        return found - set(given)

    def free(self) -> set[str]:
        """The parameters that nobody gave and that follow, or are what others would stand in place of."""
        names = {name for follower in self.following.items() for name in (follower[0], follower[1][-1])}
        return names - self.model_fields_set

    def idle(self) -> set[str]:
        """The parameters in place of which others are given."""
        return {sources[-1] for name, sources in self.following.items() if name in self.model_fields_set}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        for name, field in cls.model_fields.items():
            if isinstance(field.default, ByKey):
                type(field.default).owner = (cls, name)
            elif (declaration := declaration_of(name, field)) is not None:
                _check(f"{cls.__name__}.{name}", declaration)

    @model_validator(mode="before")
    @classmethod
    def _arrays_are_tuples(cls, data: Any) -> Any:
        return {k: _frozen(plain(v)) for k, v in data.items()} if isinstance(data, dict) else data

    @field_validator("*", mode="after")
    @classmethod
    def _as_declared(cls, value: Any, info: ValidationInfo) -> Any:
        name = info.field_name or ""
        default = cls.model_fields[name].default
        if isinstance(default, ByKey) and not isinstance(value, type(default)):
            return type(default).model_validate(value)
        declaration = declaration_of(name, cls.model_fields[name])
        if declaration is not None and not _allowed(value, declaration):
            bounds = declaration.bounds() or "a whole number of at most 64 bits"
            raise PydanticCustomError("out_of_bounds", "valid is {bounds}", {"bounds": bounds})
        if declaration is not None and isinstance(value, tuple) and len(set(value)) < len(value):
            raise ValueError(f"{name} names one twice; write each once")
        return value


class ByKey(Submodel):
    """A small table of numbers, one parameter per key, made by `per`.

    ``table.culture`` and ``table["culture"]`` are the same number; `keys`, `values` and `items` run in the
    declared order of the keys.
    """

    owner: ClassVar[tuple[type[Submodel], str]]

    def keys(self) -> tuple[str, ...]:
        """The keys, in declared order."""
        return tuple(type(self).model_fields)

    def values(self) -> tuple[float, ...]:
        """The numbers, in the order of the keys."""
        return tuple(vars(self).values())  # pydantic writes them in the order of the fields

    def items(self) -> Iterator[tuple[str, float]]:
        """The pairs of key and number, in the order of the keys."""
        return zip(self.keys(), self.values(), strict=True)

    def __getitem__(self, key: str) -> float:
        value: float = vars(self)[key]
        return value

    def __len__(self) -> int:
        return len(type(self).model_fields)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by owner and name, because a class made by `per` has no name that can be imported."""
        return _unpickled, (*self.owner, dict(self.items()))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Leave a field annotated as `ByKey` to its submodel, which knows the keys of each declaration."""
        return handler(source) if cls.model_fields else core_schema.any_schema()

    if TYPE_CHECKING:

        def __getattr__(self, key: str) -> float: ...


def param(
    default: Any,
    *,
    unit: str,
    valid: tuple[float, float] | None = None,
    low: float | None = None,
    high: float | None = None,
    source: str = "",
    mark: Mark = "guess",
    doc: str,
    label: str = "",
    grows: Grows = "",
    choices: tuple[Scalar, ...] | None = None,
) -> Any:
    """Declare a field of a `Submodel`; ``...`` as default makes it one that has to be given.

    ``unit`` is "1" for a pure number. ``valid`` refuses values outside it, ends included; ``low`` and
    ``high`` span the plausible ones. ``mark`` says where the default comes from; evidence needs a ``source``.
    ``label`` is its plain name, marked for translation; ``grows`` says with what it grows; ``choices`` lists
    the only values allowed.
    Contradictions raise TypeError when the class is made.
    """
    extra: dict[str, Any] = {"unit": unit, "valid": valid, "low": low, "high": high}
    extra |= {"source": source, "mark": mark, "choices": choices, "label": label, "grows": grows}
    return Field(default, description=doc, json_schema_extra=extra)


def per(
    keys: Sequence[str],
    defaults: Mapping[str, float] | Sequence[float],
    *,
    unit: str,
    valid: tuple[float, float] | None = None,
    low: float | Sequence[float] | None = None,
    high: float | Sequence[float] | None = None,
    source: str = "",
    mark: Mark = "guess",
    doc: str,
    label: str | Sequence[str] = "",
    kind: type[float] | type[int] | type[bool] = float,
) -> Any:
    """Declare a field of type `ByKey`: one parameter of type ``kind`` for each of ``keys``.

    ``defaults`` holds one number per key; ``low`` and ``high`` one per key or one for all; so does ``label``,
    in which ``{key}`` stands for what a key is called. Whoever gives one key keeps the defaults of the
    others. A number too few or too many raises TypeError.
    """
    if isinstance(defaults, Mapping):
        if list(defaults) != list(keys):
            raise TypeError(f"per({list(keys)}): the defaults are for {list(defaults)}")
        defaults = list(defaults.values())
    columns = [_one_each(keys, column) for column in (defaults, low, high)]
    labels = [label] * len(keys) if isinstance(label, str) else label
    shared: dict[str, Any] = {"unit": unit, "valid": valid, "source": source, "mark": mark, "doc": doc}
    fields: dict[str, Any] = {
        key: (kind, param(value, low=a, high=b, label=name, **shared))
        for key, value, a, b, name in zip(keys, *columns, labels, strict=True)
    }
    return Field(create_model("ByKey", __base__=ByKey, **fields)(), description=doc)


def declaration_of(name: str, field: FieldInfo) -> Declaration | None:
    """The declaration of a field under ``name``, or None if it was not made by `param`."""
    extra = field.json_schema_extra
    if not isinstance(extra, dict) or "unit" not in extra:
        return None
    default = None if field.default is PydanticUndefined else field.default
    facts: dict[str, Any] = {**extra, "doc": field.description or ""}
    return Declaration(name=name, type=field.annotation, default=default, **facts)


def declarations(cls: type[BaseModel], prefix: str = "") -> dict[str, Declaration]:
    """Every declared parameter of ``cls`` and of the submodels in it, by dotted name, in declared order."""
    found: dict[str, Declaration] = {}
    for name, field in cls.model_fields.items():
        dotted = f"{prefix}{name}"
        nested = nested_model(field)
        if nested is not None:
            found |= declarations(nested, f"{dotted}.")
        elif (declaration := declaration_of(dotted, field)) is not None:
            found[dotted] = declaration
    return found


def nested_model(field: FieldInfo) -> type[BaseModel] | None:
    """The class of a field that is a table of its own: a submodel or a `ByKey`; None for any other field."""
    if isinstance(field.default, ByKey):
        return type(field.default)
    for kind in (field.annotation, *get_args(field.annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            # A tuple or mapping of models has no fixed names below it; an optional model has.
            optional = kind is field.annotation or type(None) in get_args(field.annotation)
            return kind if optional else None
    return None


def resolve(parameters: BaseModel | Mapping[str, Any], name: str) -> Any:
    """The value that the dotted ``name`` leads to; ScenarioError with near names if there is none."""
    here: Any = parameters
    for part in name.split("."):
        names = names_in(here)
        if part not in names:
            raise ScenarioError(
                what=f"there is no parameter {name!r}",
                why=f"{part!r} is not among the {len(names)} names at that place",
                instead=suggestion(part, names),
            )
        here = here[part] if isinstance(here, Mapping) else getattr(here, part)
    return here


def suggestion(wrong: str, names: Sequence[str]) -> str:
    """What to write instead of the name ``wrong``: the nearest of ``names``, or the first of them."""
    near = get_close_matches(wrong[:80], names, n=3, cutoff=0.6)
    if near:
        return "did you mean " + " or ".join(map(repr, near)) + "?"
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"known here: {shown}" if shown else "there is none to choose"


def adds_to_one(name: str, table: ByKey) -> None:
    """Raise ValueError unless the shares of ``table`` add up to 1, give or take 1e-6 for rounding."""
    total = math.fsum(table.values())
    if abs(total - 1) > 1e-6:
        shares = ", ".join(f"{key} {share:.6g}" for key, share in table.items())
        raise ValueError(f"the shares of {name} add up to {total:.6g}, not to 1 ({shares})")


def names_in(node: Any) -> list[str]:
    if isinstance(node, Mapping):
        return [str(key) for key in node]
    return list(type(node).model_fields) if isinstance(node, BaseModel) else []


def _one_each(keys: Sequence[str], column: Any) -> Sequence[Any]:
    if not isinstance(column, Sequence):
        return [column] * len(keys)
    if len(column) != len(keys):
        raise TypeError(f"per({list(keys)}): {len(column)} numbers for {len(keys)} keys")
    return column


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_frozen(part) for part in value)
    return {key: _frozen(part) for key, part in value.items()} if isinstance(value, dict) else value


def _allowed(value: Any, declaration: Declaration) -> bool:
    if isinstance(value, tuple):
        return all(_allowed(part, declaration) for part in value)
    if declaration.choices is not None and value is not None and value not in declaration.choices:
        return False
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    if declaration.valid is not None:
        return declaration.valid[0] <= value <= declaration.valid[1]
    return isinstance(value, float) or -INT64 <= value < INT64


def _check(name: str, declaration: Declaration) -> None:
    """Raise TypeError if a declaration contradicts itself; the fault is ours, never a user's."""
    default, low, high = declaration.default, declaration.low, declaration.high
    if declaration.mark == "evidence" and not declaration.source:
        raise TypeError(f"{name}: marked evidence, but no source is given")
    if (low is None) != (high is None):
        raise TypeError(f"{name}: low and high must be given together")
    if not all(_allowed(value, declaration) for value in (default, low, high)):
        raise TypeError(f"{name}: default {default}, low {low} or high {high} is not {declaration.bounds()}")
    if low is not None and high is not None and default is not None and not low <= default <= high:
        raise TypeError(f"{name}: default {default} is not between low {low} and high {high}")


def _unpickled(owner: type[Submodel], field: str, values: dict[str, float]) -> ByKey:
    table = owner.model_fields[field].default
    assert isinstance(table, ByKey)
    return type(table).model_validate(values)
