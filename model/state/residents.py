"""What is known of every resident, and how is one of them looked at?

A state variable is one NumPy array with a row per adult, declared once below. A `Resident` is a Mesa agent
that owns nothing: its attributes are the entries of one row, so the columns and the agents are two views of
one state.
"""

from __future__ import annotations

import dataclasses
import keyword
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from model.core.calendar import NEVER
from model.core.columns import YES_NO, Column, column
from model.core.errors import GongzhiError
from model.core.given import whole
from model.core.owned import Anew, Ownership, Shared, State, copied
from model.parameters.credits import USES
from model.parameters.population import AGE_BANDS, EDUCATIONS, EMPLOYMENTS, SEXES
from model.state.resident import Resident, undeclared

Floats = NDArray[np.float64]
Bytes = NDArray[np.int8]
Shorts = NDArray[np.int16]
Ints = NDArray[np.int32]
Bits8 = NDArray[np.uint8]
Bits32 = NDArray[np.uint32]
Words = NDArray[np.uint64]
Rows = NDArray[np.int64]
N = TypeVar("N", bound=NamedTuple)


def _fixed(dtype: type[np.generic], unit: str, doc: str, **more: Any) -> Any:
    return column(dtype, unit, doc, kind="static", **more)


def _trait(doc: str, names: tuple[str | bool, ...], **more: Any) -> Any:
    return _fixed(np.int8, "name", doc, names=names, **more)


def _share(doc: str, **more: Any) -> Any:
    return column(np.float64, "1", doc, valid=(0, 1), **more)


def _flag(doc: str, **more: Any) -> Any:
    return column(np.int8, "yes/no", doc, names=YES_NO, **more)


def _minutes(doc: str) -> Any:
    return column(np.int32, "minutes", doc, given=False)


def _week(dtype: type[np.generic], unit: str, doc: str, **more: Any) -> Any:
    return column(dtype, unit, doc, kind="scratch", **more)


class Residents(State):
    """The adults of one community: one C-contiguous array per state variable (ODD section 2), row = place.

    ``residents.skill`` is the column, ``residents[row]`` one `Resident`, always the same object; iterating
    goes over all of them. ``owner`` is the model that the views report as theirs, ``declared`` the columns
    by name, a user's own among them. Axes of length 3 are activities (`asks`: activities, sources;
    `membership`: slots).
    """

    id: Words = _fixed(np.uint64, "id", "Who this is in every draw.", given=False)
    household: Ints = _fixed(np.int32, "index", "Household, ascending with the row.", valid=(0, 1_999_999))
    cell: Ints = _fixed(np.int32, "index", "Building cell (stairwell).", valid=(0, 1_999_999))
    sex: Bytes = _trait("Sex.", SEXES)
    age_band: Bytes = _trait("Age band.", AGE_BANDS)
    employment: Bytes = _trait("Employment.", EMPLOYMENTS)
    education: Bytes = _trait("Highest schooling.", EDUCATIONS)
    migrant: Bytes = _trait("Without local registration.", YES_NO)
    party: Bytes = _trait("Party member.", YES_NO)
    needs_care: Bytes = _trait("Needs care.", YES_NO)
    in_service: Bytes = _trait("Party member and employed.", YES_NO, given=False)
    interests: Bits8 = _fixed(np.uint8, "bits", "Bit f: interested in field f.", valid=(0, 127))
    slots: Bits8 = _fixed(np.uint8, "bits", "Bit s: free in slot s.", valid=(0, 7))
    match: Bits32 = _fixed(np.uint32, "bits", "Bit 3f + s: interested in f, free in s.", given=False)
    effect: Floats = _fixed(np.float64, "logit/week", "Person effect per activity.", shape=(3,))
    free_minutes: Ints = _fixed(np.int32, "minutes/week", "Free time.", valid=(0, 6720))
    hours_effect: Floats = _fixed(np.float64, "sd", "Personal length of acts.", valid=(-1000, 1000))
    threshold: Floats = _fixed(np.float64, "share or number", "Threshold of the threshold rules.")
    skill_start: Floats = _share("Skill to which one returns.", kind="static")
    attachment_start: Floats = _share("Attachment to which one returns.", kind="static")
    motivation_start: Floats = _share("Motivation to which one returns.", kind="static")

    skill: Floats = _share("Skill.")
    attachment: Floats = _share("Attachment to the community.")
    motivation: Floats = _share("Intrinsic motivation.")
    efficacy: Floats = _share("Belief in being responded to.")
    embeddedness: Floats = _share("Strength of one's ties.")
    knowledge: Floats = _share("Knowledge of how and where one takes part.")
    satisfaction: Floats = _share("Satisfaction with community affairs.", fill=0.5)
    habit: Floats = _share("Habit per activity.", shape=(3,))
    aware: Bits8 = column(np.uint8, "bits", "Bit f: knows of field f.", valid=(0, 127))
    asks: Floats = column(
        np.float64, "asks", "In hand, by activity and source.", shape=(3, 3), valid=(0, 1e6)
    )
    fatigue: Floats = column(np.float64, "contacts", "Contacts not yet forgotten.", valid=(0, 1e6))
    membership: Shorts = column(
        np.int16, "index", "Organizations, -1 none.", shape=(3,), fill=-1, given=False
    )
    registered: Bytes = _flag("Registered volunteer.", given=False)
    enrolled: Bytes = _flag("Enrolled in the credit scheme.")
    credit_minutes: Ints = column(np.int32, "minutes", "Credits held.", valid=(0, 2**31 - 1))
    credit_use: Bytes = column(np.int8, "name", "Preferred use of credits.", names=USES, given=False)
    credit_asked: Ints = _minutes("Credits held for which service is asked and not yet given.")
    credit_asked_week: Ints = column(
        np.int32, "week", "Week of asking for it.", fill=NEVER, valid=(NEVER, 520_000), given=False
    )
    trained_week: Ints = column(np.int32, "week", "Last training.", fill=NEVER, valid=(NEVER, 520_000))
    duty_minutes: Ints = _minutes("Party duty served this year.")
    service_minutes: Ints = _minutes("Service in the last 52 weeks.")
    duty_minutes_52: Ints = _minutes("Party duty served in the last 52 weeks.")
    history: Words = column(np.uint64, "bits", "Bit w: took part w + 1 weeks ago.", shape=(3,), given=False)
    arrival: Ints = column(np.int32, "week", "Week of arrival.", fill=NEVER, given=False)
    care_need: Ints = _minutes("Care needed a week.")

    duty: Floats = _week(np.float64, "logit/week", "Duty term.")
    post: Bytes = _week(np.int8, "field", "Service field of the Party post, -1 none.", fill=-1, valid=(-1, 6))
    asked_now: Shorts = _week(np.int16, "asks", "Asks received this week.", valid=(0, 30_000))
    raised: Bytes = _week(np.int8, "issues", "Issues raised this week.", valid=(0, 100))
    care: Ints = _week(
        np.int32, "minutes", "Care received from volunteers, Party members, paid staff.", shape=(3,)
    )
    asked: Shorts = _week(np.int16, "index + 1", "Organization of the member who asked.", shape=(3,))
    minutes: Ints = _week(np.int32, "minutes", "Length of the act.", shape=(3,), valid=(0, 6720))
    offer: Shorts = _week(np.int16, "index", "Offer of the act, -1 none.", shape=(3,), fill=-1)
    refused: Bytes = _week(np.int8, "yes/no", "Found no place.", shape=(3,), valid=(0, 1))
    seated: Bytes = _week(np.int8, "0/1/2", "Audience 1, active 2.", shape=(3,), valid=(0, 2))

    owner: Anew[Any]
    declared: Shared[Mapping[str, Column]]
    _views: Anew[dict[int, Resident]]

    def __init__(self, n: int) -> None:
        """``n`` rows that hold every column's ``fill``. Raises GongzhiError unless n is 1 or more."""
        if n < 1:
            raise GongzhiError(
                what=f"{n} residents", where="Residents", why="a community has at least one adult"
            )
        arrays = {c.name: np.full((n, *c.shape), c.fill, dtype=c.dtype) for c in COLUMNS.values()}
        vars(self).update(arrays, owner=None, declared=COLUMNS, _views={})

    def add(self, name: str, column: Column) -> None:
        """Add a user's own column (`model.column`), at its first value everywhere; copies have it too.

        Raises GongzhiError for a name that is taken or is no name, and for what is not a column.
        """
        if not isinstance(column, Column):
            raise GongzhiError(
                what=f"{name} = {column!r} is not a column",
                where="columns",
                instead=f"Write columns={{{name!r}: column(0.5, unit='1', doc='...')}}",
            )
        readable = isinstance(name, str) and name.isidentifier() and not keyword.iskeyword(name)
        if not readable or name.startswith("_"):
            raise GongzhiError(
                what=f"{name!r} cannot be read as residents.{name}",
                where="columns",
                instead="Use letters, digits and underscores, and begin with a letter",
            )
        if name in self.declared or name in TAKEN:
            why = "the model has a column of that name" if name in COLUMNS else "residents mean it otherwise"
            raise GongzhiError(what=f"the name {name!r} is taken", where="columns", why=why)
        own = dataclasses.replace(column, name=name)
        array = np.full((len(self), *own.shape), own.fill, dtype=own.dtype)
        vars(self).update({name: array, "declared": {**self.declared, name: own}})

    def __len__(self) -> int:
        """Number of adults."""
        return len(self.id)

    def __getitem__(self, row: int) -> Resident:
        """The view of ``row``; negative rows count from the end. Raises GongzhiError for any other index."""
        at = whole(row)
        if at is None:
            raise GongzhiError(
                what=f"residents[{row!r}]",
                instead="Write one row number, or residents.skill[...] for a column",
            )
        n = len(self)
        if not -n <= at < n:
            raise GongzhiError(
                what=f"there is no row {row}", where="residents", why=f"the rows are 0 to {n - 1}"
            )
        return self._view(at % n)

    def __iter__(self) -> Iterator[Resident]:
        return map(self._view, range(len(self)))

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse to rebind a column (``residents.skill += x`` writes into it and is fine) or to add one."""
        if name == "owner":
            vars(self)[name] = value
        elif name not in self.declared:
            raise undeclared(name, self.declared)
        elif value is not vars(self)[name]:
            raise GongzhiError(
                what=f"the column {name} cannot be replaced by another array",
                where="residents",
                why="views and phases hold on to it",
                instead=f"Write into it: residents.{name}[:] = ...",
            )

    def gathered(self, kind: type[N]) -> N:
        """The columns that the fields of a tuple of columns are called after."""
        return kind._make(vars(self)[name] for name in kind._fields)

    def columns(self) -> dict[str, NDArray[Any]]:
        """Every column by name, in declared order: the arrays themselves."""
        return {name: vars(self)[name] for name in self.declared}

    def where(self, **wanted: Any) -> Rows:
        """Rows (int64, ascending) of those who have all of the ``wanted`` values, given by name.

        ``where(age_band="60-69", migrant=True)``; a list or tuple means any of its values; ``age_band="60+"``
        means every band from 60. Raises GongzhiError for an unknown column or value.
        """
        found = np.ones(len(self), dtype=bool)
        for name, value in wanted.items():
            if name not in self.declared:
                raise undeclared(name, self.declared)
            found &= np.isin(vars(self)[name], self.declared[name].codes(value))
        return np.flatnonzero(found).astype(np.int64, copy=False)

    def freeze(self) -> None:
        """Make the static columns read-only."""
        for name, declared in self.declared.items():
            if declared.kind == "static":
                vars(self)[name].flags.writeable = False

    def copy(self) -> Residents:
        """The same people in another run, which has its own columns; the static ones are read-only."""
        twin = copied(self, {})
        twin.freeze()
        return twin

    def _whose(self) -> Mapping[str, Ownership]:
        """Those of the class and a user's own columns."""
        return {**dict.fromkeys(self.declared, "Own"), **self.ownership}

    def _begin(self, old: Residents, memo: dict[int, Any]) -> None:
        """Nobody has looked at anybody yet."""
        vars(self).update(owner=memo.get(id(old.owner)), _views={})

    def replace(self, rows: Rows, newcomers: Residents) -> None:
        """Let ``newcomers`` (one per row) live in ``rows``; views of those who lived there are `Departed`.

        The only way to change static columns during a run. A user's own columns start again.
        """
        for name, array in self.columns().items():
            fixed = not array.flags.writeable
            array.flags.writeable = True
            array[rows] = vars(newcomers).get(name, self.declared[name].fill)
            array.flags.writeable = not fixed
        for row, week in zip(rows.tolist(), newcomers.arrival.tolist(), strict=True):
            view = self._views.pop(row, None)
            if view is not None:
                view.__dict__.clear()
                view.__dict__.update(left=(row, week))

    def __getstate__(self) -> dict[str, Any]:
        """For `copy.deepcopy` and `pickle`: everything but the views, which are made anew.

        Copied and unpickled arrays are writable, so it says which were ``fixed``; unpickled ones may stand on
        memory that is not theirs, so each column is copied in `__setstate__`.
        """
        fixed = [name for name, array in self.columns().items() if not array.flags.writeable]
        return {**vars(self), "_views": {}, "fixed": fixed}

    def __setstate__(self, state: dict[str, Any]) -> None:
        fixed = state.pop("fixed")
        vars(self).update(state)
        for name, array in self.columns().items():
            vars(self)[name] = array.copy()
            vars(self)[name].flags.writeable = name not in fixed

    def set_column(self, name: str, values: NDArray[Any]) -> None:
        """Put the checked array ``values`` in place of a column, before a run; other copies keep theirs.

        A static column is read-only afterwards if it was before.
        """
        old = vars(self)[name]
        new = np.array(values, dtype=old.dtype, order="C").reshape(old.shape)
        new.flags.writeable = old.flags.writeable
        vars(self)[name] = new

    def _view(self, row: int) -> Resident:
        view = self._views.get(row)
        if view is None:
            view = self._views[row] = object.__new__(Resident)
            view.__dict__.update(residents=self, row=row)
        return view


COLUMNS: dict[str, Column] = {n: c for n, c in vars(Residents).items() if isinstance(c, Column)}
"""Every declared column by name."""


TAKEN = frozenset((*dir(Residents), *dir(Resident), "owner", "declared", "residents", "row", "left"))
"""Names that a user's column cannot have."""
