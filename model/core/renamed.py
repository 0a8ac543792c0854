"""Which Python names and modules are old, and how long is an old name of anything understood?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from model.core._version import __version__

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType

WARNED = 2
"""Minor versions in which an old name is understood with a warning: the one that renamed it and the next."""

RENAMED: dict[str, tuple[str, str]] = {}
"""Old names, such as ``model.Old``: the new one, and the version since which it is old."""

MOVED: dict[str, tuple[str, str]] = {
    "model.draws": ("model.core.draws", "0.2"),
    "model.errors": ("model.core.errors", "0.2"),
    "model.inputs": ("model.start.inputs", "0.2"),
    "model.organizations": ("model.state.organizations", "0.2"),
    "model.outcomes": ("model.state.outcomes", "0.2"),
    "model.policies": ("model.instruments.policies", "0.2"),
    "model.residents": ("model.state.residents", "0.2"),
    "model.schedule": ("model.week.schedule", "0.2"),
    "experiments.load": ("experiments.loading.load", "0.2"),
    "experiments.parallel": ("experiments.runs.parallel", "0.2"),
    "experiments.settings": ("experiments.comparison.settings", "0.2"),
    "experiments.show": ("experiments.lookup.show", "0.2"),
    "experiments.simulate": ("experiments.runs.simulate", "0.2"),
    "experiments.study.again": ("experiments.study.commands.again", "0.2"),
    "experiments.study.answers": ("experiments.study.analysis.answers", "0.2"),
    "experiments.study.plan": ("experiments.study.commands.plan", "0.2"),
    "experiments.summary": ("experiments.comparison.summary", "0.2"),
}
"""Modules of public names, and those that guides and notebooks named, that lay elsewhere: where they are
now, and since which version."""


def over(since: str, now: str = __version__) -> bool:
    """Whether a name that is old since version ``since`` is refused in version ``now``."""
    (major, minor), (major_now, minor_now) = (tuple(map(int, v.split(".")[:2])) for v in (since, now))
    return major_now > major or minor_now >= minor + WARNED


def name_now(package: str, name: str) -> str:
    """The name of today of what ``package`` gives, with a warning (DeprecationWarning) for an old one.

    Raises:
        AttributeError: for a name that is unknown or no longer understood.
    """
    new, since = RENAMED.get(f"{package}.{name}", ("", ""))
    if not new:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    if over(since):
        raise AttributeError(f"{package}.{name} is {package}.{new} since version {since}")
    _warn(f"{package}.{name}", f"{package}.{new}", 4)
    return new


def homes(room: str, home: str, since: str) -> Callable[[str], object]:
    """The ``__getattr__`` of a room that was a module: its names are in the module ``home`` now."""

    def found(name: str) -> object:
        if name.startswith("__") or over(since):
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        value = _in(home, name)
        _warn(f"{room}.{name}", f"{home}.{name}")
        return value

    return found


class _OldModules:
    """Finds moved modules under their old names, and loads them. It does not derive from the classes of
    `importlib.abc`, which every start of a program would have to import."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module under an old name, for ``import``."""
        if fullname not in MOVED or over(MOVED[fullname][1]):
            return None
        from importlib.machinery import ModuleSpec

        return ModuleSpec(fullname, self)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        """An ordinary module."""

    def exec_module(self, module: ModuleType) -> None:
        """Let the module give what the one of today has."""
        new = MOVED[module.__name__][0]
        _warn(module.__name__, new)
        vars(module)["__getattr__"] = lambda name: _in(new, name)


def _in(home: str, name: str) -> object:
    """What a module has under a name; a public name that has left it, from the package."""
    module = import_module(home)
    if not hasattr(module, name) and not name.startswith("_"):
        module = import_module(home.partition(".")[0])
    return getattr(module, name)


def _warn(old: str, new: str, level: int = 3) -> None:
    """Warn the one who called ``level`` frames up; frames of the import system do not count."""
    import warnings

    told = f"{old} is now {new}; the old name will be refused"
    warnings.warn(told, DeprecationWarning, stacklevel=level)


def understand_old_modules() -> None:
    """Let ``import`` find modules under their old names, after all that it finds by itself."""
    if not any(isinstance(finder, _OldModules) for finder in sys.meta_path):
        sys.meta_path.append(_OldModules())
