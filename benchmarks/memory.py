"""Does memory stay flat over 200 runs of 2,000 persons in one process?

python benchmarks/memory.py
"""

from __future__ import annotations

import gc
from pathlib import Path

from experiments.loading.load import load
from experiments.runs.simulate import simulate
from model.scenario.scaling import scaled


def resident_mb() -> float:
    """Resident memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def main() -> None:
    """Print memory after runs 20, 40, ... 200."""
    scenario = scaled(load("wangzhuang").scenario, 2000)
    scenario = scenario.model_copy(update={"run": scenario.run.model_copy(update={"spin_up": 0})})
    after: dict[int, float] = {}
    for run in range(1, 201):
        simulate(scenario, ("none", "funding", "training", "credits")[run % 4], world=run, luck=run, weeks=20)
        if run % 20 == 0:
            gc.collect()
            after[run] = resident_mb()
            print(f"after run {run:3}: {after[run]:.1f} MB")
    print(f"run 200 over run 20: {after[200] / after[20]:.3f}")


if __name__ == "__main__":
    main()
