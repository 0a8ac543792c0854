"""A study: a folder with a declared design and the runs that it has so far. It survives whatever happens
to it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.loading.inputs import read_inputs
from experiments.runs.parallel import Progress
from experiments.runs.progress import shown
from experiments.storage.columns import typed
from experiments.storage.disk import lock
from experiments.storage.files import refuse_unwritable, write_text
from experiments.study.analysis.meanings import run_columns
from experiments.study.design.code import own_phases
from experiments.study.design.columns import plain_names
from experiments.study.design.declared import design_of, refuse_idle
from experiments.study.design.runs import Design, Run
from experiments.study.identity import made
from experiments.study.running.executors import Executor, executor_of
from experiments.study.running.sequential import ALPHA, Decision, Ranking
from experiments.study.running.series import series_of
from experiments.study.running.status import Beside, Status, last_heard, write_status
from experiments.study.running.store import Store, Stored
from experiments.study.running.until import Looks, Reached, ranking
from experiments.study.running.work import Job, failed, jobs
from model.core.errors import GongzhiError, StudyError

if TYPE_CHECKING:
    import pandas as pd


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

    def __init__(self, folder: str | os.PathLike[str], *, made_by: str | None = None) -> None:
        self.folder = Path(folder)
        self.made_by = made_by
        self.store = Store(self.folder)

    def __repr__(self) -> str:
        return f"Study in {self.folder}\n.run(), .status(), .table(), .series()"

    def _repr_html_(self) -> str:
        """Where it stands, for a notebook."""
        from experiments.words.notebook import lines

        try:
            told = self.status().text()
        except GongzhiError as error:
            told = str(error)
        return lines([repr(self), "", told])

    @cached_property
    def asked(self) -> Design:
        """The design as this version runs it, checked (`design_of`)."""
        return design_of(self.folder)

    @cached_property
    def design(self) -> Design:
        """The design whose runs are looked at.

        It is that of this version if any run of it is stored, or none of another version's; else it is as
        the version made it that has made the most runs. ``made_by`` names another: its version, or how its
        fingerprint begins.

        Raises:
            GongzhiError: as `design_of` does; if there is no run of the software asked for.
        """
        found = self._versions
        if self.made_by is None:
            return found[0] if found else self.asked
        for one in found:
            if one.software.called(self.made_by):
                return one
        raise StudyError(
            what=f"no run of the study was made by {self.made_by!r}",
            where=str(self.folder),
            instead="its runs were made by " + ", ".join(one.software.text() for one in found)
            if found
            else "run the study first: gongzhi study run",
        )

    @cached_property
    def _versions(self) -> list[Design]:
        """The designs of which runs are stored, by the software that made them, this one first."""
        known = self.store.finished()
        own = [self.asked] if any(run.key in known for run in self.asked.runs) else []
        return [*own, *made.views(self.asked, known)]

    @cached_property
    def _looks(self) -> Looks:
        return Looks(self.design, self.store)

    def reread(self) -> None:
        """Read ``study.toml`` again when it is next asked for."""
        for name in ("asked", "design", "_versions", "_looks", "columns"):
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
        again: bool = False,
        progress: Progress | None = None,
    ) -> Outcome:
        """Run what is not stored yet, and with ``retry_failed`` what is stored as failed.

        If all that is stored was made by another version, it is run anew only with ``again``; what is stored
        stays, and is never mixed with it.

        ``executor`` is a number of processes, by default one per core, or an executor. Ending it at any
        moment loses only the runs under way. With ``[until]`` seeds are added, batch by batch, until enough
        is known (`until`). ``progress`` is called with (label, done, total); a notebook shows a bar if None.

        Raises:
            GongzhiError: if a policy is never in force, another process writes the study, the disk refuses,
                or all runs were made by another version.
        """
        design, runner = self.asked, executor_of(executor)
        refuse_idle(design)
        others = [one for one in self._versions if one is not design]
        if others and others[0] is self._versions[0] and not again:
            raise self._made_by_another(others)
        self.__dict__["design"] = design
        self.__dict__.pop("_looks", None)
        if design.code is not None:
            own_phases(design.code)
        self._make()
        ended: dict[str, bool] = {}
        with lock(self.folder), runner if isinstance(runner, AbstractContextManager) else nullcontext():
            self.store.sweep()
            for one in (*others, design):
                made.note(one)
            try:
                with shown(progress) as tell:
                    self._run_all(runner, retry_failed, tell, ended)
            except BaseException:
                with suppress(GongzhiError):  # what goes on matters more than the status
                    write_status(self.folder, self.status(), None)
                raise
            self.store.fold(design.once, everything=True)
        status = self.status()
        write_status(self.folder, status, None)
        return Outcome(len(ended), sum(not ok for ok in ended.values()), status)

    def _run_all(
        self, runner: Executor, retry_failed: bool, progress: Progress | None, ended: dict[str, bool]
    ) -> None:
        """Run what is pending, look, and go on until nothing is; ``ended``, whether each succeeded, grows."""
        while True:
            known = self.store.finished()
            reached = self.reached(known)
            wanted = len(self._until(reached))
            pending = [
                run
                for run in self.design.once
                if run.index < wanted
                and run.key not in ended
                and (run.key not in known or (retry_failed and not known[run.key]))
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
        beside = Beside(self.folder, len(pending))
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
                self.store.fold(self.design.once, known)
                write_status(self.folder, self._status(known, reached), beside)
        beside.close()
        return ended

    def _jobs(self, pending: Sequence[Run]) -> list[Job]:
        design = self.design
        return jobs(
            self.folder.absolute(),
            design.scenarios,
            [design.arms(p) for p in range(len(design.points))],
            design.spec.policies,
            pending,
            design.weeks,
            design.spec.record,
            read_inputs(design.loaded),
            None if design.code is None else design.code.absolute(),
        )

    def _make(self) -> None:
        refuse_unwritable(self.folder)
        self.store.make()

    def _note_software(self) -> None:
        text = json.dumps(self.design.software.record(), indent=2, sort_keys=True) + "\n"
        write_text(self.folder / "provenance" / "software.json", text)

    def _made_by_another(self, others: Sequence[Design]) -> StudyError:
        known, runs = self.store.finished(), self._until(self.reached())
        counts = [f"{sum(run.key in known for run in one.runs):,} by {one.software.text()}" for one in others]
        new = len({run.key for run in self.asked.runs[: len(runs)]})
        return StudyError(
            what=f"the runs that are stored were made by another version: {', '.join(counts)}",
            where=str(self.folder),
            why=f"this is {self.asked.software.text()}, and runs of two versions cannot be mixed; export, "
            "report, diff and status read them as they are",
            instead=f"make the {new:,} runs of this version with --again; those that are stored stay",
        )

    # looking

    def status(self) -> Status:
        """How far the study is."""
        known = self.store.finished()
        return self._status(known, self.reached(known))

    def _status(self, known: Mapping[str, bool], reached: Reached | None) -> Status:
        runs = self._until(reached)
        stored = [run.key for run in runs if run.key in known]
        beyond = {run.key for run in self.design.runs[len(runs) :]} & known.keys() - set(stored)
        others = []
        placed = beyond | set(stored)
        for one in self._versions:
            theirs = {run.key for run in one.runs} & known.keys() - placed
            if theirs and not one.software.same(self.design.software):
                others.append((one.software, len(theirs)))
            placed |= theirs
        return Status(
            total=len(runs),
            stored=len(stored),
            failed=sum(not known[key] for key in stored),
            pending=len(runs) - len(stored),
            stale=len(known.keys() - placed),
            said=tuple(dict.fromkeys(self.store.said)),
            beyond=len(beyond),
            reached=reached,
            made_by=None if self.design.made is None else self.design.software,
            others=tuple(others),
        )

    def last_heard(self) -> str:
        """What is known of the process that runs the study; empty if none does."""
        return last_heard(self.folder)

    def refuse_unfinished(self, verb: str) -> None:
        """Raise StudyError if runs are still to do; ``verb`` is what was to be done with the study."""
        status = self.status()
        if status.pending:
            raise StudyError(
                what=f"{status.pending:,} of {status.total:,} runs are still to do",
                where=str(self.folder),
                instead=f"finish it with: gongzhi study run, or {verb} what there is with --partly"
                + "".join(
                    f", or {verb} the {runs:,} runs made by version {software.version} with --made-by "
                    f"{software.name()}"
                    for software, runs in status.others
                ),
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
        by_key: dict[str, list[Run]] = {}
        for run in wanted:
            by_key.setdefault(run.key, []).append(run)
        found = [(run, s) for s in self.store.read(by_key) for run in by_key[s.row["key"]]]
        if len(by_key) == len(wanted):
            return found
        place = {run.index: i for i, run in enumerate(wanted)}
        return sorted(found, key=lambda pair: place[pair[0].index])

    @cached_property
    def columns(self) -> dict[str, str]:
        """The columns of the factors in all tables, by their dotted names (`plain_names`)."""
        return plain_names(self.design.points[0])

    def _factors(self, run: Run) -> dict[str, Any]:
        return {self.columns[name]: value for name, value in self.design.points[run.point].items()}

    def table(self) -> pd.DataFrame:
        """One row per stored run: place, point, factors, policy, seeds, key, status and what failed."""
        import pandas as pd

        rows = []
        for run, stored in self.stored():
            row = {"run": run.index, "point": run.point} | self._factors(run)
            row |= {"policy": run.policy, "world": run.world, "luck": run.luck, "key": run.key}
            rows.append(row | {k: stored.row[k] for k in ("status", "stage", "error", "message")})
        return pd.DataFrame(rows) if rows else typed((), run_columns(self.design))

    def series(self) -> pd.DataFrame:
        """One row per stored week and group of every run that succeeded: run, point, factors, policy,
        seeds, then the outcomes with units in their names."""
        return series_of(self.design, self.stored(), self._factors)
