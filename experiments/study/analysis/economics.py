"""What does money buy: effects by budget, cost per participant, and the net benefit at what one is worth?

The net benefit of a policy is what its added participants are worth, at a sum that who pays is willing to pay
for one, less what they cost; the share of settings in which it is positive, over that sum, is the
acceptability curve of health economics (Stinnett & Mullahy 1998, Medical Decision Making 18, S68-S80;
Fenwick, Claxton & Sculpher 2001, Health Economics 10, 779-787). Unlike a ratio it has an interval where the
effect may be zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.comparison.effects import yearly_cost
from experiments.comparison.settings import interval, shrunk
from experiments.comparison.summary import t_interval
from experiments.storage.columns import typed
from experiments.study.analysis.gathered import View
from experiments.study.analysis.meanings import COLUMNS
from model.parameters.decision import ACTIVITIES

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

VALUES = np.linspace(0.0, 2000.0, 41)
"""Yuan that an added participant may be worth: every 50 yuan, the same in every study."""

IN_PERSONS = tuple(f"reach_{k}" for k in ("any", *ACTIVITIES))
RESPONDING = (*IN_PERSONS, "served_without_duty_hours", *(f"attendances_{k}" for k in ACTIVITIES))
"""Outcomes that are told by budget."""


class Costed(NamedTuple):
    """An arm with money: its policy, the yuan a year per household that the study scales it to (nan: as
    declared) and that it has (nan: no money), and its place among the arms of a view."""

    policy: str
    scaled_to: float
    yuan: float
    view: View
    place: int


def responses(arms: Sequence[Costed]) -> pd.DataFrame:
    """Effects in the last year by policy, budget and outcome; an arm as declared fills in its own budget."""
    scaled = {(one.policy, one.yuan) for one in arms if np.isfinite(one.scaled_to)}
    rows: list[dict[str, Any]] = []
    for one in arms:
        declared = not np.isfinite(one.scaled_to)
        if not np.isfinite(one.yuan) or (declared and (one.policy, round(one.yuan, 6)) in scaled):
            continue
        name = one.view.findings.policies[one.place]
        table, money = one.view.findings.table(), one.view.findings.costs().iloc[one.place]
        mine = table[(table["policy"] == name) & (table["group"] == "all")].set_index("outcome")
        for outcome in RESPONDING:
            row, persons = mine.loc[outcome], outcome in IN_PERSONS
            ends = ("persons", "persons_low", "persons_high", "persons_settings_low", "persons_settings_high")
            plain = ("effect", "chance_low", "chance_high", "settings_low", "settings_high")
            rows.append(
                {
                    "policy": one.policy,
                    "yuan_per_household": one.yuan,
                    "outcome": outcome,
                    "unit": "persons" if persons else row["unit"],
                    **{to: row[of] for to, of in zip(plain, ends if persons else plain, strict=True)},
                    "spent_yuan_per_year": money["spent_yuan_per_year"],
                    "added_participants": money["added_participants"],
                }
            )
    table = typed(rows, COLUMNS["responses"])
    order = {outcome: i for i, outcome in enumerate(RESPONDING)}
    policies = {policy: i for i, policy in enumerate(dict.fromkeys(one.policy for one in arms))}
    by = {"policy": policies, "outcome": order}
    return table.sort_values(
        ["policy", "outcome", "yuan_per_household"],
        key=lambda column: column.map(by[str(column.name)]) if column.name in by else column,
        kind="stable",
        ignore_index=True,
    )


def costs(arms: Sequence[Costed], declared: pd.DataFrame) -> pd.DataFrame:
    """The costs of a comparison for all budgets: nan yuan per household where they are as ``declared``."""
    import pandas as pd

    parts = [declared.assign(yuan_per_household=np.nan)]
    parts += [
        one.view.findings.costs().assign(policy=one.policy, yuan_per_household=one.scaled_to)
        for one in arms
        if np.isfinite(one.scaled_to)
    ]
    table = pd.concat(parts, ignore_index=True)
    rest = [name for name in table.columns if name not in ("policy", "yuan_per_household")]
    return table[["policy", "yuan_per_household", *rest]]


def net_benefit(arms: Sequence[Costed]) -> pd.DataFrame:
    """Net benefit a year by policy, budget and what an added participant is worth; means over the years."""
    rows = []
    for one in arms:
        if not np.isfinite(one.yuan):
            continue
        added, cost, far_added, far_cost = _by_run(one)
        for value in VALUES:
            mean, low, high = (float(x) for x in t_interval(value * added - cost))
            far = value * far_added - far_cost
            far_low, far_high = (float(x) for x in interval(far))
            positive = float((shrunk(far) > 0).mean()) if len(far) > 1 else np.nan
            rows.append(
                (one.policy, one.scaled_to, float(value), mean, low, high, far_low, far_high, positive)
            )
    return typed(rows, COLUMNS["net_benefit"])


def _by_run(one: Costed) -> tuple[Floats, Floats, Floats, Floats]:
    """Added participants and yuan a year: float64[seed] twice, and float64[draw, luck] twice."""
    findings, p = one.view.findings, one.place
    added, far_added = findings.added(p, "participants")
    cost, far_cost = (yearly_cost(m[..., p, :], findings.years) for m in (findings.money, one.view.money))
    return added, cost, far_added, far_cost
