"""How does a user add to the model without changing it?

Phases (`Schedule.insert_after`), columns (`column`), a class of organizations
(``CommunityModel(organization=...)``) and, the slow road, a function of one `Resident` (`per_resident`).
model/EXTENDING.md shows each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core import columns
from model.core.columns import YES_NO, Column
from model.core.draws import STREAMS
from model.core.errors import GongzhiError
from model.core.given import number, whole, yes_no
from model.parameters.declare import suggestion
from model.state.actor import OF_MESA
from model.state.organizations import Organization
from model.state.resident import Resident
from model.week.schedule import Schedule, refuse_unless_of_one

if TYPE_CHECKING:
    from model.state.community import Community

PREFIX = "own:"


def column(
    default: float | bool | str,
    *,
    unit: str,
    doc: str,
    valid: tuple[float, float] | None = None,
    names: tuple[str, ...] = (),
) -> Column:
    """A column of your own, for ``CommunityModel(columns={"mood": column(0.5, unit="1", doc="Mood.")})``.

    Args:
        default: what everybody has at first; it decides the type: float64, int32, yes/no, or a category.
        unit: such as "1", "yuan" or "minutes".
        doc: one sentence.
        valid: lowest and highest allowed number.
        names: the values of a category, of which ``default`` is one.

    Raises:
        GongzhiError: for a default that is none of these, or outside ``valid``.
    """
    dtype: type[np.generic]
    values: tuple[str | bool, ...] = names
    first: float
    at_first, yes = number(default), yes_no(default)
    if yes is not None and not names:
        dtype, values, first = np.int8, YES_NO, yes
    elif isinstance(default, str) and 0 < len(names) <= 127:
        if default not in names:
            raise GongzhiError(
                what=f"{default!r} is not a name", where="column", instead=suggestion(default, names)
            )
        dtype, first = np.int8, names.index(default)
    elif at_first is not None and not names:
        dtype, first = (np.float64 if whole(default) is None else np.int32), at_first
    else:
        raise GongzhiError(
            what=f"a column cannot start at {default!r} with names = {names!r}",
            where="column",
            instead="give a number, True or False, or a text and up to 127 names of which it is one",
        )
    made: Column = columns.column(dtype, unit, doc, names=values, valid=valid, fill=first)
    made.name = "column"
    made.checked(default, (), "its default")
    return made


@dataclass(frozen=True)
class PerResident:
    """A phase that calls ``function`` with every resident, in row order."""

    function: Callable[[Resident], object]

    @property
    def __name__(self) -> str:
        return self.function.__name__

    def __call__(self, model: Community) -> None:
        for resident in model.residents:
            self.function(resident)


def per_resident(function: Callable[[Resident], object]) -> PerResident:
    """The phase that calls ``function(resident)`` for every resident, in row order: the slow road.

    A hundred times slower than a function of whole columns, and residents who come later in the rows see
    what earlier ones did. Raises GongzhiError unless ``function`` takes one argument.
    """
    refuse_unless_of_one("resident", function)
    return PerResident(function)


def own_stream(name: str) -> int:
    """The number of a stream of draws of your own, for `model.core.draws.uniforms`.

    ``uniforms(model.luck, own_stream("mood"), model.residents.id, model.week)`` gives everybody the same
    luck in every arm, and shifts no other draw. Raises GongzhiError for a name that collides with a stream
    of the model.
    """
    number = int.from_bytes(hashlib.sha256(f"{PREFIX}{name}".encode()).digest()[:3], "big")
    if number in STREAMS.values():
        raise GongzhiError(
            what=f"{name!r} would share a stream of the model",
            where="own_stream",
            instead="choose another name",
        )
    return number


def refuse_wrong_extensions(phases: object, columns: object, organization: object) -> None:
    """Raise GongzhiError for arguments of `CommunityModel` that are not what they should be."""
    if phases is not None and not isinstance(phases, Schedule):
        raise GongzhiError(
            what=f"phases = {phases!r} is not a schedule",
            instead="write default_phases(), or default_phases().insert_after('ask', my_phase)",
        )
    if columns is not None and not isinstance(columns, Mapping):
        raise GongzhiError(
            what=f"columns = {columns!r} are not columns by name",
            instead="write columns={'mood': column(0.5, unit='1', doc='...')}",
        )
    if not isinstance(organization, type) or not issubclass(organization, Organization):
        raise GongzhiError(
            what=f"organization = {organization!r} is not a class of organizations",
            instead="write class MyOrganization(Organization), and give the class itself",
        )


def copy_guests(organizations: Sequence[Organization], memo: dict[int, Any]) -> None:
    """Give an arm what a user's organizations hold that `Organization` does not know of.

    ``memo`` says what stands in the arm for each of the ``organizations`` of its source: what refers to the
    source's model, residents or organizations refers to the arm's.
    """
    for one in organizations:
        guests = {k: v for k, v in vars(one).items() if k not in one.ownership and k not in OF_MESA}
        vars(memo[id(one)]).update(deepcopy(guests, memo))
