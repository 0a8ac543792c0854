"""``gongzhi upgrade``: does a file of an earlier version use names of today?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.storage.streams import echo


def upgrade_command(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Scenario or study files (.toml).")],
) -> None:
    """Write a scenario or study file with the names of today.

    Comments are kept; a second time there is nothing to do.

    \b
    gongzhi upgrade my_community.toml my_study/study.toml
    """
    from experiments.loading.upgrade import upgrade

    for file in files:
        done = upgrade(file)
        for change in done.changes:
            echo(f"{done.file}, {change}")
        if not done.changes:
            echo(f"{done.file}: nothing to do")
