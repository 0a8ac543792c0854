"""How far is a study, and does a process run it now?"""

from __future__ import annotations

import json
import math
import platform
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.storage.files import write_text
from experiments.storage.processes import Process
from experiments.study.identity.software import Software, present
from experiments.study.running.store import told
from experiments.study.running.until import Reached

if TYPE_CHECKING:
    from experiments.study.design.runs import Run

STATUS_SECONDS = 2.0
MOST_AHEAD = 60.0
"""Seconds that the clocks of two machines may differ before that is said."""


@dataclass(frozen=True)
class Status:
    """How far a study is: runs of the design, stored, failed, still to do, and stored runs of no present
    design.

    ``made_by`` is the other software that made them, None if it is this one; ``others`` are further ones,
    with the runs that they made of the same design.

    With ``[until]`` the runs are those of the pairs of seeds ``reached``; ``beyond`` are stored runs of later
    pairs.
    """

    total: int
    stored: int
    failed: int
    pending: int
    stale: int
    said: tuple[str, ...] = ()
    beyond: int = 0
    reached: Reached | None = None
    made_by: Software | None = None
    others: tuple[tuple[Software, int], ...] = ()

    def text(self) -> str:
        """Some lines for a person."""
        lines = [
            f"{self.stored:,} of {self.total:,} runs are stored ({self.failed:,} of them failed), "
            f"{self.pending:,} are still to do."
        ]
        if self.made_by is not None:
            lines.append(
                f"They were made by {self.made_by.text()}; this is {present().text()}. They can be exported, "
                "reported and diffed as they are. To make runs of this version: gongzhi study run --again"
            )
        for software, runs in self.others:
            lines.append(
                f"{runs:,} more runs of the same design were made by {software.text()}. They are kept and "
                f"not mixed with these; to look at them: --made-by {software.name()}"
            )
        if self.stale:
            lines.append(
                f"{self.stale:,} stored runs belong to no run of the present design: the study file, the "
                "scenario or the code has changed since. They are kept and not exported."
            )
        if self.beyond:
            lines.append(
                f"{self.beyond:,} stored runs are of seeds beyond the look at which the study ends: they are "
                "kept and not exported."
            )
        if self.reached is not None:
            lines.append(self.reached.text())
        return "\n".join([*lines, *self.said])


def write_status(folder: Path, status: Status, beside: Beside | None) -> None:
    """Write ``status.json``; with ``beside`` this process runs the study.

    Raises:
        GongzhiError: if the disk refuses.
    """
    facts: dict[str, Any] = {
        "total": status.total,
        "stored": status.stored,
        "failed": status.failed,
        "pending": status.pending,
        "running": beside is not None,
        "pid": None,
        "seconds_left": beside.seconds_left() if beside is not None else 0,
    }
    if beside is not None:
        facts |= Process.this().record()
    if status.reached is not None:
        facts["until"] = status.reached.record()
    write_text(folder / "status.json", json.dumps(facts, indent=2) + "\n")


def last_heard(folder: Path) -> str:
    """What is known of the process that runs the study of a folder; empty if none does, or nothing can be
    read."""
    file = folder / "status.json"
    try:
        facts, then = json.loads(file.read_text(encoding="utf-8")), file.stat().st_mtime
    except (OSError, ValueError, RecursionError):
        return ""
    if not isinstance(facts, dict) or facts.get("running") is not True:
        return ""
    process = Process.of(facts)
    if process is not None and process.ended():
        return (
            f"Process {process.pid}, which ran the study, was stopped before its end (killed, or the machine "
            f"went down). What was finished is stored; go on with: gongzhi study run {folder}"
        )
    ago = time.time() - then
    when = f"{_span(ago)} ago" if ago >= 0 else "a moment ago"
    if ago < -MOST_AHEAD:
        when = f"at a time that is {_span(-ago)} ahead of this machine's clock"
    left = facts.get("seconds_left")
    told = "A process" if process is None else process.text().replace("p", "P", 1)
    told += f" told {when} that it runs the study"
    if isinstance(left, int | float) and not isinstance(left, bool) and math.isfinite(left) and left >= 0:
        told += f", with about {_span(left)} left"
    return told + "."


def _span(seconds: float) -> str:
    """A time in its largest fitting unit."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


class Beside:
    """What is known of a run of the study besides its results: times and hosts, kept out of the exports."""

    def __init__(self, folder: Path, total: int) -> None:
        self.began = self.told = time.monotonic()
        self.done, self.total = 0, total
        with told("the log cannot be written", folder / "provenance"):
            self.log = (folder / "provenance" / "runs.jsonl").open("a", buffering=1, encoding="utf-8")

    def note(self, run: Run, ok: bool, seconds: float, peak_mb: float) -> None:
        """A run ended."""
        self.done += 1
        line = {"run": run.index, "key": run.key, "ok": ok, "cpu_seconds": round(seconds, 4)}
        line |= {"peak_mb": round(peak_mb, 1), "host": platform.node()}
        with told("the log cannot be written", Path(self.log.name).parent):
            self.log.write(json.dumps(line) + "\n")

    def due(self) -> bool:
        """True every few seconds."""
        if time.monotonic() - self.told < STATUS_SECONDS:
            return False
        self.told = time.monotonic()
        return True

    def seconds_left(self) -> float:
        """Seconds left at the present pace."""
        spent = time.monotonic() - self.began
        return round(spent / max(1, self.done) * (self.total - self.done), 1)

    def close(self) -> None:
        """Close the log, which holds nothing that a later run needs."""
        with suppress(OSError):
            self.log.close()
