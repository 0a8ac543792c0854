"""Kind: a table written past the one writer, so that Excel, empty tables or equal bytes are forgotten."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.sources.scan import called, places, planted

WRITERS = ("to_csv", "to_excel", "to_parquet", "to_feather", "csv.writer", "csv.DictWriter", "write_csv")
PARQUET = ("pq.write_table", "parquet.write_table", "pq.ParquetWriter", "parquet.ParquetWriter")
GUARD = (
    "experiments/table_files.py",
    "experiments/study/store.py",  # the shards of a study are read by the store alone
    "experiments/study/plan.py",  # measures how large they become
)


def past_the_writer(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        name = called(node)
        if name.rpartition(".")[2] in WRITERS or name.endswith((*WRITERS[4:6], *PARQUET)):
            yield node


def test_every_table_is_written_by_one_writer() -> None:
    assert not places(past_the_writer, GUARD)


@pytest.mark.parametrize(
    "source",
    [
        "table.to_csv(path)",
        "series.tail(3).to_parquet(path, index=False)",
        "import csv\ncsv.writer(handle)",
        "import pyarrow.parquet as pq\npq.write_table(rows, path)",
    ],
)
def test_a_planted_table_is_seen(source: str) -> None:
    assert planted(past_the_writer, source) == [source.count("\n") + 1]
