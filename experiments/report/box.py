"""Must a page not be used, and why? The box on top of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from experiments.report.results import policies_of
from experiments.words import names
from experiments.words.blocks import Block, Box
from experiments.words.words import Words, rounded

if TYPE_CHECKING:
    from experiments.comparison.compared import Compared
    from experiments.loading.oddities import Oddity

SURE = 2.0
"""Standard errors by which a drift has to be beyond the limit; luck alone is no drift."""
UNSURE = 3.0
"""Times the limit that a drift has to be beyond where no standard error is known."""
LEVELS = ("reach_culture", "reach_service", "reach_deliberation", "served_hours", "members", "registered")
"""What has to stand still: the levels that effects are measured against."""
FEWEST_DRAWS = 4
MOST = 0.5


def box(words: Words, comparison: Compared) -> Iterator[Block]:
    """The box, if there is a reason for it."""
    reasons = tuple(reasons_against(words, comparison))
    if reasons:
        yield Box(words._("Do not use these results."), reasons)


def reasons_against(words: Words, comparison: Compared) -> Iterator[str]:
    """Why the results must not be used: a baseline that does not stand, or money that found no use."""
    _ = words._
    for oddity in told_of(comparison):
        if oddity.severe:
            yield oddity.words(words.lang) + _(".")
    looked_at = [row for row in comparison.drift.to_dict("records") if str(row["outcome"]) in LEVELS]
    drifting = [row for row in looked_at if _drifts(row)]
    if drifting:
        worst = max(drifting, key=lambda row: abs(row["drift_per_year"]))
        yield _(
            "The community does not stand still without any policy: {outcome} changes by {drift} a year "
            "({n} of {all} figures change by more than {limit}).",
            outcome=names.outcome(words, str(worst["outcome"])),
            drift=words.percent(worst["drift_per_year"], sign=True),
            n=len(drifting),
            all=len(looked_at),
            limit=words.percent(worst["limit"]),
        )
    found = {str(row["pattern"]): row for row in comparison.patterns.to_dict("records")}
    if "P1" in found and not found["P1"]["met"]:
        yield _(
            "Without any policy the order of the activities is not that of real communities, where culture "
            "reaches more residents than service, and service more than deliberation."
        )
    counts = comparison.settings_counts
    tried = counts.get("tried", 0)
    dropped = counts.get("dropped_equilibrium", 0) + counts.get("dropped_p1", 0)
    if tried >= FEWEST_DRAWS and dropped > MOST * tried:
        yield _(
            "Most draws of the settings make no plausible community: {dropped} of {tried} were dropped.",
            dropped=dropped,
            tried=tried,
        )
    years = max(1, comparison.weeks // 52)
    for row in comparison.costs.to_dict("records"):
        left = float(row["returned_yuan_per_year"]) + float(row["unspent_yuan_per_year"])
        whole = left + float(row["spent_yuan_per_year"]) + float(row["liability_yuan"]) / years
        if row["policy"] in policies_of(comparison) and left > MOST * whole:
            yield _(
                "Most money of {policy} stays unspent: {left} of {whole} yuan a year.",
                policy=names.policy(words, str(row["policy"])),
                left=rounded(left),
                whole=rounded(whole),
            )


def _drifts(row: dict[Any, Any]) -> bool:
    drift, limit, error = (float(abs(row[k])) for k in ("drift_per_year", "limit", "standard_error"))
    if not math.isfinite(drift):
        return False
    return drift > (limit + SURE * error if math.isfinite(error) else UNSURE * limit)


def told_of(comparison: Compared) -> Iterator[Oddity]:
    """The oddities that concern the community or the policies compared."""
    compared = {part for policy in policies_of(comparison) for part in policy.split("+")}
    return (one for one in comparison.warnings if not one.policy or one.policy in compared)
