"""Is what code of one's own wrote something that the model can go on with?

What is written through an agent is checked at once; columns are arrays and take everything. So everything is
checked after each phase of one's own, and once at the end of a run.
"""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.errors import DataError
from model.core.owned import State, held
from model.state.organizations import Organization

if TYPE_CHECKING:
    from model.state.community import Community
    from model.week.schedule import Phase

SHARES = ("professionalism", "drive", "reputation", "dependence", "quality")
"""What of an organization is a number from 0 to 1."""

FRACTIONS = ("effort", "controlled", "carry", "lent_sessions", "free_sessions")
"""What else of it is no whole number."""


def run_own(phase: Phase, model: Community) -> None:
    """Run a phase of one's own, and refuse what it leaves behind that makes no sense.

    Raises DataError with the phase, the week, the column, its row and its value.
    """
    where = f"phase {phase.name}, week {model.week}"
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "invalid value encountered in cast", RuntimeWarning)
        try:
            phase.run(model)
        except RuntimeWarning as fault:
            raise DataError(
                what="what is no number (nan or inf) was put among whole numbers",
                where=where,
                instead="see that what you write into such a column is finite: np.isfinite",
            ) from fault
    refuse_nonsense(model, where)


def refuse_nonsense(model: Community, where: str) -> None:
    """Raise DataError for the first value of a community that is not finite or not in its range."""
    people = model.residents
    for name, column in people.declared.items():
        array = vars(people)[name]
        column.checked(array, (len(people), *column.shape), f"{where}, column {name}")
    refuse_bad_organizations(model, where)
    for name, part in (
        ("committee", model.committee),
        ("branch_office", model.branch_office),
        ("credit_state", model.credit_state),
        ("care_book", model.care_book),
        ("life", model.life),
        ("moves", model.moves),
        ("issues", model.issues),
        ("network.merged", model.network.merged),
        ("time_cost", model.time_cost),
        ("terms_kept", model.terms_kept),
        ("organization_effort", model.organization_effort),
    ):
        _refuse_infinite(part, f"{where}, {name}")


def refuse_bad_organizations(model: Community, where: str) -> None:
    """Raise DataError for the first organization with a value that is not finite or not in its range."""
    for organization in model.organizations:
        _refuse_bad_organization(organization, where)


def _refuse_bad_organization(organization: Organization, where: str) -> None:
    place = f"{where}, organization {organization.name}"
    own = {name: value for name, value in held(organization).items() if organization.ownership[name] == "Own"}
    for name, value in (*own.items(), ("quality", organization.quality)):
        if name in SHARES and not 0 <= value <= 1:
            raise DataError(
                what=f"{name} cannot be {float(value)!r}", where=place, why="its values are from 0 to 1"
            )
        if isinstance(value, float | np.floating):
            if name not in (*SHARES, *FRACTIONS):
                raise DataError(
                    what=f"{name} cannot be {float(value)!r}", where=place, why="its values are whole numbers"
                )
            _refuse_infinite({name: value}, place)


def _refuse_infinite(part: object, where: str) -> None:
    """Refuse nan and inf among the numbers and arrays that an object, a table or a tuple holds."""
    if isinstance(part, np.ndarray):
        if part.dtype.kind == "f" and not np.isfinite(part).all():
            at = tuple(int(i) for i in np.argwhere(~np.isfinite(part))[0])
            raise _not_finite(part[at].item(), f"{where}, entry {', '.join(map(str, at))}")
    elif isinstance(part, float | np.floating):
        if not math.isfinite(part):
            raise _not_finite(float(part), where)
    else:
        for name, value in _fields(part).items():
            if isinstance(value, float | np.floating | np.ndarray):
                _refuse_infinite(value, f"{where}, {name}")


def _fields(part: object) -> dict[str, Any]:
    """What a part of the state, a tuple or a table holds, by name."""
    if isinstance(part, State):
        return held(part)
    return {str(name): value for name, value in (part if isinstance(part, dict) else vars(part)).items()}


def _not_finite(value: float, where: str) -> DataError:
    return DataError(what=f"{value!r} is no number to go on with", where=where, why="its values are finite")
