"""CPU seconds and memory of a district: 11 communities of 3,644 persons, 104 + 156 weeks, and its phases.

PYTHONPATH=. python benchmarks/district.py [communities]
"""

from __future__ import annotations

import resource
import sys
import time
from collections import defaultdict

from experiments.loading.load import load
from experiments.runs.simulate import simulate
from model.district.district import DistrictModel
from model.scenario.scaling import scaled
from model.week.schedule import Phase, Schedule, default_phases


def megabytes() -> float:
    """Peak resident memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(communities: int = 11) -> None:
    """Print the table."""
    scenario = load("district110", [f"district.simulated={communities}"]).scenario
    simulate(scaled(scenario, 1000), world=1, luck=1, weeks=2)  # imports and kernels
    before = megabytes()
    costs = []
    for seed in (1, 2, 3):
        wall, cpu = time.perf_counter(), time.process_time()
        result = simulate(scenario, world=seed, luck=seed)
        costs.append((time.process_time() - cpu, time.perf_counter() - wall))
    cpu, wall = min(costs)
    print(f"{communities} communities, {result.counts[0, 0, 0]} adults, spin-up included:")
    print(f"{cpu:.2f} CPU s (wall {wall:.2f} s), best of three")
    print(f"peak memory above the imports: {megabytes() - before:.0f} MB")

    spent: dict[str, float] = defaultdict(float)

    def timed(phase: Phase) -> Phase:
        def run(model: object) -> None:
            began = time.process_time()
            phase.run(model)  # type: ignore[arg-type]
            spent[phase.name] += time.process_time() - began

        return Phase(phase.name, run)

    model = DistrictModel(scenario, world=5, luck=5, phases=Schedule(map(timed, default_phases())))
    began = time.process_time()
    model.run()
    whole = time.process_time() - began
    spent["together"] = whole - sum(spent.values())
    for name, seconds in spent.items():
        each = seconds / 260 / communities * 1e6
        print(f"  {name:12}{seconds:7.3f} s{each:8.0f} us per community and week")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:2]))
