"""How are compiled kernels kept from one process to the next, and never run when they are out of date?

The compiler's own cache on disk looks at the file of the function alone and would silently run old code after
a change in a helper of another file (numba/numba#9483). Where its folder cannot be written to it goes on to
other folders, and what fails there ends the run. Here every state of the sources has a shelf of its own (see
`model.core.caches`), and a kernel that cannot be kept is compiled anew.
"""

import hashlib
import inspect
import logging
import pickle
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache
from numba.core.serialize import dumps

from model.core.caches import load, save
from model.core.sources import PACKAGE, fingerprint

_log = logging.getLogger("gongzhi.compiling")
"""Told of every kernel that is compiled: the first ones of all take half a minute."""


def keep_on_disk(kernel: Any) -> None:
    """Keep what ``kernel``, a dispatcher of the compiler, compiles.

    Not so outside of this package, where a helper may change without a change of the fingerprint.
    """
    source = Path(inspect.getfile(kernel.py_func)).absolute()
    if source.is_relative_to(PACKAGE.absolute()):
        kernel._cache = _Kept(kernel.py_func, source)


class _Kept(FunctionCache):  # type: ignore[misc]
    """The compiled forms of one function, a file for each signature."""

    def __init__(self, function: Any, source: Path) -> None:
        self._py_func = function
        self._name = repr(function)
        self._impl = _Form(function, source)
        self._cache_file = _Files(function, source)
        self._cache_path = None
        self.enable()

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled form for a signature; None if it was not kept or cannot be used."""
        found = None
        with suppress(Exception):
            found = super().load_overload(sig, target_context)
        if found is None:
            _log.info("compiling %s", self._name)
        return found

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep a compiled form, if it can be kept."""
        if self._enabled and self._impl.check_cachable(data):
            self._cache_file.save(self._index_key(sig, data.codegen), self._impl.reduce(data))


class _Form(CompileResultCacheImpl):  # type: ignore[misc]
    """How a compiled form becomes data and back: the compiler's own way, without its choice of a folder."""

    def __init__(self, function: Any, source: Path) -> None:
        self._lineno = function.__code__.co_firstlineno
        self._locator = self
        self._py_file = str(source)


class _Files:
    """A store of compiled forms by their key."""

    def __init__(self, function: Any, source: Path) -> None:
        text = hashlib.sha256(source.read_bytes()).hexdigest()
        line = function.__code__.co_firstlineno
        self._of = (source.relative_to(PACKAGE.absolute()).as_posix(), function.__qualname__, line, text)

    def load(self, key: Any) -> Any:
        """What was saved for ``key``, or None."""
        content = load(_shelf(), self._name(key))
        if content is None:
            return None
        of, data = pickle.loads(content)
        return data if of == (self._of, key) else None

    def save(self, key: Any, data: Any) -> None:
        """Keep ``data`` for ``key``."""
        save(_shelf(), self._name(key), dumps(((self._of, key), data)))

    def _name(self, key: Any) -> str:
        """The file of a key; versions of Python and of the compiler have files of their own."""
        asked = f"{self._of}\n{key}\n{sys.version}\n{numba.__version__}"
        return hashlib.sha256(asked.encode()).hexdigest()[:32]


def _shelf() -> str:
    """Where the kernels of this state of the sources lie."""
    return f"kernels-{fingerprint()}"
