"""Who runs the jobs: this process, processes of this machine, or the workers of a Dask cluster?

All three give the same: a stream of (job, what its runs became) in the order in which jobs end. A worker that
dies takes nothing with it but the job it was at: the jobs that were under way are tried again one at a
time, and one that kills its worker again is a failed run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any, Protocol, cast

from experiments.comparison.settings import smaller
from experiments.runs.parallel import Pool, cores, refuse_without_guard
from experiments.runs.simulate import COMPILING_PERSONS, compile_kernels
from experiments.study.running.work import Done, Job, work, work_apart
from model.core.errors import StudyError
from model.core.given import whole
from model.scenario.scaling import smaller_policy

Ended = tuple[Job, list[Done] | None]
"""A job and what its runs became; None if its worker died although it ran alone."""


class Executor(Protocol):
    """Runs jobs."""

    def run(self, jobs: Sequence[Job]) -> Iterator[Ended]:
        """Run all jobs and yield each as it ends."""
        ...


class Serial:
    """One job after the other in this process."""

    def run(self, jobs: Sequence[Job]) -> Iterator[Ended]:
        """Run all jobs in order."""
        for job in jobs:
            yield job, work(job)


class Processes:
    """``workers`` processes of this machine, started afresh (spawn), one thread each.

    In a ``with`` block they are kept from one `run` to the next.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = cores() if workers is None else workers
        self._kept: Pool | None = None
        self._keeps = self._compiled = False

    def __enter__(self) -> Processes:
        self._keeps = True
        return self

    def __exit__(self, *_: object) -> None:
        self._keeps = False
        if self._kept is not None:
            self._kept.end()
            self._kept = None

    def run(self, jobs: Sequence[Job]) -> Iterator[Ended]:
        """Run all jobs; a few more than there are workers are under way at a time. Kernels are compiled here
        first, once."""
        refuse_without_guard()
        if self.workers > 1 and len(jobs) > 1 and not self._compiled:
            self._compiled = True
            _compile(jobs[0])
        waiting = deque(jobs)
        suspects: deque[Job] = deque()
        while waiting or suspects:
            under_way: dict[Future[list[Done]], Job] = {}
            try:
                if suspects:
                    yield from self._together(suspects, under_way, 1)
                else:
                    yield from self._together(waiting, under_way, 2 * self.workers)
            except BrokenProcessPool:
                if len(under_way) == 1:
                    yield under_way.popitem()[1], None
                suspects.extend(under_way.values())

    def _together(
        self, waiting: deque[Job], under_way: dict[Future[list[Done]], Job], most: int
    ) -> Iterator[Ended]:
        """Run the jobs, ``most`` at a time; those not ended when the pool breaks stay in ``under_way``."""
        workers = min(self.workers, most)
        kept, self._kept = self._kept, None
        if kept is not None and kept.workers != workers:
            kept.end()
            kept = None
        own = Pool(workers) if kept is None else kept
        try:
            while waiting or under_way:
                while waiting and len(under_way) < most:
                    job = waiting.popleft()
                    under_way[own.submit(work_apart, job)] = job
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    done = future.result()
                    yield under_way.pop(future), done
            if self._keeps:
                self._kept = own
            else:
                own.end()
        except BaseException as error:
            own.kill()  # what they were at is computed again by the next run
            if isinstance(error, BrokenProcessPool):
                own.refuse_if_none_began()
            raise


def _compile(job: Job) -> None:
    """Compile here what the runs of a job use. A run that fails fails where it is recorded, not here; phases
    of one's own are left to the workers, whom they may end."""
    small, share = smaller(job.scenario, COMPILING_PERSONS)
    with suppress(Exception):
        compile_kernels(small, [smaller_policy(arm.policy, share) for arm in job.arms])


class Dask:
    """The workers of a Dask cluster, by the address of its scheduler; they see the study's folder."""

    def __init__(self, address: str) -> None:
        self.address = address

    def run(self, jobs: Sequence[Job]) -> Iterator[Ended]:
        """Run all jobs. A worker that dies is replaced by the cluster, and its job runs again."""
        try:
            from distributed import Client, as_completed
            from distributed.scheduler import KilledWorker
        except ImportError:
            raise StudyError(
                what="Dask is not installed",
                where="--dask",
                instead="install it with: pip install 'gongzhi[cluster]'",
            ) from None
        try:
            client = Client(self.address, timeout="5s", set_as_default=False)
        except (OSError, ValueError) as error:
            raise StudyError(
                what="no Dask scheduler answers",
                where=self.address,
                why=str(error),
                instead="start one with: dask scheduler, and workers with: dask worker ADDRESS --nthreads 1",
            ) from None
        with client:
            futures = {client.submit(work_apart, job, pure=False): job for job in jobs}
            for future in as_completed(list(futures), loop=client.loop):
                job: Any = futures.pop(future)
                try:
                    yield job, future.result()
                except KilledWorker:
                    yield job, None


def executor_of(wanted: Executor | int | None) -> Executor:
    """The executor that is wanted, or one of so many processes, one per core if None.

    Raises:
        StudyError: for a number of workers that is none.
    """
    if wanted is None:
        return Processes()
    if hasattr(wanted, "run"):
        return cast(Executor, wanted)
    number = whole(wanted)
    if number is None or number < 1:
        raise StudyError(what=f"{wanted!r} workers", instead="ask for 1 or more")
    return Serial() if number == 1 else Processes(number)
