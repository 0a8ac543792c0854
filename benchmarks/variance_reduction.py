"""How much smaller is the variance of a policy's effect when both arms share their luck?

World fixed, 50 luck seeds, a funding level that moves culture reach by 1 to 3 points:

python benchmarks/variance_reduction.py [yuan per household]
"""

from __future__ import annotations

import sys

import numpy as np

from experiments.loading.load import load
from experiments.runs.parallel import Workers
from experiments.runs.simulate import simulate
from model.instruments.policies import Policy
from model.scenario.scenario import Scenario
from model.state.outcomes import COLUMNS

REACH = COLUMNS.index("reached_culture")


def reaches(task: tuple[Scenario, Policy, int]) -> tuple[float, float]:
    """Culture reach at the end of the run, without and with the policy."""
    scenario, policy, luck = task
    ends = []
    for arm in ("none", policy):
        counts = simulate(scenario, arm, 1, luck).counts[-1, 0]
        ends.append(counts[REACH] / counts[0])
    return float(ends[0]), float(ends[1])


def main(yuan: float = 150.0, seeds: int = 50) -> None:
    """Print the factor with its bootstrap interval, and the one to expect."""
    scenario = load("wangzhuang").scenario
    funding = scenario.policy_named("funding")
    policy = funding.scaled(yuan * scenario.population.households / funding.yuan_a_year(156))
    with Workers() as workers:
        pairs = np.array(
            workers.map(reaches, [(scenario, policy, s) for s in range(1, seeds + 1)], "luck seeds")
        )
    without, with_ = pairs.T
    effect, p = float((with_ - without).mean()), float(pairs.mean())

    def factor(rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
        unpaired = without[rows].var(ddof=1) + with_[rows].var(ddof=1)
        return float(unpaired / (with_ - without)[rows].var(ddof=1))

    rng = np.random.default_rng(1)
    boot = [factor(rng.integers(0, seeds, seeds)) for _ in range(4000)]
    low, high = np.quantile(boot, [0.05, 0.95])
    print(f"funding of {yuan:g} yuan per household and year: culture reach {100 * effect:+.2f} points")
    print(f"variance-reduction factor {factor(np.arange(seeds)):.1f}, bootstrap 90 % {low:.1f} to {high:.1f}")
    print(f"to expect of a share, 2 p (1 - p) / |effect|: {2 * p * (1 - p) / abs(effect):.1f}")


if __name__ == "__main__":
    main(*(float(a) for a in sys.argv[1:2]))
