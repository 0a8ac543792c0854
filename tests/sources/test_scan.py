"""What the scans of the sources share: are names told whatever their spelling?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.sources.scan import planted, references, starred, unexplained


def syncs(tree: ast.Module) -> Iterator[ast.AST]:
    yield from (node for node, name in references(tree) if name == "os.fsync")


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.fsync(3)",
        "import os as o\no.fsync(3)",
        "import os.path\nos.fsync(3)",
        "\nfrom os import fsync",
        "if x: from os import fsync as f\nf(3)",
        "import os\ngetattr(os, 'fsync')(3)",
        "\n__import__('os').fsync(3)",
        "import importlib as i\ni.import_module('os').fsync(3)",
        "import os\nf = os.fsync",
        "import os\nfor f in (os.fsync, print): f(3)",
        "import os\nmap(os.fsync, x)",
        "import os; o = os\no.fsync(3)",
        "import os; o, p = os, 3\no.fsync(3)",
        "import os\n(os if x else y).fsync(3)",
        "import os\nif o := os: o.fsync(3)",
        "import os; from functools import partial as p\np(os.fsync, 3)",
        "import os\ndef f():\n    return lambda: os.fsync(3)",
        "import os\nclass A:\n    os = 3\n    def f(self):\n        os.fsync(3)",
        "from os import fsync\ndef f(fsync=fsync): ...",
        "import os\nx = [os for os in y], os.fsync(3)",
        "def f():\n    global o\n    import os as o\ndef g():\n    o.fsync(3)",
    ],
)
def test_a_true_name_is_told(source: str) -> None:
    assert set(planted(syncs, source)) & {2, 3, 5}


def test_a_name_is_that_of_its_scope() -> None:
    assert not planted(syncs, "import os\ndef f(os):\n    os.fsync(3)")
    assert not planted(syncs, "import os\nx = [os.fsync(3) for os in y]")
    assert not planted(syncs, "def g():\n    import os\ndef f():\n    os = 3\n    os.fsync(3)")


def test_an_exemption_of_no_place_is_told() -> None:
    """It would hide a new place of the same name."""
    assert unexplained(starred, {"model/core/casts.py": {"whole": "it was there"}})


def test_nothing_is_imported_with_a_star() -> None:
    assert not unexplained(starred, {})
    assert planted(starred, "from os import *")
