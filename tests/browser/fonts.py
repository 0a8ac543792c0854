"""Fonts made for a test, so that it says the same on every machine: squares for Chinese, as in every Chinese
font, and Latin as wide as some fonts have it."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

EM = 1000
DEJAVU = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"


@dataclass(frozen=True)
class Metrics:
    """How wide and high a font is, in parts of its size: Latin ``scale`` times as wide as in DejaVu Sans, or
    with every letter ``fixed``."""

    name: str
    scale: float
    fixed: float | None
    ascent: float
    descent: float

    def css(self, characters: Iterable[str]) -> str:
        """The font with these characters, and that all text is set in it, as a style sheet."""
        data = base64.b64encode(_built(self, sorted({*map(ord, characters), 32}))).decode()
        face = f"@font-face {{ font-family: {self.name}; src: url(data:font/ttf;base64,{data}); }}"
        return f"{face} * {{ font-family: {self.name} !important; }}"


LIKE = (
    Metrics("like-dejavu", 1.0, None, 0.93, 0.24),
    Metrics("like-noto-cjk", 0.92, None, 1.16, 0.29),
    Metrics("like-simsun", 1.0, 0.5, 0.86, 0.14),
)
"""Three fonts that readers have: wide Latin; high lines; letters of one width and low lines."""


def _built(metrics: Metrics, codes: list[int]) -> bytes:
    dejavu = TTFont(DEJAVU)
    known, advances = dejavu.getBestCmap(), dejavu["hmtx"]
    widths = {}
    for code in codes:
        if code not in known:
            widths[code] = 1.0
        else:
            natural = metrics.scale * advances[known[code]][0] / dejavu["head"].unitsPerEm
            widths[code] = metrics.fixed or natural
    names = {code: f"u{code:05X}" for code in codes}
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    builder.setupGlyf({name: _box(0.5) for name in (".notdef", *names.values())})
    builder.setupHorizontalMetrics(
        {".notdef": (EM, 0), **{names[c]: (round(EM * widths[c]), 0) for c in codes}}
    )
    high, low = round(EM * metrics.ascent), round(EM * metrics.descent)
    builder.setupHorizontalHeader(ascent=high, descent=-low)
    builder.setupNameTable({"familyName": metrics.name, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=high, sTypoDescender=-low, usWinAscent=high, usWinDescent=low)
    builder.setupPost()
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()


def _box(side: float) -> object:
    pen, end = TTGlyphPen(None), round(EM * side)
    pen.moveTo((50, 0))
    for corner in ((50, end), (end, end), (end, 0)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()
