"""What is said beside the results: the oddities of a scenario, a line each, on stderr."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from experiments.streams import echo

if TYPE_CHECKING:
    from experiments.load import Loaded


def tell_oddities(loaded: Loaded, lang: str = "en", policies: Collection[str] | None = None) -> None:
    """Print what is odd about a scenario to stderr: of all its policies, or of those that are run."""
    run = None if policies is None else {part for policy in policies for part in policy.split("+")}
    for oddity in loaded.warnings:
        if run is None or not oddity.policy or oddity.policy in run:
            echo(oddity.told(lang), err=True)
