"""Which communities does a district simulate, and what is a community's share of its money (ODD 7.0)?"""

from __future__ import annotations

from typing import Any

from model.core.draws import community_hash
from model.core.errors import ScenarioError
from model.instruments.base import Funded, fen
from model.instruments.policies import Named, Policy
from model.parameters.district import District
from model.scenario.scenario import Scenario
from model.start.population import community_effect
from model.state.allocation import split


def community_names(scenario: Scenario) -> list[str]:
    """Names of the simulated communities, such as ``city-001``.

    Raises:
        ScenarioError: if the scenario has no district, or two names share the bits that ids hold of them.
    """
    district = scenario.district
    if district.communities == 0:
        raise ScenarioError(
            what="there is no district",
            where=f"scenario {scenario.name}",
            why="district.communities is 0",
            instead="give the number of communities, or use CommunityModel",
        )
    digits = max(3, len(str(district.communities)))
    names = [f"{scenario.name}-{number + 1:0{digits}d}" for number in range(district.count)]
    known: dict[int, str] = {}
    for name in names:
        other = known.setdefault(community_hash(name), name)
        if other != name:
            raise ScenarioError(
                what=f"the communities {other} and {name} share one id",
                where=f"scenario {scenario.name}",
                why="ids hold 20 bits of a community's name, so their people would have the same luck",
                instead="give the scenario another name",
            )
    return names


def community_scenarios(scenario: Scenario, world: int) -> list[Scenario]:
    """The simulated communities of a district, each as a scenario of its own with an equal share of money.

    Run alone it has the same people and the same luck as in the district.
    """
    names = community_names(scenario)
    decision = scenario.decision
    effects = [
        decision.community_effect + community_effect(world, name, decision.community_sd) for name in names
    ]
    shared: list[dict[str, Any]] = [{} for _ in names]
    for name, instrument in scenario.status_quo.items():
        for own, part in zip(shared, share_of(scenario.district, instrument), strict=True):
            own[name] = part
    caps = split(reaching(scenario.district, scenario.government.budget_yuan), [1] * len(names))
    return [
        scenario.model_copy(
            update={
                "name": name,
                "district": District(),
                "decision": decision.model_copy(update={"community_effect": effect}),
                "government": scenario.government.model_copy(update={"budget_yuan": cap / 100}),
                "status_quo": status_quo,
                "policy": {},
            }
        )
        for name, effect, status_quo, cap in zip(names, effects, shared, caps, strict=True)
    ]


def shares_of_policy(scenario: Scenario, policy: Policy) -> list[Policy]:
    """The policy in each simulated community, with an equal share of its money."""
    shares = [share_of(scenario.district, n.instrument) for n in policy.instruments]
    names = [n.name for n in policy.instruments]
    return [
        Policy(policy.name, tuple(map(Named, names, [share[c] for share in shares])))
        for c in range(scenario.district.count)
    ]


def share_of(district: District, instrument: Any) -> list[Any]:
    """The instrument in each simulated community, with an equal share of its money."""
    if not isinstance(instrument, Funded):
        return [instrument] * district.count
    parts = split(reaching(district, instrument.amount_yuan), [1] * district.count)
    return [instrument.model_copy(update={"amount_yuan": part / 100}) for part in parts]


def reaching(district: District, yuan: float) -> int:
    """Fen a year of the whole district's ``yuan`` that reach the simulated communities together."""
    return fen(yuan) * district.count // district.communities
