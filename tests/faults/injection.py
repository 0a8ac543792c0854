"""A disk that refuses, or a process that is killed, at a chosen write below a folder.

    with Disk(folder, at=7, error=errno.ENOSPC) as disk:
        ...                      # the seventh write below the folder raises OSError(ENOSPC)
    assert disk.struck           # False once there is no seventh write: every one was tried

Counted are, through Python: opening for writing, what is written (each `BLOCK` of bytes, and what is left
when the file is closed), fsync, mkdir, link, and moves. Files are handed out as objects of Python, so that
Parquet and pictures, else written by other languages, pass here too.
"""

from __future__ import annotations

import builtins
import io
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

BLOCK = 65_536
MOVES = ("replace", "rename", "link", "mkdir", "symlink")


class Disk:
    """In a ``with`` block, write number ``at`` (from 0) below ``folder`` raises OSError of ``error``.

    Without ``error`` it kills this process. ``lasting``: all later writes, but no moves, fail too.
    """

    def __init__(self, folder: Path, at: int, error: int | None, *, lasting: bool = False) -> None:
        self.folder, self.at, self.error, self.lasting = folder.resolve(), at, error, lasting
        self.seen: list[str] = []
        self._handles: dict[int, str] = {}
        self._patches = [
            patch.object(io, "open", self._opener(io.open)),
            patch.object(builtins, "open", self._opener(builtins.open)),
            patch.object(os, "open", self._descriptor(os.open)),
            patch.object(os, "fsync", self._synced(os.fsync)),
            *(patch.object(os, name, self._moved(name, getattr(os, name))) for name in MOVES),
        ]

    @property
    def struck(self) -> bool:
        """True once the chosen write was tried."""
        return len(self.seen) > self.at

    def __enter__(self) -> Disk:
        for one in self._patches:
            one.start()
        return self

    def __exit__(self, *_: object) -> None:
        for one in reversed(self._patches):
            one.stop()

    def counted(self, what: str, path: object, *, moves: bool = False) -> None:
        """Note a write, and fail if it is the chosen one."""
        self.seen.append(f"{what} {path}")
        now = len(self.seen) - 1
        if now == self.at or (self.lasting and now > self.at and not moves):
            if self.error is None:
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError(self.error, os.strerror(self.error or 0), str(path))

    def _below(self, path: object) -> bool:
        if not isinstance(path, str | os.PathLike):
            return False
        return Path(os.path.abspath(path)).is_relative_to(self.folder)

    def _opener(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def opened(file: Any, mode: str = "r", *args: Any, **given: Any) -> Any:
            if not self._below(file) or not set(mode) & set("wax+"):
                return real(file, mode, *args, **given)
            self.counted("open", file)
            return _File(real(file, mode, *args, **given), self, file)

        return opened

    def _descriptor(self, real: Callable[..., int]) -> Callable[..., int]:
        def opened(path: Any, flags: int, *args: Any, **given: Any) -> int:
            below = self._below(path)
            if below and flags & (os.O_CREAT | os.O_TRUNC):
                self.counted("open", path)
            handle = real(path, flags, *args, **given)
            if below:
                self._handles[handle] = str(path)
            return handle

        return opened

    def _synced(self, real: Callable[[int], None]) -> Callable[[int], None]:
        def synced(handle: Any) -> None:
            number = handle if isinstance(handle, int) else handle.fileno()
            if number in self._handles:
                self.counted("fsync", self._handles[number])
            real(number)

        return synced

    def _moved(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def moved(*args: Any, **given: Any) -> Any:
            target = args[0] if name == "mkdir" else args[1]
            if self._below(target) and not (name == "mkdir" and os.path.isdir(target)):
                self.counted(name, args[0], moves=name in ("replace", "rename"))
            return real(*args, **given)

        return moved


class _File:
    """An open file whose writes are counted by the block, and when it is closed."""

    def __init__(self, file: Any, disk: Disk, path: object) -> None:
        self._file, self._disk, self._path = file, disk, path
        self._waiting = 0
        self._written = False

    def write(self, content: Any) -> Any:
        self._waiting += len(content)
        self._written = True
        if self._waiting >= BLOCK:
            self._waiting = 0
            self._disk.counted("write", self._path)
        return self._file.write(content)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def close(self) -> None:
        if self._file.closed:
            return
        try:
            if self._written:
                self._disk.counted("close", self._path)
        finally:
            self._file.close()

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Any:
        return iter(self._file)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def killed(folder: Path, at: int, work: Callable[[], object]) -> bool:
    """``work`` in a fork that is killed at its write number ``at`` below ``folder``; False if it ended."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with Disk(folder, at, None):
                work()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)
