"""Arguments and options that several commands share, and the exit codes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from experiments.storage.streams import echo

FAILED, BAD_INPUT, INTERRUPTED, TERMINATED = 1, 2, 130, 143

Scenario = Annotated[str, typer.Argument(help="Name of a scenario (see `list`), or path of a .toml file.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a value, as TOML writes it. May be repeated."),
]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Worker processes; by default the cores of this machine.")
]


def place(text: str) -> Path:
    """A file or folder that was named. Raises typer.BadParameter for an empty text."""
    if not text:
        raise typer.BadParameter("an empty text names no file or folder: write . for the present folder")
    return Path(text)


Out = Annotated[
    Path | None, typer.Option(metavar="DIR", parser=place, help="Write tables, figures and pages there.")
]
Lang = Annotated[
    Literal["en", "zh"], typer.Option(envvar="GONGZHI_LANG", help="Language of what is printed: en or zh.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="No bars and no lines about how far it is.")]
World = Annotated[int | None, typer.Option(min=0, help="Seed of people and ties, the same for all runs.")]
Quick = Annotated[
    bool,
    typer.Option(
        "--quick",
        help="A trial in under 40 seconds: a small copy, few weeks, seeds and draws; stamped as such.",
    ),
]


def stopped(stop: KeyboardInterrupt) -> SystemExit:
    """How a command ends that was stopped, after what was done about it is told."""
    from experiments.storage.stops import Terminated

    echo(" ".join(["Stopped.", *getattr(stop, "__notes__", ["Nothing was written."])]), err=True)
    return SystemExit(TERMINATED if isinstance(stop, Terminated) else INTERRUPTED)
