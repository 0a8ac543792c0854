"""7.10 deliberate: issues arrive, are triaged and handled; answers come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.community import CommunityModel


def deliberate(model: CommunityModel) -> None:
    """One week of the issues."""
    model.residents.raised[:] = 0
