"""A full or broken disk, or SIGKILL, at any write of a study: is nothing lost that was stored, and nothing
half stored read as whole?"""

from __future__ import annotations

import errno
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from experiments.study import Study
from experiments.study.commands.export import export
from model.core.errors import GongzhiError
from tests.faults.injection import Disk, killed
from tests.studies import small_study, tables

RUNS = 4


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("whole")
    study = Study(small_study(folder / "study", 1))
    study.run(1)
    export(study, folder / "tables")
    return tables(folder / "tables")


def stored(folder: Path) -> set[str]:
    """The keys that are stored as succeeded; none is stored as failed."""
    known = Study(folder).store.finished()
    assert all(known.values()), "a fault of the disk is no failed run"
    return set(known)


def goes_on(folder: Path, uninterrupted: dict[str, bytes], before: set[str]) -> None:
    """The study in a folder has what it had, makes the rest, and exports what an uninterrupted one does."""
    now = stored(folder)
    assert before <= now
    study = Study(folder)
    outcome = study.run(1)
    assert outcome.computed == RUNS - len(now)
    assert not outcome.status.said, "nothing was torn"
    assert not list(folder.rglob(".*.tmp")), "drafts are swept"
    export(study, folder / "tables")
    assert tables(folder / "tables") == uninterrupted


def refused_at(folder: Path, at: int, error: int, uninterrupted: dict[str, bytes]) -> bool:
    """Run a study whose write number ``at`` fails, and see that it goes on; False once there is none."""
    small_study(folder, 1)
    told: list[tuple[str, int, int]] = []
    study = Study(folder)
    refused = suppress(GongzhiError)  # a bare OSError is no refusal and ends the test
    with Disk(folder, at, error, lasting=True) as disk, refused:
        study.run(1, progress=lambda *words: told.append(words))
    done = told[-1][1] if told else 0
    assert len(stored(folder)) >= done, "what was told as finished is stored"
    goes_on(folder, uninterrupted, stored(folder))
    return disk.struck


@pytest.mark.parametrize(("error", "first"), [(errno.ENOSPC, 3), (errno.EIO, 12)])
def test_a_disk_that_refuses_some_writes_loses_nothing(
    tmp_path: Path, uninterrupted: dict[str, bytes], error: int, first: int
) -> None:
    struck = [refused_at(tmp_path / str(at), at, error, uninterrupted) for at in range(first, 60, 23)]
    assert struck[0]


@pytest.mark.slow
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_refuses_any_write_loses_nothing(
    tmp_path: Path, uninterrupted: dict[str, bytes], error: int
) -> None:
    """Each write in turn: some 80 studies."""
    at = 0
    while refused_at(tmp_path / str(at), at, error, uninterrupted):
        shutil.rmtree(tmp_path / str(at))
        at += 1
    assert at > 30


@pytest.mark.slow
def test_sigkill_at_ten_writes_leaves_what_was_stored(
    tmp_path: Path, uninterrupted: dict[str, bytes]
) -> None:
    """Ten moments from the first write to the last fold."""
    folder = small_study(tmp_path / "count", 1)
    with Disk(folder, 10**9, None) as disk:
        Study(folder).run(1)
    moments = [round(i * (len(disk.seen) - 1) / 9) for i in range(10)]
    for at in moments:
        folder = small_study(tmp_path / str(at), 1)
        assert killed(folder, at, lambda folder=folder: Study(folder).run(1))  # type: ignore[misc]
        goes_on(folder, uninterrupted, set())
