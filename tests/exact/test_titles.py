"""Do policies go by their titles wherever a person reads, and by their names in tables?"""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import pytest

from experiments import load
from experiments.outcomes.figures import figures
from experiments.runs.simulate import simulate
from experiments.words import names
from experiments.words.words import Words, words_of
from model.core.errors import ScenarioError
from model.parameters.replace import replaced
from model.scenario.declared_policy import DeclaredPolicy
from model.scenario.scaling import scaled
from model.scenario.scenario import Scenario
from tests.worlds import world

POLICY: dict[str, Any] = {
    "time_bank": {
        "title": "Time bank | 1*",
        "title_zh": "时间银行",
        "scheme": {"kind": "credits", "amount_yuan": 1000.0},
    },
    "funding": {"grants": {"kind": "grant", "amount_yuan": 1000.0}},
    "english": {"title": "Seats", "seats": {"kind": "train_residents", "amount_yuan": 1000.0}},
    "odd": {"title": {"kind": "grant", "amount_yuan": 1.0}},
}


@pytest.fixture
def titled() -> Scenario:
    return world(policy=POLICY)


@pytest.mark.parametrize(
    ("policy", "en", "zh"),
    [
        ("time_bank", "Time bank | 1*", "时间银行"),
        ("funding", "funding", "资金支持"),
        ("english", "Seats", "english"),
        ("time_bank+english", "Time bank | 1* + Seats", "时间银行 + english"),
        ("none", "no policy", "不实施政策"),
    ],
)
def test_a_title_goes_before_the_name(titled: Scenario, policy: str, en: str, zh: str) -> None:
    assert names.policy(words_of(titled, "en"), policy) == en
    assert names.policy(words_of(titled, "zh"), policy) == zh
    assert names.policy(Words("en"), "time_bank") == "time_bank"


def test_a_table_called_title_is_an_instrument(titled: Scenario) -> None:
    odd = titled.policy["odd"]
    assert (list(odd), odd.title, odd["title"].kind) == (["title"], "", "grant")
    assert [n.name for n in titled.policy_named("odd").instruments] == ["odd.title"]


def test_titles_outlive_what_is_done_to_a_scenario(titled: Scenario) -> None:
    amount = {"policy.time_bank.scheme.amount_yuan": 5.0}
    changed = replaced(titled, amount)
    assert changed.policy["time_bank"]["scheme"].amount_yuan == 5.0  # type: ignore[union-attr]
    for other in (
        Scenario.model_validate(titled.model_dump()),
        Scenario.model_validate_json(titled.model_dump_json()),
        pickle.loads(pickle.dumps(titled)),
        copy.deepcopy(titled),
        scaled(titled, 30),
        changed,
    ):
        assert other.policy_titles("en") == {"time_bank": "Time bank | 1*", "english": "Seats"}
        assert other.policy_titles("zh") == {"time_bank": "时间银行"}


def test_titles_change_no_run_and_no_untitled_table(titled: Scenario) -> None:
    assert titled.model_dump()["policy"]["funding"].keys() == {"grants"}
    assert DeclaredPolicy({}, title="x") == {}


def test_figures_of_runs_are_headed_by_titles(titled: Scenario) -> None:
    runs = [simulate(titled, "time_bank", weeks=1)]
    assert "时间银行" in figures(runs, "zh", titles=titled.policy_titles("zh"))
    assert "time\\_bank" in figures(runs, "zh")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("title = 3", "line 5: policy.time_bank.title = 3 has the wrong type. write text in quotes"),
        ('title_zh = ["a"]', "line 5: policy.time_bank.title_zh"),
        ('titel = "x"', "line 5: unknown key policy.time_bank.titel. did you mean 'title'"),
        ('title = "a\\nb"', "line 5: [policy.time_bank.title] a title is one line"),
        (f'title = "{"a" * 81}"', "line 5"),
        ('title = "other"', "policy.time_bank is called 'other', as policy.other is"),
        ('schem = "x"', "line 5: policy.time_bank.schem"),
    ],
)
def test_a_wrong_title_is_refused(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(
        f'format = 1\nname = "ours"\nextends = "wangzhuang"\n[policy.time_bank]\n{line}\n'
        "[policy.other]\n[policy.time_bank.scheme]\n"
        'kind = "credits"\namount_yuan = 1000\n',
        encoding="utf-8",
    )
    with pytest.raises(ScenarioError) as refused:
        load(path)
    assert said in str(refused.value)
