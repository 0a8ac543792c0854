"""``gongzhi calibrate`` and ``verify``: do the figures fit a case, does the code agree with known results?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.options import FAILED, Quiet, Scenario, Set, Workers, place
from experiments.cli.progress import bars, say
from experiments.cli.told import tell_oddities
from experiments.storage.streams import echo


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
        typer.Option(
            metavar="FILE", parser=place, help="Write the layer there instead of beside the scenario."
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Fit a scenario to its targets.

    The fitted values are written as its calibrated layer.

    \b
    gongzhi calibrate wangzhuang
    gongzhi calibrate my_community.toml --persons 2000 --out try.calibrated.toml
    """
    from experiments.loading.load import load
    from experiments.storage.files import refuse_unwritable, write_text
    from experiments.validation.calibrate import calibrate, calibrated_path

    target = calibrated_path(scenario) if out is None else out
    refuse_unwritable(target.parent)
    tell_oddities(load(scenario, set_ or ()))
    with bars(quiet) as progress:
        result = calibrate(
            scenario, rounds=rounds, persons=persons, workers=workers, progress=progress, overrides=set_ or ()
        )
    write_text(target, result.toml())
    say(f"Written to {target}")
    echo(result.text())


def verify_command(quiet: Quiet = False) -> None:
    """Check the code against known results.

    Exact and published ones; exit code 1 if one does not agree.
    """
    from experiments.validation.laws import verify

    with bars(quiet) as progress:
        rows = verify(None if progress is None else lambda done, total, law: progress("laws", done, total))
    wide = max(len(f"{row.law}: {row.case}") for row in rows)
    for row in rows:
        verdict = "agrees" if row.passed else "DIFFERS"
        told = f"expected {row.expected:.6g} +- {row.tolerance:.2g}, got {row.got:.6g}"
        echo(f"{f'{row.law}: {row.case}':{wide}}  {told}  {verdict}")
    failed = sum(not row.passed for row in rows)
    echo(f"{len(rows) - failed} of {len(rows)} agree.")
    if failed:
        raise typer.Exit(FAILED)
