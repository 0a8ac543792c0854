"""What is said beside the results: the oddities of a scenario, a line each, on stderr."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from experiments.storage.streams import echo

if TYPE_CHECKING:
    from experiments.loading.load import Loaded


def tell_oddities(
    loaded: Loaded, lang: str = "en", policies: Collection[str] | None = None, weeks: int | None = None
) -> None:
    """Print what is odd about a scenario to stderr: of all its policies, or of those that are run; in the
    weeks that it says, or in so many."""
    if weeks is not None:
        run_for = loaded.scenario.run.model_copy(update={"weeks": weeks})
        loaded = replace(loaded, scenario=loaded.scenario.model_copy(update={"run": run_for}))
    run = None if policies is None else {part for policy in policies for part in policy.split("+")}
    for oddity in loaded.warnings:
        asked = oddity.code == "weeks" and weeks is not None  # nobody need be told what was just asked for
        if not asked and (run is None or not oddity.policy or oddity.policy in run):
            echo(oddity.told(lang), err=True)
