"""Many communities in one run under one government (ODD 7.0)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mesa
import numpy as np
from mesa.agent import AgentSet

from model.community import CommunityModel
from model.core.calendar import YEAR
from model.core.columns import Column
from model.core.draws import Kind, born_id, community_hash
from model.core.given import seeds
from model.district.communities import community_scenarios, reaching, shares_of_policy
from model.instruments.base import Funded
from model.instruments.policies import NONE, Policy
from model.mesa_face import AgentModel, weeks_to_run
from model.scenario.scenario import Scenario
from model.start.weak_ties import WeakTies, draw_weak_ties
from model.state.government import FEN, Account, Government, Purse
from model.state.organizations import Organization
from model.state.outcomes import AVERAGED, WEEKLY, WINDOW, Records
from model.week.checks import refuse_nonsense
from model.week.counts import concentration
from model.week.observe import record
from model.week.perception import perceive
from model.week.schedule import OF_THE_MODEL, Phase, Schedule, default_phases


class DistrictGovernment(mesa.Agent):  # type: ignore[misc]
    """The one government of a district; each community keeps the accounts of its share."""

    def __init__(self, model: DistrictModel) -> None:
        super().__init__(model)
        self.unique_id = born_id(Kind.INSTITUTION, community_hash(model.scenario.name), 0, 2, 0)

    @property
    def accounts(self) -> dict[str, Account]:
        """The whole district's account of every instrument: sums over the communities, as they are now."""
        communities: Sequence[CommunityModel] = self.model.communities
        return {
            name: total([c.government.accounts[name] for c in communities])
            for name in communities[0].government.accounts
        }


class DistrictModel(AgentModel):
    """The simulated communities of a district, week by week.

    Args:
        scenario: a scenario with ``district.communities`` above 0; it describes one of them, but amounts of
            money are of the whole district.
        policy: what is added to the status quo from week 1 on; amounts of the whole district.
        world: seed of people, ties and their start.
        luck: seed of everything weekly.
        phases, columns, organization: as of a `CommunityModel`.

    ``communities`` are ordinary `CommunityModel`s that step together, phase by phase; ``weak_ties`` join
    them (None without). `run_spin_up`, `step`, `run`, `branch` and ``records`` are as of a community.

    Raises:
        ScenarioError: if the scenario has no district, or two names of communities share an id.
    """

    def __init__(
        self,
        scenario: Scenario,
        policy: Policy = NONE,
        *,
        world: int = 0,
        luck: int = 0,
        phases: Schedule | None = None,
        columns: dict[str, Column] | None = None,
        organization: type[Organization] = Organization,
        _source: DistrictModel | None = None,
    ) -> None:
        world, luck = seeds(world, luck)
        super().__init__(luck)
        self.scenario, self.policy, self.world, self.luck = scenario, policy, world, luck
        self.schedule = default_phases() if phases is None else phases
        self.organization_class = organization
        self.twin: DistrictModel | None = None
        scenarios = (
            community_scenarios(scenario, world)
            if _source is None
            else [community.scenario for community in _source.communities]
        )
        policies = shares_of_policy(scenario, policy)
        self.communities: tuple[CommunityModel, ...] = tuple(
            CommunityModel(
                own,
                policies[c],
                world=world,
                luck=luck,
                phases=self.schedule,
                columns=columns,
                organization=organization,
                _source=None if _source is None else _source.communities[c],
            )
            for c, own in enumerate(scenarios)
        )
        if _source is None:
            self.weak_ties: WeakTies | None = draw_weak_ties(
                scenario, [c.residents.id for c in self.communities], world
            )
        else:
            self.weak_ties = _source.weak_ties
        instruments = (*scenario.status_quo_instruments(), *policy.instruments)
        amounts = {
            n.name: reaching(scenario.district, n.instrument.amount_yuan)
            for n in instruments
            if isinstance(n.instrument, Funded)
        }
        cap = reaching(scenario.district, scenario.government.budget_yuan)
        left = 0 if _source is None else _source.purse.left
        self.purse: Purse = Purse(amounts, scenario.district.division, cap, left)
        for community in self.communities:
            community.purse = self.purse
        self.government = DistrictGovernment(self)
        self.records = Records(list(self.government.accounts.values()))
        self.week = self.communities[0].week

    def branch(self, policy: Policy = NONE, *, from_twin: Sequence[str] = ()) -> DistrictModel:
        """An independent arm that continues from this state, as `CommunityModel.branch`.

        Raises:
            GongzhiError: as `CommunityModel.branch`.
        """
        self._refuse_to_branch()
        arm = DistrictModel(
            self.scenario,
            policy,
            world=self.world,
            luck=self.luck,
            phases=self.schedule,
            organization=self.organization_class,
            _source=self,
        )
        if len(from_twin):
            arm.twin = self.branch(NONE)
            for own, other in zip(arm.communities, arm.twin.communities, strict=True):
                own.read_terms(from_twin, other)
        return arm

    def begin_week(self) -> None:
        """Let the next week begin, as `CommunityModel.begin_week`, in all communities together."""
        if self.twin is not None:
            self.twin.step()
        self.week += 1
        for community in self.communities:
            community.week = self.week
        perceive(self.communities, self.weak_ties)

    def step(self) -> None:
        """Run one week: every phase in all communities before the next one."""
        self.begin_week()
        for phase in self.schedule:
            self.run_phase(phase)
        if self.week >= 0 and self.schedule.has("observe"):
            self._record()
        for community in self.communities:
            community.refuse_own_organizations()
        self.running = self.week < self.scenario.run.weeks

    def run_phase(self, phase: Phase) -> None:
        """Run one phase of the week in all communities."""
        if not phase.own:
            OF_THE_MODEL[phase.name].together(self.communities)
        else:
            for community in self.communities:
                community.run_phase(phase)

    def run_spin_up(self) -> None:
        """Run the weeks before week 1."""
        while self.week < 0:
            self.step()

    def run(self, weeks: int | None = None) -> None:
        """Run the spin-up if it has not run, record week 0, then run ``weeks`` (default: the scenario's)."""
        number = weeks_to_run(weeks, self.scenario.run.weeks)
        self.run_spin_up()
        if not self.records.weeks and self.schedule.has("observe"):
            for community in self.communities:
                record(community)
            self._record()
        for _ in range(number):
            self.step()
        for community in self.communities:
            refuse_nonsense(community, f"{community.scenario.name}, after week {self.week}")

    def run_model(self) -> None:
        """Run the spin-up and what is left of the scenario's weeks; ``running`` is False then."""
        self.run(max(0, self.scenario.run.weeks - max(0, self.week)))

    def _record(self) -> None:
        """Sums of what the communities recorded last; means of `AVERAGED`; concentration over all hours."""
        parts, records = [community.records for community in self.communities], self.records
        records.weeks.append(self.week)
        records.counts.append(np.sum([part.counts[-1] for part in parts], axis=0))
        weekly = [sum(values) for values in zip(*(part.weekly[-1] for part in parts), strict=True)]
        for name in AVERAGED:
            weekly[WEEKLY.index(name)] //= len(parts)
        records.weekly.append(weekly)
        records.money.append(
            [
                tuple(sum(figures) for figures in zip(*rows, strict=True))
                for rows in zip(*(part.money[-1] for part in parts), strict=True)
            ]
        )
        people = [community.residents for community in self.communities]
        hours = np.concatenate([p.service_minutes - p.duty_minutes_52 for p in people])
        coverage = 0.0
        for part in parts:
            coverage += part.spread[-1][2]
        records.spread.append((*concentration(hours), coverage / len(parts)))
        if self.week > 0 and self.week % YEAR == 0:
            took = np.concatenate([p.history & WINDOW != 0 for p in people])
            records.took_part.append(np.packbits(took.T, axis=1))

    # Mesa's view

    @property
    def agents(self) -> AgentSet:
        """The government, and all agents of all communities but the keepers of its accounts there."""
        return AgentSet(
            [agent for kind in self.agents_by_type.values() for agent in kind], random=self.random
        )

    @property
    def agents_by_type(self) -> dict[type, AgentSet]:
        """Agents by class, community after community."""
        found: dict[type, list[Any]] = {DistrictGovernment: [self.government]}
        for community in self.communities:
            for kind, agents in community.agents_by_type.items():
                if kind is not Government:
                    found.setdefault(kind, []).extend(agents)
        own: dict[type, Any] = mesa.Model.agents_by_type.fget(self)
        for kind, agents in own.items():
            if kind is not DistrictGovernment:
                found.setdefault(kind, []).extend(agents)
        return {kind: AgentSet(agents, random=self.random) for kind, agents in found.items()}

    @property
    def agent_types(self) -> list[type]:
        """The classes of agents."""
        return list(self.agents_by_type)


def total(accounts: Sequence[Account]) -> Account:
    """Accounts of one instrument as one."""
    sums = {name: sum(getattr(account, name) for account in accounts) for name in FEN}
    contracts = [contract for account in accounts for contract in account.contracts]
    first = accounts[0]
    yearly = sum(account.yearly for account in accounts)
    return Account(
        first.name, first.instrument, yearly, contracts=contracts, of_policy=first.of_policy, **sums
    )
