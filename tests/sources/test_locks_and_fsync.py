"""Every lock and every fsync is in experiments/storage/disk.py, which knows what file systems answer.

Not seen: a lock that a folder stands for (``os.mkdir``), and locks inside one process (``threading``).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.sources.scan import argument, callees, last, meant, nodes, planted, references, text, unexplained

GUARD = {
    "experiments/storage/disk.py": {
        "flush": "flushes to the disk",
        "_locked": "locks",
        "_made": "locks where there are no locks",
        "_remove": "the same",
    },
    "experiments/storage/files.py": {
        "_keep": "a second name of what is replaced; a copy where there is none"
    },
}
CALLS = re.compile(
    r"""
    (.*\.)?(flock|lockf|fsync|fdatasync|syncfs|locking|F_FULLFSYNC\w*|F_OFD_\w+|posix_fallocate|sync_file_range)
    | os\.(sync|link|O_EXCL|O_D?SYNC|O_EXLOCK) | (.*\.)?(hardlink_to|link_to|O_EXCL|O_DSYNC)
    | (fcntl|msvcrt|filelock|portalocker|fasteners|zc\.lockfile|lockfile)(\..*)?
    """,
    re.VERBOSE,
)
MODULES = ("fcntl", "msvcrt", "filelock", "portalocker", "fasteners", "lockfile")


def asked(tree: ast.Module) -> Iterator[ast.AST]:
    """Places that lock or flush themselves: what does so is named, or the module that has it imported, or a
    file is made that must not be there."""
    for node, name in references(tree):
        if CALLS.fullmatch(name):
            yield node
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            if any(alias.name.split(".")[0] in MODULES for alias in node.names):
                yield node
        elif isinstance(node, ast.ImportFrom):
            if str(node.module).split(".")[0] in MODULES:
                yield node
        elif isinstance(node, ast.Call) and _made_anew(node):
            yield node


def _made_anew(node: ast.Call) -> bool:
    """Whether a file is opened in a mode that refuses one that is there."""
    for name in callees(node):
        if last(name) == "open":
            mode = argument(node, "mode", 1 if name in ("open", "io.open", "codecs.open") else 0)
            if mode and any(re.fullmatch(r"[bt+]*x[bt+]*", text(one) or "") for one in meant(mode)):
                return True
        if last(name) == "touch" and getattr(argument(node, "exist_ok", 1), "value", None) is False:
            return True
    return False


def test_every_lock_and_every_fsync_is_in_one_place() -> None:
    assert not unexplained(asked, GUARD)


@pytest.mark.parametrize(
    "source",
    [
        "import fcntl",
        "import fcntl.x",
        "import msvcrt as m",
        "from fcntl import flock as f",
        "from fcntl import *",
        "__import__('fcntl').flock(3)",
        "import importlib; x = importlib.import_module('fcntl')",
        "import os; os.fsync(3)",
        "import os as o; o.fsync(3)",
        "import os; getattr(os, 'fsync')(3)",
        "from os import fsync",
        "import os; flush = os.fdatasync",
        "import os; os.sync()",
        "import os; os.link(a, b)",
        "path.hardlink_to(other)",
        "import os; os.open(p, os.O_CREAT | os.O_EXCL)",
        "from os import O_EXCL as e; os.open(p, e)",
        "open(p, 'x')",
        "open(p, mode='xb')",
        "path.open('x')",
        "MODE = 'x'; path.open(MODE)",
        "path.touch(exist_ok=False)",
        "libc.flock(3)",
        "import filelock",
    ],
)
def test_a_place_of_its_own_is_found(source: str) -> None:
    assert planted(asked, source)
