"""The model: one community, week by week. It lists the phases; what they do stands in `model/week/`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from model.core.calendar import YEAR
from model.core.columns import Column
from model.core.compiled import over_rows
from model.core.draws import Kind, born_id, community_hash, refuse_shared_luck
from model.core.errors import GongzhiError, ScenarioError
from model.core.given import seeds
from model.core.owned import Anew, Shared, take_over
from model.extend import copy_guests, refuse_wrong_extensions
from model.instruments.base import AnyInstrument, fen
from model.instruments.policies import NONE, Named, Policies, Policy
from model.mesa_face import AgentModel, weeks_to_run
from model.parameters.decision import TERMS
from model.scenario.derived import kernel_parameters
from model.scenario.scenario import Scenario
from model.scenario.seasons import seasons
from model.start.inputs import Inputs, apply_inputs
from model.start.membership import enlist
from model.start.network import draw_network
from model.start.pairing import pair
from model.start.population import draw_population
from model.start.time_cost import time_cost
from model.state.care import CareBook
from model.state.committee import ResidentsCommittee
from model.state.community import Community
from model.state.credits import CreditState
from model.state.government import Government
from model.state.issues import IssueBook
from model.state.movement import LifeBook, Moves
from model.state.organizations import Organization
from model.state.outcomes import COLUMNS, Records, grouping
from model.state.party import PartyBranch
from model.state.stewards import by_cell
from model.state.units import ResidentUnit
from model.week.checks import refuse_bad_organizations, refuse_nonsense, run_own
from model.week.observe import record
from model.week.organise.leaders import first_leaders
from model.week.perception import perceive
from model.week.schedule import Phase, Schedule, default_phases


class CommunityModel(AgentModel, Community):
    """One community under its status quo and a policy: a `mesa.Model` (mesa_face.py, model/EXTENDING.md).

    Args:
        scenario: a validated scenario (`experiments.loading.load` reads one from a file).
        policy: what is added to the status quo from week 1 on.
        world: seed of people, ties and their start.
        luck: seed of everything weekly.
        inputs: own residents' table and ties, if any.
        phases: the schedule; `default_phases()` if None.
        columns: your own columns of the residents by name, each declared by `model.column`.
        organization: your own subclass of `Organization`.

    The population stands, and ``week`` is minus the spin-up: no week has run. `run_spin_up` runs to week
    0, `step` one week, `run` all weeks. ``residents.skill`` is a column, ``residents[i]`` an agent;
    ``agents`` holds all. Every arm keeps phases, columns and organization class. Raises GongzhiError for
    arguments that do not fit. Mesa's ``batch_run`` is not supported: it counts the spin-up as steps, and Mesa
    3.3's takes one too many; `experiments.compare` runs many.

    >>> model = CommunityModel(load("wangzhuang").scenario, world=1, luck=1)
    >>> model.run_spin_up(); arm = model.branch(model.scenario.policy_named("training")); arm.run()
    """

    schedule: Shared[Schedule]
    twin: Anew[CommunityModel | None]

    def __init_subclass__(cls) -> None:
        """A class of the user's: what it adds is its own affair, and no arm has it."""

    def __init__(
        self,
        scenario: Scenario,
        policy: Policy = NONE,
        *,
        world: int = 0,
        luck: int = 0,
        inputs: Inputs | None = None,
        phases: Schedule | None = None,
        columns: dict[str, Column] | None = None,
        organization: type[Organization] = Organization,
        _source: CommunityModel | None = None,
    ) -> None:
        world, luck = seeds(world, luck)
        refuse_wrong_extensions(phases, columns, organization)
        super().__init__(luck)
        self.schedule = default_phases() if phases is None else phases
        if _source is None:
            self.scenario, self.world, self.luck = scenario, world, luck
            self.organization_class = organization
            self._settle(inputs, columns or {})
        else:
            self._continue(_source)
        self.residents.owner = self
        self.twin = None
        self.purse = None
        self.terms_kept = np.empty((0, 3, 9))
        self.from_twin = np.zeros(9, np.int8)
        self._targets = {}
        self._reached = {}
        self._adopt(policy)

    def _settle(self, inputs: Inputs | None, columns: dict[str, Column]) -> None:
        """People, ties and everything at the start."""
        scenario = self.scenario
        self.week = -scenario.run.spin_up
        self.luck_u64 = np.uint64(self.luck)
        self.phase_names = frozenset(phase.name for phase in self.schedule)
        self.p = kernel_parameters(scenario)
        self.seasons = seasons(scenario)
        self.organizations = [
            self.make_organization(i, name, spec)
            for i, (name, spec) in enumerate(scenario.organization.items())
        ]
        self.committee = ResidentsCommittee(self, scenario.name, dict(scenario.sitting))
        self.units = [
            ResidentUnit(self, i, name, spec, scenario.name)
            for i, (name, spec) in enumerate(scenario.unit.items())
        ]
        self.stewards = {}
        self.perceived = self.perceived_week = self.contacts = None
        self.residents = draw_population(scenario, self.world)
        if inputs is not None:
            apply_inputs(self.residents, inputs, scenario.population)
        for name, column in columns.items():
            self.residents.add(name, column)
        n = len(self.residents)
        self.network = draw_network(scenario, self.residents, self.world, inputs)
        enlist(self.residents, self.organizations, self.world)
        first_leaders(self.residents, self.organizations, self.world)
        self.life = LifeBook()
        self.rows = np.arange(n)
        community = community_hash(scenario.name)
        count = int(self.residents.household.max()) + 1
        self.households = np.array(
            [born_id(Kind.HOUSEHOLD, community, *divmod(h, 2**20), 0) for h in range(count)], np.uint64
        )
        self.building_cells = by_cell(self.residents.cell)
        self.branch_office = PartyBranch(self, scenario.name, n, count)
        pair(self.branch_office, self.residents, self.rows, self.world)
        self.publish([])
        self.organizations_changed()
        self.organizations_developed()
        self.grouping = grouping(self.residents)
        self.counts = np.zeros((self.grouping.members.shape[1], len(COLUMNS)), np.int64)
        self.served_ring = np.zeros((YEAR, n), np.int16)
        self.duty_ring = np.zeros((YEAR, n), np.int16)
        self.time_cost = np.empty(n)
        over_rows(time_cost, n, self.p, self.residents.free_minutes, self.time_cost)
        self.staff_in_kind = 0
        self.credit_state = CreditState.opened(self.residents)
        self.care_book = CareBook()
        self.moves = Moves()
        self.issues = IssueBook()
        self.government = Government(self, fen(scenario.government.budget_yuan))

    def _continue(self, source: CommunityModel) -> None:
        """Begin where another arm stands."""
        memo: dict[int, Any] = {id(source): self}
        take_over(self, source, memo)
        if self.organization_class is not Organization:
            copy_guests(source.organizations, memo)

    def _adopt(self, policy: Policy) -> None:
        """Open the accounts of the status quo and of the policy; both know their first week from here on."""
        first = 1 - self.scenario.run.spin_up
        status_quo = [_dated(n, first) for n in self.scenario.status_quo_instruments()]
        added = [_dated(n, max(1, self.week + 1)) for n in policy.instruments]
        names = [n.name for n in (*status_quo, *added)]
        if len(set(names)) < len(names):
            raise ScenarioError(
                what=f"policy {policy.name} names an instrument twice",
                where=f"scenario {self.scenario.name}",
                instead="combine different policies",
            )
        refuse_shared_luck(names)
        self.policy = policy
        self.policies = Policies((*status_quo, *added))
        self._first = {n.name: _first_week(n, first) for n in status_quo}
        self._first |= {n.name: _first_week(n, self.week + 1) for n in added}
        self.government.open_accounts(status_quo, added)
        accounts = list(self.government.accounts.values())
        self.credit_state.adopt(accounts)
        self.records = Records(accounts)

    def branch(self, policy: Policy = NONE, *, from_twin: Sequence[str] = ()) -> CommunityModel:
        """An independent arm that continues from this state under the status quo and ``policy``.

        Draws have no state, so the branch is exact. ``from_twin`` names terms of the decision (`TERMS`) that
        the arm reads from its twin, the same community without the policy: what remains of the effect did
        not pass through them.

        Raises:
            GongzhiError: for an unknown term, terms with a combination that is not additive, or if this arm
                has a policy of its own, which a branch would drop.
        """
        self._refuse_to_branch()
        arm = CommunityModel(
            self.scenario,
            policy,
            world=self.world,
            luck=self.luck,
            phases=self.schedule,
            organization=self.organization_class,
            _source=self,
        )
        if len(from_twin):
            arm.read_terms(from_twin, self.branch(NONE))
        return arm

    def read_terms(self, terms: Sequence[str], twin: CommunityModel) -> None:
        """Read ``terms`` of the decision from ``twin``, which has to live through each week first.

        Raises:
            GongzhiError: for an unknown term, or terms with a combination that is not additive.
        """
        for term in terms:
            if term not in TERMS:
                raise GongzhiError(what=f"unknown term {term!r}", instead="choose from " + ", ".join(TERMS))
            self.from_twin[TERMS.index(term)] = 1
        if self.scenario.decision.combination != "additive" or self.scenario.decision.rule != "logit":
            raise GongzhiError(
                what="attribution needs rule = 'logit' and combination = 'additive'",
                where=f"scenario {self.scenario.name}",
                why="elsewhere the terms do not add up",
            )
        self.twin = twin
        twin.terms_kept = np.zeros((len(self.residents), 3, 9))

    def begin_week(self) -> None:
        """Let the next week begin: the twin lives through it first, and everybody looks round."""
        self.week += 1
        if self.twin is not None:
            self.twin.step()
        perceive((self,), None)

    def step(self) -> None:
        """Run one week."""
        self.begin_week()
        for phase in self.schedule:
            self.run_phase(phase)
        self.refuse_own_organizations()
        self.running = self.week < self.scenario.run.weeks

    def run_phase(self, phase: Phase) -> None:
        """Run one phase of the week. Raises DataError for nonsense that one of the user's leaves behind."""
        if phase.own:
            run_own(phase, self)
        else:
            phase.run(self)

    def refuse_own_organizations(self) -> None:
        """Raise DataError if organizations of the user's class hold nonsense after a week."""
        if self.organization_class is not Organization:
            refuse_bad_organizations(self, f"week {self.week}")

    def run_spin_up(self) -> None:
        """Run the weeks before week 1."""
        while self.week < 0:
            self.step()

    def run(self, weeks: int | None = None) -> None:
        """Run the spin-up if it has not run, record week 0, then run ``weeks`` (default: the scenario's)."""
        number = weeks_to_run(weeks, self.scenario.run.weeks)
        self.run_spin_up()
        if not self.records.weeks and self.schedule.has("observe"):
            record(self)
        for _ in range(number):
            self.step()
        refuse_nonsense(self, f"after week {self.week}")

    def run_model(self) -> None:
        """Run the spin-up and what is left of the scenario's weeks; ``running`` is False then."""
        self.run(max(0, self.scenario.run.weeks - max(0, self.week)))


def _first_week(named: Named[AnyInstrument], simulated: int) -> int:
    """First week of an instrument that is simulated."""
    start = named.instrument.start
    return simulated if start is None else max(simulated, start)


def _dated(named: Named[AnyInstrument], first: int) -> Named[AnyInstrument]:
    """The instrument with an explicit first week."""
    if named.instrument.start is not None:
        return named
    return Named(named.name, named.instrument.model_copy(update={"start": first}))
