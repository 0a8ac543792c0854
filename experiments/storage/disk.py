"""How does one process write alone, and know that the disk holds it, whatever the file system can do?

Every lock and every fsync of the laboratory is here: file systems answer in many ways, and an answer that is
not understood must not be taken for another.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from experiments.storage.processes import Process
from model.core.errors import StudyError


def answers(*names: str) -> frozenset[int]:
    """The numbers of errors by their names, of those that this platform has."""
    return frozenset(getattr(errno, name) for name in names if hasattr(errno, name))


HELD = answers("EWOULDBLOCK", "EAGAIN")
NO_LOCKS = answers(
    *("ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EINVAL", "ENOLCK", "EACCES", "EPERM", "ENOTTY", "EBADF", "EREMOTE")
)
"""What file systems without locks answer: Lustre without ``-o flock``, CIFS, NFS without its lock service."""

NO_FLUSH = answers("EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EBADF", "EROFS", "ENOTTY", "EISDIR")
"""What file systems answer that cannot flush a file or a folder. EIO, ENOSPC and EDQUOT tell of lost data."""

NO_OPENING = answers("EACCES", "EPERM", "EISDIR", "EINVAL", "ENOTSUP", "EOPNOTSUPP")
"""What file systems answer that cannot open a folder."""


def flush(path: Path) -> None:
    """Have the disk hold what was written to a file or folder, where the file system can.

    Raises:
        OSError: if the disk could not hold it.
    """
    folder = path.is_dir()
    if folder and not hasattr(os, "O_DIRECTORY"):
        return  # elsewhere folders cannot be opened
    try:
        reading = os.O_RDWR if os.name == "nt" else os.O_RDONLY
        handle = os.open(path, reading | (os.O_DIRECTORY if folder else 0))
    except OSError as error:
        if folder and error.errno in NO_OPENING:
            return
        raise
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in NO_FLUSH:
            raise
    finally:
        os.close(handle)


@contextmanager
def lock(folder: Path, what: str = "study") -> Iterator[None]:
    """Be the only writer of a folder while the block runs.

    The lock is that of the file system on the file ``lock``, which ends with its process. Where there are
    none, the file ``lock.held`` is one as long as its process runs.

    Raises:
        StudyError: if another process has it, with its number; if the file cannot be made.
    """
    try:
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise _not_locked(folder, what, error) from None
    try:
        found = _locked(handle, folder, what)
        if found == "held":
            raise _held(_holder(folder / "lock"), folder, what)
        if found == "none":
            with _held_by_file(folder, what):
                yield
            return
        _tell(handle)
        yield
    finally:
        with suppress(OSError):
            os.close(handle)


def _locked(handle: int, folder: Path, what: str) -> Literal["ours", "held", "none"]:
    """Whether the lock is ours, another's, or the file system has none."""
    try:
        if os.name == "nt":
            import msvcrt

            os.lseek(handle, 0, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in HELD or (os.name == "nt" and error.errno in (errno.EACCES, errno.EDEADLK)):
            return "held"
        if error.errno == errno.EACCES and not _is_free(folder / "lock"):
            return "held"
        if error.errno in NO_LOCKS:
            return "none"
        raise _not_locked(folder, what, error) from None
    return "ours"


def _is_free(file: Path) -> bool:
    """True unless the file tells of a process that may still hold it: EACCES may mean either."""
    holder = _holder(file)
    return holder is None or holder.ended()


def _tell(handle: int) -> None:
    """Write into the lock who holds it. It holds whether or not that can be written."""
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, json.dumps(Process.this().record()).encode())


def _holder(file: Path) -> Process | None:
    """Who holds a lock, by what the file says; until version 0.1 it held the number alone."""
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return Process.of({"pid": record} if isinstance(record, int) else record)


@contextmanager
def _held_by_file(folder: Path, what: str) -> Iterator[None]:
    """The lock of file systems that have none: a file that only one process can make."""
    file = folder / "lock.held"
    try:
        for _ in range(10):
            if _made(file):
                break
            holder = _holder(file)
            if holder is None or not holder.ended():
                raise _held(holder, folder, what, file)
            _remove(file, holder)
        else:
            raise _held(_holder(file), folder, what, file)
    except OSError as error:
        raise _not_locked(folder, what, error) from None
    try:
        yield
    finally:
        with suppress(OSError):
            file.unlink()


def _made(file: Path) -> bool:
    """Make the file, whole, with this process in it; False if it is there already."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        draft.write_text(json.dumps(Process.this().record()), encoding="utf-8")
        try:
            os.link(draft, file)
        except FileExistsError:
            return False
        except OSError:  # a file system without links
            try:
                handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            except FileExistsError:
                return False
            with os.fdopen(handle, "w", encoding="utf-8") as whole:
                whole.write(draft.read_text(encoding="utf-8"))
    finally:
        draft.unlink(missing_ok=True)
    return True


def _remove(file: Path, holder: Process) -> None:
    """Remove the lock that a process left which runs no more, and not one that was made meanwhile."""
    aside = file.with_name(f".{file.name}.{os.getpid()}.old")
    try:
        file.replace(aside)
    except FileNotFoundError:
        return
    if _holder(aside) != holder:
        with suppress(OSError):
            os.link(aside, file)
    aside.unlink(missing_ok=True)


def _held(holder: Process | None, folder: Path, what: str, file: Path | None = None) -> StudyError:
    """The refusal; a number is named only if it is that of a process that has the lock."""
    known = holder is not None and not holder.ended()
    who = holder.text() if holder is not None and known else "another process"
    why = f"a {what} has one writer at a time"
    instead = "wait for it, or end it" if known else "wait for it; it may run on another machine"
    if file is not None:
        why += "; this file system has no locks, so that the file lock.held stands for one"
        if holder is None or holder.elsewhere:
            instead = f"wait for it; if you know that it runs no more, remove {file}"
    return StudyError(
        what=f"the {what} is being written by {who}", where=str(folder), why=why, instead=instead
    )


def _not_locked(folder: Path, what: str, error: OSError) -> StudyError:
    return StudyError(
        what=f"the {what} cannot be locked",
        where=str(folder),
        why=error.strerror or str(error),
        instead="make room or give the right to write, then run it again: what is stored stays",
    )
