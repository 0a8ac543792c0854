"""Policies: frozen values made of instruments. They hold no code and change no state.

A phase asks for the instruments of its kind that are in force (`Policies.active`) and acts on them (ODD 7).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from model.instruments.base import AnyInstrument, Funded, fen

Kind = TypeVar("Kind", bound=AnyInstrument)


@dataclass(frozen=True)
class Named(Generic[Kind]):
    """One instrument with the name under which its account runs, such as ``funding.grants``."""

    name: str
    instrument: Kind


@dataclass(frozen=True)
class Policy:
    """A named tuple of instruments. ``none`` has no instruments and is the baseline."""

    name: str
    instruments: tuple[Named[AnyInstrument], ...] = ()

    def __add__(self, other: Policy) -> Policy:
        """The package of two policies."""
        return Policy(f"{self.name}+{other.name}", self.instruments + other.instruments)

    def yuan_a_year(self, weeks: int) -> float:
        """Yuan a year on average over the weeks 1 to ``weeks``: each amount for the weeks it is in force."""
        return sum(yuan_a_year(n.instrument, weeks) for n in self.instruments)

    def never_in_force(self, weeks: int) -> tuple[str, ...]:
        """The names of its instruments that are in force in none of the weeks 1 to ``weeks``."""
        return tuple(n.name for n in self.instruments if not n.instrument.weeks_in_force(weeks))

    def scaled(self, factor: float) -> Policy:
        """The same policy with every amount multiplied, rounded to whole fen."""
        return Policy(
            self.name,
            tuple(
                Named(
                    n.name,
                    n.instrument.model_copy(
                        update={"amount_yuan": fen(n.instrument.amount_yuan * factor) / 100}
                    ),
                )
                if isinstance(n.instrument, Funded)
                else n
                for n in self.instruments
            ),
        )


NONE = Policy("none")


def yuan_a_year(instrument: AnyInstrument, weeks: int) -> float:
    """Yuan a year that an instrument sets aside on average over the weeks 1 to ``weeks``; 0 without money."""
    if not isinstance(instrument, Funded):
        return 0.0
    in_force = instrument.weeks_in_force(weeks)
    return instrument.amount_yuan if in_force == weeks else instrument.amount_yuan * in_force / weeks


class Policies:
    """The instruments of an arm: status quo first, then those of its policy."""

    def __init__(self, named: Iterable[Named[AnyInstrument]]) -> None:
        self.named = tuple(named)
        self._of: dict[type[AnyInstrument], tuple[Named[Any], ...]] = {}

    def of(self, kind: type[Kind]) -> tuple[Named[Kind], ...]:
        """Instruments of a class such as `Grant` or `Funded`, in order."""
        if kind not in self._of:
            self._of[kind] = tuple(n for n in self.named if isinstance(n.instrument, kind))
        return self._of[kind]

    def active(self, kind: type[Kind], week: int) -> list[Named[Kind]]:
        """Instruments of a class that are in force in a week, in order."""
        return [n for n in self.of(kind) if n.instrument.in_force(week)]
