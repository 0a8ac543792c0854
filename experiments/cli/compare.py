"""``gongzhi compare``: policies beside one another, on one page."""

from __future__ import annotations

from typing import Annotated

import typer

from experiments.cli.options import Lang, Out, Quick, Quiet, Scenario, Set, Workers, World, stopped
from experiments.cli.progress import bars, say
from experiments.cli.told import tell_oddities
from experiments.storage.streams import echo

DEMO = ("funding", "training", "credits", "package")


def compare_command(
    scenario: Scenario,
    policy: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Policy to compare, A+B a package. Repeatable; by default all."),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Pairs of seeds (chance).")] = 10,
    first_seed: Annotated[int, typer.Option(min=0, help="The first of them.")] = 1,
    world: World = None,
    settings: Annotated[int, typer.Option(min=0, help="Draws over the ranges of the guesses.")] = 40,
    settings_persons: Annotated[
        int, typer.Option(min=100, help="Persons of the smaller community they run on.")
    ] = 2000,
    budget: Annotated[
        float | None,
        typer.Option(metavar="YUAN", help="Yuan per household and year, for every policy; else as declared."),
    ] = None,
    weeks: Annotated[int | None, typer.Option(min=52, help="Whole years after the spin-up.")] = None,
    set_: Set = None,
    workers: Workers = None,
    out: Out = None,
    lang: Lang = "en",
    demo: Annotated[
        bool,
        typer.Option("--demo", help="Funding, training, credits and package, 10 seeds, 40 settings draws."),
    ] = False,
    quick: Quick = False,
    quiet: Quiet = False,
) -> None:
    """Compare policies; print one page.

    Effects are differences from the run without the policy, with intervals of chance (seeds) and of settings
    (draws over the ranges of the parameters that are guesses). The default takes about 4 minutes on two
    cores for four policies over three years, more with more policies, years or persons; --quick less than
    40 seconds. The first command of all compiles for half a minute besides.

    \b
    gongzhi compare wangzhuang --quick
    gongzhi compare wangzhuang --out results/wangzhuang
    gongzhi compare wangzhuang --policy funding --policy funding+training --budget 30
    gongzhi compare wangzhuang --seeds 3 --settings 0 --lang zh
    """
    from experiments.loading.load import load
    from experiments.storage.files import refuse_unwritable
    from experiments.storage.folders import Experiment, refuse_mixture

    if out is not None:
        refuse_unwritable(out)
    if demo:
        policy, seeds, settings = list(DEMO), 10, 40
    loaded = load(scenario, set_ or ())
    for name in policy or ():
        loaded.scenario.policy_named(name)
    if out is not None:
        chosen = tuple(policy or loaded.scenario.policy)
        refuse_mixture(out, Experiment("compare", loaded.scenario.name, chosen), trial=quick)
    tell_oddities(loaded, lang, policy, weeks)

    from experiments.compare import compare

    try:
        with bars(quiet) as progress:
            comparison = compare(
                loaded,
                policy,
                seeds=seeds,
                first_seed=first_seed,
                world=world,
                settings=settings,
                settings_persons=settings_persons,
                budget_per_household=budget,
                workers=workers,
                weeks=weeks,
                progress=progress,
                quick=quick,
                out=out,
            )
    except KeyboardInterrupt as stop:
        if not hasattr(stop, "__notes__"):
            raise
        raise stopped(stop) from None
    if out is not None:
        say(f"Written to {out}")
    echo(comparison.page(lang))
