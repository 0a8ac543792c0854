"""7.13 move: residents leave and are replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.community import CommunityModel


def move(model: CommunityModel) -> None:
    """One week of movement."""
