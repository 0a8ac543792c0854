"""How many residents have moved, how many organizations were founded and ended so far?"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass
class Moves:
    """Totals since the start of the spin-up: residents who left, and the memberships that ended with it."""

    moved: int = 0
    memberships: int = 0

    def figures(self) -> list[int]:
        """The figures of `model.state.outcomes.MOVE_FIGURES`."""
        return [self.moved, self.memberships]

    def copy(self) -> Moves:
        """Independent totals for another arm."""
        return replace(self)


@dataclass
class LifeBook:
    """Organizations founded, dissolved and merged so far."""

    founded: int = 0
    dissolved: int = 0
    merged: int = 0

    def copy(self) -> LifeBook:
        """An independent book with the same figures."""
        return replace(self)
