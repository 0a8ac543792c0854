"""Nobody's home folder is taken for granted: a service or a container has none, and Python then raises.

Not seen: what a library does on its own (``matplotlib.get_cachedir()``), and the present folder.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.sources.scan import guards, meant, names, nodes, planted, references, text, unexplained

ASKS = re.compile(
    r"""
    (.*\.)?(expanduser|getuser|getlogin|getpw(uid|nam|all)|get_app_dir)
    | (.*\.)?user_\w+_(dir|path) | (.*\.)?site_\w+_(dir|path) | platformdirs\.PlatformDirs\(\)\.\w+
    | (pathlib\.)?(\w*Path)(\(\))?\.home | (.*\.)?expandvars
    """,
    re.VERBOSE,
)
VARIABLES = re.compile(r"HOME(PATH|DRIVE)?|USERPROFILE|LOGNAME|USER(NAME)?|(LOCAL)?APPDATA|XDG_\w+_HOME")
TOLD = {"RuntimeError", "Exception", "BaseException"}


def unguarded(tree: ast.Module) -> Iterator[ast.AST]:
    """Questions for a home folder outside of a ``try`` that catches what Python raises if there is none."""
    for node, name in references(tree):
        if ASKS.fullmatch(name) and not isinstance(node, ast.ImportFrom) and not _caught(node):
            yield node
    for node in nodes(tree):
        key = node.slice if isinstance(node, ast.Subscript) else None
        if isinstance(node, ast.Call) and node.args:
            key = node.args[0]
        if key is not None and _of_the_environment(node) and any(map(_home, meant(key))):
            yield node


def _of_the_environment(node: ast.AST) -> bool:
    """Whether a place reads a variable of the environment."""
    of = node.value if isinstance(node, ast.Subscript) else getattr(node, "func", node)
    return any(re.match(r"os\.(environb?\b|getenv)|environ\b", name) for name in names(of))


def _home(node: ast.AST) -> bool:
    return bool(VARIABLES.fullmatch(text(node) or ""))


def _caught(node: ast.AST) -> bool:
    """Whether a place is called in a ``try`` that is told: what is only named there is called elsewhere."""
    if getattr(node.above, "func", None) is not node:  # type: ignore[attr-defined]
        return False
    for at, below in guards(node):
        if isinstance(at, ast.Try) and below in at.body:
            told = {name for one in at.handlers if one.type for n in ast.walk(one.type) for name in names(n)}
            if told & TOLD or any(one.type is None for one in at.handlers):
                return True
    return False


def test_every_question_for_a_home_folder_is_guarded() -> None:
    assert not unexplained(unguarded, {})


@pytest.mark.parametrize(
    "source",
    [
        "x = Path(asked).expanduser()",
        "x = os.path.expanduser('~')",
        "from os.path import expanduser as e; x = e('~')",
        "x = map(Path.expanduser, paths)",
        "x = Path.home()",
        "f = Path.home",
        "from pathlib import Path as P; x = P.home()",
        "import pathlib as p; x = p.PosixPath.home()",
        "x = Path().home()",
        "x = getpass.getuser()",
        "x = os.getlogin()",
        "import pwd; x = pwd.getpwall()",
        "x = platformdirs.user_cache_dir('x')",
        "x = platformdirs.PlatformDirs('x').user_log_dir",
        "from platformdirs import user_state_path as u; x = u('x')",
        "x = typer.get_app_dir('x')",
        "import os; x = os.environ['HOME']",
        "import os; NAME = 'HOME'; x = os.environ[NAME]",
        "import os; x = os.environ.get('USERPROFILE')",
        "from os import environ as e; x = e['HOME']",
        "from os import getenv; x = getenv('XDG_CACHE_HOME')",
        "import os; x = os.path.expandvars('$HOME')",
        "try:\n    x = Path('~').expanduser()\nexcept OSError:\n    pass",
        "try:\n    pass\nexcept RuntimeError:\n    x = Path.home()",
        "try:\n    f = lambda: Path.home()\nexcept RuntimeError:\n    pass",
        "try:\n    f = Path.home\nexcept RuntimeError:\n    pass",
        "try:\n    def f():\n        return Path.home()\nexcept RuntimeError:\n    pass",
        "class A:\n    x = Path('~').expanduser()",
    ],
)
def test_a_planted_question_is_found(source: str) -> None:
    assert planted(unguarded, source)


def test_a_guarded_question_is_not_found() -> None:
    assert not planted(unguarded, "try:\n    x = Path('~').expanduser()\nexcept RuntimeError:\n    pass")
    assert not planted(unguarded, "try:\n    x = Path.home()\nexcept (OSError, RuntimeError):\n    pass")
