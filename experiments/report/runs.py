"""What do single runs leave for a reader: their figures in the last week, and all tables in a folder?"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import TYPE_CHECKING

from experiments.loading.load import Loaded
from experiments.outcomes import OUTCOMES, Recorded
from experiments.outcomes.recorded import STATUS_QUO
from experiments.outcomes.tables import kept, ledger, ledger_columns
from experiments.runs.simulate import RunResult, simulate
from experiments.storage.columns import POLICY, SEEDS, SERIES, Column, dictionary, stamps_of
from experiments.storage.files import sha256, versions
from experiments.storage.folders import Experiment, one_experiment
from experiments.storage.stamps import Stamp, recorded, stamped
from experiments.storage.table_files import Formats, write_parts, write_table
from experiments.words import names
from experiments.words.blocks import Paragraph, Table, markdown
from experiments.words.stamps import stamps_told
from experiments.words.words import Words, rounded
from model.core.errors import GongzhiError
from model.core.sources import fingerprint
from model.instruments.policies import Policy
from model.parameters.decision import ACTIVITIES
from model.parameters.declare import suggestion
from model.scenario.scenario import Scenario
from model.state.government import LEDGER
from model.state.outcomes import GROUPS

if TYPE_CHECKING:
    import pandas as pd

    from model.start.inputs import Inputs

SHOWN = {
    **{f"reach_{k}_share": f"reach_{k}" for k in ACTIVITIES},
    **{f"attendances_{k}_per_resident_year": f"attendances_{k}" for k in ACTIVITIES},
    "members_share": "members",
    "registered_share": "registered",
    "active_per_registered_share": "active_per_registered",
    "served_year_hours": "served_hours",
    "attachment_mean": "attachment",
    "skill_mean": "skill",
    "spent_yuan": "policy_spent_yuan",
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

    Money of the policy and of the status quo stand apart. One pair of seeds has no deviation, and that is
    said. ``titles`` of policies are used where given.
    """
    words = Words(lang, titles)
    policies = list(dict.fromkeys(result.policy for result in results))
    recorded = {policy: [Recorded(r) for r in results if r.policy == policy] for policy in policies}

    def row(said: str, compute: Callable[[Recorded], float], unit: str) -> tuple[str, ...]:
        spreads = (_spread([compute(one) for one in recorded[policy]]) for policy in policies)
        return names.outcome(words, said), *spreads, unit

    def last(name: str) -> Callable[[Recorded], float]:
        return lambda one: float(OUTCOMES[name].compute(one)[-1, 0])

    rows = [row(said, last(name), OUTCOMES[name].unit) for name, said in SHOWN.items()]
    rows.append(row("status_quo_spent_yuan", _status_quo_spent, "yuan"))
    header = ("", *(names.policy(words, policy) for policy in policies), "")
    seeds = len(results) // len(policies)
    told = words._(names.ONE_SEED if seeds == 1 else names.SEVERAL_SEEDS, n=seeds)
    return markdown([*stamps_told(words, stamps), Table(header, tuple(rows)), Paragraph(told)])


def _status_quo_spent(one: Recorded) -> float:
    """Yuan that the accounts of the status quo have spent since the spin-up, as those of the policy have."""
    ours = [account.startswith(STATUS_QUO) for account in one.result.accounts]
    spent = one.result.money[:, ours, LEDGER.index("spent")].sum(axis=1)
    return float(spent[-1] - spent[0]) / 100


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
        told = (kept(result, groups or GROUPS, 1, chosen).to_pandas() for result in results)
        for name, tables in (("series", told), ("ledger", map(ledger, results))):
            parts = (stamped(_of_run(*one), stamps) for one in zip(results, tables, strict=True))
            write_parts(draft, name, parts, kinds)
        write_table(draft, "dictionary", stamped(_dictionary(chosen, stamps), stamps), "csv")


def _dictionary(outcomes: Sequence[str], stamps: Sequence[Stamp]) -> pd.DataFrame:
    """What the columns of ``series`` and ``ledger`` mean."""
    keys, last = (POLICY, *SEEDS), stamps_of(stamps)
    told = (Column(name, OUTCOMES[name].unit, OUTCOMES[name].doc) for name in outcomes)
    columns = {"series": [*SERIES, *told], "ledger": ledger_columns()}
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


def _spread(values: Sequence[float]) -> str:
    """Mean and standard deviation, such as ``0.412 ± 0.043``, to two digits of the deviation; a single value
    to two digits, if it is below 100; a dash where there is no figure."""
    if any(map(math.isnan, values)):
        return "-"
    mean = fmean(values)
    size = stdev(values) if len(values) > 1 else 0.0
    scale = size or abs(mean)
    digits = max(0, 1 - math.floor(math.log10(scale))) if 0 < scale < 100 else 0
    return rounded(mean, digits) + (f" ± {rounded(size, digits)}" if len(values) > 1 else "")
