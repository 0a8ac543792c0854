"""One page and one figure of a comparison, in English and Chinese.

Names are loaded when they are first used: the names of things do not need what draws figures.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.report.assembly import files as files
    from experiments.report.assembly import page as page
    from experiments.report.assembly import page_html as page_html
    from experiments.report.drawing import figure as figure
    from experiments.report.drawing import labels_language as labels_language
    from experiments.report.drawing import save_png as save_png
    from experiments.report.drawing import svg as svg

_HOMES = {
    "files": "assembly",
    "page": "assembly",
    "page_html": "assembly",
    "figure": "drawing",
    "labels_language": "drawing",
    "save_png": "drawing",
    "svg": "drawing",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
