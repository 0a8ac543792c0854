"""How many residents have moved, how many organizations were founded and ended so far?"""

from __future__ import annotations

from dataclasses import dataclass

from model.core.owned import Own, State


@dataclass(slots=True)
class Moves(State):
    """Totals since the start of the spin-up: residents who left, and the memberships that ended with it."""

    moved: Own[int] = 0
    memberships: Own[int] = 0

    def figures(self) -> dict[str, int]:
        """The figures of `model.state.outcomes.MOVE_FIGURES`."""
        return {"moved": self.moved, "memberships_moved": self.memberships}


@dataclass(slots=True)
class LifeBook(State):
    """Organizations founded, dissolved and merged so far."""

    founded: Own[int] = 0
    dissolved: Own[int] = 0
    merged: Own[int] = 0
