"""How much of an effect is due to each policy of a package, or to each term of the decision, in no order?

The share of a player is its mean contribution over all orders in which the players can join (Shapley
1953): shares add
up to the whole effect. For policies the coalitions are packages; for the terms of the decision they are
runs that read the other terms from the run without the policy. Both are ordinary arms of an ordinary study.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from experiments.study.study import Study
from model.errors import StudyError
from model.parameters.decision import TERMS

if TYPE_CHECKING:
    import pandas as pd

Coalition = frozenset[str]

CLEAR = {
    "can": ("can",),
    "like": ("like",),
    "enabled": ("enabled",),
    "asked": ("asked",),
    "response": ("response",),
    "others": ("peers", "habit", "credit", "time"),
}
"""The nine terms under the five letters, and the other four together: six players, 64 coalitions."""

OUTSIDE = "outside the decision"
"""What is left when every term is read from the run without the policy: places, movement of members."""


@dataclass(frozen=True)
class Shares:
    """Mean share of each player, a row per player, with its interval over pairs of seeds; ``total`` is
    their sum."""

    table: pd.DataFrame
    total: float


def package_arms(policies: Sequence[str]) -> list[str]:
    """The arms of a study that splits the effect of a package over its policies: every subset.

    Raises:
        StudyError: for fewer than two policies or more than six.
    """
    if not 2 <= len(policies) <= 6:
        raise StudyError(what=f"{len(policies)} policies to split", instead="name two to six")
    return ["none"] + [
        "+".join(chosen) for size in range(1, len(policies) + 1) for chosen in combinations(policies, size)
    ]


def channel_arms(policy: str, groups: dict[str, tuple[str, ...]] = CLEAR) -> list[str]:
    """The arms that split a policy's effect over terms: every set of groups read from the run without it."""
    arms = ["none"]
    for size in range(len(groups) + 1):
        for out in combinations(groups, size):
            terms = [term for term in TERMS if any(term in groups[g] for g in out)]
            arms.append(f"{policy}~{','.join(terms)}" if terms else policy)
    return arms


def split_package(study: Study, policies: Sequence[str], outcome: str) -> Shares:
    """Shares of the policies in the effect of all of them together on an outcome in the last stored week."""
    values = _values(study, outcome)

    def worth(coalition: Coalition) -> NDArray[np.float64]:
        name = "+".join(p for p in policies if p in coalition) or "none"
        return _of(values, name, study) - _of(values, "none", study)

    return _shares(policies, worth)


def split_channels(
    study: Study, policy: str, outcome: str, groups: dict[str, tuple[str, ...]] = CLEAR
) -> Shares:
    """Shares of the groups of terms in a policy's effect, and what does not pass through the decision."""
    values = _values(study, outcome)

    def worth(coalition: Coalition) -> NDArray[np.float64]:
        terms = [t for t in TERMS if not any(t in groups[g] for g in coalition)]
        name = f"{policy}~{','.join(terms)}" if terms else policy
        return _of(values, name, study) - _of(values, "none", study)

    outside = worth(frozenset())
    found = _shares(list(groups), lambda c: worth(c) - outside)
    return _shares_of({**_by_player(found), OUTSIDE: outside})


def shapley(
    players: Sequence[str], worth: Callable[[Coalition], NDArray[np.float64]]
) -> dict[str, NDArray[np.float64]]:
    """Each player's share of ``worth(all) - worth(none)``: float64[n] where ``worth`` gives float64[n]."""
    n = len(players)
    known = {frozenset(c): worth(frozenset(c)) for size in range(n + 1) for c in combinations(players, size)}
    shares = {}
    for player in players:
        others = [p for p in players if p != player]
        share = np.zeros_like(known[frozenset()])
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for chosen in combinations(others, size):
                without = frozenset(chosen)
                share = share + weight * (known[without | {player}] - known[without])
        shares[player] = share
    return shares


def _shares(players: Iterable[str], worth: Callable[[Coalition], NDArray[np.float64]]) -> Shares:
    return _shares_of(shapley(list(players), worth))


def _shares_of(shares: dict[str, NDArray[np.float64]]) -> Shares:
    import pandas as pd

    from experiments.summary import t_interval

    rows = []
    for player, values in shares.items():
        mean, low, high = (float(x) for x in t_interval(values))
        rows.append((player, mean, low, high, values))
    columns = ["player", "share", "chance_low", "chance_high", "by_seed"]
    table = pd.DataFrame(rows, columns=columns)
    return Shares(table, float(table["share"].sum()))


def _by_player(shares: Shares) -> dict[str, NDArray[np.float64]]:
    return dict(zip(shares.table["player"], shares.table["by_seed"], strict=True))


def _values(study: Study, outcome: str) -> pd.Series[float]:
    """The outcome in the last stored week, group all, by (policy, point, world, luck)."""
    series = study.series()
    if outcome not in series.columns:
        raise StudyError(
            what=f"the study has not recorded {outcome!r}",
            where=str(study.folder),
            instead="record it: [record] outcomes = [...] in study.toml",
        )
    last = series[(series["group"] == "all") & (series["week"] == series["week"].max())]
    found: pd.Series[float] = last.set_index(["policy", "point", "world", "luck"])[outcome].sort_index()
    return found


def _of(values: pd.Series[float], policy: str, study: Study) -> NDArray[np.float64]:
    if policy not in values.index.get_level_values("policy"):
        raise StudyError(
            what=f"the study has no finished run of {policy!r}",
            where=str(study.folder),
            instead="list the arms that package_arms or channel_arms give in policies = [...], and run it",
        )
    return np.asarray(values.xs(policy, level="policy"), np.float64)
