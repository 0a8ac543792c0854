"""Does a job of a study go through the files that the guide lists, and no others?"""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from experiments.runs.simulate import forget
from experiments.study import Study
from experiments.study.running.executors import Ended, Processes
from experiments.study.running.work import Job
from tests.kernels import compile_all
from tests.studies import small_study

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "CONTRIBUTING.md"
TITLE = "## A job of a study, file by file"
MOST = 15
NOT_COUNTED = ("model/core/", "model/parameters/")


def listed() -> list[str]:
    """The first file of each number in the guide's list."""
    section = GUIDE.read_text(encoding="utf-8").partition(f"{TITLE}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\d+\. `([\w./]+)`", section, re.MULTILINE)


def file_of(frame: FrameType | None) -> str:
    """The file of this project that a frame belongs to; of a record that is made, that which declares it."""
    if frame is None:
        return ""
    name = frame.f_code.co_filename
    if name == "<string>" and frame.f_code.co_name == "__init__":
        module = sys.modules.get(type(frame.f_locals.get("self")).__module__)
        name = getattr(module, "__file__", None) or ""
    path = Path(name)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else ""


class Followed:
    """Files in which functions run while it is in force, in the order of the first call: those of
    ``experiments`` and what they call of ``model``."""

    def __init__(self) -> None:
        self.files: list[str] = []

    def __enter__(self) -> Followed:
        sys.setprofile(self._see)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _see(self, frame: FrameType, event: str, _: object) -> None:
        if event != "call" or frame.f_code.co_name == "<module>":
            return
        file = file_of(frame)
        called = file.startswith("model/") and file_of(frame.f_back).startswith("experiments/")
        counts = (called or file.startswith("experiments/")) and not file.startswith(NOT_COUNTED)
        if counts and file not in self.files:
            self.files.append(file)


class OneFollowed(Processes):
    """Processes for one, that follows the first job and runs no other."""

    def run(self, jobs: Sequence[Job]) -> Iterator[Ended]:
        ended: list[Ended] = []
        with Followed() as self.followed:
            for one in super().run(jobs[:1]):
                ended.append(one)
        yield from ended


def at_once(_: ProcessPoolExecutor, function: Any, *given: Any) -> Future[Any]:
    """In place of another process, which cannot be followed from here."""
    done: Future[Any] = Future()
    done.set_result(function(*given))
    return done


def test_a_job_goes_through_the_files_that_the_guide_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProcessPoolExecutor, "submit", at_once)
    executor = OneFollowed(1)
    study = Study(small_study(tmp_path, 1))
    compile_all()  # what is compiled while every call is looked at takes a quarter of an hour
    forget()
    try:
        study.run(executor)
    finally:
        gc.unfreeze()
    stored = study.table()
    assert list(stored["status"]) == ["ok", "ok"], "the job's runs are in the store"
    assert executor.followed.files == listed()


def test_the_list_is_short_and_of_files_that_are_there() -> None:
    files = listed()
    assert 10 < len(files) == len(set(files)) <= MOST
    assert [file for file in files if not (ROOT / file).is_file()] == []
