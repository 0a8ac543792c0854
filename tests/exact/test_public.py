"""Public names change on purpose only, and the changelog says so."""

from __future__ import annotations

import pytest

from tests import public
from tests.public import NOW, RELEASED, mentioned, present, read


def changed() -> dict[str, str]:
    """What became of each public name since the last release, where anything did."""
    then, now = read(RELEASED), read(NOW)
    found = {name: "added" for name in now if name not in then}
    found |= {name: "removed" for name in then if name not in now}
    return found | {name: "changed" for name in now if then.get(name, now[name]) != now[name]}


def test_the_list_of_public_names_is_that_of_today():
    now, listed = public.public(), read(NOW)
    moved = sorted(name for name in now.keys() | listed.keys() if now.get(name) != listed.get(name))
    assert not moved, f"run `make public`, and say in CHANGELOG.md what became of: {', '.join(moved)}"


def test_the_changelog_speaks_of_every_change():
    text = present((public.ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    new = frozenset(name for name, what in changed().items() if what == "added")
    silent = [f"{name} ({what})" for name, what in changed().items() if not mentioned(text, name, new)]
    assert not silent, "CHANGELOG.md does not name, in its first section: " + ", ".join(silent)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("`compare --quick` is a trial", "gongzhi compare --quick", True),
        ("`compare --quicker` is a trial", "gongzhi compare --quick", False),
        ("`gongzhi upgrade FILE`", "gongzhi upgrade", True),
        ("`upgrade`", "gongzhi upgrade", False),
        ("`gongzhi instruments` lists them", "gongzhi instruments --csv", True),
        ("`gongzhi list` lists them", "gongzhi list --csv", False),
        ("`experiments.outcomes()`", "experiments.outcomes", True),
        ("`outcomes_of`", "experiments.outcomes", False),
        ("`life.newborn_sessions` is new", "parameter life.newborn_sessions", True),
        ("`newborn_sessions` is new", "parameter life.newborn_sessions", False),
        ("`saltelli`", "design saltelli", True),
        ("a class `Stamp`", "model.Stamp.text", True),
    ],
)
def test_what_counts_as_speaking_of_a_name(text, name, expected):
    new = frozenset({"gongzhi instruments", "model.Stamp"})
    assert mentioned(text, name, new) is expected
