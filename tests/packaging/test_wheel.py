"""The wheel works where nothing else is: in an empty environment, far from the sources, with the newest
versions of what it needs and with the lowest that it allows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from model.core._version import __version__
from tests.studies import small_study

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NAMES = (
    "model/py.typed",
    "model/ODD/README.md",
    "model/EXTENDING.md",
    "experiments/py.typed",
    "experiments/report/page.html.j2",
    "experiments/scenarios/wangzhuang.toml",
    "experiments/scenarios/wangzhuang.calibrated.toml",
    "experiments/locale/zh/LC_MESSAGES/gongzhi.mo",
    f"gongzhi-{__version__}.dist-info/licenses/LICENSE",
    f"gongzhi-{__version__}.dist-info/entry_points.txt",
)


def lowest() -> list[str]:
    """The lowest version of each dependency that pyproject allows, as pip's constraints."""
    bounds = [re.match(r"([\w-]+)>=([\d.]+)", text) for text in PYPROJECT["project"]["dependencies"]]
    return [f"{bound[1]}=={bound[2]}" for bound in bounds if bound]


def test_each_dependency_has_a_lower_bound_and_a_pin():
    assert len(lowest()) == len(PYPROJECT["project"]["dependencies"])
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").lower()
    for line in lowest():
        assert re.search(rf"^{line.partition('==')[0].lower()}==", pins, re.MULTILINE), line


def test_what_is_not_code_stands_in_the_packages():
    for name in NAMES:
        if not name.startswith("gongzhi-"):
            assert (ROOT / name).is_file(), name


def said(*command: object, cwd: Path, **environment: str) -> str:
    """What a command prints; it must succeed."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "GONGZHI", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    said(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT, cwd=folder)
    (made,) = folder.glob("*.whl")
    return made


@pytest.mark.slow
def test_the_wheel_holds_all_modules_and_data(wheel):
    """Does the built wheel hold what the packages need, and no stray files?"""
    found = set(zipfile.ZipFile(wheel).namelist())
    assert set(NAMES) <= found
    tracked = said("git", "ls-files", "model", "experiments", cwd=ROOT).split()
    assert {name for name in found if not name.startswith("gongzhi-")} == set(tracked)


@pytest.mark.slow
@pytest.mark.parametrize("versions", ["newest", "lowest"])
def test_the_wheel_works_in_an_empty_environment(wheel, tmp_path, versions):
    """Can one list, compare, and run and report a study with nothing but the wheel?"""
    empty, away = tmp_path / "environment", tmp_path / "away"
    away.mkdir()
    said(sys.executable, "-m", "venv", empty, cwd=away)
    scripts = empty / ("Scripts" if os.name == "nt" else "bin")
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("\n".join(lowest() if versions == "lowest" else []) + "\n")
    said(scripts / "python", "-m", "pip", "install", "-q", "-c", constraints, wheel, cwd=away)

    def gongzhi(*words: object) -> str:
        return said(scripts / "gongzhi", *words, cwd=away, GONGZHI_CACHE=str(tmp_path / "cache"))

    where = said(
        scripts / "python",
        "-c",
        "import model, experiments; print(model.__path__, experiments.__path__)",
        cwd=away,
    )
    assert where.count(str(empty)) == 2
    assert gongzhi("--version") == f"gongzhi {__version__}\n"
    assert "wangzhuang" in gongzhi("list")
    small_study(away / "study", seeds=2)
    hamlet = away / "study" / "hamlet.toml"
    hamlet.write_text(hamlet.read_text().replace("weeks = 20", "weeks = 52"))
    gongzhi("compare", "study/hamlet.toml", "--quick", "--workers", 2, "--out", "compared", "--lang", "zh")
    assert list((away / "compared").iterdir())
    assert "8 of 8 runs" in gongzhi("study", "run", "study", "--workers", 2)
    gongzhi("study", "report", "study", "--out", "report")
    assert list((away / "report").glob("*.html"))
