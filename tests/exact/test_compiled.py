"""The compiler's traps: stale caches, threads, and where it may be named."""

import ast
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from model.core import compiled
from model.core.compiled import BLOCK, kernel, over_rows, set_threads, thread_count
from model.core.errors import DataError, Departed, GongzhiError, ScenarioError, StudyError

ROOT = Path(compiled.__file__).parents[2]

HELPER = """from model.core.compiled import inlined, kernel

@kernel
def called() -> int:
    return {number}

@inlined
def copied() -> int:
    return {number}
"""

CALLER = """from model.core.compiled import kernel
from model.helper import called, copied

@kernel
def total() -> int:
    return called() + copied()
"""

ASK = "from model.caller import total; print(total(), sum(total.stats.cache_hits.values()))"


@kernel
def squares(start, stop, x, out):
    """Write x[row]^2 and count each visit of a row."""
    for row in range(start, stop):
        out[row] += x[row] * x[row]


@pytest.fixture(autouse=True)
def threads_as_they_were():
    yield
    set_threads(None)


def test_a_change_in_a_helper_of_another_file_is_seen(tmp_path):
    package = tmp_path / "model"
    (package / "core").mkdir(parents=True)
    for folder in (package, package / "core"):
        (folder / "__init__.py").touch()
    for name in ("errors.py", "given.py", "compiled.py", "kernel_cache.py", "caches.py", "sources.py"):
        shutil.copy(ROOT / "model" / "core" / name, package / "core" / name)
    (package / "caller.py").write_text(CALLER)

    def ask(number):
        (package / "helper.py").write_text(HELPER.format(number=number))
        environment = {**os.environ, "GONGZHI_CACHE": str(tmp_path / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
        told = subprocess.run(
            [sys.executable, "-c", ASK],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return told.stdout.split()

    assert ask(21) == ["42", "0"]
    assert ask(21) == ["42", "1"], "the second process finds the kernel on disk"
    assert ask(50) == ["100", "0"]


def test_only_two_files_name_the_compiler():
    """Everything else goes through ``kernel``, or the stale cache is back."""
    users = set()
    for path in [*(ROOT / "model").rglob("*.py"), *(ROOT / "experiments").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] in ("numba", "llvmlite") for name in names):
                users.add(path.relative_to(ROOT).as_posix())
    assert users == {"model/core/compiled.py", "model/core/kernel_cache.py"}


def test_the_cache_setting_of_others_is_left_as_it_was(monkeypatch):
    monkeypatch.setattr(numba.config, "CACHE_DIR", "/somewhere/else")
    made = kernel(lambda: 1)
    assert numba.config.CACHE_DIR == "/somewhere/else"
    assert made.py_func() == 1


@pytest.mark.parametrize("n", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 7])
@pytest.mark.parametrize("threads", [1, 2, 3])
def test_threads_visit_every_row_once(n, threads):
    x = np.linspace(0.0, 1.0, n)
    serial, threaded = np.zeros(n), np.zeros(n)
    set_threads(1)
    over_rows(squares, n, x, serial)
    set_threads(threads, force=True)
    over_rows(squares, n, x, threaded)
    assert np.array_equal(serial, x * x)
    assert np.array_equal(threaded, serial)


@pytest.mark.parametrize(
    ("n", "threads", "force", "calls"),
    [(99_999, 2, False, 1), (100_000, 1, False, 1), (100_000, 2, False, 25), (5_000, 2, True, 2)],
)
def test_small_tables_stay_on_one_thread_unless_forced(n, threads, force, calls):
    ranges = []
    set_threads(threads, force=force)
    over_rows(lambda start, stop: ranges.append((start, stop)), n)
    assert len(ranges) == calls
    assert sum(stop - start for start, stop in ranges) == n


@pytest.mark.parametrize("bad_row", [0, 20 * BLOCK])
def test_a_fault_in_any_block_is_raised(bad_row):
    def rows(start, stop):
        if start <= bad_row < stop:
            raise GongzhiError(what="a bad row")

    set_threads(2, force=True)
    with pytest.raises(GongzhiError, match="a bad row"):
        over_rows(rows, 30 * BLOCK)


def test_the_environment_chooses_threads(monkeypatch):
    monkeypatch.setenv("GONGZHI_THREADS", "3")
    set_threads(None)
    assert thread_count() == 3
    set_threads(2)
    assert thread_count() == 2
    monkeypatch.delenv("GONGZHI_THREADS")
    set_threads(None)
    assert 1 <= thread_count() <= 4
    monkeypatch.setenv("GONGZHI_FORCE_PARALLEL", "1")
    set_threads(None)
    ranges = []
    over_rows(lambda start, stop: ranges.append(start), 2 * BLOCK)
    assert sorted(ranges) == [0, BLOCK]


@pytest.mark.parametrize("asked", ["0", "-1", "two", "1.5"])
def test_a_bad_number_of_threads_is_told(asked, monkeypatch):
    monkeypatch.setenv("GONGZHI_THREADS", asked)
    set_threads(None)
    with pytest.raises(GongzhiError, match="GONGZHI_THREADS"):
        thread_count()


def test_no_threads_at_all_is_told():
    with pytest.raises(GongzhiError, match="0 threads"):
        set_threads(0)


@pytest.mark.parametrize("kind", [GongzhiError, ScenarioError, StudyError, DataError, Departed])
def test_errors_tell_one_paragraph_and_cross_processes(kind):
    fault = kind(what="no such\n place", where="a.toml, line 3", why="Places are few.", instead="Use another")
    copy = pickle.loads(pickle.dumps(fault))
    assert type(copy) is kind
    assert str(copy) == str(fault) == "a.toml, line 3: no such place. Places are few. Use another."
    assert (copy.what, copy.where, copy.why, copy.instead) == (
        fault.what,
        fault.where,
        fault.why,
        fault.instead,
    )
    assert isinstance(fault, ValueError)
    assert str(kind(what="Short")) == "Short."
