"""Does the report of a real small study stand in a browser: whole, quiet, readable wide and narrow?

``make test-browser`` runs these. With GONGZHI_SHOTS=DIR the pages are saved there as pictures.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from experiments.locale.build import extracted
from experiments.report.study_page import save_report
from experiments.study import Study
from model.state.outcomes import GROUPS
from tests.browser.fonts import LIKE, Metrics
from tests.studies import SCENARIO, small_study

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

    from tests.browser.chromium import Opened

pytestmark = pytest.mark.browser

MISSING = (
    "Chromium and its driver are needed: install them (on Debian: the packages chromium and chromium-driver) "
    "and run: make test-browser"
)
WIDTHS = (1400, 380)
LANGUAGES = ("en", "zh")
CREDITS = """
[policy.credits.scheme]
kind = "credits"
amount_yuan = 30000
"""
BUDGETS = (0, 10, 100)
THREE = ("funding", "training", "credits")
ARMS = ["none", *THREE, "funding+training", *(f"{policy}@{yuan}" for policy in THREE for yuan in BUDGETS)]
STUDY = f"""
format = 1
name = "trial <b>&"
scenario = "hamlet.toml"
policies = {ARMS!r}
weeks = 104
[seeds]
count = {{seeds}}
[design]
kind = "settings"
points = 6
[record]
groups = {list(GROUPS)!r}
{{more}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of three policies at three budgets and of a package, in six settings."""
    study = small_study(tmp_path_factory.mktemp("browser") / "study", seeds=3, study=STUDY)
    (study / "hamlet.toml").write_text(SCENARIO + CREDITS)
    one = Study(study)
    assert one.run(2).failed == 0
    save_report(one, study / "report")
    return study / "report"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    try:
        from tests.browser.chromium import chromium, found
    except ModuleNotFoundError:
        pytest.exit(MISSING, returncode=1)
    if found() is None:
        pytest.exit(MISSING, returncode=1)
    with chromium(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture(scope="module", params=[(lang, width) for lang in LANGUAGES for width in WIDTHS], ids=str)
def page(request: pytest.FixtureRequest, browser: Chrome, folder: Path) -> Opened:
    from tests.browser.chromium import Opened

    lang, width = request.param
    opened = Opened(browser, folder / f"report.{lang}.html", width)
    if shots := os.environ.get("GONGZHI_SHOTS"):
        Path(shots).mkdir(parents=True, exist_ok=True)
        opened.pictures(Path(shots), f"{lang}.{width}")
    return opened


def test_the_page_asks_for_nothing_but_itself(page: Opened) -> None:
    assert page.requests() == [page.url]


def test_the_console_is_silent(page: Opened) -> None:
    assert page.said == []


def test_the_page_itself_does_not_scroll_sideways(page: Opened) -> None:
    wide, seen = page.ask("[document.scrollingElement.scrollWidth, document.scrollingElement.clientWidth]")
    assert wide <= seen


def test_every_figure_is_seen_and_its_text_is_text(page: Opened) -> None:
    figures = page.ask(
        "[...document.querySelectorAll('svg')].map(s => { const b = s.getBoundingClientRect();"
        " return [b.width, b.height, s.querySelectorAll('text').length] })"
    )
    assert len(figures) > 10
    assert all(width > 100 and height > 100 and texts > 5 for width, height, texts in figures)


@pytest.mark.parametrize("font", LIKE, ids=lambda font: font.name)
def test_text_of_figures_stays_inside_and_large_enough(page: Opened, font: Metrics) -> None:
    """In each of three fonts no label leaves its figure, none is set smaller than 9 pixels, and no two of one
    figure cross."""
    with page.set_in(font):
        faults = page.ask(FAULTS)
    assert faults == []


FAULTS = """[...document.querySelectorAll('svg')].flatMap(s => {
    const outer = s.getBoundingClientRect();
    const boxes = [...s.querySelectorAll('text')].filter(t => t.textContent.trim())
        .map(t => [t.textContent, t.getBoundingClientRect()]);
    const found = boxes.filter(([_, b]) => b.left < outer.left - 1 || b.right > outer.right + 1
        || b.top < outer.top - 1 || b.bottom > outer.bottom + 1 || b.height < 9).map(b => b[0]);
    boxes.forEach(([one, a], i) => boxes.slice(i + 1).forEach(([other, b]) => {
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 2 && down > 4) found.push(one + ' over ' + other);
    }));
    return found })"""


def test_links_lead_somewhere(page: Opened) -> None:
    links = page.ask("[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))")
    assert len(links) >= 9
    assert page.ask("[...document.querySelectorAll('a')].every(a => document.querySelector(a.hash))")
    ids = page.ask("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))


def test_no_figure_is_missing_and_no_template_shows(page: Opened) -> None:
    text = page.text()
    assert re.findall(r"\b(?:nan|None|inf|True|False)\b|[{}]|undefined", text) == []
    assert "trial <b>&" in text


def test_the_chinese_page_has_no_english_sentence(page: Opened) -> None:
    if not page.url.endswith("zh.html"):
        assert page.ask("document.documentElement.lang") == "en"
        return
    assert page.ask("document.documentElement.lang") == "zh-CN"
    text = page.text()
    marked = (m.id for m in extracted() if isinstance(m.id, str) and "{" not in m.id)
    texts = [one for one in marked if re.search("[a-z]+ [a-z]+", one)]
    assert len(texts) > 200
    assert [one for one in texts if one in text] == []
