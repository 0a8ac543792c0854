"""What do single runs leave in a folder: all their tables?"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.loading.load import Loaded
from experiments.outcomes.record import OUTCOMES, Record
from experiments.outcomes.result import RunResult
from experiments.outcomes.tables import ledger, ledger_columns, outcome_columns
from experiments.runs.simulate import simulate
from experiments.storage.columns import POLICY, SEEDS, SERIES, dictionary, stamps_of
from experiments.storage.files import sha256, versions
from experiments.storage.folders import Experiment, one_experiment
from experiments.storage.stamps import Stamp, recorded, stamped
from experiments.storage.table_files import Formats, write_parts, write_table
from model.core.errors import GongzhiError
from model.core.sources import fingerprint
from model.instruments.policies import Policy
from model.parameters.declare import suggestion
from model.scenario.scenario import Scenario
from model.state.outcomes import GROUPS

if TYPE_CHECKING:
    import pandas as pd

    from model.start.inputs import Inputs


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


def save_runs(
    results: Sequence[RunResult],
    loaded: Loaded,
    folder: str | os.PathLike[str],
    stamps: Sequence[Stamp] = (),
    *,
    formats: Formats | None = None,
    outcomes: Sequence[str] = (),
    groups: Sequence[str] = (),
) -> None:
    """Write the series and ledgers of all runs, the data dictionary and the provenance, all or nothing.

    Args:
        formats: csv, parquet or both; if None both, of a district Parquet alone, whose CSV would be large.
        outcomes: columns of the series, all of `experiments.outcomes.OUTCOMES` if none is named.
        groups: groups of residents in it, all of `model.state.outcomes.GROUPS` if none is named.

    Raises:
        GongzhiError: for an unknown name, or if the folder cannot be written to or holds another experiment.
    """
    refuse_names(outcomes, groups)
    chosen = [name for name in OUTCOMES if name in outcomes] or list(OUTCOMES)
    kinds: Formats = formats or ("parquet" if any(result.communities for result in results) else "both")
    provenance = {
        "versions": versions(),
        "model_fingerprint": fingerprint(),
        "scenario": loaded.scenario.name,
        "scenario_sha256": sha256(loaded.scenario.model_dump_json()),
        "runs": [{"policy": r.policy, "world": r.world, "luck": r.luck} for r in results],
        **recorded(stamps),
    }
    policies = tuple(dict.fromkeys(result.policy for result in results))
    with one_experiment(folder, Experiment("run", loaded.scenario.name, policies), provenance) as draft:
        told = (Record.of(result, groups or GROUPS, outcomes=chosen).frame() for result in results)
        for name, tables in (("series", told), ("ledger", map(ledger, results))):
            parts = (stamped(_of_run(*one), stamps) for one in zip(results, tables, strict=True))
            write_parts(draft, name, parts, kinds)
        write_table(draft, "dictionary", stamped(_dictionary(chosen, stamps), stamps), "csv")


def _dictionary(outcomes: Sequence[str], stamps: Sequence[Stamp]) -> pd.DataFrame:
    """What the columns of ``series`` and ``ledger`` mean."""
    keys, last = (POLICY, *SEEDS), stamps_of(stamps)
    columns = {"series": [*SERIES, *outcome_columns(outcomes)], "ledger": ledger_columns()}
    return dictionary({name: [*keys, *own, *last] for name, own in columns.items()}, wide=True)


def refuse_names(outcomes: Sequence[str], groups: Sequence[str]) -> None:
    """Raise GongzhiError for the name of an outcome or a group that there is none of."""
    for what, wanted, known in (("outcome", outcomes, tuple(OUTCOMES)), ("group", groups, GROUPS)):
        for name in wanted:
            if name not in known:
                raise GongzhiError(
                    what=f"there is no {what} {name!r}", where=f"--{what}", instead=suggestion(name, known)
                )


def _of_run(result: RunResult, table: pd.DataFrame) -> pd.DataFrame:
    """The table with the policy and the seeds of its run before."""
    for place, name in enumerate(("policy", "world", "luck")):
        table.insert(place, name, getattr(result, name))
    return table
