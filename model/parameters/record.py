"""How do compiled kernels read the parameters?

As one NumPy record whose fields are the last parts of the dotted names, so that ``p.b_peer`` and ``p.b0[k]``
mean the same number in a kernel and in the interpreter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from pydantic import BaseModel

from model.parameters.declare import ByKey, declaration_of

DTYPES: Mapping[Any, type[np.generic]] = {float: np.float64, int: np.int64, bool: np.bool_}
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Parameters(np.record):  # type: ignore[misc]
    """A record that hands out its memory quickly: a kernel asks for it at every call, and NumPy would spell
    out all fields each time."""

    @cached_property
    def data(self) -> memoryview:
        """The memory of the record."""
        return super().data


def record(
    parameters: BaseModel | Mapping[str, BaseModel], extra: Mapping[str, float | Sequence[float]] = NOTHING
) -> Parameters:
    """Every declared number of the submodels in ``parameters``, and ``extra``, as one record.

    A float, int or bool becomes a float64, int64 or bool field under its last name, in its declared unit; a
    `ByKey` of n keys a sub-array of shape (n,), in the order of its keys. Text, arrays and optional numbers
    are left out. ``extra`` adds derived numbers, all float64. A name that occurs twice raises TypeError.
    """
    owners: dict[str, str] = {}
    fields: list[tuple[str, type[np.generic], tuple[int, ...]]] = []
    values: list[Any] = []

    def add(owner: str, name: str, kind: Any, value: Any) -> None:
        if name in owners:
            raise TypeError(f"the record has two fields {name}: of {owners[name]} and of {owner}")
        owners[name] = owner
        fields.append((name, DTYPES[kind], (len(value),) if isinstance(value, Sequence) else ()))
        values.append(value)

    tables = parameters if isinstance(parameters, Mapping) else _tables(parameters)
    for owner, table in tables.items():
        for name, field in type(table).model_fields.items():
            value = getattr(table, name)
            if isinstance(value, ByKey):
                first = next(iter(type(value).model_fields.values()))
                add(owner, name, first.annotation, value.values())
            elif declaration_of(name, field) is not None and field.annotation in DTYPES:
                add(owner, name, field.annotation, value)
    for name, value in extra.items():
        add("extra", name, float, value)

    row = np.zeros(1, _layout(tuple(fields)))
    for (name, _, _), value in zip(fields, values, strict=True):
        row[name][0] = value
    whole: Parameters = row[0]
    return whole


@cache
def _layout(fields: tuple[tuple[str, type[np.generic], tuple[int, ...]], ...]) -> np.dtype[np.void]:
    """The dtype of these fields: one object for all records, which kernels would compare field by field."""
    return np.dtype((Parameters, np.dtype(list(fields), align=True)))


def _tables(parameters: BaseModel) -> dict[str, BaseModel]:
    """The submodels that ``parameters`` holds by name, itself included."""
    values = {name: getattr(parameters, name) for name in type(parameters).model_fields}
    below = {n: v for n, v in values.items() if isinstance(v, BaseModel) and not isinstance(v, ByKey)}
    return {type(parameters).__name__: parameters} | below
