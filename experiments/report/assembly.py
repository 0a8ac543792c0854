"""How do the findings become one page, as Markdown and as one HTML file?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.report.basis import limits, rests_on, steadiness
from experiments.report.box import box
from experiments.report.equity import gaps_by_rule
from experiments.report.question import money, question, simulated, title
from experiments.report.results import costs, displacement, effects, gains
from experiments.words.blocks import Block, Picture, markdown
from experiments.words.stamps import stamps_told
from experiments.words.words import Words, words_of

if TYPE_CHECKING:
    from experiments.comparison.compared import Compared

TEMPLATE = Path(__file__).with_name("page.html.j2")


def page(comparison: Compared, lang: str = "en") -> str:
    """The page as Markdown that a terminal shows as it is; ``lang`` is "en" or "zh".

    Raises GongzhiError for another language.
    """
    words = words_of(comparison.scenario, lang)
    return markdown([*_opening(words, comparison), *_findings(words, comparison)])


def page_html(comparison: Compared, lang: str = "en") -> str:
    """The page as one HTML file with the figure inside; it loads nothing from anywhere.

    Raises GongzhiError for another language than "en" or "zh".
    """
    words = words_of(comparison.scenario, lang)
    return rendered(words, title(words, comparison), page_blocks(words, comparison))


def files(comparison: Compared, lang: str) -> dict[str, Callable[[Path], object]]:
    """The pages and figures of a language, by the names of their files: each as what writes its file."""
    from experiments.report.drawing import figure, save_png, svg

    def text(make: Callable[[], str]) -> Callable[[Path], object]:
        return lambda path: path.write_text(make(), encoding="utf-8", newline="\n")

    return {
        f"page.{lang}.md": text(lambda: page(comparison, lang)),
        f"page.{lang}.html": text(lambda: page_html(comparison, lang)),
        f"figure.{lang}.svg": text(lambda: svg(figure(comparison, lang, for_browser=True))),
        f"figure.{lang}.png": lambda path: save_png(figure(comparison, lang), path),
    }


def page_blocks(words: Words, comparison: Compared) -> list[Block]:
    """The page's blocks for a browser: with the figure."""
    from experiments.report.drawing import described, figure, svg

    caption = words._("Thick lines: chance. Thin lines: settings. Both cover 90 %.")
    name = words._("Added participants in the last year by policy and activity")
    drawn = described(svg(figure(comparison, words.lang, for_browser=True)), name, caption, "effects-figure")
    return [*_opening(words, comparison), Picture(drawn, caption), *_findings(words, comparison)]


def rendered(words: Words, name: str, blocks: Sequence[Block]) -> str:
    """Blocks as one HTML file of this title that loads nothing from anywhere."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(lang=words.lang, title=name, blocks=blocks)


def _opening(words: Words, comparison: Compared) -> Iterator[Block]:
    yield from stamps_told(words, comparison.stamps)
    yield from box(words, comparison)
    yield from question(words, comparison)
    yield from money(words, comparison)
    yield from simulated(words, comparison)
    yield from effects(words, comparison)


def _findings(words: Words, comparison: Compared) -> Iterator[Block]:
    yield from costs(words, comparison)
    yield from gains(words, comparison)
    yield from gaps_by_rule(words, comparison)
    yield from displacement(words, comparison)
    yield from rests_on(words, comparison)
    yield from steadiness(words, comparison)
    yield from limits(words, comparison)
