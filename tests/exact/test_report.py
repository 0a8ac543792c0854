"""The page and the figure: what must stand on them, in both languages, and what must not."""

from __future__ import annotations

import gettext
import logging
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from experiments.comparison.summary import DRIFTING
from experiments.locale.build import CHINESE, build, extracted, faults, updated
from experiments.outcomes.baseline import FIGURES
from experiments.report import figure, labels_language, page, page_html, svg
from experiments.report.results import is_clear, reach
from experiments.words import names
from experiments.words.words import Words, plain, rounded, significant
from model.core.errors import DataError, GongzhiError
from model.instruments import KINDS
from model.parameters.declare import declarations
from model.scenario.scenario import Scenario
from model.state.outcomes import GROUPS
from tests.reports import Fake, fake_comparison


@pytest.fixture(scope="module")
def comparison() -> Fake:
    return fake_comparison()


def changed(comparison: Fake, policy: str, outcome: str, group: str, **values: float) -> Fake:
    """The comparison with other values in one row of its table."""
    table = comparison.table.copy()
    at = (table["policy"] == policy) & (table["outcome"] == outcome) & (table["group"] == group)
    assert at.sum() == 1
    for column, value in values.items():
        table.loc[at, column] = value
    return replace(comparison, table=table)


def line(text: str, *parts: str) -> str:
    """The one line of the text that has all the parts."""
    found = [row for row in text.splitlines() if all(part in row for part in parts)]
    assert len(found) == 1, found
    return found[0]


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_effects_stand_in_persons_then_points_each_with_both_intervals(comparison: Fake) -> None:
    row = cells(line(page(comparison), "| funding", "culture and sport"))
    assert row == [
        "funding [1, 2]",
        "culture and sport",
        "+219",
        "+190 to +248",
        "+102 to +335",
        "+1.5",
        "+1.3 to +1.7",
        "+0.7 to +2.3",
    ]
    assert cells(line(page(comparison, "zh"), "| 资金支持", "文体活动"))[2:5] == [
        "+219",
        "+190 至 +248",
        "+102 至 +335",
    ]


def test_an_unknown_settings_interval_is_said_and_never_left_out(comparison: Fake) -> None:
    nan = float("nan")
    unknown = changed(
        comparison,
        "funding",
        "reach_culture",
        "all",
        settings_low=nan,
        settings_high=nan,
        persons_settings_low=nan,
        persons_settings_high=nan,
    )
    assert cells(line(page(unknown), "| funding", "culture and sport"))[4::3] == ["not known", "not known"]
    assert "funding: culture and sport" in page(comparison)
    assert "funding: culture and sport" not in page(unknown)


def test_an_effect_is_clear_only_with_both_intervals_on_one_side(comparison: Fake) -> None:
    row = {"chance_low": 1.0, "chance_high": 2.0, "settings_low": 1.0, "settings_high": 9.0}
    assert is_clear(row)
    assert not is_clear(row | {"settings_low": -3.0, "settings_high": -1.0})
    assert not is_clear(row | {"chance_low": 0.0})
    assert not is_clear(row | {"settings_high": float("nan")})
    assert is_clear({k: -v for k, v in zip(row, (2.0, 1.0, 9.0, 1.0), strict=True)})


def test_estimates_outside_their_settings_interval_are_counted(comparison: Fake) -> None:
    assert "0 estimates lie outside their settings interval" in page(comparison)
    odd = changed(comparison, "training", "reach_any", "all", settings_low=0.5, settings_high=0.6)
    assert "1 estimate lies outside its settings interval" in page(odd)


def test_cost_cannot_be_estimated_where_it_is_not_known(comparison: Fake) -> None:
    costs = {
        cells(row)[0]: cells(row) for row in page(comparison).split("## Cost")[1].splitlines() if "|" in row
    }
    assert costs["funding [1, 2]"][1:] == ["162,000", "1,234", "370 (300 to 520)", "21 (12 to 60)"]
    assert costs["package [1–5]"][3:] == ["cannot be estimated", "cannot be estimated"]


def test_small_groups_are_withheld(comparison: Fake) -> None:
    huge = {"effect": 0.5, "chance_low": 0.4, "chance_high": 0.6, "settings_low": 0.3, "settings_high": 0.7}
    small = changed(comparison, "funding", "reach_culture", "education:primary", **huge)
    assert "primary school" not in page(small)
    assert "Most: primary school or less +50.0 points (chance" in page(
        changed(small, "funding", "reach_culture", "education:primary", adults=20)
    )


def test_groups_that_could_be_zero_are_named(comparison: Fake) -> None:
    assert "In every group the effect could be zero" in line(page(comparison), "- package")
    zero = changed(comparison, "funding", "reach_culture", "sex:female", settings_low=-0.01)
    assert "Could be zero: women." in line(page(zero), "- funding")


def test_unspent_money_is_told_where_there_is_any(comparison: Fake) -> None:
    told = line(page(comparison), "**Left unspent a year:**")
    assert "16,200 yuan" in told
    assert told.count("yuan") == 1


def test_money_and_its_splits_are_printed_as_assumption_and_guess(comparison: Fake) -> None:
    told = line(page(comparison), "**The money.**")
    assert "30 yuan per household and year for 5,400 households, 162,000 yuan a year" in told
    assert "an assumption" in told
    assert "funding = grants 80 %, awards 10 %, lent premises 10 %" in told
    unequal = page(replace(comparison, budget_yuan=float("nan")))
    assert "budgets differ" in unequal
    assert "nan" not in unequal


def test_what_was_simulated_says_what_was_tried_dropped_and_kept(comparison: Fake) -> None:
    told = line(page(comparison), "**Settings:**")
    for part in (
        "tried: 55",
        "kept: 40",
        "equilibria: 9",
        "deliberation: 6",
        "(2,000 persons)",
        "2 luck seeds",
    ):
        assert part in told
    kept = {"tried": 8, "dropped_equilibrium": 8, "dropped_p1": 0, "kept": 0, "persons": 2000}
    assert "no draws were kept" in page(replace(comparison, settings_counts=kept))


def test_without_draws_chance_is_never_told_as_if_it_were_all(comparison: Fake) -> None:
    unknown = {f"added_{what}_settings_low": np.nan for what in ("participants", "hours")}
    table = comparison.table[comparison.table["group"] == "all"]
    text = page(
        replace(
            comparison,
            table=table.assign(settings_low=np.nan, settings_high=np.nan),
            costs=comparison.costs.assign(**unknown),
            settings_counts=comparison.settings_counts | {"kept": 0},
        )
    )
    assert "370 (chance alone: 300 to 520)" in text
    assert "370 (300 to 520)" in page(comparison)
    assert "The range is that of chance alone" in text
    assert "no result is shown to be clear of zero" in text
    assert "lie outside" not in text
    assert "No groups of residents were recorded." in text


def test_influential_inputs_are_counted_and_named_with_value_and_range(comparison: Fake) -> None:
    told = line(page(comparison), "**Influential inputs:**")
    assert "2 of 2 inputs drawn" in told
    assert "3 of 8 correlations" in told
    assert "Guesses among them: 2" in told
    assert "strength of habit (2.5, range 1.5 to 2.9 on the weekly logit scale)" in told
    assert "-5" in line(page(comparison), "**Fitted to the case:**").replace("−", "-")


@pytest.mark.parametrize(
    "said",
    [
        "awards: no causal evidence",
        "lent premises: no causal evidence",
        "volunteer credits: no causal evidence from China",
        "insurance take-up in Chinese villages",
        "company town",
        "self-reported",
        "Urban",
        "Not a forecast",
        "rating, ranking, rewarding or sanctioning persons, families, Party members, staff, organizations or",
        "setting quotas",
        "per simulated adult",
        "Found: 4.60; not met",
    ],
)
def test_limits_are_on_the_page(comparison: Fake, said: str) -> None:
    assert said in page(comparison)


def test_a_lever_without_evidence_marks_only_what_it_touches(comparison: Fake) -> None:
    only = "policy == 'credits'"
    tables = {"table": comparison.table.query(only), "costs": comparison.costs.query(only)}
    credits = replace(comparison, policies=("credits",), **tables)
    text = page(credits)
    assert "volunteer credits [1]" in text
    assert "awards: no causal evidence" not in text


def test_the_chinese_page_is_chinese_and_never_says_the_bare_rate(comparison: Fake) -> None:
    text = page(comparison, "zh")
    assert "参与率" not in text
    for word in ("居民", "志愿者", "志愿服务积分", "参与面", "至少参与一次的人数占比", "无法估计"):
        assert word in text
    assert set(re.findall(r"[A-Za-z]+", text)) <= {"P", "logit"}


def test_both_languages_have_the_same_numbers(comparison: Fake) -> None:
    def numbers(lang: str) -> list[str]:
        rows = [row for row in page(comparison, lang).splitlines() if row.startswith("|")]
        return re.findall(r"[+−]?[\d,.]*\d", " ".join(rows))

    assert numbers("en") == numbers("zh")
    assert len(numbers("en")) > 100


def test_the_chinese_catalogue_is_whole_and_up_to_date() -> None:
    catalogue = updated(extracted())
    assert faults(catalogue) == []
    words = Words("zh")
    for message in catalogue:
        if isinstance(message.id, str) and message.id:
            assert words._catalogue.gettext(message.id) == message.string


def test_the_build_fails_while_a_text_has_no_chinese(tmp_path: Path) -> None:
    chinese = tmp_path / "gongzhi.po"
    whole = CHINESE.read_text(encoding="utf-8")
    chinese.write_text(whole.replace('msgstr "居民培训"', 'msgstr ""'), encoding="utf-8")
    with pytest.raises(DataError, match="training of residents"):
        build(chinese)
    assert not chinese.with_suffix(".mo").exists()
    chinese.write_text(whole.replace("{low} 至 {high}", "{low} 至 {hoch}"), encoding="utf-8")
    with pytest.raises(DataError, match="named places differ"):
        build(chinese)
    chinese.write_text(whole, encoding="utf-8")
    assert build(chinese) > 200
    assert chinese.read_text(encoding="utf-8") == whole
    with chinese.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("training of residents") == "居民培训"


def test_every_input_that_draws_vary_has_plain_words() -> None:
    words = Words("zh")
    for name, declared in declarations(Scenario).items():
        if declared.low is not None:
            assert names.parameter(words, name) != name
            assert declared.unit in names.UNITS


def test_every_instrument_and_group_has_a_name() -> None:
    assert all(cls.label for cls in KINDS.values())
    assert [kind for kind, cls in KINDS.items() if not cls.caveat] == ["grant"]
    assert all(names.group(Words("en"), g) for g in GROUPS if g != "all")


def test_every_figure_that_a_page_can_tell_has_chinese() -> None:
    words = Words("zh")
    for name in (*FIGURES, *DRIFTING):
        assert not re.search("[A-Za-z]", names.outcome(words, name))


def test_the_html_page_is_one_file_that_loads_nothing(comparison: Fake) -> None:
    text = page_html(comparison, "zh")
    drawn = text[text.index("<svg") : text.index("</svg>") + 6]
    assert "资金支持 [1, 2]" in " ".join(ElementTree.fromstring(drawn).itertext())
    assert not re.search(r"(src|href)=.(?!#)", text.replace(drawn, ""))
    assert not re.search(r'href="(?!#)|url\((?!#)|@import', drawn)
    assert "<script" not in text


def test_titles_cannot_inject_markup(comparison: Fake) -> None:
    title = "<script>x</script> | *a* [b](http://c)\n# d"
    scenario = comparison.scenario.model_copy(update={"title": title})
    evil = replace(comparison, scenario=scenario)
    assert "<script" not in page_html(evil)
    assert "\\<script>" in page(evil)
    assert "[b](" not in page(evil)
    assert page(evil).count("\n# ") == 0


def test_the_figure_shows_every_effect_in_persons_and_points(comparison: Fake) -> None:
    drawn = figure(comparison)
    axes = drawn.axes[0]
    markers = [line.get_xdata()[0] for line in axes.lines if line.get_marker() in "Dos^"]
    assert markers == [row["persons"] for row in reach(comparison)]
    (above,) = axes.child_axes
    drawn.draw_without_rendering()
    low, high = axes.get_xlim()
    assert above.get_xlim() == pytest.approx((100 * low / 14_580, 100 * high / 14_580))
    assert "cannot be estimated" in [text.get_text() for text in axes.texts]
    assert svg(figure(comparison)) == svg(figure(comparison))


def test_without_a_chinese_font_labels_are_english_and_the_reader_is_told(
    comparison: Fake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("experiments.report.drawing._installed", list)
    assert labels_language("zh") == "en"
    with caplog.at_level(logging.WARNING, "gongzhi"):
        drawn = figure(comparison, "zh")
    assert "funding [1, 2]" in [label.get_text() for label in drawn.axes[0].get_yticklabels()]
    assert "No Chinese font" in caplog.text
    assert "No Chinese font" in svg(drawn)
    monkeypatch.setattr("experiments.report.drawing._installed", lambda: ["DejaVu Serif"])
    assert labels_language("zh") == "zh"
    assert "资金支持 [1, 2]" in svg(figure(comparison, "zh"))


def test_an_unknown_language_is_refused(comparison: Fake) -> None:
    for write in (page, page_html, figure):
        with pytest.raises(GongzhiError, match="en, zh"):
            write(comparison, "fr")


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        (rounded(1234.5), "1,234"),
        (rounded(-0.4, sign=True), "0"),
        (rounded(-1234.0, 1, sign=True), "−1,234.0"),
        (rounded(3, sign=True), "+3"),
        (rounded(float("nan")), "–"),
        (significant(12345), "12,000"),
        (significant(0.01234, 3), "0.0123"),
        (significant(99.9), "100"),
        (significant(float("inf")), "–"),
        (plain(30.0), "30"),
        (plain(100.0), "100"),
        (plain(0.0), "0"),
        (plain(-2.5), "−2.5"),
    ],
)
def test_numbers_are_written_for_a_reader(told: str, wanted: str) -> None:
    assert told == wanted
