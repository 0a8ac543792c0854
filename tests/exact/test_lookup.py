"""Can every name be looked up, in both languages, whole into a file and wrapped on a terminal?"""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

import experiments
from experiments import cli, load
from experiments.comparison.effects import COUNTED, MEASURED
from experiments.lookup import lookup
from experiments.lookup.lists import NARROWEST, written
from experiments.lookup.lookup_texts import of_instruments, of_outcomes, of_parameters
from experiments.lookup.show import show, values
from experiments.outcomes import OUTCOMES
from experiments.outcomes.baseline import FIGURES
from experiments.words.blocks import columns_of
from experiments.words.units import UNITS
from experiments.words.words import Words
from model.core.errors import GongzhiError
from model.instruments import KINDS
from model.parameters.declare import declarations, resolve
from model.scenario.scenario import Scenario

HAN = re.compile("[\u4e00-\u9fff]")


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_every_declaration_is_listed_once() -> None:
    names = [one.name for one in lookup.parameter_names()]
    assert names == list(declarations(Scenario))
    assert list(dict.fromkeys(key.kind for key in lookup.instrument_keys())) == list(KINDS)
    fields = [(kind, f) for kind, one in KINDS.items() for f in one.model_fields if f != "kind"]
    assert [(key.kind, key.key) for key in lookup.instrument_keys()] == fields
    listed = [one.name for one in lookup.outcome_names()]
    effects = [effect.name for effect in (*MEASURED, *COUNTED)]
    assert listed == [*OUTCOMES, *effects, "displacement", *FIGURES]


def test_everything_is_said_in_both_languages() -> None:
    """A name that lacks its Chinese, or says English in it, is found here."""
    chinese = Words("zh")
    for parameter in lookup.parameter_names():
        assert parameter.label not in ("", parameter.name)
        assert HAN.search(parameter.label_zh), parameter.name
        assert "." not in parameter.label
    for key in lookup.instrument_keys():
        for text in (key.label_zh, key.meaning_zh, key.needs_zh, key.doc_zh):
            assert HAN.search(text), (key.kind, key.key)
        for text in (key.label, key.meaning, key.needs, key.doc):
            assert text, (key.kind, key.key)
            assert not HAN.search(text)
    for outcome in lookup.outcome_names():
        assert HAN.search(outcome.meaning_zh), outcome.name
        assert outcome.meaning
        assert "{" not in outcome.meaning + outcome.meaning_zh
    units = {
        one.unit for one in (*lookup.parameter_names(), *lookup.outcome_names(), *lookup.instrument_keys())
    }
    assert units - {"", "1"} <= set(UNITS)
    assert all(HAN.search(chinese._(one)) for one in UNITS)


def test_prices_are_those_of_the_costs_table() -> None:
    costs = Scenario(format=1)
    for key in lookup.instrument_keys():
        if key.price_from:
            assert key.price == resolve(costs, key.price_from)
            assert key.price_unit.startswith("yuan/") or key.price_unit == "yuan"
        if key.key == "price_yuan":
            assert key.price_from
            assert key.unit == key.price_unit


@pytest.mark.parametrize(
    ("function", "word", "name"),
    [
        ("parameters", "习惯的强度", "decision.b_habit"),
        ("parameters", "B_HABIT", "decision.b_habit"),
        ("parameters", "strength of habit", "decision.b_habit"),
        ("outcomes", "基尼", "served_gini"),
        ("outcomes", "ＧＩＮＩ", "served_gini"),
        ("outcomes", "targets", "drift_skill"),
        ("instruments", "付费照护", "paid_care"),
        ("instruments", "control", "grant"),
    ],
)
def test_a_word_is_searched_in_either_language(function: str, word: str, name: str) -> None:
    every, found = getattr(experiments, function)(), getattr(experiments, function)(word)
    column = "kind" if function == "instruments" else "name"
    assert name in set(found[column])
    assert 0 < len(found) < len(every)
    assert list(found.columns) == list(every.columns)


@pytest.mark.parametrize(
    ("function", "word", "near"),
    [
        ("parameters", "b_peeer", "b_peer"),
        ("outcomes", "reach_cultur_share", "reach_culture_share"),
        ("instruments", "premisses", "premises"),
        ("instruments", "xyzzyx", "gongzhi instruments lists all"),
    ],
)
def test_an_unknown_word_brings_near_names(function: str, word: str, near: str) -> None:
    with pytest.raises(GongzhiError, match=near):
        getattr(experiments, function)(word)


@pytest.mark.parametrize("command", ["instruments", "outcomes", "parameters", "show"])
def test_csv_and_json_are_whole(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [command, "wangzhuang"] if command == "show" else [command]
    table = list(csv.DictReader(io.StringIO(asked(capsys, *arguments, "--csv"))))
    array = json.loads(asked(capsys, *arguments, "--json"))
    assert len(table) == len(array) > 50
    assert list(table[0]) == list(array[0])
    for row, record in zip(table, array, strict=True):
        assert row["name" if "name" in row else "kind"] == record["name" if "name" in row else "kind"]
        assert None not in row.values()
    if command in ("parameters", "show"):
        longest = max((d.source for d in declarations(Scenario).values()), key=len)
        assert longest in {row["source"] for row in table}


def test_show_marks_what_is_outside_its_range() -> None:
    loaded = load("wangzhuang", {"learning.rho": 0.5})
    outside = {one.name for one in values(loaded) if one.outside}
    assert "learning.rho" in outside
    assert "decision.b_peer" not in outside
    line = next(line for line in show(loaded).splitlines() if line.startswith("learning.rho "))
    assert "given, outside its plausible range" in line
    assert "超出合理范围" in show(loaded, lang="zh")


@pytest.mark.parametrize(("lang", "width"), [("en", NARROWEST), ("zh", 80), ("en", 160)])
def test_texts_wrap_to_a_terminal(lang: str, width: int) -> None:
    for sections in (
        of_instruments(lookup.instrument_keys("credits"), lang),
        of_outcomes(lookup.outcome_names("drift"), lang),
        of_parameters(lookup.parameter_names("membership"), lang),
    ):
        assert max(map(columns_of, written(sections, width).splitlines())) <= width


def test_nothing_is_lost_by_wrapping() -> None:
    sections = of_parameters(lookup.parameter_names("learning"), "en")
    whole = re.sub(r"\s", "", written(sections).replace(" · ", ""))
    wrapped = re.sub(r"\s", "", written(sections, 60))
    assert sorted(whole) == sorted(wrapped)


def test_list_says_what_policies_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert "    credits (volunteer credits): volunteer credits 162,000 yuan a year" in asked(capsys, "list")
    assert "    credits (志愿服务积分): 志愿服务积分 每年 162,000 元" in asked(capsys, "list", "--lang", "zh")
