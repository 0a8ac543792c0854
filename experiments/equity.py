"""Who is asked, and who takes part: how far are the groups apart?

Rational prospecting asks those who are likely to say yes and so widens the gap between groups (Brady,
Schlozman & Verba 1999). Wherever residents are chosen by a rule, this table stands beside the result.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from experiments.outcomes import OUTCOMES, Recorded
from experiments.report import names
from experiments.report.blocks import Heading, Table, markdown
from experiments.report.words import N_, Words
from model.instruments.mobilisation import Ask
from model.outcomes import GROUPS
from model.parameters.decision import ACTIVITIES

if TYPE_CHECKING:
    import pandas as pd

    from experiments.simulate import RunResult
    from model.policies import Policy
    from model.scenario import Scenario

FIGURES = {
    "asks_per_adult_year": N_("asks per adult and year"),
    **{f"reach_{k}_share": f"reach_{k}" for k in ACTIVITIES},
}
"""What is compared: columns of the series, and what a page calls them."""

GAPS = (
    ("education:tertiary", "education:primary"),
    ("residence:local", "residence:migrant"),
    ("age:60-69", "age:25-34"),
)
"""Pairs of groups: the gap is the first less the second."""


def chosen_by_rule(scenario: Scenario, policies: Iterable[Policy]) -> bool:
    """True if anybody is asked by a rule other than chance, in the scenario or a policy."""
    instruments = [n.instrument for n in scenario.status_quo_instruments()]
    instruments += [n.instrument for policy in policies for n in policy.instruments]
    return scenario.mobilisation.ask_rule != "random" or any(
        isinstance(i, Ask) and i.rule != "random" for i in instruments
    )


def equity(result: RunResult) -> pd.DataFrame:
    """By group, in the last week of a run: each of `FIGURES` and, under ``NAME_relative``, its ratio to all.

    Index: the groups, then the gaps as ``FIRST - SECOND`` (differences of both columns). nan before a year
    has been lived or where nobody belongs to a group.
    """
    import pandas as pd

    recorded = Recorded(result)
    columns = {}
    for name in FIGURES:
        values = pd.Series(OUTCOMES[name].compute(recorded)[-1], index=list(GROUPS))
        columns[name] = values
        columns[f"{name}_relative"] = values / values["all"]
    table = pd.DataFrame(columns)
    for first, second in GAPS:
        table.loc[f"{first} - {second}"] = table.loc[first] - table.loc[second]
    return table


def equity_page(results: Sequence[RunResult], lang: str = "en") -> str:
    """The gaps of `equity` per policy, means over the seeds, as a table for a terminal."""
    words = Words(lang)
    policies = list(dict.fromkeys(result.policy for result in results))
    gaps = [[equity(r) for r in results if r.policy == p] for p in policies]
    rows = []
    for figure, said in FIGURES.items():
        outcome = words._(said) if " " in said else names.outcome(words, said)
        for first, second in GAPS:
            gap = f"{first} - {second}"
            pair = words._(
                N_("{one} less {other}"), one=names.group(words, first), other=names.group(words, second)
            )
            told = [[_signed(t, gap, name) for name in (figure, f"{figure}_relative")] for t in gaps]
            rows.append((outcome, pair, *(f"{gap} ({relative})" for gap, relative in told)))
    header = ("", "", *(names.policy(words, policy) for policy in policies))
    title = words._("Gaps between groups in asks and reach (in brackets: relative to all)")
    return markdown([Heading(title), Table(header, tuple(rows), names=2)])


def _signed(tables: Sequence[pd.DataFrame], row: str, column: str) -> str:
    """The mean of an entry over tables, with its sign; a dash where there is none."""
    mean = fmean(table[column].to_numpy(float)[table.index.get_loc(row)] for table in tables)
    return "-" if math.isnan(mean) else f"{mean:+.3f}"
