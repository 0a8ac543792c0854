"""How does a page speak: in which language, and how does it write numbers?

Texts are English in the source and Chinese in `experiments/locale`, through the standard `gettext`.
"""

from __future__ import annotations

import gettext
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.core.errors import GongzhiError
from model.core.texts import N_ as N_

if TYPE_CHECKING:
    from model.scenario.scenario import Scenario

LOCALE = Path(__file__).resolve().parents[1] / "locale"
"""The folder of the catalogues."""

LANGUAGES = ("en", "zh")
"""Languages a page can be written in."""


class Words:
    """The words of one language: translation, lists, and numbers for a reader.

    ``titles`` says what policies are called in this language, where a scenario says so.

    Raises GongzhiError for a language that the laboratory does not speak.
    """

    def __init__(self, lang: str, titles: Mapping[str, str] | None = None) -> None:
        if lang not in LANGUAGES:
            raise GongzhiError(
                what=f"there is no page in the language {lang!r}",
                where="--lang",
                instead=f"choose from: {', '.join(LANGUAGES)}",
            )
        self.lang, self.titles = lang, titles or {}
        catalogue: gettext.NullTranslations = gettext.NullTranslations()
        if lang != "en":
            catalogue = gettext.translation("gongzhi", LOCALE, [lang])
        self._catalogue = catalogue

    def _(self, text: str, **values: object) -> str:
        """The text in this language, with its named places filled."""
        return self._catalogue.gettext(text).format(**values)

    def ngettext(self, one: str, many: str, n: int, **values: object) -> str:
        """The singular or plural for ``n``; ``{n}`` is filled with the number, thousands grouped."""
        return self._catalogue.ngettext(one, many, n).format(n=f"{n:,}", **values)

    def listed(self, items: Iterable[str]) -> str:
        """Items as an enumeration of this language."""
        return ("、" if self.lang == "zh" else ", ").join(items)

    def sentences(self, *told: str) -> str:
        """Whole sentences after one another; Chinese has no space between them."""
        return ("" if self.lang == "zh" else " ").join(told)

    def percent(self, share: float, decimals: int = 0, *, sign: bool = False) -> str:
        """A share as a percentage."""
        return self._("{n} %", n=rounded(100 * share, decimals, sign=sign))

    def span(self, low: str, high: str) -> str:
        """Two ends of a range."""
        return self._("{low} to {high}", low=low, high=high)


def words_of(scenario: Scenario, lang: str) -> Words:
    """The words for a page about a scenario, whose policies go by their titles."""
    return Words(lang, scenario.policy_titles(lang))


def rounded(value: float, decimals: int = 0, *, sign: bool = False) -> str:
    """A number with thousands grouped and a true minus; a dash for nan, no sign at a rounded zero."""
    if not math.isfinite(value):
        return "–"
    text = f"{value:{'+' if sign else ''},.{decimals}f}"
    if not text.strip("+-0.,"):
        return text.strip("+-")
    return text.replace("-", "−")


def significant(value: float, digits: int = 2) -> str:
    """A number rounded to so many significant digits, never in exponents; a dash for nan."""
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    return rounded(round(value, decimals), max(0, decimals))


def plain(value: float, digits: int = 4) -> str:
    """A given number, rounded to so many significant digits, without zeros that say nothing."""
    text = significant(value, digits)
    return text.rstrip("0").rstrip(".") if "." in text else text


def value_text(value: Any) -> str:
    """A value for a reader: numbers without needless digits, lists joined by commas; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.10g}"
    if isinstance(value, int):
        return f"{value:,}"
    return ", ".join(map(value_text, value)) if isinstance(value, tuple | list) else str(value)
