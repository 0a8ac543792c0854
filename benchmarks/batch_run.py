"""How much faster is a study than `mesa.batch_run` over a model of ordinary Mesa agents in plain Python?

The model is the oracle of the tests, the ODD in plain loops (`tests/reference_model.py`), whose residents
become thin Mesa agents: it computes what the study computes, to the bit, and that is checked. The same runs
go through both in turn, in one process. `batch_run` shares nothing between its runs: each lives through its
spin-up, which the four policies of a pair of seeds share in a study.

PYTHONPATH=. python -m benchmarks.batch_run [--runs 20] [--persons 2000] [--weeks 260]

Mesa 3.3's `batch_run(iterations=...)` repeats the same seed, and ``max_steps`` gives one step more: here the
seed is a parameter, and the model ends by itself. With fewer ``--weeks`` than a run has, runs stop there and
their cost is extrapolated in proportion to weeks, with a check at half of them; nothing is compared then.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mesa
from mesa.batchrunner import batch_run
from mesa.datacollection import DataCollector

from benchmarks.sweep import COMMUNITY, POLICIES, sweep
from experiments.loading.load import load
from experiments.runs.simulate import simulate
from experiments.study import Study
from model.community import CommunityModel
from model.scenario.scaling import scaled
from tests.reference_model import ReferenceModel, reference_of

COMPARED = {
    "reach_culture_share": lambda c: c["reached_culture"] / c["adults"],
    "reach_service_share": lambda c: c["reached_service"] / c["adults"],
    "reach_deliberation_share": lambda c: c["reached_deliberation"] / c["adults"],
    "served_year_hours": lambda c: c["served_minutes_52"] / 60,
}
"""Outcomes of the last week that both have to share, from the oracle's counts over all adults."""

LONG = 2000
"""Runs of the study that `study.py` measures."""


class Person(mesa.Agent):  # type: ignore[misc]
    """A resident of the oracle as a Mesa agent."""

    def __init__(self, model: OracleModel, state: Any) -> None:
        super().__init__(model)
        self.state = state


class OracleModel(mesa.Model):  # type: ignore[misc]
    """The oracle of one community under one policy: a step is a week, the spin-up first.

    Args:
        community: path of a scenario file.
        policy: the name of a policy, which begins after the spin-up.
        seed: of the world and of the luck.
        weeks: weeks that it lives, spin-up included.
    """

    def __init__(self, community: str, policy: str, seed: int, weeks: int) -> None:
        super().__init__(rng=seed)
        scenario = load(community).scenario
        self.oracle: ReferenceModel = reference_of(CommunityModel(scenario, world=seed, luck=seed))
        self.policy, self.last = scenario.policy_named(policy), weeks - scenario.run.spin_up
        for resident in self.oracle.residents:
            Person(self, resident)
        self.datacollector = DataCollector(model_reporters={name: _reporter(name) for name in COMPARED})

    def step(self) -> None:
        """One week."""
        if self.oracle.week == 0:
            for named in self.policy.instruments:
                self.oracle.add(named)
        self.oracle.step()
        self.datacollector.collect(self)
        self.running = self.oracle.week < self.last


def _reporter(name: str) -> Callable[[OracleModel], float]:
    return lambda model: COMPARED[name](model.oracle.counts["all"])


def by_batch_run(community: Path, seed: int, weeks: int) -> tuple[float, list[dict[str, Any]]]:
    """CPU seconds of a run under each policy, and what their last weeks have."""
    began = time.process_time()
    found = batch_run(
        OracleModel,
        {"community": str(community), "policy": list(POLICIES), "seed": [seed], "weeks": weeks},
        number_processes=1,
        max_steps=weeks,
        display_progress=False,
    )
    return time.process_time() - began, found


def by_study(
    folder: Path, persons: int, seed: int, more: str = ""
) -> tuple[float, dict[str, dict[str, float]]]:
    """CPU seconds of the same runs as a study of their own, folders and tables included, and by policy what
    their last weeks have."""
    began = time.process_time()
    sweep(folder, persons, points=0, seeds=1, first=seed, more=more)
    study = Study(folder)
    study.run(1)
    spent = time.process_time() - began
    table = study.series()
    last = table[table["week"] == table["week"].max()].set_index("policy")
    return spent, {policy: {name: float(last.loc[policy, name]) for name in COMPARED} for policy in POLICIES}


def refuse_difference(found: list[dict[str, Any]], stored: dict[str, dict[str, float]]) -> None:
    """Raise RuntimeError unless both computed the same to the bit."""
    for run in found:
        for name in COMPARED:
            if run[name] != stored[run["policy"]][name]:
                raise RuntimeError(
                    f"{name} of {run['policy']}, seed {run['seed']}: {run[name]!r} by batch_run, "
                    f"{stored[run['policy']][name]!r} in the study"
                )


def extrapolated(seconds: float, weeks: int, wanted: int) -> float:
    """Seconds of ``wanted`` weeks if each costs what those measured did."""
    return seconds / weeks * wanted


def measured(runs: int, persons: int, weeks: int) -> float:
    """Run everything, print the table; the CPU seconds of a run by `batch_run` over those in a study."""
    with tempfile.TemporaryDirectory() as temporary:
        start = Path(temporary, "start")
        sweep(start, persons, points=0, seeds=1)
        community = start / COMMUNITY
        scenario = load(community).scenario
        whole = scenario.run.spin_up + scenario.run.weeks
        if not 2 <= weeks <= whole:
            raise SystemExit(f"--weeks is between 2 and {whole}")
        simulate(scaled(scenario, min(persons, 200)), "funding", weeks=2)
        by_study(Path(temporary, "warm"), min(persons, 200), 1)
        slow = fast = half = 0.0
        for seed in range(1, runs // len(POLICIES) + 1):
            seconds, found = by_batch_run(community, seed, weeks)
            slow += seconds
            seconds, stored = by_study(Path(temporary, str(seed)), persons, seed)
            fast += seconds
            if weeks == whole:
                refuse_difference(found, stored)
            elif seed == 1:
                half = by_batch_run(community, seed, weeks // 2)[0]
                linear = extrapolated(half, weeks // 2, weeks) / (slow or 1)
    each, own = extrapolated(slow / runs, weeks, whole), fast / runs
    print(
        f"Mesa {mesa.__version__}, {runs} runs of {persons:,} persons in one process; CPU seconds of a run:"
    )
    if weeks == whole:
        print(f"  batch_run of the oracle {each:9.2f}, measured over all {whole} weeks")
    else:
        print(f"  batch_run of the oracle {each:9.2f}, extrapolated from {weeks} weeks to {whole}")
        print(f"    check: from {weeks // 2} weeks, {weeks} would be put at {linear:.2f} of what they cost")
    print(f"  study                   {own:9.2f}, measured, its tables included")
    print(f"ratio {each / own:.0f} (aim: 50)" + ("; all results are the same" if weeks == whole else ""))
    print(f"{LONG:,} such runs, extrapolated from {runs}, in CPU hours:")
    print(f"  batch_run {LONG * each / 3600:.1f}, study {LONG * own / 3600:.2f}")
    return each / own


def main() -> None:
    """Read what is asked for."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--runs", type=int, default=20, help="a multiple of 4")
    asked.add_argument("--persons", type=int, default=2000)
    asked.add_argument("--weeks", type=int, default=260)
    given = asked.parse_args()
    if given.runs < 4 or given.runs % 4:
        asked.error("--runs is a multiple of 4")
    measured(given.runs, given.persons, given.weeks)


if __name__ == "__main__":
    main()
