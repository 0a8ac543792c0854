"""7.2 disburse: money is released; grants and awards reach the organizations."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.community import CommunityModel
    from model.government import Account
    from model.organizations import Organization


def disburse(model: CommunityModel) -> None:
    """Release what is due this week and pay grants and awards."""
    for named in model.policies.funded():
        account = model.government.account(named)
        kind = named.instrument.kind
        account.release(model.week, at_the_end=kind == "award")
        if account.free == 0:
            continue
        if kind == "grant":
            pay_equally(account, model.target_organizations(named))
        elif kind == "award":
            winners = int(account.free // model.price_fen(named))
            ranked = sorted(model.target_organizations(named), key=lambda o: (-o.year_attendances, o.id))
            pay_equally(account, ranked[:winners])


def pay_equally(account: Account, receivers: list[Organization]) -> None:
    """Split all free money; the first receivers get the odd fen. Nobody to pay: it stays."""
    if not receivers:
        return
    part, odd = divmod(account.free, len(receivers))
    for i, organization in enumerate(receivers):
        organization.receive(part + (i < odd))
    account.spend(account.free)
