"""CPU seconds and memory of one run of Wangzhuang (104 + 156 weeks), by phase, and against the reference
model.

PYTHONPATH=. python benchmarks/main_job.py
"""

from __future__ import annotations

import resource
import time
from collections import defaultdict

from experiments.loading.load import load
from experiments.runs.simulate import simulate
from model.community import CommunityModel
from model.scenario.scaling import scaled


def megabytes() -> float:
    """Peak resident memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print the table."""
    scenario = load("wangzhuang").scenario
    simulate(scaled(scenario, 500), world=1, luck=1, weeks=2)  # imports and kernels
    before = megabytes()
    simulate(scenario, world=1, luck=1)
    costs = []
    for seed in (2, 3, 4):
        wall, cpu = time.perf_counter(), time.process_time()
        simulate(scenario, world=seed, luck=seed)
        costs.append((time.process_time() - cpu, time.perf_counter() - wall))
    cpu, wall = min(costs)
    print(f"one run, spin-up included: {cpu:.2f} CPU s (wall {wall:.2f} s), best of three")
    print(f"peak memory above the imports: {megabytes() - before:.0f} MB")

    model = CommunityModel(scenario, world=5, luck=5)
    spent: dict[str, float] = defaultdict(float)
    for _ in range(260):
        model.begin_week()
        for phase in model.schedule:
            began = time.process_time()
            phase.run(model)
            spent[phase.name] += time.process_time() - began
    for name, seconds in spent.items():
        each = seconds / 260 / len(model.residents) * 1e9
        print(f"  {name:12}{seconds:7.3f} s{each:8.0f} ns per adult and week")

    from tests.reference_model import reference_of  # plain loops, written from the ODD

    small = CommunityModel(scaled(scenario, 500), world=1, luck=1)
    reference = reference_of(small)
    weeks = 10
    began = time.process_time()
    for _ in range(weeks):
        reference.step()
    plain = (time.process_time() - began) / weeks / len(small.residents)
    fast = sum(spent.values()) / 260 / len(model.residents)
    print(f"plain Python loops / kernels, per adult and week: {plain / fast:.0f}x")


if __name__ == "__main__":
    main()
