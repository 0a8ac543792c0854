"""Parameters with other values at dotted names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import (
    BaseModel,
    ValidationError,
)

from model.parameters.declare import Submodel, names_in, resolve
from model.parameters.refusals import refusal

M = TypeVar("M", bound=BaseModel)


def replaced(parameters: M, values: Mapping[str, Any]) -> M:
    """``parameters`` with the value of every dotted name in ``values`` replaced, validated anew.

    Raises ScenarioError for a name that does not exist and for whatever validation refuses.
    """

    for name in values:
        resolve(parameters, name)
    try:
        return type(parameters).model_validate(_with(parameters, values))
    except ValidationError as error:
        raise refusal(error, type(parameters)) from None


def _with(node: Any, values: Mapping[str, Any]) -> Any:
    """``node`` as a plain table, with replacements; what is not replaced stays the validated object."""
    table = {
        name: node[name] if isinstance(node, Mapping) else getattr(node, name) for name in names_in(node)
    }
    if isinstance(node, Submodel):  # what nobody gave, or was given for other sizes, follows anew
        new = [name for name in values if name in table and table[name] != values[name]]
        free = node.free() | node.lapsed(new)
        table = {name: value for name, value in table.items() if name not in free}
    below: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        head, _, rest = name.partition(".")
        if rest:
            below.setdefault(head, {})[rest] = value
        else:
            table[head] = value
    titles = getattr(node, "titles", {})  # those of a policy stand beside its instruments
    return titles | table | {head: _with(table[head], changes) for head, changes in below.items()}
