"""When is enough known? One rule that may be looked at after every run without losing its promise.

A confidence sequence holds the truth at all looks together with probability 1 - alpha, so that stopping
when the
answer is clear does no harm. Ours is that of the t statistic with a normal mixture over effect sizes: the
Bayes
factor against a mean, with Haar's prior on the unknown standard deviation, is a martingale under that mean,
and by Ville's inequality exceeds 1 / alpha with probability alpha at most (Lai 1976, Annals of Statistics
4, 265-280;
Wang & Ramdas 2025). It is exact for normal differences; means over thousands of persons are nearly so, and
the coverage for skewed ones is tested by simulation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.study.design.points import Value
from model.core.errors import StudyError

ALPHA = 0.1
MIXTURE = 1.0
"""Variance of the effect sizes, in standard deviations of one difference, for which the sequence is
tightest."""

FEWEST = 6
"""Pairs of seeds below which two policies can hardly be told apart."""

Floats = NDArray[np.float64]
Verdict = Literal["more", "less", "undecided"]


@dataclass(frozen=True)
class Interval:
    """Mean of ``n`` paired differences, and the ends that hold at all looks together."""

    n: int
    mean: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half of the distance between the ends; inf while nothing is known."""
        return (self.high - self.low) / 2

    @property
    def verdict(self) -> Verdict:
        """Whether the differences are above zero, below, or undecided so far."""
        if self.low > 0:
            return "more"
        return "less" if self.high < 0 else "undecided"


NOTHING = Interval(0, math.nan, -math.inf, math.inf)
"""What is known of a setting that has no difference yet."""


def sequence(differences: ArrayLike, alpha: float = ALPHA, mixture: float = MIXTURE) -> list[Interval]:
    """The interval after each of ``differences`` (float[n], in the order in which they came).

    Ends only move inwards: what one look excluded stays excluded. While all
    differences are equal nothing is known.

    Raises:
        StudyError: unless 0 < alpha < 1.
    """
    if not 0 < alpha < 1:
        raise StudyError(what=f"alpha = {alpha}", instead="give a probability between 0 and 1")
    x = np.asarray(differences, np.float64)
    found: list[Interval] = []
    low, high = -math.inf, math.inf
    for n in range(1, len(x) + 1):
        mean = float(x[:n].mean())
        radius = _radius(n, float(x[:n].std(ddof=1)) if n > 1 else math.inf, alpha, mixture)
        low, high = max(low, mean - radius), min(high, mean + radius)
        if low > high:  # the sequence is empty: it says that its assumption fails, not that all is known
            low, high = -math.inf, math.inf
        found.append(Interval(n, mean, low, high))
    return found


def _radius(n: int, sd: float, alpha: float, mixture: float) -> float:
    """Half-width after n differences: where (1 + n g)^(-1/2) ((1 + x) / (1 + x / (1 + n g)))^(n/2) = 1 /
    alpha, x = t^2 / (n - 1)."""
    if n < 3 or sd == 0:  # differences that do not vary say nothing of how far they may
        return math.inf
    gain = 1 + n * mixture
    bound = math.exp((math.log(1 / alpha) + 0.5 * math.log(gain)) * 2 / n)
    if bound >= gain:
        return math.inf
    x = (bound - 1) / (1 - bound / gain)
    return sd * math.sqrt(x * (n - 1) / n)


@dataclass(frozen=True)
class Decision:
    """What is known of a difference, over settings that each have a sequence of seeds.

    ``more`` and ``less`` count the settings that are decided that way, of ``settings``. ``responsible``
    names the two inputs that order the settings most, where these disagree.
    """

    verdict: Literal["more", "less", "undecided", "undecided, because the settings disagree"]
    final: bool
    more: int
    less: int
    settings: int
    intervals: tuple[Interval, ...]
    responsible: tuple[str, ...] = ()

    def text(self, one: str, other: str) -> str:
        """The decision in words: "A does more than B in 8 of 10 settings"."""
        open_ = self.settings - self.more - self.less
        if self.settings == 1:
            i = self.intervals[0]
            seen = f"{i.mean:+.4g}, {i.low:+.4g} to {i.high:+.4g}, {i.n} pairs of seeds"
            said = {"more": f"{one} does more than {other}", "less": f"{one} does less than {other}"}
            return f"{said.get(self.verdict, f'{one} and {other} are not told apart')} ({seen})."
        lines = (
            f"{one} does more than {other} in {self.more} of {self.settings} settings, less in {self.less}"
        )
        lines += f", not told apart in {open_}." if open_ else "."
        if self.responsible:
            named = " and ".join(self.responsible)
            lines += f" Undecided, because the settings disagree: most depends on {named}."
        return lines


def decide(
    differences: Sequence[ArrayLike],
    points: Sequence[Mapping[str, Value]] | None = None,
    *,
    half_width: float | None = None,
    alpha: float = ALPHA,
) -> Decision:
    """The decision after these differences: one array of seeds for each setting.

    It is final when every setting is decided, when settings decide against each other, or, with a target
    ``half_width``, when every setting's interval is as narrow.
    """
    ends = [sequence(d, alpha)[-1] if np.size(d) else NOTHING for d in differences]
    return over(ends, points, half_width=half_width)


def over(
    ends: Sequence[Interval],
    points: Sequence[Mapping[str, Value]] | None = None,
    *,
    half_width: float | None = None,
) -> Decision:
    """The decision over settings whose intervals are ``ends``; see `decide`."""
    ends = tuple(ends)
    more = sum(i.verdict == "more" for i in ends)
    less = sum(i.verdict == "less" for i in ends)
    narrow = half_width is not None and all(i.half_width <= half_width for i in ends)
    if more and less:
        named = responsible([i.mean for i in ends], points or [])
        disagree: Literal["undecided, because the settings disagree"] = (
            "undecided, because the settings disagree"
        )
        final = half_width is None or narrow
        return Decision(disagree, final, more, less, len(ends), ends, named)
    everywhere = more + less == len(ends)
    verdict: Verdict = "undecided" if not everywhere else ("more" if more else "less")
    final = narrow if half_width is not None else everywhere
    return Decision(verdict, final, more, less, len(ends), ends)


def responsible(
    means: Sequence[float], points: Sequence[Mapping[str, Value]], most: int = 2
) -> tuple[str, ...]:
    """The inputs whose values order the settings most like their mean differences do (rank correlation)."""
    from scipy.stats import rankdata

    if len(points) < 3:
        return ()
    moved = rankdata(means)
    strength = {}
    for name in points[0]:
        values = rankdata(_ordered([point[name] for point in points], means))
        if values.std() > 0 and moved.std() > 0:
            strength[name] = abs(float(np.corrcoef(values, moved)[0, 1]))
    return tuple(sorted(strength, key=lambda name: (-strength[name], name))[:most])


def _ordered(values: Sequence[Value], means: Sequence[float]) -> list[float]:
    """Numbers as they are; texts by the mean difference of the settings that have them."""
    found: dict[Value, list[float]] = {}
    for value, mean in zip(values, means, strict=True):
        found.setdefault(value, []).append(mean)
    return [float(np.mean(found[v])) if isinstance(v, str) else float(v) for v in values]


@dataclass(frozen=True)
class Ranking:
    """Policies in the order of their means, and who beats whom in how many settings."""

    order: tuple[str, ...]
    pairs: dict[tuple[str, str], Decision]

    def text(self) -> str:
        """The ranking in words; "undecided" where no pair is told apart."""
        decided = [d for d in self.pairs.values() if d.more or d.less]
        if not decided:
            return f"Undecided: {', '.join(self.order)} are not told apart."
        return "\n".join(decision.text(*pair) for pair, decision in self.pairs.items())


def rank(
    outcomes: Mapping[str, Sequence[ArrayLike]],
    points: Sequence[Mapping[str, Value]] | None = None,
    alpha: float = ALPHA,
) -> Ranking:
    """Rank policies by their ``outcomes``: for each, one array of seeds per setting, the seeds being the
    same.

    All pairs together hold their promise with probability 1 - alpha: each has its share of it (Bonferroni).
    """
    names = list(outcomes)
    level = alpha / max(1, len(names) * (len(names) - 1) // 2)
    means = {
        name: float(np.mean([np.asarray(x, np.float64).mean() for x in xs])) for name, xs in outcomes.items()
    }
    order = tuple(sorted(names, key=lambda name: (-means[name], name)))
    pairs = {}
    for a, b in combinations(order, 2):
        both = zip(outcomes[a], outcomes[b], strict=True)
        pairs[a, b] = decide([np.asarray(x) - np.asarray(y) for x, y in both], points, alpha=level)
    return Ranking(order, pairs)
