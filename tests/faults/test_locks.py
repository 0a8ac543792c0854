"""F18: is a file system without locks told from a study that somebody writes?"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.storage import disk
from experiments.storage.disk import NO_FLUSH, NO_LOCKS, flush, lock
from experiments.storage.processes import Process
from model.core.errors import StudyError


def refuses(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """From here on the file system answers so to whoever asks for a lock."""

    def flock(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", flock)


@pytest.fixture(scope="module")
def ended() -> int:
    """The number of a process that has ended."""
    return int(subprocess.check_output([sys.executable, "-c", "import os; print(os.getpid())"]))


@pytest.mark.parametrize("number", sorted(NO_LOCKS))
def test_f18_a_file_system_without_locks_is_written_nevertheless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, ended: int
) -> None:
    (tmp_path / "lock").write_text(str(ended))
    refuses(monkeypatch, number)
    with lock(tmp_path):
        assert json.loads((tmp_path / "lock.held").read_text())["pid"] == os.getpid()
        with pytest.raises(StudyError, match=f"by process {os.getpid()}.*has no locks"), lock(tmp_path):
            pass
        assert (tmp_path / "lock.held").exists(), "the refused one leaves the lock to its holder"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["lock"]


def test_f18_what_an_ended_process_left_does_not_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ended: int
) -> None:
    refuses(monkeypatch, errno.ENOSYS)
    held = tmp_path / "lock.held"
    for left in (Process(ended).record(), Process(os.getpid(), began=1).record()):
        held.write_text(json.dumps(left))
        with lock(tmp_path):
            pass
        assert not held.exists()
    held.write_text(json.dumps(Process(ended, "elsewhere").record()))
    with (
        pytest.raises(StudyError, match=rf"process {ended} on elsewhere.*remove .*lock\.held"),
        lock(tmp_path),
    ):
        pass
    held.write_text("{")
    with pytest.raises(StudyError, match=r"another process.*remove .*lock\.held"), lock(tmp_path):
        pass


@pytest.mark.parametrize("number", [errno.EIO, errno.EINTR, errno.ENOMEM])
def test_f18_another_fault_of_a_lock_is_told_as_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    refuses(monkeypatch, number)
    with pytest.raises(StudyError, match=f"cannot be locked.*{os.strerror(number)}"), lock(tmp_path):
        pass


def test_f18_the_number_that_is_told_is_that_of_a_process_that_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ended: int
) -> None:
    refuses(monkeypatch, errno.EWOULDBLOCK)
    (tmp_path / "lock").write_text(str(ended))
    with pytest.raises(StudyError, match="by another process") as told, lock(tmp_path):
        pass
    assert str(ended) not in str(told.value).replace(str(tmp_path), "")
    (tmp_path / "lock").write_text(json.dumps(Process.this().record()))
    for number in (errno.EAGAIN, errno.EACCES):  # CIFS says EACCES to who comes second
        refuses(monkeypatch, number)
        with pytest.raises(StudyError, match=f"by process {os.getpid()}"), lock(tmp_path):
            pass


def test_a_process_that_waits_to_be_fetched_has_ended() -> None:
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    assert Process(zombie.pid).ended()
    zombie.wait()
    assert not Process.this().ended()
    assert not Process(1).ended(), "not ours to signal, and alive"
    assert not Process(2**30, "elsewhere").ended(), "nobody knows"


@pytest.mark.parametrize("number", sorted(NO_FLUSH))
def test_a_disk_that_cannot_flush_is_let_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fsync(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fsync)
    flush(tmp_path)


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_lost_what_was_written_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fsync(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match=os.strerror(number)):
        flush(tmp_path)
    assert number not in disk.NO_FLUSH
