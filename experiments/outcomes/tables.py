"""How do a run's arrays become tables?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from experiments.outcomes.record import OUTCOMES, Record
from experiments.storage.columns import WEEK, Column
from model.state.government import LEDGER

if TYPE_CHECKING:
    import pandas as pd

    from experiments.outcomes.result import RunResult


def series(result: RunResult) -> pd.DataFrame:
    """One row per week, community and group; columns as in `OUTCOMES`, nan where a figure has no meaning.

    Figures of the whole community stand in the rows of the group "all" only. Of a district the rows of a week
    are its totals, under its own name, and then those of its communities.
    """
    return Record.of(result).frame()


def tidy(result: RunResult) -> pd.DataFrame:
    """The series in long form, with scenario, policy, world and luck before, the unit behind."""
    wide = series(result)
    keys = ["week", "community", "group"]
    long = wide.melt(keys, var_name="outcome", value_name="value").dropna(subset="value", ignore_index=True)
    for place, name in enumerate(("scenario", "policy", "world", "luck")):
        long.insert(place, name, getattr(result, name))
    long["unit"] = long["outcome"].map({name: outcome.unit for name, outcome in OUTCOMES.items()})
    return long


def ledger(result: RunResult) -> pd.DataFrame:
    """Money by week and account: columns week, account, payer, kind and, in yuan, those of
    `model.state.government.LEDGER`."""
    import pandas as pd

    yuan = result.money.reshape(-1, len(LEDGER)) / 100.0
    table = pd.DataFrame(yuan, columns=[f"{name}_yuan" for name in LEDGER])
    table.insert(0, "account", np.tile(np.array(result.accounts, object), len(result.weeks)))
    table.insert(0, "week", np.repeat(result.weeks, len(result.accounts)))
    for place, (name, values) in enumerate((("payer", result.payers), ("kind", result.kinds)), 2):
        table.insert(place, name, np.tile(np.array(values, object), len(result.weeks)))
    return table


def cash(result: RunResult) -> pd.DataFrame:
    """Cash by week and payer, in yuan: appropriated = spent + committed + returned.

    Committed is all that is set aside and not yet paid: contracts, what backs credits, and the uncommitted
    rest of the year. What is given in kind is not cash and stands in `ledger` only.
    """
    books = ledger(result)
    committed = books["contracts_yuan"] + books["liability_yuan"] + books["uncommitted_yuan"]
    books = books.assign(committed_yuan=committed)
    columns = [f"{name}_yuan" for name in ("appropriated", "spent", "committed", "returned")]
    return books.groupby(["week", "payer"], sort=False, as_index=False)[columns].sum()


def ledger_columns() -> list[Column]:
    """The columns of `ledger`."""
    money = [OUTCOMES[f"{name}_yuan"] for name in LEDGER]
    return [
        WEEK,
        Column("account", "name", "account of an instrument; status_quo is what is done today"),
        Column("payer", "name", "who pays into it"),
        Column("kind", "name", "kind of the instrument"),
        *(Column(one.name, one.unit, one.doc.replace("accounts of the policy", "account")) for one in money),
    ]


def outcome_columns(outcomes: Iterable[str]) -> list[Column]:
    """The columns of outcomes in a series."""
    return [Column(name, OUTCOMES[name].unit, OUTCOMES[name].doc) for name in outcomes]


def dictionary() -> pd.DataFrame:
    """The data dictionary of the series: outcome, unit, meaning."""
    import pandas as pd

    rows = [(outcome.name, outcome.unit, outcome.doc) for outcome in OUTCOMES.values()]
    return pd.DataFrame(rows, columns=["outcome", "unit", "meaning"])
