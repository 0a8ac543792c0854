"""What a run leaves, and the outcomes that are read off it.

`OUTCOMES` is loaded when it is first used, so that importing a module of this room is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.outcomes.record import OUTCOMES as OUTCOMES
    from experiments.outcomes.recorded import Outcome as Outcome
    from experiments.outcomes.recorded import Recorded as Recorded

_HOMES = {"OUTCOMES": "record", "Outcome": "recorded", "Recorded": "recorded"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
