"""The command ``gongzhi``: what can it be asked, and what does it print?

Commands import what they need when they run, so that help and refusals are quick.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from experiments.cli_study import FAILED, INTERRUPTED
from experiments.cli_study import app as study_app
from experiments.progress import bars
from model.errors import GongzhiError

if TYPE_CHECKING:
    from experiments.simulate import RunResult

BAD_INPUT = 2
AGAIN_SECONDS = 5.0
DEMO = ("funding", "training", "credits", "package")
UsageError: type[Exception] = typer.BadParameter.__bases__[0]
"""What Typer raises for a wrong command line, whichever version of its parser it brings."""

app = typer.Typer(
    help="""Simulate a community, week by week, and compare policies for participation in its governance.

    \b
    gongzhi list                              which scenarios there are
    gongzhi show wangzhuang --guesses         what one rests on
    gongzhi run wangzhuang                    its figures without a policy
    gongzhi compare wangzhuang --demo         policies compared, on one page
    gongzhi study --help                      sweeps that survive
    """,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

app.add_typer(study_app, name="study")

Scenario = Annotated[str, typer.Argument(help="Name of a scenario (see `list`), or path of a .toml file.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a value, as TOML writes it. May be repeated."),
]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Worker processes; by default the cores of this machine.")
]
Out = Annotated[Path | None, typer.Option(metavar="DIR", help="Write tables, figures and pages there.")]
Lang = Annotated[
    Literal["en", "zh"], typer.Option(envvar="GONGZHI_LANG", help="Language of what is printed: en or zh.")
]
World = Annotated[int | None, typer.Option(min=0, help="Seed of people and ties, the same for all runs.")]


@app.command("run")
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
    lang: Lang = "en",
) -> None:
    """Run a community; print its figures.

    Of the last week, with mean and standard deviation over the seeds.

    \b
    gongzhi run wangzhuang
    gongzhi run wangzhuang --policy none --policy funding+training --seeds 5 --out results/run
    gongzhi run wangzhuang --weeks 52 --set decision.b_peer=0.8
    """
    from experiments.files import refuse_unwritable
    from experiments.load import load

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
    # what is heavy is imported only after everything that may be refused
    from experiments.equity import chosen_by_rule
    from experiments.inputs import read_inputs
    from experiments.report.equity import equity_page
    from experiments.runs import RunTask, figures, run_one, save_runs

    inputs = read_inputs(loaded)
    tasks = [
        RunTask(loaded.scenario, p, seed if world is None else world, seed, weeks, inputs)
        for seed in range(luck, luck + seeds)
        for p in chosen
    ]
    from experiments.parallel import map_tasks

    with bars() as progress:
        results: list[RunResult] = map_tasks(run_one, tasks, workers, progress, "runs")
    typer.echo(figures(results, lang))
    if chosen_by_rule(loaded.scenario, chosen):
        typer.echo(equity_page(results, lang))
    if out is not None:
        save_runs(results, loaded, out)
        typer.echo(f"Written to {out}", err=True)


@app.command("compare")
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
) -> None:
    """Compare policies; print one page.

    Effects are differences from the run without the policy, with intervals of chance (seeds) and of settings
    (draws over the ranges of the parameters that are guesses).

    \b
    gongzhi compare wangzhuang --out results/wangzhuang
    gongzhi compare wangzhuang --policy funding --policy funding+training --budget 30
    gongzhi compare wangzhuang --seeds 3 --settings 0 --lang zh
    """
    from experiments.files import refuse_unwritable
    from experiments.load import load

    if out is not None:
        refuse_unwritable(out)
    if demo:
        policy, seeds, settings = list(DEMO), 10, 40
    loaded = load(scenario, set_ or ())
    for name in policy or ():
        loaded.scenario.policy_named(name)

    from experiments.compare import compare

    with bars() as progress:
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
        )
    typer.echo(comparison.page(lang))
    if out is not None:
        comparison.save(out)
        typer.echo(f"Written to {out}", err=True)


@app.command("list")
def list_command() -> None:
    """List scenarios and their policies."""
    from experiments.load import load, names

    for name in names():
        scenario = load(name).scenario
        titles = " / ".join(title for title in (scenario.title, scenario.title_zh) if title)
        typer.echo(f"{name}: {titles}\n    policies: {', '.join(scenario.policy) or 'none declared'}")


@app.command("show")
def show_command(
    scenario: Scenario,
    guesses: Annotated[bool, typer.Option("--guesses", help="Only the values that are guesses.")] = False,
    set_: Set = None,
) -> None:
    """Show every value of a scenario.

    With unit, plausible range, mark, source, and the layer that set it.

    \b
    gongzhi show wangzhuang --guesses
    gongzhi show my_community.toml --set run.weeks=260
    """
    from experiments.load import load
    from experiments.show import show

    typer.echo(show(load(scenario, set_ or ()), guesses))


@app.command("calibrate")
def calibrate_command(
    scenario: Scenario,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds at most.")] = 6,
    persons: Annotated[
        int | None, typer.Option(min=100, help="Fit a smaller version of the community (quicker, rougher).")
    ] = None,
    set_: Set = None,
    workers: Workers = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the layer there instead of beside the scenario."),
    ] = None,
) -> None:
    """Fit a scenario to its targets.

    The fitted values are written as its calibrated layer.

    \b
    gongzhi calibrate wangzhuang
    gongzhi calibrate my_community.toml --persons 2000 --out try.calibrated.toml
    """
    from experiments.calibrate import calibrate, calibrated_path
    from experiments.files import refuse_unwritable, write_text

    target = calibrated_path(scenario) if out is None else out
    refuse_unwritable(target.parent)
    with bars() as progress:
        result = calibrate(
            scenario, rounds=rounds, persons=persons, workers=workers, progress=progress, overrides=set_ or ()
        )
    typer.echo(result.text())
    write_text(target, result.toml())
    typer.echo(f"Written to {target}", err=True)


@app.command("verify")
def verify_command() -> None:
    """Check the code against known results.

    Exact and published ones; exit code 1 if one does not agree.
    """
    from experiments.laws import verify

    with bars() as progress:
        rows = verify(None if progress is None else lambda done, total, law: progress("laws", done, total))
    wide = max(len(f"{row.law}: {row.case}") for row in rows)
    for row in rows:
        verdict = "agrees" if row.passed else "DIFFERS"
        told = f"expected {row.expected:.6g} +- {row.tolerance:.2g}, got {row.got:.6g}"
        typer.echo(f"{f'{row.law}: {row.case}':{wide}}  {told}  {verdict}")
    failed = sum(not row.passed for row in rows)
    typer.echo(f"{len(rows) - failed} of {len(rows)} agree.")
    if failed:
        raise typer.Exit(FAILED)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process.

    Exit code 0; 1 if a run failed or for a bug, with a crash file; 2 for bad input; 130 if interrupted.
    """
    sys.exit(_code(arguments))


@contextmanager
def heard_interruptions() -> Iterator[None]:
    """Repeat Ctrl-C every few seconds until it ends the block: libraries, when imported, may swallow it."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> NoReturn:
        signal.setitimer(signal.ITIMER_REAL, AGAIN_SECONDS)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGALRM)}
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _code(arguments: Sequence[str] | None) -> int:
    try:
        with heard_interruptions():
            found = typer.main.get_command(app).main(
                None if arguments is None else list(arguments), prog_name="gongzhi", standalone_mode=False
            )
            sys.stdout.flush()
    except (KeyboardInterrupt, typer.Abort):
        found = INTERRUPTED
    except BrokenPipeError:  # the reader of what we print has gone: `gongzhi show wangzhuang | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except GongzhiError as error:
        return _told(str(error), FAILED if type(error).__name__ == "RunFailed" else BAD_INPUT)
    except UsageError as error:
        return _usage(error)
    except Exception:
        return _told(f"This is a bug in gongzhi. What happened stands in {_crash_file()}", FAILED)
    if found == INTERRUPTED:  # also what newer versions of Typer make of an interruption
        return _told("Interrupted: nothing was written.", INTERRUPTED)
    return found if isinstance(found, int) else 0


def _told(message: str, code: int) -> int:
    typer.echo(message, err=True)
    return code


def _usage(error: Exception) -> int:
    """One message for a wrong command line; the help if nothing was asked."""
    told = error.format_message() if hasattr(error, "format_message") else str(error)
    context = getattr(error, "ctx", None)
    hint = f" (see {context.command_path} --help)" if context is not None and "Usage:" not in told else ""
    return _told(f"{told}{hint}", BAD_INPUT)


def _crash_file() -> str:
    with tempfile.NamedTemporaryFile(
        "w", prefix="gongzhi-crash-", suffix=".txt", encoding="utf-8", delete=False
    ) as file:
        file.write(f"{sys.argv}\n{sys.version}\n\n{traceback.format_exc()}")
    return file.name
