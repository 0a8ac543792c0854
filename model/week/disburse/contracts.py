"""How are contracts signed, paid in instalments and settled (ODD 7.1, 7.2, 7.12)?"""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from model.instruments.funding import Purchase
from model.instruments.policies import Named
from model.state.allocation import ALLOCATIONS, split
from model.state.contracts import Contract, may_sell

if TYPE_CHECKING:
    from model.state.community import Community


def sign(model: Community, named: Named[Purchase]) -> None:
    """Commit an appropriation to contracts with the eligible organizations; the remainder goes back."""
    account, price = model.government.account(named), model.price_fen(named)
    account.release_all()
    sellers = [o for o in model.target_organizations(named) if may_sell(o, named.instrument)]
    parts = split(account.free, ALLOCATIONS[named.instrument.allocation](sellers))
    last = account.last_week(model.week)
    for seller, part in zip(sellers, parts, strict=True):
        sessions = part // price
        if sessions:
            value = sessions * price
            account.commit(Contract(seller.index, sessions, value, model.week, last, seller.sessions_held))
            model.government.tally["contracted_sessions"] += sessions
    account.close()


def pay_instalments(model: Community, named: Named[Purchase]) -> None:
    """Pay what is due at signing and in the middle; who may no longer sell loses the contract."""
    account, shares = model.government.account(named), model.scenario.government
    for contract in list(account.contracts):
        seller = model.organizations[contract.organization]
        if not may_sell(seller, named.instrument):
            account.end_contract(contract)
            continue
        if model.week == contract.first:
            account.pay_contract(contract, seller, floor(shares.first_share * contract.value))
        if model.week == contract.first + (contract.last - contract.first + 1) // 2:
            due = min(floor(shares.second_share * contract.value), contract.unpaid)
            account.pay_contract(contract, seller, due)


def settle(model: Community, named: Named[Purchase]) -> None:
    """After the last week of a contract pay the rest in proportion to what was delivered."""
    account = model.government.account(named)
    for contract in [c for c in account.contracts if model.week >= c.last]:
        seller = model.organizations[contract.organization]
        if may_sell(seller, named.instrument):
            delivered = min(seller.sessions_held - contract.before, contract.sessions)
            model.government.tally["delivered_sessions"] += delivered
            account.pay_contract(contract, seller, contract.unpaid * delivered // contract.sessions)
        account.end_contract(contract)
