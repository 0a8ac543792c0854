"""What government buys: sessions under contract (ODD 7.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.core.owned import Own, Shared, State
from model.instruments.funding import Purchase

if TYPE_CHECKING:
    from model.state.organizations import Organization


@dataclass(slots=True)
class Contract(State):
    """``sessions`` sold by the organization of this index for ``value`` fen, in weeks ``first`` to ``last``.

    ``before`` are the sessions it had held in its life when it signed; ``paid`` in fen.
    """

    organization: Shared[int]
    sessions: Shared[int]
    value: Shared[int]
    first: Shared[int]
    last: Shared[int]
    before: Shared[int]
    paid: Own[int] = 0

    @property
    def unpaid(self) -> int:
        """Fen still committed."""
        return self.value - self.paid


def may_sell(organization: Organization, purchase: Purchase) -> bool:
    """True while the organization lives and has a legal form from which government buys."""
    return organization.alive and organization.legal_form in purchase.buy_from
