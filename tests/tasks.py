"""Tasks that workers import without the laboratory."""

from __future__ import annotations

from model.core.errors import ScenarioError


def double(task: int) -> int:
    """Twice the number; refuses three."""
    if task == 3:
        raise ScenarioError(what="three")
    return 2 * task
