"""The report of a study: is every figure that it shows one of the tables', in both languages, in one file?"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from experiments.cli import main
from experiments.locale.build import extracted
from experiments.report import panels
from experiments.report.results import SMALLEST_GROUP
from experiments.report.study_page import SECTIONS, study_html
from experiments.study import Study
from experiments.study.commands.new import add_seeds
from experiments.words.words import Words, rounded
from model.core.errors import GongzhiError
from tests.reports import BUDGETS, FakeAnswers, effect_row, fake_answers, without_figures
from tests.studies import small_study

EVIL = 'a<b>&"c" $x$'


class Page(HTMLParser):
    """Sections of a page by anchor, with the cells of their tables and their text, and all attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str, str]] = []
        self.rows: dict[str, list[list[str]]] = {}
        self.text: dict[str, str] = {}
        self.section = ""
        self.cell: list[str] | None = None
        self.inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag == "h2":
            self.section = dict(attrs).get("id") or "page"
        if tag == "tr":
            self.rows.setdefault(self.section, []).append([])
        if tag in ("th", "td"):
            self.cell = []

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass
        if tag in ("th", "td") and self.cell is not None:
            self.rows[self.section][-1].append("".join(self.cell))
            self.cell = None

    def handle_data(self, data: str) -> None:
        if "style" in self.inside:
            return
        self.text[self.section] = self.text.get(self.section, "") + data
        if self.cell is not None:
            self.cell.append(data)

    def values(self, name: str) -> list[str]:
        """All values of an attribute."""
        return [value for _, key, value in self.attributes if key == name]


@pytest.fixture(scope="module")
def answers() -> FakeAnswers:
    return fake_answers()


@pytest.fixture(scope="module")
def html(answers: FakeAnswers) -> dict[str, str]:
    return {lang: shown(answers, lang) for lang in ("en", "zh")}


@pytest.fixture(scope="module")
def pages(html: dict[str, str]) -> dict[str, Page]:
    return {lang: Page(text) for lang, text in html.items()}


def shown(answers: FakeAnswers, lang: str = "en") -> str:
    return study_html(cast(Any, answers), lang)


def written(answers: FakeAnswers, lang: str = "en") -> str:
    """The page without its figures."""
    with without_figures():
        return shown(answers, lang)


def test_a_page_without_figures_is_the_page_but_for_them(answers: FakeAnswers, html: dict[str, str]) -> None:
    text = written(answers)
    whole, bare = Page(html["en"]), Page(text)
    assert bare.rows == whole.rows
    assert not svgs(text)
    assert set(bare.text) == set(whole.text)


def numbers(cells: list[str]) -> Iterator[str]:
    """The numbers of cells, without the marks of caveats."""
    for cell in cells:
        yield from re.findall(r"(?<![\w@.])[+−]?\d[\d,]*(?:\.\d+)?", re.sub(r"\[[^\]]*\]", "", cell))


def is_of(number: str, pool: np.ndarray[Any, np.dtype[np.float64]]) -> bool:
    """True if the number is one of the pool's, rounded as it is written, or to two significant digits."""
    value = float(number.replace(",", "").replace("−", "-"))
    decimals = len(number.partition(".")[2])
    near = np.abs(pool - value) <= 0.5 * 10.0**-decimals + 1e-9
    with np.errstate(divide="ignore"):
        digits = np.where(pool != 0, np.floor(np.log10(np.abs(pool))), 0.0)
    return bool(near.any() or (np.abs(pool - value) <= 0.5 * 10.0 ** (digits - 1) + 1e-9).any())


@pytest.mark.parametrize(
    ("section", "tables", "skipped"),
    [
        ("activities", ("effects",), 1),
        ("budgets", ("responses",), 1),
        ("costs", ("costs",), 1),
        ("net-benefit", ("net_benefit",), 1),
        ("attribution", ("attribution",), 1),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_number_shown_stands_in_the_tables(
    answers: FakeAnswers,
    pages: dict[str, Page],
    lang: str,
    section: str,
    tables: tuple[str, ...],
    skipped: int,
) -> None:
    found = [getattr(answers, name).select_dtypes("number").to_numpy(float).ravel() for name in tables]
    if section == "attribution":
        found.append(np.array([answers.attribution["share"].sum()]))
    pool = np.concatenate(found)
    pool = pool[np.isfinite(pool)]
    pool = np.concatenate([pool, 100 * pool])
    told = [n for row in pages[lang].rows[section][1:] for n in numbers(row[skipped:])]
    assert len(told) > 20
    assert [n for n in told if not is_of(n, pool)] == []


def test_chance_and_settings_stand_in_their_own_columns(pages: dict[str, Page]) -> None:
    rows = pages["en"].rows
    name = "took part at least once in the year: culture and sport"
    assert rows["activities"][0][1:4] == ["effect", "chance", "settings"]
    assert rows["activities"][1] == [name, "+1.5", "+1.3 to +1.7", "+0.7 to +2.3", "points", "30.0 %"]
    assert rows["budgets"][0][3:5] == ["chance", "settings"]
    assert ["funding [1, 2]", "10", "+379", "+342 to +417", "+152 to +607", "54,000"] in rows["budgets"]
    assert rows["costs"][0][4:6] == ["chance", "settings"]
    cost = next(row for row in rows["costs"] if row[:2] == ["training [3, 4]", "30"])
    assert cost[2:7] == ["162,000", "+438", "+394 to +482", "+175 to +701", "370 (230 to 920)"]
    benefit = next(row for row in rows["net-benefit"] if row[:3] == ["funding [1, 2]", "30", "1,000"])
    assert benefit[3:] == ["+495,267", "+429,540 to +560,994", "+100,907 to +889,627", "50 %"]
    assert ["being asked", "+0.50", "+0.45 to +0.55", "+0.30 to +0.70"] in rows["attribution"]
    assert ["sum: the whole effect", "+3.5", "–", "–"] in rows["attribution"]


def test_participants_in_persons_are_not_told_as_a_share(answers: FakeAnswers) -> None:
    persons = replace(answers, attribution=answers.attribution.assign(unit="persons"))
    text = Page(written(persons, "zh")).text["attribution"]
    assert "新增参与者（三类活动中任意一类），单位：人" in text
    assert "占比" not in text


def test_what_is_not_known_is_said_and_never_nan(answers: FakeAnswers) -> None:
    blind = {
        name: getattr(answers, name).assign(settings_low=np.nan, settings_high=np.nan)
        for name in ("effects", "responses", "net_benefit", "attribution")
    }
    blind["net_benefit"] = blind["net_benefit"].assign(share_of_settings_positive=np.nan)
    counts = answers.comparison.settings_counts | {"kept": 0}
    unknown = replace(answers, **blind, comparison=replace(answers.comparison, settings_counts=counts))
    page = Page(shown(unknown))
    assert page.rows["activities"][1][3] == "not known"
    assert page.rows["net-benefit"][1][-2:] == ["not known", "not known"]
    assert 'kind = "settings"' in page.text["study-limits"]
    assert not re.search(r"\b(nan|inf|None)\b|[{}]", " ".join(page.text.values()))
    assert "acceptability-" not in shown(unknown)


def test_a_smaller_version_is_said_first(answers: FakeAnswers) -> None:
    told = "A smaller version of the community was simulated, 18,000 instead of 20,000 persons"
    text = written(replace(answers, provenance=answers.provenance | {"whole_persons": 20_000}))
    assert 0 < text.index(told) < text.index("The question")
    assert "A smaller version" not in written(answers)


def test_small_groups_are_withheld(answers: FakeAnswers, pages: dict[str, Page]) -> None:
    rows = [row for row in pages["en"].rows["groups"] if "primary school or less" in row]
    assert len(rows) == 16
    assert all(row[1:] == [*["withheld"] * 4, f"fewer than {SMALLEST_GROUP}"] for row in rows)
    enough = answers.effects.copy()
    enough.loc[enough["group"] == "education:primary", "adults"] = SMALLEST_GROUP
    again = Page(written(replace(answers, effects=enough)))
    assert "withheld" not in [cell for row in again.rows["groups"] for cell in row]


@pytest.mark.parametrize(
    ("table", "section", "said"),
    [
        ("responses", "budgets", '"funding@0", "funding@10", "funding@100" to policies in study.toml'),
        ("attribution", "attribution", "every combination of them is among policies in study.toml"),
        ("ranking", "ranking", "name two policies or more"),
        ("net_benefit", "net-benefit", "no policy spends money"),
    ],
)
def test_a_part_that_was_not_asked_says_which_arms_to_add(
    answers: FakeAnswers, table: str, section: str, said: str
) -> None:
    page = Page(written(replace(answers, **{table: getattr(answers, table).iloc[:0]})))
    assert said in page.text[section]
    assert page.rows.get(section, []) == []


def test_groups_that_were_not_recorded_are_asked_for(answers: FakeAnswers) -> None:
    everybody = answers.effects[answers.effects["group"] == "all"]
    page = Page(written(replace(answers, effects=everybody)))
    assert "groups, under [record] in study.toml" in page.text["groups"]


def test_a_ranking_counts_settings_and_names_who_disagrees(pages: dict[str, Page]) -> None:
    text = pages["en"].text["ranking"]
    assert (
        "funding [1, 2] does more than training [3, 4] in 8 of 10 settings, less in 0, not told apart in 2."
        in text
    )
    assert (
        "in 5 of 10 settings, less in 2, not told apart in 3. Undecided, because the settings disagree."
        in text
    )
    assert "Most depends on: strength of habit, skill gained from a training." in text
    assert "10 组设定中，资金支持 [1, 2]的效果大于培训 [3, 4]的有 8 组" in pages["zh"].text["ranking"]


def test_policies_that_are_not_told_apart_are_undecided(answers: FakeAnswers) -> None:
    open_ = answers.ranking.assign(more=0, less=0, responsible="")
    text = Page(written(replace(answers, ranking=open_))).text["ranking"]
    assert "Undecided: funding [1, 2], training [3, 4], volunteer credits [5] are not told apart" in text


def test_limits_tell_of_missing_and_failed_runs_and_of_few_draws(
    answers: FakeAnswers, pages: dict[str, Page]
) -> None:
    assert "1 run is still to do" in pages["en"].text["study-limits"]
    assert "1 run failed" in pages["en"].text["study-limits"]
    assert "rests on" not in pages["en"].text["study-limits"]
    few = replace(answers.comparison, settings_counts=answers.comparison.settings_counts | {"kept": 12})
    assert "rests on 12 draws" in Page(written(replace(answers, comparison=few))).text["study-limits"]


def test_seeds_that_came_with_the_answer_are_told(answers: FakeAnswers, pages: dict[str, Page]) -> None:
    added = replace(answers, provenance=answers.provenance | {"until": True})
    assert "Seeds were added until" in Page(written(added)).text["study-limits"]
    assert "Seeds were added" not in pages["en"].text["study-limits"]


def test_a_study_that_is_no_draw_of_settings_says_which_point_it_shows(answers: FakeAnswers) -> None:
    point = answers.provenance | {"shown": {"decision.b_habit": 1.5}, "points": 4}
    text = Page(written(replace(answers, provenance=point))).text["study-limits"]
    assert "The first of 4 points is shown: strength of habit = 1.5." in text


def test_many_seeds_are_not_all_listed(answers: FakeAnswers) -> None:
    many = answers.provenance | {"seeds": [(i, i) for i in range(1, 101)]}
    rows = Page(written(replace(answers, provenance=many))).rows["provenance"]
    (told,) = (row[1] for row in rows if row[0].startswith("pairs of seeds"))
    assert told.startswith("100: 1/1, 2/2, ")
    assert told.endswith("11/11, …, 100/100")


def test_provenance_names_what_a_rerun_needs(pages: dict[str, Page]) -> None:
    rows = dict(row for row in pages["en"].rows["provenance"] if len(row) == 2)
    assert rows["versions"] == "python 3.11.7, mesa 3.3.1"
    assert rows["runs stored"] == "519 of 520"
    assert rows["fingerprint of the model's sources (SHA-256)"] == "ab" * 32
    assert "gongzhi study run results/mine" in pages["en"].text["provenance"]


def test_names_cannot_inject_markup(answers: FakeAnswers) -> None:
    comparison = answers.comparison
    scenario = comparison.scenario
    policy = {**scenario.policy, EVIL: scenario.policy["funding"]}
    renamed = {
        name: getattr(answers, name).replace({"policy": {"funding": EVIL}})
        for name in ("effects", "responses", "costs", "net_benefit")
    }
    evil = replace(
        answers,
        **renamed,
        comparison=replace(
            comparison,
            scenario=scenario.model_copy(update={"title": "<script>x</script>", "policy": policy}),
            policies=(EVIL, *comparison.policies[1:]),
            table=comparison.table.replace({"policy": {"funding": EVIL}}),
            costs=comparison.costs.replace({"policy": {"funding": EVIL}}),
        ),
        ranking=answers.ranking.assign(one=EVIL),
        attribution=answers.attribution.assign(what=EVIL),
        provenance=answers.provenance | {"study": EVIL, "folder": EVIL, "policies": [EVIL]},
    )
    text = shown(evil)
    assert "<b>" not in text
    assert "<script" not in text
    page = Page(text)
    assert page.rows["budgets"][1][0] == f"{EVIL} [1, 2]"
    figures = [ElementTree.fromstring(figure) for figure in svgs(text)]
    assert sum(f"{EVIL} [1, 2]" in [*figure.itertext()] for figure in figures) > 2


def svgs(html: str) -> list[str]:
    return re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_report_is_one_file_that_loads_nothing(
    html: dict[str, str], pages: dict[str, Page], lang: str
) -> None:
    page, text = pages[lang], html[lang]
    assert set(re.findall(r'[\w:]*="https?:[^"]*"', text)) == {
        'xmlns="http://www.w3.org/2000/svg"',
        'xmlns:xlink="http://www.w3.org/1999/xlink"',
    }
    assert len(re.findall("https?:", text)) == 2 * len(svgs(text))
    assert not {"src", "srcset", "data", "action"} & {name for _, name, _ in page.attributes}
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _, _ in page.attributes}
    assert not re.search(r"url\((?!#)|@import", text)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_links_and_figures_are_whole(html: dict[str, str], pages: dict[str, Page], lang: str) -> None:
    page = pages[lang]
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    wanted = {v[1:] for k in ("href", "xlink:href") for v in page.values(k)}
    wanted |= set(re.findall(r"url\(#([^)]*)\)", html[lang]))
    assert wanted <= set(ids)
    assert {anchor for anchor, _, _ in SECTIONS} <= wanted
    figures = [ElementTree.fromstring(figure) for figure in svgs(html[lang])]
    assert len(figures) == 1 + 2 * 4 + 4 + 1
    for figure in figures:
        assert [child.tag.rpartition("}")[2] for child in figure][:2] == ["title", "desc"]
        assert all(figure[i].text for i in (0, 1))
    heads = [dict(a for a in [(n, v)]) for tag, n, v in page.attributes if tag == "th" and n == "scope"]
    assert len(heads) == html[lang].count("<th ")
    assert html[lang].count("<caption>") == html[lang].count("<table>") - 2
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}">' in html[lang]


def test_both_languages_tell_the_same_numbers(pages: dict[str, Page]) -> None:
    for section in ("activities", "groups", "budgets", "costs", "net-benefit", "attribution"):
        told = [list(numbers([c for row in pages[x].rows[section][1:] for c in row])) for x in ("en", "zh")]
        assert told[0] == told[1]


def test_the_chinese_report_has_no_english_sentence(pages: dict[str, Page]) -> None:
    text = " ".join(pages["zh"].text.values())
    sentences = [m.id for m in extracted() if isinstance(m.id, str) and len(m.id) > 12 and "{" not in m.id]
    assert [s for s in sentences if s in text] == []
    assert set(
        re.findall(r"[A-Za-z]{4,}", "".join(v for k, v in pages["zh"].text.items() if k != "provenance"))
    ) <= {*("logit", "Claxton", "Fenwick", "Sculpher", "Stinnett", "Mullahy", "Brady", "Schlozman", "Verba")}


def test_curves_hold_the_points_of_the_table_and_both_bands(answers: FakeAnswers) -> None:
    table = answers.responses[answers.responses["outcome"] == "reach_any"]
    titles = {"funding": "F", "training": "T"}
    drawn = panels.curves(
        Words("en"), table, ("yuan_per_household", "budget"), ("effect", "persons"), titles, "x"
    )
    told = "".join(ElementTree.fromstring(drawn[0])[1].itertext())
    assert told == "persons by budget: 0: 0; 5: +268; 10: +379; 30: +657; 100: +1,200"
    assert [re.findall(r'id="(x-\d)-figure_1"', one) for one in drawn] == [["x-0"], ["x-1"]]
    assert drawn[0].count("stroke-dasharray") == 2
    settings, chance = (
        heights(band) for band in re.findall(r'FillBetween.*?\bd="([^"]*)"', drawn[0], re.DOTALL)
    )
    assert settings == pytest.approx(6 * chance, rel=1e-3)


def heights(path: str) -> float:
    """How tall a band is where it ends."""
    points = [tuple(map(float, pair)) for pair in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]
    last = max(x for x, _ in points)
    ends = [y for x, y in points if x == last]
    return max(ends) - min(ends)


def test_tick_labels_do_not_touch() -> None:
    assert panels._apart(BUDGETS, 100.0) == [0.0, 10.0, 30.0, 100.0]
    assert panels._apart([0.0, 1.0, 2.0], 2.0) == [0.0, 1.0, 2.0]
    assert panels._apart([5.0], 0.0) == [5.0]


def test_long_names_are_cut_in_figures_only(answers: FakeAnswers) -> None:
    assert panels._short("社" * 30) == "社" * 22 + "…"
    assert panels._short("abc") == "abc"


def test_an_unknown_language_is_refused(answers: FakeAnswers) -> None:
    with pytest.raises(GongzhiError, match="en, zh"):
        shown(answers, "fr")


def test_effects_that_are_no_effects_are_left_out(answers: FakeAnswers) -> None:
    switched = pd.DataFrame([effect_row("funding", "added_any", "all", math.nan, 0.1)])[
        answers.effects.columns
    ]
    more = pd.concat([answers.effects, switched])
    assert (
        Page(written(replace(answers, effects=more))).rows["activities"]
        == Page(written(answers)).rows["activities"]
    )


STUDY = """
format = 1
name = "trial"
scenario = "hamlet.toml"
policies = ["none", "funding"]
weeks = 52
[seeds]
count = {seeds}
{more}
"""


def test_a_study_is_reported_whole_and_an_unfinished_one_only_if_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def report(*more: str) -> object:
        with pytest.raises(SystemExit) as ended:
            main(["study", "report", str(folder), "--out", str(tmp_path / "out"), *more])
        return ended.value.code

    folder = small_study(tmp_path / "study", seeds=1, study=STUDY)
    assert report() == 2
    assert "2 of 2 runs are still to do" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert Study(folder).run(1).failed == 0
    assert report("--lang", "fr") == 2
    assert not (tmp_path / "out").exists()
    assert report("--lang", "zh") == 0
    found = {file.name for file in (tmp_path / "out").iterdir()}
    assert {"report.zh.html", "effects.csv", "effects.parquet", "net_benefit.csv", "dictionary.csv"} <= found
    assert "report.en.html" not in found
    assert "report.zh.html" in capsys.readouterr().out
    add_seeds(Study(folder), 1)
    assert report() == 2
    assert report("--partly") == 0
    page = Page((tmp_path / "out" / "report.en.html").read_text(encoding="utf-8"))
    assert "2 runs are still to do" in page.text["study-limits"]
    assert "There is one pair of seeds" in page.text["study-limits"]
    effects = pd.read_csv(tmp_path / "out" / "effects.csv").query("group == 'all' and outcome == 'skill'")
    (row,) = (row for row in page.rows["activities"] if row[0] == "skill")
    assert row[1] == rounded(effects["effect"].item(), 3, sign=True)
    assert row[2] == "not known"
