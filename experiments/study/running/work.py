"""What does a worker do? The runs of one point and pair of seeds, each stored as soon as it is finished."""

from __future__ import annotations

import gc
import os
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from experiments.outcomes.record import Record
from experiments.outcomes.result import RunResult
from experiments.runs.simulate import forget, simulate
from experiments.storage.disk import answers
from experiments.study.design.arms import Arm
from experiments.study.design.code import own_phases
from experiments.study.design.runs import Run
from experiments.study.design.spec import RecordSpec
from experiments.study.running.store import Store, told
from model.core.errors import StudyError
from model.scenario.scenario import Scenario

if TYPE_CHECKING:
    from model.start.inputs import Inputs


ENVIRONMENT = answers(
    *("ENOSPC", "EDQUOT", "EIO", "EROFS", "EMFILE", "ENFILE", "ENODEV", "ENXIO", "ESTALE", "ENOTCONN")
)
"""Faults of a machine."""


@dataclass(frozen=True)
class Job:
    """Runs that share their people and their luck, so that they share the spin-up too."""

    folder: Path
    scenario: Scenario
    runs: tuple[Run, ...]
    arms: tuple[Arm, ...]
    weeks: int
    record: RecordSpec
    inputs: Inputs | None = None
    code: Path | None = None


@dataclass(frozen=True)
class Done:
    """A run that a worker has stored: its key, whether it succeeded, its CPU seconds and its memory in MB."""

    key: str
    ok: bool
    seconds: float
    peak_mb: float


def work(job: Job) -> list[Done]:
    """Run and store every run of a job that is not stored yet; a run that fails is stored as failed.

    Raises:
        StudyError: if the disk refuses; what was stored before stays.
    """
    store = Store(job.folder)
    found = []
    for run, arm in zip(job.runs, job.arms, strict=True):
        if store.holds(run.key):
            found.append(Done(run.key, True, 0.0, _peak_mb()))
            continue
        begin(job.folder, run)
        began = time.process_time()
        try:
            result = simulate(
                job.scenario,
                arm.policy,
                run.world,
                run.luck,
                weeks=job.weeks,
                inputs=job.inputs,
                from_twin=arm.from_twin,
                phases=None if job.code is None else own_phases(job.code),
            )
            row, series = succeeded(run, result, job.record)
        except StudyError:
            raise
        except Exception as error:
            refuse_if_environment(error, job.folder, run)
            stage = "memory" if isinstance(error, MemoryError) else "run"
            row, series = failed(run, stage, error), pa.table({})
        store.commit(row, series)
        found.append(Done(run.key, row["status"] == "ok", time.process_time() - began, _peak_mb()))
    return found


def work_apart(job: Job) -> list[Done]:
    """`work` in a process that does nothing else, whose memory stays flat.

    A model refers to itself, so that it is freed by the garbage collector only, which comes the more seldom
    the more the libraries hold. So it is called after each job; what they hold is set aside once, after the
    first job, and not looked at again (0.1 s each time).
    """
    done = work(job)
    first = not gc.get_freeze_count()
    if first:
        forget()
    gc.collect()
    if first:
        gc.freeze()
    return done


def refuse_if_environment(error: BaseException, folder: Path, run: Run) -> None:
    """Raise StudyError if what ended a run is a fault of the machine, which another time may not have.

    A full disk, a broken one, too many open files, a module that is not installed here: the run is not stored
    as failed, and the study stops, so that it can go on where the fault is mended.
    """
    seen: BaseException | None = error
    while seen is not None:
        broken = isinstance(seen, OSError) and seen.errno in ENVIRONMENT
        if broken or isinstance(seen, ImportError):
            raise StudyError(
                what=f"the study stops: {type(seen).__name__}: {seen}",
                where=f"{folder}, run {run.index}",
                why="that is a fault of this machine and not of the run, which is not stored as failed",
                instead="mend it, then run the study again: what is stored stays",
            ) from error
        seen = seen.__cause__ or seen.__context__


def begin(folder: Path, run: Run) -> None:
    """Note that a run begins: one line, so that what was computed twice can be counted.

    Raises:
        StudyError: if the disk refuses.
    """
    with told("the log cannot be written", folder / "provenance"):
        handle = os.open(folder / "provenance" / "begun.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(handle, f"{run.key} {os.getpid()}\n".encode())
        finally:
            os.close(handle)


def succeeded(run: Run, result: RunResult, record: RecordSpec) -> tuple[dict[str, Any], pa.Table]:
    """The row and the series of a run that ended."""
    kept = Record.of(result, record.groups, record.every, record.outcomes)
    own = {"adults": kept.adults, "persons": result.persons, "took_part": list(kept.took_part)}
    return _row(run.key, "ok") | own, kept.arrow()


def failed(run: Run, stage: str, error: BaseException) -> dict[str, Any]:
    """The row of a run that failed."""
    told = "".join(traceback.format_exception(error)) if stage != "process" else ""
    return _row(run.key, "failed") | {
        "stage": stage,
        "error": type(error).__name__,
        "message": str(error),
        "traceback": told,
    }


def _row(key: str, status: str) -> dict[str, Any]:
    texts = dict.fromkeys(("stage", "error", "message", "traceback"), "")
    return {"key": key, "status": status, **texts, "adults": 0, "persons": 0, "took_part": []}


def _peak_mb() -> float:
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def jobs(
    folder: Path,
    scenarios: Sequence[Scenario],
    arms: Sequence[Sequence[Arm]],
    names: Sequence[str],
    runs: Sequence[Run],
    weeks: int,
    record: RecordSpec,
    inputs: Inputs | None,
    code: Path | None,
) -> list[Job]:
    """The runs in jobs, in design order; ``arms[point]`` are those of ``names`` at a point."""
    grouped: dict[tuple[int, int, int], list[Run]] = {}
    for run in runs:
        grouped.setdefault((run.world, run.luck, run.point), []).append(run)
    place = {name: i for i, name in enumerate(names)}
    return [
        Job(
            folder,
            scenarios[point],
            tuple(members),
            tuple(arms[point][place[run.policy]] for run in members),
            weeks,
            record,
            inputs,
            code,
        )
        for (_, _, point), members in grouped.items()
    ]
