"""What can users rely on: names of Python, commands and options, parameters, instruments, outcomes, designs?

`make public` writes the list anew, `python -m tests.public released` at a release that of the release.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

ROOT = Path(__file__).parents[1]
NOW, RELEASED = (Path(__file__).with_name(f"{name}.txt") for name in ("public", "public_released"))
PACKAGES = ("model", "experiments", "experiments.study")


def public() -> dict[str, str]:
    """Every public name and its signature."""
    found: dict[str, str] = {}
    for package in PACKAGES:
        module = importlib.import_module(package)
        for name in sorted(getattr(module, "PUBLIC", None) or module.__all__):
            found |= _of_python(f"{package}.{name}", getattr(module, name))
    import typer

    from experiments.cli.app import app

    found |= dict(_of_command("gongzhi", typer.main.get_command(app)))
    return found | dict(_of_declarations())


def mentioned(text: str, name: str, new: frozenset[str] = frozenset()) -> bool:
    """Whether a text speaks of a name, or of the ``new`` command or class to which it belongs."""
    kind, _, rest = name.partition(" ")
    if kind == "gongzhi":
        words = rest.split()
        own = words[-1] if words[-1].startswith("-") else name
        above = name.rpartition(" ")[0]
    else:
        own = rest or name.rpartition(".")[2]
        above = "" if rest else name.rpartition(".")[0]
    if re.search(rf"(?<![\w.-]){re.escape(own)}(?![\w-])|\.{re.escape(own)}(?![\w-])", text):
        return True
    return above in new and mentioned(text, above, new)


def read(file: Path) -> dict[str, str]:
    """The names and signatures of a list."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return {name: rest for name, _, rest in (line.partition("\t") for line in lines)}


def write(file: Path) -> None:
    """Write the list of today."""
    text = "".join(f"{name}\t{rest}".rstrip() + "\n" for name, rest in sorted(public().items()))
    file.write_text(text, encoding="utf-8", newline="\n")


def present(changelog: str) -> str:
    """The section of the changelog on the version that is being made: the first."""
    return re.split(r"(?m)^## ", changelog)[1]


def _of_python(name: str, what: Any) -> dict[str, str]:
    """A function or a class with its public methods; a value by its type."""
    if not inspect.isclass(what):
        return {name: _signature(what) if callable(what) else type(what).__name__}
    found = {name: _signature(what)}
    own = {name for one in what.__mro__ if one.__module__.partition(".")[0] in PACKAGES for name in vars(one)}
    for attribute in sorted(own):
        if attribute.startswith(("_", "model_")):
            continue
        value = inspect.getattr_static(what, attribute)
        value = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        if inspect.isfunction(value):
            found[f"{name}.{attribute}"] = _signature(value)
        elif isinstance(value, property):
            found[f"{name}.{attribute}"] = "property"
    return found


def _signature(what: Any) -> str:
    """Names and defaults; types are left to mypy."""
    try:
        signature = inspect.signature(what)
    except (TypeError, ValueError):
        return ""
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in signature.parameters.values()]
    text = str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))
    return re.sub(r" at 0x[0-9a-f]+", "", text)


def _of_command(name: str, command: Any) -> Iterator[tuple[str, str]]:
    """A command, its arguments and options, and the commands below it."""
    arguments = [p.name for p in command.params if p.param_type_name == "argument"]
    yield name, " ".join(arguments)
    for option in command.params:
        if option.param_type_name == "option":
            yield f"{name} {max(option.opts, key=len)}", ""
    for below, one in sorted(getattr(command, "commands", {}).items()):
        yield from _of_command(f"{name} {below}", one)


def _of_declarations() -> Iterator[tuple[str, str]]:
    from experiments.outcomes import OUTCOMES
    from experiments.study.design.spec import DesignKind
    from model.instruments import KINDS
    from model.parameters.declare import declarations
    from model.scenario.scenario import Scenario

    yield from ((f"parameter {d.name}", d.unit) for d in declarations(Scenario).values())
    yield from ((f"instrument {kind}", "") for kind in KINDS)
    yield from ((f"outcome {name}", "") for name in OUTCOMES)
    yield from ((f"design {kind}", "") for kind in get_args(DesignKind))


if __name__ == "__main__":
    target = RELEASED if sys.argv[1:] == ["released"] else NOW
    write(target)
    print(f"Wrote {target.name}; say in CHANGELOG.md what was added, removed or changed.")
