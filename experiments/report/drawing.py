"""How are the effects drawn, so that one look tells what is large and what is sure?"""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any

from experiments.report import names
from experiments.report.results import cost, marked, numbered_caveats, reach
from experiments.report.stamps import stamp_lines
from experiments.report.words import Words, words_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from experiments.compare import Comparison

CHINESE_FONTS = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei"),
    *("PingFang SC", "Hiragino Sans GB", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimHei", "SimSun"),
)
LAST_FONT = "DejaVu Sans"
NO_FONT = "No Chinese font is installed on this machine, so the labels are English."

WARNING = "#B00020"

# Okabe & Ito (2008), told apart by colour-blind readers; markers differ too, for print in grey.
LOOKS = {
    "any": ("#000000", "D"),
    "culture": ("#0072B2", "o"),
    "service": ("#D55E00", "s"),
    "deliberation": ("#009E73", "^"),
}


def labels_language(lang: str) -> str:
    """The language a PNG's labels can be in on this machine: English where no Chinese font is installed."""
    return lang if lang == "en" or _installed() else "en"


def figure(comparison: Comparison, lang: str = "en", *, for_browser: bool = False) -> Figure:
    """Added participants in the last year by policy and activity, with both intervals, zero and cost.

    Persons below, points of all simulated adults above. Where no Chinese font is installed the labels are
    English, the figure says so at its foot and the logger ``gongzhi`` is told; ``for_browser`` keeps Chinese
    labels all the same, for an SVG whose reader brings the font. Raises GongzhiError for an unknown language.
    """
    scenario = comparison.scenario
    wanted = words_of(scenario, lang)
    spoken = lang if for_browser else labels_language(lang)
    words = wanted if spoken == lang else words_of(scenario, spoken)
    with style(chinese=lang != "en"):
        from matplotlib.figure import Figure

        rows = reach(comparison)
        drawn = Figure(figsize=(9.5, 2.2 + 0.3 * len(rows)), layout="constrained")
        axes = drawn.add_subplot()
        _draw(axes, words, comparison, rows)
        foot = list(numbered_caveats(words, comparison))
        if spoken != lang:
            foot.append(NO_FONT)
            logging.getLogger("gongzhi").warning(NO_FONT)
        if comparison.stamps:
            told = stamp_lines(words, comparison.stamps)
            drawn.suptitle(told, fontsize=9, x=0.01, ha="left", color=WARNING, wrap=True)
        drawn.supxlabel("\n".join(foot), fontsize=8, x=0.01, ha="left")
    return drawn


def svg(drawn: Figure) -> str:
    """The figure as an ``<svg>`` element with its text as text; the same bytes for the same figure."""
    out = io.StringIO()
    with style(chinese=True), warnings.catch_warnings():
        # The reader's fonts set the text; that this machine lacks a glyph does not matter.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        drawn.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return re.sub(r"\A.*?(?=<svg)| <metadata>.*?</metadata>\n", "", out.getvalue(), flags=re.DOTALL)


def described(drawn: str, title: str, description: str, name: str) -> str:
    """An ``<svg>`` element with a title and a description for those who do not see it.

    ``name`` is put before every id inside, so that a page may hold several figures.
    """
    own = re.sub(r'(?<=\bid=")|(?<=xlink:href="#)|(?<=url\(#)', f"{name}-", drawn)
    told = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    return re.sub(r"<svg([^>]*)>", lambda found: f'<svg role="img"{found[1]}>{told}', own, count=1)


def _draw(axes: Axes, words: Words, comparison: Comparison, rows: list[dict[str, Any]]) -> None:
    _ = words._
    places, ticks = _places(rows)
    axes.axvline(0, color="black", linewidth=0.8, zorder=1)
    for row, y in zip(rows, places, strict=True):
        colour, marker = LOOKS[row["activity"]]
        ends = row["persons_settings_low"], row["persons_settings_high"]
        axes.plot(ends, (y, y), "-|", color=colour, linewidth=1.2, markersize=9, zorder=2)
        axes.hlines(y, row["persons_low"], row["persons_high"], colour, linewidth=5, alpha=0.55, zorder=3)
        axes.plot(row["persons"], y, marker, color=colour, markersize=5.5, markeredgecolor="white", zorder=4)
    spent = {row["policy"]: row for row in comparison.costs.to_dict("records")}
    for policy, y in ticks.items():
        if policy in spent:
            text = cost(words, spent[policy], "participant")
            axes.text(1.01, y, text, transform=axes.get_yaxis_transform(), va="center", fontsize=8.5)
    axes.text(
        1.01, 1.01, _("yuan per added\nparticipant"), transform=axes.transAxes, va="bottom", fontsize=8.5
    )
    axes.set_yticks(list(ticks.values()), [marked(words, comparison, policy) for policy in ticks])
    axes.set_ylim(max(places) + 0.8, min(places) - 0.8)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(_("added participants in the last year (persons)"))
    points = axes.secondary_xaxis("top", functions=_persons_as_points(comparison.adults))
    points.set_xlabel(_("points of all simulated adults"))
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("left", "right"):
        axes.spines[side].set_visible(False)
    _legend(axes, words)


def _persons_as_points(adults: int) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """Persons as points of the adults, and back; matplotlib hands over numbers and arrays."""
    return (lambda persons: 100 * persons / adults), (lambda points: points * adults / 100)


def _places(rows: list[dict[str, Any]]) -> tuple[list[float], dict[str, float]]:
    """A height for each row, with a gap between policies, and the middle height of each policy."""
    places: list[float] = []
    by_policy: dict[str, list[float]] = {}
    for row in rows:
        new = row["policy"] not in by_policy
        y = (places[-1] + (1.7 if new else 1.0)) if places else 0.0
        places.append(y)
        by_policy.setdefault(row["policy"], []).append(y)
    return places, {policy: sum(ys) / len(ys) for policy, ys in by_policy.items()}


def _legend(axes: Axes, words: Words) -> None:
    from matplotlib.lines import Line2D

    _ = words._
    keys = [
        Line2D([], [], color=colour, marker=marker, linestyle="", label=_(names.TAKERS[activity]))
        for activity, (colour, marker) in LOOKS.items()
    ]
    keys.append(Line2D([], [], color="#555555", linewidth=5, alpha=0.55, label=_("chance (90 %)")))
    keys.append(Line2D([], [], color="#555555", linewidth=1.2, label=_("settings (90 %)")))
    figure = axes.get_figure()
    assert figure is not None
    figure.legend(handles=keys, loc="outside upper left", ncols=len(keys), frameon=False, fontsize=9)


def _installed() -> list[str]:
    """Chinese fonts of this machine, the best first."""
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    return [font for font in CHINESE_FONTS if font in known]


@contextmanager
def style(*, chinese: bool) -> Iterator[None]:
    """Settings of the drawing library that hold inside only."""
    from matplotlib import rc_context

    fonts = [*(_installed() if chinese else []), LAST_FONT]
    with rc_context(
        {
            "font.family": fonts,
            "font.size": 10,
            "svg.fonttype": "none",
            "svg.hashsalt": "gongzhi",
            "text.parse_math": False,  # a name with a dollar sign is a name
        }
    ):
        yield
