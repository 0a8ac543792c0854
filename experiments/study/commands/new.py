"""How does a study begin: a commented study.toml in a folder of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from experiments.loading.inputs import input_files
from experiments.loading.load import load
from experiments.loading.sources import is_path, scenario_path
from experiments.storage.disk import lock
from experiments.storage.files import write_text, written_whole
from experiments.storage.folders import Experiment, refuse_mixture
from experiments.storage.toml_text import filled, listed, with_value
from experiments.study.analysis.attribution import channel_arms, package_arms
from experiments.study.design.spec import MOST_RUNS
from experiments.study.running.sequential import FEWEST
from experiments.study.running.study import Study
from model.core.calendar import YEAR
from model.core.errors import StudyError
from model.core.given import counted, whole
from model.state.outcomes import GROUPS

SEEDS, REPORT_SEEDS, REPORT_POINTS = 10, FEWEST, 12
BUDGETS = (0, 5, 10, 30, 100)
"""Yuan a year per household at which a report looks."""

TEMPLATE = """# A study: what runs, over which points, and what is kept. `gongzhi study plan` tells the cost,
# `gongzhi study keys` all that may stand here.
format = 1
name = {name}
scenario = {scenario}          # a name (gongzhi list), or a file beside this one
policies = {policies}
# weeks = 156                  # after the spin-up; else the scenario's

[seeds]                        # pairs (world, luck): people and ties, everything weekly
first = 1
count = {seeds}
# world = [1]                  # worlds of their own: every luck meets each of them

[design]
kind = "list"                  # or grid, latin_hypercube, sobol_sequence, saltelli, morris, table, settings
# points = 64                  # drawn points: latin_hypercube, sobol_sequence, saltelli, settings
# levels = 4                   # steps of a factor with low and high: grid, morris
# trajectories = 8             # paths of one step per factor: morris
# file = "points.csv"          # the points themselves, a column per factor: table
# seed = 1                     # of the design, where points are drawn
# persons = 2000               # simulate a smaller version of the community, budgets shrunk along

# [factor."decision.b_peer"]   # any parameter or policy amount by its dotted name (gongzhi show)
# values = [0.0, 0.5, 1.0]     # numbers, texts or true and false; with low and high instead:
# low = 0.0                    # every design but list
# high = 1.0                   # 1.2, its plausible end, is refused beside the habit that is given here

[record]
groups = ["all"]
every = {every}                      # weeks
# outcomes = ["reach_culture_share", "served_year_hours"]   # all if absent, as `gongzhi study report` needs

# [until]                      # add seeds, from count on, until two of the policies are told apart
# outcome = "reach_culture_share"
# between = ["funding", "none"]
# most = 60                    # pairs of seeds at most
# half_width = 0.005           # instead: until the difference is known that well, in the outcome's unit
"""


REPORT = """# A study for a report: policies, budgets, settings. `gongzhi study plan` tells what it costs.
format = 1
name = {name}
scenario = {scenario}          # a name (gongzhi list), or a file beside this one
# weeks = 156                  # whole years after the spin-up; else the scenario's

# The baseline, policies with the money that they declare, and the same policies at other budgets: funding@30
# has 30 yuan a year per household. To see who shares in an effect, list every package of some policies
# (gongzhi study new --split package), or a policy with terms of the decision read from the run without it
# (--split channels).
policies = {policies}

[seeds]                        # pairs (world, luck): people and ties, everything weekly; they make chance
first = 1
count = {seeds}                      # ranking policies takes {fewest} or more

[design]                       # the scenario as it is, then draws of all its guesses: they make settings
kind = "settings"
points = {points}
# persons = 2000               # simulate a smaller version of the community, budgets shrunk along

[record]                       # what the report reads: the ends of years, all groups, all outcomes
groups = {groups}
every = {every}                      # weeks
"""


def new(
    folder: str | os.PathLike[str],
    scenario: str | os.PathLike[str],
    policies: Sequence[str] = (),
    seeds: int | None = None,
    *,
    for_report: bool = False,
    split: str = "",
) -> Study:
    """Write a study file to be edited.

    Args:
        folder: where; made if need be.
        scenario: a name, or the path of a file, which is copied.
        policies: arms; of a report the plain policies, by default all that the scenario declares.
        seeds: pairs of seeds; 10, or 6 of a report.
        for_report: draws of the settings and several budgets, as `gongzhi study report` reads them.
        split: add the arms that split an effect: "package" over the policies, "channels" over the terms of
            the decision.

    Raises:
        StudyError: if there is a study already, or nothing to split.
        GongzhiError: if the folder holds other results.
    """
    target = Path(folder) / "study.toml"
    if target.exists():
        raise StudyError(
            what="there is a study already",
            where=str(folder),
            instead="name another folder, or edit study.toml",
        )
    refuse_mixture(folder, Experiment("study", Path(folder).name, tuple(policies) or ("none",)))
    scenario = os.fspath(scenario)
    seeds = None if seeds is None else counted("seeds", seeds, 1)
    if is_path(scenario):
        scenario = _copied(scenario, Path(folder))
    else:
        scenario_path(scenario)
    loaded = load(Path(folder) / scenario if is_path(scenario) else scenario)
    plain = [p for p in policies or (loaded.scenario.policy if for_report or split else ()) if p != "none"]
    arms = ["none", *plain] if for_report or split else list(policies) or ["none"]
    if for_report:
        weeks = loaded.scenario.run.weeks or YEAR
        money = [p for p in plain if loaded.scenario.policy_named(p).yuan_a_year(weeks)]
        arms += [f"{p}@{yuan}" for p in money for yuan in BUDGETS]
    text = filled(
        REPORT if for_report else TEMPLATE,
        name=Path(folder).name or "study",
        scenario=scenario,
        policies=listed([*arms, *(arm for arm in _split(split, plain) if arm not in arms)]),
        seeds=seeds or (REPORT_SEEDS if for_report else SEEDS),
        points=REPORT_POINTS,
        fewest=FEWEST,
        groups=listed(GROUPS),
        every=max(1, min(YEAR, loaded.scenario.run.weeks)),
    )
    write_text(target, text)
    return Study(folder)


def _split(split: str, policies: Sequence[str]) -> list[str]:
    """The arms that split an effect in a way."""
    if split == "package":
        return package_arms([p for p in policies if "+" not in p])
    if split == "channels":
        return [arm for policy in policies for arm in channel_arms(policy)]
    if split:
        raise StudyError(what=f"nothing is split by {split!r}", instead="say package or channels")
    return []


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

    With ``[until]`` the study gets ``more`` pairs than it has reached, before it looks again; ``most`` is
    raised where that is more.

    Raises:
        StudyError: if the seeds are listed one by one, nothing or too much is added, or another process
            writes the study; the file is as it was.
    """
    spec = study.design.spec
    seeds, until, reached = spec.seeds, spec.until, study.reached()
    more = whole(more) or 0
    if more < 1 or (seeds.luck and not seeds.world) or (seeds.world and seeds.luck):
        raise StudyError(
            what=f"{more} seeds cannot be added",
            where=str(study.folder / "study.toml"),
            instead="write the seeds into luck = [...] there" if more >= 1 else "add 1 or more",
        )
    count = more + (seeds.count if reached is None else reached.pairs)
    file = study.folder / "study.toml"
    runs = count * max(1, len(seeds.world)) * len(study.design.points) * len(spec.policies)
    if runs > MOST_RUNS:
        raise StudyError(
            what=f"{more:,} more pairs of seeds make {runs:,} runs",
            where=str(file),
            why=f"at most {MOST_RUNS:,} are stored in one study",
            instead="add fewer",
        )
    text = with_value(file.read_text(encoding="utf-8-sig"), ["seeds", "count"], count, str(file))
    if until is not None and count > until.most:
        text = with_value(text, ["until", "most"], count, str(file))
    with lock(study.folder):
        write_text(file, text)
    study.reread()
