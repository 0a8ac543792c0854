"""What are the figures of runs in their last week, for a reader?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, stdev

from experiments.outcomes.record import OUTCOMES, Record
from experiments.outcomes.result import RunResult
from experiments.storage.stamps import Stamp
from experiments.words import names
from experiments.words.blocks import Paragraph, Table, markdown
from experiments.words.stamps import stamps_told
from experiments.words.words import Words, rounded
from model.parameters.decision import ACTIVITIES
from model.state.government import LEDGER

SHOWN = {
    **{f"reach_{k}_share": f"reach_{k}" for k in ACTIVITIES},
    **{f"attendances_{k}_per_resident_year": f"attendances_{k}" for k in ACTIVITIES},
    "members_share": "members",
    "registered_share": "registered",
    "active_per_registered_share": "active_per_registered",
    "served_year_hours": "served_hours",
    "attachment_mean": "attachment",
    "skill_mean": "skill",
    "spent_yuan": "policy_spent_yuan",
    "liability_yuan": "liability_yuan",
}
"""Columns of the series that `figures` prints, and the outcomes whose names the page has words for."""


def figures(
    results: Sequence[RunResult],
    lang: str = "en",
    stamps: Sequence[Stamp] = (),
    titles: Mapping[str, str] | None = None,
) -> str:
    """The outcomes `SHOWN` in the last week, a column per policy: mean and standard deviation over seeds.

    Money of the policy and of the status quo stand apart. One pair of seeds has no deviation, and that is
    said. ``titles`` of policies are used where given.
    """
    words = Words(lang, titles)
    policies = list(dict.fromkeys(result.policy for result in results))
    records = [Record.of(one, ("all",), outcomes=SHOWN, totals=True) for one in results]

    def row(said: str, values: Sequence[float], unit: str) -> tuple[str, ...]:
        by_policy = ([v for v, r in zip(values, results, strict=True) if r.policy == p] for p in policies)
        return names.outcome(words, said), *map(_spread, by_policy), unit

    rows = [
        row(said, [one.last(name, "all") for one in records], OUTCOMES[name].unit)
        for name, said in SHOWN.items()
    ]
    rows.append(row("status_quo_spent_yuan", [_status_quo_spent(one) for one in results], "yuan"))
    header = ("", *(names.policy(words, policy) for policy in policies), "")
    seeds = len(results) // len(policies)
    told = words._(names.ONE_SEED if seeds == 1 else names.SEVERAL_SEEDS, n=seeds)
    return markdown([*stamps_told(words, stamps), Table(header, tuple(rows)), Paragraph(told)])


def _status_quo_spent(result: RunResult) -> float:
    """Yuan that the accounts of the status quo have spent since the spin-up, as those of the policy have."""
    ours = [not owned for owned in result.of_policy]
    spent = result.money[:, ours, LEDGER.index("spent")].sum(axis=1)
    return float(spent[-1] - spent[0]) / 100


def _spread(values: Sequence[float]) -> str:
    """Mean and standard deviation, such as ``0.412 ± 0.043``, to two digits of the deviation; a single value
    to two digits, if it is below 100; a dash where there is no figure."""
    if any(map(math.isnan, values)):
        return "-"
    mean = fmean(values)
    size = stdev(values) if len(values) > 1 else 0.0
    scale = size or abs(mean)
    digits = max(0, 1 - math.floor(math.log10(scale))) if 0 < scale < 100 else 0
    return rounded(mean, digits) + (f" ± {rounded(size, digits)}" if len(values) > 1 else "")
