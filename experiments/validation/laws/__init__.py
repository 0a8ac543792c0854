"""Does the production code give back the laws it contains?

With everything else switched off through the ordinary configuration (`experiments.validation.laws.bare`), the
engine has to reproduce results that are known exactly. Each law is a function of general arguments; `verify`
runs a sample of rows, deterministic ones exactly or to 1e-6, drawn ones within four standard errors of at
least 30 replicates.
"""

from __future__ import annotations

from collections.abc import Callable

from experiments.validation.laws import (
    cascades,
    habits,
    hours,
    interaction,
    lifecycle,
    opinions,
    queue,
    reaching,
    rings,
    thresholds,
    timebank,
)
from experiments.validation.laws.cascades import watts
from experiments.validation.laws.habits import habit
from experiments.validation.laws.hours import concentration
from experiments.validation.laws.interaction import brock_durlauf
from experiments.validation.laws.lifecycle import lifecycle as births_and_deaths
from experiments.validation.laws.opinions import degroot, friedkin_johnsen
from experiments.validation.laws.queue import backlog, issue_queue
from experiments.validation.laws.reaching import reach
from experiments.validation.laws.rings import contagion, lattice
from experiments.validation.laws.rows import Estimate, Row
from experiments.validation.laws.thresholds import granovetter, granovetter_thresholds
from experiments.validation.laws.timebank import time_bank

LAWS = (
    thresholds,
    rings,
    cascades,
    interaction,
    opinions,
    habits,
    reaching,
    hours,
    queue,
    timebank,
    lifecycle,
)
"""The modules, one per law, in the order of `verify`."""


def verify(progress: Callable[[int, int, str], None] | None = None) -> list[Row]:
    """Run the rows of every law on the production code.

    ``progress(done, total, law)`` is called after each law. About 70 CPU seconds once the kernels are
    compiled. A row that fails does not stop the others.
    """
    found: list[Row] = []
    for done, law in enumerate(LAWS, start=1):
        found += law.rows()
        if progress is not None:
            progress(done, len(LAWS), law.LAW)
    return found


__all__ = [
    "LAWS",
    "Estimate",
    "Row",
    "backlog",
    "births_and_deaths",
    "brock_durlauf",
    "concentration",
    "contagion",
    "degroot",
    "friedkin_johnsen",
    "granovetter",
    "granovetter_thresholds",
    "habit",
    "issue_queue",
    "lattice",
    "reach",
    "time_bank",
    "verify",
    "watts",
]
