"""How do effects grow with money, and what is a policy worth, drawn small enough for a telephone?

One small figure per policy: both intervals of several policies in one figure could not be told apart.
Figures of one outcome share their axes. Labels stand at fixed places, since the reader's fonts are not those
that this machine would measure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.comparison.summary import ENDS
from experiments.report.drawing import described, svg
from experiments.words.fonts import style, wrapped
from experiments.words.words import Words, plain, rounded

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 3.6, 2.9
ROOM = 72 * WIDTH * 0.97
"""Points that a line of text may take."""
TITLE = 220.0
"""Points that a title may take: bold letters are wider still in some fonts."""
LETTER = 5.4
"""Points that a digit of a tick label takes."""

# Okabe & Ito (2008), told apart by colour-blind readers; lines and markers differ too, for print in grey.
LOOKS: tuple[tuple[str, Any, str], ...] = (
    ("#0072B2", "-", "o"),
    ("#D55E00", "--", "s"),
    ("#009E73", "-.", "^"),
    ("#CC79A7", ":", "D"),
    ("#000000", (0, (5, 1)), "v"),
    ("#56B4E9", (0, (3, 1, 1, 1)), "P"),
    ("#E69F00", (0, (1, 1)), "X"),
)


@dataclass(frozen=True)
class Axis:
    """What stands along an axis: its label with its unit, its values (of all figures that share it)."""

    label: str
    values: tuple[float, ...]


def looks(policies: Sequence[str]) -> dict[str, tuple[str, Any, str]]:
    """Colour, line and marker of each policy."""
    return dict(zip(policies, islice(cycle(LOOKS), len(policies)), strict=True))


def curves(
    words: Words,
    table: pd.DataFrame,
    x: tuple[str, str],
    y: tuple[str, str],
    titles: dict[str, str],
    name: str,
) -> tuple[str, ...]:
    """One ``<svg>`` per policy: column ``y[0]`` over ``x[0]`` with the bands of both intervals.

    ``x`` and ``y`` are pairs of a column and a label with its unit; ``titles`` are the policies' names in
    order; ``name`` begins the ids. Where few values of x were run, intervals stand at each of them as well.
    """
    across = Axis(x[1], _finite(table, (x[0],)))
    up = Axis(y[1], _finite(table, (y[0], *ENDS)))
    few = len(set(across.values)) <= 8
    found = []
    for number, policy in enumerate(titles):
        own = table[table["policy"] == policy].sort_values(x[0])
        with style():
            drawn, axes = _panel(titles[policy], across, up, ticks=few)
            for other in titles:
                if other != policy:
                    behind = table[table["policy"] == other].sort_values(x[0])
                    axes.plot(behind[x[0]], behind[y[0]], color="#b0b0b0", linewidth=1, zorder=1)
            _bands(axes, own, x[0], y[0], looks(list(titles))[policy], bars=few)
        points = words._("; ").join(
            f"{plain(float(r[x[0]]))}: {rounded(float(r[y[0]]), sign=True)}"
            for r in own.iloc[:: 1 if few else max(1, len(own) // 5)].to_dict("records")
        )
        told = words._("{y} by {x}: {points}", x=x[1], y=y[1], points=points)
        found.append(described(svg(drawn), titles[policy], told, f"{name}-{number}"))
    return tuple(found)


def shares(
    words: Words,
    table: pd.DataFrame,
    x: tuple[str, str],
    y: tuple[str, str],
    titles: dict[str, str],
    name: str,
) -> str:
    """One ``<svg>`` with a line for every policy: the share in column ``y[0]`` in % over ``x[0]``."""
    across = Axis(x[1], _finite(table, (x[0],)))
    with style():
        drawn, axes = _panel(
            "", across, Axis(y[1], (0.0, 100.0)), ticks=False, below=0.1 + 0.18 * len(titles)
        )
        for policy, (colour, line, marker) in looks(list(titles)).items():
            own = table[table["policy"] == policy].sort_values(x[0])
            axes.plot(
                own[x[0]],
                100 * own[y[0]],
                linestyle=line,
                color=colour,
                marker=marker,
                markersize=4,
                markevery=max(1, len(own) // 8),
                linewidth=1.4,
                label=wrapped(titles[policy], 8.5, ROOM - 45),
                clip_on=False,
            )
        drawn.legend(loc="lower left", bbox_to_anchor=(0, 0), frameon=False, fontsize=8.5, handlelength=4)
    told = words._("{y} by {x}: {points}", x=x[1], y=y[1], points=words.listed(titles.values()))
    return described(svg(drawn), y[1], told, name)


def _bands(axes: Axes, own: pd.DataFrame, x: str, y: str, look: tuple[str, Any, str], *, bars: bool) -> None:
    """The line, the bands of chance (dark) and settings (light, dashed ends) and, at few points, bars."""
    colour, line, marker = look
    at: NDArray[np.float64] = own[x].to_numpy(np.float64)
    low, high, far_low, far_high = (own[end].to_numpy(np.float64) for end in ENDS)
    axes.fill_between(at, far_low, far_high, color=colour, alpha=0.13, linewidth=0, zorder=2)
    for end in (far_low, far_high):
        axes.plot(at, end, linestyle=(0, (4, 2)), color=colour, linewidth=0.8, zorder=5)
    axes.fill_between(at, low, high, color=colour, alpha=0.4, linewidth=0, zorder=4)
    if bars:
        axes.vlines(at, low, high, color=colour, linewidth=4, alpha=0.55, zorder=5)
        for where, below, above in zip(at, far_low, far_high, strict=True):
            axes.plot((where, where), (below, above), "-_", color=colour, linewidth=1, markersize=7, zorder=5)
    axes.plot(
        at,
        own[y],
        linestyle=line,
        color=colour,
        marker=marker if bars else None,
        markersize=5,
        markeredgecolor="white",
        linewidth=1.6,
        zorder=6,
    )


def _panel(title: str, across: Axis, up: Axis, *, ticks: bool, below: float = 0.0) -> tuple[Figure, Axes]:
    """An empty figure with its title, axes and their units; ``below`` inches are left for a legend."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    height = HEIGHT + below
    low, high = min((*up.values, 0.0)), max((*up.values, 0.0))
    pad = 0.05 * (high - low) or 1.0
    levels = MaxNLocator(5).tick_values(low, high)
    decimals = 0 if levels[1] - levels[0] >= 1 else math.ceil(-math.log10(levels[1] - levels[0]))
    label = FuncFormatter(lambda value, _: rounded(value, decimals))
    left = (8 + LETTER * max(len(rounded(v, decimals)) for v in levels)) / (72 * WIDTH)
    drawn = Figure(figsize=(WIDTH, height))
    bottom = (0.52 + below) / height
    top = 1 - (0.5 if title else 0.3) / height
    axes = drawn.add_axes((left, bottom, 0.96 - left, top - bottom))
    if title:
        drawn.text(
            0.01,
            1 - 0.05 / height,
            _short(title),
            va="top",
            fontsize=9.5,
            fontweight="bold",
        )
    drawn.text(
        0.01, top + 0.06 / height, wrapped(up.label, 8.5, ROOM), va="bottom", fontsize=8.5, color="#333333"
    )
    drawn.text(
        0.5,
        (0.08 + below) / height,
        wrapped(across.label, 8.5, ROOM),
        ha="center",
        fontsize=8.5,
        color="#333333",
    )
    axes.set_ylim(low - pad, high + pad)
    axes.set_yticks([v for v in levels if low - pad <= v <= high + pad])
    axes.yaxis.set_major_formatter(label)
    first, last = min(across.values, default=0.0), max(across.values, default=1.0)
    margin = 0.04 * (last - first) or 1.0
    axes.set_xlim(first - margin, last + margin)
    if ticks:
        axes.set_xticks(_apart(sorted(set(across.values)), last - first))
        axes.set_xticks(sorted(set(across.values)), minor=True)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
    axes.tick_params(labelsize=8.5)
    axes.axhline(0, color="black", linewidth=0.8, zorder=1.5)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return drawn, axes


def _apart(values: Sequence[float], span: float) -> list[float]:
    """Those of the values whose labels do not touch: the ends first, then the larger ones."""
    kept: list[float] = []
    for value in dict.fromkeys((*values[:1], *reversed(values))):
        rooms = (72 * WIDTH * 0.75 * abs(other - value) / (span or 1.0) for other in kept)
        widths = (LETTER / 2 * (len(plain(value)) + len(plain(other))) + 2 for other in kept)
        if all(room >= width for room, width in zip(rooms, widths, strict=True)):
            kept.append(value)
    return sorted(kept)


def _finite(table: pd.DataFrame, columns: Iterable[str]) -> tuple[float, ...]:
    values = table[list(columns)].to_numpy(np.float64).ravel()
    return tuple(float(v) for v in values[np.isfinite(values)])


def _short(title: str) -> str:
    """A title cut where it would leave the figure."""
    return wrapped(title, 9.5, TITLE, bold=True)
