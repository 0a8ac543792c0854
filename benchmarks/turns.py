"""How are long programs compared in the same minutes? They take turns: all but one are stopped (POSIX only).

A program that is stopped costs no CPU and keeps its memory, so each of them is whole and uninterrupted for
itself, and whatever else the machine does meets all of them alike.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import psutil

ROOT = Path(__file__).parent.parent
POLL = 0.02

SPIN = """
import sys, time
began, loops = time.perf_counter(), 0
while time.perf_counter() < began + float(sys.argv[1]):
    for _ in range(100_000):
        pass
    loops += 1
print(loops / (time.perf_counter() - began))
"""


class Program:
    """A Python program in a session of its own that runs only while `go` is called.

    ``seconds`` is the wall time of its turns; ``cpu`` the CPU seconds of it and of all processes it started,
    once it has ended; ``own_cpu`` and ``peak_mb`` are of the program alone, seen every 20 ms. ``output`` is
    what it printed.
    """

    def __init__(self, *arguments: str) -> None:
        self.arguments = arguments
        self.seconds = self.cpu = self.own_cpu = self.peak_mb = 0.0
        self.ended_at: float | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._out = tempfile.TemporaryFile()  # noqa: SIM115  # closed by __exit__
        self._err = tempfile.TemporaryFile()  # noqa: SIM115

    def __enter__(self) -> Program:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._process is not None and not self.ended:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._out.close()
        self._err.close()

    @property
    def ended(self) -> bool:
        """True once it has ended by itself."""
        return self.ended_at is not None

    @property
    def output(self) -> str:
        """What the program has printed so far."""
        self._out.seek(0)
        return self._out.read().decode()

    def start(self) -> None:
        """Let it run on, or begin."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, *self.arguments],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=self._out,
                stderr=self._err,
                start_new_session=True,
            )
            self._seen = psutil.Process(self._process.pid)
        elif not self.ended:
            os.killpg(self._process.pid, signal.SIGCONT)

    def stop(self) -> None:
        """Stop it and whatever it has started."""
        if self._process is not None and not self.ended:
            os.killpg(self._process.pid, signal.SIGSTOP)

    def look(self) -> None:
        """See whether it has ended, and what it has used. Raises RuntimeError if it failed."""
        assert self._process is not None
        if self.ended:
            return
        times = self._seen.cpu_times()
        self.own_cpu = times.user + times.system
        self.peak_mb = max(self.peak_mb, self._seen.memory_info().rss / 2**20)
        pid, status, used = os.wait4(self._process.pid, os.WNOHANG)
        if pid:
            self.ended_at, self.cpu = time.perf_counter(), used.ru_utime + used.ru_stime
            self._process.returncode = os.waitstatus_to_exitcode(status)
            if self._process.returncode:
                self._err.seek(0)
                raise RuntimeError(f"{' '.join(self.arguments)}: {self._err.read().decode()}")


def go(programs: Sequence[Program], seconds: float) -> float:
    """Let programs run side by side for some seconds, or until all have ended; the wall seconds it took."""
    running, began = [p for p in programs if not p.ended], time.perf_counter()
    for program in running:
        program.start()
    while time.perf_counter() - began < seconds and not all(p.ended for p in running):
        time.sleep(POLL)
        for program in running:
            program.look()
    for program in running:
        program.stop()
        program.seconds += (program.ended_at or time.perf_counter()) - began
    return time.perf_counter() - began


def spin(processes: int, seconds: float) -> float:
    """Loops per second that so many processes do together that do nothing but count."""
    command = [sys.executable, "-c", SPIN, str(seconds)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(processes)]
    return sum(float(process.communicate()[0]) for process in started)
