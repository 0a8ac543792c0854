"""The Party branch: who is paired with which household (ODD 7.5)."""

from __future__ import annotations

import mesa
import numpy as np
from numpy.typing import NDArray

from model.core.draws import Kind, born_id, community_hash
from model.core.owned import Own
from model.state.actor import Actor


class PartyBranch(Actor):
    """The Party branch and the households its members are paired with.

    `pairs` (int32[n, 2]) holds the household in need and the ordinary one of each member, -1 for none;
    `paired[h]` members visit household h. ``visits`` counts these visits since the spin-up began.
    """

    visits: Own[int]
    pairs: Own[NDArray[np.int32]]
    paired: Own[NDArray[np.int64]]

    def __init__(self, model: mesa.Model, community: str, persons: int, households: int) -> None:
        super().__init__(model)
        self.unique_id = born_id(Kind.INSTITUTION, community_hash(community), 0, 1, 0)
        self.visits = 0
        self.pairs = np.full((persons, 2), -1, np.int32)
        self.paired = np.zeros(households, np.int64)

    def unpair(self, rows: NDArray[np.int64]) -> None:
        """End the pairs of those in ``rows``."""
        left = self.pairs[rows]
        self.paired -= np.bincount(left[left >= 0], minlength=len(self.paired))
        self.pairs[rows] = -1
