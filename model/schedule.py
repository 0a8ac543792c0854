"""The week: a tuple of named phases that can be printed, timed and inserted into (ODD 3)."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from model.errors import GongzhiError

if TYPE_CHECKING:
    from model.community import CommunityModel

PhaseFunction = Callable[["CommunityModel"], None]

NAMES = (
    "appropriate",
    "disburse",
    "train",
    "plan",
    "mobilise",
    "ask",
    "decide",
    "seat",
    "serve",
    "deliberate",
    "learn",
    "organise",
    "move",
    "observe",
)


class Phase(NamedTuple):
    """A step of the week: its name and a function of the model."""

    name: str
    run: PhaseFunction


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
        """A phase of your own after the named one; it is called as ``function(model)`` every week."""
        at = self.position(name) + 1
        return Schedule((*self[:at], Phase(function.__name__, function), *self[at:]))

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


def default_phases() -> Schedule:
    """The schedule of the ODD."""
    return Schedule(Phase(n, getattr(import_module(f"model.phases.{n}"), n)) for n in NAMES)
