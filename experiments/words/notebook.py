"""What does a notebook show of a result: a page, or a few lines?"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

HEIGHT = 640
"""Pixels of a page inside a notebook; it scrolls."""


def framed(page: str) -> str:
    """A page in a frame of its own, so that neither it nor the notebook changes how the other looks."""
    style = f"width:100%;height:{HEIGHT}px;border:1px solid #ccc"
    return f'<iframe srcdoc="{escape(page, quote=True)}" style="{style}"></iframe>'


def lines(told: Iterable[str]) -> str:
    """Lines of text as they are."""
    return f"<pre>{escape(chr(10).join(told))}</pre>"
