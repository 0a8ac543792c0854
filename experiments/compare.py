"""What do policies change in a community at what cost, and how sure is that?"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from experiments.comparison.asked import chosen as chosen_policies
from experiments.comparison.asked import with_policies, years
from experiments.comparison.budgets import at_equal_budget
from experiments.comparison.compared import TABLES, Compared, compared
from experiments.comparison.effects import Paired, PairTask, differing, paired
from experiments.comparison.quick import afforded, small_copy
from experiments.comparison.settings import Settings, continue_draws, no_draws, smaller
from experiments.comparison.summary import Findings
from experiments.loading.inputs import read_inputs
from experiments.loading.load import Loaded, loaded_from
from experiments.loading.overrides import Overrides
from experiments.runs.parallel import Progress, RunFailed, Workers
from experiments.runs.progress import shown
from experiments.storage.files import refuse_unwritable
from experiments.storage.folders import Experiment, one_experiment, part_folder, refuse_mixture
from experiments.storage.stamps import Partial, Stamp, stamped
from experiments.storage.stops import let_finish
from experiments.storage.table_files import write_table
from model.core.errors import GongzhiError
from model.core.given import counted
from model.instruments.policies import Policy
from model.scenario.scaling import smaller_policy
from model.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from model.start.population import Inputs

FEWEST_PAIRS = 2
"""Fewer pairs of seeds are no comparison: there is no interval."""
WRITING = "pages and tables"


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Compared):
    """Policies against the baseline: tables (`Compared`), pages, figures."""

    def __repr__(self) -> str:
        return f"{super().__repr__()}, .page(), .figure(), .save(folder)"

    def _repr_html_(self) -> str:
        """The page, for a notebook."""
        from experiments import report
        from experiments.words.notebook import framed

        return framed(report.page_html(self))

    def figure(self, lang: str = "en") -> Figure:
        """Added participants by policy and activity with both intervals, as a matplotlib figure."""
        from experiments import report

        return report.figure(self, lang)

    def page(self, lang: str = "en") -> str:
        """The page an official reads, as Markdown, in "en" or "zh"."""
        from experiments import report

        return report.page(self, lang)

    def save(self, folder: str | os.PathLike[str], lang: Sequence[str] = ("en", "zh")) -> None:
        """Write pages, figures, all tables (Parquet and CSV), the data dictionary and the provenance.

        Everything is written or nothing, but for a page or a figure that cannot be made. The files are the
        same to the byte whenever the same comparison runs with the same versions.

        Raises:
            GongzhiError: if the folder cannot be written to or holds another experiment, or for an unknown
                language.
            RunFailed: after all else is written, with the pages and figures that could not be made.
        """
        from experiments import report
        from experiments.words.words import Words

        for one in lang:
            Words(one)  # an unknown language is refused before anything is written
        failed: list[str] = []
        with one_experiment(
            folder, Experiment("compare", self.scenario.name, self.policies), self.provenance()
        ) as draft:
            for name in TABLES:
                table: pd.DataFrame = getattr(self, name)
                write_table(draft, name, table)
            write_table(draft, "dictionary", stamped(self.dictionary(), self.stamps), "csv")
            for one in lang:
                for name, write in report.files(self, one).items():
                    try:
                        write(draft / name)
                    except OSError:
                        raise
                    except Exception as error:
                        (draft / name).unlink(missing_ok=True)
                        failed.append(f"{name} ({type(error).__name__}: {error})")
        if failed:
            raise RunFailed(
                what=f"could not be made: {'; '.join(failed)}",
                where=os.fspath(folder),
                why="all tables are written there",
            )


def compare(
    scenario: Scenario | Loaded | str | os.PathLike[str],
    policies: Sequence[Policy | str] | None = None,
    *,
    seeds: int = 10,
    first_seed: int = 1,
    world: int | None = None,
    settings: int = 40,
    settings_persons: int = 2000,
    budget_per_household: float | None = None,
    workers: int | None = None,
    weeks: int | None = None,
    overrides: Overrides = (),
    progress: Progress | None = None,
    quick: bool = False,
    out: str | os.PathLike[str] | None = None,
) -> Comparison:
    """Compare policies with the baseline, and so with one another, at equal yearly budgets.

    Args:
        scenario: a scenario, a loaded one, or its name or path.
        policies: names ("funding", "funding+training") or policies; all that the scenario declares if None.
        seeds: pairs of seeds; pair i has world and luck ``first_seed + i``.
        world: one world for all pairs, so that only luck varies.
        settings: draws of the guesses to keep; 0 for none.
        settings_persons: persons of the smaller community used for the draws.
        budget_per_household: yearly sum in yuan to which every policy is scaled; as declared if None.
        workers: processes; the cores of the machine if None.
        weeks: whole years after the spin-up; the scenario's if None.
        overrides: values laid over the scenario's, such as ``{"decision.b_peer": 1}``.
        progress: called with (label, done, total); a notebook shows bars if None.
        quick: a trial within 40 seconds on two cores: a small copy of the community, a year where policies
            begin in it, two pairs of seeds and at most four draws. Every table, page and figure says so.

    Raises:
        GongzhiError: for bad input, or in a script without the ``__main__`` guard that workers need.

    >>> comparison = compare("wangzhuang", ["funding", "training"], seeds=10, settings=40)
    >>> comparison.table.query("outcome == 'reach_culture' and group == 'all'")
    """
    pool = Workers(workers)
    loaded = loaded_from(scenario, overrides)
    seeds, first_seed = counted("seeds", seeds, 1), counted("first_seed", first_seed, 0)
    settings = counted("settings", settings, 0)
    settings_persons = counted("settings_persons", settings_persons, 100)
    world = None if world is None else counted("world", world, 0)
    weeks = years(loaded.scenario.run.weeks if weeks is None else weeks, loaded.scenario)
    chosen = chosen_policies(loaded.scenario, policies)
    stamps: tuple[Stamp, ...] = ()
    asked = loaded
    if quick:
        loaded, chosen, weeks, stamp = small_copy(loaded, chosen, weeks)
        seeds, settings = afforded(loaded.scenario, len(chosen), weeks, seeds, settings)
        settings_persons = stamp.persons
        stamps = (stamp,)
    arms, budget, notes = at_equal_budget(chosen, loaded.scenario, budget_per_household, weeks)
    inputs = read_inputs(loaded)
    if inputs is not None and settings and settings_persons < loaded.scenario.population.persons:
        raise GongzhiError(
            what=f"draws on {settings_persons} persons do not fit the scenario's own residents and ties",
            where=f"scenario {loaded.scenario.name}",
            instead=f"give settings_persons = {loaded.scenario.population.persons}, or settings = 0",
        )
    if out is not None:
        refuse_unwritable(out)
        refuse_mixture(
            out, Experiment("compare", loaded.scenario.name, tuple(p.name for p in arms)), trial=quick
        )
    plan = _Plan(
        asked=asked,
        loaded=loaded,
        chosen=chosen,
        arms=arms,
        budget=budget,
        notes=notes,
        seeds=seeds,
        first_seed=first_seed,
        world=world,
        settings=settings,
        settings_persons=settings_persons,
        weeks=weeks,
        inputs=inputs,
        stamps=stamps,
    )
    done = _Done(no_draws(loaded, settings_persons))
    with shown(progress) as tell:
        pool.progress = tell
        try:
            with pool:
                _run(plan, done, pool)
        except BaseException as stop:
            if out is not None:
                _save_part(plan, done, out, stop)
            raise
        comparison = _comparison(plan, done, stamps)
        if out is not None:
            if tell is not None:
                tell(WRITING, 0, 1)
            comparison.save(out)
            if tell is not None:
                tell(WRITING, 1, 1)
    return comparison


@dataclass(frozen=True)
class _Plan:
    """What a comparison runs: see `compare`; ``arms`` are the ``chosen`` policies at one budget, ``asked``
    the scenario as it was given."""

    asked: Loaded
    loaded: Loaded
    chosen: tuple[Policy, ...]
    arms: tuple[Policy, ...]
    budget: float
    notes: list[str]
    seeds: int
    first_seed: int
    world: int | None
    settings: int
    settings_persons: int
    weeks: int
    inputs: Inputs | None
    stamps: tuple[Stamp, ...]


@dataclass
class _Done:
    """What is finished of it: the draws, pairs of seeds by their place, and what a policy that does nothing
    changed."""

    drawn: Settings
    pairs: dict[int, Paired] = field(default_factory=dict)
    changed: list[int] = field(default_factory=list)


def _run(plan: _Plan, done: _Done, pool: Workers) -> None:
    """Run the plan; ``done`` is filled as runs end."""
    scenario, arms, weeks, inputs = plan.loaded.scenario, plan.arms, plan.weeks, plan.inputs
    tasks = [
        PairTask(scenario, arms, seed if plan.world is None else plan.world, seed, weeks, inputs)
        for seed in range(plan.first_seed, plan.first_seed + plan.seeds)
    ]
    small, share = smaller(scenario, plan.settings_persons)
    little = tuple(smaller_policy(p, share) for p in arms)
    own = inputs if share == 1 else None
    # here, before workers start: it also compiles what they use
    done.changed = differing(PairTask(small, little, tasks[0].world, plan.first_seed, weeks, own))
    pool.map(paired, tasks, "seeds", done.pairs)
    continue_draws(done.drawn, plan.loaded, arms, plan.settings, plan.settings_persons, weeks, pool, inputs)


def _save_part(plan: _Plan, done: _Done, out: str | os.PathLike[str], stop: BaseException) -> None:
    """Save what is finished of a comparison that was stopped, if it is enough; ``stop`` gets a note of it."""
    let_finish()
    there, needed = len(done.pairs), min(FEWEST_PAIRS, plan.seeds)
    if there < needed:
        if isinstance(stop, KeyboardInterrupt):
            stop.add_note(
                f"Nothing was written: a page needs {needed} pairs of seeds, and {there} had been run."
            )
        return
    part = Partial(there, plan.seeds, len(done.drawn.kept), plan.settings)
    try:
        folder = part_folder(out)
        _comparison(plan, done, (*plan.stamps, part)).save(folder)
    except Exception as fault:
        stop.add_note(f"What was finished could not be written: {fault}")
    else:
        stop.add_note(f"What was finished is written to {folder} (partial: {part}).")


def _comparison(plan: _Plan, done: _Done, stamps: tuple[Stamp, ...]) -> Comparison:
    """What the runs that are done say."""
    drawn = done.drawn
    pairs = [pair for _, pair in sorted(done.pairs.items())]
    notes = list(plan.notes)
    if len(drawn.kept) < plan.settings:
        notes.append(
            f"Only {len(drawn.kept)} of {plan.settings} settings draws were kept out of {drawn.tried} tried."
        )
    return compared(
        Comparison,
        Findings([arm.name for arm in plan.arms], pairs, drawn, drawn=plan.settings > 0),
        plan.asked,
        with_policies(plan.loaded.scenario, plan.chosen),
        weeks=plan.weeks,
        budget_yuan=plan.budget,
        first_seed=plan.first_seed,
        world=plan.world,
        changed=done.changed,
        notes=notes,
        stamps=stamps,
    )
