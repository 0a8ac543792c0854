"""F30: does `study status` make sense of whatever status.json holds, and whatever the clock says?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from experiments.storage.processes import Process
from experiments.study.running.status import last_heard


def heard(folder: Path, facts: object, ahead: float = 0.0) -> str:
    """What is told of a status.json that was written ``ahead`` seconds from now."""
    file = folder / "status.json"
    file.write_text(facts if isinstance(facts, str) else json.dumps(facts), encoding="utf-8")
    os.utime(file, (time.time() + ahead,) * 2)
    return last_heard(folder)


def test_f30_no_age_and_no_rest_is_negative(tmp_path: Path) -> None:
    alive = Process.this().record() | {"running": True, "seconds_left": -30.0}
    told = heard(tmp_path, alive, ahead=5400)
    assert f"Process {os.getpid()} told at a time that is 90 min ahead of this machine's clock" in told
    assert "left" not in told
    assert "a moment ago" in heard(tmp_path, alive, ahead=20)
    assert "3 min ago" in heard(tmp_path, alive | {"seconds_left": 7300.0}, ahead=-200)
    assert "2.0 h left" in heard(tmp_path, alive | {"seconds_left": 7300.0}, ahead=-200)


@pytest.mark.parametrize(
    "facts",
    [
        {"running": True},
        {"running": True, "pid": "4242", "seconds_left": "soon"},
        {"running": True, "pid": -1, "seconds_left": None},
        {"running": True, "pid": True, "seconds_left": [1]},
        '{"running": true, "seconds_left": NaN}',
        '{"running": true, "seconds_left": Infinity}',
        {"running": True, "pid": 10**30, "host": 7, "began": "x"},
    ],
)
def test_f30_what_is_missing_or_makes_no_sense_is_left_out(tmp_path: Path, facts: object) -> None:
    assert heard(tmp_path, facts, ahead=-200) == "A process told 3 min ago that it runs the study."


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"running": 1}', "[" * 100_000, "乱码"])
def test_f30_garbage_is_no_process(tmp_path: Path, text: str) -> None:
    assert heard(tmp_path, text) == ""
    (tmp_path / "status.json").write_bytes(b"\xff\xfe\x00")
    assert last_heard(tmp_path) == ""


def test_a_process_that_was_killed_does_not_run_the_study(tmp_path: Path) -> None:
    pid = int(subprocess.check_output([sys.executable, "-c", "import os; print(os.getpid())"]))
    told = heard(tmp_path, {"running": True, "pid": pid, "seconds_left": 2760.0})
    assert f"Process {pid}, which ran the study, was stopped" in told
    assert "46 min" not in told
    reused = Process(os.getpid(), began=1).record() | {"running": True, "seconds_left": 5.0}
    assert "was stopped" in heard(tmp_path, reused), "the number is another process's by now"
    elsewhere = {"running": True, "pid": pid, "host": "node7", "seconds_left": 120.0}
    assert f"Process {pid} on node7 told" in heard(tmp_path, elsewhere)
