"""7.2 disburse: money is released; grants, instalments, projects and awards reach the organizations."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor
from typing import TYPE_CHECKING

from model.core.arithmetic import log
from model.core.calendar import YEAR, quarter_end
from model.core.draws import luck_of, stream, uniform
from model.instruments.base import Funded, fen
from model.instruments.funding import Award, Grant, ProjectFund, Purchase
from model.instruments.policies import Named
from model.instruments.support import Workstation
from model.state.allocation import ALLOCATIONS, equal, split
from model.state.committee import WORK_HOURS
from model.week.disburse.contracts import pay_instalments
from model.week.disburse.units import sponsor
from model.week.phase import joint_phase

if TYPE_CHECKING:
    from model.state.community import Community
    from model.state.government import Account
    from model.state.organizations import Organization

LEAST_DRAW = 2.0**-54
LEAST_QUALITY = 1e-6


@joint_phase(
    reads="purse targets",
    writes="government organizations staff_in_kind units",
)
def disburse(communities: Sequence[Community]) -> None:
    """Release what is due this week; pay grants, awards, instalments, projects, workstations, sponsorship.

    All communities of a district contend for awards, when everything else is paid.
    """
    for model in communities:
        _disburse(model)
    if communities[0].purse is not None:
        award(communities)


def _disburse(model: Community) -> None:
    """What one community pays, with its awards if it stands alone."""
    accounts = model.government.account
    for named in model.policies.of(Funded):
        accounts(named).release(model.week)
    for grant in model.policies.of(Grant):
        receivers = model.target_organizations(grant)
        pay(accounts(grant), receivers, ALLOCATIONS[grant.instrument.allocation](receivers))
    if model.purse is None:
        award([model])
    for purchase in model.policies.of(Purchase):
        pay_instalments(model, purchase)
    for fund in model.policies.active(ProjectFund, model.week):
        if model.week == model.first_week(fund) or quarter_end(model.week - 1) == model.week - 1:
            _contest(model, fund)
    for station in model.policies.active(Workstation, model.week):
        _open(model, station)
    sponsor(model)


def award(models: Sequence[Community]) -> None:
    """Pay released awards to the best of all these communities together.

    Each community's account pays its own winners: money moves between the accounts of one instrument.
    """
    for named in models[0].policies.of(Award):
        accounts = [model.government.account(named) for model in models]
        free = sum(account.free for account in accounts)
        if free == 0:
            continue
        targets = [(o, i) for i, model in enumerate(models) for o in model.target_organizations(named)]
        ranked = sorted(targets, key=lambda target: (-target[0].year_attendances, target[0].id))
        winners = ranked[: free // models[0].price_fen(named)]
        if not winners:
            continue
        due = [0] * len(models)
        for (_, i), part in zip(winners, split(free, [1] * len(winners)), strict=True):
            due[i] += part
        for i, account in enumerate(accounts):
            moved = due[i] - account.free
            account.free += moved
            account.appropriated += moved
            own = [organization for organization, at in winners if at == i]
            pay(account, own, equal(own))


def pay(account: Account, receivers: list[Organization], weights: list[int]) -> None:
    """Split all free money as ``weights``. Nobody to pay: it stays."""
    if account.free > 0:
        for organization, part in zip(receivers, split(account.free, weights), strict=True):
            account.give(organization, part)


def _contest(model: Community, fund: Named[ProjectFund]) -> None:
    """Projects go to the organizations with the smallest keys, one each: chances are as qualities."""
    account, price = model.government.account(fund), model.price_fen(fund)
    terms, luck = model.scenario.government, luck_of(model.luck, fund.name)

    def key(organization: Organization) -> tuple[float, int]:
        u = uniform(luck, stream("contest"), organization.id, model.week)
        return -log(max(u, LEAST_DRAW)) / max(organization.quality, LEAST_QUALITY), organization.id

    for winner in sorted(model.target_organizations(fund), key=key)[: account.free // price]:
        administration = floor(terms.project_administration * price + 0.5)
        account.administer(administration)
        account.give(winner, price - administration)
        winner.drive += terms.contest_drive * (1 - winner.drive)
        model.government.tally["projects_won"] += 1


def _open(model: Community, station: Named[Workstation]) -> None:
    """A workstation whose running cost is covered is open this week and trains organizations."""
    account, costs = model.government.account(station), model.scenario.costs
    cost = max(1, fen(costs.workstation_year) // YEAR)
    if account.free < cost:
        return
    account.spend(cost)
    account.open_in = model.week
    terms = model.scenario.government
    model.staff_in_kind += int(terms.workstation_hours * costs.staff_year / WORK_HOURS * 100 + 0.5)
    for organization in model.target_organizations(station):
        organization.professionalism += terms.workstation_training / YEAR * (1 - organization.professionalism)
    model.government.tally["workstation_weeks"] += 1
