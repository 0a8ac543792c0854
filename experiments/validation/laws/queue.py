"""How many issues wait where a fixed number is settled every week?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scipy.stats import poisson

from experiments.validation.laws.bare import community
from experiments.validation.laws.rows import Estimate, Row, estimate, exactly, require, within

LAW = "queue of issues"
SOURCE = "bulk-service queue with Poisson arrivals: Spitzer 1956, Transactions of the AMS 82, 323-339"
LITTLE = "Little 1961, Operations Research 9, 383-387"
ADULTS = 1000
"""Capacities are per thousand adults, so that this many make them whole numbers of issues."""


class Queue(NamedTuple):
    """Mean number of issues that wait after a week's service, and mean weeks from raising to settling.

    Of all replicates and weeks, ``waited`` adds up the weeks of every issue, so far of those that still wait,
    and ``backlogs`` the issues that wait after every week.
    """

    backlog: Estimate
    wait: Estimate
    waited: int
    backlogs: int


def backlog(arrivals: float, settled: int) -> float:
    """Mean backlog after service, by Spitzer's identity: the sum over k of E(A_k - k S)+ / k.

    A week brings Poisson(``arrivals``) issues, and up to S = ``settled`` are settled, also issues of the same
    week; A_k are the arrivals of k weeks. (4, 5) gives 1.156240, (9, 10) gives 3.101238.
    Raises GongzhiError unless 0 < arrivals < settled.
    """
    require(0 < arrivals < settled, f"arrivals {arrivals}, settled {settled}", "Give 0 < arrivals < settled")
    total, k = 0.0, 0
    while True:
        k += 1
        mean, served = k * arrivals, k * settled
        excess = mean * poisson.sf(served - 1, mean) - served * poisson.sf(served, mean)
        total += excess / k
        # Chernoff: each term is at most exp(-S (rho - 1 - log rho)) of the one before, rho = arrivals / S.
        if excess < 1e-12 * (1 - arrivals / settled) ** 2:
            return float(total)


def issue_queue(
    arrivals: float, settled: int, weeks: int = 520, before: int = 156, replicates: int = 30
) -> Queue:
    """The backlog and wait of issues, over ``weeks`` weeks after ``before`` others.

    Configuration: `deliberate` alone, a thousand adults who raise ``arrivals`` issues a week in all, whatever
    their efficacy, all of them private, and mediators who settle ``settled`` a week; nobody withdraws.
    Raises GongzhiError unless 0 < arrivals < settled, and for more than 1,000 arrivals.
    """
    require(0 < arrivals < settled, f"arrivals {arrivals}, settled {settled}", "Give 0 < arrivals < settled")
    backlogs, waits, waited, total = [], [], 0, 0
    for luck in range(1, replicates + 1):
        model = community(
            ADULTS,
            ("deliberate",),
            issues={
                "issue_rate": arrivals / ADULTS,
                "issue_efficacy": 0.0,
                "triage": {"private": 1.0, "small": 0.0, "big": 0.0},
                "withdraw_weeks": 10_400,
                "mediators_per_week": float(settled),
            },
            luck=luck,
        )
        book, after = model.issues, []
        start = (0, 0)
        for week in range(before + weeks):
            if week == before:
                start = (book.waited_weeks, book.in_time + book.late)
            model.step()
            after.append(len(book))
        backlogs.append(sum(after[before:]) / weeks)
        waits.append((book.waited_weeks - start[0]) / (book.in_time + book.late - start[1]))
        still = [i for level in (*book.waiting, *book.overdue) for i in level]
        waited += book.waited_weeks + sum(model.week + 1 - i.week for i in still)
        total += sum(after)
    return Queue(estimate(backlogs), estimate(waits), waited, total)


def rows() -> Iterator[Row]:
    """A queue with slack, a busy one, and Little's law in both."""
    for arrivals, settled in ((4.0, 5), (9.0, 10)):
        got = issue_queue(arrivals, settled)
        case = f"{arrivals:g} arrive, {settled} are settled"
        expected = backlog(arrivals, settled)
        yield within(LAW, f"mean backlog, {case}", expected, got.backlog, SOURCE)
        yield within(LAW, f"mean wait, {case}", expected / arrivals, got.wait, LITTLE)
        yield exactly(LAW, f"weeks waited, {case}", got.backlogs, got.waited, LITTLE)
