"""How does a stop end work: Ctrl-C, a batch system's SIGTERM, a terminal that was closed?

Every one of them is raised as a KeyboardInterrupt, so that what was computed can still be saved.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn

AGAIN_SECONDS = 5.0
_repeating = False


class Terminated(KeyboardInterrupt):
    """A stop by another signal than that of Ctrl-C."""


@dataclass
class Heard:
    """The number of the first signal that asked for a stop; that of Ctrl-C if none did."""

    number: int = signal.SIGINT

    @property
    def exit_code(self) -> int:
        """130 for Ctrl-C, 143 for SIGTERM."""
        return 128 + self.number


@contextmanager
def heard_interruptions() -> Iterator[Heard]:
    """Repeat a stop every few seconds until it ends the block: libraries, when imported, may swallow it.

    `let_finish` ends the repeating.
    """
    global _repeating
    heard = Heard()
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield heard
        return

    def stop(number: int, _: object) -> NoReturn:
        signal.setitimer(signal.ITIMER_REAL, AGAIN_SECONDS)
        if number != signal.SIGALRM:
            heard.number = number
        raise KeyboardInterrupt if heard.number == signal.SIGINT else Terminated

    taken = [signal.SIGINT, signal.SIGALRM]
    # under nohup a hang-up is ignored, and stays so
    taken += [n for n in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) == signal.SIG_DFL]
    before = {number: signal.signal(number, stop) for number in taken}
    _repeating = True
    try:
        yield heard
    finally:
        _repeating = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def let_finish() -> None:
    """A stop was heard: do not repeat it while what was computed is saved. Another one counts."""
    if _repeating:
        signal.setitimer(signal.ITIMER_REAL, 0)
