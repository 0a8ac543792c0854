"""The commands ``gongzhi study ...``: what can a study be asked?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli.options import FAILED, INTERRUPTED, Quiet, Workers, place
from experiments.cli.progress import bars
from experiments.cli.told import tell_oddities
from experiments.storage.streams import echo
from model.core.errors import StudyError

if TYPE_CHECKING:
    from experiments.study import Executor

app = typer.Typer(
    help="""Sweeps that survive: a declared design, one file per finished run, resumed at will.

    \b
    gongzhi study new results/mine --scenario wangzhuang --policy none --policy funding
    gongzhi study keys                        what study.toml may say
    gongzhi study plan results/mine           runs, minutes, megabytes, factors that change nothing
    gongzhi study run results/mine            runs what is not stored yet: run is resume
    gongzhi study report results/mine --out results/mine/report
    gongzhi study export results/mine --out results/mine/tables
    """,
    no_args_is_help=True,
    rich_markup_mode=None,
)

MadeBy = Annotated[
    str | None,
    typer.Option(
        metavar="VERSION", help="The runs that another version made: its number, or its model's fingerprint."
    ),
]
Folder = Annotated[Path, typer.Argument(metavar="STUDY", parser=place, help="Folder of the study.")]


@app.command("new")
def new_command(
    study: Folder,
    scenario: Annotated[str, typer.Option(help="Name of a scenario, or path of a .toml file (copied).")],
    policy: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Policy; none is the baseline. Repeatable.")
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(min=1, help="Pairs of seeds at every point: 10, with --report 6.")
    ] = None,
    report: Annotated[
        bool, typer.Option("--report", help="Draw the settings, and try the policies at several budgets.")
    ] = False,
    split: Annotated[
        str, typer.Option(metavar="BY", help="Add arms that split effects: by package, or by channels.")
    ] = "",
) -> None:
    """Begin a study.

    Writes STUDY/study.toml, with comments, to be edited. All its keys: gongzhi study keys.
    """
    from experiments.study.commands.new import new

    made = new(study, scenario, policy or (), seeds, for_report=report, split=split)
    tell_oddities(made.design.loaded)
    echo(f"Written to {made.folder / 'study.toml'}: edit it, then gongzhi study plan {study}")


@app.command("keys")
def keys_command() -> None:
    """Tell what study.toml may say: every key, its default and its meaning."""
    from experiments.study.design.keys import text

    echo(text())


@app.command("plan")
def plan_command(study: Folder, workers: Workers = None) -> None:
    """Tell what a study would cost.

    Runs, minutes, megabytes, the factors that change nothing, and what a report would lack. Runs one run and
    a small copy twice per factor.
    """
    from experiments.study import Study
    from experiments.study.commands.plan import plan

    one = Study(study)
    tell_oddities(one.design.loaded)
    echo(plan(one, workers).text())


@app.command("run")
def run_command(
    study: Folder,
    workers: Workers = None,
    dask: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Scheduler of a Dask cluster whose workers see the folder."),
    ] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Run failed runs again.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Make runs of this version where another made those stored.")
    ] = False,
    add_seeds: Annotated[
        int | None,
        typer.Option(metavar="N", help="First raise the pairs of seeds in study.toml: N more than reached."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Run what is not stored yet.

    The same command begins, resumes and extends a study. Ctrl-C, kill -9 or a power cut lose only the runs
    under way. With [until] in study.toml it adds seeds until two policies are told apart, and says so. Where
    another version of gongzhi made the runs, it says what would be run anew, and does so with --again.
    """
    from experiments.study import Dask, Study
    from experiments.study.commands.new import add_seeds as raise_seeds

    one = Study(study)
    if add_seeds is not None:
        raise_seeds(one, add_seeds)
    executor: Executor | int | None = Dask(dask) if dask is not None else workers
    try:
        with bars(quiet) as progress:
            outcome = one.run(executor, retry_failed=retry_failed, again=again, progress=progress)
    except KeyboardInterrupt:
        echo(f"Stopped. What was finished is stored; go on with: gongzhi study run {study}", err=True)
        raise SystemExit(INTERRUPTED) from None
    echo(outcome.status.text())
    if outcome.status.failed:
        echo("See why: gongzhi study status --failed. Again: gongzhi study run --retry-failed", err=True)
        raise typer.Exit(FAILED)


@app.command("status")
def status_command(
    study: Folder,
    failed: Annotated[bool, typer.Option("--failed", help="List the failed runs and why.")] = False,
    made_by: MadeBy = None,
) -> None:
    """Tell how far a study is."""
    from experiments.study import Study

    one = Study(study, made_by=made_by)
    echo("\n".join(filter(None, (one.status().text(), one.last_heard()))))
    if failed:
        for run, stored in one.stored():
            if not stored.ok:
                row = stored.row
                echo(
                    f"run {run.index} (point {run.point}, {run.policy}, world {run.world}, luck {run.luck}), "
                    f"{row['stage']}: {row['error']}: {row['message']}"
                )


@app.command("export")
def export_command(
    study: Folder,
    out: Annotated[Path, typer.Option(metavar="DIR", parser=place, help="Folder for the tables.")],
    partly: Annotated[bool, typer.Option("--partly", help="Also of a study that is not finished.")] = False,
    made_by: MadeBy = None,
) -> None:
    """Write the tables of a study.

    Runs, series and data dictionary as CSV and Parquet, the same to the byte however the study was run.
    Factors have plain column names (b_peer), which the dictionary explains.
    """
    from experiments.study import Study
    from experiments.study.commands.export import export

    export(Study(study, made_by=made_by), out, partly=partly)
    echo(f"Written to {out}")


@app.command("report")
def report_command(
    study: Folder,
    out: Annotated[
        Path, typer.Option(metavar="DIR", parser=place, help="Folder for the report and its tables.")
    ],
    lang: Annotated[
        list[str] | None,
        typer.Option(metavar="LANG", help="Language: en or zh; both by default. Repeatable."),
    ] = None,
    partly: Annotated[bool, typer.Option("--partly", help="Also of a study that is not finished.")] = False,
    made_by: MadeBy = None,
) -> None:
    """Write what a study says.

    The page, tables, curves and limits as one HTML file per language, and every table as CSV and Parquet.
    """
    from experiments.report.study_page import save_report
    from experiments.study import Study

    for file in save_report(Study(study, made_by=made_by), out, lang or ("en", "zh"), partly=partly):
        echo(f"Written to {file}")


@app.command("diff")
def diff_command(
    study: Folder, other: Annotated[Path, typer.Argument(metavar="OTHER", help="Folder of the other study.")]
) -> None:
    """Tell what accounts for the differences of two studies, whichever versions made them.

    Parameters, versions and data that differ, and the outcomes they changed.
    """
    from experiments.study import Study
    from experiments.study.commands.again import diff

    echo(diff(Study(study), Study(other)))


@app.command("reproduce")
def reproduce_command(
    study: Folder,
    run: Annotated[
        list[int] | None, typer.Option(metavar="NUMBER", help="Number of a run. Repeatable.")
    ] = None,
    outcome: Annotated[
        str | None, typer.Option(metavar="NAME", help="The runs behind this figure, of the last stored week.")
    ] = None,
    policy: Annotated[
        str | None, typer.Option(metavar="NAME", help="With --outcome: the policy whose effect it is.")
    ] = None,
    point: Annotated[
        int | None, typer.Option(min=0, help="With --outcome: of one point of the design only.")
    ] = None,
    most: Annotated[int, typer.Option(min=2, help="With --outcome: runs at most, in pairs.")] = 20,
) -> None:
    """Run stored runs again.

    Runs by their numbers, or those behind the effect of a policy: its own and the baseline's. Says "same" or
    "differs by"; exit code 1 if one differs.

    \b
    gongzhi study reproduce results/mine --run 0 --run 5
    gongzhi study reproduce results/mine --outcome reach_culture_share --policy funding
    """
    from experiments.study import Study
    from experiments.study.commands.again import behind, reproduce

    if bool(run) == (outcome is not None) or (outcome is None) != (policy is None):
        raise StudyError(
            what="it is not clear which runs are meant",
            where="reproduce",
            instead="give --run NUMBER, or --outcome NAME and --policy NAME",
        )
    if outcome is not None and policy is not None:
        found = behind(Study(study), outcome, policy, point, most=most)
        echo(found.text())
        same = found.same
    else:
        verdicts = reproduce(Study(study), run or [])
        for verdict in verdicts:
            echo(verdict.text())
        same = all(verdict.same for verdict in verdicts)
    if not same:
        raise typer.Exit(FAILED)
