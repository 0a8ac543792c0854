"""Tables in every form that analysts have them give the arrays of the plain one; broken ones are refused with
file, line and cell."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.loading.inputs import read_inputs
from experiments.loading.tables import read_table
from model.core.errors import DataError
from model.start.inputs import Inputs
from tests.tables import ADULTS, friends, people, read, scenario, text, told, write

BOTH = (people(), friends())


def parquet(rows: list[list[str]], folder: Path) -> bytes:
    frame = pd.DataFrame(rows[1:], columns=rows[0])
    for name in ("skill", "weight"):
        if name in frame:
            frame[name] = frame[name].astype(float)
    if "party" in frame:
        frame["party"] = frame["party"] == "TRUE"
        frame["free_minutes"] = frame["free_minutes"].astype("int32")
    frame.to_parquet(folder / "x.parquet")
    return (folder / "x.parquet").read_bytes()


def quoted(rows: list[list[str]]) -> str:
    return text([[f'"{cell}"' for cell in row] for row in rows])


FORMS: dict[str, Callable[[list[list[str]], Path], str | bytes]] = {
    "UTF-8 with BOM": lambda rows, _: text(rows).encode("utf-8-sig"),
    "UTF-16, little end first": lambda rows, _: b"\xff\xfe" + text(rows).encode("utf-16-le"),
    "UTF-16, big end first": lambda rows, _: b"\xfe\xff" + text(rows).encode("utf-16-be"),
    "Unicode text of Excel": lambda rows, _: b"\xff\xfe" + text(rows, "\t", "\r\n").encode("utf-16-le"),
    "GB18030": lambda rows, _: text(rows).encode("gb18030"),
    "GB18030 with semicolons": lambda rows, _: text(rows, ";", "\r\n").encode("gb18030"),
    "semicolons": lambda rows, _: text(rows, ";"),
    "tabs": lambda rows, _: text(rows, "\t"),
    "the separator told": lambda rows, _: "sep=;\r\n" + text(rows, ";", "\r\n"),
    "quotation marks": lambda rows, _: quoted(rows),
    "blanks round cells": lambda rows, _: "\n" + text([[f" {c}　" for c in row] for row in rows]) + "\n \n",
    "empty columns and rows at the end": lambda rows, _: text([[*row, "", " "] for row in rows]) + ",,\n" * 3,
    "ends of lines of an old Mac": lambda rows, _: text(rows, end="\r"),
    "Parquet": parquet,
}


def same(one: Inputs, other: Inputs) -> None:
    for mine, theirs in ((one.residents, other.residents), (one.ties, other.ties)):
        assert list(mine) == list(theirs)  # type: ignore[arg-type]
        for name, array in mine.items():  # type: ignore[union-attr]
            assert array.dtype == theirs[name].dtype  # type: ignore[index]
            assert array.tobytes() == theirs[name].tobytes()  # type: ignore[index]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_arrays_of_the_plain_table(tmp_path: Path, form: str) -> None:
    plain = read(tmp_path / "plain")
    assert plain.residents is not None
    assert plain.residents["party"].tolist()[:4] == [0, 1, 1, 0]
    same(read(tmp_path / "form", *(FORMS[form](rows, tmp_path) for rows in BOTH)), plain)


def test_gb18030_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "gongzhi"):
        read(tmp_path)
        assert not caplog.records
        path = tmp_path / "people.csv"
        path.write_bytes(text(people("阿凡提·买")).encode("gb18030"))
        read_table(path, "told.csv")
    assert "told.csv is not in UTF-8 and was read as GB18030" in caplog.text


def changed(rows: list[list[str]], row: int, column: int, cell: str) -> str:
    rows = [list(r) for r in rows]
    rows[row][column] = cell
    return text(rows)


P, F = people(), friends()
BROKEN: dict[str, tuple[str | bytes | None, str | bytes | None, list[str]]] = {
    "Big5": (text(people("張大文")).encode("big5"), None, ["people.csv, line 2, column id", "GB18030"]),
    "Big5 ties": (None, text(friends("陳小姐")).encode("big5"), ["friends.csv, line 2, column a", "GB18030"]),
    "Latin-1 that GB18030 reads": (
        text(people("Müller")).encode("latin-1"),
        None,
        ["people.csv, line 2, column id", "Latin-1"],
    ),
    "Latin-1": (
        b"id\n1\n2\n3\nJos\xe9\n",
        None,
        ["line 5, column id", "'Jos\\xe9'"],
    ),
    "Windows-1252": ("skill\n0.5\n0.5 €\n".encode("cp1252"), None, ["line 3, column skill", "'0.5 \\x80'"]),
    "UTF-8 cut off": (text(P).encode()[:-1] + b"\xe5\xb1\n", None, [f"line {ADULTS + 1}", "\\xe5\\xb1"]),
    "UTF-16 without mark": (text(P).encode("utf-16-le"), None, ["people.csv, line 1", "UTF-16 without"]),
    "UTF-32": (text(P).encode("utf-32"), None, ["people.csv", "UTF-32"]),
    "NUL": (changed(P, 3, 1, "0.1\0"), None, ["line 4, column skill", "'0.1\\x00'"]),
    "lost character": (changed(P, 2, 0, "居\ufffd"), None, ["line 3, column id", "'居\ufffd'"]),
    "word in numbers": (changed(P, 30, 1, "拒答"), None, ["people.csv, line 31, column skill", "'拒答'"]),
    "word in yes and no": (changed(P, 30, 2, "拒答"), None, ["people.csv, line 31, column party", "'拒答'"]),
    "code among names": (changed(P, 9, 3, "1"), None, ["people.csv, line 10, column sex", "'1'"]),
    "unknown name": (changed(P, 9, 3, "Male"), None, ["people.csv, line 10, column sex", "'Male'"]),
    "empty cell": (changed(P, 9, 3, ""), None, ["people.csv, line 10, column sex", "empty cell"]),
    "nan": (changed(P, 5, 1, "nan"), None, ["people.csv, line 6, column skill", "'nan'"]),
    "inf": (changed(P, 5, 1, "1e999"), None, ["people.csv, line 6, column skill", "'1e999'"]),
    "decimal comma": (
        text(P, ";").replace(";0.15;", ";0,15;"),
        None,
        ["people.csv, line 7, column skill", "'0,15'", "decimals with a point"],
    ),
    "thousands": (changed(P, 5, 4, '"1,440"'), None, ["line 6, column free_minutes", "'1,440'", "thousands"]),
    "out of range": (changed(P, 5, 1, "1.50"), None, ["people.csv, line 6, column skill", "'1.50'"]),
    "row too long": (changed(P, 8, 1, "0.1,5"), None, ["people.csv, line 9", "6 values for 5 columns"]),
    "row too short": (None, changed(F, 3, 2, "1\n居民8,居民9"), ["friends.csv, line 5", "'居民9'", "weight"]),
    "index of pandas": (",skill\n0,0.5\n", None, ["people.csv, line 1", "column 1 has no name"]),
    "doubled name": ("skill,skill\n0.5,0.5\n", None, ["people.csv, line 1", "'skill' is named twice"]),
    "unknown column": ("skil\n" + "0.5\n" * ADULTS, None, ["people.csv, line 1", "'skil'", "'skill'?"]),
    "two separators": ("skill;sex,party\n1;male,1\n", None, ["people.csv, line 1", "commas and semicolons"]),
    "open quotation mark": (
        None,
        changed(F, 7, 1, '"居民3'),
        ["friends.csv, line 8", "never closed"],
    ),
    "text after a quotation": (
        None,
        changed(F, 7, 1, '"居"民'),
        ["friends.csv, line 8", '"居"民'],
    ),
    "nothing": (b"", None, ["people.csv", "empty"]),
    "header only": (None, "a,b\n", ["friends.csv, line 1", "no rows"]),
    "workbook": (b"PK\x03\x04....", None, ["people.csv", "workbook"]),
    "unknown id": (None, changed(F, 4, 1, "居民99"), ["friends.csv, line 5, column b", "'居民99'"]),
    "row for id": (None, "a,b\n居民1,居民2\n1,2\n", ["friends.csv, line 3, column a", "'1'"]),
    "doubled id": (changed(P, 4, 0, "居民0"), None, ["people.csv, line 5, column id", "'居民0'", "line 2"]),
    "no id": (changed(P, 4, 0, " "), None, ["people.csv, line 5, column id", "empty cell"]),
    "text weight": (None, changed(F, 6, 2, "heavy"), ["friends.csv, line 7, column weight", "'heavy'"]),
    "weight 0": (None, changed(F, 6, 2, "0"), ["friends.csv, line 7, column weight", "'0'"]),
    "tie with oneself": (None, changed(F, 1, 1, "居民0"), ["friends.csv, line 2", "'居民0'", "themselves"]),
    "doubled tie": (
        None,
        "a,b\n居民1,居民2\n居民3,居民4\n居民2,居民1\n",
        ["friends.csv, line 4", "'居民2'", "friends.csv, line 2"],
    ),
    "columns of networkx": (None, "source,target\n居民1,居民2\n", ["friends.csv, line 1", "'source'"]),
    "no Parquet": (b"PAR1xxxx", None, ["people.csv", "Parquet"]),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_table_is_refused_with_file_line_and_cell(tmp_path: Path, fault: str) -> None:
    residents, ties, parts = BROKEN[fault]
    said = told(tmp_path, residents, ties)
    for part in parts:
        assert part in said, said
    assert said.count("people.csv") + said.count("friends.csv") <= 2, "one refusal, not one in another"


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    rows = [list(row) for row in P]
    rows[3][0] = '"two\r\nlines, and\na third"'
    rows[20][1] = "x"
    assert "people.csv, line 23, column skill" in told(tmp_path, text(rows))
    assert "people.csv, line 22, column skill" in told(tmp_path, "sep=,\n" + changed(P, 20, 1, "x"))
    assert "people.csv, line 24, column skill" in told(tmp_path, "\r\n" * 3 + changed(P, 20, 1, "x"))


def test_ids_are_texts(tmp_path: Path) -> None:
    ids = ["007", "7", "1e3", "1000", "-0", "TRUE", "nan", "a,b", 'say "x"', "张三", "𠮷", "NA"]
    ids += [str(100 + i) for i in range(ADULTS - len(ids))]
    table = pd.DataFrame({"id": ids}).to_csv(index=False)
    ties = pd.DataFrame({"b": ids[1:12], "a": ids[:11]}).to_csv(index=False)
    inputs = read(tmp_path, table, ties)
    assert inputs.residents == {}
    assert inputs.ties is not None
    np.testing.assert_array_equal(inputs.ties["friends"], [(i, i + 1) for i in range(11)])
    assert "there is '007'" in told(tmp_path, table.replace("\n7\n", "\n8\n"), "a,b\n7,1000\n")


def test_without_ids_ties_are_rows(tmp_path: Path) -> None:
    inputs = read(tmp_path, "skill\n" + "0.5\n" * ADULTS, "b,weight,a\n3,2,0\n4.0,1e-1,1\n")
    assert inputs.ties is not None
    np.testing.assert_array_equal(inputs.ties["friends"], [(0, 3, 2), (1, 4, 0.1)])
    for wrong in ("43", "-1", "0.5", "x"):
        said = told(tmp_path, "skill\n" + "0.5\n" * ADULTS, f"a,b\n0,{wrong}\n")
        assert "friends.csv, line 2, column b" in said
        assert f"'{wrong}'" in said


def test_a_parquet_file_names_the_row(tmp_path: Path) -> None:
    rows = [list(row) for row in P]
    rows[31][3] = "unknown"
    assert "people.csv, row 30, column sex: sex cannot be 'unknown'" in told(
        tmp_path, parquet(rows, tmp_path)
    )


def test_numbers_are_read_to_the_bit(tmp_path: Path) -> None:
    values = np.random.default_rng(1).random(5000)
    cells = [repr(v) for v in values.tolist()] + [".5", "5.", "+1E-3", "-0", "5e-324"]
    path = tmp_path / "x.csv"
    path.write_text("x\n" + "\n".join(cells) + "\n")
    read = read_table(path, "x.csv").values("x")
    assert read.tobytes() == np.array([float(c) for c in cells]).tobytes()
    assert read.tobytes() == pd.read_csv(path)["x"].to_numpy().tobytes()
    path.write_text("x,y\n007,1\n+5,2.5\n")
    table = read_table(path, "x.csv")
    assert table.values("x").tolist() == [7, 5]
    assert (table.values("x").dtype, table.values("y").dtype) == (np.int64, np.float64)


def test_a_hundred_thousand_rows_are_read_at_once(tmp_path: Path) -> None:
    from time import process_time

    lines = "".join(f"P{i},0.5,male\n" for i in range(100_000))
    (tmp_path / "x.csv").write_text("id,skill,sex\n" + lines)
    began = process_time()
    table = read_table(tmp_path / "x.csv", "x.csv")
    assert len(table) == 100_000
    assert [table.values(name).dtype.kind for name in table.cells] == ["O", "f", "O"]
    assert process_time() - began < 5


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "x.csv").open("wb") as file:
        file.truncate(600 * 2**20)
    with pytest.raises(DataError, match="over 512 MiB"):
        read_table(tmp_path / "x.csv", "x.csv")


def test_a_table_that_changed_is_read_again(tmp_path: Path) -> None:
    loaded = write(tmp_path)
    one = read_inputs(loaded)
    (tmp_path / "people.csv").write_text(changed(P, 1, 1, "0.99"), encoding="utf-8")
    other = read_inputs(loaded)
    assert one is not None
    assert other is not None
    assert (one.residents["skill"][0], other.residents["skill"][0]) == (0.1, 0.99)  # type: ignore[index]


def test_no_inputs(tmp_path: Path) -> None:
    loaded = scenario(tmp_path)
    (tmp_path / "own.toml").write_text("format = 1\n")
    from experiments.loading.load import load

    assert read_inputs(load(tmp_path / "own.toml")) is None
    assert loaded.scenario.inputs.residents == "people.csv"
