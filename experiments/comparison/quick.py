"""How is a comparison or a run made so small that a trial of it ends within 40 seconds on two cores?

A year of a small copy of the community, a short spin-up, two pairs of seeds and a handful of draws. What
cannot be made smaller (residents and ties of one's own) is run for fewer weeks, seeds and draws only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from experiments.comparison.settings import smaller
from experiments.loading.load import Loaded
from experiments.storage.stamps import Quick
from model.core.calendar import YEAR
from model.instruments.policies import Policy
from model.scenario.scaling import smaller_policy
from model.scenario.scenario import Scenario

PERSONS = 2000
"""Persons of the copy; below that a week costs the same."""
SPIN_UP = 26
SEEDS = 2
SETTINGS = 4
ANOTHER = 0.8
"""What a week of one small community more costs: few persons take hardly less time than many."""
AFFORDED = 2400
"""Weeks of a community of `PERSONS` that the runs of a trial may live in all, some 20 seconds of a core."""


def small_copy(
    loaded: Loaded, policies: Sequence[Policy], weeks: int
) -> tuple[Loaded, tuple[Policy, ...], int, Quick]:
    """The copy, the policies in it, its weeks of ``weeks``, and the stamp.

    A policy that begins late is given the years it takes to begin.
    """
    whole = loaded.scenario
    small, share = (whole, 1.0) if _own_tables(whole) else smaller(whole, PERSONS)
    short = min(weeks, max(YEAR, *(_years_until(policy) for policy in policies), 0))
    spin_up = min(whole.run.spin_up, SPIN_UP)
    small = small.model_copy(update={"run": small.run.model_copy(update={"spin_up": spin_up})})
    stamp = Quick(_persons(small), _persons(whole), short, weeks, spin_up)
    arms = tuple(smaller_policy(policy, share) for policy in policies)
    return replace(loaded, scenario=small), arms, short, stamp


def afforded(scenario: Scenario, arms: int, weeks: int, seeds: int, settings: int) -> tuple[int, int]:
    """Seeds and draws of a trial, at most those asked for: fewer where a run is dear."""
    size = max(1.0, _persons(scenario) / PERSONS, ANOTHER * scenario.district.count)
    once = (scenario.run.spin_up + (1 + arms) * weeks) * size
    seeds = min(seeds, SEEDS)
    most = (
        AFFORDED / once - 1 - seeds
    ) / 2  # two runs a draw, and one that checks that nothing changes nothing
    return seeds, min(settings, SETTINGS, int(most) if most >= 2 else 0)


def _own_tables(scenario: Scenario) -> bool:
    return bool(scenario.inputs.residents or scenario.inputs.ties)


def _persons(scenario: Scenario) -> int:
    return scenario.population.persons * scenario.district.count


def _years_until(policy: Policy) -> int:
    """Whole years, in weeks, until every instrument of the policy has begun."""
    begins = max((named.instrument.start or 1 for named in policy.instruments), default=1)
    return math.ceil(begins / YEAR) * YEAR
