"""What a district leaves: totals, tables, comparisons, smaller districts, the bundled scenario."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from experiments.compare import compare
from experiments.comparison.settings import smaller
from experiments.loading.load import load
from experiments.outcomes.figures import figures
from experiments.outcomes.result import RunResult
from experiments.runs.simulate import simulate
from model.core.compiled import set_threads
from model.district.communities import reaching
from model.district.district import DistrictModel
from model.instruments.policies import NONE
from model.state.outcomes import COLUMNS, WEEKLY
from model.week.counts import concentration
from tests.district_worlds import DIFFERENT, district, divided
from tests.worlds import EVERYTHING, policy


@cache
def ran() -> RunResult:
    return simulate(district(3, 80), policy(**EVERYTHING), 3, 4, weeks=56)


def test_totals_are_those_of_the_communities() -> None:
    result = ran()
    assert result.scenario == "town"
    assert [c.scenario for c in result.communities] == ["town-001", "town-002", "town-003"]
    assert result.persons == 240 == sum(c.persons for c in result.communities)
    assert np.array_equal(result.counts, sum(c.counts for c in result.communities))
    weekly = sum(c.weekly for c in result.communities)
    weekly[:, WEEKLY.index("credits_liquidity")] //= 3
    assert np.array_equal(result.weekly, weekly)
    assert 0 < result.weekly[-1, WEEKLY.index("credits_liquidity")] <= 2**40
    assert result.counts[:, 0, COLUMNS.index("adults")].tolist() == [result.counts[0, 0, 0]] * 57
    whole = np.concatenate(
        [np.unpackbits(c.took_part[0], axis=1)[:, : c.counts[0, 0, 0]] for c in result.communities], axis=1
    )
    ours = np.unpackbits(result.took_part[0], axis=1)[:, : result.counts[0, 0, 0]]
    assert np.array_equal(ours, whole)
    assert ours.sum(axis=1).tolist() == result.counts[52, 0, 1:4].tolist()


def test_concentration_is_over_everybody() -> None:
    base = DistrictModel(district(3, 80), world=3, luck=4)
    base.run(40)
    people = [c.residents for c in base.communities]
    hours = np.concatenate([p.service_minutes - p.duty_minutes_52 for p in people])
    assert base.records.spread[-1][:2] == concentration(hours)
    parts = [c.records.spread[-1] for c in base.communities]
    assert base.records.spread[-1][0] not in [p[0] for p in parts]


def test_the_series_has_a_row_per_week_community_and_group() -> None:
    result = ran()
    series = result.series
    keys = series[["week", "community", "group"]]
    assert not keys.duplicated().any()
    assert len(series) == 57 * 4 * (series["group"].nunique())
    first = series[series["week"] == 0]["community"].drop_duplicates().tolist()
    assert first == ["town", "town-001", "town-002", "town-003"]
    everybody = series[series["group"] == "all"].set_index(["week", "community"])[
        "attendances_culture_person_times"
    ]
    for week in (1, 30, 56):
        parts = [everybody[week, f"town-00{n}"] for n in (1, 2, 3)]
        assert everybody[week, "town"] == sum(parts)
    assert set(result.tidy()["community"]) == {"town", "town-001", "town-002", "town-003"}
    assert "|" in figures([result])


def test_results_do_not_depend_on_what_ran_before_or_on_threads() -> None:
    result = ran()
    simulate(district(2, 40), NONE, 9, 9, weeks=2)
    try:
        set_threads(2, force=True)
        again = simulate(district(3, 80), policy(**EVERYTHING), 3, 4, weeks=56)
    finally:
        set_threads(None)
    assert np.array_equal(result.counts, again.counts)
    assert np.array_equal(result.money, again.money)


def test_a_district_is_compared_like_a_community() -> None:
    scenario = divided(district(4, 120, run={"weeks": 52, "spin_up": 4}, district={"simulated": 2}))
    comparison = compare(scenario, seeds=2, settings=0, budget_per_household=30.0, workers=1)
    assert comparison.persons == 240
    households = 2 * scenario.population.households
    assert comparison.budget_yuan == 30.0 * households
    spent = comparison.costs.set_index("policy").loc["grants"]
    flows = spent["spent_yuan_per_year"] + spent["unspent_yuan_per_year"] + spent["returned_yuan_per_year"]
    assert flows == pytest.approx(30.0 * households, abs=0.05)
    assert "town" in comparison.page()
    row = comparison.table.query("outcome == 'reach_culture' and group == 'all'").iloc[0]
    assert row["adults"] == simulate(scenario, NONE, 1, 1, weeks=52).counts[0, 0, 0]


def test_smaller_districts_have_fewer_communities_first() -> None:
    big = district(20, 100, district={"simulated": 11})
    small, share = smaller(big, 500)
    assert (small.district.simulated, small.population.persons, share) == (5, 100, 1.0)
    tiny, share = smaller(big, 100)
    assert (tiny.district.simulated, tiny.population.persons, share) == (2, 50, 0.5)
    assert smaller(big, 1100) == (big, 1.0)
    amounts = [reaching(s.district, s.status_quo["base"].amount_yuan) for s in (big, small, tiny)]
    assert amounts == [60_000_00 * 11 // 20, 60_000_00 * 5 // 20, 30_000_00 * 2 // 20]


def test_the_bundled_district_is_the_city_of_the_summary() -> None:
    scenario = load("district110").scenario
    assert scenario.district.communities == 110
    assert scenario.population.households == 1391
    assert scenario.status_quo["budget_line"].amount_yuan + scenario.status_quo["awards"].amount_yuan == 1e6
    budgets = {name: scenario.policy_named(name).yuan_a_year(156) for name in scenario.policy}
    assert budgets == dict.fromkeys(budgets, 30.0 * 1391 * 110)
    assert set(budgets) >= DIFFERENT
    held = simulate(smaller(scenario, 400)[0], weeks=20).weekly[:, : WEEKLY.index("places_culture")]
    assert (held.sum(axis=0) > 0).all()
