"""Does the sequential rule keep its promise at all looks together, and say "undecided" when it should?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from experiments.study.running.sequential import ALPHA, decide, rank, sequence

Draw = Callable[[np.random.Generator, int], np.ndarray]

RUNS, FEWER, LOOKS = 400, 250, 200
SLACK = 2 * np.sqrt(ALPHA * (1 - ALPHA) / RUNS)
"""Two binomial standard errors of a share over the simulations."""

SHAPES: dict[str, tuple[Draw, float]] = {
    "normal": (lambda rng, n: rng.normal(2.0, 3.0, n), 2.0),
    "skewed": (lambda rng, n: rng.gamma(4.0, 1.0, n), 4.0),
    "counts": (lambda rng, n: rng.poisson(30.0, n) - rng.poisson(20.0, n), 10.0),
}
"""Differences and their true mean; gamma(4) has skewness 1, more than any mean over hundreds of persons."""


@pytest.mark.parametrize("shape", SHAPES)
def test_the_truth_is_held_at_all_looks_together(shape: str) -> None:
    drawn, truth = SHAPES[shape]
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(RUNS):
        ends = sequence(drawn(rng, LOOKS))
        held += all(i.low <= truth <= i.high for i in ends)
    assert held / RUNS >= 1 - ALPHA - SLACK


def test_stopping_when_it_looks_clear_finds_no_difference_where_there_is_none() -> None:
    """The fault that a fixed-size interval makes: about a third of such searches "find" something."""
    rng = np.random.default_rng(8)
    searches = [sequence(rng.normal(0.0, 1.0, LOOKS)) for _ in range(RUNS)]
    assert np.mean([any(i.verdict != "undecided" for i in s) for s in searches]) <= ALPHA + SLACK


def test_a_difference_is_found_soon() -> None:
    """An effect of one standard deviation: seldom more than 30 pairs."""
    rng = np.random.default_rng(9)
    needed = []
    for _ in range(200):
        ends = sequence(rng.normal(1.0, 1.0, LOOKS))
        needed.append(next(i.n for i in ends if i.verdict == "more"))
    assert np.median(needed) < 20
    assert np.quantile(needed, 0.9) < 40


def test_three_equal_policies_are_undecided() -> None:
    rng = np.random.default_rng(10)
    wrong = 0
    for _ in range(FEWER):
        luck = rng.normal(0.0, 2.0, 60)
        outcomes = {name: [luck + rng.normal(0.0, 1.0, 60)] for name in ("a", "b", "c")}
        wrong += not rank(outcomes).text().startswith("Undecided")
    assert wrong / FEWER <= ALPHA + 2 * np.sqrt(ALPHA * (1 - ALPHA) / FEWER)
    same = rng.normal(0.0, 1.0, 20)
    assert rank({name: [same] for name in ("a", "b", "c")}).text().startswith("Undecided")


def test_settings_that_disagree_name_the_inputs_that_order_them() -> None:
    rng = np.random.default_rng(11)
    points = [{"x": float(i), "y": float(rng.random()), "z": float(i % 2)} for i in range(10)]
    differences = [rng.normal(i - 4.5, 0.5, 20) for i in range(10)]
    decision = decide(differences, points)
    assert decision.verdict == "undecided, because the settings disagree"
    assert decision.final
    assert (decision.more, decision.less) == (5, 5)
    assert decision.responsible[0] == "x"
    assert len(decision.responsible) == 2
    assert "in 5 of 10 settings" in decision.text("a", "b")


def test_a_target_width_is_reached_or_not() -> None:
    rng = np.random.default_rng(12)
    x = rng.normal(0.3, 1.0, 400)
    assert not decide([x[:20]], half_width=0.2).final
    assert decide([x], half_width=0.2).final
