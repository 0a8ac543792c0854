"""Do a scenario's own residents and ties reach every command?"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.cli import main
from experiments.loading.inputs import read_inputs
from experiments.loading.load import load
from experiments.runs.parallel import Pool
from experiments.runs.simulate import simulate
from model.core.errors import DataError
from model.scenario.scenario import adults_of

SCENARIO = """
format = 1
name = "own"
[run]
weeks = 52
spin_up = 4
[population]
persons = 150
households = 50
[inputs]
residents = "people.csv"
ties = { friends = "friends.csv" }
[organization.choir]
fields = ["arts"]
members = 20
[status_quo.money]
kind = "grant"
amount_yuan = 30000
[policy.seats.residents]
kind = "train_residents"
amount_yuan = 5000
[targets.culture]
outcome = "reach_culture"
value = 0.3
tolerance = 0.1
source = "a test"
[free.base]
parameter = "decision.b0.culture"
low = -7.0
high = -4.0
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    file = tmp_path / "own.toml"
    file.write_text(SCENARIO)
    adults = 122
    (tmp_path / "people.csv").write_text("skill\n" + "\n".join(["0.9"] * adults) + "\n")
    (tmp_path / "friends.csv").write_text("a,b,weight\n0,1,2.0\n1,2,1.0\n")
    return file


def test_tables_are_read(own: Path) -> None:
    loaded = load(own)
    inputs = read_inputs(loaded)
    assert inputs is not None
    assert inputs.residents is not None
    assert len(inputs.residents["skill"]) == adults_of(loaded.scenario.population)
    run = simulate(str(own), world=1, luck=1, weeks=1)
    drawn = loaded.scenario.model_copy(update={"inputs": type(loaded.scenario.inputs)()})
    assert not np.array_equal(run.counts, simulate(drawn, world=1, luck=1, weeks=1).counts)


class Pickling(Pool):
    """Does what it is given in this process, pickled on the way there and back as for another."""

    def __init__(self, workers: int) -> None:
        assert workers == 2

    def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        there, own = pickle.loads(pickle.dumps((function, task)))
        future: Future[Any] = Future()
        future.set_result(pickle.loads(pickle.dumps(there(own))))
        self.did = True
        return future

    def end(self) -> None:
        assert self.did


def test_a_run_hands_them_to_its_workers(
    own: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.runs.parallel.Pool", Pickling)
    with pytest.raises(SystemExit) as ended:
        main(["run", str(own), "--weeks", "2", "--seeds", "2", "--workers", "2"])
    assert ended.value.code in (0, None), capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [
        ["compare", "--seeds", "2", "--settings", "1", "--settings-persons", "150", "--workers", "2"],
        ["compare", "--seeds", "2", "--settings", "0", "--workers", "1"],
        ["calibrate", "--rounds", "1", "--workers", "1"],
    ],
)
def test_every_command_takes_them(
    own: Path, command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["gongzhi", command[0], str(own), *command[1:]])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code in (0, None), capsys.readouterr().err


def test_a_file_outside_the_folder_is_refused(own: Path) -> None:
    own.write_text(SCENARIO.replace("people.csv", "../people.csv"))
    with pytest.raises(DataError, match="leads out"):
        read_inputs(load(own))
    own.write_text(SCENARIO.replace("people.csv", "nobody.csv"))
    with pytest.raises(DataError, match="cannot be read"):
        read_inputs(load(own))
