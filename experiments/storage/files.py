"""How are results written so that a folder holds all of them or none?"""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from importlib import metadata
from pathlib import Path

from experiments.storage.disk import flush
from experiments.storage.toml_text import Toml
from model.core._version import __version__
from model.core.errors import GongzhiError

DRAFT = f".draft-{hashlib.sha256(platform.node().encode()).hexdigest()[:8]}-"
"""How drafts made on this machine are named, before the number of the process."""
_written: list[Path] = []


def refuse_unwritable(folder: str | os.PathLike[str]) -> Path:
    """The path of a folder that results can be written to; nothing is made yet.

    Raises:
        GongzhiError: if it is a file, lies below one, or may not be written to.
    """
    if not os.fspath(folder):
        raise GongzhiError(
            what="the folder for the results has no name",
            why="an empty text would be the present folder",
            instead="name a folder, or write . for the present one",
        )
    path = Path(folder)
    try:
        nearest = next(p for p in (path, *path.absolute().parents) if p.exists() or p.is_symlink())
        if not nearest.is_dir():
            raise GongzhiError(
                what=f"{nearest} is not a folder",
                where=str(folder),
                instead="name another folder for the results",
            )
        with tempfile.TemporaryDirectory(dir=nearest, prefix=f"{DRAFT}{os.getpid()}-"):
            pass
    except (OSError, ValueError) as error:
        if isinstance(error, GongzhiError):
            raise
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise GongzhiError(
            what="results cannot be written there",
            where=str(folder),
            why=reason,
            instead="name another folder for the results",
        ) from None
    return path


@contextmanager
def written_whole(
    folder: str | os.PathLike[str], first: str = "", without: Collection[str] = ()
) -> Iterator[Path]:
    """A temporary folder whose files move into ``folder`` when the block ends, or vanish when it fails.

    Files of the same name are replaced, the ``first`` before the others; those named in ``without`` when the
    block ends are removed; others in ``folder`` stay. All is on the disk before anything moves, and what
    fails while files move takes them back.

    Raises:
        GongzhiError: if ``folder`` cannot be written to, or the disk refuses.
    """
    target = refuse_unwritable(folder)
    made = _absent(target)
    try:
        try:
            target.mkdir(parents=True, exist_ok=True)
            _sweep(target)
            draft = Path(tempfile.mkdtemp(dir=target, prefix=f"{DRAFT}{os.getpid()}-"))
            try:
                yield draft
                _move(draft, target, first, without)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
        except BaseException:
            for one in made:
                with suppress(OSError):
                    one.rmdir()
            raise
    except OSError as error:
        raise GongzhiError(
            what="the results could not be written",
            where=str(folder),
            why=error.strerror or str(error),
            instead="make room there, or name another folder; what lay there is as it was",
        ) from error


def written() -> tuple[Path, ...]:
    """The folders into which this process has moved results, each once."""
    return tuple(_written)


def _move(draft: Path, target: Path, first: str, without: Collection[str]) -> None:
    """Move the files of ``draft`` to ``target`` and remove those ``without``; all of it or nothing."""
    files = sorted(draft.iterdir(), key=lambda file: (file.name != first, file.name))
    for file in files:
        flush(file)
    kept = draft / ".kept"
    kept.mkdir()
    for name in {*(file.name for file in files), *without}:
        if (target / name).is_file():
            _keep(target / name, kept / name)
    moved: list[str] = []
    try:
        for file in files:
            moved.append(file.name)
            file.replace(target / file.name)
        for name in without:
            moved.append(name)
            (target / name).unlink(missing_ok=True)
        flush(target)
        if target not in _written:
            _written.append(target)
    except BaseException:
        for name in moved:
            with suppress(OSError):
                if (kept / name).exists():
                    (kept / name).replace(target / name)
                elif not (draft / name).exists():
                    (target / name).unlink(missing_ok=True)
        raise


def _keep(file: Path, copy: Path) -> None:
    """A second name of a file, or a copy where the file system has no such names."""
    try:
        os.link(file, copy)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EIO):
            raise
        shutil.copy2(file, copy)


def _absent(folder: Path) -> list[Path]:
    """The folder and those above it that are not there yet, the lowest first."""
    return [one for one in (folder, *folder.parents) if not one.exists()]


def _sweep(folder: Path) -> None:
    """Remove the drafts of processes that were killed."""
    for draft in folder.glob(f"{DRAFT}*"):
        number = draft.name.removeprefix(DRAFT).partition("-")[0]
        if number.isdecimal() and not alive(int(number)):
            shutil.rmtree(draft, ignore_errors=True)


def alive(process: int) -> bool:
    """True if there is a process of this number on this machine, or if that cannot be told."""
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def sha256(text: str) -> str:
    """SHA-256 of a text in UTF-8, as hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that results depend on."""
    others = ("mesa", "numba", "numpy", "pandas", "pyarrow", "pydantic", "scipy")
    return {
        "python": platform.python_version(),
        "gongzhi": __version__,
        **{name: metadata.version(name) for name in others},
    }


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a text file in one step: its old content stays until the new one is complete.

    A .toml file takes a `experiments.storage.toml_text.Toml` only, so that it can be read again.

    Raises:
        GongzhiError: if the folder or the file cannot be written.
    """
    target = Path(path)
    if target.suffix == ".toml" and not isinstance(text, Toml):
        raise TypeError("TOML is written by experiments.storage.toml_text")
    with written_whole(target.parent) as draft:
        if target.is_dir():
            raise GongzhiError(what="this is a folder", where=str(path), instead="name a file")
        (draft / target.name).write_text(text, encoding="utf-8")
