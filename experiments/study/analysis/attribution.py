"""How much of an effect is due to each policy of a package, or to each term of the decision, in no order?

The share of a player is its mean contribution over all orders in which the players can join (Shapley 1953),
so that shares add up to the whole effect. For policies the coalitions are packages; for the terms of the
decision they are runs that read the other terms from the run without the policy. Both are ordinary arms of a
study.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from experiments.comparison.settings import crossed, interval
from experiments.study.design.arms import entry
from experiments.study.running.study import Study
from model.core.errors import StudyError
from model.parameters.decision import TERMS

if TYPE_CHECKING:
    import pandas as pd

Coalition = frozenset[str]
Floats = NDArray[np.float64]

MOST_PLAYERS = 6

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
    """A row per player: its mean share over the seeds of the first point, the interval of chance, and that of
    settings over the draws of a design "settings" (else nan). ``total`` is the sum of the shares."""

    table: pd.DataFrame
    total: float


@dataclass(frozen=True)
class Sample:
    """An outcome of an arm: float64[n] over the seeds of the first point, and float64[draw, m] over draws
    that are `crossed`."""

    seeds: Floats
    draws: Floats

    def flat(self) -> Floats:
        """All figures in one row, as `shapley` takes them."""
        return np.concatenate([self.seeds, self.draws.reshape(-1)])

    def like(self, flat: Floats) -> Sample:
        """The sample that `flat` makes such a row of."""
        n = len(self.seeds)
        return Sample(flat[:n], flat[n:].reshape(self.draws.shape))


def package_arms(policies: Sequence[str]) -> list[str]:
    """The arms of a study that splits the effect of a package over its policies: every subset.

    Raises:
        StudyError: for fewer than two policies or more than six.
    """
    if not 2 <= len(policies) <= MOST_PLAYERS:
        raise StudyError(
            what=f"{len(policies)} policies to split",
            why="packages such as A+B are none of them",
            instead="name two to six single ones: --policy A --policy B",
        )
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


def package_sets(arms: Iterable[str]) -> dict[str, dict[Coalition, str]]:
    """The packages of a study whose every part is an arm too, each with its arms by coalition."""
    plain = {
        frozenset(a.split("+")) if a != "none" else frozenset(): a for a in arms if not set(a) & set("@~")
    }
    found = {}
    for whole, name in plain.items():
        sets = [frozenset(c) for size in range(len(whole) + 1) for c in combinations(sorted(whole), size)]
        if 2 <= len(whole) <= MOST_PLAYERS and all(one in plain for one in sets):
            found[name] = {one: plain[one] for one in sets}
    return found


def channel_sets(
    arms: Iterable[str], groups: dict[str, tuple[str, ...]] = CLEAR
) -> dict[str, dict[Coalition, str]]:
    """The policies of a study of which every set of groups is read from the run without it: arms by
    coalition of the groups that act."""
    by_terms = {(one.partition("~")[0], entry(one).terms): one for one in arms}
    found = {}
    for policy in dict.fromkeys(policy for policy, terms in by_terms if terms):
        sets = [frozenset(c) for size in range(len(groups) + 1) for c in combinations(groups, size)]
        wanted = {c: (policy, frozenset(t for g in groups if g not in c for t in groups[g])) for c in sets}
        if all(key in by_terms for key in wanted.values()):
            found[policy] = {c: by_terms[key] for c, key in wanted.items()}
    return found


def split(arms: dict[Coalition, str], effect: Callable[[str], Sample]) -> dict[str, Sample]:
    """Each player's share of the effect of an arm, given the arms of all coalitions and their effects.

    What is left with no player, the arm of the empty coalition, is the share of `OUTSIDE` unless it is the
    baseline itself.
    """
    known = {coalition: effect(name) for coalition, name in arms.items()}
    alone = known[frozenset()]
    players = list(dict.fromkeys(player for coalition in arms for player in coalition))
    shares = shapley(players, lambda c: known[c].flat() - alone.flat())
    found = {player: alone.like(values) for player, values in shares.items()}
    return found if arms[frozenset()] == "none" else {**found, OUTSIDE: alone}


def told(shares: dict[str, Sample]) -> Shares:
    """The table of some shares."""
    import pandas as pd

    from experiments.comparison.summary import t_interval

    rows = []
    for player, sample in shares.items():
        mean, low, high = (float(x) for x in t_interval(sample.seeds))
        far = interval(sample.draws)
        rows.append((player, mean, low, high, float(far[0]), float(far[1]), sample.seeds))
    columns = ["player", "share", "chance_low", "chance_high", "settings_low", "settings_high", "by_seed"]
    table = pd.DataFrame(rows, columns=columns)
    return Shares(table, float(table["share"].sum()))


def split_package(study: Study, policies: Sequence[str], outcome: str) -> Shares:
    """Shares of the policies in the effect of all of them together on an outcome in the last stored week.

    Over all points of the study; `answers` leaves out draws whose baseline is implausible.
    """
    arms = {
        frozenset(chosen): "+".join(chosen) or "none"
        for size in range(len(policies) + 1)
        for chosen in combinations(policies, size)
    }
    return _of_study(study, arms, outcome)


def split_channels(
    study: Study, policy: str, outcome: str, groups: dict[str, tuple[str, ...]] = CLEAR
) -> Shares:
    """Shares of the groups of terms in a policy's effect, and what does not pass through the decision."""
    arms = {}
    for size in range(len(groups) + 1):
        for chosen in combinations(groups, size):
            terms = [t for t in TERMS if not any(t in groups[g] for g in chosen)]
            arms[frozenset(chosen)] = f"{policy}~{','.join(terms)}" if terms else policy
    return _of_study(study, arms, outcome)


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


def _of_study(study: Study, arms: dict[Coalition, str], outcome: str) -> Shares:
    values = _values(study, outcome, {"none", *arms.values()})

    def effect(name: str) -> Sample:
        (seeds, draws), (before, far_before) = values[name], values["none"]
        return Sample(seeds - before, crossed(draws - far_before))

    return told(split(arms, effect))


def _values(study: Study, outcome: str, arms: set[str]) -> dict[str, tuple[Floats, Floats]]:
    """The outcome in the last stored week, group all, by arm: over the seeds of the first point, and over
    those of the draws; only seeds and draws for which every arm has it."""
    import pandas as pd

    runs = [run for run in study.runs if run.policy in arms]
    figures = study.figures(runs, outcome)
    rows = [(r.point, r.world, r.luck, r.policy, figures[r.key]) for r in runs if r.key in figures]
    for name in sorted(arms - {policy for _, _, _, policy, _ in rows}):
        raise StudyError(
            what=f"the study has no finished run of {name!r}",
            where=str(study.folder),
            instead="list the arms that package_arms or channel_arms give in policies = [...], and run it",
        )
    table = pd.DataFrame(rows, columns=["point", "world", "luck", "policy", "figure"])
    wide = table.pivot(index=["point", "world", "luck"], columns="policy", values="figure").dropna()
    drawn = study.design.spec.design.kind == "settings"
    found = {}
    for name in arms:
        by_point = wide[name].unstack("point").T
        first = by_point[by_point.index == 0].to_numpy(np.float64)
        far = by_point[by_point.index > 0].dropna() if drawn else by_point[:0]
        found[name] = (first[~np.isnan(first)], far.to_numpy(np.float64))
    return found
