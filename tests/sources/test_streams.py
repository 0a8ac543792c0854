"""Is every text that is written to a stream or a file one that the stream can hold, whatever the system's
encoding?

What Python itself writes to the standard error stream is not asked for (``sys.exit(text)``, ``raise
SystemExit(text)``, ``warnings``, ``logging``, ``traceback``): that stream always has the error handler
"backslashreplace", so it takes every text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.sources.scan import (
    HERE,
    Function,
    above,
    argument,
    callees,
    found_places,
    last,
    meant,
    names,
    nodes,
    ours,
    planted,
    text,
    unexplained,
)

PRINTS = re.compile(
    r"""
    print | pprint\.\w+ | input
    | sys\.(__)?(stdout|stderr)(__)?(\.buffer|\.raw)*\.(write|writelines)
    | (typer|click)(\.\w+)*\.(echo|secho|echo_via_pager|prompt|confirm|style_and_print)
    | rich\.(print|print_json|inspect) | rich\.print\.print
    | rich(\.\w+)*\.Console\(\)\.(print|log|out|rule|input)
    | echo | secho
    """,
    re.VERBOSE,
)
HELD = {
    "experiments/storage/streams.py": {"echo": "the one printer"},
    "experiments/cli/new.py": dict.fromkeys(("_asked", "_asked_if_known"), "asks at the command's terminal"),
    "experiments/cli/progress.py": {"say": "the command's own stream"},
}
COMMANDS = "experiments/cli/"
"""What is printed here is printed by the command `gongzhi`, whose streams hold all characters."""


def unheld(tree: ast.Module) -> Iterator[ast.AST]:
    """What is printed before its function has called `hold_all_characters`, unless it is plain ASCII; also
    what prints, where it is handed on."""
    for node in nodes(tree):
        if not isinstance(node, ast.Call):
            handed = isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
            if handed and getattr(node.above, "func", None) is not node and _prints(node):  # type: ignore[attr-defined]
                yield node
        elif _prints(node.func) and not _plain(node) and not _in_a_text(node) and not _held(node):
            yield node


def _prints(node: ast.AST) -> bool:
    return any(PRINTS.fullmatch(name) for name in names(node)) or _to_a_number(node)


def _to_a_number(node: ast.AST) -> bool:
    """True for ``os.write(1, ...)``, to the number of a standard stream."""
    call = node.above  # type: ignore[attr-defined]
    given = call.args[0] if isinstance(call, ast.Call) and call.func is node and call.args else None
    return bool(names(node) & {"os.write"}) and getattr(given, "value", None) in (1, 2)


def _plain(node: ast.Call) -> bool:
    """Whether a call prints nothing but constants in ASCII."""
    said = [*node.args, *(word.value for word in node.keywords if word.arg in ("sep", "end", "text", None))]
    return all(isinstance(one, ast.Constant) and str(one.value).isascii() for one in said)


def _in_a_text(node: ast.Call) -> bool:
    """Whether what is printed goes into a text in memory."""
    into = argument(node, "file")
    if into is None and isinstance(node.func, ast.Attribute):
        for one in meant(node.func.value):
            if isinstance(one, ast.Call):
                into = argument(one, "file")
    return into is not None and any(last(name) == "StringIO" for name in callees(into))


def _held(node: ast.AST) -> bool:
    """Whether the function that a place stands in has called `hold_all_characters` before."""
    around = next(at for at in above(node) if isinstance(at, Function | ast.Lambda | ast.Module))
    return any(
        last(name) == "hold_all_characters" and not name.startswith(HERE)
        for before in ast.walk(around)
        if isinstance(before, ast.Call) and before.lineno < getattr(node, "lineno", 0)
        for name in callees(before)
    )


def echoes(tree: ast.Module) -> Iterator[ast.AST]:
    """Uses of the project's own printer."""
    for node in nodes(tree):
        read = isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
        if read and any(ours(name) and last(name) == "echo" for name in names(node)):
            yield node


def without_encoding(tree: ast.Module) -> Iterator[ast.AST]:
    """Text files and pipes that are opened, read or written in the encoding of the system."""
    for node in nodes(tree):
        if isinstance(node, ast.Call):
            found = any(_of_the_system(node, name) for name in callees(node))
        else:
            handed = getattr(getattr(node, "above", None), "func", None) is not node
            found = handed and isinstance(node, ast.Attribute) and node.attr in ("read_text", "write_text")
        if found:
            yield node


def _of_the_system(node: ast.Call, name: str) -> bool:
    if ours(name):
        return False
    end, of_module = last(name), name in TEXT_OPENERS
    if of_module:
        place, mode, default = TEXT_OPENERS[name]
        return _as_text(node, mode, default) and not _named(node, place)
    if end in ("write_text", "read_text"):
        return not _named(node, 1 if end == "write_text" else 0)
    if end == "open" and "." in name and not name.startswith(NO_TEXTS):
        return _as_text(node, 0, "r") and not _named(node, 2)
    if re.fullmatch(r"(asyncio\.)?subprocess\.\w+|os\.popen|asyncio\.create_subprocess_\w+", name):
        asked = [argument(node, word) for word in ("text", "universal_newlines", "errors")]
        said = any(one is not None and getattr(one, "value", True) for one in asked)
        return (said or end in ("getoutput", "getstatusoutput", "popen")) and not _named(node)
    return name.startswith(("configparser.", "logging.")) and end in LATER and not _named(node)


TEXT_OPENERS: dict[str, tuple[int | None, int, str]] = {
    "open": (3, 1, "r"),
    "io.open": (3, 1, "r"),
    "codecs.open": (2, 1, "rb"),
    "os.fdopen": (3, 1, "r"),
    "io.TextIOWrapper": (1, 9, "r"),
    "tempfile.NamedTemporaryFile": (2, 0, "w+b"),
    "tempfile.TemporaryFile": (2, 0, "w+b"),
    "tempfile.SpooledTemporaryFile": (3, 1, "w+b"),
    "gzip.open": (3, 1, "rb"),
    "bz2.open": (3, 1, "rb"),
    "lzma.open": (9, 1, "rb"),
    "fileinput.input": (9, 9, "r"),
    "NamedTemporaryFile": (2, 0, "w+b"),
}
"""What opens a text: the places of its encoding and of its mode, and the mode if none is said."""

NO_TEXTS = ("os.open", "tokenize.open", "webbrowser.", "tarfile.", "zipfile.", "shelve.", "dbm.", "PIL.")
LATER = ("read", "FileHandler", "basicConfig")


def _as_text(node: ast.Call, place: int, default: str) -> bool:
    """Whether a file is opened for text; what no one can tell is."""
    mode = argument(node, "mode", place)
    if mode is None:
        return "b" not in default or any(word.arg is None for word in node.keywords)
    said = [text(one) for one in meant(mode) if not isinstance(one, ast.Name | ast.IfExp | ast.BoolOp)]
    return not said or any(one is None or ("b" not in one and (set(one) <= set("rwaxt+U"))) for one in said)


def _named(node: ast.Call, place: int | None = None) -> bool:
    """Whether a call names an encoding that is none of the system's."""
    encoding = argument(node, "encoding", place)
    if encoding is None:
        return False
    return not any(
        isinstance(one, ast.Constant) and one.value in (None, "locale", "") for one in meant(encoding)
    )


def test_f10_everything_printed_goes_to_streams_that_hold_it() -> None:
    assert not unexplained(unheld, HELD)
    assert all(place.file.startswith(COMMANDS) for place in found_places(echoes))


def test_f10_every_text_file_names_its_encoding() -> None:
    assert not unexplained(without_encoding, {})


@pytest.mark.parametrize(
    "source",
    [
        "print('−3')",
        "print(f'{x}')",
        "print('a', sep=x)",
        "print('a', end='−')",
        "print(*['−'])",
        "print(**x)",
        "p = print; p(x)",
        "map(print, x)",
        "import builtins; builtins.print(x)",
        "import sys; sys.stdout.write(x)",
        "import sys; print(x, file=sys.stderr)",
        "import sys; w = sys.stdout; w.write(x)",
        "import sys as s; s.stdout.writelines(x)",
        "import sys; sys.stdout.buffer.write(x)",
        "import sys; sys.__stdout__.write(x)",
        "import sys; (sys.stdout if a else sys.stderr).write(x)",
        "from sys import stdout; stdout.write(x)",
        "import os; os.write(1, x)",
        "import typer; typer.echo(page)",
        "import typer as t; t.echo(page)",
        "import typer; typer.secho(page)",
        "import typer; typer.prompt(page)",
        "import click; click.echo(page)",
        "from click import secho as s; s(page)",
        "from rich import print as p; p(x)",
        "from rich.console import Console; Console().print(x)",
        "from rich.console import Console as C; c = C(); c.print(x)",
        "from pprint import pprint; pprint(x)",
        "def f():\n    hold_all_characters()\ndef g():\n    print(x)",
        "def hold_all_characters(): ...\nhold_all_characters()\nprint(x)",
        "print(x)\nhold_all_characters()",
    ],
)
def test_a_planted_print_is_found(source: str) -> None:
    assert planted(unheld, source)


@pytest.mark.parametrize(
    "source",
    [
        "print('-3', end='')",
        "print(x, file=io.StringIO())",
        "c = rich.console.Console(file=io.StringIO()); c.print(x)",
        "hold_all_characters()\nprint(page)",
    ],
)
def test_what_is_held_is_not_found(source: str) -> None:
    assert not planted(unheld, source)


@pytest.mark.parametrize(
    "source",
    [
        "open('x', 'w')",
        "open('x')",
        "open('x', mode)",
        "open('x', mode='r')",
        "open('x', 'w', -1)",
        "open('x', encoding=None)",
        "open('x', encoding='locale')",
        "from io import open as o; o('x')",
        "o = open; o('x')",
        "path.open('w')",
        "path.open()",
        "path.open(mode)",
        "path.open(mode='w')",
        "path.open('w', -1, None)",
        "path.write_text(x)",
        "path.write_text(x, None)",
        "path.write_text(x, encoding=None)",
        "NONE = None; path.write_text(x, encoding=NONE)",
        "path.read_text()",
        "map(Path.read_text, paths)",
        "import tempfile; tempfile.NamedTemporaryFile('w')",
        "from tempfile import SpooledTemporaryFile as S; S(3, 'w')",
        "import io; io.TextIOWrapper(b)",
        "import os; os.fdopen(3, 'w')",
        "import gzip; gzip.open('x', 'wt')",
        "import subprocess; subprocess.run(['x'], text=True)",
        "from subprocess import check_output as c; c(['x'], universal_newlines=True)",
        "import subprocess; subprocess.getoutput('x')",
        "import configparser; c = configparser.ConfigParser(); c.read('x')",
        "import logging; logging.FileHandler('x')",
    ],
)
def test_a_planted_text_file_is_found(source: str) -> None:
    assert planted(without_encoding, source)


@pytest.mark.parametrize(
    "source",
    [
        "open('x', 'rb')",
        "path.open('wb')",
        "import tempfile; tempfile.TemporaryFile()",
        "open('x', encoding='utf-8')",
        "open('x', 'w', -1, 'utf-8')",
        "import os; os.open('x', 3)",
        "import subprocess; subprocess.run(['x'])",
        "zip.open('x.csv')",
    ],
)
def test_a_file_of_bytes_or_with_an_encoding_is_not_found(source: str) -> None:
    assert not planted(without_encoding, source)
