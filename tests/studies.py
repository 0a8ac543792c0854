"""A small study that tests share: some dozens of adults, runs of a fraction of a second."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.study import Study
from model.core.errors import GongzhiError

SCENARIO = """
format = 1
name = "hamlet"
[run]
weeks = 20
spin_up = 6
[population]
persons = 240
households = 90
[decision.b0]
culture = -3.0
service = -3.5
deliberation = -3.5
[organization.choir]
fields = ["arts"]
members = 20
lent_sessions = 3
[organization.helpers]
fields = ["elder_care"]
members = 20
lent_sessions = 3
[status_quo.base]
kind = "grant"
amount_yuan = 20000
[policy.funding.grants]
kind = "grant"
amount_yuan = 30000
[policy.training.seats]
kind = "train_residents"
amount_yuan = 30000
"""

STUDY = """
format = 1
name = "trial"
scenario = "hamlet.toml"
policies = ["none", "funding"]
[seeds]
count = {seeds}
[design]
kind = "list"
[factor."decision.b_peer"]
values = [0.0, 0.6]
[record]
every = 4
{more}
"""


def small_study(folder: Path, seeds: int = 3, more: str = "", study: str = STUDY) -> Path:
    """Write the study into ``folder``: 2 points x seeds x 2 policies."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "hamlet.toml").write_text(SCENARIO)
    (folder / "study.toml").write_text(study.format(seeds=seeds, more=more))
    return folder


def tables(folder: Path) -> dict[str, bytes]:
    """The bytes of every exported file."""
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def change(folder: Path, old: str, new: str) -> Path:
    """Write the study of ``folder`` anew with ``new`` for ``old``."""
    file = folder / "study.toml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    return folder


def refused_before_the_first_run(folder: Path) -> str:
    """What is told about a study that is refused, and that nothing of it was begun."""
    with pytest.raises(GongzhiError) as caught:
        Study(folder).run(1)
    assert not (folder / "runs").exists()
    assert str(folder) in str(caught.value), "the file is named"
    return str(caught.value)
