"""What will a study cost, and which of its factors change nothing? Told before it runs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from experiments.runs.parallel import cores
from experiments.runs.simulate import simulate
from experiments.study.analysis.gathered import lacking
from experiments.study.design.arms import arm
from experiments.study.design.code import own_phases
from experiments.study.design.declared import refuse_idle
from experiments.study.design.points import Value, at_point, is_word
from experiments.study.design.runs import Design
from experiments.study.running.study import Study
from experiments.study.running.work import succeeded
from model.instruments.policies import Policy
from model.scenario.scaling import scaled, smaller_policy
from model.scenario.scenario import Scenario

PROBE_PERSONS = 500
PROBE_WEEKS = 60
PROBE_SPIN_UP = 30


@dataclass(frozen=True)
class Plan:
    """Numbers of runs, points and seeds, minutes with a number of workers, megabytes, and dead factors.

    ``equal`` runs are those of points that coincide, made once with another. ``no_answers`` is why the study
    cannot be reported, empty if it can; ``made_by_others`` are stored runs of other versions.

    With ``[until]`` they are those of the most pairs of seeds, and ``least`` has those of the fewest.
    """

    runs: int
    pending: int
    points: int
    pairs: int
    workers: int
    minutes: float
    megabytes: float
    dead: tuple[str, ...]
    least: Plan | None = None
    equal: int = 0
    no_answers: str = ""
    made_by_others: tuple[tuple[str, int], ...] = ()

    def text(self) -> str:
        """The plan for a person."""
        runs, pairs, pending = f"{self.runs:,}", f"{self.pairs:,}", f"{self.pending:,}"
        minutes, megabytes = f"{self.minutes:,.1f}", f"{self.megabytes:,.1f}"
        if self.least is not None:
            few = self.least
            runs, pairs = f"{few.runs:,} to {runs}", f"{few.pairs:,} to {pairs}"
            pending = f"{few.pending:,} to {pending}"
            minutes, megabytes = f"{few.minutes:,.1f} to {minutes}", f"{few.megabytes:,.1f} to {megabytes}"
        points = "1 point" if self.points == 1 else f"{self.points:,} points"
        lines = [
            f"{runs} runs: {points} x {pairs} pairs of seeds, every policy; {pending} of them still to do.",
            f"About {minutes} minutes with as many free cores as workers ({self.workers}), {megabytes} MB.",
        ]
        if self.equal:
            lines.append(
                f"{self.equal:,} of the runs equal another, as those of points that coincide do: they "
                "are made once and used for each of their points."
            )
        for software, count in self.made_by_others:
            lines.append(
                f"{count:,} stored runs were made by {software}: they can be exported and reported as they "
                "are, and are not mixed with runs of this version."
            )
        if self.no_answers:
            lines.append(
                "The study can be exported, but `gongzhi study report` will refuse it as it is written: "
                f"{self.no_answers}"
            )
        for name in self.dead:
            lines.append(
                f"{name} changes nothing in a small copy of this community within {PROBE_WEEKS} weeks: "
                "perhaps no policy of the study uses it."
            )
        return "\n".join(lines)


def plan(study: Study, workers: int | None = None) -> Plan:
    """The plan of a study: one run is timed, and every factor is tried at both ends on a small community.

    Raises:
        GongzhiError: if the study cannot be run; a point that cannot is named.
    """
    design, number = study.asked, cores() if workers is None else workers
    refuse_idle(design)
    if design.code is not None:
        own_phases(design.code)
    known = study.store.finished() if (study.folder / "runs").exists() else {}
    reached = study.reached(known)
    # what a settings design draws are guesses of the scenario, many of which no policy of the study touches
    tried = () if design.spec.design.kind == "settings" else tuple(design.points[0])
    dead = tuple(name for name in tried if _dead(design, name))
    seconds, size = _one_run(design)
    status = study.status()
    own = () if status.made_by is None else ((status.made_by.text(), status.stored),)
    others = (*own, *((software.text(), count) for software, count in status.others))

    def of(pairs: int, least: Plan | None = None) -> Plan:
        runs = design.runs[: pairs * len(design.points) * len(design.spec.policies)]
        keys = {run.key for run in runs}
        pending = len(keys - known.keys())
        return Plan(
            runs=len(runs),
            pending=pending,
            points=len(design.points),
            pairs=pairs,
            workers=number,
            minutes=pending * seconds / 60 / number,
            megabytes=len(keys) * size / 2**20,
            dead=dead,
            least=least,
            equal=len(runs) - len(keys),
            no_answers=lacking(design),
            made_by_others=others,
        )

    every = len(design.spec.pairs())
    if reached is None:
        return of(every)
    return of(reached.pairs) if reached.ended else of(every, of(reached.pairs))


def _one_run(design: Design) -> tuple[float, float]:
    """CPU seconds of a run, its share of the spin-up that a point's arms have in common included, and bytes
    that it leaves."""
    policies, run = [arm.policy for arm in design.arms(0)], design.runs[0]
    small, arms = _small(design.scenarios[0], policies)
    simulate(small, arms[0], 0, 0, weeks=2)  # what is compiled or loaded once is no cost of a run
    took = []
    for policy in policies[:2]:
        began = time.process_time()
        result = simulate(design.scenarios[0], policy, run.world, run.luck, weeks=design.weeks)
        took.append(time.process_time() - began)
    spin_up = max(0.0, took[0] - took[-1])
    row, table = succeeded(run, result, design.spec.record)
    sink = pa.BufferOutputStream()
    pa.parquet.write_table(table, sink, compression="zstd", use_dictionary=False, write_statistics=False)
    size = sink.getvalue().size + sum(map(len, row["took_part"]))
    return took[-1] + spin_up / len(policies), float(size)


def _small(scenario: Scenario, policies: Sequence[Policy]) -> tuple[Scenario, list[Policy]]:
    share = min(1.0, PROBE_PERSONS / scenario.population.persons)
    small = scaled(scenario, PROBE_PERSONS) if share < 1 else scenario
    run = small.run.model_copy(update={"spin_up": min(PROBE_SPIN_UP, small.run.spin_up)})
    return small.model_copy(update={"run": run}), [smaller_policy(p, share) for p in policies]


def _dead(design: Design, name: str) -> bool:
    """True if all values of a factor, of a number both ends, give the same counts and money under every
    policy."""
    values = dict.fromkeys(point[name] for point in design.points)
    tried: list[Value] = list(values)
    if not any(is_word(value) for value in tried):
        tried = [min(tried, key=float), max(tried, key=float)]
    ends = []
    for value in tried if len(values) > 1 else ():
        scenario = at_point(design.loaded.scenario, {name: value})
        policies = [arm(scenario, one, design.weeks).policy for one in design.spec.policies]
        small, arms = _small(scenario, policies)
        ends.append([_bytes(simulate(small, one, 1, 1, weeks=PROBE_WEEKS)) for one in arms])
    return bool(ends) and all(end == ends[0] for end in ends)


def _bytes(result: Any) -> tuple[bytes, ...]:
    return tuple(getattr(result, name).tobytes() for name in ("counts", "weekly", "money", "spread"))
