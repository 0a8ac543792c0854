"""Does a page that must not be used say so on top, for each reason, in both languages, and no other page?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest

from experiments.compare import Comparison
from experiments.loading.layers import Origin
from experiments.loading.oddities import Oddity
from experiments.report import page, page_html
from tests.reports import Fake, fake_comparison, without_figures

SEVERE = Oddity(
    "never_in_force", "{name} has no money: amount_yuan is 0", Origin("file", "x", 3), {"name": "p"}
)


def drifting(fake: Fake) -> Fake:
    drift = fake.drift.copy()
    drift.loc[0, ["outcome", "drift_per_year", "standard_error", "met"]] = [
        "reach_culture",
        0.39,
        0.02,
        False,
    ]
    return replace(fake, drift=drift)


def out_of_order(fake: Fake) -> Fake:
    return replace(fake, patterns=fake.patterns.assign(met=fake.patterns["pattern"] != "P1"))


def dropped(fake: Fake) -> Fake:
    return replace(fake, settings_counts=fake.settings_counts | {"tried": 32, "dropped_p1": 21, "kept": 2})


def unspent(fake: Fake) -> Fake:
    return replace(fake, costs=fake.costs.assign(unspent_yuan_per_year=2 * fake.costs["spent_yuan_per_year"]))


def severe(fake: Fake) -> Fake:
    return replace(fake, warnings=(replace(SEVERE, severe=True),))


@pytest.mark.parametrize(
    ("change", "said", "said_zh"),
    [
        (drifting, "does not stand still", "并不稳定"),
        (out_of_order, "order of the activities", "高低次序"),
        (dropped, "30 of 32 were dropped", "32次抽样"),
        (unspent, "stays unspent", "没有用出去"),
        (severe, "p has no money", "p 没有资金"),
    ],
)
def test_each_reason_makes_the_box(change: Callable[[Fake], Fake], said: str, said_zh: str) -> None:
    fake: Any = cast("Comparison", change(fake_comparison()))
    english, chinese = page(fake, "en"), page(fake, "zh")
    assert english.startswith("> **Do not use these results.**")
    assert chinese.startswith("> **以下结果不可使用。**")
    head = english.partition("# ")[0]
    assert said in head
    assert said_zh in chinese.partition("# ")[0]
    with without_figures():
        assert '<div class="box" role="alert">' in page_html(fake, "en")


def test_a_sound_page_and_one_that_is_not_calibrated_have_no_box() -> None:
    calibrated = Oddity("not_calibrated", "not calibrated", Origin("file", "x", 1))
    other = replace(SEVERE, severe=True, policy="elsewhere")
    for fake in (fake_comparison(), replace(fake_comparison(), warnings=(calibrated, other, SEVERE))):
        found: Any = fake
        assert not page(found, "en").startswith(">")
        assert 'class="box"' not in page_html(found, "zh")


def test_a_changed_community_is_said_to_be_not_fitted() -> None:
    fake: Any = replace(fake_comparison(), unfitted=("population", "organization"))
    assert "not fitted: population, organizations differ from the fitted case" in page(fake, "en")
    assert "未拟合：人口、社会组织与已拟合的案例不同" in page(fake, "zh")
    assert "Figures it was fitted to" not in page(fake, "en")
