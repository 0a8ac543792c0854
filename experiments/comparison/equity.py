"""Who is asked, and who takes part: how far are the groups apart?

Rational prospecting asks those who are likely to say yes and so widens the gap between groups (Brady,
Schlozman & Verba 1999). Wherever residents are chosen by a rule, the gaps stand beside the result.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from experiments.outcomes.record import Record
from model.instruments.mobilisation import Ask
from model.parameters.decision import ACTIVITIES
from model.state.outcomes import GROUPS

if TYPE_CHECKING:
    import pandas as pd

    from experiments.outcomes.result import RunResult
    from model.instruments.policies import Policy
    from model.scenario.scenario import Scenario

FIGURES = ("asks_per_adult_year", *(f"reach_{k}_share" for k in ACTIVITIES))
"""What is compared: columns of the series."""

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

    record = Record.of(result, outcomes=FIGURES, totals=True)
    columns = {}
    for name in FIGURES:
        values = pd.Series(record.columns[name][-1, 0], index=list(GROUPS))
        columns[name] = values
        columns[f"{name}_relative"] = values / values["all"]
    table = pd.DataFrame(columns)
    for first, second in GAPS:
        table.loc[f"{first} - {second}"] = table.loc[first] - table.loc[second]
    return table
