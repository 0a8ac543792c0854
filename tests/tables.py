"""A scenario of 43 adults with a residents' table and ties of its own, in any form."""

from __future__ import annotations

from pathlib import Path

from experiments.loading.inputs import read_inputs
from experiments.loading.load import Loaded, load
from model.core.errors import GongzhiError
from model.start.inputs import Inputs

SCENARIO = """
format = 1
name = "own"
[run]
weeks = 2
spin_up = 0
[population]
persons = 53
households = 20
[inputs]
residents = "people.csv"
ties = { friends = "friends.csv" }
[organization.choir]
fields = ["arts"]
members = 20
"""

ADULTS = 43


def people(name: str = "居民") -> list[list[str]]:
    """A header and a row for every adult."""
    rows = [
        [f"{name}{i}", f"0.{i + 10}", "TRUE" if i % 3 else "FALSE", ("male", "female")[i % 2], str(60 * i)]
        for i in range(ADULTS)
    ]
    return [["id", "skill", "party", "sex", "free_minutes"], *rows]


def friends(name: str = "居民") -> list[list[str]]:
    """A header and a row per tie, by id."""
    ties = [[f"{name}{i}", f"{name}{(7 * i + 3) % ADULTS}", f"{i + 1}.5"] for i in range(20)]
    return [["a", "b", "weight"], *(tie for tie in ties if tie[0] != tie[1])]


def text(rows: list[list[str]], separator: str = ",", end: str = "\n") -> str:
    """The rows as a CSV file."""
    return "".join(separator.join(row) + end for row in rows)


def scenario(folder: Path) -> Loaded:
    """The scenario in ``folder``."""
    folder.mkdir(exist_ok=True)
    (folder / "own.toml").write_text(SCENARIO, encoding="utf-8")
    return load(folder / "own.toml")


def write(folder: Path, residents: str | bytes | None = None, ties: str | bytes | None = None) -> Loaded:
    """The scenario with these tables, the plain ones where None."""
    loaded = scenario(folder)
    for file, given, plain in (("people.csv", residents, people()), ("friends.csv", ties, friends())):
        content = text(plain) if given is None else given
        (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    return loaded


def read(folder: Path, residents: str | bytes | None = None, ties: str | bytes | None = None) -> Inputs:
    """What is read of these tables."""
    inputs = read_inputs(write(folder, residents, ties))
    assert inputs is not None
    return inputs


def told(folder: Path, residents: str | bytes | None = None, ties: str | bytes | None = None) -> str:
    """What is said of these tables, which are refused."""
    try:
        read(folder, residents, ties)
    except GongzhiError as error:
        return str(error)
    raise AssertionError("read without a word")
