"""What does it cost to look at the residents as Mesa agents, beside their columns?

PYTHONPATH=. python benchmarks/mesa_views.py
"""

from __future__ import annotations

import copy
import gc
import pickle
import time
import tracemalloc
from collections.abc import Callable

import mesa
import numpy as np
from mesa.datacollection import DataCollector

from experiments.loading.load import load
from model.community import CommunityModel
from model.state.resident import Resident


def best(what: Callable[[], object], times: int = 3) -> float:
    """CPU seconds, the best of some."""
    costs = []
    for _ in range(times):
        began = time.process_time()
        what()
        costs.append(time.process_time() - began)
    return min(costs)


def kept_mb(what: Callable[[], object]) -> float:
    """Megabytes that the result of ``what`` keeps."""
    gc.collect()
    tracemalloc.start()
    kept = what()
    gc.collect()
    size = tracemalloc.get_traced_memory()[0] / 2**20
    tracemalloc.stop()
    del kept
    return size


def main() -> None:
    """Print the table."""
    scenario = load("wangzhuang").scenario
    model = CommunityModel(scenario, world=1, luck=1)
    model.step()
    print(f"Mesa {mesa.__version__}, {len(model.residents):,} adults; CPU seconds, best of three")

    def line(what: str, seconds: float, megabytes: float | None = None) -> None:
        print(f"  {what:58}{seconds:9.4f}" + ("" if megabytes is None else f"{megabytes:8.1f} MB"))

    def looked_at() -> list[mesa.Agent]:
        return list(model.branch().agents)

    line("an arm", best(model.branch), kept_mb(model.branch))
    line("an arm and its agents", best(looked_at), kept_mb(looked_at))
    list(model.agents)
    line("model.agents, once they are made", best(lambda: model.agents))
    people = model.agents_by_type[Resident]
    line('agg("skill", np.mean)', best(lambda: people.agg("skill", np.mean)))
    line("residents.skill.mean()", best(model.residents.skill.mean))
    line('select(age_band == "70+")', best(lambda: people.select(lambda r: r.age_band == "70+")))
    line('residents.where(age_band="70+")', best(lambda: model.residents.where(age_band="70+")))
    line("a week", best(model.step))

    def collected(**reporters: object) -> Callable[[], DataCollector]:
        def collect() -> DataCollector:
            collector = DataCollector(**reporters)
            collector.collect(model)
            return collector

        return collect

    slow = collected(agenttype_reporters={Resident: {"skill": "skill", "band": "age_band"}})
    fast = collected(
        model_reporters={
            "skill": lambda m: m.residents.skill.copy(),
            "band": lambda m: m.residents.age_band.copy(),
        }
    )
    line("DataCollector, two attributes of every agent, a week", best(slow), kept_mb(slow))
    line("DataCollector, two columns copied, a week", best(fast), kept_mb(fast))
    line("copy.deepcopy(model)", best(lambda: copy.deepcopy(model)))
    line("pickle, there and back", best(lambda: pickle.loads(pickle.dumps(model))))
    print(f"  a pickled model: {len(pickle.dumps(model)) / 2**20:.1f} MB")


if __name__ == "__main__":
    main()
