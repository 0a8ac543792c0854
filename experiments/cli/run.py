"""``gongzhi run``: the figures of a community."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli.options import Lang, Out, Quick, Quiet, Scenario, Set, Workers, World
from experiments.cli.progress import bars, say
from experiments.cli.told import tell_oddities
from experiments.storage.streams import echo
from experiments.storage.table_files import Formats
from model.core.errors import GongzhiError

if TYPE_CHECKING:
    from experiments.outcomes.result import RunResult
    from experiments.storage.stamps import Stamp


def run_command(
    scenario: Scenario,
    policy: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Policy to add; A+B is a package, none the baseline. Repeatable."),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Pairs of seeds: luck, luck + 1, ...")] = 1,
    world: World = None,
    luck: Annotated[int, typer.Option(min=0, help="First seed of everything weekly.")] = 1,
    weeks: Annotated[int | None, typer.Option(min=0, max=5200, help="Weeks after the spin-up.")] = None,
    set_: Set = None,
    workers: Workers = None,
    out: Out = None,
    formats: Annotated[
        Formats | None,
        typer.Option(
            "--format", help="Tables as csv, parquet or both; by default both, of a district parquet alone."
        ),
    ] = None,
    outcome: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Write only these outcomes. Repeatable.")
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Write only these groups, such as all or age:60-69. Repeatable."),
    ] = None,
    lang: Lang = "en",
    quick: Quick = False,
    quiet: Quiet = False,
) -> None:
    """Run a community; print its figures.

    Of the last week, with mean and standard deviation over the seeds.

    \b
    gongzhi run wangzhuang
    gongzhi run wangzhuang --policy none --policy funding+training --seeds 5 --out results/run
    gongzhi run wangzhuang --weeks 52 --set decision.b_peer=0.8
    gongzhi run district110 --out results/d --outcome reach_culture_share --group all --format csv
    """
    from experiments.loading.load import load
    from experiments.storage.files import refuse_unwritable
    from experiments.storage.folders import Experiment, refuse_mixture

    if out is not None:
        refuse_unwritable(out)
    loaded = load(scenario, set_ or ())
    names = policy or ["none"]
    chosen = [loaded.scenario.policy_named(name) for name in names]
    for name in names:
        if names.count(name) > 1:
            raise GongzhiError(
                what=f"policy {name} is named twice",
                where="--policy",
                why="one run would be counted as two",
                instead="name every policy once, and ask for more runs with --seeds",
            )
    if out is not None:
        refuse_mixture(out, Experiment("run", loaded.scenario.name, tuple(names)), trial=quick)
    tell_oddities(loaded, lang, names, weeks)
    # what is heavy is imported only after everything that may be refused
    from experiments.comparison.equity import chosen_by_rule
    from experiments.comparison.quick import afforded, small_copy
    from experiments.comparison.settings import smaller
    from experiments.loading.inputs import read_inputs
    from experiments.outcomes.figures import figures
    from experiments.report.equity import equity_page
    from experiments.report.runs import RunTask, refuse_names, run_one, save_runs
    from experiments.runs.simulate import COMPILING_PERSONS, compile_kernels
    from model.scenario.scaling import smaller_policy

    refuse_names(outcome or (), group or ())
    inputs = read_inputs(loaded)
    stamps: tuple[Stamp, ...] = ()
    if quick:
        whole = loaded.scenario.run.weeks if weeks is None else weeks
        loaded, scaled, weeks, stamp = small_copy(loaded, chosen, whole)
        chosen, stamps = list(scaled), (stamp,)
        seeds, _ = afforded(loaded.scenario, len(chosen), weeks, seeds, 0)
    tasks = [
        RunTask(loaded.scenario, p, seed if world is None else world, seed, weeks, inputs)
        for seed in range(luck, luck + seeds)
        for p in chosen
    ]
    from experiments.runs import parallel

    with bars(quiet) as progress:
        with parallel.Workers(min(len(tasks), workers or parallel.cores()), progress) as pool:
            if pool.number > 1:
                small, share = smaller(loaded.scenario, COMPILING_PERSONS)
                compile_kernels(
                    small, [smaller_policy(one, share) for one in chosen], inputs if share == 1 else None
                )
            results: list[RunResult] = pool.map(run_one, tasks, "runs")
        if out is not None:
            if progress is not None:
                progress("tables", 0, 1)
            save_runs(
                results, loaded, out, stamps, formats=formats, outcomes=outcome or (), groups=group or ()
            )
    if out is not None:
        say(f"Written to {out}")
    titles = loaded.scenario.policy_titles(lang)
    echo(figures(results, lang, stamps, titles))
    if chosen_by_rule(loaded.scenario, chosen):
        echo(equity_page(results, lang, titles))
