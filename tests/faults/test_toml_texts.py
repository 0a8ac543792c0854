"""A user's text goes into TOML as text, whatever it holds."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.loading.load import load
from experiments.storage.files import write_text
from experiments.storage.toml_text import assigned, comment, filled, joined, listed, value, with_value
from experiments.study.commands.new import add_seeds, new
from experiments.validation.calibrate import Calibration, Fitted
from model.core.errors import GongzhiError

HOSTILE = (
    'report "2011", p. 3',
    "a\\b",
    "two\nlines",
    "'''",
    '"""',
    "\x00\x1b\x7f",
    "参与面",
    "culture.sport",
    "#",
    "",
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
MINI = """
format = 1
name = "mini"
[run]
weeks = 52
[status_quo.money]
kind = "grant"
amount_yuan = 60000
"""


@pytest.mark.parametrize("text", HOSTILE)
def test_f12_a_calibration_holds_any_text(tmp_path: Path, text: str) -> None:
    found = Calibration(
        f"mini {text}",
        (Fitted("decision.b0.culture", -5.25, 0.1, -7.0, -4.0, 0.3),),
        {text: (0.31, 0.3, 0.1, text), "plain": (0.1, 0.1, 0.1, text)},
        (101, 102),
        9,
        1,
    )
    (tmp_path / "mini.toml").write_text(MINI)
    write_text(tmp_path / "mini.calibrated.toml", found.toml())
    loaded = load(tmp_path / "mini.toml")
    assert loaded.scenario.decision.b0.culture == -5.25
    (facts,) = loaded.provenance.values()
    assert facts["figures"] == {
        text: {"reached": 0.31, "wanted": 0.3, "tolerance": 0.1, "source": text},
        "plain": {"reached": 0.1, "wanted": 0.1, "tolerance": 0.1, "source": text},
    }


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_f12_whatever_is_written_is_read_again(name: str, below: str, text: str) -> None:
    lines = joined(
        [comment(text), assigned([name, below], [text, {text: 1.5}]), assigned(["k" + name], text)]
    )
    assert tomllib.loads(lines) == {name: {below: [text, {text: 1.5}]}, "k" + name: text}
    assert tomllib.loads(
        filled("a = {a} # {b}\nb = {c}\n", a=text, b=comment(text), c=listed([text, name]))
    ) == {
        "a": text,
        "b": [text, name],
    }


def test_f12_text_that_no_file_can_hold_is_refused() -> None:
    with pytest.raises(GongzhiError, match="UTF-8"):
        value("\ud800")


@pytest.mark.parametrize(
    "text",
    [
        "a.count = 1 # kept\n",
        "a = {count = 1} # kept\n",
        "[a] # kept\n  count=1_0\n",
        "b = 1 # kept\n",
        "[x]\n[a.b] # kept\n",
        '["a"] # kept\n"count" = 1\n',
    ],
)
def test_one_value_changes_and_comments_stay(text: str) -> None:
    changed = with_value(text, ["a", "count"], 7, "x.toml")
    assert tomllib.loads(changed)["a"]["count"] == 7
    assert "# kept" in changed


def test_f12_a_value_where_no_table_can_be_is_refused() -> None:
    with pytest.raises(GongzhiError, match=r"x\.toml"):
        with_value("a = 3\n", ["a", "count"], 7, "x.toml")


def test_f12_a_study_in_a_folder_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / 'say "hi"\\{seeds}\n参与'
    (tmp_path / 'sc "1".toml').write_text(MINI)
    study = new(folder, str(tmp_path / 'sc "1".toml'), seeds=2)
    add_seeds(study, 3)
    said = tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))
    assert said["name"] == folder.name
    assert said["scenario"] == 'sc "1".toml'
    assert said["seeds"]["count"] == 5


def test_f12_toml_is_written_as_toml_only(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        write_text(tmp_path / "x.toml", "a = 1")
