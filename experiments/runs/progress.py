"""What does somebody in a notebook see of long work: a bar for each part of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

from experiments.runs.parallel import Progress


@contextmanager
def shown(progress: Progress | None) -> Iterator[Progress | None]:
    """``progress`` itself; where it is None, bars in a notebook, and None anywhere else."""
    yield _bars() if progress is None and in_notebook() else progress


def in_notebook() -> bool:
    """True if this process is the kernel of a notebook."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel")


def _bars() -> Progress:
    """A bar for each label, drawn where the cell's output stands."""
    from IPython.display import ProgressBar

    class Bar(ProgressBar):  # type: ignore[misc]
        """A bar with its label."""

        def __init__(self, label: str, total: int) -> None:
            super().__init__(total)
            self.label = label

        def _told(self) -> str:
            return f"{self.label}: {self.progress} of {self.total}"

        def __repr__(self) -> str:
            return self._told()

        def _repr_html_(self) -> str:
            return f"{escape(self._told())} {super()._repr_html_()}"

    bars: dict[str, Any] = {}

    def tell(label: str, done: int, total: int) -> None:
        name = label.partition(":")[0]  # labels that differ after a colon share a bar
        if name not in bars:
            bars[name] = Bar(label, total)
            bars[name].display()
        bar = bars[name]
        bar.label, bar.total = label, total
        bar.progress = done  # this draws it anew

    return tell
