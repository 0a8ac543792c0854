"""Studies: sweeps that survive, over designs that are declared."""

from __future__ import annotations

from experiments.study.running.executors import Dask, Executor, Processes, Serial
from experiments.study.running.status import Status
from experiments.study.running.study import Outcome, Study

__all__ = ["Dask", "Executor", "Outcome", "Processes", "Serial", "Status", "Study"]
