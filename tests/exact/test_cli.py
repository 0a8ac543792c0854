"""Does the command line answer plainly: light help, one message for bad input, the promised exit codes?"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

import experiments.loading.sources  # noqa: F401 - patched below
from experiments import cli
from experiments.runs.parallel import RunFailed
from experiments.storage import stops
from model.core.errors import GongzhiError

HEAVY = ("numba", "mesa", "pandas", "scipy", "matplotlib", "numpy", "pyarrow", "jinja2")


def gongzhi(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize(
    "arguments", [["--help"], ["compare", "--help"], ["run", "--help"], ["run", "--seeds", "x"]]
)
def test_help_is_light(arguments: list[str]) -> None:
    code = (
        "import sys, atexit; from experiments.cli import main\n"
        f"atexit.register(lambda: print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr))\n"
        f"main({arguments})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == (0 if "--help" in arguments else 2)
    assert done.stderr.strip().splitlines()[-1] == "[]"


def test_help_is_complete(capsys: pytest.CaptureFixture[str]) -> None:
    assert gongzhi("--help") == 0
    told = capsys.readouterr().out
    for command in ("run", "compare", "list", "show", "calibrate", "verify"):
        assert f"\n  {command} " in told
        assert gongzhi(command, "--help") == 0
        assert "Usage: gongzhi" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bogus"], "bogus"),
        (["run"], "scenario"),
        (["run", "nowhere"], "wangzhuang"),
        (["run", "no/such.toml"], "no such file"),
        (["run", "wangzhuang", "--seeds", "0"], "--seeds"),
        (["run", "wangzhuang", "--sed", "1"], "--sed"),
        (["run", "wangzhuang", "--lang", "fr"], "fr"),
        (["run", "wangzhuang", "--policy", "fundng"], "fundng"),
        (["run", "wangzhuang", "--policy", "funding", "--policy", "funding"], "named twice"),
        (["run", "wangzhuang", "--set", "decision.b_per=1"], "b_peer"),
        (["run", "wangzhuang", "--set", "decision.b_peer=nan"], "b_peer"),
        (["run", "wangzhuang", "--out", "pyproject.toml"], "not a folder"),
        (["compare", "wangzhuang", "--policy", "none"], "baseline"),
        (["compare", "wangzhuang", "--weeks", "60"], "years"),
        (["compare", "wangzhuang", "--budget", "-3"], "budget"),
        (["compare", "wangzhuang", "--out", "/proc/nowhere/x"], "cannot be written"),
        (["show", "wangzhuang", "--guess"], "--guess"),
    ],
)
def test_bad_input_is_one_message(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    assert gongzhi(*arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    assert said in err
    assert "Traceback" not in err


def test_list_and_show(capsys: pytest.CaptureFixture[str]) -> None:
    assert gongzhi("list") == 0
    assert "wangzhuang: " in capsys.readouterr().out
    assert gongzhi("show", "wangzhuang", "--set", "decision.b_peer=0.25") == 0
    line = next(x for x in capsys.readouterr().out.splitlines() if x.startswith("decision.b_peer "))
    assert "0.25" in line
    assert "--set" in line
    assert gongzhi("show", "wangzhuang", "--guesses") == 0
    assert "parameters are guesses" in capsys.readouterr().out


def test_run_writes_its_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = (
        "--set",
        "population.persons=4000",
        "--set",
        "population.households=1200",
        "--set",
        "run.spin_up=4",
    )
    options = ("--policy", "none", "--policy", "training", "--seeds", "2", "--weeks", "3", "--workers", "1")
    assert gongzhi("run", "wangzhuang", *small, *options, "--out", str(tmp_path / "out")) == 0
    assert "training" in capsys.readouterr().out
    table = pd.read_parquet(tmp_path / "out" / "series.parquet")
    assert len(table) == 2 * 2 * 4 * 19
    assert set(table["policy"]) == {"none", "training"}
    assert set(table["luck"]) == set(table["world"]) == {1, 2}
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "dictionary.csv",
        "ledger.csv",
        "ledger.parquet",
        "provenance.json",
        "series.csv",
        "series.parquet",
    ]


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (GongzhiError(what="bad input"), 2, "bad input"),
        (RunFailed(what="a run failed"), 1, "a run failed"),
        (KeyboardInterrupt(), 130, "Interrupted"),
    ],
)
def test_exit_codes(
    raised: BaseException,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fails(*_: object) -> None:
        raise raised

    monkeypatch.setattr(sys.modules["experiments.loading.sources"], "names", fails)
    assert gongzhi("list") == code
    err = capsys.readouterr().err
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_a_bug_leaves_a_crash_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(sys.modules["experiments.loading.sources"], "names", lambda: 1 / 0)
    assert gongzhi("list") == 1
    err = capsys.readouterr().err
    (crash,) = tmp_path.iterdir()
    assert "this is a bug in gongzhi" in err.lower()
    assert str(crash) in err
    assert "Traceback" not in err
    assert "ZeroDivisionError" in crash.read_text()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_an_interrupted_comparison_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    code = "from experiments.cli import main; main()"
    command = [
        sys.executable,
        "-c",
        code,
        "compare",
        "wangzhuang",
        "--workers",
        "2",
        "--out",
        str(tmp_path / "o"),
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    time.sleep(6)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "othing was written" in err.strip().splitlines()[-1]
    assert "Traceback" not in err
    assert not (tmp_path / "o").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no timers that raise signals")
def test_an_interruption_that_is_swallowed_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stops, "AGAIN_SECONDS", 0.1)
    before = signal.getsignal(signal.SIGINT)

    def interrupted() -> None:
        with stops.heard_interruptions():
            with contextlib.suppress(KeyboardInterrupt):
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(10)
            time.sleep(10)

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert signal.getsignal(signal.SIGINT) == before
    time.sleep(0.3)  # and then no more
