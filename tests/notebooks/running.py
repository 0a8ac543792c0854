"""How are the notebooks run, so that the same notebook leaves the same file?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent.parent
NOTEBOOKS = tuple(sorted((ROOT / "notebooks").glob("*.ipynb")))
MOST_SECONDS = 1800
"""A cell that takes longer has gone wrong."""


class Client(NotebookClient):  # type: ignore[misc]
    """A client that ends its kernel once. A signal ends it too, and what the second time raises, because the
    kernel is gone, would stand in the place of what stopped the notebook."""

    _ended = False

    async def _async_cleanup_kernel(self) -> None:
        if not self._ended:
            self._ended = True
            await super()._async_cleanup_kernel()


def read(path: Path) -> Any:
    """The notebook in a file."""
    return nbformat.read(path, as_version=4)


def run(path: Path, folder: Path, parameters: str | None = None) -> Any:
    """The notebook with the outputs of a fresh run in ``folder/notebooks``, without a trace of this machine.

    ``parameters`` stands in for the cell tagged so.

    Raises:
        nbclient.exceptions.CellExecutionError: for a cell that raises.
    """
    notebook = read(path)
    if parameters is not None:
        [cell] = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", ())]
        cell.source = parameters
    place = folder / "notebooks"
    place.mkdir(parents=True, exist_ok=True)
    client = Client(
        notebook,
        timeout=MOST_SECONDS,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(place)}},
    )
    own = {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(folder / "ipython")}
    client.execute(env=os.environ | own)
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":  # a bar that has become full says nothing to a reader
            cell.outputs = [output for output in cell.outputs if not bar(output)]
    return notebook


def bar(output: Any) -> bool:
    """True if an output is a bar of `experiments.runs.progress`."""
    return "<progress " in output.get("data", {}).get("text/html", "")


def told(notebook: Any) -> list[tuple[str, str, str]]:
    """What its cells say in words and tables: (cell, kind of output, text), pictures left out."""
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "stream":
                found.append((cell.id, output.name, output.text))
            elif output.output_type == "error":
                found.append((cell.id, "error", "\n".join([output.ename, output.evalue, *output.traceback])))
            else:
                texts = {kind: text for kind, text in output.data.items() if kind.startswith("text/")}
                found += [(cell.id, kind, text) for kind, text in sorted(texts.items())]
    return found


def pictures(notebook: Any) -> list[tuple[str, str]]:
    """Its pictures: (cell, data as stored)."""
    return [
        (cell.id, data)
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        for kind, data in output.get("data", {}).items()
        if kind.startswith("image/")
    ]
