"""What does a person see of long work: a bar with the time left."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bars() -> Iterator[Callable[[str, int, int], None] | None]:
    """A bar with the time left for each label, on a terminal; None elsewhere.

    Labels that differ only after a colon share one bar, which begins anew.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        known = {}

        def tell(label: str, done: int, total: int) -> None:
            name = label.partition(":")[0]
            if name not in known:
                known[name] = shown.add_task(label, total=total)
            elif done == 0:
                shown.reset(known[name], total=total, description=label)
            shown.update(known[name], completed=done)

        yield tell
