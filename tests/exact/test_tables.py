"""Do the tables say what the arrays of a run hold?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from experiments.outcomes import OUTCOMES, Recorded
from experiments.outcomes.record import Record
from experiments.outcomes.result import RunResult
from experiments.outcomes.tables import cash, dictionary, ledger, series, tidy
from experiments.runs.simulate import simulate
from model.instruments.credits import CreditScheme
from model.instruments.funding import Grant, Purchase
from model.instruments.policies import Named, Policy
from model.state.outcomes import COLUMNS, GROUPS, WEEKLY
from tests.district_worlds import district
from tests.worlds import EVERYTHING, SEVERAL, policy, world

GRANT = Policy("grants", (Named("grants.more", Grant(amount_yuan=52_000.0)),))


@pytest.fixture(scope="module")
def result() -> RunResult:
    return simulate(world(), GRANT, 3, 4, weeks=60)


@pytest.fixture(scope="module")
def table(result: RunResult) -> pd.DataFrame:
    return series(result)


def column(result: RunResult, name: str) -> np.ndarray:
    return result.counts[:, 0, COLUMNS.index(name)]


def test_rows_are_weeks_and_groups(result: RunResult, table: pd.DataFrame) -> None:
    assert len(table) == 61 * len(GROUPS)
    assert list(table.columns[:3]) == ["week", "community", "group"]
    assert list(table.columns[3:]) == list(OUTCOMES)
    assert set(table.groupby("week")["group"].apply(tuple)) == {GROUPS}


@pytest.mark.parametrize("districts", [False, True])
@pytest.mark.parametrize("outcomes", [(), ("members_share", "spent_yuan")])
def test_what_a_study_keeps_is_rows_of_the_series(
    result: RunResult, districts: bool, outcomes: tuple[str, ...]
) -> None:
    one = simulate(district(), "none", 1, 1, weeks=60) if districts else result
    groups = ["all", "age:60-69", "sex:female"]
    wide = series(one)
    rows = wide[wide["group"].isin(groups) & (wide["week"] % 7 == 0)]
    columns = ["week", "community", "group", *(outcomes or OUTCOMES)]
    expected = pa.Table.from_pandas(rows[columns], preserve_index=False)
    got = Record.of(one, groups, 7, outcomes).arrow()
    assert got.equals(expected.cast(got.schema))
    assert len(expected) == 9 * 3 * (len(one.communities) + 1)


@pytest.mark.parametrize("districts", [False, True])
def test_a_record_holds_what_the_outcomes_compute_also_when_it_is_read_again(
    result: RunResult, districts: bool
) -> None:
    one = simulate(district(), "none", 1, 1, weeks=60) if districts else result
    kept = Record.of(one, ["all", "party:no"], 4)
    again = Record.read(kept.arrow(), kept.took_part, kept.adults, OUTCOMES)
    assert list(again.weeks) == list(kept.weeks) == list(range(0, 61, 4))
    assert again.communities == kept.communities == (one.scenario, *(c.scenario for c in one.communities))
    assert again.groups == kept.groups == ("all", "party:no")
    assert np.array_equal(again.takers, Recorded(one).takers)
    for name, outcome in OUTCOMES.items():
        for i, part in enumerate((one, *one.communities)):
            values = outcome.compute(Recorded(part))[::4]
            for g, at in enumerate((0, GROUPS.index("party:no"))):
                wanted = values[:, at] if at < values.shape[1] else np.full(len(values), np.nan)
                for record in (kept, again):
                    assert np.array_equal(record.columns[name][:, i, g], wanted, equal_nan=True), name
        for record in (kept, again):
            ends = record.at_ends(name)
            assert ends.shape == (1, len(GROUPS))
            assert np.array_equal(ends[0, 0], outcome.compute(Recorded(one))[52, 0], equal_nan=True)
            assert np.isnan(ends[0, GROUPS.index("sex:female")])


def test_every_column_names_its_unit_and_is_in_the_dictionary() -> None:
    words = dictionary().set_index("outcome")
    assert list(words.index) == list(OUTCOMES)
    assert (words["unit"].str.len() > 0).all()
    assert (words["meaning"].str.len() > 0).all()


def test_rolling_sums_by_hand(result: RunResult, table: pd.DataFrame) -> None:
    got = table[table["group"] == "all"].set_index("week")["attendances_culture_per_adult_year"]
    acts, adults = column(result, "attended_culture"), column(result, "adults")[0]
    assert got.loc[:50].isna().all()
    for week in (51, 52, 60):
        assert got[week] == pytest.approx(sum(acts[week - 51 : week + 1]) / adults)
    assert got[60] > 0


def test_a_year_must_have_been_lived(result: RunResult, table: pd.DataFrame) -> None:
    # the spin-up of 3 weeks counts: week 49 is the 52nd
    reach = table[table["group"] == "all"].set_index("week")["reach_culture_share"]
    assert reach.loc[:48].isna().all()
    assert reach.loc[49:].notna().all()
    assert reach[60] == column(result, "reached_culture")[60] / column(result, "adults")[60]


def test_every_column_has_a_figure_where_everything_happens() -> None:
    full = simulate(world(organization=SEVERAL), policy(**EVERYTHING), 3, 4, weeks=80)
    rows = series(full)
    everybody = rows[rows["group"] == "all"].set_index("week")
    # credits buy goods only in this world: nobody waits for service
    assert list(everybody.columns[everybody.isna().all()]) == ["credits_waited_weeks"]
    moved = full.weekly[:, WEEKLY.index("moved")]
    assert everybody["moved_per_adult_year"][80] == (moved[80] - moved[28]) / column(full, "adults")[80] > 0


def test_rates_per_person_count_children(result: RunResult, table: pd.DataFrame) -> None:
    last = table[(table["group"] == "all") & (table["week"] == 60)].iloc[0]
    assert last["members_per_resident_share"] == column(result, "members")[60] / result.persons
    assert last["members_share"] == column(result, "members")[60] / column(result, "adults")[60]
    assert last["members_share"] > last["members_per_resident_share"]
    assert table.loc[table["group"] != "all", "members_per_resident_share"].isna().all()


def test_groups_add_up(result: RunResult, table: pd.DataFrame) -> None:
    last = table[table["week"] == 60].set_index("group")
    for name in ("adults_persons", "served_year_hours", "attendances_service_person_times"):
        by_sex = last.loc[["sex:male", "sex:female"], name].sum()
        assert by_sex == pytest.approx(last.loc["all", name])


def test_hours_are_minutes_over_sixty(result: RunResult) -> None:
    recorded = Recorded(result)
    got = OUTCOMES["served_hours"].compute(recorded)[:, 0]
    assert np.array_equal(got, column(result, "served_minutes") / 60)
    assert got.sum() > 0


def test_money_is_the_policy_s_own(result: RunResult, table: pd.DataFrame) -> None:
    books = ledger(result)
    assert list(books["account"].unique()) == list(result.accounts)
    own = books[books["account"] == "grants.more"].set_index("week")
    got = table[table["group"] == "all"].set_index("week")
    assert got["appropriated_yuan"][52] == own["appropriated_yuan"][52] == 52_000.0
    assert got["spent_yuan"].equals(own["spent_yuan"])
    assert set(books["payer"]) == {"government"}
    assert set(own["kind"]) == {"grant"}
    whole = books[
        ["spent_yuan", "contracts_yuan", "returned_yuan", "liability_yuan", "uncommitted_yuan"]
    ].sum(axis=1)
    assert np.allclose(whole, books["appropriated_yuan"])


def test_a_policy_owns_its_money_whatever_its_instruments_are_called() -> None:
    grant = Named("status_quo.mine", Grant(amount_yuan=5200.0))
    recorded = Recorded(simulate(world(80), Policy("p", (grant,)), 1, 2, weeks=8))
    assert recorded.money("appropriated")[-1, 0] == 5200.0
    assert Recorded(simulate(world(80), "none", 1, 2, weeks=8)).money("appropriated")[-1, 0] == 0.0


def test_cash_by_payer_balances_every_week() -> None:
    shop = Purchase(amount_yuan=40_000.0, payer="fund", buy_from=("filed", "registered"), end=40)
    scheme = CreditScheme(amount_yuan=8_000.0, payer="fund")
    named = tuple(Named(f"p.{i.kind}", i) for i in (shop, scheme, Grant(amount_yuan=5_200.0)))
    books = cash(simulate(world(), Policy("p", named), 3, 4, weeks=60))
    columns = ["appropriated_yuan", "spent_yuan", "committed_yuan", "returned_yuan"]
    assert list(books.columns) == ["week", "payer", *columns]
    assert list(books["payer"][:2]) == ["government", "fund"]
    assert len(books) == 2 * 61
    fen = (books[columns] * 100).round().astype(int)
    parts = fen["spent_yuan"] + fen["committed_yuan"] + fen["returned_yuan"]
    assert (fen["appropriated_yuan"] == parts).all()
    fund = books[books["payer"] == "fund"].set_index("week")
    assert fund["appropriated_yuan"][1] == 4_000_000 * 40 // 52 / 100 + 8_000.0
    assert (fund.loc[1:40, "committed_yuan"] > 0).all()


def test_tidy_is_the_series_in_long_form(result: RunResult, table: pd.DataFrame) -> None:
    long = tidy(result)
    names = ["scenario", "policy", "world", "luck", "week", "community", "group", "outcome", "value", "unit"]
    assert list(long.columns) == names
    assert len(long) == table[list(OUTCOMES)].notna().sum().sum()
    row = long[(long["week"] == 60) & (long["group"] == "all") & (long["outcome"] == "skill_mean")].iloc[0]
    assert row["unit"] == OUTCOMES["skill_mean"].unit
    assert row["value"] == table[(table["week"] == 60) & (table["group"] == "all")]["skill_mean"].iloc[0]
    assert (row["policy"], row["world"], row["luck"]) == ("grants", 3, 4)
