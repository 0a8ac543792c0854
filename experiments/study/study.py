"""A study: a folder with a declared design and the runs that it has so far. It survives whatever happens
to it."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from experiments.columns import typed
from experiments.files import refuse_unwritable, versions, write_text
from experiments.inputs import read_inputs
from experiments.parallel import Progress
from experiments.study.executors import Executor, Processes, Serial
from experiments.study.meanings import run_columns, series_columns
from experiments.study.runs import Design, Run, design_of
from experiments.study.sequential import ALPHA, Decision, Ranking
from experiments.study.store import Store, Stored, lock, told
from experiments.study.until import Looks, Reached, ranking
from experiments.study.work import Job, failed, jobs
from model.errors import GongzhiError, StudyError
from model.given import whole
from model.sources import fingerprint

if TYPE_CHECKING:
    import pandas as pd

STATUS_SECONDS = 2.0


@dataclass(frozen=True)
class Status:
    """How far a study is: runs of the design, stored, failed, still to do, and stored runs of no present
    design.

    With ``[until]`` the runs are those of the pairs of seeds ``reached``; ``beyond`` are stored runs of later
    pairs.
    """

    total: int
    stored: int
    failed: int
    pending: int
    stale: int
    said: tuple[str, ...] = ()
    beyond: int = 0
    reached: Reached | None = None

    def text(self) -> str:
        """Some lines for a person."""
        lines = [
            f"{self.stored:,} of {self.total:,} runs are stored ({self.failed:,} of them failed), "
            f"{self.pending:,} are still to do."
        ]
        if self.stale:
            lines.append(
                f"{self.stale:,} stored runs belong to no run of the present design: the study file, the "
                "scenario or the model has changed since. They are kept and not exported."
            )
        if self.beyond:
            lines.append(
                f"{self.beyond:,} stored runs are of seeds beyond the look at which the study ends: they are "
                "kept and not exported."
            )
        if self.reached is not None:
            lines.append(self.reached.text())
        return "\n".join([*lines, *self.said])


@dataclass(frozen=True)
class Outcome:
    """What one call of `Study.run` did: runs computed, how many of them failed, and what there is to say."""

    computed: int
    failed: int
    status: Status


class Study:
    """The study in a folder.

    >>> study = Study("results/mine")
    >>> study.run()                      # resumes what is not stored yet
    >>> study.table(), study.series()    # pandas
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        self.store = Store(self.folder)

    def __repr__(self) -> str:
        return f"Study in {self.folder}\n.run(), .status(), .table(), .series()"

    def _repr_html_(self) -> str:
        """Where it stands, for a notebook."""
        from experiments.report.notebook import lines

        try:
            told = self.status().text()
        except GongzhiError as error:
            told = str(error)
        return lines([repr(self), "", told])

    @cached_property
    def design(self) -> Design:
        """The design, checked (`design_of`)."""
        return design_of(self.folder)

    @cached_property
    def _looks(self) -> Looks:
        return Looks(self.design, self.store)

    def reread(self) -> None:
        """Read ``study.toml`` again when it is next asked for."""
        for name in ("design", "_looks"):
            self.__dict__.pop(name, None)

    def reached(self, known: Mapping[str, bool] | None = None) -> Reached | None:
        """Where a study with ``[until]`` stands by what is stored; None without that table."""
        until = self.design.spec.until
        if until is None:
            return None
        return self._looks.reached(until, self.store.finished() if known is None else known)

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs of the study in design order; with ``[until]`` those of the pairs of seeds reached."""
        return self._until(self.reached())

    def _until(self, reached: Reached | None) -> tuple[Run, ...]:
        runs = self.design.runs
        return runs if reached is None else runs[: reached.pairs * self._looks.width]

    # running

    def run(
        self,
        executor: Executor | int | None = None,
        *,
        retry_failed: bool = False,
        progress: Progress | None = None,
    ) -> Outcome:
        """Run what is not stored yet, and with ``retry_failed`` what is stored as failed.

        ``executor`` is a number of processes, by default one per core, or an executor. Ending it at any
        moment loses only the runs under way. With ``[until]`` seeds are added, batch by batch, until enough
        is known (`until`).

        Raises:
            StudyError: if another process writes the study, or the disk refuses.
        """
        design, runner = self.design, _executor(executor)
        self._make()
        ended: dict[str, bool] = {}
        with lock(self.folder), runner if isinstance(runner, AbstractContextManager) else nullcontext():
            self.store.sweep()
            try:
                self._run_all(runner, retry_failed, progress, ended)
            except BaseException:
                with suppress(GongzhiError):  # what goes on matters more than the status
                    self._write_status(self.status(), None)
                raise
            self.store.fold(design.runs, everything=True)
        status = self.status()
        self._write_status(status, None)
        return Outcome(len(ended), sum(not ok for ok in ended.values()), status)

    def _run_all(
        self, runner: Executor, retry_failed: bool, progress: Progress | None, ended: dict[str, bool]
    ) -> None:
        """Run what is pending, look, and go on until nothing is; ``ended``, whether each succeeded, grows."""
        while True:
            known = self.store.finished()
            reached = self.reached(known)
            pending = [
                run
                for run in self._until(reached)
                if run.key not in ended and (run.key not in known or (retry_failed and not known[run.key]))
            ]
            if pending:
                self._note_software()
                ended |= self._run(self._jobs(pending), runner, pending, reached, progress, known)
            if reached is None or not pending:
                break

    def _run(
        self,
        tasks: Sequence[Job],
        executor: Executor,
        pending: Sequence[Run],
        reached: Reached | None,
        progress: Progress | None,
        known: dict[str, bool],
    ) -> dict[str, bool]:
        """Run the jobs; whether each run succeeded, by key. ``known``, all stored runs, grows."""
        ended: dict[str, bool] = {}
        by_key = {run.key: run for run in pending}
        beside = _Beside(self.folder, len(pending))
        label = "runs" if reached is None else f"runs: to {reached.pairs:,} of {reached.until.most:,} pairs"
        if progress is not None:
            progress(label, 0, len(pending))
        for job, done in executor.run(tasks):
            if done is None:
                done = []
                for run in job.runs:
                    error = StudyError(
                        what="the worker died in this run, twice",
                        where=f"run {run.index}",
                        why="it was killed, or ran out of memory",
                    )
                    if not self.store.holds(run.key):
                        import pyarrow as pa

                        self.store.commit(failed(run, "process", error), pa.table({}))
                        ended[run.key] = known[run.key] = False
            for one in done:
                ended[one.key] = known[one.key] = one.ok
                beside.note(by_key[one.key], one.ok, one.seconds, one.peak_mb)
            if progress is not None:
                progress(label, len(ended), len(pending))
            if beside.due():
                self.store.fold(self.design.runs, known)
                self._write_status(self._status(known, reached), beside)
        beside.close()
        return ended

    def _jobs(self, pending: Sequence[Run]) -> list[Job]:
        design = self.design
        return jobs(
            self.folder,
            design.scenarios,
            [design.arms(p) for p in range(len(design.points))],
            design.spec.policies,
            pending,
            design.weeks,
            design.spec.record,
            read_inputs(design.loaded),
            design.code,
        )

    def _make(self) -> None:
        refuse_unwritable(self.folder)
        self.store.make()

    def _note_software(self) -> None:
        record = {
            "versions": versions(),
            "model_fingerprint": fingerprint(),
            "platform": platform.platform(),
            "machine": platform.machine(),
        }
        write_text(
            self.folder / "provenance" / "software.json", json.dumps(record, indent=2, sort_keys=True) + "\n"
        )

    # looking

    def status(self) -> Status:
        """How far the study is."""
        known = self.store.finished()
        return self._status(known, self.reached(known))

    def _status(self, known: Mapping[str, bool], reached: Reached | None) -> Status:
        runs = self._until(reached)
        stored = [run.key for run in runs if run.key in known]
        beyond = sum(run.key in known for run in self.design.runs[len(runs) :])
        return Status(
            total=len(runs),
            stored=len(stored),
            failed=sum(not known[key] for key in stored),
            pending=len(runs) - len(stored),
            stale=len(known) - len(stored) - beyond,
            said=tuple(dict.fromkeys(self.store.said)),
            beyond=beyond,
            reached=reached,
        )

    def last_heard(self) -> str:
        """When a process that runs the study last told of it, and what was left; empty if it has ended."""
        file = self.folder / "status.json"
        try:
            told_, then = json.loads(file.read_text(encoding="utf-8")), file.stat().st_mtime
        except (FileNotFoundError, ValueError):
            return ""
        if not isinstance(told_, dict) or not told_.get("running"):
            return ""
        return (
            f"Process {told_['pid']} told {_span(time.time() - then)} ago that it runs the study, with about "
            f"{_span(told_['seconds_left'])} left."
        )

    def refuse_unfinished(self, verb: str) -> None:
        """Raise StudyError if runs are still to do; ``verb`` is what was to be done with the study."""
        status = self.status()
        if status.pending:
            raise StudyError(
                what=f"{status.pending:,} of {status.total:,} runs are still to do",
                where=str(self.folder),
                instead=f"finish it with: gongzhi study run, or {verb} what there is with --partly",
            )

    def decision(self) -> Decision:
        """What the last look of a study with ``[until]`` decided.

        Raises:
            StudyError: without that table, or before the first look.
        """
        reached = self.reached()
        if reached is None or reached.decision is None:
            raise StudyError(
                what="the study has no rule to decide by" if reached is None else "there was no look yet",
                where=str(self.folder / "study.toml"),
                why="" if reached is None else f"the first is at {reached.pairs:,} pairs of seeds",
                instead="add [until]" if reached is None else "run the study first: gongzhi study run",
            )
        return reached.decision

    def figures(self, runs: Sequence[Run], outcome: str, group: str = "all") -> dict[str, float]:
        """The outcome of a group in the last stored week, by key, of those ``runs`` that are stored and
        succeeded; nan where it has no meaning.

        Raises:
            StudyError: if the outcome or the group is not recorded.
        """
        return self._looks.figures(runs, outcome, group)

    def ranking(self, outcome: str, group: str = "all", alpha: float = ALPHA) -> Ranking:
        """The policies ranked by an outcome in the last stored week, from what is stored.

        Raises:
            StudyError: if the outcome is not recorded, or a point has no pair of seeds with all policies.
        """
        return ranking(self._looks, self.runs, outcome, group, alpha)

    def stored(self, runs: Iterable[Run] | None = None) -> list[tuple[Run, Stored]]:
        """The stored runs in design order, each with its place in the design."""
        wanted = list(self.runs if runs is None else runs)
        by_key = {run.key: run for run in wanted}
        return [(by_key[s.row["key"]], s) for s in self.store.read(by_key)]

    def table(self) -> pd.DataFrame:
        """One row per stored run: place, point, factors, policy, seeds, key, status and what failed."""
        import pandas as pd

        rows = []
        for run, stored in self.stored():
            row: dict[str, Any] = {"run": run.index, "point": run.point, **self.design.points[run.point]}
            row |= {"policy": run.policy, "world": run.world, "luck": run.luck, "key": run.key}
            rows.append(row | {k: stored.row[k] for k in ("status", "stage", "error", "message")})
        return pd.DataFrame(rows) if rows else typed((), run_columns(self.design))

    def series(self) -> pd.DataFrame:
        """One row per stored week and group of every run that succeeded: run, point, factors, policy,
        seeds, then the outcomes with units in their names."""
        import numpy as np
        import pandas as pd

        tables: list[pd.DataFrame] = []
        keys: list[dict[str, Any]] = []
        order = {name: i for i, name in enumerate(self.design.spec.policies)}
        ended = [(run, s) for run, s in self.stored() if s.ok]
        for run, stored in sorted(
            ended, key=lambda e: (e[0].point, order[e[0].policy], e[0].world, e[0].luck)
        ):
            tables.append(stored.series.to_pandas())
            own: dict[str, Any] = {"run": run.index, "point": run.point, **self.design.points[run.point]}
            keys.append(own | {"policy": run.policy, "world": run.world, "luck": run.luck})
        if not tables:
            return typed((), series_columns(self.design))
        rows = np.repeat(np.arange(len(tables)), [len(table) for table in tables])
        before = pd.DataFrame(keys).iloc[rows].reset_index(drop=True)
        return pd.concat([before, pd.concat(tables, ignore_index=True)], axis=1)

    def _write_status(self, status: Status, beside: _Beside | None) -> None:
        told_: dict[str, Any] = {
            "total": status.total,
            "stored": status.stored,
            "failed": status.failed,
            "pending": status.pending,
            "running": beside is not None,
            "pid": os.getpid() if beside is not None else None,
            "seconds_left": beside.seconds_left() if beside is not None else 0,
        }
        if status.reached is not None:
            told_["until"] = status.reached.record()
        write_text(self.folder / "status.json", json.dumps(told_, indent=2) + "\n")


class _Beside:
    """What is known of a run of the study besides its results: times and hosts, kept out of the exports."""

    def __init__(self, folder: Path, total: int) -> None:
        self.began = self.told = time.monotonic()
        self.done, self.total = 0, total
        with told("the log cannot be written", folder / "provenance"):
            self.log = (folder / "provenance" / "runs.jsonl").open("a", buffering=1, encoding="utf-8")

    def note(self, run: Run, ok: bool, seconds: float, peak_mb: float) -> None:
        """A run ended."""
        self.done += 1
        line = {"run": run.index, "key": run.key, "ok": ok, "cpu_seconds": round(seconds, 4)}
        line |= {"peak_mb": round(peak_mb, 1), "host": platform.node()}
        with told("the log cannot be written", Path(self.log.name).parent):
            self.log.write(json.dumps(line) + "\n")

    def due(self) -> bool:
        """True every few seconds."""
        if time.monotonic() - self.told < STATUS_SECONDS:
            return False
        self.told = time.monotonic()
        return True

    def seconds_left(self) -> float:
        """Seconds left at the present pace."""
        spent = time.monotonic() - self.began
        return round(spent / max(1, self.done) * (self.total - self.done), 1)

    def close(self) -> None:
        """Close the log."""
        self.log.close()


def _span(seconds: float) -> str:
    """A time in its largest fitting unit."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def _executor(wanted: Executor | int | None) -> Executor:
    if wanted is None:
        return Processes()
    if hasattr(wanted, "run"):
        return cast(Executor, wanted)
    number = whole(wanted)
    if number is None or number < 1:
        raise StudyError(what=f"{wanted!r} workers", instead="ask for 1 or more")
    return Serial() if number == 1 else Processes(number)


__all__ = ["Outcome", "Status", "Study"]
