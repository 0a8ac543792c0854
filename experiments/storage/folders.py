"""Whose results does a folder hold? Those of one experiment, whose provenance lists the files."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.storage.files import written_whole
from experiments.storage.stamps import Partial, Quick
from model.core.errors import GongzhiError

NOTE = "provenance.json"
"""The file that says what a folder's results are of and which files belong to them."""


@dataclass(frozen=True)
class Experiment:
    """What results are of: the command that makes them, a scenario or a study, and policies.

    Seeds, weeks and values may differ: results of the same experiment replace one another.
    """

    command: str
    of: str
    policies: tuple[str, ...]

    def __str__(self) -> str:
        return f"gongzhi {self.command} of {self.of} ({', '.join(self.policies)})"

    def same(self, other: Experiment) -> bool:
        """Whether both are one experiment; policies may come in another order."""
        mine, its = ((e.command, e.of, sorted(e.policies)) for e in (self, other))
        return mine == its


@contextmanager
def one_experiment(
    folder: str | os.PathLike[str], experiment: Experiment, facts: Mapping[str, Any]
) -> Iterator[Path]:
    """A draft folder, as of `experiments.storage.files.written_whole`, whose files replace the results in
    ``folder``.

    The provenance is written beside them: ``facts``, the experiment, and every file with its hash. It moves
    first, and what an earlier run of the same experiment left and this one does not write goes; files that
    are of no experiment stay. Results that were changed or half written are told to the logger ``gongzhi``.

    Raises:
        GongzhiError: if ``folder`` holds another experiment, or somebody's file would be replaced; as
            `written_whole` else.
    """
    target = Path(folder)
    left: list[str] = []
    with written_whole(folder, first=NOTE, without=left) as draft:
        yield draft
        written = {file.name: _hash(file) for file in sorted(draft.iterdir())}
        before = refuse_mixture(target, experiment, trial=Quick.name in facts)
        for name in written:
            if (target / name).exists() and not (before and (before.files is None or name in before.files)):
                raise _in_the_way(target, name)
        for name in before.changed(target) if before else ():
            logging.getLogger("gongzhi").warning(
                "%s is not as it was written (changed, removed or half replaced) and is written anew",
                target / name,
            )
        note = {
            **facts,
            "command": experiment.command,
            "of": experiment.of,
            "policies": list(experiment.policies),
            "files": written,
        }
        text = json.dumps(note, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        (draft / NOTE).write_text(text, encoding="utf-8")
        left += sorted(set((before.files if before else None) or ()) - set(written))


def part_folder(folder: str | os.PathLike[str]) -> Path:
    """Where a part of an experiment's results is written: beside whole ones, which it must not replace."""
    path = Path(folder)
    try:
        facts = json.loads((path / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return path
    return path if Partial.name in facts else path / Partial.name


@dataclass(frozen=True)
class _Noted:
    """What a folder's provenance says; no files where an earlier version wrote it."""

    experiment: Experiment
    files: dict[str, str] | None
    trial: bool

    def changed(self, folder: Path) -> list[str]:
        """Files of the list that are not there as they were written."""
        listed = (self.files or {}).items()
        return [n for n, was in listed if not (folder / n).is_file() or _hash(folder / n) != was]


def refuse_mixture(
    folder: str | os.PathLike[str], experiment: Experiment, *, trial: bool = False
) -> _Noted | None:
    """What the provenance in ``folder`` says, if it is of the same experiment; None without one.

    Raises:
        GongzhiError: if it is of another experiment, or of something else altogether.
    """
    path = Path(folder)
    if not experiment.command.startswith("study") and (path / "study.toml").exists():
        raise GongzhiError(
            what="the folder is that of a study",
            where=str(folder),
            why="results of other commands would lie among its runs",
            instead="name another folder",
        )
    try:
        text = (path / NOTE).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        if (path / "dictionary.csv").exists():
            raise _in_the_way(path, "dictionary.csv") from None
        return None
    except (OSError, UnicodeDecodeError):
        text = ""
    found = _noted(text)
    if found is None:
        raise _in_the_way(path, NOTE)
    if not found.experiment.same(experiment):
        raise GongzhiError(
            what=f"the folder holds results of {found.experiment}",
            where=str(folder),
            why=f"these would be of {experiment}, and provenance and dictionary are of one experiment",
            instead="name another folder, or remove that one",
        )
    if trial and not found.trial:
        raise GongzhiError(
            what="the folder holds whole results, which a trial would replace",
            where=str(folder),
            instead="name another folder for --quick",
        )
    return found


def _noted(text: str) -> _Noted | None:
    """The provenance of a folder, also as version 0.1 wrote it; None if it is none."""
    try:
        note = json.loads(text)
        files = note.get("files")
        policies = note.get("policies") or [run["policy"] for run in note["runs"]]
        command = note.get("command") or ("run" if "runs" in note else "compare")
        of = note.get("of") or note["scenario"]
        names = tuple(dict.fromkeys(map(str, policies)))
        listed = None if files is None else {str(k): str(v) for k, v in files.items() if Path(k).name == k}
        return _Noted(Experiment(str(command), str(of), names), listed, Quick.name in note)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _in_the_way(folder: Path, name: str) -> GongzhiError:
    return GongzhiError(
        what=f"{name} stands there already",
        where=str(folder),
        why="no provenance says what it is of, and it would be replaced",
        instead="name another folder, or move that file away",
    )


def _hash(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
