"""Do the tables that we write open in Excel, in pandas without rows, and with whatever names users give?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.compare import Comparison, compare
from experiments.comparison.compared import TABLES
from experiments.comparison.effects import MEASURED
from experiments.comparison.settings import drawn_columns
from experiments.loading.load import Loaded
from experiments.report.runs import RunTask, run_one, save_runs
from experiments.storage.columns import COMPARISON
from experiments.storage.table_files import csv_text, write_parts, write_table
from experiments.study import Study
from experiments.study.analysis.answers import answers
from experiments.study.analysis.meanings import COLUMNS
from experiments.study.commands.export import export
from model.instruments.policies import NONE
from model.scenario.scenario import Scenario
from tests.studies import small_study
from tests.worlds import world

BOM = b"\xef\xbb\xbf"
CHINESE = "资金支持"


def community(policy: str = CHINESE) -> Scenario:
    grants = {"kind": "grant", "amount_yuan": 12_000.0}
    return world(name="小区", run={"weeks": 52, "spin_up": 2}, policy={policy: {"拨款": grants}})


@pytest.fixture(scope="module")
def undrawn() -> Comparison:
    """One seed of one year and no draws: drift, gaps, influence and draws have no rows."""
    return compare(community(), seeds=1, settings=0, workers=1)


@pytest.fixture(scope="module")
def saved(undrawn: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compared")
    undrawn.save(folder, lang=("en",))
    return folder


def written(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("*.csv"))


def test_f08_every_csv_begins_with_a_byte_order_mark(saved: Path, tmp_path: Path) -> None:
    study = Study(small_study(tmp_path / "study", seeds=1))
    study.run(1)
    export(study, tmp_path / "exported")
    files = [*written(saved), *written(tmp_path / "exported")]
    assert len(files) == len(TABLES) + 1 + 3
    for file in files:
        data = file.read_bytes()
        assert data.startswith(BOM), file
        assert data.count(BOM) == 1, file
        assert b"\r" not in data, file
        assert not pd.read_csv(file).columns[0].startswith("\ufeff")
    assert CHINESE in (saved / "table.csv").read_text(encoding="utf-8-sig")


def test_f36_tables_without_rows_have_their_columns(undrawn: Comparison, saved: Path) -> None:
    drawn = [c.name for c in drawn_columns((), (CHINESE,))]
    for name in TABLES:
        table = pd.read_csv(saved / f"{name}.csv")
        rows = pq.read_table(saved / f"{name}.parquet")
        assert list(table.columns) == rows.column_names, name
        assert len(table) == len(rows), name
        assert not any(pa.types.is_null(field.type) for field in rows.schema), name
        wanted = [c.name for c in COMPARISON[name]]
        assert set(drawn if name == "settings_draws" else wanted) <= set(table.columns), name
        if name != "settings_draws":
            assert list(table.columns) == wanted
    for name in ("gaps", "drift", "influence", "settings_draws"):
        assert len(getattr(undrawn, name)) == 0, "this is the case to be tried"
    inputs = [n for n in undrawn.settings_draws.columns if n.startswith("decision.")]
    assert inputs, "what would have been drawn is named"
    assert f"{CHINESE}: {MEASURED[0].name}" in undrawn.settings_draws.columns
    assert pq.read_schema(saved / "settings_draws.parquet").field("world").type == pa.int64()


def test_f36_a_study_without_a_run_is_exported_with_columns(tmp_path: Path) -> None:
    study = Study(small_study(tmp_path / "study", seeds=1))
    study.store.make()
    export(study, tmp_path / "out", partly=True)
    study.run(1)
    export(study, tmp_path / "whole")
    for name in ("runs", "series"):
        table, whole = (pd.read_csv(tmp_path / f / f"{name}.csv") for f in ("out", "whole"))
        assert len(table) == 0
        assert list(table.columns) == list(whole.columns)
        schemas = [pq.read_schema(tmp_path / f / f"{name}.parquet") for f in ("out", "whole")]
        for one, other in zip(*schemas, strict=True):
            text = [pa.types.is_string(f.type) or pa.types.is_large_string(f.type) for f in (one, other)]
            assert one.type == other.type or all(text), one


def test_the_tables_of_a_study_s_answers_have_types(tmp_path: Path) -> None:
    found = small_study(tmp_path / "study", seeds=1)
    text = (found / "study.toml").read_text().replace("every = 4", "every = 52")
    (found / "study.toml").write_text(text.replace("[seeds]", "weeks = 52\n[seeds]"))
    study = Study(found)
    study.run(1)
    answers(study).save(tmp_path / "out")
    for name, columns in COLUMNS.items():
        rows = pq.read_table(tmp_path / "out" / f"{name}.parquet")
        assert rows.column_names == [c.name for c in columns]
        assert not any(pa.types.is_null(field.type) for field in rows.schema), name


def test_parts_are_one_table_and_hold_one_at_a_time(tmp_path: Path) -> None:
    whole = pd.DataFrame({"name": ["a", "b", "c", "d"], "value": [0.1, 1 / 3, np.nan, 4.0]})
    write_table(tmp_path, "whole", whole)
    write_parts(tmp_path, "parts", (whole.iloc[i : i + 1] for i in range(4)))
    assert (tmp_path / "parts.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "parts.parquet"), whole)
    write_table(tmp_path, "one", whole, "parquet")
    write_table(tmp_path, "two", whole, "csv")
    assert sorted(p.name for p in tmp_path.glob("[ot][nw]*")) == ["one.parquet", "two.csv"]


NAMES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=4), NAMES)
def test_cells_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str], header: str
) -> None:
    folder = tmp_path_factory.mktemp("cells")
    table = pd.DataFrame({"first": range(len(cells)), header + ".": cells})
    write_table(folder, "t", table)
    back = pd.read_csv(folder / "t.csv", keep_default_na=False, na_values=[], dtype={header + ".": str})
    assert list(back.columns) == ["first", header + "."]
    assert back[header + "."].tolist() == cells
    assert pd.read_parquet(folder / "t.parquet")[header + "."].tolist() == cells
    text = csv_text(table)
    assert (folder / "t.csv").read_bytes() == BOM + text.encode()


def test_rows_end_in_a_line_feed_on_every_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "linesep", "\r\n")
    write_table(tmp_path, "t", pd.DataFrame({"a": [1]}))
    assert (tmp_path / "t.csv").read_bytes() == BOM + b"a\n1\n"


def documented(folder: Path) -> dict[str, list[str]]:
    """The columns that the folder's dictionary knows, by table, each with a unit and a meaning."""
    words = pd.read_csv(folder / "dictionary.csv", keep_default_na=False)
    assert (words[["unit", "meaning"]].map(len) > 0).all(axis=None)
    columns = words[words["table"] != ""]
    return {str(name): list(rows["column"]) for name, rows in columns.groupby("table", sort=False)}


def test_every_column_of_every_table_is_in_the_dictionary(saved: Path, tmp_path: Path) -> None:
    words = pd.read_csv(saved / "dictionary.csv", keep_default_na=False)
    for name in ("table", "years", "gaps"):
        assert set(pd.read_csv(saved / f"{name}.csv")["outcome"]) <= set(words["outcome"])
    study = Study(small_study(tmp_path / "study", seeds=1))
    study.run(1)
    export(study, tmp_path / "exported")
    scenario = community()
    runs = [run_one(RunTask(scenario, NONE, 1, 1, 4))]
    save_runs(runs, Loaded(scenario, "", {}), tmp_path / "run")
    save_runs(runs, Loaded(scenario, "", {}), tmp_path / "few", outcomes=["members_share"], groups=["all"])
    for folder in (saved, tmp_path / "exported", tmp_path / "run", tmp_path / "few"):
        found = documented(folder)
        files = {p.stem for p in folder.glob("*.csv")} - {"dictionary"}
        assert set(found) == files
        for name in files:
            assert list(pd.read_csv(folder / f"{name}.csv").columns) == found[name], (folder, name)
