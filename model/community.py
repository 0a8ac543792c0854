"""The model: one community, week by week. It lists the phases; what they do stands in `model/week/`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from model.agents import AgentModel, weeks_to_run
from model.core.columns import Column
from model.core.compiled import over_rows
from model.core.draws import Kind, born_id, community_hash
from model.core.errors import GongzhiError, ScenarioError
from model.core.given import seeds
from model.extend import copy_organizations, refuse_wrong_extensions
from model.instruments.base import AnyInstrument, ForOrganizations, ForResidents, Funded, fen
from model.instruments.policies import NONE, Named, Policies, Policy
from model.instruments.support import Workstation
from model.parameters.decision import ACTIVITIES, TERMS
from model.scenario.derived import kernel_parameters
from model.scenario.scenario import OrganizationSpec, Scenario
from model.scenario.seasons import Seasons, seasons
from model.start.inputs import Inputs, apply_inputs
from model.start.membership import enlist
from model.start.network import draw_network
from model.start.population import draw_population
from model.state.care import CareBook
from model.state.committee import ResidentsCommittee
from model.state.credits import CreditState
from model.state.government import Account, Government
from model.state.issues import IssueBook
from model.state.movement import LifeBook, Moves
from model.state.network import Network
from model.state.offers import Offer, OfferTable, WeekPlan
from model.state.organizations import Organization
from model.state.outcomes import COLUMNS, Grouping, Records, cells, grouping
from model.state.party import PartyBranch
from model.state.perception import Perception
from model.state.residents import Residents
from model.state.stewards import Office, by_cell
from model.state.terms import Twin
from model.state.units import ResidentUnit
from model.week.checks import refuse_bad_organizations, refuse_nonsense, run_own
from model.week.decide import time_cost
from model.week.leaders import first_leaders
from model.week.observe import record
from model.week.perception import perceive
from model.week.schedule import Phase, Schedule, default_phases

if TYPE_CHECKING:
    from model.district.district import DistrictModel

WEEKS_52 = 52


class CommunityModel(AgentModel):
    """One community under its status quo and a policy: a `mesa.Model` (`model.agents`, model/EXTENDING.md).

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
    0, `step`
    one week, `run` all weeks. ``residents.skill`` is a column, ``residents[i]`` an agent; ``agents``
    holds all. Every arm keeps phases, columns and organization class. Raises GongzhiError for arguments that
    do not fit. Mesa's ``batch_run`` is not supported: it counts the spin-up as steps, and Mesa 3.3's takes
    one too many; `experiments.compare` runs many.

    >>> model = CommunityModel(load("wangzhuang").scenario, world=1, luck=1)
    >>> model.run_spin_up(); arm = model.branch(model.scenario.policy_named("training")); arm.run()
    """

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
        self.scenario, self.world, self.luck = scenario, world, luck
        self.luck_u64 = np.uint64(luck)
        self.organization_class = organization
        self.schedule = default_phases() if phases is None else phases
        self.p: Any = kernel_parameters(scenario) if _source is None else _source.p
        self.seasons: Seasons = seasons(scenario) if _source is None else _source.seasons
        self.twin: CommunityModel | None = None
        self.district: DistrictModel | None = None
        self.shares: dict[str, int] = {}
        self.government: Government
        self.terms_kept = np.empty((0, 3, 9))
        self.from_twin = np.zeros(9, np.int8)
        self._perceived: int | None = None
        self._reached: dict[str, list[Organization]] = {}
        self._perception: Perception
        self.contacts: NDArray[np.int64] | None = None
        self.organizations = [
            self.make_organization(i, name, spec)
            for i, (name, spec) in enumerate(scenario.organization.items())
        ]
        self.committee = ResidentsCommittee(self, scenario.name, dict(scenario.sitting))
        self.units = [
            ResidentUnit(self, i, name, spec, scenario.name)
            for i, (name, spec) in enumerate(scenario.unit.items())
        ]
        self.stewards: dict[str, Office] = {}
        if _source is None:
            self._settle(inputs, columns or {})
        else:
            self._continue(_source)
        self.residents.owner = self
        self._adopt(policy, _source)

    def make_organization(
        self, index: int, name: str, spec: OrganizationSpec, ident: int | None = None
    ) -> Organization:
        """A new organization of this model's class, at ``index`` of `organizations`; ``ident`` is the id of
        one that is born during a run."""
        organization = self.organization_class(self, index, name, spec, self.scenario.name)
        if ident is not None:
            organization.id = organization.unique_id = ident
        return organization

    def _settle(self, inputs: Inputs | None, columns: dict[str, Column]) -> None:
        """People, ties and everything at the start."""
        scenario = self.scenario
        self.week = -scenario.run.spin_up
        self.residents: Residents = draw_population(scenario, self.world)
        if inputs is not None:
            apply_inputs(self.residents, inputs, scenario.population)
        for name, column in columns.items():
            self.residents.add(name, column)
        n = len(self.residents)
        self.network: Network = draw_network(scenario, self.residents, self.world, inputs)
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
        self.branch_office = PartyBranch(self)
        self.publish([])
        self.organizations_changed()
        self.organizations_developed()
        self.grouping = grouping(self.residents)
        self.counts = np.zeros((self.grouping.members.shape[1], len(COLUMNS)), np.int64)
        self.served_ring = np.zeros((WEEKS_52, n), np.int16)
        self.duty_ring = np.zeros((WEEKS_52, n), np.int16)
        self.time_cost = np.empty(n)
        over_rows(time_cost, n, self.p, self.residents.free_minutes, self.time_cost)
        self.staff_in_kind = 0
        self.credit_state = CreditState.opened(self.residents)
        self.care_book = CareBook()
        self.moves = Moves()
        self.issues = IssueBook()

    def _continue(self, source: CommunityModel) -> None:
        """Take over another arm's state; what never changes is shared, what does is copied."""
        for name in (
            "week",
            "network",
            "rows",
            "households",
            "building_cells",
            "staff_in_kind",
            "week_plan",
            "offers",
        ):
            setattr(self, name, getattr(source, name))
        self.residents = source.residents.copy()
        self.grouping = Grouping(source.grouping.cell.copy(), source.grouping.members)
        self.time_cost = source.time_cost.copy()
        self.branch_office = PartyBranch(self, source.branch_office)
        self.committee.copy_state(source.committee)
        self.stewards = dict(source.stewards)
        for unit, same in zip(self.units, source.units, strict=True):
            unit.copy_state(same)
        for born in source.organizations[len(self.organizations) :]:
            self.organizations.append(self.make_organization(born.index, born.name, born.spec, born.id))
        for own, other in zip(self.organizations, source.organizations, strict=True):
            own.copy_state(other)
        if self.organization_class is not Organization:
            copy_organizations(self, source)
        self.organizations_changed()
        self.organizations_developed()
        self.life = source.life.copy()
        self.counts = np.zeros_like(source.counts)
        self.served_ring = source.served_ring.copy()
        self.duty_ring = source.duty_ring.copy()
        self.credit_state = source.credit_state.copy()
        self.moves = source.moves.copy()
        self.care_book = source.care_book.copy()
        self.issues = source.issues.copy()

    def _adopt(self, policy: Policy, source: CommunityModel | None) -> None:
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
        self.policy = policy
        self.policies = Policies((*status_quo, *added))
        self._first = {n.name: _first_week(n, first) for n in status_quo}
        self._first |= {n.name: _first_week(n, self.week + 1) for n in added}
        before: dict[str, Account] = {} if source is None else source.government.accounts
        accounts = [
            before[n.name].copy() if n.name in before else Account(n.name, n.instrument)
            for n in self.policies.of(Funded)
        ]
        self.government = Government(self, accounts, None if source is None else source.government)
        self.credit_state.adopt(accounts)
        self.records = Records(accounts)
        self._targets: dict[str, tuple[dict[str, Any], NDArray[np.bool_]]] = {}
        self._reached.clear()

    def branch(self, policy: Policy = NONE, *, from_twin: Sequence[str] = ()) -> CommunityModel:
        """An independent arm that continues from this state under the status quo and ``policy``.

        Draws have no state, so the branch is exact. ``from_twin`` names terms of the decision (`TERMS`)
        that the
        arm reads from its twin, the same community without the policy: what remains of the effect did
        not pass
        through them.

        Raises:
            GongzhiError: for an unknown term, terms with a combination that is not additive, or if this
            arm has a
                policy of its own, which a branch would drop.
        """
        if self.policy.instruments:
            raise GongzhiError(
                what=f"an arm with the policy {self.policy.name} cannot be branched",
                where=f"week {self.week}",
                instead="branch the community without a policy, and combine policies as A+B",
            )
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

    def step(self) -> None:
        """Run one week."""
        self.week += 1
        if self.twin is not None:
            self.twin.step()
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

    # what phases ask the model

    def publish(self, offers: list[Offer]) -> None:
        """Make these the offers of the week. Without a plan phase every activity is open, without limit."""
        self.offers = offers
        columns = [np.array([o[i] for o in offers], np.int64) for i in range(6)]
        organization, activity, field, slot, sessions, places = columns
        open_air = np.array([o[0] >= 0 and self.organizations[o[0]].open_air for o in offers], np.int8)
        offered = np.zeros(len(ACTIVITIES), np.uint32)
        org_slots = np.zeros(len(self.organizations), np.uint8)
        for o in offers:
            offered[o.activity] |= np.uint32(1 << (3 * o.field + o.slot))
            if o.organization >= 0:
                org_slots[o.organization] |= np.uint8(1 << o.slot)
        is_open = offered != 0 if self.schedule.has("plan") else np.ones(len(ACTIVITIES), bool)
        table = OfferTable(
            organization.astype(np.int16),
            activity.astype(np.int8),
            field.astype(np.int8),
            slot.astype(np.int8),
            sessions,
            places,
            open_air,
        )
        self.week_plan = WeekPlan(
            table, is_open, offered, org_slots, org_slots != 0, np.zeros(len(offers), np.int64)
        )

    def living(self) -> list[Organization]:
        """The organizations that are alive, in order of their index."""
        return [o for o in self.organizations if o.alive]

    def organizations_changed(self) -> None:
        """Take note that organizations were born, ended, merged or changed their legal form."""
        self.organization_activity = np.array([o.activity for o in self.organizations], np.int8)
        self.organization_fields = np.array(
            [sum(1 << f for f in o.fields) for o in self.organizations], np.uint8
        )
        self._reached = {}
        born = len(self.organizations) - len(self.week_plan.meets)
        if born:
            self.week_plan = replace(
                self.week_plan,
                org_slots=np.pad(self.week_plan.org_slots, (0, born)),
                meets=np.pad(self.week_plan.meets, (0, born)),
            )

    def organizations_developed(self) -> None:
        """Publish the effort in asking (float64[organizations]) as the ask phase reads it."""
        self.organization_effort = np.array([o.effort for o in self.organizations], np.float64)

    def perception(self) -> Perception:
        """What residents see of each other this week: the state after last week, gathered on first use."""
        if self._perceived != self.week:
            together = (self,) if self.district is None else self.district.communities
            weak = None if self.district is None else self.district.weak_ties
            for community, seen in zip(together, perceive(together, weak), strict=True):
                community._perception, community._perceived = seen, self.week
        return self._perception

    def first_week(self, named: Named[Any]) -> int:
        """First simulated week in which an instrument is in force."""
        return self._first[named.name]

    def target_organizations(self, named: Named[Any]) -> list[Organization]:
        """Organizations in the target of an instrument for organizations, in order."""
        if named.name not in self._reached:
            self._reached[named.name] = [o for o in self.organizations if o.matches(named.instrument.target)]
        return self._reached[named.name]

    def target_residents(self, named: Named[Any] | Account) -> NDArray[np.bool_]:
        """bool[n]: residents now in the target of an instrument for residents. Do not write to it."""
        target = dict(cast(ForResidents, named.instrument).target)
        registered = target.pop("registered", None)
        if named.name not in self._targets:
            inside = np.zeros(len(self.residents), bool)
            inside[self.residents.where(**target) if target else slice(None)] = True
            self._targets[named.name] = (target, inside)
        inside = self._targets[named.name][1]
        if registered is None:
            return inside
        found = np.zeros(len(inside), bool)
        for wanted in registered:
            found |= self.residents.registered == wanted
        return inside & found

    def settle(self, rows: NDArray[np.int64], newcomers: Residents) -> None:
        """Let ``newcomers`` (one per row) live in ``rows``, and bring up to date what follows from who they
        are."""
        self.residents.replace(rows, newcomers)
        self.grouping.cell[rows] = cells(newcomers)
        cost = np.empty(len(rows))
        over_rows(time_cost, len(rows), self.p, newcomers.free_minutes, cost)
        self.time_cost[rows] = cost
        self.served_ring[:, rows] = 0
        self.duty_ring[:, rows] = 0
        for target, inside in self._targets.values():
            if target:  # without one everybody is inside already
                inside[rows] = False
                inside[rows[newcomers.where(**target)]] = True
        self.branch_office.pair(self, rows)

    def has_target(self, named: Named[Any]) -> bool:
        """True if an instrument reaches anybody; those without a target do."""
        if isinstance(named.instrument, Workstation) and not named.instrument.target:
            return True
        if isinstance(named.instrument, ForOrganizations):
            return bool(self.target_organizations(named))
        if isinstance(named.instrument, ForResidents):
            return bool(self.target_residents(named).any())
        return True

    def price_fen(self, named: Named[Any]) -> int:
        """Unit price of an instrument in fen: its own, else that of the `costs` table."""
        yuan = named.instrument.price_yuan
        if yuan is None:
            yuan = attrgetter(named.instrument.price_of)(self.scenario)
        return max(1, fen(yuan))

    def twin_terms(self) -> Twin:
        """Where decide keeps its terms, and those it reads from the twin."""
        given = np.empty((0, 3, 9)) if self.twin is None else self.twin.terms_kept
        return Twin(self.terms_kept, given, self.from_twin)


def _first_week(named: Named[AnyInstrument], simulated: int) -> int:
    """First week of an instrument that is simulated."""
    start = named.instrument.start
    return simulated if start is None else max(simulated, start)


def _dated(named: Named[AnyInstrument], first: int) -> Named[AnyInstrument]:
    """The instrument with an explicit first week."""
    if named.instrument.start is not None:
        return named
    return Named(named.name, named.instrument.model_copy(update={"start": first}))
