"""Which runs and draws are the golden ones?

Each case gives hashes by part (an arm, or the streams) and column. Seeds, weeks and worlds stand here and
nowhere else; none of them may change with the code that runs them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.everything import EVERYTHING
from experiments.loading.load import load
from model.community import CommunityModel
from model.core.draws import (
    STREAMS,
    Kind,
    arrival_code,
    born_id,
    community_hash,
    luck_of,
    normal,
    pairs,
    person_id,
    smallest,
    uniforms,
)
from model.district.district import DistrictModel
from model.instruments.policies import NONE, Policy
from model.scenario.scaling import scaled
from model.scenario.scenario import Scenario
from tests import district_worlds, worlds
from tests.golden.hashing import Hashes, columns_of, hashed, together

POLICIES = ("none", "funding", "training", "credits", "package")
"""The policies that every bundled scenario declares, and none."""


def arms(
    scenario: Scenario, policies: Sequence[Policy], seeds: Sequence[tuple[int, int]], spin_up: int, weeks: int
) -> dict[str, Hashes]:
    """The hashes of every policy, each over all pairs (world, luck) of ``seeds``."""
    short = scenario.model_copy(update={"run": scenario.run.model_copy(update={"spin_up": spin_up})})
    kind = DistrictModel if scenario.district.communities else CommunityModel
    runs: dict[str, list[dict[str, np.ndarray]]] = {policy.name: [] for policy in policies}
    for world, luck in seeds:
        start = kind(short, world=world, luck=luck)
        start.run_spin_up()
        for policy in policies:
            arm = start.branch(policy)
            arm.run(weeks)
            runs[policy.name].append(columns_of(arm))
    return {name: together(found) for name, found in runs.items()}


def everything() -> dict[str, Hashes]:
    """Every instrument in a small Wangzhuang, and what it does without them."""
    scenario = scaled(load("wangzhuang").scenario, 900)
    return arms(scenario, (NONE, EVERYTHING), [(7, 11), (2**64 - 1, 0)], spin_up=12, weeks=60)


def busy() -> dict[str, Hashes]:
    """A few dozen residents who do what Wangzhuang seldom does: found, dissolve, refuse, expire."""
    policies = (NONE, _of("everything", worlds.EVERYTHING), _of("party", worlds.PARTY))
    return arms(worlds.world(250, life=worlds.LIVELY), policies, [(1, 2)], spin_up=3, weeks=60)


def town() -> dict[str, Hashes]:
    """Three busy communities with weak ties, and awards over all of them."""
    scenario = district_worlds.district(3, 80, life=worlds.LIVELY)
    return arms(scenario, (NONE, _of("everything", worlds.EVERYTHING)), [(4, 9)], spin_up=3, weeks=60)


def wangzhuang(seeds: int = 1, spin_up: int = 6, weeks: int = 8) -> dict[str, Hashes]:
    """Wangzhuang as bundled, under each of its policies."""
    scenario = load("wangzhuang").scenario
    policies = [scenario.policy_named(name) for name in POLICIES]
    return arms(scenario, policies, [(s, s) for s in range(seeds)], spin_up, weeks)


def district(simulated: int = 2, spin_up: int = 6, weeks: int = 12) -> dict[str, Hashes]:
    """A few of the communities of district110, under its package and without."""
    scenario = load("district110").scenario
    few = scenario.district.model_copy(update={"simulated": simulated})
    scenario = scenario.model_copy(update={"district": few})
    return arms(scenario, (NONE, scenario.policy_named("package")), [(3, 5)], spin_up, weeks)


def wangzhuang_long() -> dict[str, Hashes]:
    """Two seeds of Wangzhuang with all its weeks."""
    return wangzhuang(seeds=2, spin_up=104, weeks=156)


def district_long() -> dict[str, Hashes]:
    """Five communities of district110 over spin-up and a year."""
    return district(simulated=5, spin_up=104, weeks=52)


def draws() -> dict[str, Hashes]:
    """Every stream of the table at some seeds, ids, weeks and k, and what ids and choices are made of."""
    people = [person_id(community_hash("wangzhuang"), place, arrival_code(9)) for place in range(12)]
    ids = np.array([*range(40), *people, 2**32 - 1, 2**32, 2**63, 2**64 - 1], np.uint64)
    streams = {}
    for name in STREAMS:
        drawn = [
            uniforms(seed, name, ids, week, k)
            for seed in (0, 1, 2**32, 2**64 - 1)
            for week in (-104, -1, 0, 1, 53, 5200)
            for k in (0, 1, 255)
        ]
        streams[name] = hashed(np.stack(drawn))
    first = uniforms(5, "order", ids, 1)
    born = [
        born_id(kind, community_hash("王庄"), 3, ordinal, 7) for kind in Kind for ordinal in (0, 2**20 - 1)
    ]
    made = {
        "normal": hashed(np.array([normal(u) for u in (0.0, *first.tolist(), 1 - 2.0**-53)])),
        "luck_of": hashed(
            np.array([luck_of(5, name) for name in ("a", "trial.grid", "王庄.培训")], np.uint64)
        ),
        "pairs": hashed(np.concatenate([pairs(ids, other) for other in (0, 1, 2**64 - 1)])),
        "smallest": hashed(smallest(first, ids, 17)),
        "born_id": hashed(np.array(born, np.uint64)),
    }
    return {"streams": streams, "made of them": made}


Case = Callable[[], dict[str, Hashes]]

QUICK: Mapping[str, Case] = {
    "draws": draws,
    "everything": everything,
    "busy": busy,
    "town": town,
    "wangzhuang": wangzhuang,
    "district": district,
}
SLOW: Mapping[str, Case] = {"wangzhuang_long": wangzhuang_long, "district_long": district_long}


def _of(name: str, instruments: dict[str, dict[str, Any]]) -> Policy:
    return replace(worlds.policy(**instruments), name=name)
