"""How does a study begin: a commented study.toml in a folder of its own."""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Sequence
from pathlib import Path

from experiments.files import write_text, written_whole
from experiments.inputs import input_files
from experiments.load import is_path, load, scenario_path
from experiments.study.study import Study
from model.errors import StudyError

TEMPLATE = """# A study: what runs, over which points, and what is kept. `gongzhi study plan` tells the cost.
format = 1
name = {name}
scenario = {scenario}          # a name (gongzhi list), or a file beside this one
policies = {policies}
# weeks = 156                  # after the spin-up; else the scenario's

[seeds]                        # pairs (world, luck): people and ties, everything weekly
first = 1
count = {seeds}
# world = [1]                  # worlds of their own: every luck meets each of them

[design]                       # list, grid, latin_hypercube, sobol, morris, table (file = "points.csv")
kind = "list"
# points = 64
# seed = 1

# [factor."decision.b_peer"]   # any parameter or policy amount by its dotted name (gongzhi show)
# low = 0.0                    # latin_hypercube, sobol, morris, grid
# high = 1.2
# values = [0.0, 0.6, 1.2]     # list, grid

[record]
groups = ["all"]
every = 52                     # weeks
# outcomes = ["reach_culture_share", "served_year_hours"]   # all if absent
"""


def new(
    folder: str | os.PathLike[str], scenario: str, policies: Sequence[str] = (), seeds: int = 10
) -> Study:
    """Write a study file to be edited. Raises StudyError if there is one already."""
    target = Path(folder) / "study.toml"
    if target.exists():
        raise StudyError(
            what="there is a study already",
            where=str(folder),
            instead="name another folder, or edit study.toml",
        )
    if is_path(scenario):
        scenario = _copied(scenario, Path(folder))
    else:
        scenario_path(scenario)
    text = TEMPLATE.format(
        name=_quoted(Path(folder).name or "study"),
        scenario=_quoted(scenario),
        policies="[" + ", ".join(_quoted(p) for p in policies or ("none",)) + "]",
        seeds=seeds,
    )
    tomllib.loads(text)
    write_text(target, text)
    return Study(folder)


def _copied(scenario: str, folder: Path) -> str:
    """Copy a scenario's file, and the files it needs, into the study; its name there."""
    loaded = load(scenario)
    source = Path(scenario)
    needed = {origin.file for origin in loaded.origin.values()} | {scenario}
    needed |= {str(source.parent / path) for path in input_files(loaded)}
    for name in sorted(needed):
        path = Path(name)
        if path.is_file() and path.resolve().is_relative_to(source.parent.resolve()):
            target = folder / path.resolve().relative_to(source.parent.resolve())
            with written_whole(target.parent) as draft:
                shutil.copyfile(path, draft / target.name)
    return source.name


def add_seeds(study: Study, more: int) -> None:
    """Raise ``count`` of ``[seeds]`` in the study's file by ``more``; runs that are stored stay.

    Raises:
        StudyError: if the seeds are listed one by one, or nothing can be added.
    """
    seeds = study.design.spec.seeds
    if more < 1 or (seeds.luck and not seeds.world) or (seeds.world and seeds.luck):
        raise StudyError(
            what=f"{more} seeds cannot be added",
            where=str(study.folder / "study.toml"),
            instead="write the seeds into luck = [...] there" if more >= 1 else "add 1 or more",
        )
    file = study.folder / "study.toml"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    inside = False
    for i, line in enumerate(lines):
        bare = line.split("#")[0].strip()
        if bare.startswith("["):
            inside = bare == "[seeds]"
        if inside and bare.replace(" ", "").startswith("count="):
            lines[i] = line.replace(str(seeds.count), str(seeds.count + more), 1)
            break
    else:
        lines.append(f"\n[seeds]\ncount = {seeds.count + more}\n")
    text = "".join(lines)
    if tomllib.loads(text).get("seeds", {}).get("count") != seeds.count + more:
        raise StudyError(
            what="the seeds cannot be raised in the file",
            where=str(file),
            instead=f"write count = {seeds.count + more} below [seeds]",
        )
    write_text(file, text)
    study.__dict__.pop("design", None)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
