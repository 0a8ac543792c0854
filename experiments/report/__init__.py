"""One page and one figure of a comparison, in English and Chinese."""

from __future__ import annotations

from experiments.report.assembly import page, page_html
from experiments.report.drawing import figure, labels_language, save_png, svg

__all__ = ["figure", "labels_language", "page", "page_html", "save_png", "svg"]
