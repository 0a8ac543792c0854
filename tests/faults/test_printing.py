"""Are all characters written, and the files the same, whatever the streams can hold?"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from experiments import cli, compare
from experiments.compare import Comparison
from tests.faults.test_endings import COMPARE, MINI, content, small

ENCODINGS = ("cp1252", "gbk", "ascii", "ascii:strict")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare(small(), seeds=2, settings=0, workers=1)


@pytest.fixture
def mini(tmp_path: Path) -> Path:
    file = tmp_path / "mini.toml"
    file.write_text(MINI.replace("weeks = 52", "weeks = 2"), encoding="utf-8")
    return file


def gongzhi(monkeypatch: pytest.MonkeyPatch, encoding: str, *arguments: object) -> tuple[int, str]:
    """The exit code and what the command printed, to streams of the encoding, as they are decoded again."""
    out, err = io.BytesIO(), io.BytesIO()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", io.TextIOWrapper(out, encoding=encoding))
        patched.setattr(sys, "stderr", io.TextIOWrapper(err, encoding=encoding))
        with pytest.raises(SystemExit) as ended:
            cli.main(list(map(str, arguments)))
        sys.stdout.flush()
        sys.stderr.flush()
        told, said = out.getvalue(), err.getvalue()
    assert b"bug" not in said
    return int(ended.value.code or 0), told.decode(encoding)


def escaped(text: str, encoding: str) -> str:
    return text.encode(encoding, "backslashreplace").decode(encoding)


@pytest.mark.parametrize(
    "encoding", ["gbk", *(pytest.param(e, marks=pytest.mark.slow) for e in ("cp1252", "ascii"))]
)
def test_f10_what_a_stream_lacks_is_escaped_and_none_dropped(
    encoding: str,
    comparison: Comparison,
    mini: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """About 10 s for each encoding that is slow."""
    monkeypatch.setattr(COMPARE, "_run", lambda *_: None)
    monkeypatch.setattr(COMPARE, "_comparison", lambda *_: comparison)
    commands = (
        ("list",),
        ("show", "wangzhuang"),
        ("run", mini, "--lang", "zh", "--out", "{out}/run"),
        ("compare", mini, "--weeks", "52", "--lang", "zh", "--workers", "1", "--out", "{out}/compare"),
    )
    for command in commands:
        told = {}
        for name in ("utf-8", encoding):
            asked = [str(part).format(out=tmp_path / name) for part in command]
            code, told[name] = gongzhi(monkeypatch, name, *asked)
            assert code == 0
        assert told[encoding] == escaped(told["utf-8"], encoding), command
        assert told["utf-8"].strip()
    for kind in ("run", "compare"):
        assert content(tmp_path / encoding / kind) == content(tmp_path / "utf-8" / kind)


@pytest.mark.parametrize("streams", ["1", "0,1,2"])
def test_f10_streams_that_are_closed_are_no_fault(streams: str, tmp_path: Path) -> None:
    """And files that are opened afterwards do not get what others print."""
    code = (
        "import os\n"
        f"for n in ({streams},): os.close(n)\n"
        "os.execv(os.environ['PYTHON'], [os.environ['PYTHON'], '-m', 'experiments', 'list'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        env=os.environ | {"PYTHON": sys.executable},
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert ("wangzhuang" in done.stdout) == ("1" not in streams)


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_f10_commands_end_well_in_every_encoding(encoding: str, mini: Path, tmp_path: Path) -> None:
    """Whole commands in processes of their own, with workers: about 20 s for each encoding."""
    study = tmp_path / "study"
    commands: tuple[tuple[object, ...], ...] = (
        ("list",),
        ("show", "wangzhuang"),
        ("run", mini, "--lang", "zh", "--seeds", "2", "--workers", "2"),
        ("compare", mini, "--quick", "--weeks", "52", "--lang", "zh", "--out", tmp_path / "x"),
        ("study", "new", study, "--scenario", mini, "--policy", "seats", "--policy", "none", "--seeds", "1"),
        ("study", "status", study),
        ("nowhere",),
    )
    for command in commands:
        done = subprocess.run(
            [sys.executable, "-m", "experiments", *map(str, command)],
            capture_output=True,
            timeout=600,
            cwd=ROOT,
            env=os.environ | {"PYTHONIOENCODING": encoding},
        )
        assert done.returncode == (2 if command == ("nowhere",) else 0), (command, done.stderr)
        assert b"bug" not in done.stderr
        assert b"Traceback" not in done.stderr
