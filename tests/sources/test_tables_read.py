"""Every table that a user brings is read by one reader (experiments/loading).

Not seen: tables in JSON or TOML, and lines cut by a separator that is no constant.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.sources.scan import (
    argument,
    callees,
    last,
    meant,
    nodes,
    ours,
    planted,
    references,
    text,
    unexplained,
)

READERS = re.compile(
    r"""
    csv\.(reader|DictReader|Sniffer)
    | (pandas|polars|dask|vaex|modin)(\.\w+)*\.((read|scan|load)_\w+|ExcelFile|HDFStore)
    | pyarrow(\.\w+)*\.((read|open|load)_\w+|dataset|\w+Dataset|ParquetFile|\w+StreamReader|\w+FileReader)
    | numpy(\.\w+)*\.(load\w*|from(file|string|regex)|genfromtxt|recfrom\w+|memmap|open_memmap)
    | networkx(\.\w+)*\.(read|parse)_\w+
    | (openpyxl|xlrd|odf|pyxlsb|calamine|python_calamine)\.\w+
    | scipy\.io\.(load|mm|read)\w+
    | .*\.(read_(csv|table|fwf|excel|parquet|feather|json|stata|spss|sas|html|clipboard|sql|xml|orc)
      |read_(hdf|pickle)|(open|read|scan)_csv|genfromtxt|loadtxt|fromfile|DictReader|ParquetFile|ParquetDataset|read_pandas
      |read_\w*(edgelist|adjlist)|read_(pajek|gml|graphml|gexf|leda))
    """,
    re.VERBOSE,
)
SEPARATORS = (",", ";", "\t")

OWN = {
    "experiments/loading/csv_text.py": {"_rows": "the reader of CSV"},
    "experiments/loading/tables.py": {"_parquet": "the reader of Parquet"},
    "experiments/study/running/store.py": {"Store._read": "shards that the store wrote itself"},
    "experiments/study/design/arms.py": {"entry": "terms in a name of an arm", "arm": "the same"},
    "model/parameters/refusals.py": {"fault": "a text of pydantic's"},
}


def readers(tree: ast.Module) -> Iterator[ast.AST]:
    """Names of what reads a table, called or not, and texts that are cut at commas by hand; the project's
    own functions are none."""
    for node, name in references(tree):
        if READERS.fullmatch(name) and not ours(name):
            yield node
    for node in nodes(tree):
        if isinstance(node, ast.Call) and _cuts(node):
            yield node


def _cuts(node: ast.Call) -> bool:
    at = argument(node, "sep", 0)
    cuts = any(last(name) in ("split", "rsplit", "partition", "rpartition") for name in callees(node))
    return cuts and at is not None and any(text(one) in SEPARATORS for one in meant(at))


def test_every_table_is_read_by_one_reader() -> None:
    """Every other place goes through `read_table` of experiments/loading/tables.py."""
    assert not unexplained(readers, OWN)


@pytest.mark.parametrize(
    "source",
    [
        "import pandas as pd\npd.read_csv('x')",
        "import pandas\npandas.read_table('x', sep=';')",
        "import pandas as pd\nframe = pd.read_excel('x').dropna()",
        "import pandas as pd\nread = pd.read_parquet",
        "import pandas as pd\nread = getattr(pd, 'read_csv')",
        "import pandas as p\np.read_pickle('x')",
        "import pandas as pd\npd.read_hdf('x')",
        "import pandas as pd\npd.read_orc('x')",
        "import pandas as pd\npd.ExcelFile('x')",
        "import csv\nrows = list(csv.reader(open('x')))",
        "import csv\nrows = csv.DictReader(open('x'))",
        "import csv as c\nc.reader(x)",
        "\nfrom csv import reader",
        "from csv import reader as r\nr(x)",
        "\nfrom pandas import read_csv",
        "import numpy as np\nnp.genfromtxt('x')",
        "import numpy as np\nnp.loadtxt('x')",
        "import numpy as np\nnp.load('x')",
        "import numpy as np\nnp.fromstring(x, sep=',')",
        "import pyarrow.csv as pc\npc.read_csv('x')",
        "import pyarrow.csv\npyarrow.csv.open_csv('x')",
        "from pyarrow import csv\ncsv.read_csv('x')",
        "import pyarrow.parquet as pq\npq.read_table('x')",
        "import pyarrow.parquet as pq\npq.read_pandas('x')",
        "import pyarrow.parquet as pq\npq.ParquetDataset('x')",
        "import pyarrow.dataset as ds\nds.dataset('x.csv')",
        "import pyarrow.feather as f\nf.read_table('x')",
        "import pyarrow.ipc as i\ni.open_file('x')",
        "\nfrom pyarrow.csv import open_csv",
        "import networkx as nx\nnx.read_edgelist('x')",
        "import networkx as nx\nnx.parse_edgelist(x)",
        "import networkx as nx\nnx.read_gexf('x')",
        "import networkx as nx\nnx.read_leda('x')",
        "import polars as pl\npl.scan_csv('x')",
        "import dask.dataframe as dd\ndd.read_csv(x)",
        "import openpyxl\nopenpyxl.load_workbook('x')",
        "\nrows = [line.split(',') for line in lines]",
        "\nrows = line.rstrip().split('\\t')",
        "\na, b = line.split(sep=';')",
        "SEP = ','\nrow = line.split(SEP)",
        "\nframe = somewhere.read_csv(x)",
    ],
)
def test_a_planted_reader_is_found(source: str) -> None:
    assert planted(readers, source) == [2] or planted(readers, source) == [1, 2]


def test_the_one_reader_is_not_found() -> None:
    assert not planted(readers, "from experiments.loading.tables import read_table\nread_table(p, 'x')")
