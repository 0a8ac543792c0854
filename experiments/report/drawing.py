"""How are the effects drawn, so that one look tells what is large and what is sure?"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.report.results import cost, marked, numbered_caveats, reach
from experiments.words import names
from experiments.words.fonts import (
    READER_FONTS,
    chinese_fonts,
    covering,
    escaped,
    in_one_line,
    properties_to_measure,
    stand_in,
    style,
    width,
    wrapped,
)
from experiments.words.stamps import stamp_lines
from experiments.words.words import N_, Words, words_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from experiments.comparison.compared import Compared

WIDTH = 9.5
"""Inches."""
LABEL = 150.0
"""Points that a policy's name may take beside the axis, in up to three lines."""
NO_FONT = "No Chinese font is installed on this machine, so the labels are English."
NO_CHARACTER = N_("Characters that no font of this machine has stand as codes, such as {code}.")

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


def figure(comparison: Compared, lang: str = "en", *, for_browser: bool = False) -> Figure:
    """Added participants in the last year by policy and activity, with both intervals, zero and cost.

    Persons below, points of all simulated adults above. Fonts are chosen by the characters of the labels.
    Where no Chinese font is installed the labels are English, and characters of a name that no font has are
    escaped; the figure says so at its foot and the logger ``gongzhi`` is told. ``for_browser`` keeps all
    labels as they are, for an SVG whose reader brings the fonts. Raises GongzhiError for an unknown language.
    """
    scenario = comparison.scenario
    wanted = words_of(scenario, lang)
    spoken = lang if for_browser else labels_language(lang)
    words = wanted if spoken == lang else words_of(scenario, spoken)
    rows = reach(comparison)
    labels = {row["policy"]: in_one_line(names.policy(words, row["policy"])) for row in rows}
    foot = list(numbered_caveats(words, comparison))
    notes = [NO_FONT] if spoken != lang else []
    fonts: list[str] = []
    if not for_browser:
        ours = "".join(words._(name) for name in names.POLICIES.values())
        fonts, lacking = covering("".join(labels.values()), _installed() if lang != "en" else ())
        lacking = lacking.translate(dict.fromkeys(map(ord, ours)))
        labels = {policy: escaped(label, lacking) for policy, label in labels.items()}
        if codes := escaped(lacking, lacking):
            notes.append(words._(NO_CHARACTER, code=codes[: 10 if codes.startswith("\\U") else 6]))
    for note in notes:
        logging.getLogger("gongzhi").warning(note)
    with style(fonts):
        from experiments.report.picture import ShownFigure

        drawn = ShownFigure(figsize=(WIDTH, 2.2 + 0.3 * len(rows)), layout="constrained")
        axes = drawn.add_subplot()
        told = {
            policy: wrapped(label, 10, LABEL, 3) + _marks(words, comparison, policy)
            for policy, label in labels.items()
        }
        _draw(axes, words, comparison, rows, told)
        room = 72 * WIDTH * 0.97
        if comparison.stamps:
            lines = [wrapped(one, 9, room, 3) for one in stamp_lines(words, comparison.stamps).splitlines()]
            drawn.suptitle("\n".join(lines), fontsize=9, x=0.01, ha="left", color=WARNING)
        lines = [wrapped(line, 8.5, room, 3) for line in (*foot, *notes)]
        drawn.supxlabel("\n".join(lines), fontsize=8.5, x=0.01, ha="left")
    return drawn


def _marks(words: Words, comparison: Compared, policy: str) -> str:
    """What `marked` puts behind the name of a policy."""
    return marked(words, comparison, policy).removeprefix(names.policy(words, policy))


def svg(drawn: Figure) -> str:
    """The figure as an ``<svg>`` element with its text as text, laid out to hold it in any reader's fonts.

    The same bytes for the same figure, whatever fonts this machine has.
    """
    from matplotlib.backends import backend_svg

    made: Any = backend_svg  # has no types
    out = io.StringIO()
    before, dpi = drawn.canvas, drawn.dpi
    with style():
        drawn.dpi = 72
        width, height = (72 * float(inches) for inches in drawn.get_size_inches())
        metadata = {"Date": None, "Creator": None}
        renderer = made.RendererSVG(width, height, out, image_dpi=72, metadata=metadata)
        measure = renderer.get_text_width_height_descent
        renderer.get_text_width_height_descent = lambda text, properties, ismath: measure(
            stand_in(text), properties_to_measure(properties), ismath
        )
        try:
            made.FigureCanvasSVG(drawn).get_renderer = lambda: renderer  # the layout measures, too
            drawn.draw(renderer)
            renderer.finalize()
        finally:
            drawn.set_canvas(before)
            drawn.dpi = dpi
    bare = re.sub(r"\A.*?(?=<svg)| <metadata>.*?</metadata>\n", "", out.getvalue(), flags=re.DOTALL)
    once = re.sub(r"(<text [^>]*?)font-family: [^;\"]*(; )?", r"\1", bare)
    return once.replace("<svg ", f'<svg style="font-family: {READER_FONTS}" ', 1)


def save_png(drawn: Figure, path: Path) -> None:
    """Write the figure as a PNG; the same bytes for the same figure and fonts."""
    with style():
        drawn.savefig(path, format="png", dpi=200, metadata={"Software": None})


def described(drawn: str, title: str, description: str, name: str) -> str:
    """An ``<svg>`` element with a title and a description for those who do not see it.

    ``name`` is put before every id inside, so that a page may hold several figures.
    """
    own = re.sub(r'(?<=\bid=")|(?<=xlink:href="#)|(?<=url\(#)', f"{name}-", drawn)
    told = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    return re.sub(r"<svg([^>]*)>", lambda found: f'<svg role="img"{found[1]}>{told}', own, count=1)


def _draw(
    axes: Axes, words: Words, comparison: Compared, rows: list[dict[str, Any]], labels: dict[str, str]
) -> None:
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
    axes.set_yticks(list(ticks.values()), [labels[policy] for policy in ticks])
    axes.set_ylim(max(places) + 0.8, min(places) - 0.8)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(_("added participants in the last year (persons)"), labelpad=6)
    points = axes.secondary_xaxis("top", functions=_persons_as_points(comparison.adults))
    points.set_xlabel(_("points of all simulated adults"), labelpad=7)
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
    size = 9
    handles, spaces = size * 2.6 * len(keys), size * 1.5 * len(keys)
    taken = handles + spaces + sum(width(str(key.get_label()), size) for key in keys)
    columns = len(keys) if taken < 72 * WIDTH else 3
    figure.legend(
        handles=keys,
        loc="outside upper left",
        ncols=columns,
        frameon=False,
        fontsize=size,
        columnspacing=1.5,
        handletextpad=0.6,
    )


def _installed() -> list[str]:
    """Fonts of this machine that have Chinese, the best first."""
    return chinese_fonts()
