"""How is a district's money divided over its communities (ODD 7.0)?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.core.calendar import YEAR, week_of_year
from model.state.allocation import ALLOCATIONS, Lately, split
from model.state.government import cut
from model.state.outcomes import WINDOW
from model.week.appropriate import due

if TYPE_CHECKING:
    from model.state.community import Community


@dataclass
class _Whole:
    """A community as a rule of allocation sees it: all its organizations as one."""

    id: int
    lately: Lately


@dataclass
class Purse:
    """The district's budget of the fiscal year, in fen: what reaches the simulated communities.

    ``amounts`` are fen a year by instrument; ``cap`` is the yearly budget (0: no cap), ``left`` what is left
    of it.
    """

    amounts: dict[str, int]
    division: str
    cap: int
    left: int = 0

    def share_out(self, communities: Sequence[Community]) -> None:
        """Divide what is due this week over the communities in which it has a target, within the budget.

        Each community finds what it appropriates in its ``shares``.
        """
        week = communities[0].week
        if week_of_year(week) == 1 or week == 1 - communities[0].scenario.run.spin_up:
            self.left = self.cap * (YEAR + 1 - week_of_year(week)) // YEAR
        sharing: dict[str, list[Community]] = {name: [] for name in self.amounts}
        for community in communities:
            for named in due(community):
                sharing[named.name].append(community)
        due_now = [(name, those) for name, those in sharing.items() if those]
        at = [(name, c) for name, those in due_now for c in those]
        accounts = [c.government.accounts[name] for name, c in at]
        yearly = [
            part
            for name, those in due_now
            for part in split(self.amounts[name], weights(self.division, those))
        ]
        wanted = [account.wanted(week, part) for account, part in zip(accounts, yearly, strict=True)]
        given = wanted
        if self.cap > 0:
            given, paid = cut(self.left, accounts, wanted)
            self.left -= paid
        for (name, community), asked, got in zip(at, wanted, given, strict=True):
            community.shares[name] = got
            community.government.tally["budget_cut_fen"] += asked - got


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
