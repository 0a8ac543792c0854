"""How do many runs share the cores, so that the result is the same for any number of them?

Tasks are data and a function that can be imported; results come back in the order of the tasks. Workers are
always started afresh (spawn), one thread each.
"""

from __future__ import annotations

import ast
import inspect
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

from model.caches import handed_on
from model.errors import GongzhiError

T = TypeVar("T")
R = TypeVar("R")

Progress = Callable[[str, int, int], None]
"""Called with a label, the number of tasks done and their number."""

ONE_THREAD = (
    "GONGZHI_THREADS",
    "NUMBA_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
)
GUARD = 'if __name__ == "__main__":'


class RunFailed(GongzhiError):
    """A run that could not be finished although what it was given is valid."""


class Workers:
    """A number of processes that map functions over tasks until the block ends.

    One worker is this process itself. ``workers`` is by default the number of cores this process may use.

        with Workers(2) as workers:
            results = workers.map(run_one, tasks, "runs")
    """

    def __init__(self, workers: int | None = None, progress: Progress | None = None) -> None:
        if workers is not None and (isinstance(workers, bool) or not isinstance(workers, int) or workers < 1):
            raise GongzhiError(what=f"{workers!r} workers", instead="ask for 1 or more")
        self.number = cores() if workers is None else workers
        self.progress = progress
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def map(self, function: Callable[[T], R], tasks: Sequence[T], label: str = "") -> list[R]:
        """``function`` of every task, in the order of the tasks.

        Raises what ``function`` raises; RunFailed for a task that ends its process again and again.
        """
        done: dict[int, R] = {}
        self._tell(label, 0, len(tasks))
        if self.number > 1:
            refuse_without_guard()
            with one_thread_each():
                for _ in range(
                    2
                ):  # a worker that dies (out of memory, killed) takes the pool with it: once anew
                    try:
                        self._fill(function, tasks, done, label)
                        break
                    except BrokenProcessPool:
                        self._pool = None
        for i, task in enumerate(tasks):
            if i not in done:
                try:
                    done[i] = function(task)
                except MemoryError:
                    raise RunFailed(
                        what=f"there is not enough memory for task {i + 1} of {len(tasks)}",
                        where=label,
                        instead="use fewer persons or fewer workers",
                    ) from None
                self._tell(label, len(done), len(tasks))
        return [done[i] for i in range(len(tasks))]

    def _fill(self, function: Callable[[T], R], tasks: Sequence[T], done: dict[int, R], label: str) -> None:
        """Run what is not done yet in the pool."""
        before = set(multiprocessing.active_children())
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self.number, mp_context=multiprocessing.get_context("spawn"), initializer=begin_worker
            )
        try:
            pending: dict[Future[R], int] = {
                self._pool.submit(function, task): i for i, task in enumerate(tasks) if i not in done
            }
            for future in as_completed(pending):
                done[pending[future]] = future.result()
                self._tell(label, len(done), len(tasks))
        except KeyboardInterrupt:
            for child in set(multiprocessing.active_children()) - before:
                child.terminate()
            raise
        except BaseException:
            for future in pending:
                future.cancel()
            raise

    def _tell(self, label: str, done: int, total: int) -> None:
        if self.progress is not None:
            self.progress(label, done, total)


def map_tasks(
    function: Callable[[T], R],
    tasks: Sequence[T],
    workers: int | None = None,
    progress: Progress | None = None,
    label: str = "",
) -> list[R]:
    """``function`` of every task in the order of the tasks, by processes of their own (see `Workers`)."""
    with Workers(min(cores() if workers is None else workers, max(1, len(tasks))), progress) as pool:
        return pool.map(function, tasks, label)


def refuse_without_guard() -> None:
    """Refuse to start workers from a script that would start them again in every worker.

    A worker first imports the script that asked for it: without the guard it would never come to its tasks.

    Raises:
        GongzhiError: with the guard to write.
    """
    frame: FrameType | None = inspect.currentframe()
    while frame is not None:
        if frame.f_code.co_name == "<module>":
            name = frame.f_globals.get("__name__")
            if name == "__mp_main__" or (name == "__main__" and not _guarded(frame)):
                raise GongzhiError(
                    what=f"put what starts this comparison below the line `{GUARD}`",
                    where=f"{frame.f_code.co_filename}, line {frame.f_lineno}",
                    why="every worker process imports this script first",
                )
        frame = frame.f_back


def _guarded(frame: FrameType) -> bool:
    """True if the main script's running line is below the guard, or no worker imports that script."""
    main = sys.modules["__main__"]
    if getattr(main, "__spec__", None) is not None and main.__name__ == "__main__":
        name = main.__spec__.name if main.__spec__ else ""
        if name == "__main__" or name.endswith(".__main__"):
            return True  # multiprocessing does not import these
    elif not hasattr(main, "__file__"):
        return True  # nor a notebook, though its debugger writes each cell to a file
    try:
        tree = ast.parse(Path(frame.f_code.co_filename).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return True  # typed at a prompt or in a notebook: there is no script to import
    return any(
        isinstance(node, ast.If)
        and node.lineno <= frame.f_lineno <= (node.end_lineno or 0)
        and any(isinstance(part, ast.Name) and part.id == "__name__" for part in ast.walk(node.test))
        for node in ast.walk(tree)
    )


def begin_worker() -> None:
    """One thread; interruptions are left to the parent, and a worker ends when its parent does."""
    from model.compiled import set_threads

    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    set_threads(1)


def _end_with_parent() -> None:
    """A pool's workers would wait for ever for the tasks of a parent that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Libraries read these variables when a worker imports them; so is learnt where compiled kernels lie."""
    settings = dict.fromkeys(ONE_THREAD, "1") | handed_on()
    before: dict[str, Any] = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def cores() -> int:
    """Cores this process may use, where the platform tells; else all of the machine."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
