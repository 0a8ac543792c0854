"""Rewrites the regression baseline, on purpose and only so: `make baseline`. Say in CHANGELOG which
numbers moved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from experiments.runs.simulate import simulate
from model.state.outcomes import COLUMNS, WEEKLY
from tests.worlds import EVERYTHING, policy, world

FILE = Path(__file__).with_name("everything.json")


def figures() -> dict[str, Any]:
    """A community of 400 persons with every instrument: counts, community figures and money after 60
    weeks."""
    scenario = world(400)
    out: dict[str, Any] = {}
    for name, arm in (("none", "none"), ("everything", policy(**EVERYTHING))):
        run = simulate(scenario, arm, world=7, luck=11, weeks=60)
        out[name] = {
            "counts": dict(zip(COLUMNS, run.counts[-1, 0].tolist(), strict=True)),
            "weekly": dict(zip(WEEKLY, run.weekly[-1].tolist(), strict=True)),
            "money": dict(zip(run.accounts, run.money[-1].tolist(), strict=True)),
        }
    return out


if __name__ == "__main__":
    FILE.write_text(json.dumps(figures(), indent=1) + "\n")
    print(f"Wrote {FILE.name}; say in CHANGELOG.md which numbers moved and why.")
