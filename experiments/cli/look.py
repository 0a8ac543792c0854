"""``gongzhi list`` and ``show``: what is there to run, and what does it rest on?"""

from __future__ import annotations

from typing import Annotated

import typer

from experiments.cli.options import Scenario, Set


def list_command() -> None:
    """List scenarios and their policies."""
    from experiments.load import load, names

    for name in names():
        scenario = load(name).scenario
        titles = " / ".join(title for title in (scenario.title, scenario.title_zh) if title)
        typer.echo(f"{name}: {titles}\n    policies: {', '.join(scenario.policy) or 'none declared'}")


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
