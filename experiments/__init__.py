"""gongzhi's experiments: load a scenario, run it, compare policies.

    from experiments import compare, load, simulate

Names are loaded when they are first used, so that importing this package is quick.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.compare import Comparison as Comparison
    from experiments.compare import compare as compare
    from experiments.loading.load import Loaded as Loaded
    from experiments.loading.load import load as load
    from experiments.loading.sources import names as names
    from experiments.lookup.lookup import instruments as instruments
    from experiments.lookup.lookup import outcomes as outcomes
    from experiments.lookup.lookup import parameters as parameters
    from experiments.lookup.show import show as show
    from experiments.outcomes.result import RunResult as RunResult
    from experiments.runs.parallel import map_tasks as map_tasks
    from experiments.runs.simulate import simulate as simulate

PUBLIC = {
    "Comparison": "compare",
    "compare": "compare",
    "Loaded": "loading.load",
    "load": "loading.load",
    "names": "loading.sources",
    "instruments": "lookup.lookup",
    "outcomes": "lookup.lookup",
    "parameters": "lookup.lookup",
    "map_tasks": "runs.parallel",
    "show": "lookup.show",
    "RunResult": "outcomes.result",
    "simulate": "runs.simulate",
}
"""Public names and the modules they live in."""


class _Package(ModuleType):
    """A package whose functions are not hidden by the modules of the same name that hold them."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in PUBLIC and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __getattr__(self, name: str) -> object:
        if name not in PUBLIC:
            from model.core.renamed import name_now

            name = name_now("experiments", name)
        return getattr(import_module(f"experiments.{PUBLIC[name]}"), name)

    def __dir__(self) -> list[str]:
        return sorted({*vars(self), *PUBLIC})


def _refuse_shadow() -> None:
    """Refuse to go on if a file of the user's hides the package `model` that belongs to this one."""
    ours = Path(__file__).resolve().parent.parent / "model" / "__init__.py"
    found = find_spec("model")
    if found is None or found.origin is None or Path(found.origin).resolve() != ours:
        other = found.origin or next(iter(found.submodule_search_locations or ["?"])) if found else "nothing"
        raise ImportError(
            f"'import model' finds {other} instead of gongzhi's own package: rename that file or folder"
        )


_refuse_shadow()
from model.core._version import __version__ as __version__  # noqa: E402  # not before it is known whose it is

sys.modules[__name__].__class__ = _Package
