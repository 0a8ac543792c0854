"""Does a folder hold one experiment, whole, and nobody's file lost?"""

from __future__ import annotations

import hashlib
import json
import logging
import sys
from pathlib import Path

import pandas as pd
import pytest

from experiments.cli import main
from experiments.storage.files import refuse_unwritable
from experiments.storage.folders import NOTE, Experiment, one_experiment, refuse_mixture
from experiments.study import Study
from experiments.study.commands.export import export
from model.core.errors import GongzhiError
from tests.studies import small_study

MINI = """
format = 1
name = "mini"
[run]
weeks = 52
spin_up = 2
[population]
persons = 120
households = 50
[organization.choir]
fields = ["arts"]
members = 10
[status_quo.money]
kind = "grant"
amount_yuan = 6000
[policy.funding.grants]
kind = "grant"
amount_yuan = 1200
[policy.seats.residents]
kind = "train_residents"
amount_yuan = 800
"""
RUN = Experiment("run", "mini", ("none", "funding"))
OTHERS = (
    Experiment("compare", "mini", ("none", "funding")),
    Experiment("study export", "mini", ("none", "funding")),
    Experiment("study report", "mini", ("none", "funding")),
    Experiment("run", "other", ("none", "funding")),
    Experiment("run", "mini", ("none",)),
    Experiment("run", "mini", ("none", "funding", "seats")),
)


def gongzhi(*arguments: str) -> object:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return ended.value.code or 0


def write(folder: Path, experiment: Experiment, *names: str, text: str = "a\n") -> None:
    with one_experiment(folder, experiment, {"seeds": 3}) as draft:
        for name in names:
            (draft / name).write_text(text)


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.parametrize("other", OTHERS, ids=str)
@pytest.mark.parametrize("swapped", [False, True])
def test_f27_another_experiment_is_refused_and_nothing_changes(
    tmp_path: Path, other: Experiment, swapped: bool
) -> None:
    first, second = (other, RUN) if swapped else (RUN, other)
    write(tmp_path, first, "dictionary.csv", "series.csv")
    (tmp_path / "mine.txt").write_text("mine")
    before = files(tmp_path)
    with pytest.raises(GongzhiError) as caught:
        write(tmp_path, second, "dictionary.csv", "page.md")
    for said in (str(tmp_path), str(first), str(second), "another folder"):
        assert said in str(caught.value)
    assert files(tmp_path) == before


def test_f27_the_same_experiment_replaces_all_of_its_own_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, RUN, "dictionary.csv", "series.csv", "series.parquet")
    (tmp_path / "mine.txt").write_text("mine")
    again = Experiment("run", "mini", ("funding", "none"))
    write(tmp_path, again, "dictionary.csv", "series.csv", text="b\n")
    assert set(files(tmp_path)) == {NOTE, "mine.txt", "dictionary.csv", "series.csv"}
    note = json.loads((tmp_path / NOTE).read_text())
    assert note["files"] == {n: hashlib.sha256(b"b\n").hexdigest() for n in ("dictionary.csv", "series.csv")}
    assert (note["command"], note["of"], note["seeds"]) == ("run", "mini", 3)


def test_f27_changed_and_half_written_results_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, RUN, "a.csv", "b.csv", "c.csv")
    (tmp_path / "b.csv").write_text("half")
    (tmp_path / "c.csv").unlink()
    with caplog.at_level(logging.WARNING, "gongzhi"):
        write(tmp_path, RUN, "a.csv", "b.csv", "c.csv")
    told = [record.getMessage() for record in caplog.records]
    assert [one.split()[0] for one in told] == [str(tmp_path / name) for name in ("b.csv", "c.csv")]
    caplog.clear()
    write(tmp_path, RUN, "a.csv", "b.csv", "c.csv")
    assert not caplog.records


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"name": "mine"}', '{"runs": 3}', "\udcff"])
def test_f27_a_provenance_of_something_else_is_not_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / NOTE).write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(GongzhiError, match="stands there already"):
        write(tmp_path, RUN, "series.csv")
    assert set(files(tmp_path)) == {NOTE}


def test_f27_somebody_s_own_table_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "series.csv").write_text("mine")
    with pytest.raises(GongzhiError, match=r"series\.csv stands there already"):
        write(tmp_path, RUN, "series.csv")
    assert files(tmp_path) == {"series.csv": b"mine"}


def test_f27_a_folder_of_version_0_1_is_known(tmp_path: Path) -> None:
    old = {"scenario": "mini", "policies": ["funding", "seats"], "settings": {}, "seeds": 10}
    (tmp_path / NOTE).write_text(json.dumps(old))
    (tmp_path / "table.csv").write_text("old")
    with pytest.raises(GongzhiError, match="gongzhi compare of mini"):
        refuse_mixture(tmp_path, RUN)
    write(tmp_path, Experiment("compare", "mini", ("funding", "seats")), "table.csv")
    assert (tmp_path / "table.csv").read_text() == "a\n"


def test_f27_commands_refuse_before_they_compute(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mini.toml").write_text(MINI)
    mini, mix = str(tmp_path / "mini.toml"), str(tmp_path / "mix")
    run = ("run", mini, "--weeks", "2", "--workers", "1", "--out", mix)
    chosen = ("--outcome", "reach_culture_share", "--group", "all", "--format", "csv")
    assert gongzhi(*run, *chosen) == 0
    assert gongzhi(*run, "--seeds", "2", "--format", "parquet") == 0
    assert not list((tmp_path / "mix").glob("series.csv")), "an earlier run's table does not stay"
    assert gongzhi(*run, *chosen) == 0
    table = pd.read_csv(tmp_path / "mix" / "series.csv")
    assert list(table.columns)[3:] == ["week", "community", "group", "reach_culture_share"]
    assert set(table["group"]) == {"all"}
    assert len(table) == 3
    before = files(tmp_path / "mix")
    capsys.readouterr()
    for module, never in (("experiments.runs.parallel", "map_tasks"), ("experiments.compare", "compare")):
        monkeypatch.setattr(sys.modules[module], never, None)
    assert gongzhi("compare", mini, "--out", mix) == 2
    assert "gongzhi run of mini (none)" in capsys.readouterr().err
    assert gongzhi(*run, "--policy", "seats") == 2
    assert gongzhi(*run, "--outcome", "reach_cultur_share") == 2
    assert "reach_culture_share" in capsys.readouterr().err
    assert gongzhi(*run, "--group", "age:6069") == 2
    assert "age:60-69" in capsys.readouterr().err
    assert files(tmp_path / "mix") == before
    with pytest.raises(GongzhiError, match="gongzhi run of mini"):
        export(Study(small_study(tmp_path / "study", seeds=1)), mix, partly=True)
    assert files(tmp_path / "mix") == before


def test_f27_a_study_and_other_results_do_not_share_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mini.toml").write_text(MINI, encoding="utf-8")
    write(tmp_path / "taken", RUN, "table.csv")
    assert gongzhi("study", "new", "taken", "--scenario", "mini.toml") == 2
    assert "holds results of gongzhi run" in capsys.readouterr().err
    assert not (tmp_path / "taken" / "study.toml").exists()
    assert gongzhi("study", "new", "mine", "--scenario", "mini.toml") == 0
    assert gongzhi("run", "mini.toml", "--out", "mine") == 2
    assert "folder is that of a study" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "mini.toml", "--out", ""),
        ("compare", "mini.toml", "--out", ""),
        ("study", "new", "", "--scenario", "mini.toml"),
        ("new", "", "--persons", "600"),
        ("calibrate", "mini.toml", "--out", ""),
    ],
)
def test_f27_an_empty_name_is_not_the_present_folder(
    arguments: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mini.toml").write_text(MINI, encoding="utf-8")
    assert gongzhi(*arguments) == 2
    assert "names no file or folder" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["mini.toml"]
    with pytest.raises(GongzhiError, match="has no name"):
        refuse_unwritable("")
