"""Does long work in a notebook show bars that move, and nothing anywhere else?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest

from experiments.runs.progress import in_notebook, shown
from tests.notebooks.running import ROOT, Client, bar

CELLS = (
    "from tests.exact.test_compare import community\nfrom experiments import compare\n",
    "done = compare(community(), ['grants'], seeds=3, settings=2, settings_persons=100, workers=1)",
    """
from experiments.study import Study
from experiments.study.commands.new import new
from tests.faults.test_endings import MINI
from pathlib import Path
Path("mini.toml").write_text(MINI.replace("weeks = 52", "weeks = 2"), encoding="utf-8")
ran = Study(new("study", "mini.toml", ["none", "seats"], 2).folder).run(1)
""",
)


class Watching(Client):
    """A client that keeps what bars say, one after the other."""

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        if bar(msg["content"]):
            self.said = [*getattr(self, "said", []), (cell_index, msg["content"]["data"]["text/plain"])]
        return super().process_message(msg, cell, cell_index)


@pytest.mark.slow
def test_bars_move_in_a_notebook_and_end_full(tmp_path: Path) -> None:
    """About 20 s."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    client = Watching(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute(env=os.environ | {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(tmp_path / "ipython")})
    said = [text for cell, text in client.said if cell == 1]
    assert said[0] == "seeds: 0 of 3"
    assert {"seeds: 1 of 3", "seeds: 2 of 3", "seeds: 3 of 3"} <= set(said)
    assert any(text.startswith("settings: 1 of ") for text in said)
    for cell in notebook.cells[1:]:
        bars = [output for output in cell.outputs if bar(output)]
        assert bars
        for one in bars:
            done, total = one["data"]["text/plain"].rpartition(": ")[2].split(" of ")
            assert done == total
            assert f"max='{total}' value='{done}'" in one["data"]["text/html"]


def test_no_bars_outside_a_notebook() -> None:
    assert not in_notebook()
    with shown(None) as tell:
        assert tell is None
    with shown(print) as tell:
        assert tell is print
