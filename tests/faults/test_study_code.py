"""F34: may the code of a study import what stands beside it, wherever it is run?"""

from __future__ import annotations

import errno
import sys
from pathlib import Path

import pytest

from experiments.study import Study
from experiments.study.design.code import own_phases, source_hash
from experiments.study.design.declared import design_of
from model.core.errors import StudyError
from tests.studies import change, small_study

CODE = """
import helper
from package.inner import one

def gives(model):
    import later
    assert (helper.NUMBER, one(), later.__name__) == ({number}, 1, "later")

def phases(default):
    return default.insert_after("ask", gives)
"""


def study_with(folder: Path, number: int = 7) -> Path:
    """A study whose code imports a module, a package whose module imports another, and one in a function."""
    change(small_study(folder, 1), 'name = "trial"', 'name = "trial"\ncode = "own.py"')
    (folder / "own.py").write_text(CODE.format(number=number))
    (folder / "helper.py").write_text(f"NUMBER = {number}\n")
    (folder / "later.py").write_text("")
    (folder / "package").mkdir()
    (folder / "package" / "__init__.py").write_text("")
    (folder / "package" / "inner.py").write_text("from .deep import ONE\n\ndef one():\n    return ONE\n")
    (folder / "package" / "deep.py").write_text("ONE = 1\n")
    return folder


def test_f34_modules_beside_the_code_are_found_and_each_study_has_its_own(tmp_path: Path) -> None:
    before = set(sys.path)
    folders = [study_with(tmp_path / str(n), n) for n in (1, 2)]
    for folder in folders + folders[:1]:
        outcome = Study(folder).run(1, retry_failed=True)
        assert outcome.status.failed == 0
        assert "helper" in sys.modules
    assert set(sys.path) == before
    assert not list(tmp_path.rglob("__pycache__")), "a study's folder holds what one put there"


@pytest.mark.slow
def test_f34_workers_find_them_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study_with(tmp_path / "study")
    monkeypatch.chdir(tmp_path)
    outcome = Study("study").run(2)
    assert (outcome.computed, outcome.failed) == (4, 0)


@pytest.mark.parametrize("name", ["own.py", "helper.py", "later.py", "package/inner.py", "package/deep.py"])
def test_f34_all_that_is_imported_is_part_of_the_key(tmp_path: Path, name: str) -> None:
    folder = study_with(tmp_path)
    key = design_of(folder).runs[0].key
    file = folder / name
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n") + b"# said\r\n")
    assert design_of(folder).runs[0].key == key, "line ends and comments carry no meaning"
    file.write_text(file.read_text() + "\nMORE = 1\n")
    assert design_of(folder).runs[0].key != key
    (folder / "unused.py").write_text("x = 1\n")


def test_f34_a_changed_helper_is_read_anew_in_the_same_process(tmp_path: Path) -> None:
    folder = study_with(tmp_path)
    own_phases(folder / "own.py")
    assert sys.modules["helper"].NUMBER == 7
    (folder / "helper.py").write_text("NUMBER = 8\n")
    own_phases(folder / "own.py")
    assert sys.modules["helper"].NUMBER == 8


def test_f34_a_missing_module_is_named_with_what_to_do(tmp_path: Path) -> None:
    folder = study_with(tmp_path)
    (folder / "helper.py").unlink()
    told = r"imports helper, which is not there.*put helper\.py beside own\.py"
    with pytest.raises(StudyError, match=told):
        Study(folder).run(1)
    assert not (folder / "runs").exists()
    assert Study(folder).status().pending == 4, "only what runs needs the code"


def test_a_file_beside_does_not_stand_for_what_all_runs_use(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit\n")
    (tmp_path / "own.py").write_text("import numpy, json\n\ndef phases(default):\n    return default\n")
    (tmp_path / "json.py").write_text("raise SystemExit\n")
    alone = source_hash(tmp_path / "own.py")
    (tmp_path / "json.py").unlink()
    assert source_hash(tmp_path / "own.py") == alone


BREAKS = """
import os

def breaks(model):
    if model.policy.name == "funding" and model.luck == 2:
        {what}

def phases(default):
    return default.insert_after("ask", breaks)
"""


@pytest.mark.parametrize(
    "what",
    [
        *(f"raise OSError({n}, os.strerror({n}))" for n in (errno.ENOSPC, errno.EIO)),
        "raise RuntimeError('x') from OSError(28, 'full')",
        "import a_module_that_is_not_installed",
    ],
)
def test_f16_a_fault_of_the_machine_is_no_failed_run(tmp_path: Path, what: str) -> None:
    change(small_study(tmp_path, 2), 'name = "trial"', 'name = "trial"\ncode = "own.py"')
    (tmp_path / "own.py").write_text(BREAKS.format(what=what))
    with pytest.raises(StudyError, match=r"the study stops.*not stored as failed.*what is stored stays"):
        Study(tmp_path).run(1)
    status = Study(tmp_path).status()
    assert (status.failed, status.stored) == (0, 5)
    (tmp_path / "own.py").write_text(BREAKS.format(what="pass"))
    assert Study(tmp_path).run(1).status.failed == 0


def test_a_fault_of_the_run_is_one(tmp_path: Path) -> None:
    change(small_study(tmp_path, 2), 'name = "trial"', 'name = "trial"\ncode = "own.py"')
    (tmp_path / "own.py").write_text(BREAKS.format(what=f"raise OSError({errno.ENOENT}, os.devnull)"))
    assert Study(tmp_path).run(1).failed == 2
