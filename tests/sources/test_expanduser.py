"""Nobody's home folder is taken for granted: a service or a container has none, and Python then raises."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.sources.scan import called, places, planted

ASKS = {"expanduser", "home", "getuser", "getpwuid", "getpwnam", "user_cache_dir", "user_cache_path"}
ASKS |= {"user_data_dir", "user_data_path", "user_config_dir", "user_config_path"}
TOLD = {"RuntimeError", "Exception", "BaseException"}


def unguarded(tree: ast.Module) -> Iterator[ast.AST]:
    """Questions for a home folder outside of a ``try`` that catches what Python raises if there is none."""
    for node in ast.walk(tree):
        if called(node).split(".")[-1] in ASKS and not _caught(node):
            yield node


def _caught(node: ast.AST) -> bool:
    below, at = node, getattr(node, "above", None)
    while at is not None and not isinstance(at, ast.FunctionDef):
        if isinstance(at, ast.Try) and below in at.body:
            names = {n.id for h in at.handlers if h.type for n in ast.walk(h.type) if isinstance(n, ast.Name)}
            if names & TOLD:
                return True
        below, at = at, getattr(at, "above", None)
    return False


def test_every_question_for_a_home_folder_is_guarded():
    assert not places(unguarded)


@pytest.mark.parametrize(
    "line",
    [
        "x = Path(asked).expanduser()",
        "x = os.path.expanduser('~')",
        "x = Path.home()",
        "x = getpass.getuser()",
        "x = platformdirs.user_cache_dir('x')",
        "try:\n    x = Path('~').expanduser()\nexcept OSError:\n    pass",
        "try:\n    pass\nexcept RuntimeError:\n    x = Path.home()",
    ],
)
def test_a_planted_question_is_found(line):
    assert planted(unguarded, line + "\n")
