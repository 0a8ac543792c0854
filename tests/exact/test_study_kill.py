"""Does a study survive kill -9, a full disk, a read-only folder, a second writer and torn files?"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from experiments.storage.disk import lock
from experiments.study import Study
from experiments.study.commands.export import export
from model.core.errors import GongzhiError, StudyError
from tests.killing import WORKERS, begun, killed_somewhere, started
from tests.studies import small_study, tables

SEEDS = 6
RUNS = 4 * SEEDS
FEW = 3


def exported(study: Study) -> dict[str, bytes]:
    """The bytes of the study's tables."""
    export(study, study.folder / "tables")
    return tables(study.folder / "tables")


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    study = Study(small_study(tmp_path_factory.mktemp("whole"), SEEDS))
    study.run(1)
    return exported(study)


@pytest.fixture
def few(tmp_path: Path) -> tuple[Study, dict[str, bytes]]:
    """A finished study of few runs, and its tables."""
    study = Study(small_study(tmp_path, FEW))
    study.run(1)
    return study, exported(study)


def survives(
    folder: Path, uninterrupted: dict[str, bytes], kills: Sequence[tuple[str, int]], seed: int
) -> None:
    """Kills at random moments, of whom and with how many workers, then one run to the end."""
    luck = random.Random(seed)
    small_study(folder, SEEDS)
    hit = 0
    for who, workers in kills:
        hit += killed_somewhere(folder, luck, who, RUNS, workers)
    assert hit > 0
    study = Study(folder)
    stored = study.status().stored
    outcome = study.run(WORKERS if seed % 2 else 1)
    assert outcome.computed <= RUNS - stored
    assert outcome.status.pending == 0
    again = len(begun(folder)) - len(set(begun(folder)))
    assert again <= WORKERS * hit, f"{again} runs were computed again after {hit} kills"
    assert exported(study) == uninterrupted
    assert not list((folder / "incoming").iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="signals of this platform")
def test_it_survives_two_kills(tmp_path: Path, uninterrupted: dict[str, bytes]) -> None:
    survives(tmp_path, uninterrupted, [("parent", WORKERS), ("everybody", 1)], 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 9))
def test_it_survives_twenty_kills(tmp_path: Path, uninterrupted: dict[str, bytes], seed: int) -> None:
    """Seven studies of three kills each."""
    survives(tmp_path, uninterrupted, [(who, WORKERS) for who in ("everybody", "parent", "worker")], seed)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of this platform")
def test_an_interruption_ends_cleanly_and_says_how_to_go_on(
    tmp_path: Path, uninterrupted: dict[str, bytes]
) -> None:
    small_study(tmp_path, SEEDS)
    process = started(tmp_path, stderr=subprocess.PIPE)
    while len(begun(tmp_path)) < 3:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.decode().splitlines() == [
        f"Stopped. What was finished is stored; go on with: gongzhi study run {tmp_path}"
    ]
    study = Study(tmp_path)
    assert study.last_heard() == ""
    assert json.loads((tmp_path / "status.json").read_text())["running"] is False
    assert study.run(1).status.pending == 0
    assert exported(study) == uninterrupted


def test_status_tells_when_the_study_was_last_heard_of(tmp_path: Path) -> None:
    study = Study(small_study(tmp_path, 1))
    assert study.last_heard() == ""
    status = tmp_path / "status.json"
    status.write_text(f'{{"running": true, "pid": {os.getpid()}, "seconds_left": 7300.0}}')
    os.utime(status, (time.time() - 200,) * 2)
    assert (
        study.last_heard()
        == f"Process {os.getpid()} told 3 min ago that it runs the study, with about 2.0 h left."
    )


def test_a_second_writer_is_refused_with_the_first_ones_pid(tmp_path: Path) -> None:
    study = Study(small_study(tmp_path, 1))
    study.run(1)
    with lock(tmp_path):
        done = subprocess.run(
            [sys.executable, "-m", "experiments", "study", "run", str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert str(os.getpid()) in done.stderr
    assert "Traceback" not in done.stderr


def test_torn_files_are_set_aside_and_their_runs_done_again(few: tuple[Study, dict[str, bytes]]) -> None:
    folder, before = few[0].folder, few[1]
    shard = folder / "runs" / "shard-00000.parquet"
    shard.write_bytes(shard.read_bytes()[:-40])
    (folder / "incoming" / f"{'0' * 64}.arrow").write_bytes(b"ARROW1 torn")
    again = Study(folder)
    outcome = again.run(1)
    assert outcome.computed == 4 * FEW
    assert len(list((folder / "aside").iterdir())) == 2
    assert "set aside" in outcome.status.text()
    assert exported(again) == before


def test_runs_whose_series_is_torn_are_done_again(few: tuple[Study, dict[str, bytes]]) -> None:
    folder, before = few[0].folder, few[1]
    shard = folder / "series" / "shard-00000.parquet"
    shard.write_bytes(shard.read_bytes()[:-40])
    again = Study(folder)
    assert again.status().pending == 4 * FEW
    assert again.run(1).computed == 4 * FEW
    assert exported(again) == before


@pytest.mark.skipif(not Path("/dev/shm").exists() or os.getuid() != 0, reason="needs a small tmpfs")
def test_a_full_and_a_read_only_disk_are_one_message_and_lose_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        small_study(disk / "study", SEEDS)
        study = Study(disk / "study")
        with pytest.raises(StudyError, match="No space left"):
            study.run(1)
        stored = Study(disk / "study").status().stored
        assert 0 < stored < RUNS
        subprocess.run(["mount", "-o", "remount,ro,size=20m", str(disk)], check=True)
        with pytest.raises(GongzhiError, match=r"(?i)read-only"):
            Study(disk / "study").run(1)
        assert Study(disk / "study").status().stored == stored
        subprocess.run(["mount", "-o", "remount,rw,size=20m", str(disk)], check=True)
        outcome = Study(disk / "study").run(1)
        assert outcome.computed == RUNS - stored
    finally:
        subprocess.run(["umount", str(disk)], check=True)
