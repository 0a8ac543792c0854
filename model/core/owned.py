"""What of a state has every arm for itself, and what do arms share?

Every class of state says so of each of its fields, beside its type::

    @dataclass(slots=True)
    class Moves(State):
        moved: Own[int] = 0

``Own`` changes during a run: an arm starts with a copy. ``Shared`` is fixed once it is made: arms hold the
same object. ``Anew`` is made by each arm itself: nothing of it is taken over.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Annotated, Any, ClassVar, Literal, TypeVar

import numpy as np

from model.core.columns import Column

T = TypeVar("T")
S = TypeVar("S", bound="State")
Ownership = Literal["Own", "Shared", "Anew"]

Own = Annotated[T, "Own"]
Shared = Annotated[T, "Shared"]
Anew = Annotated[T, "Anew"]

KINDS: tuple[Ownership, ...] = ("Own", "Shared", "Anew")
FIXED = (int, float, str, bytes, np.generic, type(None))
"""Values that nobody can write into."""


class State:
    """A class whose fields each say whose they are. Raises TypeError at import for one that does not.

    ``ownership`` is that of every field by name; a column (`model.core.columns.column`) is the arm's own.
    """

    __slots__ = ()
    ownership: ClassVar[Mapping[str, Ownership]] = {}

    def __init_subclass__(cls) -> None:
        own: dict[str, Ownership] = {}
        for name, written in vars(cls).get("__annotations__", {}).items():
            kind = _kind(written)
            if isinstance(vars(cls).get(name), Column):
                own[name] = "Own"
            elif kind in KINDS:
                own[name] = kind
            elif kind != "ClassVar":
                raise TypeError(
                    f"{cls.__module__}.{cls.__name__}.{name} does not say whose it is: declare it as "
                    f"Own[...], Shared[...] or Anew[...] of {written} (model/core/owned.py)"
                )
        cls.ownership = {**cls.ownership, **own}

    def _whose(self) -> Mapping[str, Ownership]:
        """The fields of this object, by name."""
        return self.ownership

    def _begin(self, old: Any, memo: dict[int, Any]) -> None:
        """What an object makes anew when it is a copy of ``old`` for another arm."""


def _kind(written: Any) -> str:
    """What an annotation, as a text or as a value, says of ownership: the name before its bracket."""
    said = getattr(written, "__metadata__", None)
    name = said[0] if said else str(written).partition("[")[0]
    return str(name).rpartition(".")[2]


def copied(old: S, memo: dict[int, Any]) -> S:
    """``old`` for another arm. ``memo`` says by the ids of objects what stands for them in that arm."""
    if id(old) in memo:
        known: S = memo[id(old)]
        return known
    new = memo[id(old)] = object.__new__(type(old))
    new._begin(old, memo)
    take_over(new, old, memo)
    return new


def take_over(new: State, old: State, memo: dict[int, Any]) -> None:
    """Give ``new`` the fields of ``old``: copies of its own ones, the shared ones themselves."""
    for name, kind in old._whose().items():
        if kind != "Anew":
            value = getattr(old, name)
            object.__setattr__(new, name, _of_arm(value, memo) if kind == "Own" else value)


def held(part: State) -> dict[str, Any]:
    """What a part of the state holds, by the names of its fields."""
    return {name: getattr(part, name) for name in part._whose()}


def _of_arm(value: Any, memo: dict[int, Any]) -> Any:
    """A value that an arm can change without any other noticing."""
    if isinstance(value, FIXED):
        return value
    if isinstance(value, State):
        return copied(value, memo)
    if isinstance(value, np.ndarray):
        array = value.copy()
        array.flags.writeable = value.flags.writeable
        return array
    if type(value) is dict:
        return {key: _of_arm(item, memo) for key, item in value.items()}
    if type(value) is list:
        return [_of_arm(item, memo) for item in value]
    if isinstance(value, tuple):
        parts = [_of_arm(item, memo) for item in value]
        same = all(part is item for part, item in zip(parts, value, strict=True))
        return value if same else getattr(type(value), "_make", tuple)(parts)
    return deepcopy(value, memo)
