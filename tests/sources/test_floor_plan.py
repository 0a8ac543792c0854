"""Is the house built as its plan says: arrows run one way, no room is too full?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

FLOORS = {
    "model": (
        *(
            "core",
            "parameters",
            "instruments",
            "scenario",
            "state",
            "start",
            "week",
            "mesa_face",
            "extend",
            "community",
        ),
        *("district", "__init__"),
    ),
    "experiments": (
        *(
            "storage",
            "words",
            "locale",
            "outcomes",
            "loading",
            "runs",
            "comparison",
            "validation",
            "study",
            "report",
        ),
        *("compare", "lookup", "cli", "__init__", "__main__"),
    ),
}
"""The rooms, from the ground up: each may know those before it, also for types only."""

MOST_FILES, MOST_LINES = 24, 400


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def room(path: Path) -> str:
    """The folder below the package, or the file where it lies flat."""
    first = path.relative_to(ROOT).parts[1]
    return first.removesuffix(".py")


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Lines and dotted names of all imports, those for types and those in functions included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def upward(package: str, paths: list[Path]) -> list[str]:
    floors, found = FLOORS[package], []
    for path in paths:
        for line, name in imported(path):
            top, _, rest = name.partition(".")
            to = rest.partition(".")[0]
            if top == package and to in floors and floors.index(to) > floors.index(room(path)):
                found.append(f"{path.relative_to(ROOT)}:{line} knows {name}")
    return found


@pytest.mark.parametrize("package", FLOORS)
def test_no_room_knows_a_higher_one(package: str) -> None:
    assert {room(path) for path in sources(package)} == set(FLOORS[package])
    assert upward(package, sources(package)) == []


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("model/state/planted.py", "from model.week import plan"),
        ("model/core/planted.py", "import model.community"),
        ("model/week/planted.py", "if TYPE_CHECKING:\n    from model.community import CommunityModel"),
        ("experiments/storage/planted.py", "def f():\n    from experiments.runs.simulate import simulate"),
    ],
)
def test_a_planted_arrow_is_found(place: str, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: line)
    assert len(upward(place.partition("/")[0], [ROOT / place])) == 1


def test_the_model_knows_nothing_of_the_experiments() -> None:
    for path in sources("model"):
        assert not [name for _, name in imported(path) if name.partition(".")[0] == "experiments"], path


@pytest.mark.parametrize("low", ["core", "state"])
def test_the_ground_needs_no_tables_and_no_files(low: str) -> None:
    for path in sources("model"):
        if room(path) == low:
            used = {name.partition(".")[0] for _, name in imported(path)}
            assert not used & {"pandas", "pyarrow", "tomllib", "tomlkit"}, path


def test_below_the_community_everything_is_imported_by_its_name() -> None:
    """But for old names, which are asked for as texts."""
    above = {"community", "district", "__init__"}
    for path in sources("model"):
        if room(path) not in above and path.name != "renamed.py":
            text = path.read_text(encoding="utf-8")
            assert "import_module" not in text, path


def test_no_folder_is_crowded_and_no_file_long() -> None:
    for package in FLOORS:
        folders: dict[Path, int] = {}
        for path in sources(package):
            folders[path.parent] = folders.get(path.parent, 0) + 1
            lines = path.read_text(encoding="utf-8").count("\n")
            assert lines <= MOST_LINES, path
        assert {folder: n for folder, n in folders.items() if n > MOST_FILES} == {}


def test_the_guide_names_files_that_are_there() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:model|experiments|tests)/[\w./]+)`", guide))
    assert len(named) > 15
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def places(text: str) -> Iterator[tuple[str, list[str]]]:
    """Paths that a text names, with the functions behind each: `model/week/plan.py` plan() publish()."""
    for path, called in re.findall(r"\b((?:model|experiments|tests)/[\w./]*\w/?)`?((?: \w+\(\))*)", text):
        yield path, re.findall(r"\w+", called)


def missing(text: str) -> list[str]:
    found = []
    for path, functions in places(text):
        if not (ROOT / path).exists():
            found.append(path)
        elif functions:
            code = (ROOT / path).read_text(encoding="utf-8")
            found += [f"{path} {name}()" for name in functions if not re.search(rf"\bdef {name}\(", code)]
    return found


def test_the_odd_names_files_and_functions_that_are_there() -> None:
    chapters = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "model" / "ODD").glob("*.md"))]
    assert sum(1 for text in chapters for _ in places(text)) > 100
    assert [name for text in chapters for name in missing(text)] == []
    assert missing("`model/week/plan.py` plan() plant(), `model/week/plant.py`, `model/weeks/`") == [
        "model/week/plan.py plant()",
        "model/week/plant.py",
        "model/weeks/",
    ]
