"""Every TOML text is written by `experiments.storage.toml_text`, which quotes what a user gave.

`write_text` of experiments/storage/files.py takes nothing else for a .toml file, so its callers need no look.
Not seen: texts put together from parts none of which shows that it is TOML.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.sources.scan import (
    above,
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

GAP = "\0"
"""What stands in a text for what is put into it."""

MADE = re.compile(
    r"""
    ^[\w."'\0-]+[ ]=[ ]([^=\n]*|[\[{].*)\0["'\]}\s]*$       # key = "{value}"
    | ^["'\w.-]*\0["'\w.\0-]*[ ]=[ ]([^\s\[{"']+|[\[{"'].*)$   # {key} = 3
    | ^\[\[?[\w."'\0-]*\0[\w."'\0-]*\]\s*$        # [table.{name}]
    | [\w\]"'\0][ ]=[ ]\[?\{?["']{1,3}\0          # ... = "{value}"
    """,
    re.VERBOSE | re.MULTILINE,
)
TEMPLATE = re.compile(r"(?m)^format = 1$|^\[[\w.\"]+\]|^[\w.\"]+ = [\"'\[{]")
FILLS = ("format", "format_map", "replace", "substitute", "safe_substitute", "sub")
WRITERS = re.compile(r"(tomli_w|toml|rtoml|pytoml|qtoml|tomlkit)\.(?!parse|load|exceptions|TOML)\w+(\.\w+)*")
WRITES = {"write_text", "write_bytes", "open", "copy", "copy2", "copyfile", "move", "replace", "rename"}
WRITES |= {"symlink_to", "hardlink_to", "link", "link_to", "savetxt"}
TO_A_READER = ("what", "where", "why", "instead", "doc", "help", "description")

EXEMPT = {
    "experiments/storage/toml_text.py": {
        **dict.fromkeys(("value", "key", "assigned", "comment", "commented", "whole"), "the guard"),
        **dict.fromkeys(("filled", "joined", "listed", "with_value", "with_key"), "the guard"),
        **dict.fromkeys(("_transplanted", "_item"), "the guard"),
    },
    "experiments/storage/toml_scan.py": {"_unquoted": "only read"},
    "experiments/loading/inherited.py": {"_path": "only read"},
    "experiments/loading/sources.py": {"_read": "a message"},
    "experiments/lookup/lookup_texts.py": {"of_parameters": "a title"},
    "experiments/lookup/show.py": {"_sections": "a title"},
    "experiments/report/question.py": {"_split": "a sum on the page"},
    "experiments/report/study_basis.py": {"_of_settings": "a value on the page"},
    "experiments/study/design/points.py": {"said": "a point in a message"},
    "experiments/study/design/keys.py": {"_told": "a declared default in a help text"},
    "experiments/validation/laws/hours.py": {"concentration": "the name of a case"},
    "experiments/validation/laws/interaction.py": {"brock_durlauf": "the name of a case"},
    "experiments/validation/laws/opinions.py": {"degroot": "the name of a case"},
    "experiments/validation/laws/reaching.py": {"reach": "the name of a case"},
    "experiments/validation/laws/thresholds.py": {"granovetter": "the name of a case"},
    "experiments/validation/laws/timebank.py": {"time_bank": "the name of a case"},
}
"""Texts that look like TOML and are written into no file, and why."""


def by_hand(tree: ast.Module) -> Iterator[ast.AST]:
    """Places that make TOML of texts, or write it, without the module."""
    for node, name in references(tree):
        if WRITERS.fullmatch(name):
            yield node
    for node in nodes(tree):
        pattern = _pattern(node) or ""
        if GAP in pattern and MADE.search(pattern):
            if not _told(node):
                yield node
        elif isinstance(node, ast.Call) and (_made(node) or _fills(node) or _writes(node)):
            yield node


def _pattern(node: ast.AST) -> str | None:
    """The text that a place puts together, with a gap for each part that is no constant; None if it puts
    together none, or is a part of another that does."""
    if isinstance(node, ast.JoinedStr) or _added(node):
        return None if _added(node.above) else "".join(_parts(node))  # type: ignore[attr-defined]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _filled(node.left, r"%(\(\w*\))?[-#0 +]*[\d.*]*[a-zA-Z]")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in ("format", "format_map"):
            return _filled(node.func.value, r"\{[^{}]*\}")
        if node.func.attr == "join" and text(node.func.value) is not None and node.args:
            if isinstance(node.args[0], ast.List | ast.Tuple):
                return str(text(node.func.value)).join(map("".join, map(_parts, node.args[0].elts)))
            if text(node.func.value) == " = ":
                return f"{GAP} = {GAP}"
    return None


def _added(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)


def _filled(template: ast.expr, places: str) -> str | None:
    said = [one for one in map(text, meant(template)) if one is not None]
    return re.sub(places, GAP, "\n".join(said)) if said else None


def _parts(node: ast.AST) -> list[str]:
    """The constant parts of a text, with a gap for each of the others."""
    if isinstance(node, ast.JoinedStr):
        return [part for one in node.values for part in _parts(one)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _parts(node.left) + _parts(node.right)
    known = text(node)
    return [GAP if known is None else known]


def _told(node: ast.AST) -> bool:
    """True for a text of a message."""
    return any(
        isinstance(at, ast.Raise | ast.Assert) or (isinstance(at, ast.keyword) and at.arg in TO_A_READER)
        for at in above(node)
    )


def _made(node: ast.Call) -> bool:
    """True if a Toml is made of something that is no constant."""
    toml = any(last(name) == "Toml" for name in callees(node))
    return toml and any(not isinstance(argument, ast.Constant) for argument in node.args)


def _fills(node: ast.Call) -> bool:
    """True for ``TEMPLATE.format(...)`` and its like, also of one of several templates."""
    if not any(last(name) in FILLS for name in callees(node)) or not isinstance(node.func, ast.Attribute):
        return False
    if any(map(ours, callees(node))):
        return False
    return any(
        TEMPLATE.search(text(one) or "")
        for of in [node.func.value, *node.args]
        for part in ast.walk(of)
        if isinstance(part, ast.expr)
        for one in _deep(part)
    )


def _deep(node: ast.expr) -> Iterator[ast.expr]:
    """What an expression stands for, and what those are made of that a call makes."""
    for one in meant(node):
        yield one
        if isinstance(one, ast.Call) and one is not node:
            yield from one.args


def _writes(node: ast.Call) -> bool:
    """True for ``(folder / "x.toml").write_text(...)``, ``open("x.toml", "w")``, ``copy(a, "x.toml")``."""
    if not any(last(name) in WRITES and not ours(name) for name in callees(node)):
        return False
    opened = [one for name in callees(node) if last(name) == "open" for one in _modes(node, name)]
    if opened and all(set(mode or "?") <= set("rbt") for mode in opened):
        return False
    method = isinstance(node.func, ast.Attribute)
    inside = [*([node.func.value] if method else []), *node.args]  # type: ignore[attr-defined]
    return any(
        (text(one) or "").endswith(".toml")
        for given in inside
        for part in ast.walk(given)
        if isinstance(part, ast.expr)
        for whole in meant(part)
        for one in ast.walk(whole)
    )


def _modes(node: ast.Call, name: str) -> list[str | None]:
    mode = argument(node, "mode", 1 if name in ("open", "io.open", "codecs.open", "os.open") else 0)
    return ["r"] if mode is None else [text(mode)]


def test_toml_is_written_by_one_module() -> None:
    assert not unexplained(by_hand, EXEMPT)


@pytest.mark.parametrize(
    "source",
    [
        "x = f'source = \"{source}\"'",
        "x = f\"source = '{source}'\"",
        "x = f'source = {source!r}'",
        "x = f'source = {json.dumps(source)}'",
        "x = f'{key} = \"{value}\"'",
        "x = f'{key} = {value}'",
        "x = f'a = {{ b = {value} }}'",
        "x = f'[targets.{name}]'",
        "x = f'[{name}]\\nvalue = {value}'",
        "x = f'\\nname = \\'\\'\\'{name}\\'\\'\\'\\n'",
        'x = f\'title = \\"\\"\\"{title}\\"\\"\\"\'',
        "x = 'source = \"' + source + '\"'",
        "lines.append('title = \"' + title + '\"')",
        "x = key + ' = ' + value",
        "x = '[targets.' + name + ']'",
        "x = 'source = \"%s\"' % source",
        "x = 'source = \"{}\"'.format(source)",
        "x = ' = '.join([key, repr(value)])",
        "x = ' = '.join(pair)",
        "x = ''.join(['source = \"', source, '\"'])",
        "x = Toml(f'a = {b}')",
        "from experiments.storage.toml_text import Toml as T; x = T(text)",
        "x = 'format = 1'.format(name=1)",
        'T = """\nformat = 1\nname = {name}\n"""\nx = (T if a else b).format(name=1)',
        "T = 'format = 1\\nname = NAME'; x = T.replace('NAME', name)",
        "def f():\n    t = 'format = 1\\nname = {n}'\n    return t.format(n=n)",
        "import string; t = string.Template('source = \"$s\"'); x = t.substitute(s=s)",
        "import re; x = re.sub('NAME', name, 'source = \"NAME\"')",
        "import tomli_w; tomli_w.dump(x, f)",
        "import toml as t; t.dumps(x)",
        "from tomlkit import dumps; dumps(x)",
        "(folder / 'study.toml').write_text(text)",
        "path = folder / 'study.toml'; path.write_text(text)",
        "NAME = 'study.toml'; (folder / NAME).write_bytes(text)",
        "path.with_suffix('.toml').write_text(text)",
        "open(folder / 'study.toml', 'w')",
        "(folder / 'study.toml').open(mode)",
        "import os; os.replace(a, folder / 'study.toml')",
        "import shutil; shutil.copy(a, 'x.toml')",
    ],
)
def test_planted_toml_is_found(source: str) -> None:
    assert planted(by_hand, source)


@pytest.mark.parametrize(
    "source",
    [
        "raise ValueError(f'write name = \"{name}\"')",
        "StudyError(instead=f'write {key} = {value}')",
        "x = f'{name}: {value}'",
        "x = (folder / 'study.toml').open('rb')",
    ],
)
def test_what_is_no_toml_is_not_found(source: str) -> None:
    assert not planted(by_hand, source)
