"""How is a plain function made fast, and run over many rows?

The only place that knows the compiler. Its own disk cache looks at the file of the function alone and would
silently run old code after a change in a helper of another file (numba/numba#9483), so every state of the
sources gets a cache folder of its own.
"""

import atexit
import hashlib
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import ParamSpec, TypeVar, TypeVarTuple, cast

import numba

from model.errors import GongzhiError

P = ParamSpec("P")
R = TypeVar("R")
Ts = TypeVarTuple("Ts")

PARALLEL_FROM = 100_000
"""Rows below which a second thread costs more waiting than it saves."""

BLOCK = 4_096
"""Rows a thread takes at a time."""

_log = logging.getLogger("gongzhi")
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
    if n is not None and n < 1:
        raise GongzhiError(what=f"{n} threads", where="set_threads", instead="Ask for 1 or more")
    _threads, _force = n, force
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
    """``function`` compiled on its first call, with a disk cache for this state of the sources."""
    compile_ = numba.njit(cache=True, error_model="numpy", nogil=True, forceinline=inline)
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(cache_root() / f"kernels-{_source_hash()}")
    try:
        return cast(Callable[P, R], compile_(function))
    finally:
        numba.config.CACHE_DIR = before


@cache
def cache_root() -> Path:
    """The folder of the kernels: ``GONGZHI_CACHE``, else the user's cache folder, else a temporary one."""
    asked = os.environ.get("GONGZHI_CACHE", "")
    root = Path(asked).expanduser().absolute() if asked else _user_cache()
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=root):
            return root
    except OSError as fault:
        _log.warning("cannot write to the cache folder %s (%s): kernels are compiled anew", root, fault)
    temporary = tempfile.mkdtemp(prefix="gongzhi-")
    atexit.register(shutil.rmtree, temporary, ignore_errors=True)
    return Path(temporary)


@cache
def _source_hash() -> str:
    """SHA-256 over the names and contents of all sources of this package."""
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(package).as_posix()}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _user_cache() -> Path:
    """Where this platform wants caches of the current user."""
    home = Path(os.path.expanduser("~"))
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "gongzhi" / "cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "gongzhi"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "gongzhi"


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
