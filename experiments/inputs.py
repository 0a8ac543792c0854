"""Reads the files a scenario brings: its residents' table and its ties, as CSV or Parquet."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.load import Loaded
from model.errors import DataError

if TYPE_CHECKING:
    from model.population import Inputs

LARGEST = 512 * 2**20


def read_inputs(loaded: Loaded) -> Inputs | None:
    """The inputs that ``[inputs]`` of a scenario names; None if it names none.

    ``residents`` is a table with a row per adult and columns by name; each of ``ties`` a table with columns
    ``a``, ``b`` (rows of adults) and optionally ``weight``. Paths are relative to the scenario's file.

    Raises:
        DataError: for a path that leads elsewhere, is no regular file, or cannot be read as a table.
    """
    spec = loaded.scenario.inputs
    if spec.residents is None and not spec.ties:
        return None
    from model.population import Inputs

    folder = Path(loaded.file).parent
    residents = None
    if spec.residents is not None:
        table = _table(folder, spec.residents, "inputs.residents")
        residents = {str(name): _column(table[name]) for name in table.columns}
    ties: dict[str, Any] = {}
    for layer, path in spec.ties.items():
        where = f"inputs.ties.{layer}"
        table = _table(folder, path, where)
        names = [str(c) for c in table.columns]
        if names not in (["a", "b"], ["a", "b", "weight"]):
            raise DataError(
                what=f"{path} has the columns {', '.join(names[:10])}",
                where=where,
                instead="write a line per tie with the columns a, b and, if you like, weight",
            )
        ties[layer] = np.column_stack([_column(table[name]) for name in names])
    return Inputs(residents=residents, ties=ties or None)


def input_files(loaded: Loaded) -> dict[str, str]:
    """SHA-256 of every file that ``[inputs]`` of a scenario names, by its path there.

    Raises:
        DataError: for a file that cannot be read.
    """
    spec = loaded.scenario.inputs
    paths = {"inputs.residents": spec.residents, **{f"inputs.ties.{k}": v for k, v in spec.ties.items()}}
    found = {}
    for where, path in paths.items():
        if path is not None:
            try:
                found[path] = hashlib.sha256((Path(loaded.file).parent / path).read_bytes()).hexdigest()
            except OSError as error:
                raise DataError(
                    what=f"{path} cannot be read", where=where, why=error.strerror or ""
                ) from None
    return found


def _column(values: Any) -> Any:
    """A column as an array; texts stay texts."""
    array = values.to_numpy()
    return array if array.dtype.kind in "biuf" else array.astype(object)


def _table(folder: Path, relative: str, where: str) -> Any:
    """The table in a file below ``folder``."""
    import pandas as pd

    path = (folder / relative).resolve()
    if Path(relative).is_absolute() or not path.is_relative_to(folder.resolve()):
        raise DataError(
            what=f"{relative} leads out of the scenario's folder",
            where=where,
            instead="put the file beside the scenario and give its relative path",
        )
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise DataError(
                what=f"{relative} is not a file", where=where, instead="give a CSV or Parquet file"
            )
        if status.st_size > LARGEST:
            raise DataError(what=f"{relative} is over {LARGEST // 2**20} MiB", where=where)
        return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise DataError(
            what=f"{relative} cannot be read as a table",
            where=where,
            why=reason,
            instead="give CSV or Parquet",
        ) from None
