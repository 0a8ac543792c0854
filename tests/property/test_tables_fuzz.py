"""No table, however hostile, ends in anything but arrays that a community takes, or a refusal."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from experiments.loading.inputs import read_inputs
from experiments.loading.load import Loaded
from model.core.errors import GongzhiError
from model.start.inputs import Inputs, apply_inputs
from model.start.population import draw_population
from model.state.residents import Residents
from tests.tables import ADULTS, friends, people, scenario, text

CELLS = st.sampled_from(
    [
        *("", " ", "0", "1", "-1", "0.5", "0,5", "1e999", "1e-400", "nan", "inf", "NULL", "NA", "True"),
        *("male", "female", "MALE", "0x1", "1_0", "１", "½", "007", "9" * 400, "x" * 200_000, "拒答"),
        *('"', '""', '"a', 'a"b', '"a\nb"', "\n", "\r", "\r\n", ",", ";", "\t", "\0", "\ufeff", "\ufffd"),
        *("\x85", "\u2028", "'", "#", "=1+1", "sep=;", "\u202e", "e\u0301", "😀", "\U0010ffff", "-", "."),
        *("1e", "--1", "居民3", "false"),
    ]
) | st.text(max_size=6)
COLUMNS = ["id", "skill", "sex", "party", "household", "cell", "habit", "habit_culture", "took_part_service"]
NAMES = st.sampled_from([*COLUMNS, "match"]) | CELLS
ENCODINGS = st.sampled_from(
    [
        *["utf-8"] * 15,
        *("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "gb18030", "gb18030"),
        *("big5", "latin-1", "cp1252", "shift_jis", "euc_kr", "koi8_r", "cp437"),
    ]
)
EDITS = [*["cell"] * 8, "name", "drop", "more", "twice", "lost", "column"]


@st.composite
def edited(draw: st.DrawFn, rows: list[list[str]]) -> bytes:
    """A plain table with a few things that are not as they should be."""
    table = [list(row) for row in rows]
    for _ in range(draw(st.integers(0, 3))):
        row, column = draw(st.integers(0, len(table) - 1)), draw(st.integers(0, 4))
        match draw(st.sampled_from(EDITS)):
            case "cell" if table[row]:
                table[row][column % len(table[row])] = draw(CELLS)
            case "name" if table[0]:
                table[0][column % len(table[0])] = draw(NAMES)
            case "drop" if len(table) > 1:
                del table[row]
            case "more":
                table[row] = [*table[row], draw(CELLS)]
            case "twice":
                table.insert(row, list(table[row]))
            case "lost":
                table[row] = table[row][:-1]
            case "column":
                table = [[*line, draw(CELLS) if i < 3 else "0"] for i, line in enumerate(table)]
    begin = draw(st.sampled_from([*[""] * 10, "sep=;\n", "\n\n", "# x\n"]))
    separator = draw(st.sampled_from([*[","] * 5, ";", "\t", "|", ", "]))
    content = begin + text(table, separator, draw(st.sampled_from(["\n", "\r\n", "\r"])))
    raw = content.encode(draw(ENCODINGS), "replace")
    for _ in range(draw(st.sampled_from([*[0] * 8, 1, 2]))):
        at = draw(st.integers(0, len(raw)))
        raw = raw[:at] + draw(st.binary(max_size=4)) + raw[at + draw(st.integers(0, 4)) :]
    return raw


def tables(rows: list[list[str]]) -> SearchStrategy[bytes]:
    """Edited tables for the most part; any bytes, with and without the header, for the rest."""
    header = ",".join(rows[0]).encode() + b"\n"
    anything = st.binary(max_size=200) | st.binary(max_size=60).map(header.__add__)
    return st.integers(0, 9).flatmap(lambda i: anything if i == 9 else edited(rows))


@pytest.fixture(scope="module")
def own() -> Iterator[tuple[Loaded, Residents]]:
    with tempfile.TemporaryDirectory() as folder:
        loaded = scenario(Path(folder))
        yield loaded, draw_population(loaded.scenario, 1)


def reads_or_refuses(own: tuple[Loaded, Residents], residents: bytes, ties: bytes, suffix: str) -> None:
    loaded, drawn = own
    folder = Path(loaded.file).parent
    for name, raw in (("people", residents), ("friends", ties)):
        (folder / f"{name}{suffix}").write_bytes(raw)
    spec = loaded.scenario.inputs.model_copy(
        update={"residents": f"people{suffix}", "ties": {"friends": f"friends{suffix}"}}
    )
    changed = Loaded(loaded.scenario.model_copy(update={"inputs": spec}), loaded.file, loaded.origin)
    try:
        inputs = read_inputs(changed)
    except GongzhiError as error:
        said = str(error)
        assert len(said) < 2000
        assert f"people{suffix}" in said or f"friends{suffix}" in said
        said.encode()
        return
    assert inputs is not None
    assert inputs.residents is not None
    assert inputs.ties is not None
    apply_inputs(drawn.copy(), Inputs(inputs.residents))
    pairs = inputs.ties["friends"][:, :2]
    assert ((pairs >= 0) & (pairs < ADULTS) & (pairs == np.floor(pairs))).all()


def hostile(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


SUFFIX = st.sampled_from([*[".csv"] * 10, ".txt", ".parquet"])


@hostile(200)
@given(residents=tables(people()), ties=tables(friends()), suffix=SUFFIX)
def test_hostile_tables(own: tuple[Loaded, Residents], residents: bytes, ties: bytes, suffix: str) -> None:
    reads_or_refuses(own, residents, ties, suffix)


@pytest.mark.slow
@hostile(2000)
@given(residents=tables(people()), ties=tables(friends()), suffix=SUFFIX)
def test_two_thousand_hostile_tables(
    own: tuple[Loaded, Residents], residents: bytes, ties: bytes, suffix: str
) -> None:
    reads_or_refuses(own, residents, ties, suffix)
