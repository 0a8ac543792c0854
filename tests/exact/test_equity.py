"""Whom do the asking rules reach, and is the gap between groups told?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments.compare import compare
from experiments.comparison.equity import GAPS, chosen_by_rule, equity
from experiments.comparison.summary import SMALLEST_GROUP, t_interval
from experiments.report import page
from experiments.report.equity import equity_page
from experiments.runs.simulate import simulate
from model.community import CommunityModel
from model.instruments.policies import NONE
from model.state.outcomes import COLUMNS, GROUPS
from tests.reports import fake_comparison
from tests.worlds import STATUS_QUO, policy, world

LETTERS = {"kind": "ask", "activity": "culture", "every_weeks": 1, "share": 0.2}

MONEY = {"base": STATUS_QUO["base"]}


def asked(rule: str) -> CommunityModel:
    """The first week of a campaign that asks a fifth by a rule; nobody else asks."""
    base = CommunityModel(world(200, mobilisation={"ask_rate": 0.0}, status_quo=MONEY), world=1, luck=2)
    base.run_spin_up()
    arm = base.branch(policy(letters={**LETTERS, "rule": rule}))
    arm.begin_week()
    for phase in arm.schedule.only("plan", "mobilise", "ask"):
        phase.run(arm)
    return arm


@pytest.mark.parametrize("rule", ["random", "likely", "need"])
def test_every_rule_asks_the_same_number(rule: str) -> None:
    model = asked(rule)
    assert model.residents.asked_now.sum() == int(0.2 * len(model.residents) + 0.5)
    assert model.residents.asked_now.max() == 1


def test_the_likely_are_members_and_the_needy_in_need() -> None:
    likely, need = asked("likely").residents, asked("need").residents
    member = (likely.membership >= 0).any(axis=1)
    active = likely.history[:, 0] > 0
    promising = member | active
    assert promising[likely.asked_now > 0].mean() > promising[likely.asked_now == 0].mean() + 0.5
    poor = need.needs_care + need.migrant + (need.education == 0)
    assert poor[need.asked_now > 0].min() >= poor[need.asked_now == 0].max() - 1
    assert poor[need.asked_now > 0].mean() > poor[need.asked_now == 0].mean() + 0.5


def test_the_table_is_the_ratio_of_the_counts() -> None:
    result = simulate(world(200), policy(letters={**LETTERS, "rule": "need"}), 3, 4, weeks=60)
    table = equity(result)
    counts = {g: result.counts[:, i] for i, g in enumerate(GROUPS)}
    for group in ("all", "residence:migrant", "education:primary"):
        asks = counts[group][-52:, COLUMNS.index("asks")].sum() / counts[group][-1, 0]
        assert table["asks_per_adult_year"][group] == pytest.approx(asks)
    ratio = table["asks_per_adult_year"] / table["asks_per_adult_year"]["all"]
    np.testing.assert_allclose(table["asks_per_adult_year_relative"][list(GROUPS)], ratio[list(GROUPS)])
    assert table["asks_per_adult_year"]["residence:local - residence:migrant"] < 0
    page = equity_page([result])
    assert page.count("\n| ") >= 4 * len(GAPS)


def test_the_table_is_printed_where_a_rule_chooses() -> None:
    assert not chosen_by_rule(world(), [NONE, policy(letters=LETTERS)])
    assert chosen_by_rule(world(), [policy(letters={**LETTERS, "rule": "likely"})])
    assert chosen_by_rule(world(mobilisation={"ask_rule": "need"}), [NONE])
    assert chosen_by_rule(world(status_quo={"letters": {**LETTERS, "rule": "need"}}), [NONE])


def test_a_gap_is_the_difference_of_two_groups_and_its_change_is_paired() -> None:
    scenario, letters = world(600), policy(letters={**LETTERS, "rule": "likely"})
    found = compare(scenario, [letters], seeds=3, settings=0, weeks=52, workers=1).gaps
    small = {g for g, n in zip(GROUPS, simulate(scenario).counts[0, :, 0], strict=True) if n < SMALLEST_GROUP}
    assert [(row.group, row.other) for row in found.query("outcome == 'reach_culture'").itertuples()] == [
        gap for gap in GAPS if not small & set(gap)
    ]
    assert set(found.dtypes[["baseline", "effect", "settings_high"]]) == {np.dtype(np.float64)}
    arms = [[equity(simulate(scenario, p, s, s, weeks=52)) for s in (1, 2, 3)] for p in (NONE, letters)]
    for row in found.itertuples():
        gap = f"{row.group} - {row.other}", f"{row.outcome}_share"
        before, after = (np.array([table.loc[gap] for table in arm]) for arm in arms)
        assert row.baseline == pytest.approx(before.mean(), abs=1e-12)
        wanted = [float(end) for end in t_interval(after - before)]
        assert [row.effect, row.chance_low, row.chance_high] == pytest.approx(wanted, abs=1e-12)
        assert np.isnan(row.settings_low)


def test_a_page_tells_the_gaps_where_a_rule_chooses() -> None:
    chance = fake_comparison()
    likely = chance.scenario.mobilisation.model_copy(update={"ask_rule": "likely"})
    by_rule = replace(chance, scenario=chance.scenario.model_copy(update={"mobilisation": likely}))
    for lang, heading, row in (
        ("en", "Gaps between groups", "less migrant residents | +30.0 | +0.40 | +0.20 to +0.60"),
        ("zh", "群体差距", "减 外来居民 | +30.0 | +0.40 |"),
    ):
        assert heading not in page(chance, lang)  # type: ignore[arg-type]
        told = page(by_rule, lang)  # type: ignore[arg-type]
        assert heading in told
        assert row in " ".join(told.split())
