"""Compiles every kernel once, before several processes would each do it: `python -m tests.kernels`."""

from __future__ import annotations

from typing import Any

from experiments.runs.simulate import compile_kernels
from tests.district_worlds import district
from tests.worlds import EVERYTHING, LIVELY, PARTY, policy, world


def compile_all() -> None:
    """Simulate a few weeks in which every phase has something to do."""
    mixed: dict[str, Any] = {"network": {"well_mixed": 0.1}, "mobilisation": {"ask_rule": "likely"}}
    likely = {
        "letters": {"kind": "ask", "activity": "culture", "every_weeks": 3, "share": 0.5, "rule": "likely"}
    }
    compile_kernels(world(life=LIVELY, **mixed), [policy(**EVERYTHING), policy(**(PARTY | likely))])
    compile_kernels(district(2), [policy(**EVERYTHING)])


if __name__ == "__main__":
    compile_all()
