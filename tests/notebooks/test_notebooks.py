"""Do the notebooks run, and do they say what they would say today?"""

from __future__ import annotations

import asyncio
import os
import platform
import re
import tempfile
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook

from tests.notebooks.running import NOTEBOOKS, Client, pictures, read, run, told
from tests.studies import SCENARIO

HAMLET = (
    SCENARIO.replace("weeks = 20", "weeks = 52").replace("service = -3.5", "service = -5.5")
    + """
[policy.credits.scheme]
kind = "credits"
amount_yuan = 30000
[sitting.hearing]
field = "council"
every = "month"
places = 10
"""
)
SMALL = {
    "01_policy_analyst": """
COMMUNITY = "hamlet.toml"
POLICIES = ["training", "credits"]
BUDGET, OTHER_BUDGET = 30, 100
SEEDS, SETTINGS, SETTINGS_PERSONS = 2, 2, 240
from experiments.runs import parallel
parallel.cores = lambda: 1  # to start workers would take most of the time
""",
    "02_researcher": """
COMMUNITY = "hamlet.toml"
POLICIES = ["funding", "training", "credits"]
OUTCOME = "reach_culture_share"
FACTORS = {"decision.b_peer": (0.0, 0.9), "learning.gain": (0.1, 0.5)}
POINTS, SEEDS, MOST_SEEDS, WEEKS, PERSONS, DRAWS, WORKERS = 2, 2, 4, 52, 200, 2, 1
""",
}
"""What stands in the place of a notebook's own parameters where it has to be quick."""

LONG = "02_researcher"
"""What takes over 15 s even so."""

LARGEST = 1_000_000
"""Bytes of a picture."""


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Any:
    """Each notebook."""
    return request.param


def test_there_are_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == list(SMALL)


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=pytest.mark.slow if path.stem == LONG else ()) for path in NOTEBOOKS],
    ids=lambda path: path.stem,
)
def test_no_cell_raises_in_a_small_community(path: Path, tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "hamlet.toml").write_text(HAMLET)
    done = run(path, tmp_path, SMALL[path.stem])
    said = told(done)
    assert not [one for one in said if one[1] in ("error", "stderr")]
    assert pictures(done)
    for text in (text for _, kind, text in said if kind == "text/markdown"):
        assert not re.search(r"\bnan\b|\binf\b|None", text), text


def test_what_is_stored_is_whole_and_of_no_machine(path: Path) -> None:
    notebook = read(path)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.execution_count, f"{cell.id} was not run"
    said = told(notebook)
    assert {cell for cell, kind, _ in said if kind == "text/html"}
    assert not [one for one in said if one[1] in ("error", "stderr")]
    whole = path.read_text(encoding="utf-8")
    folders = (Path.home(), Path.home().parent, Path(tempfile.gettempdir()), path.parents[2])
    for trace in (*(f"{folder}{os.sep}" for folder in folders if folder.name), "site-packages", " at 0x"):
        assert trace not in whole, trace
    assert platform.node() not in re.split(r"[^\w-]+", "\n".join(text for _, _, text in said))
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    drawn = pictures(notebook)
    assert drawn
    assert all(len(data) < LARGEST for _, data in drawn)


def test_text_quotes_no_result(path: Path) -> None:
    """A number in a text cannot follow the outputs, so that cells write the sentences with numbers."""
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            text = re.sub(r"`[^`]*`|^#+ \d+\.", "", cell.source, flags=re.MULTILINE)
            assert not re.search(r"\d[\d,.]*\s*(persons|participants|points of|yuan|seconds|minutes)", text)


DEBUGGED = """
import inspect
from pathlib import Path

from experiments import map_tasks

own = Path(inspect.currentframe().f_code.co_filename)
own.parent.mkdir(parents=True, exist_ok=True)
own.write_text("pass\\n" * 20)
try:
    print("__file__" in globals(), map_tasks(abs, [-1, 2], 2))
finally:
    own.unlink()
"""
"""A cell of a notebook whose debugger is on: its source lies in a file, which no worker imports."""


def test_a_cell_starts_workers_although_a_debugger_wrote_it_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "debugged.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(DEBUGGED, id="debugged")]), file)
    assert told(run(file, tmp_path)) == [("debugged", "stdout", "False [1, 2]\n")]


@pytest.mark.slow
def test_what_is_stored_is_said_again(path: Path, tmp_path: Path) -> None:
    stored, again = told(read(path)), told(run(path, tmp_path))
    missing = [one[:2] for one in stored], [one[:2] for one in again]
    assert missing[0] == missing[1], f"stale: {path.name} has other outputs; renew it with: make notebooks"
    stale = [
        f"cell {cell} said\n{before}and says now\n{after}"
        for (cell, _, before), (_, _, after) in zip(stored, again, strict=True)
        if before != after
    ]
    assert not stale, f"stale: {path.name}; renew it with: make notebooks\n" + "\n".join(stale)


def test_what_stops_a_notebook_is_not_hidden_by_its_end() -> None:
    def stop(**_: Any) -> None:
        asyncio.ensure_future(client._async_cleanup_kernel())  # noqa: RUF006  # as a signal does

    cells = [new_code_cell("import time; time.sleep(600)")]
    client = Client(new_notebook(cells=cells), kernel_name="python3", on_cell_execute=stop)
    with pytest.raises(DeadKernelError):
        client.execute()
