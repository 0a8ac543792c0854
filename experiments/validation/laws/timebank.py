"""How are hours distributed if everybody gives one away, now and then, to somebody drawn at random?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import ceil, comb, log, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.validation.laws.bare import community
from experiments.validation.laws.rows import Estimate, Row, estimate, require, within
from model.core.casts import whole
from model.parameters.population import AGE_BANDS
from model.week.serve.credits import check_credits

LAW = "time bank"
SOURCE = "random payments; the second moment of a balance stands still"
CHAIN = "random payments; stationary law of the chain over all distributions of the hours"
FEWEST_WEEKS = 200


class TimeBank(NamedTuple):
    """Share of residents who hold nothing, and Gini coefficient of what is held."""

    empty: Estimate
    gini: Estimate


def time_bank(n: int, hours: int, p: float, replicates: int = 30) -> TimeBank:
    """Holdings among ``n`` residents who hold ``hours`` hours and each week, with probability ``p`` and if
    they hold any, give one hour to one of the others.

    Configuration: only appropriate, disburse and serve run; a credit scheme for giving alone, to anyone,
    whose credits are worth nothing in goods; balances from the residents' table, near a geometric law. As
    many weeks as a large bank needs to forget its start pass twice; every fifth of the second half counts.
    Raises GongzhiError unless n >= 2, hours >= 1 and 0 < p < 1.
    """
    require(n >= 2 and hours >= 1, f"{n} residents, {hours} hours", "Give 2 or more, and 1 or more")
    require(0 < p < 1, f"p = {p}", "Give p above 0 and below 1")
    share = hours / (n + hours)
    wait = max(FEWEST_WEEKS, ceil(1 / (p * (1 - sqrt(share)) ** 2)))
    held = whole(np.floor(np.log(1 - (np.arange(n) + 0.5) / n) / log(share)), np.int64)
    held[-1] += hours - held.sum()
    empty, gini = [], []
    for luck in range(1, replicates + 1):
        model = community(
            n,
            ("appropriate", "disburse", "serve"),
            residents={"credit_minutes": 60 * held},
            tables={
                "population": {"needs_care": dict.fromkeys(AGE_BANDS, 0.0)},
                "credits": {"spend_rate": p, "spend_from": 1.0, "donate_hours": 1, "expiry_weeks": 520},
                "costs": {"credit_value": 0.0},
                "status_quo": {
                    "bank": {
                        "kind": "credits",
                        "amount_yuan": 52.0,
                        "uses": ["donate"],
                        "donate_to": "anyone",
                    }
                },
            },
            luck=luck,
        )
        balances = []
        for week in range(2 * wait):
            model.step()
            if week >= wait and week % 5 == 0:
                balances.append(model.residents.credit_minutes.astype(np.int64) // 60)
        check_credits(model)
        sample = np.sort(np.array(balances), axis=1)
        empty.append(float((sample == 0).mean()))
        gini.append(float(unequal(sample).mean()))
    return TimeBank(estimate(empty), estimate(gini))


def empty_share(n: int, hours: int, p: float = 0.0) -> float:
    """Share who hold nothing in the long run; (n - 1)/(n + hours - 1) for payments one at a time, p -> 0.

    At a finite p several give in one week. That a balance's second moment stands still then gives, exactly,
    u - m + m (n u - 1)/(n - 1) + p E[k (k - 1)] ((n - 2)/(2 n (n - 1)^2) - 1/(n (n - 1))) = 0, u the share
    who hold anything, k their number, m = hours/n. The variance of k is taken from p -> 0, where all
    distributions of the hours are equally likely: an error below 0.0003 even for three residents. For many
    residents with m hours each the Gini coefficient goes to (m + 1)/(2 m + 1) with p -> 0.
    """
    ways = [(k, comb(n, k) * comb(hours - 1, k - 1)) for k in range(1, min(n, hours) + 1)]
    total = sum(w for _, w in ways)
    mean = sum(k * w for k, w in ways) / total
    variance = sum(k * k * w for k, w in ways) / total - mean * mean
    m = hours / n
    c = p * ((n - 2) / (2 * n * (n - 1) ** 2) - 1 / (n * (n - 1)))
    a, b, d = c * n * n, 1 + m * n / (n - 1) - c * n, c * variance - m - m / (n - 1)
    return 1 + 2 * d / (b + sqrt(b * b - 4 * a * d))


def small_bank(n: int, hours: int, p: float) -> tuple[float, float]:
    """The long-run share who hold nothing and the mean Gini coefficient, from the chain over all
    distributions of the hours, for a few residents and hours."""
    states = [s for s in product(range(hours + 1), repeat=n) if sum(s) == hours]
    number = {state: i for i, state in enumerate(states)}
    chance = np.zeros((len(states), len(states)))
    for state in states:
        holders = [i for i in range(n) if state[i] > 0]
        # what a holder may do: give to one of the others, or (None) keep
        moves = product(*([None, *(j for j in range(n) if j != i)] for i in holders))
        for receivers in moves:
            after, probability = list(state), 1.0
            for giver, receiver in zip(holders, receivers, strict=True):
                probability *= 1 - p if receiver is None else p / (n - 1)
                if receiver is not None:
                    after[giver] -= 1
                    after[receiver] += 1
            chance[number[state], number[tuple(after)]] += probability
    balance = np.vstack([(chance - np.eye(len(states))).T, np.ones(len(states))])
    stationary = np.linalg.lstsq(balance, np.append(np.zeros(len(states)), 1.0), rcond=None)[0]
    held = np.sort(np.array(states), axis=1)
    return float(stationary @ (held == 0).mean(axis=1)), float(stationary @ unequal(held))


def unequal(held: NDArray[np.int64]) -> NDArray[np.float64]:
    """float64[rows]: Gini coefficients of the rows of ``held`` (int64[rows, n], ascending in each row)."""
    n = held.shape[1]
    ranked: NDArray[np.float64] = held @ (2.0 * np.arange(1, n + 1) - n - 1) / (n * held.sum(axis=1))
    return ranked


def rows() -> Iterator[Row]:
    """A large bank, and a small one whose every distribution is known."""
    n, hours, p = 50, 250, 0.5
    large = time_bank(n, hours, p)
    case = f"n {n}, {hours} hours, p {p:g}"
    yield within(LAW, f"share without an hour, {case}", empty_share(n, hours, p), large.empty, SOURCE)
    n, hours, p = 4, 5, 0.3
    small, (empty, gini) = time_bank(n, hours, p), small_bank(n, hours, p)
    case = f"n {n}, {hours} hours, p {p:g}"
    yield within(LAW, f"share without an hour, {case}", empty, small.empty, CHAIN)
    yield within(LAW, f"Gini, {case}", gini, small.gini, CHAIN)
