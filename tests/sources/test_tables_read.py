"""Every table that a user brings is read by one reader (experiments/loading)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.sources.scan import called, places, planted

READERS = {
    *("read_csv", "read_table", "read_fwf", "read_excel", "read_parquet", "read_feather", "read_json"),
    *("read_stata", "read_spss", "read_sas", "read_html", "read_clipboard", "read_sql", "read_xml"),
    *("genfromtxt", "loadtxt", "fromfile", "open_csv", "DictReader", "Sniffer", "ParquetFile"),
    *("read_edgelist", "read_weighted_edgelist", "read_adjlist", "read_pajek", "read_gml", "read_graphml"),
}
OWN = {
    "experiments/loading/csv_text.py": "the reader of CSV",
    "experiments/loading/tables.py": "the reader of Parquet",
    "experiments/study/store.py": "shards that the store wrote itself",
}


def readers(tree: ast.Module) -> Iterator[ast.AST]:
    """Calls and imports that read a table; the project's own `read_table` is the one reader."""
    nodes = list(ast.walk(tree))
    ours = {
        alias.asname or alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module == "experiments.loading.tables"
        for alias in node.names
    }
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            names = {alias.name for alias in node.names}
            found = node.module in ("csv", "pyarrow.csv") or bool(names & READERS)
            found &= node.module != "experiments.loading.tables"
        elif isinstance(node, ast.Attribute):
            found = node.attr in READERS or (node.attr == "reader" and ast.unparse(node) == "csv.reader")
        else:
            found = called(node) in READERS - ours
        if found:
            yield node


def test_every_table_is_read_by_one_reader() -> None:
    files = {place.rpartition(":")[0] for place in places(readers)}
    assert files == set(OWN), "every other place goes through experiments.loading.tables.read_table"


@pytest.mark.parametrize(
    "source",
    [
        "import pandas as pd\npd.read_csv('x')\n",
        "import pandas\npandas.read_table('x', sep=';')\n",
        "import pandas as pd\nframe = pd.read_excel('x').dropna()\n",
        "import pandas as pd\nread = pd.read_parquet\n",
        "import csv\nrows = list(csv.reader(open('x')))\n",
        "import csv\nrows = csv.DictReader(open('x'))\n",
        "\nfrom csv import reader\n",
        "\nfrom pandas import read_csv\n",
        "import numpy as np\nnp.genfromtxt('x')\n",
        "import numpy as np\nnp.loadtxt('x')\n",
        "import pyarrow.csv as pc\npc.read_csv('x')\n",
        "import pyarrow.parquet as pq\npq.read_table('x')\n",
        "\nfrom pyarrow.csv import open_csv\n",
        "import networkx as nx\nnx.read_edgelist('x')\n",
    ],
)
def test_a_planted_reader_is_found(source: str) -> None:
    assert planted(readers, source) == [2]


def test_the_one_reader_is_not_found() -> None:
    assert not planted(readers, "from experiments.loading.tables import read_table\nread_table(p, 'x')\n")
