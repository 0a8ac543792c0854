"""What does section 7.0 of the ODD say, in plain loops: communities in lock step, weak ties, shared money?

It takes over the communities of a built `DistrictModel` by `reference_of`; ties, divisions and awards are its
own.
"""

from __future__ import annotations

import copy
import math
from types import SimpleNamespace
from typing import Any

from model.core.draws import stream, uniform
from model.instruments.policies import Policy
from tests.reference_base import K
from tests.reference_government import FUNDED, shared
from tests.reference_model import ReferenceModel, reference_of


class ReferenceDistrict:
    """The communities of a district; `district_reference_of` builds it, `branch` goes on."""

    def __init__(self, scenario: Any, communities: list[ReferenceModel], world: int) -> None:
        self.scenario, self.communities = scenario, communities
        self.amounts: dict[str, int] = {}
        self.left = 0
        for name, instrument in scenario.status_quo.items():
            self.promise(f"status_quo.{name}", instrument)
        if scenario.network.layer_weight["weak"] > 0:
            self.tie(world)
        for community in communities:
            community.shares = {}

    def promise(self, name: str, instrument: Any) -> None:
        """The fen a year of an instrument that reach the simulated communities."""
        if instrument.kind in FUNDED:
            amount = int(instrument.amount_yuan * 100 + 0.5)
            self.amounts[name] = amount * len(self.communities) // self.scenario.district.communities

    def tie(self, world: int) -> None:
        """Weak ties, mutual, each once, in order of community and row."""
        d = self.scenario.network.degree["weak"]
        ends = set()
        for c, community in enumerate(self.communities):
            others = [o for o in range(len(self.communities)) if o != c]
            for r in community.residents:

                def u0(k: int, r: Any = r) -> float:
                    return uniform(world, stream("weak_tie"), r.id, 0, k)

                number = math.floor(d / 2) + (u0(255) < d / 2 - math.floor(d / 2))
                for k in range(number if others else 0):
                    o = others[math.floor(len(others) * u0(2 * k))]
                    row = math.floor(len(self.communities[o].residents) * u0(2 * k + 1))
                    ends |= {((c, r.row), (o, row)), ((o, row), (c, r.row))}
        for c, community in enumerate(self.communities):
            community.far_weight = self.scenario.network.layer_weight["weak"]
            community.far = [
                [(self.communities[o], j) for here, (o, j) in sorted(ends) if here == (c, i)]
                for i in range(len(community.residents))
            ]

    def branch(self, policy: Policy, shares: list[Policy]) -> ReferenceDistrict:
        """An arm whose communities add ``shares`` of the policy of the whole district."""
        arm = copy.deepcopy(self)
        for community, share in zip(arm.communities, shares, strict=True):
            for named in share.instruments:
                community.add(named)
        for named in policy.instruments:
            arm.promise(named.name, named.instrument)
        return arm

    def begin(self) -> None:
        """Open the next week; what is shown is the state after the last one."""
        for community in self.communities:
            community.begin()
            community.shown = [
                SimpleNamespace(
                    acting=[community.acts(r, k) for k in K],
                    e=r.embeddedness,
                    attachment=r.attachment,
                    knows=r.knowledge,
                    aware=r.aware,
                )
                for r in community.residents
            ]

    def phase(self, name: str) -> None:
        """One phase in all communities."""
        if name == "appropriate":
            self.share_out()
        for community in self.communities:
            getattr(community, name)()
        if name == "disburse":
            self.pay_awards()

    def share_out(self) -> None:
        """Divide what is due over the communities that have a target, within the budget."""
        first = self.communities[0]
        cap = int(self.scenario.government.budget_yuan * 100 + 0.5)
        cap = cap * len(self.communities) // self.scenario.district.communities
        if first.w == 1 or first.week == 1 - self.scenario.run.spin_up:
            self.left = cap * (52 - first.w + 1) // 52
        wanted = []
        for name, amount in self.amounts.items():
            those = [(c, n, w) for c in self.communities for n, w in c.due() if n.name == name]
            parts = shared(amount, self.weights([c for c, _, _ in those]))
            wanted += [(c, n, part * w // 52) for (c, n, w), part in zip(those, parts, strict=True)]
        paid = [a if n.instrument.payer == "government" else 0 for _, n, a in wanted]
        cut = shared(self.left, paid) if cap > 0 and sum(paid) > self.left else paid
        for (c, n, amount), asked, got in zip(wanted, paid, cut, strict=True):
            c.shares[n.name] = amount - asked + got
            c.tally["budget_cut_fen"] += asked - got
        self.left -= sum(cut)

    def weights(self, those: list[ReferenceModel]) -> list[int]:
        """The weights of ``those`` communities."""
        rule = self.scenario.district.division
        if rule == "need":
            return [1 + sum(1 for r in c.residents if r.history[0] % 2**52 == 0) for c in those]
        attended = [sum(sum(o.attended_in[-52:]) for o in c.organizations) for c in those]
        if rule == "tournament":
            ranked = sorted(range(len(those)), key=lambda i: -attended[i])
            return [int(i in ranked[: math.ceil(len(those) / 2)]) for i in range(len(those))]
        if rule == "adaptive":
            received = [sum(sum(o.received_in[-52:]) for o in c.organizations) for c in those]
            known = [10**8 * d // m for d, m in zip(attended, received, strict=True) if m >= 100]
            mean = sum(known) // len(known) if known else 0
            rates = [10**8 * d // m if m >= 100 else mean for d, m in zip(attended, received, strict=True)]
            if sum(rates) > 0:
                return [sum(rates) + len(those) * e for e in rates]
        return [1 for _ in those]

    def pay_awards(self) -> None:
        """Awards to the best of all communities."""
        for named in self.communities[0].active("award"):
            price = ReferenceModel.price(named.instrument, self.scenario.costs.award)
            accounts = [c.accounts[named.name] for c in self.communities]
            free = sum(a.free for a in accounts)
            targets = [
                (o, a)
                for c, a in zip(self.communities, accounts, strict=True)
                for o in c.target_organizations(named.instrument.target)
            ]
            targets.sort(key=lambda t: (-t[0].year_attendances, t[0].id))
            winners = targets[: free // price]
            if not winners:
                continue
            for account in accounts:
                account.appropriated -= account.free
                account.free = 0
            for rank, (o, account) in enumerate(winners):
                part = free // len(winners) + (rank < free % len(winners))
                account.appropriated += part
                account.free += part
                self.communities[0].grant(account, o, part, named.instrument)


def district_reference_of(model: Any) -> ReferenceDistrict:
    """The reference of a built `DistrictModel` before its first week."""
    return ReferenceDistrict(model.scenario, [reference_of(c) for c in model.communities], model.world)
