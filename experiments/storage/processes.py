"""Does a process that a file tells of still run, as far as can be known from here?"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Process:
    """A process: its number, its machine, and when it began, in ticks of that machine; "" and 0 if unknown.

    Numbers are given anew, so a number alone may be that of another process by now.
    """

    pid: int
    host: str = ""
    began: int = 0

    @classmethod
    def this(cls) -> Process:
        """The process that asks."""
        return cls(os.getpid(), platform.node(), _began(os.getpid()))

    @classmethod
    def of(cls, record: object) -> Process | None:
        """The process that a record tells of; None if it tells of none."""
        if not isinstance(record, Mapping):
            return None
        pid, host, began = record.get("pid"), record.get("host", ""), record.get("began", 0)
        if isinstance(pid, bool) or not isinstance(pid, int) or not 0 < pid < 2**31:
            return None
        return cls(pid, host if isinstance(host, str) else "", began if isinstance(began, int) else 0)

    def record(self) -> dict[str, Any]:
        """Fit for JSON."""
        return {"pid": self.pid, "host": self.host, "began": self.began}

    @property
    def elsewhere(self) -> bool:
        """True if it is one of another machine, which cannot be asked."""
        return bool(self.host) and self.host != platform.node()

    def ended(self) -> bool:
        """True if it is known to run no more."""
        return not self.elsewhere and not (_alive(self.pid) and self.began in (0, _began(self.pid)))

    def text(self) -> str:
        """For a person."""
        return f"process {self.pid} on {self.host}" if self.elsewhere else f"process {self.pid}"


def _alive(pid: int) -> bool:
    if os.name == "nt":
        return _alive_on_windows(pid)
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return _state(pid)[:1] != ["Z"]  # one that has ended and was not waited for


def _alive_on_windows(pid: int) -> bool:
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
    if not handle:
        return bool(kernel.GetLastError() == 5)  # access denied: it is there
    code = ctypes.c_ulong()
    kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.CloseHandle(handle)
    return code.value == 259  # STILL_ACTIVE


def _began(pid: int) -> int:
    """When a process began, where the machine tells (Linux)."""
    state = _state(pid)
    return int(state[19]) if len(state) > 19 else 0


def _state(pid: int) -> list[str]:
    try:
        return (
            Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        )
    except (OSError, ValueError):
        return []
