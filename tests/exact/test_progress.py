"""Is nobody left without a word while long work goes on, and nobody told who did not ask?"""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from experiments import compare
from experiments.cli import progress
from experiments.cli.progress import COMPILING, Lines, bars, compiling_is_told, lasting, say
from tests.worlds import SITTINGS, world


def test_a_line_comes_whenever_none_was_written_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.1)
    said: list[str] = []
    with Lines(said.append) as lines:
        time.sleep(0.5)
        lines.tell("seeds", 0, 10)
        time.sleep(0.4)
        lines.tell("seeds", 3, 10)
        time.sleep(0.4)
    assert said[0].startswith("starting: ")
    assert any(line == "seeds: 0 of 10 done" for line in said)
    assert any(line.startswith("seeds: 3 of 10 done, about ") and line.endswith(" left") for line in said)
    assert 6 <= len(said) <= 14
    before = len(said)
    time.sleep(0.3)
    assert len(said) == before


def test_short_work_and_quiet_work_are_silent(capsys: pytest.CaptureFixture[str]) -> None:
    with bars() as tell:
        assert tell is not None
        tell("seeds", 1, 2)
    with bars(quiet=True) as tell:
        assert tell is None
    assert capsys.readouterr() == ("", "")


def test_compiling_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    said: list[str] = []
    logger = logging.getLogger("gongzhi.compiling")
    with compiling_is_told(said.append):
        logger.info("compiling one")
        logger.info("compiling another")
    logger.info("nobody listens")
    assert said == [COMPILING]


def test_a_stream_that_is_closed_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    say("a line")
    monkeypatch.setattr(sys, "stderr", None)
    with bars() as tell:
        assert tell is None


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "1 s"), (75, "75 s"), (200, "3 min"), (5399, "90 min"), (7200, "2.0 h")]
)
def test_durations_are_said_as_persons_do(seconds: float, said: str) -> None:
    assert lasting(seconds) == said


def test_the_library_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    small = world(
        60,
        run={"weeks": 52, "spin_up": 1},
        sitting={"forum": SITTINGS["forum"]},
        policy={"seats": {"seats": {"kind": "train_residents", "amount_yuan": 2_000.0}}},
    )
    compare(small, seeds=2, settings=0, workers=1)
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_no_forty_seconds_without_a_line_even_while_kernels_are_compiled(tmp_path: Path) -> None:
    """About a minute, of which 40 s are compiling."""
    file = tmp_path / "mini.toml"
    from tests.faults.test_endings import MINI

    file.write_text(MINI, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "experiments", "compare", str(file), "--seeds", "4", "--settings", "4"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"GONGZHI_CACHE": str(tmp_path / "cache")},
        cwd=Path(__file__).parents[2],
    )
    assert process.stderr is not None
    lines, last, gap = [], 0.0, 0.0
    for line in process.stderr:
        now = time.monotonic()
        gap, last = max(gap, now - last if last else 0.0), now
        lines.append(line.strip())
    assert process.wait() == 0
    assert max(gap, time.monotonic() - last) < 40
    assert lines.count(COMPILING) == 1
