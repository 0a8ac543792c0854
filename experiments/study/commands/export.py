"""How does a study leave its folder: as tables that are the same to the byte however it was run?"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from experiments.storage import columns
from experiments.storage.folders import Experiment, one_experiment
from experiments.storage.table_files import write_table
from experiments.study.analysis.meanings import run_columns, series_columns
from experiments.study.analysis.provenance import provenance
from experiments.study.running.study import Study

if TYPE_CHECKING:
    import pandas as pd


def export(study: Study, folder: str | os.PathLike[str], *, partly: bool = False) -> None:
    """Write ``runs``, ``series`` and ``dictionary`` as CSV and Parquet, and ``provenance.json``.

    Only what the design and the seeds determine is written, in the order (point, policy, seeds, week): no
    times, no hosts. So the tables of a study that was interrupted equal those of one that was not.

    Raises:
        StudyError: for a study that is not finished, unless ``partly``.
        GongzhiError: if the folder cannot be written to or holds another experiment.
    """
    if not partly:
        study.refuse_unfinished("export")
    tables = {"runs": study.table(), "series": study.series(), "dictionary": dictionary(study)}
    facts = {k: v for k, v in provenance(study).items() if k not in ("folder", "shown")}
    experiment = Experiment("study export", study.design.spec.name, study.design.spec.policies)
    with one_experiment(folder, experiment, facts | {"factors": study.columns}) as draft:
        for name, table in tables.items():
            write_table(draft, name, table)


def dictionary(study: Study) -> pd.DataFrame:
    """The columns of ``runs`` and ``series``: table, name (twice), unit, meaning, and of factors the dotted
    name of what they vary."""
    tables = {"runs": run_columns(study.design), "series": series_columns(study.design)}
    found = columns.dictionary(tables, wide=True)
    dotted = {plain: name for name, plain in study.columns.items()}
    return found.assign(parameter=[dotted.get(name, "") for name in found["column"]])
