"""Does a path that a user's file names stay below the folder of that file, and if not, why?"""

from __future__ import annotations

import stat
from pathlib import Path, PureWindowsPath
from typing import NamedTuple

from model.core.errors import DataError, GongzhiError


class Outside(NamedTuple):
    """Why a path does not stay below a folder; ``instead`` is empty unless a link is what leads out."""

    why: str
    instead: str = ""


def outside(folder: Path, path: str) -> Outside | None:
    """Why ``path`` is not below ``folder``; None if it is, links followed."""
    if Path(path).is_absolute() or PureWindowsPath(path).anchor:
        return Outside("the path is not relative")
    try:
        root, there = folder.resolve(), (folder / path).resolve()
    except RuntimeError:
        return Outside("it is a link that leads in a circle", "put the file itself there")
    except (OSError, ValueError):  # a NUL in it
        return Outside("it is no path")
    if there.is_relative_to(root):
        return None
    step = folder
    for part in Path(path).parts:
        step = step / part
        if step.is_symlink() and step.parent.resolve().is_relative_to(root):
            name, target = step.relative_to(folder).as_posix(), step.resolve()
            return Outside(
                f"{name} stands there, but is a link to {target}",
                "put a copy there instead of the link: what a result is made from stands in one folder",
            )
    return Outside("it goes above the folder")


def file_below(
    folder: Path, path: str, where: str, named: str, fault: type[GongzhiError] = DataError
) -> Path:
    """The ordinary file at ``path`` below ``folder``, which a message calls ``named``.

    Raises ``fault``, with ``where``, for a path that leads out of the folder, for what is not there and for
    what is no ordinary file.
    """
    leads_out = outside(folder, path)
    if leads_out:
        raise fault(
            what=f"{path!r} leads out of {named}",
            where=where,
            why=leads_out.why,
            instead=leads_out.instead or f"put the file into {named} and name it from there",
        )
    there = folder / path
    try:
        mode = there.stat().st_mode
    except OSError as error:
        raise fault(
            what=f"{path!r} cannot be read",
            where=where,
            why=error.strerror or str(error),
            instead=f"name a file in {named}",
        ) from None
    if not stat.S_ISREG(mode):
        raise fault(
            what=f"{path!r} is {'a folder' if stat.S_ISDIR(mode) else 'no ordinary file'}",
            where=where,
            instead="name a CSV or Parquet file",
        )
    return there
