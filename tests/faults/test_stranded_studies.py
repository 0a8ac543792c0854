"""Can a study that another version made be exported, reported and diffed, and is nothing of it mixed or lost?

The folders under tests/data were made by commit 89f16f3 (version 0.1.0): ``study_0_1`` was finished, with
four failed runs; ``study_0_1_half`` was killed; ``study_0_1_said`` is what that version told of the first.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from experiments.cli import main
from experiments.report.study_page import save_report
from experiments.study import Study
from experiments.study.analysis.answers import answers
from experiments.study.commands.again import diff
from experiments.study.commands.export import export
from experiments.study.identity import before, made, software
from model.core.errors import StudyError
from tests.studies import change, small_study

DATA = Path(__file__).parents[1] / "data"
OLD, HALF, SAID = DATA / "study_0_1", DATA / "study_0_1_half", DATA / "study_0_1_said"


def copied(source: Path, folder: Path) -> Path:
    """A copy of a study's folder, with its times: tests write to it."""
    shutil.copytree(source, folder / source.name)
    return folder / source.name


def told_by(words: list[str]) -> None:
    """Run a command, which ends well."""
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 0


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return copied(OLD, tmp_path)


@pytest.fixture
def half(tmp_path: Path) -> Path:
    return copied(HALF, tmp_path)


def test_a_finished_study_is_exported_as_it_was_made(old: Path, tmp_path: Path) -> None:
    export(Study(old), tmp_path / "out")
    found, said = pd.read_csv(tmp_path / "out" / "series.csv"), pd.read_csv(SAID / "series.csv")
    said = said.rename(columns={"decision.b_peer": "b_peer"})
    pd.testing.assert_frame_equal(found[list(said.columns)], said, check_exact=True)
    runs = pd.read_csv(tmp_path / "out" / "runs.csv")
    assert runs["status"].value_counts().to_dict() == {"ok": 44, "failed": 4}
    facts = json.loads((tmp_path / "out" / "provenance.json").read_text())
    assert facts["made_by"] == "0.1.0"
    assert facts["model_fingerprint"].startswith("ad3b8a818a94")


def test_its_report_tells_the_same_figures_and_who_made_them(old: Path) -> None:
    found = answers(Study(old))
    found.save(old / "report")
    for name in ("effects", "costs", "ranking"):
        assert (old / "report" / f"{name}.csv").read_text("utf-8-sig") == (SAID / f"{name}.csv").read_text()
    assert "Made by version 0.1.0" in "\n".join(found.notes)


@pytest.mark.slow
def test_the_page_says_who_made_them(old: Path) -> None:
    en, zh = save_report(Study(old), old / "report")
    assert "Made by version 0.1.0 of gongzhi" in en.read_text(encoding="utf-8")
    assert "由 gongzhi 0.1.0 版算出" in zh.read_text(encoding="utf-8")


def test_status_and_run_say_who_made_it_and_nothing_is_run_unasked(
    half: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told_by(["study", "status", str(half)])
    told = capsys.readouterr().out
    assert "19 of 48 runs are stored" in told
    assert "made by version 0.1.0" in told
    assert "was stopped" in told
    before_run = sorted(file.name for file in half.rglob("*"))
    with pytest.raises(StudyError) as refused:
        Study(half).run(1)
    assert "19 by version 0.1.0" in str(refused.value)
    assert "cannot be mixed" in str(refused.value)
    assert "the 48 runs of this version with --again" in str(refused.value)
    assert sorted(file.name for file in half.rglob("*")) == before_run


def test_runs_of_two_versions_are_told_apart_and_never_mixed(half: Path, tmp_path: Path) -> None:
    change(half, "count = 6", "count = 1")
    stored = {s.row["key"] for _, s in Study(half).stored()}
    assert len(stored) == 8
    export(Study(half), tmp_path / "before")
    outcome = Study(half).run(1, again=True)
    assert outcome.computed == 8
    assert "8 more runs of the same design were made by version 0.1.0" in outcome.status.text()
    assert not {s.row["key"] for _, s in Study(half).stored()} & stored
    export(Study(half, made_by="ad3b8a"), tmp_path / "after")
    for name in ("runs.csv", "series.csv"):
        assert (tmp_path / "after" / name).read_bytes() == (tmp_path / "before" / name).read_bytes()
    with pytest.raises(StudyError, match=r"no run of the study was made by '0\.0\.7'"):
        _ = Study(half, made_by="0.0.7").design
    change(half, "count = 1", "count = 2")
    with pytest.raises(StudyError, match=r"8 of 16 runs are still to do.*--made-by ad3b8a818a94"):
        export(Study(half), tmp_path / "no")
    again = Study(half).run(1)
    assert again.computed == 8, "once begun, it is resumed without being asked again"
    assert again.status.others[0][1] == 16


def test_what_somebody_changed_since_is_not_taken_for_what_was_run(half: Path) -> None:
    hamlet = half / "hamlet.toml"
    hamlet.write_text(hamlet.read_text().replace("members = 20", "members = 21", 1))
    status = Study(half).status()
    assert (status.stored, status.stale) == (0, 19)


def test_two_studies_of_old_are_diffed(old: Path, half: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told_by(["study", "diff", str(old), str(half)])
    told = capsys.readouterr().out
    assert "weeks: 52 -> 20" in told
    assert "model:" not in told, "one version made both"


def another_version(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    """From here on the software is another one."""
    now = software.present()
    later = replace(now, model="f" * 64, versions={**now.versions, "gongzhi": version})
    for place in (
        "experiments.study.design.runs",
        "experiments.study.running.status",
        "experiments.study.analysis.answers",
    ):
        monkeypatch.setattr(f"{place}.present", lambda: later)


@pytest.fixture(scope="module")
def made_now(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_study(tmp_path_factory.mktemp("now") / "study", 1)
    Study(folder).run(1)
    return folder


def test_a_study_of_this_version_is_found_by_later_ones(
    made_now: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copied(made_now, tmp_path)
    export(Study(folder), tmp_path / "now")
    another_version(monkeypatch, "0.9.0")
    later = Study(folder)
    assert later.design.made is not None
    assert later.status().stored == 4
    export(later, tmp_path / "later")
    for name in ("runs.csv", "series.csv"):
        assert (tmp_path / "later" / name).read_bytes() == (tmp_path / "now" / name).read_bytes()
    assert "model: " in diff(Study(folder), Study(copied(OLD, tmp_path)))
    with pytest.raises(StudyError, match="--again"):
        later.run(1)
    change(folder, "every = 4", "every = 2")
    assert Study(folder).status().stale == 4, "what was recorded is part of what was asked"


def test_points_and_defaults_are_those_of_the_version_that_ran(
    made_now: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later version may draw other points and have other defaults: the note has those that were run."""
    folder = copied(made_now, tmp_path)
    (note,) = made.notes(folder).glob("*.json")
    facts = json.loads(note.read_text())
    assert facts["points"] == [{"decision.b_peer": 0.0}, {"decision.b_peer": 0.6}]
    facts["points"][1]["decision.b_peer"] = 0.25
    facts["scenario"]["decision"]["b_habit"] = 0.31
    note.write_text(json.dumps(facts))
    another_version(monkeypatch, "0.9.0")
    design = Study(folder).design
    assert [point["decision.b_peer"] for point in design.points] == [0.0, 0.25]
    assert design.loaded.scenario.decision.b_habit == 0.31
    assert Study(folder).status().stored == 4


@pytest.fixture
def unknown_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if another commit of version 0.1 had made the folder: its keys cannot be worked out."""
    monkeypatch.setitem(before._known(), "recording", "another")


@pytest.mark.usefixtures("unknown_keys")
def test_runs_whose_keys_cannot_be_worked_out_are_known_by_their_number(old: Path, tmp_path: Path) -> None:
    assert Study(old).status().stored == 48
    export(Study(old), tmp_path / "out")
    found, said = pd.read_csv(tmp_path / "out" / "series.csv"), pd.read_csv(SAID / "series.csv")
    assert found["skill_mean"].to_list() == said["skill_mean"].to_list()


@pytest.mark.usefixtures("unknown_keys")
def test_but_not_if_the_design_may_be_another_by_now(old: Path) -> None:
    hamlet = old / "hamlet.toml"
    hamlet.write_text(hamlet.read_text().replace("members = 20", "members = 21", 1))
    then = max(file.stat().st_mtime for file in (old / "runs").iterdir())
    os.utime(hamlet, (then + 3600,) * 2)
    status = Study(old).status()
    assert (status.stored, status.stale) == (0, 48)
