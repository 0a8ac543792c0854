"""A share of a study's runs by plain `simulate`, one after the other: what `study.py` compares a study with.

PYTHONPATH=. python -m benchmarks.bare_loop STUDY WHICH OF     # jobs WHICH, WHICH + OF, WHICH + 2 OF ...

Prints the number of runs and the CPU seconds of the loop alone: imports, kernels and design come before it.
"""

from __future__ import annotations

import sys
import time

from experiments.runs.simulate import simulate
from experiments.study import Study
from experiments.study.running.work import jobs
from model.core.compiled import set_threads
from model.scenario.scaling import scaled


def main(folder: str, which: int, of: int) -> None:
    """Run them in the order of the study, so that arms share their spun-up community as they do there."""
    set_threads(1)
    study = Study(folder)
    design = study.design
    arms = [design.arms(p) for p in range(len(design.points))]
    todo = jobs(
        study.folder,
        design.scenarios,
        arms,
        design.spec.policies,
        design.runs,
        design.weeks,
        design.spec.record,
        None,
        None,
    )
    simulate(scaled(design.scenarios[0], 200), "funding", weeks=2)
    runs, began = 0, time.process_time()
    for job in todo[which::of]:
        for run, arm in zip(job.runs, job.arms, strict=True):
            simulate(job.scenario, arm.policy, run.world, run.luck, weeks=job.weeks)
            runs += 1
    print(runs, time.process_time() - began)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
