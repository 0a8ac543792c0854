"""What do the columns of a study's answers mean, and in which unit?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.comparison import summary
from experiments.outcomes.record import OUTCOMES
from experiments.outcomes.tables import outcome_columns
from experiments.storage import columns
from experiments.storage.columns import (
    COSTS,
    EFFECT,
    EFFECTS,
    ENDS,
    GAPS,
    GROUP,
    OUTCOME,
    POLICY,
    SEEDS,
    SERIES,
    UNIT,
    Column,
)
from experiments.study.design.columns import plain_names
from experiments.study.design.points import is_word
from model.parameters.declare import declarations
from model.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from experiments.study.design.runs import Design

_YUAN = Column(
    "yuan_per_household",
    "yuan per household and year",
    "budget to which the policy's money is scaled; none: as the scenario declares it",
)

COLUMNS: dict[str, tuple[Column, ...]] = {
    "effects": (POLICY, OUTCOME, UNIT, GROUP, *EFFECTS),
    "gaps": GAPS,
    "responses": (
        POLICY,
        Column("yuan_per_household", "yuan per household and year", "budget of the policy"),
        *(OUTCOME, UNIT, EFFECT, *ENDS),
        Column("spent_yuan_per_year", "yuan a year", "money spent, mean of the years"),
        Column("added_participants", "persons a year", "added participants in anything, mean of the years"),
    ),
    "costs": (POLICY, _YUAN, *COSTS),
    "net_benefit": (
        *(POLICY, _YUAN),
        Column("value_yuan", "yuan per added participant and year", "what one is taken to be worth"),
        Column(
            "net_benefit_yuan_per_year",
            "yuan a year",
            "value x added participants - (spent + owed a year), mean of the years",
        ),
        *(Column(end.name, "yuan a year", end.meaning) for end in ENDS),
        Column(
            "share_of_settings_positive",
            "share of draws",
            "in which the net benefit is above 0, luck taken out",
        ),
    ),
    "attribution": (
        Column("what", "name", "package, or policy whose channels are split"),
        Column("player", "name", "policy of the package, or terms of the decision"),
        *(OUTCOME, UNIT),
        Column("share", "as in the column unit", "the player's share of the effect, last year (Shapley)"),
        *ENDS,
    ),
    "ranking": (
        Column("one", "name", "policy with the larger mean effect"),
        Column("other", "name", "policy that it is compared with; none is the baseline"),
        Column("more", "settings", "in which the first adds more participants than the second"),
        Column("less", "settings", "in which it adds fewer"),
        Column("settings", "settings", "settings that were looked at"),
        Column("verdict", "words", "what is decided so far by the sequential rule"),
        Column("responsible", "names", "inputs that order the settings most, where these disagree"),
        Column("words", "words", "the row as a sentence"),
    ),
}
"""Columns by table, in their order."""

TABLES = tuple(COLUMNS)


def run_columns(design: Design) -> list[Column]:
    """The columns of the table of a study's runs."""
    return [
        *_keys(design),
        Column("key", "name", "hash of all that the run's figures depend on"),
        Column("status", "name", "ok or failed"),
        Column("stage", "name", "where a failed run failed"),
        Column("error", "name", "class of its error"),
        Column("message", "words", "what the error said"),
    ]


def series_columns(design: Design) -> list[Column]:
    """The columns of a study's series: keys of the run and the row, then the outcomes that are recorded."""
    wanted = design.spec.record.outcomes or tuple(OUTCOMES)
    return [*_keys(design), *SERIES, *outcome_columns(wanted)]


def _keys(design: Design) -> list[Column]:
    """The columns that say which run a row is of."""
    declared = declarations(Scenario)
    factors = []
    for name, plain in plain_names(design.points[0]).items():
        d = declared.get(name)
        doc = f"factor {name}: {d.doc if d else 'of a policy'}"
        value = design.points[0][name]
        unit = d.unit if d else ""
        if is_word(value):
            unit = "name" if isinstance(value, str) else "true or false"
        factors.append(Column(plain, unit, doc, d is not None and d.type is int))
    return [
        Column("run", "number", "place of the run in the design"),
        Column("point", "number", "point of the design"),
        *factors,
        POLICY,
        *SEEDS,
    ]


def dictionary() -> pd.DataFrame:
    """All columns of all tables of a study's answers, and the outcomes that their rows are about."""
    return columns.dictionary(COLUMNS, summary.dictionary().itertuples(index=False))
