"""Does what the README prints run, in a folder that knows nothing?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from experiments.cli.app import app
from experiments.compare import compare
from experiments.loading.load import load
from experiments.report.box import reasons_against
from experiments.words.words import Words
from model.scenario.scenario import adults_of
from tests.readme.commands import commands, scenarios

QUICK = ("list", "show", "instruments", "outcomes", "parameters", "new")
"""Commands that run nothing."""
HALF_A_MINUTE = ("run", "compare")
"""Commands that have ``--quick``."""


def folder(tmp_path: Path) -> Path:
    (tmp_path / "smaller.toml").write_text(scenarios()[0], encoding="utf-8")
    return tmp_path


def test_the_commands_that_run_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = []
    for arguments in commands():
        if arguments[0] in QUICK:
            result = CliRunner().invoke(app, arguments, catch_exceptions=False)
            assert result.exit_code == 0, (arguments, result.output)
            ran.append(arguments[0])
    assert {"list", "show", "instruments", "new"} <= set(ran)
    assert (tmp_path / "ours.toml").exists()


def test_the_example_makes_sense(tmp_path: Path) -> None:
    (text,) = scenarios()
    loaded = load(folder(tmp_path) / "smaller.toml")
    scenario = loaded.scenario
    assert 'extends = "wangzhuang"' in text
    assert scenario.population.persons == 6000
    members = sum(one.members for one in scenario.organization.values())
    assert members <= adults_of(scenario.population) / 4
    assert [one.code for one in loaded.warnings] == ["not_calibrated"]
    assert not any(one.severe for one in loaded.warnings)


@pytest.mark.slow
def test_the_examples_page_has_no_box(tmp_path: Path) -> None:
    """The README's own scenario, compared: nothing speaks against its page."""
    found = compare(str(folder(tmp_path) / "smaller.toml"), ["seats"], seeds=4, settings=8)
    assert list(reasons_against(Words("en"), found)) == []
    assert "not fitted" in found.page("en")
    assert "未拟合" in found.page("zh")


@pytest.mark.slow
def test_every_command_as_printed(tmp_path: Path) -> None:
    """Every `gongzhi` line of the README in one folder, in order, as a user would type them."""
    command = [sys.executable, "-m", "experiments"]
    root = str(Path(__file__).parents[2])
    for arguments in commands():
        done = subprocess.run(
            [*command, *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": root, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, (arguments, done.stderr[-2000:])


@pytest.mark.slow
def test_commands_with_quick(tmp_path: Path) -> None:
    """The commands that have `--quick`, with it."""
    root = str(Path(__file__).parents[2])
    printed = [arguments for arguments in commands() if arguments[0] in ("new", *HALF_A_MINUTE)]
    for arguments in printed:
        quick = arguments[0] in HALF_A_MINUTE and "--quick" not in arguments
        done = subprocess.run(
            [sys.executable, "-m", "experiments", *arguments, *(["--quick"] if quick else [])],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": root, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, (arguments, done.stderr[-2000:])
