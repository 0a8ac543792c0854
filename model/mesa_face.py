"""What does a Mesa user find in a community?

An ordinary `mesa.Model`, on Mesa 3.3 to 3.5: `agents`, `agents_by_type`, `agent_types`, `random`, `rng`,
`steps`, `running`, `run_model`, `DataCollector`, `copy.deepcopy`, `pickle`. model/EXTENDING.md shows each.
"""

from __future__ import annotations

from typing import NoReturn

import mesa
from mesa.agent import AgentSet

from model.core.errors import GongzhiError
from model.core.given import wanted, whole
from model.instruments.policies import Policy
from model.scenario.scenario import Scenario
from model.state.resident import Resident
from model.state.residents import Residents

BORN = 1 << 63
"""Ids of organizations and institutions start here (`model.core.draws.born_id`); a user's count from 1."""


def weeks_to_run(weeks: int | None, declared: int) -> int:
    """The weeks to run: those given, the declared ones for None. Raises GongzhiError for what is none."""
    number = declared if weeks is None else whole(weeks)
    if number is None or number < 0:
        raise GongzhiError(what=f"weeks = {weeks!r} cannot be run", instead=wanted(weeks, "of 0 or more"))
    return number


class AgentModel(mesa.Model):  # type: ignore[misc]
    """The Mesa side of `CommunityModel`: residents are agents that are made when somebody first looks.

    ``random`` and ``rng`` start from the luck seed, the same in every arm. They are the user's: nothing of
    the simulation reads them, so whatever a user draws or shuffles changes no result.
    """

    scenario: Scenario = None  # type: ignore[assignment]  # hides Mesa 3.5's property: it writes into it
    residents: Residents
    policy: Policy
    week: int
    _registered = 0

    def __init__(self, luck: int) -> None:
        super().__init__(rng=luck)

    @property
    def agents(self) -> AgentSet:
        """All agents: organizations, committee, branch, government, the user's own, and one `Resident` per
        adult. A new set each time, of the same agents."""
        return AgentSet([*super().agents, *self.residents], random=self.random)

    @property
    def agents_by_type(self) -> dict[type, AgentSet]:
        """Agents by class."""
        return {**super().agents_by_type, Resident: AgentSet(self.residents, random=self.random)}

    @property
    def agent_types(self) -> list[type]:
        """The classes of agents."""
        return [*super().agent_types, Resident]

    def register_agent(self, agent: mesa.Agent) -> None:
        """Mesa calls this for every new agent. It is numbered here, because Mesa 3.3's own table of numbers
        keeps every model alive that ever had an agent."""
        super().register_agent(agent)
        self._registered += 1
        agent.unique_id = self._registered
        if hasattr(mesa.Agent, "_ids"):
            mesa.Agent._ids.pop(self, None)

    def deregister_agent(self, agent: mesa.Agent) -> None:
        """Let a user's own agent go. Raises GongzhiError for an agent of the community."""
        if agent.unique_id >= BORN:
            raise GongzhiError(
                what=f"{type(agent).__name__} {agent.unique_id} cannot be removed",
                where=f"week {self.week}",
                why="phases count on it",
                instead="leave it out of the scenario, or out of the agents you look at: model.agents.select",
            )
        super().deregister_agent(agent)

    def _refuse_to_branch(self) -> None:
        """Raise GongzhiError if this arm has a policy of its own, which a branch would drop."""
        if self.policy.instruments:
            raise GongzhiError(
                what=f"an arm with the policy {self.policy.name} cannot be branched",
                where=f"week {self.week}",
                instead="branch the model without a policy, and combine policies as A+B",
            )

    def __copy__(self) -> NoReturn:
        """Refuse: raises GongzhiError."""
        raise GongzhiError(
            what="a shallow copy of a model would share its state",
            where=f"week {self.week}",
            instead="write model.branch() for another arm, copy.deepcopy(model) for everything twice",
        )
