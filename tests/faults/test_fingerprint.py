"""The fingerprint of the sources changes when the code may do something else, and not otherwise."""

import ast
import os
from pathlib import Path

import pytest

from model.core import caches, sources
from model.core.sources import PACKAGE, _counts, _docstring, _tokens, fingerprint, of_folder

HOUR = 3_600

SOURCES = {
    "__init__.py": '"""A package."""\n',
    "a.py": '"""What?"""\n\nLIMIT = 3\n"""Rows."""\n\n\ndef f(x: int) -> str:\n    """Text."""\n'
    "    return f\"{x} of {LIMIT}\" + 'a' 'b'  # said\n",
    "part/__init__.py": "",
    "part/b.py": "WORDS = ['a', 'b']\nLABEL = N_('a thing')\n",
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "package"
    for name, text in SOURCES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())
    return folder


def rewritten(package: Path, old: str, new: str) -> None:
    """``a.py`` with another text in it."""
    text = (package / "a.py").read_text()
    assert old in text
    (package / "a.py").write_bytes(text.replace(old, new).encode())


def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on an hour has gone by, so that hashes of trees are kept."""
    later = sources.time.time() + HOUR
    monkeypatch.setattr("model.core.sources.time.time", lambda: later)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n", "\r\n"),
        ("\n", "\r"),
        ("# said", "# said otherwise"),
        ("  # said", "   "),
        ('"""What?"""', '"""Why?"""'),
        ('"""What?"""\n', ""),
        ('"""Rows."""', '"""Lines."""'),
        ('    """Text."""\n', ""),
        ('"""What?"""', '\ufeff"""What?"""'),
        ("'a' 'b'", "'ab'"),
        ("'a' 'b'", "u'ab'"),
        ("LIMIT = 3", "LIMIT = (3)"),
        ("\n\n\n", "\n\n\n\n"),
    ],
)
def test_f24_what_carries_no_meaning_does_not_count(package, old, new):
    before = of_folder(package)
    rewritten(package, old, new)
    assert of_folder(package) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LIMIT = 3", "LIMIT = 4"),
        ("LIMIT = 3", "LIMIT = 3.0"),
        ("LIMIT = 3", "LIMIT = '3'"),
        ("LIMIT = 3", "LIMIT = True"),
        ("x: int", "y: int"),
        ("of {LIMIT}", "of  {LIMIT}"),
        ("'a' 'b'", "'a', 'b'"),
        ("'a' 'b'", "b'ab'"),
        ("{x}", "{x!r}"),
        ("return", "return not"),
    ],
)
def test_f24_what_carries_meaning_does_count(package, old, new):
    before = of_folder(package)
    rewritten(package, old, new)
    assert of_folder(package) != before


@pytest.mark.parametrize("name", sources.NO_CODE)
def test_f24_a_release_does_not_count(package: Path, name: str) -> None:
    assert (sources.PACKAGE / name).is_file()
    (package / name).parent.mkdir(exist_ok=True)
    (package / name).write_text("VERSION = '0.2.0'\n", encoding="utf-8")
    before = of_folder(package)
    (package / name).write_text("VERSION = '0.2.1'\n", encoding="utf-8")
    assert of_folder(package) == before


@pytest.mark.parametrize(
    "stray",
    [
        ".ipynb_checkpoints/a-checkpoint.py",
        "part/.ipynb_checkpoints/b.py",
        "__pycache__/a.py",
        ".#a.py",
        "#a.py",
        "a.py~",
        ".a.py.swp",
        "a (copy).py",
        "a.orig.py",
        "a-old.py",
        ".hidden/c.py",
        "notes.txt",
    ],
)
def test_f24_stray_files_do_not_count(package, stray):
    before = of_folder(package)
    (package / stray).parent.mkdir(exist_ok=True)
    (package / stray).write_text("LIMIT = 5\n")
    assert of_folder(package) == before


@pytest.mark.parametrize("content", [b"LIMIT = ", b"x = '\xff'\n", b"x = 1\0\n", b"(" * 5_000])
def test_f24_files_that_cannot_be_parsed_do_not_count(package, content):
    before = of_folder(package)
    (package / "stray.py").write_bytes(content)
    (package / "gone.py").symlink_to(package / "nothing.py")
    (package / "folder.py").mkdir()
    assert of_folder(package) == before


def test_f24_new_moved_and_removed_modules_count(package):
    found = {of_folder(package)}
    (package / "c.py").write_text("")
    found.add(of_folder(package))
    (package / "c.py").rename(package / "part" / "c.py")
    found.add(of_folder(package))
    (package / "a.py").unlink()
    found.add(of_folder(package))
    assert len(found) == 4


def test_f24_it_does_not_depend_on_the_place(package, tmp_path):
    before = of_folder(package)
    package.rename(tmp_path / "elsewhere")
    assert of_folder(tmp_path / "elsewhere") == before


def test_f24_only_changed_files_are_parsed_again(package, monkeypatch):
    settled(monkeypatch)
    before = of_folder(package)
    parsed: list[bytes] = []
    real = sources.tree_hash
    monkeypatch.setattr(sources, "tree_hash", lambda text: (parsed.append(text), real(text))[1])
    assert of_folder(package) == before
    assert parsed == []
    rewritten(package, "LIMIT = 3", "LIMIT = 4")
    assert of_folder(package) != before
    assert len(parsed) == 1


def test_f24_a_change_that_keeps_size_and_time_is_seen(package, monkeypatch):
    settled(monkeypatch)
    before, state = of_folder(package), (package / "a.py").stat()
    rewritten(package, "LIMIT = 3", "LIMIT = 4")
    os.utime(package / "a.py", ns=(state.st_atime_ns, state.st_mtime_ns))
    assert of_folder(package) != before


def test_f24_a_damaged_memory_is_not_believed(package, monkeypatch):
    settled(monkeypatch)
    before = of_folder(package)
    kept = caches._folder(caches.cache_root(), sources.SHELF) / sources._memo_name(package)
    sound = kept.read_bytes()
    for damaged in (b"", sound[:-3], sound.replace(b"a.py", b"c.py"), b"\xff" * 100):
        kept.write_bytes(damaged)
        assert of_folder(package) == before


def test_f24_runs_and_kernels_go_by_the_same_fingerprint():
    assert fingerprint() == of_folder(sources.PACKAGE)
    assert len(fingerprint()) == 64


def test_f24_texts_to_be_read_do_not_count(package: Path) -> None:
    before = of_folder(package)
    (package / "part/b.py").write_text("WORDS = ['a', 'b']\nLABEL = N_('another thing')\n")
    assert of_folder(package) == before
    (package / "part/b.py").write_text("WORDS = ['a', 'b']\nLABEL = N('another thing')\n")
    assert of_folder(package) != before


def other(value: object) -> object:
    """A constant that is another one of its type."""
    if isinstance(value, bool):
        return not value
    return (
        value + 1 if isinstance(value, int) else value * 2 + 0.5 if isinstance(value, float) else f"{value}?"
    )


def _label(node: ast.AST) -> bool:
    """A text that is marked for translation: people read it, no code does."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_"


@pytest.mark.slow
def test_f24_every_constant_of_the_model_counts() -> None:
    """Each number and text of the code, changed alone, makes another fingerprint, and so other kernels on
    disk (they lie in a folder of its name) and other keys of runs."""
    tried = 0
    for path in sorted(PACKAGE.rglob("*.py")):
        if not _counts(path.relative_to(PACKAGE)):
            continue
        tree = ast.parse(path.read_bytes())
        before = list(_tokens(tree))
        silent = {id(node.value) for node in ast.walk(tree) if _docstring(node)}
        silent |= {id(node.args[0]) for node in ast.walk(tree) if _label(node)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or id(node) in silent:
                continue
            was, node.value = node.value, other(node.value)
            assert list(_tokens(tree)) != before, f"{path}:{node.lineno} {was!r}"
            node.value = was
            tried += 1
        assert list(_tokens(tree)) == before
    assert tried > 3_000
