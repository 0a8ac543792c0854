"""How tests kill a study at a random moment of its work."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

WORKERS = 2


def started(
    folder: Path, stderr: int = subprocess.DEVNULL, workers: int = WORKERS
) -> subprocess.Popen[bytes]:
    """`gongzhi study run` in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "experiments", "study", "run", str(folder), "--workers", str(workers)],
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        start_new_session=True,
    )


def children(pid: int) -> list[int]:
    """The processes that ``pid`` has started, by the process table."""
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(line) for line in found.stdout.split()]


def begun(folder: Path) -> list[str]:
    """Keys in the order in which their runs began."""
    log = folder / "provenance" / "begun.log"
    return [line.split()[0] for line in log.read_text().splitlines()] if log.exists() else []


def killed_somewhere(folder: Path, luck: random.Random, who: str, runs: int, workers: int = WORKERS) -> bool:
    """Run a study of about ``runs`` and kill it at a random moment of its work; False if it ended before."""
    before = len(begun(folder))
    process = started(folder, workers=workers)
    wanted = before + luck.randint(1, max(1, (runs - before) // 2))
    while process.poll() is None and len(begun(folder)) < wanted:
        time.sleep(0.005)
    time.sleep(luck.uniform(0, 0.1))
    ended = process.poll() is not None
    own = children(process.pid)
    if not ended:
        if who == "worker" and own:
            os.kill(luck.choice(own), signal.SIGKILL)
            process.wait(timeout=120)
            return True
        if who == "everybody":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=60)
    deadline = time.monotonic() + 20
    while who != "worker" and any(_alive(pid) for pid in own):
        assert time.monotonic() < deadline, "workers outlive their parent"
        time.sleep(0.02)
    return not ended


def _alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
