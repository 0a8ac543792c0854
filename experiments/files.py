"""How are results written so that a folder holds all of them or none?"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

from experiments.toml_text import Toml
from model._version import __version__
from model.errors import GongzhiError


def refuse_unwritable(folder: str | os.PathLike[str]) -> Path:
    """The path of a folder that results can be written to; nothing is made yet.

    Raises:
        GongzhiError: if it is a file, lies below one, or may not be written to.
    """
    path = Path(folder)
    try:
        nearest = next(p for p in (path, *path.absolute().parents) if p.exists() or p.is_symlink())
        if not nearest.is_dir():
            raise GongzhiError(
                what=f"{nearest} is not a folder",
                where=str(folder),
                instead="name another folder for the results",
            )
        with tempfile.TemporaryDirectory(dir=nearest):
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
def written_whole(folder: str | os.PathLike[str], first: str = "") -> Iterator[Path]:
    """A temporary folder whose files move into ``folder`` when the block ends, or vanish when it fails.

    Files of the same name are replaced, each in one step, the ``first`` before the others; others in
    ``folder`` stay.

    Raises:
        GongzhiError: if ``folder`` cannot be written to, or the disk refuses.
    """
    target = refuse_unwritable(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=target, prefix=".draft-"))
        try:
            yield draft
            for file in sorted(draft.iterdir(), key=lambda file: (file.name != first, file.name)):
                file.replace(target / file.name)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise GongzhiError(
            what="the results could not be written",
            where=str(folder),
            why=error.strerror or str(error),
        ) from error


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

    A .toml file takes a `experiments.toml_text.Toml` only, so that it can be read again.

    Raises:
        GongzhiError: if the folder or the file cannot be written.
    """
    target = Path(path)
    if target.suffix == ".toml" and not isinstance(text, Toml):
        raise TypeError("TOML is written by experiments.toml_text")
    with written_whole(target.parent) as draft:
        if target.is_dir():
            raise GongzhiError(what="this is a folder", where=str(path), instead="name a file")
        (draft / target.name).write_text(text, encoding="utf-8")
