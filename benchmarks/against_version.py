"""What does Wangzhuang with everything on cost, as a multiple of another version's plain Wangzhuang?

The other version is checked out beside this one and both run in turn, so that the ratio is one of the same
minutes on the same machine:

PYTHONPATH=. python benchmarks/against_version.py [COMMIT] [rounds]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
MAIN_JOB = "a884cba"
"""The version of the main job: funding, training and credits in one community."""

RUN = """
import resource, time
from experiments import load, simulate
from model import scaled
scenario = load("wangzhuang").scenario
{policy}
simulate(scaled(scenario, 500), policy, world=1, luck=1, weeks=60)
cpu, wall = time.process_time(), time.perf_counter()
simulate(scenario, policy, world=2, luck=2)
print(time.process_time() - cpu, time.perf_counter() - wall,
      resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
PLAIN = RUN.format(policy="policy = 'none'")
EVERYTHING = RUN.format(policy="from benchmarks.everything import EVERYTHING as policy")


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """A folder with the sources of ``commit``, for the length of the block."""
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder) / "version"
        subprocess.run(
            ["git", "worktree", "add", "--detach", there, commit], cwd=ROOT, check=True, capture_output=True
        )
        try:
            yield there
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", there], cwd=ROOT, check=True)


def measured(folder: Path, script: str) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and peak MB of one run after a small one, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "GONGZHI_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    cpu, wall, memory = map(float, done.stdout.split())
    return cpu, wall, memory


def main(commit: str = MAIN_JOB, rounds: int = 3) -> None:
    """Print both and their ratio, best of the rounds."""
    with checked_out(commit) as there:
        arms = {f"plain, {commit}": (there, PLAIN), "plain, this version": (ROOT, PLAIN)}
        arms["everything on, this version"] = (ROOT, EVERYTHING)
        runs: dict[str, list[tuple[float, float, float]]] = {name: [] for name in arms}
        for _ in range(rounds):
            for name, (folder, script) in arms.items():
                runs[name].append(measured(folder, script))
    best = {name: min(each) for name, each in runs.items()}
    first = next(iter(best.values()))[0]
    for name, (cpu, wall, memory) in best.items():
        print(f"{name:30}{cpu:6.2f} CPU s (wall {wall:.2f} s), peak {memory:.0f} MB, ratio {cpu / first:.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:2], *(int(a) for a in sys.argv[2:3]))
