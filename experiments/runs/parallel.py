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
from multiprocessing import process
from multiprocessing.synchronize import Event
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

from experiments.storage.streams import hold_all_characters
from model.core.caches import handed_on
from model.core.errors import GongzhiError
from model.core.given import whole

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
        number = None if workers is None else whole(workers)
        if workers is not None and (number is None or number < 1):
            raise GongzhiError(what=f"{workers!r} workers", instead="ask for 1 or more")
        self.number = cores() if number is None else number
        self.progress = progress
        self._pool: Pool | None = None
        if self.number > 1:
            refuse_without_guard()  # once: the script may be another one by the time the last pool starts

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.end()
            self._pool = None

    def map(
        self,
        function: Callable[[T], R],
        tasks: Sequence[T],
        label: str = "",
        done: dict[int, R] | None = None,
    ) -> list[R]:
        """``function`` of every task, in the order of the tasks.

        ``done`` is filled as tasks end, by their places: what is known if it is stopped. Raises what
        ``function`` raises; RunFailed for a task that ends its process again and again.
        """
        done = {} if done is None else done
        self._tell(label, 0, len(tasks))
        if self.number > 1:
            for _ in range(2):  # a worker that dies (out of memory, killed) takes the pool with it: once anew
                try:
                    self._fill(function, tasks, done, label)
                    break
                except BrokenProcessPool:
                    self._pool, broken = None, self._pool
                    if broken is not None:
                        broken.refuse_if_none_began()
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
        if self._pool is None:
            self._pool = Pool(self.number)
        pending: dict[Future[R], int] = {}
        try:
            for i, task in enumerate(tasks):
                if i not in done:
                    pending[self._pool.submit(function, task)] = i
            for future in as_completed(pending):
                done[pending[future]] = future.result()
                self._tell(label, len(done), len(tasks))
        except KeyboardInterrupt:
            self._pool.kill()
            self._pool = None
            raise
        except BaseException:
            for future in pending:
                future.cancel()
            raise

    def _tell(self, label: str, done: int, total: int) -> None:
        if self.progress is not None:
            self.progress(label, done, total)


class Pool:
    """``workers`` processes, started afresh (spawn), one thread each, that run what is submitted."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._before = set(multiprocessing.active_children())
        context = multiprocessing.get_context("spawn")
        self._began = context.Event()
        self._pool = ProcessPoolExecutor(
            workers, mp_context=context, initializer=begin_worker, initargs=(self._began,)
        )

    def submit(self, function: Callable[[T], R], task: T) -> Future[R]:
        """Let a worker run ``function`` of a task. Raises BrokenProcessPool once a worker has died."""
        with one_thread_each():
            return self._pool.submit(function, task)

    def end(self) -> None:
        """Wait for what is under way, drop what is not, and end the workers."""
        self._pool.shutdown(cancel_futures=True)

    def kill(self) -> None:
        """End the workers at once: what they were at is lost."""
        for child in set(multiprocessing.active_children()) - self._before:
            child.terminate()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def refuse_if_none_began(self) -> None:
        """Tell a broken pool whose workers could not even start from one that a task has ended.

        Raises:
            RunFailed: if none of them came to its tasks.
        """
        if not self._began.is_set():
            raise RunFailed(
                what="no worker process could be started",
                where=_main_file() or "",
                why="each ended before it came to its first run; its own words stand above",
                instead="use one worker, which is this process itself: workers=1, or --workers 1",
            )


def map_tasks(
    function: Callable[[T], R],
    tasks: Sequence[T],
    workers: int | None = None,
    progress: Progress | None = None,
    label: str = "",
) -> list[R]:
    """``function`` of every task in the order of the tasks, by processes of their own (see `Workers`)."""
    with Workers(workers, progress) as pool:
        pool.number = min(pool.number, max(1, len(tasks)))
        return pool.map(function, tasks, label)


def refuse_without_guard() -> None:
    """Refuse to start workers from a script that they would start again, or that they cannot import.

    A worker first imports the script that asked for it: without the guard, or the file, it would never come
    to its tasks. The command line needs neither (`no_worker_imports_main`).

    Raises:
        GongzhiError: with the guard to write, or what to do instead of the file.
    """
    file = _main_file()
    if file is not None and not os.path.exists(file):
        raise GongzhiError(
            what="worker processes cannot be started from here",
            where=file,
            why="each of them first imports the script that is running, and there is no such file",
            instead="save the script as a file and run that, or ask for one worker: workers=1",
        )
    frame: FrameType | None = inspect.currentframe()
    while frame is not None:
        if frame.f_code.co_name == "<module>":
            name = frame.f_globals.get("__name__")
            if name == "__mp_main__" or (name == "__main__" and file is not None and not _guarded(frame)):
                raise GongzhiError(
                    what=f"put what starts this comparison below the line `{GUARD}`",
                    where=f"{frame.f_code.co_filename}, line {frame.f_lineno}",
                    why="every worker process imports this script first",
                )
        frame = frame.f_back


def no_worker_imports_main() -> None:
    """Let workers come without the running script, which is no user's: it may be replaced while they work."""
    vars(sys.modules["__main__"]).pop("__file__", None)


def _main_file() -> str | None:
    """The file that workers import before anything else (`multiprocessing.spawn`); None if they import none.

    A notebook or a prompt has none, and a package's ``__main__`` is left out.
    """
    main = sys.modules["__main__"]
    spec = getattr(main, "__spec__", None)
    if spec is not None:
        return None if spec.name == "__main__" or spec.name.endswith(".__main__") else spec.origin
    file: str | None = getattr(main, "__file__", None)
    # by then the working directory may be another one
    start = getattr(process, "ORIGINAL_DIR", None)
    return file if file is None or start is None else os.path.join(start, file)


def _guarded(frame: FrameType) -> bool:
    """True if the main script's running line is below the guard."""
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


def begin_worker(began: Event) -> None:
    """Interruptions are left to the parent, and a worker ends when its parent does.

    ``began`` is set once the worker is ready for its first task; it has one thread by `one_thread_each`.
    """
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    hold_all_characters()
    began.set()


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
