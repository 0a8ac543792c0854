"""Compiled kernels are kept where it is safe and possible, and elsewhere the run goes on without."""

import errno
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.runs.parallel import one_thread_each
from model.core import caches, kernel_cache
from model.core.compiled import kernel

HERE = Path(__file__).parent


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A cache folder of this test's own."""
    fresh(monkeypatch, tmp_path / "cache")
    yield tmp_path / "cache"
    caches.cache_root.cache_clear()
    caches._folder.cache_clear()


def fresh(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """As if this process had just started, with that cache folder."""
    monkeypatch.setenv(caches.ASKED, str(folder))
    monkeypatch.delenv(caches.TEMPORARY, raising=False)
    monkeypatch.setattr(caches, "_temporary", None)
    monkeypatch.setattr(caches, "_full", False)
    caches.cache_root.cache_clear()
    caches._folder.cache_clear()


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def users(monkeypatch: pytest.MonkeyPatch, root: Path, owners: dict[str, set[int]], me: int) -> None:
    """This process is user ``me``; the folders of ``owners`` in ``root`` belong to those, others to it."""
    monkeypatch.setattr(os, "geteuid", lambda: me, raising=False)
    monkeypatch.setattr(
        caches, "_owners", lambda path: owners.get(path.name, {me}) if path.parent == root else {me}
    )


def double(monkeypatch: pytest.MonkeyPatch):
    """A kernel as if this folder were the package, fresh from its source."""
    monkeypatch.setattr(kernel_cache, "PACKAGE", HERE)

    @kernel
    def twice(x: float) -> float:
        return 2.0 * x

    return twice


def hits(made) -> int:
    return sum(made.stats.cache_hits.values())


def test_kernels_are_kept_and_found_again(root, monkeypatch, caplog):
    assert double(monkeypatch)(1.5) == 3.0
    again = double(monkeypatch)
    assert again(2.5) == 5.0
    assert hits(again) == 1
    assert warnings(caplog) == []


def test_f15_the_folder_of_another_user_is_not_used(root, monkeypatch):
    caches.save("kernels", "a", b"hers")
    caches._folder.cache_clear()
    users(monkeypatch, root, {"kernels": {1}}, me=2)
    assert caches.load("kernels", "a") is None
    caches.save("kernels", "a", b"mine")
    assert caches.load("kernels", "a") == b"mine"
    assert {path.name for path in root.iterdir()} == {"kernels", "kernels-2"}


def test_f15_a_folder_with_one_file_of_another_user_is_not_used(root, monkeypatch):
    caches.save("kernels", "a", b"of both")
    caches._folder.cache_clear()
    users(monkeypatch, root, {"kernels": {1, 2}}, me=2)
    assert caches.load("kernels", "a") is None


def test_f15_if_none_is_ours_a_temporary_one_is_taken(root, monkeypatch, caplog):
    users(monkeypatch, root, {"kernels": {1}, "kernels-2": {1}}, me=2)
    caches.save("kernels", "a", b"mine")
    caches.save("kernels", "b", b"mine too")
    assert caches.load("kernels", "a") == b"mine"
    assert caches._temporary is not None
    assert not list(root.rglob("a"))
    (told,) = warnings(caplog)
    assert str(root) in told
    assert caches.ASKED in told


def test_f15_others_cannot_write_into_the_folder_from_now_on(root):
    (root / "kernels").mkdir(parents=True)
    (root / "kernels").chmod(0o777)
    caches.save("kernels", "a", b"mine")
    assert (root / "kernels").stat().st_mode & 0o022 == 0


def test_f15_the_compilers_own_folders_are_never_used(root, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(caches, "_write", _refuse(errno.EACCES))
    before = set(HERE.rglob("*.nb?"))
    made = double(monkeypatch)
    assert made(1.5) == 3.0
    assert set(HERE.rglob("*.nb?")) == before
    assert not (tmp_path / "home").exists()


def test_f15_kernels_of_ones_own_files_are_not_kept(root):
    @kernel
    def thrice(x: float) -> float:
        return 3.0 * x

    assert thrice(1.0) == 3.0
    assert not root.exists(), "a change in a helper of another file would not be seen"


def _refuse(number: int):
    def write(path: Path, content: bytes) -> None:
        raise OSError(number, os.strerror(number), str(path.parent))

    return write


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EACCES, errno.EROFS])
def test_f16_a_cache_that_takes_nothing_does_not_end_the_run(root, monkeypatch, caplog, number):
    monkeypatch.setattr(caches, "_write", _refuse(number))
    for x in (1.5, 2.5):
        assert double(monkeypatch)(x) == 2 * x
    (told,) = warnings(caplog)
    assert os.strerror(number) in told
    assert str(root) in told
    assert caches.ASKED in told


@pytest.mark.parametrize("step", ["write_bytes", "replace", "mkdir"])
def test_f16_a_full_disk_leaves_no_drafts_and_the_temporary_folder_serves(root, monkeypatch, caplog, step):
    real = getattr(Path, step)

    def full(path: Path, *args, **kwargs):
        if path.is_relative_to(root):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(path, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(Path, step, full)
        assert double(monkeypatch)(1.5) == 3.0
    assert [path for path in root.rglob("*") if path.is_file()] == []
    again = double(monkeypatch)
    assert again(1.5) == 3.0
    assert hits(again) == 1
    assert len(warnings(caplog)) == 1


def test_f16_kernels_on_a_full_disk_are_still_read(root, monkeypatch, caplog):
    double(monkeypatch)(1.5)
    monkeypatch.setattr(caches, "_write", _refuse(errno.ENOSPC))
    again = double(monkeypatch)
    assert again(1.5) == 3.0
    assert hits(again) == 1
    assert warnings(caplog) == []


@pytest.mark.parametrize("damage", ["cut", "empty", "turned", "garbage", "folder"])
def test_f16_a_damaged_kernel_is_compiled_anew(root, monkeypatch, caplog, damage):
    double(monkeypatch)(1.5)
    (file,) = (path for path in root.rglob("*") if path.is_file())
    content = file.read_bytes()
    if damage == "folder":
        file.unlink()
        file.mkdir()
    else:
        middle = len(content) // 2
        turned = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        file.write_bytes(
            {"cut": content[:-10], "empty": b"", "turned": turned, "garbage": b"\x80" * 999}[damage]
        )
    made = double(monkeypatch)
    assert made(1.5) == 3.0
    assert hits(made) == 0


def test_f16_no_home_folder(root, monkeypatch, caplog):
    for asked in ("~nobody-of-that-name/kernels", ""):
        fresh(monkeypatch, root)
        monkeypatch.setenv(caches.ASKED, asked)
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        monkeypatch.setattr("os.path.expanduser", lambda path: path)
        caplog.clear()
        caches.save("kernels", "a", b"mine")
        assert caches.load("kernels", "a") == b"mine"
        (told,) = warnings(caplog)
        assert "home folder" in told


def test_f35_workers_share_the_temporary_folder_and_say_nothing(root, monkeypatch, caplog):
    root.write_text("no folder")
    with one_thread_each():
        told = subprocess.run(
            [
                sys.executable,
                "-c",
                "from model.core import caches as c; c.save('kernels', 'a', b'worker'); print(c._temporary)",
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        handed = os.environ[caches.TEMPORARY]
    assert told.stderr == ""
    assert told.stdout.strip() == handed
    assert caches.load("kernels", "a") == b"worker"
    assert caches.TEMPORARY not in os.environ
    assert len(warnings(caplog)) == 1


def test_f35_workers_use_the_common_folder_where_it_can_be_written_to(root):
    with one_thread_each():
        assert caches.TEMPORARY not in os.environ


def test_the_cache_folder_is_the_one_asked_for(root):
    assert caches.cache_root() == root
