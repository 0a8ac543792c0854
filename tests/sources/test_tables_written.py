"""Kind: a table written past the one writer, so that Excel, empty tables or equal bytes are forgotten.

Not seen: tables in JSON or TOML, and cells joined by a separator that is no constant.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.sources.scan import argument, meant, nodes, ours, planted, references, text, unexplained

WRITERS = re.compile(
    r"""
    csv\.(writer|DictWriter)
    | (pandas|polars|dask|vaex|modin)(\.\w+)*\.(\w*Writer|HDFStore|to_(csv|parquet|pickle|hdf|orc|json|sql))
    | pyarrow(\.\w+)*\.(write_\w+|\w+Writer|new_file|new_stream)
    | numpy(\.\w+)*\.(save\w*|tofile|array2string|open_memmap|memmap)
    | networkx(\.\w+)*\.(write|generate)_\w+
    | (openpyxl|xlsxwriter|xlwt|odf)\.\w+
    | scipy\.io\.(save|mmwrite|write)\w*
    | .*\.(to_(csv|excel|parquet|feather|json|stata|html|pickle|hdf|sql|orc|xml|latex|markdown|clipboard|gbq)
      |tofile|to_string|write_(csv|parquet|excel|ipc|table|dataset|feather|ndjson|avro))
    """,
    re.VERBOSE,
)
SEPARATORS = (",", ";", "\t")

GUARD = {
    "experiments/storage/table_files.py": {
        "write_parts": "the one writer",
        "csv_text": "the same, into a text",
    },
    "experiments/study/running/store.py": {"_write": "shards of a study, which the store alone reads"},
    "experiments/study/commands/plan.py": {"_one_run": "measures how large a shard becomes"},
    "experiments/study/analysis/attribution.py": {
        "channel_arms": "terms in a name of an arm",
        "split_channels": "the same",
    },
}


def past_the_writer(tree: ast.Module) -> Iterator[ast.AST]:
    """Names of what writes a table, called or not, and cells that are joined by commas by hand."""
    for node, name in references(tree):
        if WRITERS.fullmatch(name) and not ours(name):
            yield node
    for node in nodes(tree):
        if isinstance(node, ast.Attribute):
            found = node.attr == "join" and any(text(one) in SEPARATORS for one in meant(node.value))
        else:
            found = isinstance(node, ast.Call) and text(argument(node, "sep")) in SEPARATORS
        if found:
            yield node


def test_every_table_is_written_by_one_writer() -> None:
    assert not unexplained(past_the_writer, GUARD)


@pytest.mark.parametrize(
    "source",
    [
        "table.to_csv(path)",
        "series.tail(3).to_parquet(path, index=False)",
        "frame.to_json(path)",
        "frame.to_stata(path)",
        "frame.to_html(path)",
        "frame.to_markdown(path)",
        "frame.to_string(path)",
        "frame.to_pickle(path)",
        "frame.style.to_excel(path)",
        "f = frame.to_csv; f(path)",
        "tables.map(frame.to_csv)",
        "getattr(frame, 'to_csv')(path)",
        "import csv; csv.writer(handle)",
        "import csv as c; c.writer(handle)",
        "import csv; w = csv.writer; w(handle)",
        "from csv import writer; writer(handle)",
        "from csv import DictWriter as D; D(handle)",
        "import pyarrow.parquet as pq; pq.write_table(rows, path)",
        "import pyarrow.parquet as p; p.write_table(rows, path)",
        "from pyarrow.parquet import write_table; write_table(rows, path)",
        "from pyarrow.parquet import ParquetWriter as W; W(path)",
        "import pyarrow.csv; pyarrow.csv.write_csv(rows, path)",
        "import pyarrow as pa; pa.ipc.new_file(path, schema)",
        "np.savetxt(path, x)",
        "np.savez(path, x)",
        "x.tofile(path)",
        "nx.write_edgelist(graph, path)",
        "pd.ExcelWriter(path)",
        "import polars; f.write_parquet(path)",
        "handle.write(','.join(row))",
        "SEP = ','; handle.write(SEP.join(row))",
        "path.write_text('\\n'.join(map(','.join, rows)))",
        "print(*row, sep='\\t', file=handle)",
    ],
)
def test_a_planted_table_is_seen(source: str) -> None:
    assert planted(past_the_writer, source) == [1]
