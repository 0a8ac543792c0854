"""How is a plain function made fast, and run over many rows?

With `model.core.kernel_cache` the only place that knows the compiler.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import ParamSpec, TypeVar, TypeVarTuple, cast

import numba
from numba.core.dispatcher import Dispatcher

from model.core.errors import GongzhiError
from model.core.given import whole
from model.core.kernel_cache import keep_on_disk

P = ParamSpec("P")
R = TypeVar("R")
Ts = TypeVarTuple("Ts")

PARALLEL_FROM = 100_000
"""Rows below which a second thread costs more waiting than it saves."""

BLOCK = 4_096
"""Rows a thread takes at a time."""

_threads: int | None = None
_force = False
_pool: ThreadPoolExecutor | None = None
_pool_size = 0


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """The compiled twin of ``function``, which stays readable and callable as its ``.py_func``.

    Division by zero gives inf or nan instead of raising, nothing is reordered or contracted, and the
    interpreter lock is released while it runs, so ``over_rows`` can use several threads.
    """
    return _compiled(function, inline=False)


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """A kernel for small helpers, copied into each of its callers.

    Only a loop without calls can work on several rows at once: this makes a loop of draws 8 times faster.
    """
    return _compiled(function, inline=True)


def over_rows(rows: Callable[[int, int, *Ts], None], n: int, *args: *Ts) -> None:
    """Call ``rows(start, stop, *args)`` until the range [0, n) is covered.

    ``rows`` is a kernel that writes only what belongs to its own rows, so the result does not depend on the
    number of threads. One call does it all below ``PARALLEL_FROM`` rows or with one thread; otherwise
    threads take blocks of ``BLOCK`` rows. Raises what ``rows`` raises.
    """
    if n < PARALLEL_FROM and not _forced():
        rows(0, n, *args)
        return
    threads = thread_count()
    if threads == 1 and not _forced():
        rows(0, n, *args)
        return
    starts = iter(range(0, n, BLOCK))  # shared: a range iterator hands out each block once

    def work(blocks: Iterator[int]) -> None:
        for start in blocks:
            rows(start, min(start + BLOCK, n), *args)

    helpers = [_helpers(threads - 1).submit(work, starts) for _ in range(threads - 1)]
    try:
        work(starts)
    finally:
        for helper in helpers:
            helper.result()


def set_threads(n: int | None, *, force: bool = False) -> None:
    """Use ``n`` threads from now on; None gives the choice back to ``GONGZHI_THREADS`` and the machine.

    The environment is read at the first need and again after this. ``force`` takes the threaded way at any
    number of rows, which tests need and nothing else.
    Raises GongzhiError unless ``n`` is None or at least 1.
    """
    global _threads, _force
    number = None if n is None else whole(n)
    if n is not None and (number is None or number < 1):
        raise GongzhiError(what=f"{n} threads", where="set_threads", instead="Ask for 1 or more")
    _threads, _force = number, force
    _asked.cache_clear()


def thread_count() -> int:
    """Threads for large tables: as set, else ``GONGZHI_THREADS``, else the cores of the machine up to 4."""
    if _threads is not None:
        return _threads
    return _asked()[0]


@cache
def _asked() -> tuple[int, bool]:
    """What the environment asks for: threads, and whether the threaded way is taken at any size."""
    asked, force = os.environ.get("GONGZHI_THREADS", ""), os.environ.get("GONGZHI_FORCE_PARALLEL") == "1"
    if not asked:
        return min(_cores(), 4), force
    if not asked.isdecimal() or int(asked) < 1:
        raise GongzhiError(
            what=f"{asked!r} is not a number of threads",
            where="environment variable GONGZHI_THREADS",
            instead="Set it to 1 or more, or remove it",
        )
    return int(asked), force


def _compiled(function: Callable[P, R], inline: bool) -> Callable[P, R]:
    """``function`` compiled on its first call, and kept on disk for this state of the sources."""
    made = numba.njit(error_model="numpy", nogil=True, forceinline=inline)(function)
    if isinstance(made, Dispatcher):  # not so where NUMBA_DISABLE_JIT is set
        keep_on_disk(made)
    return cast(Callable[P, R], made)


def _cores() -> int:
    """Cores this process may use, where the platform tells; else all of the machine."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _forced() -> bool:
    """Whether the threaded way is taken at any size."""
    return _force or _asked()[1]


def _helpers(n: int) -> ThreadPoolExecutor:
    """The pool of ``n`` threads beside the calling one, kept between calls."""
    global _pool, _pool_size
    if _pool is None or _pool_size != n:
        _pool, _pool_size = ThreadPoolExecutor(n, thread_name_prefix="gongzhi-rows"), n
    return _pool


def _forget_pool() -> None:
    """Drop the pool of the parent: its threads do not exist in a forked child."""
    global _pool
    _pool = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_pool)
