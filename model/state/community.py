"""One community as it stands: what the phases of a week read, ask and change (ODD 2)."""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from model.core.errors import GongzhiError
from model.core.owned import Anew, Own, Shared, State
from model.instruments.base import ForOrganizations, ForResidents, fen
from model.instruments.support import Workstation
from model.parameters.decision import ACTIVITIES
from model.state.offers import Offer, OfferTable, WeekPlan
from model.state.terms import Twin

if TYPE_CHECKING:
    from model.instruments.policies import Named, Policies, Policy
    from model.parameters.record import Parameters
    from model.scenario.scenario import Scenario
    from model.scenario.seasons import Seasons
    from model.scenario.specs import OrganizationSpec
    from model.state.care import CareBook
    from model.state.committee import ResidentsCommittee
    from model.state.credits import CreditState
    from model.state.government import Account, Government, Purse
    from model.state.issues import IssueBook
    from model.state.movement import LifeBook, Moves
    from model.state.network import Network
    from model.state.organizations import Organization
    from model.state.outcomes import Grouping, Records
    from model.state.party import PartyBranch
    from model.state.perception import Perception
    from model.state.residents import Residents
    from model.state.stewards import Cells, Office
    from model.state.units import ResidentUnit


class Community(State):
    """The state of one community in one week, and the questions that phases ask of it.

    ``week`` is 1 in the first week after the spin-up. ``rows`` are 0 to n - 1, ``households`` the ids of all
    households, ``building_cells`` who shares one. ``served_ring`` and ``duty_ring`` (int16[52, n]) hold the
    minutes of the last 52 weeks, ``counts`` (int64[groups, columns]) what is counted this week, ``time_cost``
    (float64[n]) what taking part costs in time. ``purse`` is that of the district which divides the
    money, None where a community stands alone; ``contacts`` (int64[m]) are the households
    contacted this week.
    ``terms_kept`` (float64[n, 3, 9]) are the terms of the decision that an arm reads which has this one as
    its ``twin``, for those of `TERMS` that its ``from_twin`` (int8[9]) marks.
    """

    scenario: Shared[Scenario]
    world: Shared[int]
    luck: Shared[int]
    luck_u64: Shared[np.uint64]
    week: Own[int]
    p: Shared[Parameters]
    seasons: Shared[Seasons]
    phase_names: Shared[frozenset[str]]
    policy: Anew[Policy]
    policies: Anew[Policies]
    residents: Own[Residents]
    network: Shared[Network]
    organizations: Own[list[Organization]]
    organization_class: Shared[type[Organization]]
    organization_activity: Own[NDArray[np.int8]]
    organization_fields: Own[NDArray[np.uint8]]
    organization_effort: Own[NDArray[np.float64]]
    committee: Own[ResidentsCommittee]
    branch_office: Own[PartyBranch]
    units: Own[list[ResidentUnit]]
    stewards: Own[dict[str, Office]]
    government: Own[Government]
    credit_state: Own[CreditState]
    care_book: Own[CareBook]
    issues: Own[IssueBook]
    moves: Own[Moves]
    life: Own[LifeBook]
    records: Anew[Records]
    rows: Shared[NDArray[np.int64]]
    households: Shared[NDArray[np.uint64]]
    building_cells: Shared[Cells]
    grouping: Own[Grouping]
    counts: Own[NDArray[np.int64]]
    served_ring: Own[NDArray[np.int16]]
    duty_ring: Own[NDArray[np.int16]]
    time_cost: Own[NDArray[np.float64]]
    offers: Own[list[Offer]]
    week_plan: Own[WeekPlan]
    perceived: Own[Perception | None]
    perceived_week: Own[int | None]
    contacts: Own[NDArray[np.int64] | None]
    purse: Anew[Purse | None]
    staff_in_kind: Own[int]
    twin: Anew[Community | None]
    terms_kept: Anew[NDArray[np.float64]]
    from_twin: Anew[NDArray[np.int8]]
    _first: Anew[dict[str, int]]
    _targets: Anew[dict[str, tuple[dict[str, Any], NDArray[np.bool_]]]]
    _reached: Anew[dict[str, list[Organization]]]

    def has_phase(self, name: str) -> bool:
        """True if a phase of this name is in the schedule."""
        return name in self.phase_names

    def make_organization(
        self, index: int, name: str, spec: OrganizationSpec, ident: int | None = None
    ) -> Organization:
        """A new organization of this model's class, at ``index`` of `organizations`; ``ident`` is the id of
        one that is born during a run."""
        organization = self.organization_class(self, index, name, spec, self.scenario.name)
        if ident is not None:
            organization.id = organization.unique_id = ident
        return organization

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
        is_open = offered != 0 if self.has_phase("plan") else np.ones(len(ACTIVITIES), bool)
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

    def perception(self) -> Perception:
        """What residents see of each other this week: the state after last week.

        Raises:
            GongzhiError: if the week was not begun, so that nobody has looked round.
        """
        if self.perceived is None or self.perceived_week != self.week:
            raise GongzhiError(
                what="nobody has looked round this week",
                where=f"week {self.week}",
                instead="begin a week with model.begin_week(), or run it whole with model.step()",
            )
        return self.perceived

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
