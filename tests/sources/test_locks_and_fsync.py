"""Every lock and every fsync is in experiments/disk.py, which knows what file systems answer."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.sources.scan import places, planted

GUARD = ("experiments/disk.py",)
CALLS = {"flock", "lockf", "fsync", "fdatasync", "syncfs", "locking"}
MODULES = {"fcntl", "msvcrt", "filelock", "portalocker", "fasteners"}


def asked(tree: ast.Module) -> Iterator[ast.AST]:
    """Places that lock or flush themselves: what does so is named, or the module that has it imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found = any(alias.name.split(".")[0] in MODULES for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found = node.module in MODULES or any(alias.name in CALLS for alias in node.names)
        elif isinstance(node, ast.Attribute):
            found = node.attr in CALLS or node.attr.startswith("F_FULLFSYNC")
        else:
            found = False
        if found:
            yield node


def test_every_lock_and_every_fsync_is_in_one_place() -> None:
    assert places(asked), "the guard itself is seen"
    assert not places(asked, besides=GUARD)


@pytest.mark.parametrize(
    "source",
    [
        "import fcntl\n",
        "import msvcrt as m\n",
        "from fcntl import flock as f\n",
        "import os\nos.fsync(3)\n",
        "from os import fsync\n",
        "import os\nflush = os.fdatasync\n",
    ],
)
def test_a_place_of_its_own_is_found(source: str) -> None:
    assert planted(asked, source)
