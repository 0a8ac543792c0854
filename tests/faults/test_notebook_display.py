"""F32: what does a notebook show of a result, without a word about how figures are drawn?"""

from __future__ import annotations

import base64
import os
from pathlib import Path

import nbformat
import pytest

from experiments import Comparison, compare, load, simulate
from experiments.study.commands.new import new
from tests.notebooks.running import ROOT, Client
from tests.worlds import world

PNG = b"\x89PNG\r\n\x1a\n"
MOST_LETTERS = 500


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    policy = {"seats": {"title": "Seats <1>", "all": {"kind": "train_residents", "amount_yuan": 9_000.0}}}
    return compare(world(60, policy=policy), seeds=1, settings=0, workers=1, weeks=52)


def test_f32_results_say_what_they_are_in_a_few_lines(comparison: Comparison, tmp_path: Path) -> None:
    study = new(tmp_path / "study", "wangzhuang")
    for result, said in (
        (comparison, "Comparison of seats with no policy in small"),
        (simulate(world(60), weeks=1), "RunResult of small under none: 60 persons"),
        (study, f"Study in {tmp_path / 'study'}"),
        (load("wangzhuang"), "Loaded wangzhuang from wangzhuang.toml: policies funding"),
    ):
        text = repr(result)
        assert text.startswith(said)
        assert len(text) < MOST_LETTERS
        assert len(text.splitlines()) <= 3
        assert "<" in result._repr_html_()  # type: ignore[attr-defined]
    assert "0 of" in study._repr_html_()


def test_f32_the_page_stands_in_a_frame(comparison: Comparison) -> None:
    html = comparison._repr_html_()
    assert html.startswith("<iframe srcdoc=")
    assert "<style" not in html
    assert "Seats &amp;lt;1&amp;gt;" in html


def test_f32_a_figure_is_a_picture(comparison: Comparison) -> None:
    assert comparison.figure()._repr_png_().startswith(PNG)  # type: ignore[attr-defined]


def test_f32_a_study_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    study = new(tmp_path / "study", "wangzhuang")
    (tmp_path / "study" / "study.toml").write_text("format = 1\nbroken", encoding="utf-8")
    assert "study.toml" in study._repr_html_()


def test_f32_in_a_notebook_without_inline(tmp_path: Path) -> None:
    """Neither ``%matplotlib inline`` nor pyplot is there, and still the cell shows a picture."""
    cell = "from experiments.report.picture import ShownFigure\nf = ShownFigure()\nf.add_subplot()\nf"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    client = Client(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute(env=os.environ | {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(tmp_path / "ipython")})
    shown = [output.data for output in notebook.cells[0].outputs if "data" in output]
    assert base64.b64decode(shown[-1]["image/png"]).startswith(PNG)
