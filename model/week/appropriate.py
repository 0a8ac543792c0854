"""7.1 appropriate: the yearly money of every instrument is set aside, within the budget; in a district it is
divided over the communities (7.0)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.core.calendar import YEAR, week_of_year
from model.instruments.base import Funded
from model.instruments.funding import Purchase
from model.state.allocation import ALLOCATIONS, Lately, split
from model.state.government import cut
from model.state.outcomes import WINDOW
from model.week.disburse.contracts import sign
from model.week.phase import joint_phase

if TYPE_CHECKING:
    from model.instruments.policies import Named
    from model.state.community import Community
    from model.state.government import Purse

Shares = list[dict[str, int]]
"""What each community sets aside for each instrument that is due, in fen."""


@joint_phase(
    reads="history targets",
    writes="government organizations purse",
)
def appropriate(communities: Sequence[Community]) -> None:
    """Set aside money in an instrument's first week and in the first week of each later fiscal year."""
    shares = share_out(communities)
    for model, amounts in zip(communities, shares, strict=True):
        if week_of_year(model.week) == 1:
            for organization in model.organizations:
                organization.year_attendances = 0
        for name, amount in amounts.items():
            model.government.accounts[name].appropriate(model.week, amount)
        for purchase in model.policies.active(Purchase, model.week):
            if purchase.name in amounts:
                sign(model, purchase)


def share_out(communities: Sequence[Community]) -> Shares:
    """What each community sets aside for what is due in it, within the budget."""
    first = communities[0]
    opens = week_of_year(first.week) == 1 or first.week == 1 - first.scenario.run.spin_up
    for model in communities if opens else ():
        model.government.open_budget(model.week)
    if first.purse is not None:
        if opens:
            first.purse.left = first.purse.cap * (YEAR + 1 - week_of_year(first.week)) // YEAR
        return _divided(first.purse, communities)
    accounts = [first.government.account(named) for named in due(first)]
    amounts = first.government.within_budget(accounts, first.week)
    return [{account.name: amount for account, amount in zip(accounts, amounts, strict=True)}]


def due(model: Community) -> list[Named[Funded]]:
    """Instruments that set money aside this week, in order: their time has come, and they reach somebody."""
    found, new_year = [], week_of_year(model.week) == 1
    for named in model.policies.active(Funded, model.week):
        first = model.first_week(named)
        if (model.week == first or (new_year and model.week > first)) and model.has_target(named):
            found.append(named)
    return found


@dataclass
class _Whole:
    """A community as a rule of allocation sees it: all its organizations as one."""

    id: int
    lately: Lately


def _divided(purse: Purse, communities: Sequence[Community]) -> Shares:
    """Divide what is due this week over the communities in which it has a target, within the budget."""
    week = communities[0].week
    sharing: dict[str, list[int]] = {name: [] for name in purse.amounts}
    for i, community in enumerate(communities):
        for named in due(community):
            sharing[named.name].append(i)
    at = [(name, i) for name, those in sharing.items() for i in those]
    accounts = [communities[i].government.accounts[name] for name, i in at]
    yearly = [
        part
        for name, those in sharing.items()
        if those
        for part in split(purse.amounts[name], weights(purse.division, [communities[i] for i in those]))
    ]
    wanted = [account.wanted(week, part) for account, part in zip(accounts, yearly, strict=True)]
    given = wanted
    if purse.cap > 0:
        given, paid = cut(purse.left, accounts, wanted)
        purse.left -= paid
    shares: Shares = [{} for _ in communities]
    for (name, i), asked, got in zip(at, wanted, given, strict=True):
        shares[i][name] = got
        communities[i].government.tally["budget_cut_fen"] += asked - got
    return shares


def weights(division: str, communities: Sequence[Community]) -> list[int]:
    """Whole weights of the communities under a rule of `model.parameters.district.DIVISIONS`."""
    if division == "equal":
        return [1] * len(communities)
    if division == "need":
        return [1 + int((c.residents.history[:, 0] & WINDOW == 0).sum()) for c in communities]
    return ALLOCATIONS[division]([_whole(i, c) for i, c in enumerate(communities)])


def _whole(i: int, community: Community) -> _Whole:
    lately = [organization.lately for organization in community.organizations]
    attended, received = sum(sum(x.attended) for x in lately), sum(sum(x.received) for x in lately)
    return _Whole(i, Lately(attended=[attended], received=[received]))
