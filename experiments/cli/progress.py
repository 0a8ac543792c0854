"""What does a person see of long work: bars with the time left, or a line now and then where there is no
terminal?"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

EVERY = 20.0
"""Seconds without a word after which a line is due: a busy machine makes more of them."""
COMPILING = "Compiling, once on this machine: about half a minute."

Tell = Callable[[str, int, int], None]


@contextmanager
def bars(quiet: bool = False) -> Iterator[Tell | None]:
    """Bars on a terminal; elsewhere a line on stderr whenever none came for `EVERY` seconds; None if quiet.

    Labels that differ only after a colon share one bar, which begins anew. That kernels are compiled is said
    wherever it happens.
    """
    if quiet or sys.stderr is None:
        yield None
    elif sys.stderr.isatty():
        with _terminal() as tell:
            yield tell
    else:
        lines = Lines(say)
        with compiling_is_told(lines.at_once), lines:
            yield lines.tell


def say(line: str) -> None:
    """A line on stderr, if anybody reads there."""
    with suppress(OSError, ValueError):
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


class Lines:
    """In a block, a line of what was last told, whenever none was written for `EVERY` seconds."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._state = ("starting", 0, 0)
        self._label_began = self._wrote = self._began = time.monotonic()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Lines:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def tell(self, label: str, done: int, total: int) -> None:
        """Take note of how far a part of the work is."""
        with self._lock:
            if label != self._state[0]:
                self._label_began = time.monotonic()
            self._state = (label, done, total)
        self._write_if_due()

    def at_once(self, line: str) -> None:
        """Write a line now."""
        with self._lock:
            self._wrote = time.monotonic()
            self._write(line)

    def _watch(self) -> None:
        while not self._ended.wait(min(1.0, EVERY / 4)):
            self._write_if_due()

    def _write_if_due(self) -> None:
        with self._lock:
            now = time.monotonic()
            if now - self._wrote >= EVERY:
                self._wrote = now
                self._write(self._line(now))

    def _line(self, now: float) -> str:
        label, done, total = self._state
        if total < 2:
            return f"{label}: {lasting(now - self._began)} so far"
        left = ""
        if 0 < done < total:
            left = f", about {lasting((now - self._label_began) / done * (total - done))} left"
        return f"{label}: {done} of {total} done{left}"


def lasting(seconds: float) -> str:
    """A duration as a person says it."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


@contextmanager
def compiling_is_told(tell: Callable[[str], None]) -> Iterator[None]:
    """Say once in the block that kernels are compiled, if they are: the model tells it to its logger."""

    class Once(logging.Handler):
        told = False

        def emit(self, record: logging.LogRecord) -> None:
            if not self.told:
                self.told = True
                tell(COMPILING)

    logger, handler = logging.getLogger("gongzhi.compiling"), Once()
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


@contextmanager
def _terminal() -> Iterator[Tell]:
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

        with compiling_is_told(shown.console.print):
            yield tell
