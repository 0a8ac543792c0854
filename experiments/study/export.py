"""How does a study leave its folder: as tables that are the same to the byte however it was run?"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from experiments.files import written_whole
from experiments.study.study import Study

if TYPE_CHECKING:
    import pandas as pd


def export(study: Study, folder: str | os.PathLike[str], *, partly: bool = False) -> None:
    """Write ``runs``, ``series`` and ``dictionary`` as CSV and Parquet.

    Only what the design and the seeds determine is written, in the order (point, policy, seeds, week): no
    times, no hosts. So the tables of a study that was interrupted equal those of one that was not.

    Raises:
        StudyError: for a study that is not finished, unless ``partly``; if the disk refuses.
    """
    if not partly:
        study.refuse_unfinished("export")
    tables = {"runs": study.table(), "series": study.series(), "dictionary": dictionary(study)}
    with written_whole(folder) as draft:
        for name, table in tables.items():
            table.to_csv(draft / f"{name}.csv", index=False, lineterminator="\n")
            table.to_parquet(draft / f"{name}.parquet", index=False)


def dictionary(study: Study) -> pd.DataFrame:
    """The columns of ``series``: name, unit, meaning."""
    import pandas as pd

    from experiments.tables import dictionary as outcomes
    from model.parameters.declare import declarations
    from model.scenario import Scenario

    declared = declarations(Scenario)
    rows = [
        ("run", "number", "place of the run in the design"),
        ("point", "number", "point of the design"),
    ]
    for name in study.design.points[0]:
        found = declared.get(name)
        rows.append((name, found.unit if found else "", f"factor: {found.doc if found else 'of a policy'}"))
    rows += [
        ("policy", "name", "policy that is added to the status quo"),
        ("world", "seed", "people, ties and their start"),
        ("luck", "seed", "everything weekly"),
        ("week", "week", "state after it; 0 is the end of the spin-up"),
        ("community", "name", "community or district"),
        ("group", "name", "group of residents"),
    ]
    own = pd.DataFrame(rows, columns=["outcome", "unit", "meaning"])
    every = outcomes()
    wanted = study.design.spec.record.outcomes
    return pd.concat([own, every[every["outcome"].isin(wanted)] if wanted else every], ignore_index=True)
