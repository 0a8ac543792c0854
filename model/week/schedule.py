"""The week: a tuple of named phases that can be printed, timed and inserted into (ODD 3).

A phase of your own is a function of the model: ``default_phases().insert_after("ask", my_phase)``, given to
`CommunityModel` as ``phases``. A function of one resident becomes a phase by `model.per_resident`. Columns,
organizations and agents of your own: model/EXTENDING.md.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from model.core.errors import GongzhiError
from model.week.appropriate import appropriate
from model.week.ask import ask
from model.week.decide import decide
from model.week.deliberate import deliberate
from model.week.disburse.disburse import disburse
from model.week.learn import learn
from model.week.mobilise.mobilise import mobilise
from model.week.move import move
from model.week.observe import observe
from model.week.organise.organise import organise
from model.week.phase import DeclaredPhase
from model.week.plan import plan
from model.week.seat import seat
from model.week.serve.serve import serve
from model.week.train import train

if TYPE_CHECKING:
    from model.state.community import Community

PhaseFunction = Callable[["Community"], None]


class Phase(NamedTuple):
    """A step of the week: its name and a function of the model."""

    name: str
    run: PhaseFunction

    @property
    def own(self) -> bool:
        """Whether it is not one of the model's."""
        return self.run is not OF_THE_MODEL.get(self.name)


class Schedule(tuple[Phase, ...]):
    """An immutable sequence of phases."""

    def only(self, *names: str) -> Schedule:
        """The phases of these names, in schedule order."""
        for name in names:
            self.position(name)
        return Schedule(p for p in self if p.name in names)

    def without(self, *names: str) -> Schedule:
        """All phases but these."""
        for name in names:
            self.position(name)
        return Schedule(p for p in self if p.name not in names)

    def insert_after(self, name: str, function: PhaseFunction) -> Schedule:
        """A phase of your own after the named one; it is called as ``function(model)`` every week.

        Raises GongzhiError for an unknown name, for what is not a function of one argument, and for a
        function whose name another phase has.
        """
        at = self.position(name) + 1
        own = refuse_unless_of_one("model", function)
        if self.has(own):
            raise GongzhiError(
                what=f"there is a phase {own!r} already",
                where="schedule",
                instead="give your function another name, or leave the other out: .without(...)",
            )
        return Schedule((*self[:at], Phase(own, function), *self[at:]))

    def position(self, name: str) -> int:
        """Index of a phase. Raises GongzhiError for an unknown name."""
        for i, phase in enumerate(self):
            if phase.name == name:
                return i
        raise GongzhiError(
            what=f"no phase {name!r}",
            where="schedule",
            instead="the phases are " + ", ".join(p.name for p in self),
        )

    def has(self, name: str) -> bool:
        """True if a phase of this name is part of the week."""
        return any(phase.name == name for phase in self)


def refuse_unless_of_one(argument: str, function: Callable[..., object]) -> str:
    """The name of a user's function. Raises GongzhiError unless it has one and takes one argument."""
    name = getattr(function, "__name__", "")
    try:
        inspect.signature(function).bind(None)
    except (TypeError, ValueError):
        name = ""
    if not name:
        raise GongzhiError(
            what=f"{function!r} is not a function of one argument",
            where="schedule",
            instead=f"write def my_phase({argument}): ...",
        )
    return name


OF_THE_MODEL: Mapping[str, DeclaredPhase] = {
    phase.__name__: phase
    for phase in (
        appropriate,
        disburse,
        train,
        plan,
        mobilise,
        ask,
        decide,
        seat,
        serve,
        deliberate,
        learn,
        organise,
        move,
        observe,
    )
}
"""The phases of the ODD by name, in their order."""


def default_phases() -> Schedule:
    """The schedule of the ODD."""
    return Schedule(Phase(name, run) for name, run in OF_THE_MODEL.items())
