"""Where in the sources does a kind of place stand? A rule finds it in a syntax tree; a test then
fails on each place that is not guarded, and on one that is planted and not found.

    EXEMPT = {"model/x.py": {"Table.read": "the one reader"}}   # a file, a function in it, and why

    def unguarded(tree: ast.Module) -> Iterator[ast.AST]:        # the places of one file that are wrong
        yield from (node for node in nodes(tree) if names(node) & {"pandas.read_csv"})

    def test_every_table_is_read_by_one_reader() -> None:
        assert not unexplained(unguarded, EXEMPT)
        assert planted(unguarded, "from pandas import read_csv as r\nr('x')") == [2]

A rule asks for true names, so that it does not matter how a module was imported or what a thing was called
meanwhile. It does not see what is reached by a computed name, a container, an argument or another file's
variable.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

ROOT = Path(__file__).parents[2]
PACKAGES = ("model", "experiments")
OURS = tuple(f"{package}." for package in PACKAGES)
HERE = "here."
"""Before the name of a function or class that the file itself defines."""

USUAL = {"np": "numpy", "pd": "pandas", "plt": "matplotlib.pyplot", "mpl": "matplotlib", "nx": "networkx"}
"""What short names mean in a planted source that imports nothing."""

FETCHES = {"getattr", "__import__", "importlib.import_module"}
"""What finds a thing by its name."""

Rule = Callable[[ast.Module], Iterator[ast.AST]]
"""The places of one file that are wrong."""

Exempt = Mapping[str, Mapping[str, str]]
"""Places that may stand: for a file, its functions (dotted, "" for none) or texts, each with the reason."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Loop = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
Scope = ast.Module | Function | ast.ClassDef | ast.Lambda | Loop


class Place(NamedTuple):
    """A place: its file below the root, its line, the function it stands in ("" for none), its text."""

    file: str
    line: int
    function: str
    text: str


@cache
def trees() -> dict[str, ast.Module]:
    """The syntax tree of every source of the packages, by its path below the root."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            found[path.relative_to(ROOT).as_posix()] = parsed(path.read_text(encoding="utf-8"))
    return found


def parsed(source: str) -> ast.Module:
    """The syntax tree of a source, each node with the one above it as ``above``, and each scope with what
    its names are bound to as ``bound``."""
    tree = ast.parse(source)
    tree.all = []  # type: ignore[attr-defined]
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        tree.all.append(node)  # type: ignore[attr-defined]
        if isinstance(node, Scope):
            node.bound, node.outer = {}, {}  # type: ignore[union-attr]
        below = list(ast.iter_child_nodes(node))
        for child in below:
            child.above = node  # type: ignore[attr-defined]
        stack.extend(reversed(below))
    for node in nodes(tree):
        _bind(node)
    return tree


def nodes(tree: ast.Module) -> list[ast.AST]:
    """All nodes of a tree, in the order of the source."""
    found: list[ast.AST] = tree.all  # type: ignore[attr-defined]
    return found


def found_places(rule: Rule) -> list[Place]:
    """Every place of the sources that a rule finds."""
    return [
        Place(file, getattr(node, "lineno", 0), function(node), ast.unparse(node))
        for file, tree in trees().items()
        for node in rule(tree)
    ]


def places(rule: Rule) -> list[str]:
    """``file:line`` of every place of the sources that a rule finds."""
    return [f"{place.file}:{place.line}" for place in found_places(rule)]


def unexplained(rule: Rule, exempt: Exempt, by: Literal["function", "text"] = "function") -> list[str]:
    """``file:line function: text`` of every place of the sources that no exemption names, by its function
    or its text, and every exemption that is of no place any more."""
    found = [(place, getattr(place, by)) for place in found_places(rule)]
    there = {(place.file, name) for place, name in found}
    said = [(file, name) for file in exempt for name in exempt[file]]
    return [
        *(f"{p.file}:{p.line} {p.function}: {p.text}" for p, name in found if (p.file, name) not in said),
        *(f"not there: {file} {name}" for file, name in said if (file, name) not in there),
    ]


def planted(rule: Rule, source: str) -> list[int]:
    """The lines of a source that the rule finds wrong: that a planted place does not go unseen."""
    return sorted({getattr(node, "lineno", 0) for node in rule(parsed(source + "\n"))})


def function(node: ast.AST) -> str:
    """The dotted name of the functions and classes that a node stands in; empty outside of them."""
    parts = [at.name for at in above(node) if isinstance(at, Function | ast.ClassDef)]
    return ".".join(reversed(parts))


def above(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that hold a node, from the inside."""
    at = getattr(node, "above", None)
    while at is not None:
        yield at
        at = getattr(at, "above", None)


def guards(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """The nodes that hold a node and run with it, each with what of it holds the node: not those around
    the function or lambda it stands in, which runs at another time."""
    below = node
    for at in above(node):
        if isinstance(at, Function | ast.Lambda):
            return
        yield at, below
        below = at


def names(node: ast.AST) -> set[str]:
    """The dotted names that an expression may stand for, whatever its spelling: ``pandas.read_csv``.

    Through imports, aliases, ``getattr`` of a constant and either side of a choice. ``.astype`` is an
    attribute of something unknown, ``f().x`` one of what f returns, ``f[].x`` one of an item of f,
    ``here.f`` what the file defines; "" is anything else.
    """
    known: set[str] | None = getattr(node, "named", None)
    if known is None:
        node.named = {""}  # type: ignore[attr-defined]  # what is defined by itself is unknown
        known = node.named = _names(node)  # type: ignore[attr-defined]
    return known


def callees(node: ast.AST) -> set[str]:
    """The dotted names that a call may be of; empty for no call."""
    return names(node.func) if isinstance(node, ast.Call) else set()


def called(node: ast.AST) -> str:
    """The dotted name that a call is of; the first by the alphabet of several, empty for no call."""
    return min(callees(node), default="")


def last(name: str) -> str:
    """The last part of a dotted name."""
    return name.rpartition(".")[2]


def ours(name: str) -> bool:
    """Whether a dotted name is one of the project's own."""
    return name.startswith((*OURS, HERE))


def meant(node: ast.expr) -> list[ast.expr]:
    """The expressions that an expression may stand for: what its name was set to in this file, or in the
    one of the project that it was imported from; else itself."""
    seen: list[ast.expr] = []
    waiting = [node]
    while waiting:
        at = waiting.pop()
        if any(at is one for one in seen):
            continue
        seen.append(at)
        if isinstance(at, ast.Name):
            for bound in _bindings(at):
                if isinstance(bound, ast.expr):
                    waiting.append(bound)
                elif isinstance(bound, str):
                    waiting.extend(_elsewhere(bound))
        elif isinstance(at, ast.IfExp):
            waiting += [at.body, at.orelse]
        elif isinstance(at, ast.BoolOp):
            waiting += at.values
        elif isinstance(at, ast.NamedExpr):
            waiting.append(at.value)
    return seen


def argument(node: ast.Call, name: str, place: int | None = None) -> ast.expr | None:
    """What a call gives as ``name``, or at a place; None if it gives nothing there."""
    for word in node.keywords:
        if word.arg == name:
            return word.value
    return node.args[place] if place is not None and place < len(node.args) else None


def text(node: ast.AST | None) -> str | None:
    """The text that a node is, if it is a constant one."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def references(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """All that is read or imported by name, called or not, each with a true name."""
    for node in nodes(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node, f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Attribute | ast.Name | ast.Call):
            fetched = bool(callees(node) & FETCHES) if isinstance(node, ast.Call) else False
            if fetched or isinstance(getattr(node, "ctx", None), ast.Load):
                for name in names(node):
                    yield node, name


def starred(tree: ast.Module) -> Iterator[ast.AST]:
    """``from x import *``, behind which no name can be told."""
    for node in nodes(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            yield node


def _scope(node: ast.AST) -> Any:
    """What a binding binds its name in."""
    return next(at for at in above(node) if isinstance(at, Scope))


def _bind(node: ast.AST) -> None:
    """Note in its scope what a node binds to a name: a dotted name, an expression, or None if unknown."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            if isinstance(node, ast.ImportFrom):
                _note(node, alias.asname or alias.name, f"{node.module}.{alias.name}")
            elif alias.asname:
                _note(node, alias.asname, alias.name)
            else:
                root = alias.name.split(".")[0]
                _note(node, root, root)
    elif isinstance(node, ast.Global | ast.Nonlocal):
        scope = _scope(node)
        outer = [at for at in above(scope) if isinstance(at, ast.Module | Function)] or [scope]
        scope.outer.update(dict.fromkeys(node.names, outer[-1 if isinstance(node, ast.Global) else 0]))
    elif isinstance(node, Function | ast.ClassDef):
        _note(node, node.name, HERE + node.name)
    elif isinstance(node, ast.arg):
        _note(node, node.arg, None)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        holder = node.above  # type: ignore[attr-defined]
        if isinstance(holder, ast.Assign | ast.NamedExpr) or (
            isinstance(holder, ast.AnnAssign) and holder.value is not None
        ):
            _note(node, node.id, holder.value)
        elif isinstance(holder, ast.withitem):
            _note(node, node.id, holder.context_expr)
        elif isinstance(getattr(holder, "iter", None), ast.Tuple | ast.List):
            for one in holder.iter.elts:
                _note(node, node.id, one)
        elif not isinstance(holder, ast.AugAssign | ast.AnnAssign):
            _note(node, node.id, _paired(node, holder))


def _paired(node: ast.Name, holder: ast.AST) -> ast.expr | None:
    """What a name in ``a, b = x, y`` is set to."""
    assign = getattr(holder, "above", None)
    if isinstance(holder, ast.Tuple | ast.List) and isinstance(assign, ast.Assign):
        value = assign.value
        if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(holder.elts):
            return value.elts[holder.elts.index(node)]
    return None


def _note(node: ast.AST, name: str, what: str | ast.expr | None) -> None:
    scope = _scope(node)
    scope.outer.get(name, scope).bound.setdefault(name, []).append(what)


def _bindings(node: ast.Name) -> list[str | ast.expr | None]:
    """What a name is bound to in the innermost scope that binds it; empty if none does."""
    below: ast.AST = node
    inner = False
    for at in above(node):
        if isinstance(at, Scope):
            # the names of a class are none of its methods; defaults and decorators are read outside
            hidden = isinstance(at, ast.ClassDef) and (inner or below not in at.body)
            hidden |= isinstance(at, Function) and below not in at.body
            hidden |= isinstance(at, ast.Lambda) and below is not at.body
            inner |= isinstance(at, Function | ast.Lambda) and not hidden
            bound: list[str | ast.expr | None] = at.bound.get(node.id, [])  # type: ignore[union-attr]
            if bound and not hidden:
                return bound
        below = at
    return []


def _followed(dotted: str) -> set[str]:
    """The true names of what is imported: those that the project's own file imports it by, if it does."""
    if dotted.startswith(OURS):
        at = [one for one in _in_module(dotted) if isinstance(one, str) and not one.startswith(HERE)]
        if at and dotted not in at:
            return set().union(*map(_followed, at))
    return {_true(dotted)}


def _elsewhere(dotted: str) -> list[ast.expr]:
    """What a name of another file of the project is set to there."""
    return [one for one in _in_module(dotted) if isinstance(one, ast.expr)] if dotted.startswith(OURS) else []


def _in_module(dotted: str) -> list[str | ast.expr | None]:
    """What a name is bound to in the project's own file that it is imported from."""
    module, _, name = dotted.rpartition(".")
    path = module.replace(".", "/")
    tree = trees().get(f"{path}.py") or trees().get(f"{path}/__init__.py")
    return list(tree.bound.get(name, [])) if tree else []  # type: ignore[attr-defined]


def _names(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Name):
        bound = _bindings(node)
        found: set[str] = set() if bound else {USUAL.get(node.id, node.id)}
        for one in bound:
            found |= _followed(one) if isinstance(one, str) else {""} if one is None else names(one)
        return {one for one in found if one.count(".") < 12}
    if isinstance(node, ast.Attribute):
        return {_true(f"{name}.{node.attr}") for name in names(node.value)}
    if isinstance(node, ast.Call):
        return _returned(node)
    if isinstance(node, ast.Subscript):
        return {name and f"{name}[]" for name in names(node.value)}
    if isinstance(node, ast.IfExp):
        return names(node.body) | names(node.orelse)
    if isinstance(node, ast.BoolOp):
        return set().union(*map(names, node.values))
    if isinstance(node, ast.NamedExpr | ast.Await | ast.Starred):
        return names(node.value)
    return {""}


def _returned(node: ast.Call) -> set[str]:
    """What a call stands for: an attribute, a module or a function that it fetches, else what it returns."""
    of = names(node.func)
    first, second = ([text(one) for one in node.args[:2]] + [None, None])[:2]
    if of & {"getattr"} and second is not None:
        return {_true(f"{name}.{second}") for name in names(node.args[0])}
    if of & FETCHES and first is not None:
        return {first}
    if of & {"functools.partial", "partial"} and node.args:
        return names(node.args[0])
    return {name and f"{name}()" for name in of}


def _true(name: str) -> str:
    """A name without the module of Python's own names."""
    return name.removeprefix("builtins.") or name
