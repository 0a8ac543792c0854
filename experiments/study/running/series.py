"""The weekly outcomes of a study's runs as one table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from experiments.storage.columns import typed
from experiments.study.analysis.meanings import series_columns
from experiments.study.design.runs import Design, Run
from experiments.study.running.store import Stored

if TYPE_CHECKING:
    import pandas as pd


def series_of(
    design: Design, stored: Iterable[tuple[Run, Stored]], factors: Callable[[Run], Mapping[str, Any]]
) -> pd.DataFrame:
    """One row per week and group of every run that succeeded, by point, policy and seeds; ``factors`` gives
    the columns of a run's point."""
    import numpy as np
    import pandas as pd

    tables: list[pd.DataFrame] = []
    keys: list[dict[str, Any]] = []
    order = {name: i for i, name in enumerate(design.spec.policies)}
    ended = [(run, one) for run, one in stored if one.ok]
    for run, one in sorted(ended, key=lambda e: (e[0].point, order[e[0].policy], e[0].world, e[0].luck)):
        tables.append(one.series.to_pandas())
        own = {"run": run.index, "point": run.point} | dict(factors(run))
        keys.append(own | {"policy": run.policy, "world": run.world, "luck": run.luck})
    if not tables:
        return typed((), series_columns(design))
    rows = np.repeat(np.arange(len(tables)), [len(table) for table in tables])
    before = pd.DataFrame(keys).iloc[rows].reset_index(drop=True)
    return pd.concat([before, pd.concat(tables, ignore_index=True)], axis=1)
