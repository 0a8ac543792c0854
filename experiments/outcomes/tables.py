"""How do a run's arrays become tables?"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from experiments.outcomes import OUTCOMES, Outcome, Recorded
from experiments.storage.columns import WEEK, Column
from model.state.government import LEDGER
from model.state.outcomes import GROUPS

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from experiments.outcomes.result import RunResult


def series(result: RunResult) -> pd.DataFrame:
    """One row per week, community and group; columns as in `OUTCOMES`, nan where a figure has no meaning.

    Figures of the whole community stand in the rows of the group "all" only. Of a district the rows of a week
    are its totals, under its own name, and then those of its communities.
    """
    import pandas as pd

    if result.communities:
        parts = [_series(one) for one in (result, *result.communities)]
        return pd.concat(parts, ignore_index=True).sort_values("week", kind="stable", ignore_index=True)
    return _series(result)


def _series(result: RunResult) -> pd.DataFrame:
    """The series of one community, or of the totals of a district."""
    import pandas as pd

    recorded = Recorded(result)
    weeks, groups = len(result.weeks), len(GROUPS)
    columns: dict[str, object] = {
        "week": np.repeat(result.weeks, groups),
        "community": result.scenario,
        "group": np.tile(np.array(GROUPS, object), weeks),
    }
    for outcome in OUTCOMES.values():
        columns[outcome.name] = _by_group(outcome, recorded).reshape(-1)
    return pd.DataFrame(columns)


def _by_group(outcome: Outcome, recorded: Recorded) -> NDArray[np.float64]:
    """An outcome as float64[weeks, groups]; a figure of the community stands in the group "all"."""
    values = outcome.compute(recorded)
    if values.shape[1] == 1:
        alone, values = values, np.full((len(values), len(GROUPS)), np.nan)
        values[:, :1] = alone
    return values


def kept(result: RunResult, groups: Collection[str], every: int, outcomes: Collection[str] = ()) -> pa.Table:
    """Those rows of `series` of some groups and every so many weeks, and of its outcomes those named (all if
    none is), as an Arrow table with null for nan: what a study stores, without the rows that it does not.
    """
    import pyarrow as pa

    communities = (result, *result.communities)
    recorded = [Recorded(one) for one in communities]
    rows = np.flatnonzero(result.weeks % every == 0)
    places = np.array([i for i, group in enumerate(GROUPS) if group in groups], np.int64)
    shape = (len(rows), len(communities), len(places))
    columns = {
        "week": np.broadcast_to(result.weeks[rows][:, None, None], shape),
        "community": np.broadcast_to(np.array([one.scenario for one in communities], object)[:, None], shape),
        "group": np.broadcast_to(np.array([GROUPS[i] for i in places], object), shape),
    }
    for name in outcomes or OUTCOMES:
        columns[name] = np.empty(shape)
        for i, one in enumerate(recorded):
            columns[name][:, i] = _by_group(OUTCOMES[name], one)[rows][:, places]
    return pa.table({name: pa.array(c.reshape(-1), from_pandas=True) for name, c in columns.items()})


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


def dictionary() -> pd.DataFrame:
    """The data dictionary of the series: outcome, unit, meaning."""
    import pandas as pd

    rows = [(outcome.name, outcome.unit, outcome.doc) for outcome in OUTCOMES.values()]
    return pd.DataFrame(rows, columns=["outcome", "unit", "meaning"])
