"""What does a page say of the gaps between groups?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from experiments.comparison.equity import FIGURES, GAPS, chosen_by_rule, equity
from experiments.comparison.summary import ENDS
from experiments.report.results import decimals_of, interval, marked, policies_of
from experiments.words import names
from experiments.words.blocks import Block, Heading, Paragraph, Table, markdown
from experiments.words.words import Words, rounded

if TYPE_CHECKING:
    import pandas as pd

    from experiments.comparison.compared import Compared
    from experiments.outcomes.result import RunResult


def equity_page(
    results: Sequence[RunResult], lang: str = "en", titles: Mapping[str, str] | None = None
) -> str:
    """The gaps of `equity` per policy, means over the seeds, as a table for a terminal; ``titles`` of
    policies are used where given."""
    words = Words(lang, titles)
    policies = list(dict.fromkeys(result.policy for result in results))
    gaps = [[equity(r) for r in results if r.policy == p] for p in policies]
    rows = []
    for figure in FIGURES:
        outcome = words._("asks per adult and year")
        if figure.startswith("reach_"):
            outcome = names.outcome(words, figure.removesuffix("_share"))
        for one, other in GAPS:
            gap = f"{one} - {other}"
            told = [[_signed(t, gap, name) for name in (figure, f"{figure}_relative")] for t in gaps]
            rows.append(
                (outcome, _pair(words, one, other), *(f"{gap} ({relative})" for gap, relative in told))
            )
    header = ("", "", *(names.policy(words, policy) for policy in policies))
    title = words._("Gaps between groups in asks and reach (in brackets: relative to all)")
    return markdown([Heading(title), Table(header, tuple(rows), names=2)])


def gaps_by_rule(words: Words, comparison: Compared) -> Iterator[Block]:
    """The gaps, where residents are asked by a rule other than chance."""
    policies = [comparison.scenario.policy_named(name) for name in policies_of(comparison)]
    if chosen_by_rule(comparison.scenario, policies):
        yield from gaps(words, comparison)


def gaps(words: Words, comparison: Compared) -> Iterator[Block]:
    """How far groups are apart in reach, and by how much each policy moves them apart."""
    _ = words._
    if comparison.gaps.empty:
        return
    yield Heading(_("Gaps between groups"), 3)
    yield Paragraph(
        _(
            "A gap is the share of one group's adults who take part in the last year less that of another's, "
            "in percentage points. A change of the same sign widens it. Who asks those likely to say yes can "
            "widen gaps (Brady, Schlozman & Verba 1999)."
        )
    )
    header = (
        *(_("policy"), _("activity"), _("gap"), _("without the policy (points)")),
        *(_("change (points)"), _("chance"), _("settings")),
    )
    body = []
    for row in comparison.gaps.to_dict("records"):
        figures = (100 * float(row[name]) for name in ("baseline", "effect", *ENDS))
        before, change, low, high, far_low, far_high = figures
        decimals = decimals_of(change)
        body.append(
            (
                marked(words, comparison, str(row["policy"])),
                _(names.ACTIVITIES[str(row["outcome"]).removeprefix("reach_")]),
                _pair(words, str(row["group"]), str(row["other"])),
                rounded(before, 1, sign=True),
                rounded(change, decimals, sign=True),
                interval(words, low, high, decimals),
                interval(words, far_low, far_high, decimals),
            )
        )
    yield Table(header, tuple(body), names=3, caption=_("Gaps between groups"))


def _pair(words: Words, one: str, other: str) -> str:
    return words._("{one} less {other}", one=names.group(words, one), other=names.group(words, other))


def _signed(tables: Sequence[pd.DataFrame], row: str, column: str) -> str:
    """The mean of an entry over tables, with its sign; a dash where there is none."""
    mean = fmean(table[column].to_numpy(float)[table.index.get_loc(row)] for table in tables)
    return "-" if math.isnan(mean) else f"{mean:+.3f}"
