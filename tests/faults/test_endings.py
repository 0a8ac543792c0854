"""Is what was computed saved, whatever becomes of the printing, the disk, or the process?"""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import io
import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments import cli, compare
from experiments.compare import Comparison
from experiments.comparison.effects import DRIFTING
from experiments.comparison.summary import Findings
from experiments.report.basis import steadiness
from experiments.runs.parallel import RunFailed
from experiments.storage.files import alive, written_whole
from experiments.validation.calibrate import Calibration, Fitted
from experiments.words.blocks import markdown
from experiments.words.words import Words
from model.core.errors import GongzhiError
from model.scenario.scenario import Scenario
from tests.faults.injection import Disk, killed
from tests.reports import fake_comparison
from tests.worlds import SITTINGS, world

MINI = """
format = 1
name = "mini"
title_zh = "小区"
[run]
weeks = 52
spin_up = 8
[population]
persons = 600
households = 200
[organization.choir]
fields = ["arts"]
members = 40
[organization.helpers]
fields = ["elder_care"]
members = 40
[sitting.hearing]
field = "council"
every = "month"
places = 20
[status_quo.money]
kind = "grant"
amount_yuan = 60000
[policy.seats.residents]
kind = "train_residents"
amount_yuan = 8000
"""
COMPARE = sys.modules["experiments.compare"]
REFUSALS = (errno.ENOSPC, errno.EIO)


@pytest.fixture
def mini(tmp_path: Path) -> Path:
    file = tmp_path / "mini.toml"
    file.write_text(MINI, encoding="utf-8")
    return file


def small() -> Scenario:
    """Small, and in the order of P1, so that settings draws are kept."""
    return world(
        120,
        run={"weeks": 52, "spin_up": 3},
        decision={"b0": {"culture": -2.5, "service": -3.5, "deliberation": -7.0}},
        costs={"session_cost": {"registered": 60.0}},
        sitting={"forum": SITTINGS["forum"]},
        policy={"seats": {"seats": {"kind": "train_residents", "amount_yuan": 20_000.0}}},
    )


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare(small(), seeds=2, settings=0, workers=1)


def gongzhi(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(list(map(str, arguments)))
    assert isinstance(ended.value.code, int)
    return ended.value.code


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()}


# printing


@pytest.mark.slow
def test_f11_a_run_whose_reader_has_gone_is_saved(mini: Path, tmp_path: Path) -> None:
    """About 5 s."""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "experiments", "run", str(mini), "--weeks", "1", "--out", str(tmp_path / "x")],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        timeout=300,
        cwd=Path(__file__).parents[2],
    )
    os.close(write)
    assert done.returncode == 0
    assert f"Written to {tmp_path / 'x'}" in done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads((tmp_path / "x" / "provenance.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "fault", [BrokenPipeError(errno.EPIPE, "Broken pipe"), OSError(errno.ENOSPC, "full")]
)
def test_f11_everything_is_saved_before_anything_is_printed(
    fault: OSError,
    comparison: Comparison,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Printing fails at once: each command has written its files by then."""
    mine = tmp_path / "mine.toml"
    mine.write_text(MINI + CALIBRATED, encoding="utf-8")
    monkeypatch.setattr("experiments.validation.calibrate.calibrate", lambda *_, **__: FITTED)
    monkeypatch.setattr(COMPARE, "_run", lambda *_: None)
    monkeypatch.setattr(COMPARE, "_comparison", lambda *_: comparison)

    class Gone(io.StringIO):
        def write(self, _: str) -> int:
            raise fault

    monkeypatch.setattr(sys, "stdout", Gone())
    monkeypatch.setattr(cli.app, "_print_no_more", lambda: None)
    commands: tuple[tuple[object, ...], ...] = (
        ("run", mine, "--weeks", "1", "--out", tmp_path / "run"),
        ("compare", mine, "--workers", "1", "--out", tmp_path / "compare"),
        ("calibrate", mine, "--out", tmp_path / "layer.toml"),
    )
    for command in commands:
        assert gongzhi(*command) == (0 if isinstance(fault, BrokenPipeError) else 1)
        assert "bug" not in capsys.readouterr().err
    assert (tmp_path / "run" / "series.parquet").exists()
    assert (tmp_path / "compare" / "page.zh.md").exists()
    assert (tmp_path / "layer.toml").exists()


@pytest.mark.parametrize(
    "fails", [pytest.param("assembly.page_html", marks=pytest.mark.slow), "drawing.save_png"]
)
def test_f11_a_page_that_cannot_be_made_takes_no_table_with_it(
    fails: str, comparison: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> str:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(f"experiments.report.{fails}", breaks)
    with pytest.raises(RunFailed, match="all tables are written there") as told:
        comparison.save(tmp_path / "x")
    assert "a fault of ours" in str(told.value)
    there = set(content(tmp_path / "x"))
    assert {"table.parquet", "costs.csv", "page.en.md", "figure.zh.svg", "provenance.json"} <= there
    with pytest.raises(GongzhiError, match="language"):
        comparison.save(tmp_path / "y", ["en", "fr"])
    assert not (tmp_path / "y").exists()


# stops


def stopping(label: str, at: int, by: BaseException) -> Callable[[str, int, int], None]:
    def tell(now: str, done: int, total: int) -> None:
        if (now, done) == (label, at):
            raise by

    return tell


@pytest.mark.parametrize(
    ("label", "at", "said"),
    [
        ("seeds", 2, "2 of 3 seeds, 0 of 4 draws"),
        pytest.param("settings", 3, "3 of 3 seeds, 3 of 4 draws", marks=pytest.mark.slow),
    ],
)
def test_a_stopped_comparison_saves_what_is_finished(label: str, at: int, said: str, tmp_path: Path) -> None:
    out = tmp_path / "x"
    with pytest.raises(KeyboardInterrupt) as stop:
        compare(
            small(),
            seeds=3,
            settings=4,
            settings_persons=100,
            workers=1,
            out=out,
            progress=stopping(label, at, KeyboardInterrupt()),
        )
    draws = int(said.split(", ")[1].split()[0])
    facts = json.loads((out / "provenance.json").read_text(encoding="utf-8"))
    kept = facts["settings"]["kept"]
    assert (
        facts["settings"]["tried"]
        == facts["settings"]["dropped_p1"] + kept + (facts["settings"]["dropped_equilibrium"])
    )
    assert kept <= draws
    said = said.replace(f"{draws} of 4", f"{kept} of 4")
    assert stop.value.__notes__ == [f"What was finished is written to {out} (partial: {said})."]
    assert facts["partial"] == {
        "seeds": at if label == "seeds" else 3,
        "of_seeds": 3,
        "draws": kept,
        "of_draws": 4,
    }
    for file in out.glob("*.csv"):
        table = pd.read_csv(file)
        assert table.columns[-1] == "partial"
        assert (table["partial"] == said).all()
    for file in out.glob("*.parquet"):
        assert pd.read_parquet(file).columns[-1] == "partial"
    assert (out / "page.en.md").read_text(encoding="utf-8").startswith("**Partial:**")
    assert (out / "page.zh.md").read_text(encoding="utf-8").startswith("**未完成：**")
    for page in ("page.en.html", "figure.en.svg"):
        assert "Partial:" in (out / page).read_text(encoding="utf-8")
    assert not pd.read_csv(out / "costs.csv")["participants_estimable"].any() or kept > 1


@pytest.mark.slow
def test_what_is_finished_is_the_same_as_without_the_stop(comparison: Comparison, tmp_path: Path) -> None:
    """About 4 s."""
    with pytest.raises(KeyboardInterrupt):
        compare(
            small(),
            seeds=3,
            settings=0,
            workers=1,
            out=tmp_path,
            progress=stopping("seeds", 2, KeyboardInterrupt()),
        )
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "table.parquet").drop(columns="partial"), comparison.table
    )


def test_too_little_is_not_saved_and_nothing_without_a_folder(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt) as stop:
        compare(
            small(),
            seeds=3,
            settings=0,
            workers=1,
            out=tmp_path / "x",
            progress=stopping("seeds", 1, KeyboardInterrupt()),
        )
    assert stop.value.__notes__ == ["Nothing was written: a page needs 2 pairs of seeds, and 1 had been run."]
    assert not (tmp_path / "x").exists()
    with pytest.raises(KeyboardInterrupt) as stop:
        compare(small(), seeds=3, settings=0, workers=1, progress=stopping("seeds", 2, KeyboardInterrupt()))
    assert not hasattr(stop.value, "__notes__")


@pytest.mark.slow
def test_a_run_that_fails_leaves_the_others(tmp_path: Path) -> None:
    """About 4 s."""
    with pytest.raises(RunFailed) as failed:
        compare(
            small(),
            seeds=3,
            settings=0,
            workers=1,
            out=tmp_path / "x",
            progress=stopping("seeds", 2, RunFailed(what="no memory")),
        )
    assert "2 of 3 seeds" in failed.value.__notes__[0]
    assert (tmp_path / "x" / "page.en.md").exists()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_comparison_with_what_is_finished(
    number: int, code: int, mini: Path, tmp_path: Path
) -> None:
    """About 30 s each."""
    out = tmp_path / "x"
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            SIGNALLED,
            "compare",
            str(mini),
            "--seeds",
            "40",
            "--out",
            str(out),
            "--workers",
            "2",
        ],
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stderr is not None
    while "seeds: 4 of 40" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(number)
    _, err = process.communicate(timeout=120)
    assert process.returncode == code
    assert (
        err.strip().splitlines()[-1].startswith(f"Stopped. What was finished is written to {out} (partial: ")
    )
    assert "Traceback" not in err
    assert not list(out.glob(".draft*"))
    assert "partial" in json.loads((out / "provenance.json").read_text(encoding="utf-8"))


SIGNALLED = """
import experiments.cli.progress as p
p.EVERY = 0.0
from experiments.__main__ import main
if __name__ == "__main__":
    main()
"""

# the disk

CALIBRATED = """
[targets.culture]
outcome = "reach_culture"
value = 0.3
tolerance = 0.1
source = "report"
[free.base]
parameter = "decision.b0.culture"
low = -7.0
high = -4.0
"""
FITTED = Calibration(
    scenario="mini",
    fitted=(Fitted("decision.b0.culture", -5.0, 0.1, -7.0, -4.0, 0.1),),
    figures={"culture": (0.3, 0.3, 0.1, "report")},
    seeds=(101, 102),
    evaluations=3,
    rounds=1,
)


def refused_everywhere(
    folder: Path,
    work: Callable[[], int],
    capsys: pytest.CaptureFixture[str],
    *,
    every: int,
    error: int,
    lasting: bool = False,
) -> int:
    """``work`` with a disk that refuses at write 0, ``every``, 2 ``every`` ...: what was in the folder stays
    as it was to the byte, nothing is added, and one message is said. Returns the number of writes."""
    before = content(folder)
    at = 0
    while True:
        with Disk(folder, at, error, lasting=lasting) as disk:
            code = work()
        err = capsys.readouterr().err
        if not disk.struck:
            assert code == 0
            assert list(folder.glob(".*")) == []
            return len(disk.seen)
        said = [line for line in err.splitlines() if "font" not in line and "mini.toml:" not in line]
        assert code in (1, 2), (disk.seen[at], err)
        assert len(said) == 1, (disk.seen[at], err)
        assert os.strerror(error) in said[0]
        assert "Written" not in err
        assert content(folder) == before, disk.seen[at]
        assert [p for p in folder.rglob("*") if p.name.startswith(".")] == [], disk.seen[at]
        at += every


@pytest.mark.parametrize(
    ("every", "error"), [(9, errno.ENOSPC), *(pytest.param(1, e, marks=pytest.mark.slow) for e in REFUSALS)]
)
def test_a_disk_that_refuses_a_run_leaves_the_folder_as_it_was(
    every: int, error: int, mini: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All writes in turn: about 40 s for each error."""
    out = tmp_path / "out"
    assert gongzhi("run", mini, "--weeks", "1", "--luck", "7", "--out", out) == 0
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    capsys.readouterr()
    writes = refused_everywhere(
        out, lambda: gongzhi("run", mini, "--weeks", "1", "--out", out), capsys, every=every, error=error
    )
    assert writes > 25
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("every", "error"),
    [
        *(pytest.param(1, e, marks=pytest.mark.slow) for e in REFUSALS),
    ],
)
def test_a_disk_that_refuses_a_comparison_leaves_the_folder_as_it_was(
    every: int,
    error: int,
    comparison: Comparison,
    mini: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All writes in turn: about 3 min for each error."""
    out = tmp_path / "out"
    named = comparison.scenario.model_copy(update={"name": "mini"})
    comparison = dataclasses.replace(comparison, scenario=named)
    comparison.save(out)
    for name in ("table.csv", "costs.parquet", "page.en.md", "figure.zh.png"):
        (out / name).write_text(f"an older {name}", encoding="utf-8")
    monkeypatch.setattr(COMPARE, "_run", lambda *_: None)
    monkeypatch.setattr(COMPARE, "_comparison", lambda *_: comparison)
    capsys.readouterr()
    writes = refused_everywhere(
        out,
        lambda: gongzhi("compare", mini, "--workers", "1", "--out", out),
        capsys,
        every=every,
        error=error,
        lasting=error == errno.ENOSPC,
    )
    assert writes > 80


@pytest.mark.parametrize("error", REFUSALS)
def test_a_disk_that_refuses_a_calibration_leaves_the_layer_as_it_was(
    error: int, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    file = folder / "mini.toml"
    file.write_text(MINI + CALIBRATED, encoding="utf-8")
    (folder / "mini.calibrated.toml").write_text("# an older one\nformat = 1\n", encoding="utf-8")
    monkeypatch.setattr("experiments.validation.calibrate.calibrate", lambda *_, **__: FITTED)
    work = lambda: gongzhi("calibrate", file)  # noqa: E731
    assert refused_everywhere(folder, work, capsys, every=1, error=error) >= 5
    assert "decision.b0.culture = -5.0" in (folder / "mini.calibrated.toml").read_text(encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no fork")
def test_a_process_that_is_killed_at_any_write_leaves_whole_files(tmp_path: Path) -> None:
    """Every file is the old or the new one, and the next command clears up."""
    folder = tmp_path / "out"
    names = ("a.csv", "b.parquet", "page.md", "provenance.json")
    old, new = ({name: f"{word} {name}".encode() * 9 for name in names} for word in ("old", "new"))

    def write(files: dict[str, bytes]) -> None:
        with written_whole(folder, first="provenance.json") as draft:
            for name, text in files.items():
                (draft / name).write_bytes(text)

    write(old)
    at = 0
    states = set()
    while killed(folder, at, lambda: write(new)):
        there = content(folder)
        assert set(there) == set(names)
        assert all(there[name] in (old[name], new[name]) for name in there)
        if there not in (old, new):
            assert there["provenance.json"] == new["provenance.json"]  # whose hashes tell what is not whole
        states.add("old" if there == old else "new" if there == new else "torn")
        write(old)
        assert content(folder) == old
        assert list(folder.glob(".*")) == []
        at += 1
    assert at > 15
    assert states == {"old", "torn", "new"}


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no fork")
def test_a_comparison_that_is_killed_at_ten_moments_is_whole_or_known_as_torn(
    comparison: Comparison, tmp_path: Path
) -> None:
    """About 20 s."""
    out = tmp_path / "out"
    older = dataclasses.replace(comparison, first_seed=9, notes=["older"])
    comparison.save(tmp_path / "new")
    new = content(tmp_path / "new")
    with Disk(tmp_path, 10**6, None) as disk:
        older.save(out)
    old, writes = content(out), len(disk.seen)
    states = set()
    for moment in range(10):
        assert killed(tmp_path, (2 * moment + 1) * writes // 20, lambda: comparison.save(out))
        there = content(out)
        assert set(there) == set(old)
        assert all(there[name] in (old[name], new[name]) for name in there)
        listed = json.loads(there["provenance.json"])["files"]
        whole = all(hashlib.sha256(there[name]).hexdigest() == was for name, was in listed.items())
        assert whole == (there in (old, new))
        states.add(whole)
        older.save(out)
        assert content(out) == old
        assert [p for p in out.iterdir() if p.name.startswith(".")] == []
    assert True in states


def test_a_process_number_is_looked_up() -> None:
    assert alive(os.getpid())
    ended = subprocess.Popen([sys.executable, "-c", "pass"])
    ended.wait()
    assert not alive(ended.pid)


# a baseline that is zero


def test_s14_a_figure_that_is_zero_at_first_has_no_relative_drift(recwarn: pytest.WarningsRecorder) -> None:
    yearly = np.ones((3, 2, len(DRIFTING)))
    yearly[:, 1, 2:] = 1.02
    yearly[:, :, 0] = 0.0  # nobody in either year
    yearly[:, 0, 1] = 0.0  # somebody in the last one
    findings = Findings.__new__(Findings)
    findings.years, findings.drifting = 2, yearly
    drift = findings.drift()
    still, grown, *others = drift["drift_per_year"]
    assert (still, bool(drift["met"][0])) == (0, True)
    assert math.isnan(grown)
    assert not drift["met"][1]
    assert others == pytest.approx([0.02] * len(others))
    fake = dataclasses.replace(fake_comparison(), drift=drift)
    for lang, name in (("en", "voluntary service"), ("zh", "志愿服务")):
        words = Words(lang)
        told = markdown(steadiness(words, fake))  # type: ignore[arg-type]
        assert "–" not in told
        assert "nan" not in told
        assert name in told[told.index(words._("Zero in the first year, and no longer in the last:")) :]
    assert not [w for w in recwarn.list if issubclass(w.category, RuntimeWarning)]
