"""Is every text that is written to a stream or a file one that the stream can hold, whatever the system's
encoding?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.sources.scan import called, places, planted, trees

PRINTS = ("print", "echo", "typer.echo", "sys.stdout.write", "sys.stderr.write", "sys.stdout.writelines")
TEXTS = ("write_text", "read_text")
OPENS = ("open", "io.open", "NamedTemporaryFile", "TemporaryFile", "fdopen")
COMMANDS = tuple(file for file in trees() if file.startswith("experiments/cli/"))
"""What is printed here is printed by the command `gongzhi`, whose streams hold all characters."""


def unheld(tree: ast.Module) -> Iterator[ast.AST]:
    """What is printed in a file that has not called `hold_all_characters`, unless it is plain ASCII."""
    if any(called(node).endswith("hold_all_characters") for node in ast.walk(tree)):
        return
    for node in ast.walk(tree):
        if called(node) in PRINTS and isinstance(node, ast.Call):
            files = [k.value for k in node.keywords if k.arg == "file"]
            if any(called(one).endswith("StringIO") for one in files):
                continue
            plain = (isinstance(a, ast.Constant) and str(a.value).isascii() for a in node.args)
            if not all(plain):
                yield node


def without_encoding(tree: ast.Module) -> Iterator[ast.AST]:
    """Text files that are opened, read or written in the encoding of the system."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or any(k.arg == "encoding" for k in node.keywords):
            continue
        name = called(node).rpartition(".")[2]
        if (name in TEXTS and not _second(node)) or (name in OPENS and _text(node)):
            yield node


def _second(node: ast.Call) -> bool:
    """True if a package's own function of the name is called: with a path and a text (`files.write_text`)."""
    return called(node) == "write_text"


def _text(node: ast.Call) -> bool:
    """True if a file is opened for text. What is opened with something else than a mode is no path."""
    name = called(node)
    if name in ("os.open", "os.fdopen"):
        return False
    temporary = name.endswith("TemporaryFile")
    of_a_path = isinstance(node.func, ast.Attribute) and name != "io.open"
    modes = [k.value for k in node.keywords if k.arg == "mode"]
    modes += node.args[0:1] if of_a_path or temporary else node.args[1:2]
    if not modes:
        return not temporary  # whose own mode is w+b
    if of_a_path and not temporary and not isinstance(modes[0], ast.Constant):
        return False
    return not (isinstance(modes[0], ast.Constant) and "b" in str(modes[0].value))


def test_f10_everything_printed_goes_to_streams_that_hold_it() -> None:
    assert not places(unheld, (*COMMANDS, "experiments/streams.py"))
    assert planted(unheld, "print('−3')\nprint('-3')\nprint(f'{x}')\nsys.stdout.write(x)\n") == [1, 3, 4]
    assert planted(unheld, "import typer\ntyper.echo(page)\n") == [2]
    assert planted(unheld, "hold_all_characters()\nprint(page)\n") == []


def test_f10_every_text_file_names_its_encoding() -> None:
    assert not places(without_encoding)
    source = (
        "open('x', 'w')\nopen('x')\npath.open('w')\npath.open()\npath.write_text(x)\npath.read_text()\n"
        "tempfile.NamedTemporaryFile('w')\nopen('x', 'rb')\npath.open('wb')\ntempfile.TemporaryFile()\n"
        "open('x', encoding='utf-8')\n"
    )
    assert planted(without_encoding, source) == [1, 2, 3, 4, 5, 6, 7]
