"""Reads the files a scenario brings: its residents' table and its ties, as CSV or Parquet."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.loading.load import Loaded
from experiments.loading.places import file_below
from experiments.loading.tables import Table, read_table
from model.core.cells import shown
from model.core.errors import DataError

if TYPE_CHECKING:
    from model.start.population import Inputs

TIES = ("a", "b", "weight")


def read_inputs(loaded: Loaded) -> Inputs | None:
    """The inputs that ``[inputs]`` of a scenario names, rows and codes checked; None if it names none.

    ``residents`` is a table with a row per adult and columns by name; each of ``ties`` a table with columns
    ``a``, ``b`` and optionally ``weight``. Who is tied is told by row, 0 for the first resident, or by id if
    the residents' table has a column ``id``. Paths are relative to the scenario's file.

    Raises:
        DataError: for a path that leads elsewhere, is no regular file, or cannot be read as a table, and for
            what does not fit the scenario, with file, line and cell.
    """
    spec = loaded.scenario.inputs
    if spec.residents is None and not spec.ties:
        return None
    from model.scenario.scenario import adults_of
    from model.start.inputs import Ids, Inputs, checked_columns, refuse_length
    from model.state.ties import checked_edges

    population = loaded.scenario.population
    n, ids, residents = adults_of(population), None, None
    if spec.residents is not None:
        table = _table(loaded, spec.residents, "inputs.residents")
        residents = checked_columns(
            {name: table.values(name) for name in table.cells if name != "id"},
            n,
            table.where,
            header=table.header,
            population=population,
        )
        if "id" in table.cells:
            refuse_length(table.cells["id"], n, table.where("id"), population)
            ids = Ids(table.cells["id"], table.where("id"))
    ties: dict[str, Any] = {}
    for layer, path in spec.ties.items():
        table = _table(loaded, path, f"inputs.ties.{layer}")
        names = [name for name in TIES if name in table.cells]
        if len(names) < 2 or set(table.cells) - set(TIES):
            raise DataError(
                what=f"the columns are {', '.join(map(shown, [*table.cells][:10]))}",
                where=table.header,
                instead="write a line per tie with the columns a, b and, if you like, weight",
            )
        a, b = (
            table.values(end) if ids is None else ids.rows(table.cells[end], table.where(end))
            for end in ("a", "b")
        )
        weight = table.values("weight") if "weight" in names else None
        rows, others, weights = checked_edges(n, a, b, weight, table.where)
        ties[layer] = np.column_stack([rows, others] if weight is None else [rows, others, weights])
    return Inputs(residents=residents, ties=ties or None)


def input_files(loaded: Loaded) -> dict[str, str]:
    """SHA-256 of every file that ``[inputs]`` of a scenario names, by its path there.

    Raises:
        DataError: for a file that cannot be read.
    """
    spec = loaded.scenario.inputs
    paths = {"inputs.residents": spec.residents, **{f"inputs.ties.{k}": v for k, v in spec.ties.items()}}
    return {
        path: hashlib.sha256(_file(loaded, path, where).read_bytes()).hexdigest()
        for where, path in paths.items()
        if path is not None
    }


def _table(loaded: Loaded, path: str, where: str) -> Table:
    return read_table(_file(loaded, path, where), path)


def _file(loaded: Loaded, path: str, where: str) -> Path:
    """The regular file at a path below the scenario's folder."""
    return file_below(Path(loaded.file).parent, path, where, "the scenario's folder")
