"""What do single runs leave for a reader: their figures in the last week, and all tables in a folder?"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import TYPE_CHECKING

from experiments.files import sha256, versions, written_whole
from experiments.load import Loaded
from experiments.outcomes import OUTCOMES, Recorded
from experiments.report import names
from experiments.report.blocks import Table, markdown
from experiments.report.stamps import stamps_told
from experiments.report.words import Words
from experiments.simulate import RunResult, simulate
from experiments.stamps import Stamp, recorded, stamped
from experiments.tables import dictionary, ledger, series
from model.parameters.decision import ACTIVITIES
from model.policies import Policy
from model.scenario import Scenario
from model.sources import fingerprint

if TYPE_CHECKING:
    import pandas as pd

    from model.inputs import Inputs

SHOWN = {
    **{f"reach_{k}_share": f"reach_{k}" for k in ACTIVITIES},
    **{f"attendances_{k}_per_resident_year": f"attendances_{k}" for k in ACTIVITIES},
    "members_share": "members",
    "registered_share": "registered",
    "active_per_registered_share": "active_per_registered",
    "served_year_hours": "served_hours",
    "attachment_mean": "attachment",
    "skill_mean": "skill",
    "spent_yuan": "spent_yuan",
    "liability_yuan": "liability_yuan",
}
"""Columns of the series that `figures` prints, and the outcomes whose names the page has words for."""


@dataclass(frozen=True)
class RunTask:
    """One run: a community, a policy, two seeds, and the weeks after the spin-up (None: the scenario's)."""

    scenario: Scenario
    policy: Policy
    world: int
    luck: int
    weeks: int | None
    inputs: Inputs | None = None


def run_one(task: RunTask) -> RunResult:
    """Run a task."""
    return simulate(task.scenario, task.policy, task.world, task.luck, weeks=task.weeks, inputs=task.inputs)


def figures(
    results: Sequence[RunResult],
    lang: str = "en",
    stamps: Sequence[Stamp] = (),
    titles: Mapping[str, str] | None = None,
) -> str:
    """The outcomes `SHOWN` in the last week, a column per policy: mean and standard deviation over seeds.

    ``titles`` of policies are used where given.
    """
    words = Words(lang, titles)
    policies = list(dict.fromkeys(result.policy for result in results))
    rows = [["", *(names.policy(words, policy) for policy in policies), ""]]
    recorded = {policy: [Recorded(r) for r in results if r.policy == policy] for policy in policies}
    for name, said in SHOWN.items():
        outcome = OUTCOMES[name]
        values = [[float(outcome.compute(r)[-1, 0]) for r in recorded[policy]] for policy in policies]
        rows.append([names.outcome(words, said), *map(_spread, values), outcome.unit])
    header, *body = rows
    return markdown([*stamps_told(words, stamps), Table(tuple(header), tuple(map(tuple, body)))])


def save_runs(
    results: Sequence[RunResult],
    loaded: Loaded,
    folder: str | os.PathLike[str],
    stamps: Sequence[Stamp] = (),
) -> None:
    """Write the series and ledgers of all runs, the data dictionary and the provenance, all or nothing.

    Raises:
        GongzhiError: if the folder cannot be written to.
    """
    provenance = {
        "versions": versions(),
        "model_fingerprint": fingerprint(),
        "scenario": loaded.scenario.name,
        "scenario_sha256": sha256(loaded.scenario.model_dump_json()),
        "runs": [{"policy": r.policy, "world": r.world, "luck": r.luck} for r in results],
        **recorded(stamps),
    }
    with written_whole(folder) as draft:
        for name, tables in (("series", map(series, results)), ("ledger", map(ledger, results))):
            whole = stamped(_joined(results, list(tables)), stamps)
            whole.to_parquet(draft / f"{name}.parquet", index=False)
            whole.to_csv(draft / f"{name}.csv", index=False, lineterminator="\n")
        stamped(dictionary(), stamps).to_csv(draft / "dictionary.csv", index=False, lineterminator="\n")
        text = json.dumps(provenance, indent=2, ensure_ascii=False, sort_keys=True)
        (draft / "provenance.json").write_text(text + "\n", encoding="utf-8")


def _joined(results: Sequence[RunResult], tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The tables one below the other, each under its policy and seeds."""
    import pandas as pd

    for result, table in zip(results, tables, strict=True):
        for place, name in enumerate(("policy", "world", "luck")):
            table.insert(place, name, getattr(result, name))
    return pd.concat(tables, ignore_index=True)


def _spread(values: Sequence[float]) -> str:
    """Mean and standard deviation, such as ``0.412 ± 0.004``; a dash where there is no figure."""
    if any(map(math.isnan, values)):
        return "-"
    mean = fmean(values)
    digits = 0 if abs(mean) >= 100 else 3
    spread = f" ± {stdev(values):,.{digits}f}" if len(values) > 1 else ""
    return f"{mean:,.{digits}f}{spread}"
