"""Does a figure show every name, whatever characters it has and whatever fonts the machine has?"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.report import figure, save_png, svg
from experiments.report.panels import curves
from experiments.words import fonts
from experiments.words.fonts import covering, escaped, in_one_line, width, wrapped
from experiments.words.words import Words
from tests.reports import Fake, fake_answers, fake_comparison

DEJAVU = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
NAMES = ("资金支持", "$x^2$ a_b {c} \\frac{1}{2", "ياردەم پۇلى", "𠀀😀")
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=40).filter(
    str.strip
)


def named(comparison: Fake, *wanted: str) -> Fake:
    """The comparison with other names for its policies."""
    new = dict(zip(comparison.policies, wanted, strict=True))
    policies = {new.get(name, name): parts for name, parts in comparison.scenario.policy.items()}
    tables = {
        name: getattr(comparison, name).assign(policy=getattr(comparison, name)["policy"].map(new))
        for name in ("table", "gaps", "costs", "influence")
    }
    scenario = comparison.scenario.model_copy(update={"policy": policies})
    return replace(comparison, scenario=scenario, policies=wanted, **tables)


def texts(drawn: str) -> list[str]:
    return [text.strip() for text in ElementTree.fromstring(drawn).itertext() if text.strip()]


@pytest.fixture(scope="module")
def comparison() -> Fake:
    return COMPARISON


@pytest.fixture
def only_dejavu(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with no other font than the drawing library's own."""
    monkeypatch.setattr(fonts, "_faces", lambda: (("DejaVu Sans", str(DEJAVU)),))


@pytest.fixture(autouse=True)
def _warnings_are_errors() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.usefixtures("only_dejavu")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_f09_names_without_a_font_are_escaped_and_the_reader_is_told(
    comparison: Fake, lang: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "gongzhi"):
        drawn = figure(named(comparison, *NAMES), lang)
        save_png(drawn, tmp_path / "figure.png")
    labels = [label.get_text() for label in drawn.axes[0].get_yticklabels()]
    assert labels[0].startswith("\\u8d44\\u91d1\\u652f\\u6301")
    assert labels[1].replace("\n", " ").startswith(NAMES[1])
    assert labels[2].startswith(NAMES[2]), "this font has Uyghur"
    assert labels[3].startswith("\\U00020000😀")
    assert "stand as codes" in caplog.text
    assert "stand as codes" in drawn.get_supxlabel()


def test_f09_the_font_goes_by_the_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    has = {"/a": "abc资", "/b": "资金", "/c": "资金支持", "/d": "abc"}
    monkeypatch.setattr(fonts, "_faces", lambda: tuple((p.upper(), p) for p in has))
    monkeypatch.setattr(fonts, "_characters", lambda path: frozenset(map(ord, has[path])))
    monkeypatch.setattr(fonts, "LAST_FONT", "/D")
    assert covering("abc", []) == (["/D"], "")
    assert covering("abc 资", []) == (["/D", "/A"], "")
    assert covering("资金支持", ["/C"]) == (["/C", "/D"], "")
    assert covering("金支持x", []) == (["/D", "/B", "/C"], "x")


def test_f09_an_svg_is_the_same_whatever_fonts_there_are(
    comparison: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = named(comparison, *NAMES)
    drawn = svg(figure(one, "zh", for_browser=True))
    monkeypatch.setattr(fonts, "_faces", lambda: (("DejaVu Sans", str(DEJAVU)),))
    assert svg(figure(one, "zh", for_browser=True)) == drawn
    told = "".join(texts(drawn))
    for name in NAMES:
        assert name.replace(" ", "") in told.replace(" ", "")


def drawn_with(comparison: Fake, names: list[str], title: str) -> None:
    one = named(comparison, *(name.replace("+", "-") for name in names))
    figure(one).draw_without_rendering()
    assert texts(svg(figure(one, for_browser=True)))
    assert texts(curves(Words("en"), RESPONSES, ("x", title), ("effect", title), {"a": names[0]}, "c")[0])


FOUR = st.lists(TEXT, min_size=4, max_size=4, unique_by=in_one_line)


@settings(max_examples=3, deadline=None, derandomize=True)
@given(FOUR, TEXT)
def test_f09_any_text_is_a_name(names: list[str], title: str) -> None:
    drawn_with(COMPARISON, names, title)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(FOUR, TEXT)
def test_f09_any_text_is_a_name_at_length(names: list[str], title: str) -> None:
    drawn_with(COMPARISON, names, title)


COMPARISON = fake_comparison()
RESPONSES = fake_answers().responses.assign(policy="a", x=1.0).head(3)


@pytest.mark.parametrize("text", ["资" * 60, "W" * 90, "a b " * 40, "$\\frac{1", "短", "一、二 three 四" * 9])
@pytest.mark.parametrize("lines", [1, 3])
def test_lines_are_no_wider_than_their_room(text: str, lines: int) -> None:
    told = wrapped(text, 10, 150, lines)
    assert told.count("\n") < lines
    assert all(width(line, 10) <= 150 for line in told.split("\n"))
    whole = "".join(told.removesuffix("…").split())
    assert "".join(text.split()).startswith(whole)
    assert told.endswith("…") or whole == "".join(text.split())


def test_what_has_no_shape_is_left_out_and_what_xml_forbids_is_escaped() -> None:
    assert escaped("a\u200d\ufe0f资b", "\u200d\ufe0f资") == "a\\u8d44b"
    assert in_one_line("a\n b\x07\ufffe") == "a b\\x07\\ufffe"
    assert width("资金", 10) == pytest.approx(20, abs=0.5)


def test_f09_a_user_s_settings_of_the_drawing_library_do_not_count(comparison: Fake) -> None:
    drawn = svg(figure(comparison, for_browser=True))
    with mpl.rc_context(
        {"text.usetex": True, "font.size": 30, "axes.facecolor": "red", "svg.fonttype": "path"}
    ):
        assert svg(figure(comparison, for_browser=True)) == drawn
        assert mpl.rcParams["font.size"] == 30
