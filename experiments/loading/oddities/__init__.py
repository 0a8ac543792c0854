"""What is odd about a scenario that can be run: what a person who wrote it would want to be told at once?

Nothing here changes a scenario or refuses it; a function finds oddities in a loaded scenario and names the
file and the line of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.loading.oddities.oddity import Oddity

if TYPE_CHECKING:
    from experiments.loading.load import Loaded

__all__ = ["Oddity", "oddities"]


def oddities(loaded: Loaded) -> tuple[Oddity, ...]:
    """The oddities of a scenario in the order of the lines they stand on; none of what is no `Scenario`."""
    from experiments.loading.oddities.basis import of_basis
    from experiments.loading.oddities.community import of_community
    from experiments.loading.oddities.money import of_money
    from model.scenario.scenario import Scenario

    if not isinstance(loaded.scenario, Scenario):
        return ()
    found = [*of_community(loaded), *of_money(loaded), *of_basis(loaded)]
    return tuple(sorted(found, key=lambda one: (one.file != loaded.file, one.file, one.line)))
