"""Can a checker follow what the model reads: no computed attributes, no parameter of any type, no name of a
parameter or of a column that is not there?"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from model.scenario.derived import kernel_parameters
from model.state.residents import COLUMNS
from tests.worlds import world

ROOT = Path(__file__).parents[2]

WALKERS = {
    "core/owned.py": "the one walk over the fields of a state",
    "core/sources.py": "the one walk over syntax trees",
    "core/renamed.py": "old names",
    "parameters/record.py": "the record is made of all declared parameters",
    "parameters/replace.py": "values by dotted names",
    "parameters/declare.py": "values by dotted names",
    "scenario/declared_policy.py": "titles by language",
    "scenario/derived.py": "the record is made of all submodels",
    "state/community.py": "the price of an instrument, under the name that its kind declares",
    "scenario/seasons.py": "a season's factor of every activity",
}
"""Files below the community that ask for attributes by computed names, and why."""


def files(*rooms: str) -> list[Path]:
    return [path for room in rooms for path in sorted((ROOT / "model" / room).rglob("*.py"))]


def computed(text: str) -> Iterator[str]:
    """``getattr``, ``setattr`` and ``attrgetter`` of a name that is not written there."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            asking = ast.unparse(node.func).rpartition(".")[2]
            names = node.args[1:2] if asking in ("getattr", "setattr", "delattr") else []
            names = node.args if asking == "attrgetter" else names
            if not all(isinstance(name, ast.Constant) for name in names):
                yield ast.unparse(node)


def untyped(text: str) -> Iterator[str]:
    """Parameters of functions without a type, or of the type `Any`."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            for one in (*every, node.args.vararg, node.args.kwarg):
                if one is not None and one.arg not in ("self", "cls"):
                    written = "Any" if one.annotation is None else ast.unparse(one.annotation)
                    if written == "Any":
                        yield f"{node.name}({one.arg})"


def of_record(text: str) -> set[str]:
    """The names that functions read of the record of parameters, ``p`` or ``model.p``."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            every = {one.arg: one.annotation for one in node.args.args}
            typed = {n for n, a in every.items() if a is not None and ast.unparse(a) == "Parameters"}
            for inner in ast.walk(node):
                if isinstance(inner, ast.Attribute) and ast.unparse(inner.value) in {*typed, "model.p"}:
                    found.add(inner.attr)
    return found


def test_no_attribute_below_the_community_is_computed() -> None:
    rooms = ("core", "parameters", "instruments", "scenario", "state", "start", "week")
    found = {
        path.relative_to(ROOT / "model").as_posix()
        for path in files(*rooms)
        if any(computed(path.read_text(encoding="utf-8")))
    }
    assert found == set(WALKERS)


def test_no_parameter_of_a_phase_is_of_any_type() -> None:
    for path in files("week"):
        assert list(untyped(path.read_text(encoding="utf-8"))) == [], path


def test_only_the_community_itself_knows_the_community() -> None:
    """What there is, is told apart from what happens: no noun acts on all of it."""
    for path in files("state"):
        if path.name != "community.py":
            names = {
                n.id for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Name)
            }
            assert "Community" not in names, path


def test_every_name_read_of_the_record_is_there() -> None:
    declared = set(kernel_parameters(world()).dtype.names or ())
    read = {name for path in files("start", "week") for name in of_record(path.read_text(encoding="utf-8"))}
    assert len(read) > 50
    assert read - declared == set()


def test_tuples_of_columns_have_their_types() -> None:
    seen = 0
    for path in files("start", "week"):
        module = importlib.import_module(
            path.relative_to(ROOT).as_posix().removesuffix(".py").replace("/", ".")
        )
        tree = ast.parse(path.read_text(encoding="utf-8"))
        gathered = {
            ast.unparse(node.args[0])
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "gathered"
        }
        for name in gathered:
            kind = vars(module)[name]
            for field, written in kind.__annotations__.items():
                wanted = np.dtype(COLUMNS[field].dtype).name
                assert wanted in str(getattr(written, "__forward_arg__", written)), f"{path}: {name}.{field}"
                seen += 1
    assert seen > 50


@pytest.mark.parametrize(
    ("scan", "source", "found"),
    [
        (computed, "getattr(people, f)", 1),
        (computed, "getattr(people, 'skill'), people.skill", 0),
        (computed, "operator.attrgetter(name)(people)", 1),
        (computed, "attrgetter('skill')(people)", 0),
        (computed, "def f(o, n, v):\n    setattr(o, n, v)", 1),
        (untyped, "def f(p: Any, q: int): ...", 1),
        (untyped, "def f(p): ...", 1),
        (untyped, "def f(self, p: 'int'): ...", 0),
        (of_record, "def f(p: Parameters, q: int):\n    return p.gain + q.real", 1),
        (of_record, "def f(model):\n    return model.p.gain", 1),
    ],
)
def test_what_the_scans_see(scan, source: str, found: int) -> None:  # type: ignore[no-untyped-def]
    assert len(list(scan(source))) == found
