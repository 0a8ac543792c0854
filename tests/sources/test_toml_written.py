"""Every TOML text is written by `experiments.toml_text`, which quotes what a user gave."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.sources.scan import called, places, planted

MODULE = "experiments/toml_text.py"
TEMPLATE = re.compile(r"(?m)^format = 1$|^\[[\w.\"]+\]|^[\w.\"]+ = [\"'\[{]")
HALF = re.compile(r"[\w\]\"'] = \[?\{?[\"']$")
WRITES = ("write_text", "write", "writelines", "write_bytes")
TO_A_READER = ("what", "where", "why", "instead", "doc", "help", "description")


def by_hand(tree: ast.Module) -> Iterator[ast.AST]:
    """Places that make TOML of texts, or write it, without the module."""
    templates = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and _template(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        name = called(node)
        if (
            (name == "Toml" and isinstance(node, ast.Call) and _made(node))
            or (isinstance(node, ast.JoinedStr) and _quotes_by_hand(node) and not _told(node))
            or (isinstance(node, ast.Call) and name.endswith("format") and _of_template(node, templates))
            or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and _named(node.left, templates))
            or (isinstance(node, ast.Call) and _writes_toml(node))
        ):
            yield node


def _made(node: ast.Call) -> bool:
    """True if a Toml is made of something that is no constant."""
    return any(not isinstance(argument, ast.Constant) for argument in node.args)


def _quotes_by_hand(node: ast.JoinedStr) -> bool:
    """True for ``name = "{text}"``, ``["{text}"`` and their like."""
    return any(
        isinstance(part, ast.Constant)
        and isinstance(follows, ast.FormattedValue)
        and HALF.search(str(part.value))
        for part, follows in zip(node.values, node.values[1:], strict=False)
    )


def _told(node: ast.AST) -> bool:
    """True for a text of a message."""
    at: ast.AST | None = node
    while at is not None:
        if isinstance(at, ast.keyword) and at.arg in TO_A_READER:
            return True
        if isinstance(at, ast.Raise):
            return True
        at = getattr(at, "above", None)
    return False


def _template(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(TEMPLATE.search(node.value))
    )


def _named(node: ast.AST, templates: set[str]) -> bool:
    return _template(node) or (isinstance(node, ast.Name) and node.id in templates)


def _of_template(node: ast.Call, templates: set[str]) -> bool:
    """True for ``TEMPLATE.format(...)``, also of one of several templates."""
    return isinstance(node.func, ast.Attribute) and any(
        _named(part, templates) for part in ast.walk(node.func.value)
    )


def _writes_toml(node: ast.Call) -> bool:
    """True for ``(folder / "x.toml").write_text(...)`` and ``open("x.toml", "w")``."""
    name = called(node).rpartition(".")[2]
    method = isinstance(node.func, ast.Attribute)
    if not (method and name in WRITES) and name != "open":
        return False
    inside = [node.func, *node.args] if name == "open" else [node.func]
    return any(
        isinstance(part, ast.Constant) and str(part.value).endswith(".toml")
        for one in inside
        for part in ast.walk(one)
    )


def test_toml_is_written_by_one_module() -> None:
    assert not places(by_hand, besides=(MODULE,))
    for line in (
        "x = f'source = \"{source}\"'",
        "x = Toml(f'a = {b}')",
        "x = 'format = 1'.format(name=1)",
        'T = """\nformat = 1\nname = {name}\n"""\nx = (T if a else b).format(name=1)',
        "(folder / 'study.toml').write_text(text)",
        "open(folder / 'study.toml', 'w')",
    ):
        assert planted(by_hand, line), line
    assert not planted(by_hand, "raise ValueError(f'write name = \"{name}\"')")
