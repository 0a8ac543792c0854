"""7.2 disburse: money is released; grants and awards reach the organizations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.instruments.base import Funded
from model.instruments.funding import Award, Grant

if TYPE_CHECKING:
    from model.community import CommunityModel
    from model.government import Account
    from model.organizations import Organization


def disburse(model: CommunityModel) -> None:
    """Release what is due this week and pay grants and awards."""
    accounts = model.government.account
    for named in model.policies.of(Funded):
        accounts(named).release(model.week, at_the_end=isinstance(named.instrument, Award))
    for grant in model.policies.of(Grant):
        pay_equally(accounts(grant), model.target_organizations(grant))
    for award in model.policies.of(Award):
        winners = accounts(award).free // model.price_fen(award)
        ranked = sorted(model.target_organizations(award), key=lambda o: (-o.year_attendances, o.id))
        pay_equally(accounts(award), ranked[:winners])


def pay_equally(account: Account, receivers: list[Organization]) -> None:
    """Split all free money; the first receivers get the odd fen. Nobody to pay: it stays."""
    if not receivers or account.free == 0:
        return
    part, odd = divmod(account.free, len(receivers))
    for i, organization in enumerate(receivers):
        organization.receive(part + (i < odd), account.instrument.payer)
    account.spend(account.free)
