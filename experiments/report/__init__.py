"""One page and one figure of a comparison, in English and Chinese."""

from __future__ import annotations

from experiments.report.figure import figure, labels_language, svg
from experiments.report.page import page, page_html

__all__ = ["figure", "labels_language", "page", "page_html", "svg"]
