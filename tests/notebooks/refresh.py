"""Runs the notebooks and stores what they say: `make notebooks`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import nbformat

from tests.notebooks.running import NOTEBOOKS, run

if __name__ == "__main__":
    for path in NOTEBOOKS:
        if not sys.argv[1:] or any(path.name.startswith(wanted) for wanted in sys.argv[1:]):
            with tempfile.TemporaryDirectory() as folder:
                nbformat.write(run(path, Path(folder)), path)
            print(f"Wrote {path.name}")
