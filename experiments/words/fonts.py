"""Which fonts set the texts of a figure, and how much room do they take in a reader's fonts?

A PNG is set in the fonts of this machine, chosen by the characters that occur; what none of them has is
escaped. An SVG keeps text as text, to be set in the reader's fonts: it is measured in `LAST_FONT`, which the
drawing library brings and which is wide, with a full square for every character that this font lacks, as
Chinese takes in every font, and half a square at least for any other, as in SimSun. So it looks the same
whatever machine drew it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

CHINESE_FONTS = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei"),
    *("PingFang SC", "Hiragino Sans GB", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimHei", "SimSun"),
)
LAST_FONT = "DejaVu Sans"
READER_FONTS = ", ".join((*(f"'{name}'" for name in (LAST_FONT, *CHINESE_FONTS)), "sans-serif"))
"""The fonts of an SVG's text as CSS: the first of them that the reader has."""
CHINESE = "参与人次"
"""What a font has that can set Chinese labels."""
FORBIDDEN = "\ufffe\uffff"
SQUARE, HALF = "—", "s"
"""Characters of `LAST_FONT` that are as wide as they are high, and a little more than half of that."""


def chinese_fonts() -> list[str]:
    """Fonts of this machine that have Chinese, the best first."""
    known = {family for family, _ in _faces()}
    named = [font for font in CHINESE_FONTS if font in known]
    return named or [f for f, path in _faces() if set(map(ord, CHINESE)) <= _characters(path)][:1]


def covering(text: str, first: Sequence[str]) -> tuple[list[str], str]:
    """Fonts that have the characters of a text together, ``first`` and `LAST_FONT` before others; and the
    characters that no font of this machine has."""
    fonts = [*first, LAST_FONT]
    paths: dict[str, str] = {}
    for family, path in _faces():
        paths.setdefault(family, path)
    lacking = {ord(c) for c in text if not c.isspace()}
    for font in fonts:
        lacking -= _characters(paths[font]) if font in paths else set()
    for family, path in _faces() if lacking else ():
        if found := lacking & _characters(path):
            fonts.append(family)
            lacking -= found
    return fonts, "".join(map(chr, sorted(lacking)))


def escaped(text: str, lacking: Iterable[str]) -> str:
    r"""The text with characters that are ``lacking`` as ``\u8d44``; marks without a shape of their own are
    left out."""
    return "".join(_code(c) if c in lacking else c for c in text)


def in_one_line(text: str) -> str:
    """The text without line breaks; characters that XML forbids are escaped."""
    line = " ".join(text.split())
    return "".join(_code(c) if c in FORBIDDEN or unicodedata.category(c) in ("Cc", "Cs") else c for c in line)


def _code(character: str) -> str:
    if unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f":
        return ""
    code = character.encode("ascii", "backslashreplace").decode()
    return code if len(code) > 1 else f"\\x{ord(character):02x}"


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Points that a line takes in a reader's fonts, at most."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    properties = FontProperties(family=LAST_FONT, size=size, weight="bold" if bold else "normal")
    return float(text_to_path.get_text_width_height_descent(stand_in(text), properties, False)[0])


@cache
def _narrow(character: str) -> bool:
    """Whether `LAST_FONT` has it narrower than half a square."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    properties = FontProperties(family=LAST_FONT, size=10)
    return bool(text_to_path.get_text_width_height_descent(character, properties, False)[0] < 5)


def wrapped(text: str, size: float, room: float, lines: int = 1, *, bold: bool = False) -> str:
    """The text in at most ``lines`` lines of ``room`` points, cut with "…" where it is longer still.

    Lines break at spaces, and before a wide character as Chinese does.
    """
    told: list[str] = []
    rest = in_one_line(text)
    while rest:
        end = len(rest)
        while end > 1 and width(rest[:end], size, bold=bold) > room:
            end -= 1 if end < 200 else end // 2
        if end == len(rest):
            told.append(rest)
            break
        if len(told) == lines - 1:
            while end > 1 and width(rest[:end] + "…", size, bold=bold) > room:
                end -= 1
            told.append(rest[:end].rstrip() + "…")
            break
        breaks = [i for i in range(1, end + 1) if rest[i].isspace() or _wide(rest[i])]
        end = breaks[-1] if breaks else end
        told.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return "\n".join(told)


def stand_in(text: str) -> str:
    """What the text is measured by: itself, with a square for every character that `LAST_FONT` lacks and half
    a square for those that are narrow there."""
    return "".join(SQUARE if _wide(c) else HALF if _narrow(c) else c for c in text)


def properties_to_measure(of: FontProperties) -> FontProperties:
    """The same size and weight in `LAST_FONT`."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(family=LAST_FONT, size=of.get_size(), weight=of.get_weight())


def _wide(character: str) -> bool:
    if character.isascii():
        return False
    if unicodedata.east_asian_width(character) in "WF":
        return True
    return not all(ord(character) in _characters(path) for path in _last_font())


@cache
def _last_font() -> tuple[str, ...]:
    """The files of `LAST_FONT` that texts are measured in: normal and bold."""
    from matplotlib.font_manager import FontProperties, findfont

    return tuple(findfont(FontProperties(family=LAST_FONT, weight=w)) for w in ("normal", "bold"))


@cache
def _faces() -> tuple[tuple[str, str], ...]:
    """Family and file of the upright fonts of this machine; families of Chinese first, then by name.

    The library's own list is made once: what was installed since is added.
    """
    from matplotlib import font_manager

    known = {font.fname for font in font_manager.fontManager.ttflist}
    for path in sorted(set(font_manager.findSystemFonts()) - known):
        with suppress(OSError, RuntimeError, ValueError):  # no font that can be drawn
            font_manager.fontManager.addfont(path)
    found = {
        (font.name, font.fname)
        for font in font_manager.fontManager.ttflist
        if font.style == "normal" and str(font.weight) in ("400", "normal", "regular")
        if not font.name.startswith("Last Resort")  # its glyphs are boxes
    }
    order = {name: place for place, name in enumerate(CHINESE_FONTS)}
    return tuple(sorted(found, key=lambda face: (order.get(face[0], len(order)), face)))


@cache
def _characters(path: str) -> frozenset[int]:
    """The characters of a font file that can be drawn at any size; none where it cannot be read."""
    from matplotlib.font_manager import get_font

    try:
        font = get_font(path)
        return frozenset(font.get_charmap()) if font.scalable else frozenset()
    except (OSError, RuntimeError):
        return frozenset()


@contextmanager
def style(fonts: Sequence[str] = ()) -> Iterator[None]:
    """Settings of the drawing library that hold inside only, whatever the user's own are.

    Without ``fonts`` texts are measured for a reader's.
    """
    from matplotlib import rc_context, rcdefaults, rcParams

    with rc_context():
        rcdefaults()
        rcParams.update(
            {
                "font.family": list(fonts) or [LAST_FONT],
                "font.size": 10,
                "svg.fonttype": "none",
                "svg.hashsalt": "gongzhi",
                "text.parse_math": False,  # a name with a dollar sign is a name
                "text.usetex": False,
            }
        )
        yield
