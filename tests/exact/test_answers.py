"""Do the answers of a study say what its runs say, with the intervals and refusals that they promise?"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.compare import compare
from experiments.comparison.settings import crossed, guesses, hypercube, interval, shrunk
from experiments.comparison.summary import t_interval
from experiments.loading.load import load
from experiments.outcomes.result import RunResult
from experiments.report import page
from experiments.report.study_page import save_report
from experiments.runs.simulate import simulate
from experiments.study import Study
from experiments.study.analysis.answers import Answers, answers
from experiments.study.analysis.attribution import channel_arms, package_sets, split_package
from experiments.study.analysis.gathered import rectangle
from experiments.study.analysis.meanings import COLUMNS, TABLES, dictionary
from experiments.study.commands.new import new
from experiments.study.design.arms import entry
from experiments.study.design.points import drawn
from experiments.study.running.sequential import Ranking, decide, rank
from model.core.errors import GongzhiError, ScenarioError, StudyError
from model.instruments.policies import Policy
from model.parameters.replace import replaced
from model.scenario.scenario import Scenario
from model.state.outcomes import GROUPS
from tests.studies import SCENARIO, change, small_study, tables

HAMLET = SCENARIO.replace("culture = -3.0\nservice = -3.5", "culture = -2.5\nservice = -5.5").replace(
    "weeks = 20", "weeks = 104"
)
HAMLET += """[policy.credits.scheme]
kind = "credits"
amount_yuan = 20000
"""
"""In the order of P1, so that draws of the settings are kept."""

STUDY = """
format = 1
name = "answers"
scenario = "hamlet.toml"
policies = {policies}
[seeds]
count = {seeds}
[design]
{design}
[record]
groups = {groups}
{more}
"""

ARMS = ["none", "funding", "training", "funding+training", "funding@0", "funding@30", "credits@100"]
DRAWS, SEEDS = 2, 2
SETTINGS = f'kind = "settings"\npoints = {DRAWS}'
YEAR = HAMLET.replace("weeks = 104", "weeks = 52")


def study(
    folder: Path,
    *,
    policies: list[str] = ARMS,
    seeds: int = SEEDS,
    design: str = SETTINGS,
    groups: tuple[str, ...] = ("all", "party:no"),
    more: str = "",
    scenario: str = HAMLET,
) -> Study:
    text = STUDY.format(
        policies=json.dumps(policies), seeds=seeds, design=design, groups=json.dumps(groups), more=more
    )
    small_study(folder)
    (folder / "hamlet.toml").write_text(scenario)
    (folder / "study.toml").write_text(text)
    return Study(folder)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Study:
    made = study(tmp_path_factory.mktemp("answers"))
    assert made.run(1).status.failed == 0
    return made


@pytest.fixture(scope="module")
def said(whole: Study) -> Answers:
    return answers(whole)


def ends(whole: Study, outcome: str, policy: str, week: int = 104) -> pd.DataFrame:
    """Differences from the baseline by point (rows) and pair of seeds, from the exported series alone."""
    series = whole.series()
    at = series[(series["week"] == week) & (series["group"] == "all")]
    wide = at.pivot_table(index=["point", "luck"], columns="policy", values=outcome, sort=True)
    return (wide[policy] - wide["none"]).unstack("luck")


def kept(whole: Study) -> list[int]:
    """The draws whose baseline is in the order of P1, by hand."""
    series = whole.series()
    last = series["week"] == whole.design.weeks
    at = series[last & (series["group"] == "all") & (series["policy"] == "none")]
    means = at.groupby("point")[[f"reach_{k}_share" for k in ("culture", "service", "deliberation")]].mean()
    inside = (means.iloc[:, 0] > means.iloc[:, 1]) & (means.iloc[:, 1] > means.iloc[:, 2])
    return [int(p) for p in means.index[inside] if p > 0]


# agreement with compare


def test_a_study_says_what_compare_says(tmp_path: Path) -> None:
    names = ["funding", "training"]
    policies = ["none", *names, "funding@0"]
    plain = study(tmp_path, policies=policies, seeds=2, design='kind = "list"', groups=tuple(GROUPS))
    plain.run(1)
    found = answers(plain).comparison
    wanted = compare(load(tmp_path / "hamlet.toml"), names, seeds=2, settings=0, workers=1)
    for name in ("table", "costs", "years", "drift", "patterns", "influence"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(wanted, name), check_exact=True)
    for name in ("policies", "seeds", "first_seed", "world", "weeks", "adults", "persons", "notes"):
        assert getattr(found, name) == getattr(wanted, name), name
    assert found.settings_counts["kept"] == found.settings_counts["tried"] == 0
    assert "\n# hamlet" in "\n" + page(found, "en")


def test_groups_that_were_not_recorded_are_no_rows(said: Answers) -> None:
    assert set(said.effects["group"]) == {"all", "party:no"}
    assert list(said.effects.columns) == [column.name for column in COLUMNS["effects"]]
    by_group = said.effects.query("policy == 'funding' and outcome == 'reach_culture'").set_index("group")
    assert by_group.loc["party:no", "adults"] < by_group.loc["all", "adults"]


# intervals


def test_chance_is_over_the_seeds_of_the_first_point_and_settings_over_the_draws(
    whole: Study, said: Answers
) -> None:
    draws = kept(whole)
    assert len(draws) == DRAWS
    row = said.effects.query("policy == 'training' and outcome == 'reach_culture' and group == 'all'").iloc[0]
    differences = ends(whole, "reach_culture_share", "training")
    mean, low, high = t_interval(differences.loc[0].to_numpy())
    assert (row["effect"], row["chance_low"], row["chance_high"]) == (mean, low, high)
    far = differences.loc[draws].to_numpy()
    luck = far - far.mean(axis=1, keepdims=True) - far.mean(axis=0) + far.mean()
    within = (luck**2).sum() / ((len(draws) - 1) * (SEEDS - 1))
    means = far.mean(axis=1)
    total = means.var(ddof=1)
    factor = np.sqrt(max(0.0, total - within / SEEDS) / total)
    quantiles = np.quantile(means.mean() + factor * (means - means.mean()), (0.05, 0.95))
    error = 1.6448536269514722 * np.sqrt(total / len(draws))
    wide = np.hypot(quantiles - means.mean(), error)
    assert row["settings_low"] == pytest.approx(means.mean() - wide[0], abs=1e-12)
    assert row["settings_high"] == pytest.approx(means.mean() + wide[1], abs=1e-12)
    assert said.comparison.settings_counts["kept"] == len(draws)
    assert said.comparison.settings_counts["dropped_p1"] == 0


def test_draws_out_of_the_order_of_p1_are_dropped(tmp_path: Path) -> None:
    busy = YEAR.replace("service = -5.5", "service = -3.1")
    four = 'kind = "settings"\npoints = 4'
    one = study(tmp_path, policies=["none", "funding"], design=four, groups=("all",), scenario=busy)
    one.run(1)
    draws = kept(one)
    assert 0 < len(draws) < 4, "service reaches more than culture in some draws"
    found = answers(one)
    counts = found.comparison.settings_counts
    assert counts["kept"] == len(draws)
    assert counts["dropped_p1"] == 4 - len(draws)
    assert counts["tried"] == counts["kept"] + counts["dropped_equilibrium"] + counts["dropped_p1"]
    assert list(found.comparison.settings_draws["draw"] if draws else []) == draws
    assert f"{len(draws)} of 4 draws of the settings are kept" in found.notes[0]


def test_luck_that_all_draws_share_is_not_taken_out_twice() -> None:
    rng = np.random.default_rng(3)
    draws, shared = rng.normal(size=(400, 1)), 5.0 * rng.normal(size=(1, 4))
    own = 0.5 * rng.normal(size=(400, 4))
    effects = draws + shared + own
    assert crossed(effects).mean(axis=1) == pytest.approx(effects.mean(axis=1))
    assert np.var(shrunk(crossed(effects)), ddof=1) == pytest.approx(np.var(draws, ddof=1), rel=0.1)
    assert np.var(shrunk(effects), ddof=1) < 1e-20, "without it all is called luck"
    assert crossed(effects).var(axis=1, ddof=1).mean() == pytest.approx(0.25, rel=0.1)
    one = effects[:, :1]
    low, high = interval(crossed(one))
    assert high - low > np.subtract(*np.quantile(one, (0.95, 0.05))), "one seed: luck stays inside"


# money


def test_no_money_is_exactly_nothing(whole: Study, said: Answers) -> None:
    zero = said.responses.query("policy == 'funding' and yuan_per_household == 0")
    assert len(zero) == 8
    ends_ = ["effect", "chance_low", "chance_high", "settings_low", "settings_high"]
    assert (zero[[*ends_, "spent_yuan_per_year", "added_participants"]] == 0).all(axis=None)
    series = whole.series().drop(columns="run")
    same = [
        series[series["policy"] == p].drop(columns="policy").reset_index(drop=True)
        for p in ("none", "funding@0")
    ]
    pd.testing.assert_frame_equal(*same, check_exact=True)
    assert bool(said.comparison.patterns.set_index("pattern").loc["P13", "met"])


def test_responses_have_a_row_per_policy_budget_and_outcome(whole: Study, said: Answers) -> None:
    assert list(said.responses.columns) == [column.name for column in COLUMNS["responses"]]
    declared = 30_000 / 90
    budgets = said.responses.groupby("policy")["yuan_per_household"].agg(lambda y: sorted(set(y)))
    assert budgets["funding"] == [0.0, 30.0, declared]
    assert budgets["training"] == [declared]
    assert budgets["credits"] == [100.0]
    assert budgets["funding+training"] == [2 * declared]
    assert not said.responses.duplicated(["policy", "yuan_per_household", "outcome"]).any()
    row = said.responses.query(
        "policy == 'funding' and yuan_per_household == 30 and outcome == 'reach_any'"
    ).iloc[0]
    adults = said.comparison.adults
    differences = ends(whole, "reach_any_share", "funding@30").loc[0].to_numpy() * adults
    assert row["unit"] == "persons"
    mean, low, _ = t_interval(differences)
    assert [row["effect"], row["chance_low"]] == pytest.approx([float(mean), float(low)])
    assert row["spent_yuan_per_year"] == 30 * 90
    plain = said.effects.query(
        "policy == 'funding' and outcome == 'served_without_duty_hours' and group == 'all'"
    )
    top = said.responses.query("policy == 'funding' and outcome == 'served_without_duty_hours'").iloc[-1]
    assert top["effect"] == plain["effect"].iloc[0]
    assert top["settings_high"] == plain["settings_high"].iloc[0]


def test_costs_are_those_of_the_comparison_and_of_the_budgets(said: Answers) -> None:
    assert list(said.costs.columns) == [column.name for column in COLUMNS["costs"]]
    declared = said.costs[said.costs["yuan_per_household"].isna()].drop(columns="yuan_per_household")
    pd.testing.assert_frame_equal(declared, said.comparison.costs, check_exact=True)
    scaled = said.costs.dropna(subset="yuan_per_household").set_index(["policy", "yuan_per_household"])
    assert set(scaled.index) == {("funding", 0.0), ("funding", 30.0), ("credits", 100.0)}
    assert scaled.loc[("funding", 30.0), "spent_yuan_per_year"] == 2700
    assert not scaled.loc[("funding", 0.0), "estimable"]


@pytest.mark.parametrize(("arm", "which"), [("training", "isna()"), ("credits@100", "== 100")])
def test_net_benefit_by_hand(whole: Study, said: Answers, arm: str, which: str) -> None:
    assert list(said.net_benefit.columns) == [column.name for column in COLUMNS["net_benefit"]]
    policy = entry(arm).policy
    which = which if which[0] == "=" else f".{which}"
    mine = said.net_benefit.query(f"policy == @policy and yuan_per_household{which}")
    assert list(mine["value_yuan"]) == [50.0 * i for i in range(41)]
    adults = said.comparison.adults
    both = [ends(whole, "reach_any_share", arm, week) * adults for week in (52, 104)]
    added = (both[0] + both[1]) / 2
    owed = ends(whole, "liability_yuan", arm)
    assert (owed.to_numpy() > 0).any() == (policy == "credits")
    cost = (ends(whole, "spent_yuan", arm) + owed) / 2
    benefit = 700.0 * added - cost
    row = mine[mine["value_yuan"] == 700].iloc[0]
    mean, low, high = t_interval(benefit.loc[0].to_numpy())
    assert [row["net_benefit_yuan_per_year"], row["chance_low"], row["chance_high"]] == pytest.approx(
        [float(mean), float(low), float(high)]
    )
    far = crossed(benefit.loc[kept(whole)].to_numpy())
    assert [row["settings_low"], row["settings_high"]] == pytest.approx([float(x) for x in interval(far)])
    assert row["share_of_settings_positive"] == (shrunk(far) > 0).mean()
    worthless = mine[mine["value_yuan"] == 0].iloc[0]
    assert worthless["net_benefit_yuan_per_year"] == pytest.approx(-cost.loc[0].mean())
    assert worthless["share_of_settings_positive"] == 0


# who shares in it, who does more


def test_shares_add_up_to_the_effect(whole: Study, said: Answers) -> None:
    assert list(said.attribution.columns) == [column.name for column in COLUMNS["attribution"]]
    assert set(said.attribution["what"]) == {"funding+training"}
    adults = said.comparison.adults
    for outcome, column, size in (
        ("reach_any", "reach_any_share", adults),
        ("reach_service", "reach_service_share", adults),
        ("served_without_duty_hours", "service_year_without_duty_hours", 1.0),
    ):
        rows = said.attribution[said.attribution["outcome"] == outcome].set_index("player")
        effect = ends(whole, column, "funding+training").loc[0].mean() * size
        assert rows["share"].sum() == pytest.approx(effect, abs=1e-9)
        each = {p: ends(whole, column, p) * size for p in ("funding", "training", "funding+training")}
        funding = (each["funding"] + each["funding+training"] - each["training"]) / 2
        assert rows.loc["funding", "share"] == pytest.approx(funding.loc[0].mean(), abs=1e-9)
        low, high = interval(crossed(funding.loc[kept(whole)].to_numpy()))
        assert rows.loc["funding", "settings_low"] == pytest.approx(float(low), abs=1e-9)
        assert rows.loc["funding", "settings_high"] == pytest.approx(float(high), abs=1e-9)
    assert (rows["unit"] == "hours a year").all()


def test_a_split_of_its_own_does_not_mix_points_and_seeds(whole: Study) -> None:
    shares = split_package(whole, ["funding", "training"], "reach_any_share")
    assert shares.total == pytest.approx(
        ends(whole, "reach_any_share", "funding+training").loc[0].mean(), abs=1e-9
    )
    assert [len(x) for x in shares.table["by_seed"]] == [SEEDS, SEEDS]
    assert np.isfinite(shares.table[["settings_low", "settings_high"]].to_numpy()).all()


def test_channels_are_grouped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of six channels act; runs that differ in the others are simulated once."""

    @cache
    def once(policy: str, acting: frozenset[str]) -> RunResult:
        return simulate(load(tmp_path / "hamlet.toml"), policy, 1, 1, from_twin=tuple(acting))

    def acting(_: Scenario, policy: Policy, *__: int, from_twin: tuple[str, ...], **more: Any) -> RunResult:
        assert more["weeks"] == 52
        return once(policy.name, frozenset(from_twin) & {"can", "asked"})

    monkeypatch.setattr("experiments.study.running.work.simulate", acting)
    arms = channel_arms("training")
    one = study(tmp_path, policies=arms, seeds=1, design='kind = "list"', groups=("all",), scenario=YEAR)
    assert one.run(1).computed == 65
    assert once.cache_info().currsize == 1 + 2**2
    found = answers(one)
    rows = found.attribution.query("what == 'training' and outcome == 'reach_culture'")
    assert len(rows) == 7
    shares = rows.set_index("player")["share"]
    assert shares["can"] > 0
    assert shares[["like", "enabled", "response", "others"]].abs().max() < 1e-9
    effect = found.effects.query("policy == 'training' and outcome == 'reach_culture'")["effect"].iloc[0]
    assert rows["share"].sum() == pytest.approx(effect * found.comparison.adults, abs=1e-9)
    assert rows[["chance_low", "settings_low"]].isna().all(axis=None)
    assert any("one pair of seeds" in note for note in found.notes)


def test_only_complete_packages_are_split() -> None:
    assert package_sets(["none", "a", "b", "b+a", "a+c", "a@30", "b~can"]) == {
        "b+a": {
            frozenset(): "none",
            frozenset("a"): "a",
            frozenset("b"): "b",
            frozenset("ab"): "b+a",
        }
    }
    assert package_sets(["a", "b", "a+b"]) == {}


def test_the_ranking_counts_settings(whole: Study, said: Answers) -> None:
    assert list(said.ranking.columns) == [column.name for column in COLUMNS["ranking"]]
    assert len(said.ranking) == 6  # three policies and the baseline
    assert (said.ranking["settings"] == len(kept(whole))).all()
    assert said.ranking["words"].str.contains(f"of {len(kept(whole))} settings").all()
    means = {
        p: ends(whole, "reach_any_share", p).loc[kept(whole)].to_numpy().mean()
        for p in ("funding", "training")
    }
    first = said.ranking.iloc[-1] if means["training"] < means["funding"] else said.ranking.iloc[0]
    assert first["one"] != "none" or first["other"] != "none"
    assert said.ranking_words


def test_a_clear_order_is_said_in_words(tmp_path: Path) -> None:
    scenario = YEAR.replace("amount_yuan = 30000\n[policy.training", "amount_yuan = 1\n[policy.training")
    one = study(
        tmp_path,
        policies=["none", "funding", "training"],
        seeds=8,
        design='kind = "list"',
        groups=("all",),
        scenario=scenario.replace("amount_yuan = 30000", "amount_yuan = 300000"),
    )
    one.run(1)
    found = answers(one)
    rows = found.ranking.set_index(["one", "other"])
    assert rows.loc[("training", "none"), "verdict"] == "more"
    assert rows.loc[("training", "none"), "more"] == 1
    assert "training does more than none" in found.ranking_words


def test_the_budget_of_a_district_is_over_all_its_households(tmp_path: Path) -> None:
    town = study(
        tmp_path,
        policies=["none", "funding"],
        seeds=1,
        design='kind = "list"',
        scenario=YEAR + "[district]\ncommunities = 2\n",
    )
    town.run(1)
    found = answers(town).responses
    assert set(found["yuan_per_household"]) == {30_000 / (2 * 90)}


def test_the_ranking_is_of_the_last_year_and_of_all_pairs(
    whole: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, list[Any]] = {}

    def spying(outcomes: dict[str, list[Any]], points: list[Any]) -> Ranking:
        seen.update(outcomes)
        return rank(outcomes, points)

    monkeypatch.setattr("experiments.study.analysis.answers.rank", spying)
    adults = answers(whole).comparison.adults
    by_hand = ends(whole, "reach_any_share", "funding").loc[kept(whole)] * adults
    assert np.allclose(seen["funding"], by_hand.to_numpy())
    assert {len(arms) for arms in seen.values()} == {len(kept(whole))}


def test_pairs_of_a_ranking_share_one_promise() -> None:
    luck = np.random.default_rng(1)
    outcomes = {name: [luck.normal(size=12)] for name in "abcd"}
    alone = decide([outcomes["a"][0] - outcomes["b"][0]], alpha=0.1 / 6)
    pairs = rank(outcomes, alpha=0.1).pairs
    found = pairs["a", "b"] if ("a", "b") in pairs else pairs["b", "a"]
    assert found.intervals[0].half_width == pytest.approx(alone.intervals[0].half_width)


# runs that are missing, designs, refusals


FAULT = """
def breaks(model):
    if model.week == 5 and {when}:
        raise RuntimeError("no luck today")

def phases(default):
    return default.insert_after("ask", breaks)
"""


def breaking(
    folder: Path, when: str, policies: list[str], seeds: int = 3, design: str = 'kind = "list"'
) -> Study:
    """A study whose runs break where ``when`` holds."""
    study(folder, policies=policies, design=design, seeds=seeds, scenario=YEAR)
    change(folder, '"answers"', '"answers"\ncode = "own.py"')
    (folder / "own.py").write_text(FAULT.format(when=when))
    return Study(folder)


def test_pairs_that_are_not_complete_are_left_out_and_counted(tmp_path: Path) -> None:
    when = 'model.luck == 2 and model.policy.name == "funding"'
    faulty = breaking(tmp_path, when, ["none", "funding", "training", "training@30"])
    assert faulty.run(1).failed == 1
    found = answers(faulty)
    assert "1 runs failed" in found.notes[0]
    assert "1 of 9 pairs" in found.notes[0]
    assert found.comparison.seeds == 2
    row = found.effects.query("policy == 'training' and outcome == 'reach_any'").iloc[0]
    assert row["effect"] == ends(faulty, "reach_any_share", "training", 52).loc[0, [1, 3]].mean()
    alone = found.responses.query("policy == 'training' and yuan_per_household == 30")
    wanted = ends(faulty, "reach_any_share", "training@30", 52).loc[0].mean() * found.comparison.adults
    assert alone["effect"].iloc[0] == pytest.approx(wanted), "an arm of its own keeps its pairs"


def test_an_arm_that_always_fails_is_left_out_and_said(tmp_path: Path) -> None:
    when = 'model.policy.name == "funding"'
    faulty = breaking(tmp_path / "study", when, ["none", "funding", "training"], 2)
    assert faulty.run(1).failed == 2
    found = answers(faulty)
    assert set(found.effects["policy"]) == {"training"}
    assert set(found.costs["policy"]) == {"training"}
    assert any(note.startswith("funding: no pair of runs is finished") for note in found.notes)
    save_report(faulty, tmp_path / "report", ["en"])
    assert "No pair of runs of funding is finished" in (tmp_path / "report" / "report.en.html").read_text()
    alone = breaking(tmp_path / "alone", when, ["none", "funding"], 2)
    alone.run(1)
    with pytest.raises(StudyError, match="no pair of seeds has finished runs of none, funding"):
        answers(alone)


def test_a_study_that_is_not_finished_answers_from_what_it_has(tmp_path: Path) -> None:
    when = 'model.luck == 2 and model.policy.name == "funding"'
    half = breaking(tmp_path, when, ["none", "funding"], 2, SETTINGS)
    half.run(1)
    found = answers(half)
    assert found.comparison.seeds == 1
    assert np.isnan(found.effects["chance_low"]).all()
    assert np.isfinite(found.effects.query("outcome == 'reach_any'")["settings_low"]).all()
    nothing = study(tmp_path / "none", policies=["none", "funding"], seeds=1)
    nothing.store.make()
    with pytest.raises(StudyError, match="gongzhi study run"):
        answers(nothing)


def test_the_largest_complete_part_is_found() -> None:
    assert rectangle(np.ones((3, 2), bool)) == ([0, 1, 2], [0, 1])
    one = np.ones((5, 3), bool)
    one[3, 1] = False
    assert rectangle(one) == ([0, 1, 2, 4], [0, 1, 2])
    half = np.ones((5, 3), bool)
    half[2:, 2] = False
    assert rectangle(half) == ([0, 1, 2, 3, 4], [0, 1])
    assert rectangle(np.zeros((2, 2), bool)) == ([], [])
    assert rectangle(np.zeros((0, 2), bool)) == ([], [])


def test_other_designs_show_their_first_point_and_no_settings(tmp_path: Path) -> None:
    design = 'kind = "list"\n[factor."decision.b_peer"]\nvalues = [0.0, 0.6]'
    listed = study(tmp_path, policies=["none", "funding"], design=design, scenario=YEAR)
    listed.run(1)
    found = answers(listed)
    assert found.effects[["settings_low", "settings_high"]].isna().all(axis=None)
    assert any("The first of 2 points is shown: decision.b_peer = 0" in note for note in found.notes)
    row = found.effects.query("outcome == 'reach_culture' and group == 'all'").iloc[0]
    assert row["effect"] == ends(listed, "reach_culture_share", "funding", 52).loc[0].mean()
    assert (found.ranking["settings"] == 2).all()
    assert set(found.comparison.patterns["pattern"]) == {"P1", "P3", "P14"}
    assert found.net_benefit["share_of_settings_positive"].isna().all()


def test_the_draws_of_a_settings_design(whole: Study, tmp_path: Path) -> None:
    loaded = whole.design.loaded
    unknown = guesses(loaded)
    first, *rest = whole.design.points
    assert set(first) == {d.name for d in unknown}
    assert whole.design.scenarios[0] == loaded.scenario
    assert rest[0] in hypercube(unknown, DRAWS, 0), "the draws are those of compare"
    assert Study(whole.folder).design.points == whole.design.points
    other = study(tmp_path, design=SETTINGS + "\nseed = 2")
    assert other.design.points[0] == first
    assert all(a != b for a, b in zip(other.design.points[1:], rest, strict=True))
    table = whole.table()
    assert list(table["b_peer"].unique()) == [p["decision.b_peer"] for p in whole.design.points]


def test_draws_that_validation_refuses_are_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = study(tmp_path, policies=["none", "funding"], design='kind = "settings"\npoints = 40', seeds=1)
    loaded = many.design.loaded

    def runs(values: dict[str, float | int]) -> bool:
        try:
            replaced(loaded.scenario, values)
        except ScenarioError:
            return False
        return True

    accepted = [values for values in hypercube(guesses(loaded), 40, 0) if runs(values)]
    assert 30 < len(accepted) < 40, "some would have several equilibria"
    own = list(many.design.points[1:])
    assert own[: len(accepted)] == accepted
    missing = 40 - len(accepted)
    later = [values for values in hypercube(guesses(loaded), missing, 1) if runs(values)]
    assert own[len(accepted) :][: len(later)] == later
    tried = drawn(many.design.spec.design, loaded)[1]
    assert tried == 40 + missing if len(later) == missing else tried > 40 + missing

    def refuse(*_: object) -> None:
        raise ScenarioError(what="no")

    monkeypatch.setattr("experiments.study.design.points.replaced", refuse)
    with pytest.raises(StudyError, match="only 0 of 160 draws"):
        drawn(many.design.spec.design, loaded)


def test_a_smaller_community_has_budgets_in_proportion(tmp_path: Path) -> None:
    small = study(tmp_path, design=SETTINGS + "\npersons = 120", seeds=1, scenario=YEAR)
    design = small.design
    assert {s.population.persons for s in design.scenarios} == {120}
    amounts = {
        name: arm.policy.yuan_a_year(design.weeks)
        for name, arm in zip(design.spec.policies, design.arms(0), strict=True)
        if name != "none"
    }
    assert amounts["funding"] == 15_000
    assert amounts["funding@30"] == 30 * 90 / 2
    assert amounts["credits@100"] == 100 * 90 / 2
    small.run(1)
    found = answers(small)
    assert found.comparison.persons == 120
    assert set(found.responses["yuan_per_household"]) == {0.0, 30.0, 100.0, 30_000 / 90, 60_000 / 90}
    assert any("smaller version" in note for note in found.notes)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("[design]", '[factor."decision.b_peer"]\nlow = 0.0\nhigh = 1.0\n[design]'), "takes no"),
        ((f"points = {DRAWS}", f"points = {DRAWS}\npersons = 50"), "persons"),
        (("funding@30", "funding@much"), "funding@30"),
        (("funding@30", "funding@"), "yuan per household"),
        (("funding@30", "funding@-1"), "-1"),
        (("funding@30", "funding@nan"), "nan"),
        (("funding@30", "none@30"), "with more"),
        (("funding@30", "fundin@30"), "funding"),
        (("funding@30", "funding@0"), "twice"),
        (("funding@30", "funding@0.0"), "the same"),
    ],
)
def test_designs_that_make_no_sense_are_refused(
    whole: Study, tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    wrong = study(tmp_path)
    text = (tmp_path / "study.toml").read_text()
    assert change[0] in text
    (tmp_path / "study.toml").write_text(text.replace(*change))
    with pytest.raises(GongzhiError) as caught:
        wrong.run(1)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value).strip()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"policies": ["none"]}, '"none", "funding"'),
        ({"policies": ["funding"]}, '"none", "funding"'),
        ({"policies": ["none", "funding@30", "funding~can"]}, "plain|money that they declare"),
        ({"more": 'outcomes = ["reach_any_share"]'}, "leave outcomes out"),
        ({"more": "every = 5"}, "every = 52"),
        ({"groups": ("party:no",)}, "all"),
        ({"scenario": HAMLET.replace("weeks = 104", "weeks = 60")}, "whole years"),
    ],
)
def test_studies_without_an_answer_are_told_so(tmp_path: Path, change: dict[str, object], told: str) -> None:
    one = study(tmp_path, **{"seeds": 1, "design": 'kind = "list"', **change})  # type: ignore[arg-type]
    with pytest.raises(StudyError, match=told):
        answers(one)


def test_entries_of_policies_have_parts() -> None:
    assert entry("a+b@2.5~can,peers") == ("a+b", 2.5, frozenset({"can", "peers"}))
    assert entry("a") == ("a", None, frozenset())


# saving, beginning


def test_saved_twice_the_files_are_the_same_to_the_byte(said: Answers, whole: Study, tmp_path: Path) -> None:
    said.save(tmp_path / "a")
    answers(Study(whole.folder)).save(tmp_path / "b")
    names = {f"{name}.{kind}" for name in TABLES for kind in ("csv", "parquet")}
    assert set(tables(tmp_path / "a")) == names | {"dictionary.csv", "notes.txt"}
    assert tables(tmp_path / "a") == tables(tmp_path / "b")
    words = pd.read_csv(tmp_path / "a" / "dictionary.csv")
    assert len(words) == len(dictionary())
    for name in TABLES:
        table = pd.read_csv(tmp_path / "a" / f"{name}.csv")
        assert list(table.columns) == list(words.loc[words["table"] == name, "column"])
        assert len(table) == len(getattr(said, name))
    assert (words[["unit", "meaning"]].map(len) > 0).all(axis=None)
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(GongzhiError, match="is not a folder"):
        said.save(tmp_path / "taken")


def test_a_new_study_for_a_report_can_be_answered(tmp_path: Path) -> None:
    (tmp_path / "hamlet.toml").write_text(YEAR)
    made = new(tmp_path / "made", str(tmp_path / "hamlet.toml"), ["funding"], for_report=True)
    spec = made.design.spec
    assert spec.policies == ("none", "funding", *(f"funding@{yuan}" for yuan in (0, 5, 10, 30, 100)))
    assert (spec.design.kind, len(made.design.points), spec.seeds.count) == ("settings", 13, 6)
    assert spec.record.groups == GROUPS
    file = tmp_path / "made" / "study.toml"
    text = file.read_text()
    assert max(map(len, text.splitlines())) <= 110
    file.write_text(text.replace("points = 12", "points = 2").replace("count = 6", "count = 1"))
    small = Study(tmp_path / "made")
    assert len(small.runs) == 7 * 3
    small.run(1)
    found = answers(small)
    assert set(found.responses["yuan_per_household"]) == {0.0, 5.0, 10.0, 30.0, 100.0, 30_000 / 90}
    every = new(tmp_path / "every", str(tmp_path / "hamlet.toml"), for_report=True).design.spec.policies
    assert {"funding", "training", "training@100"} <= set(every)


def test_a_new_study_can_have_the_arms_that_split_an_effect(tmp_path: Path) -> None:
    file = tmp_path / "hamlet.toml"
    file.write_text(HAMLET)
    package = new(tmp_path / "p", str(file), ["funding", "training"], split="package")
    assert package.design.spec.policies == ("none", "funding", "training", "funding+training")
    channels = new(tmp_path / "c", str(file), ["training"], split="channels")
    assert set(channels.design.spec.policies) == set(channel_arms("training"))
    with pytest.raises(StudyError, match="package or channels"):
        new(tmp_path / "x", str(file), ["training"], split="half")
    assert not (tmp_path / "x" / "study.toml").exists()
    with (tmp_path / "p" / "study.toml").open("rb") as written:
        assert tomllib.load(written)["seeds"]["count"] == 10
