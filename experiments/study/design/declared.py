"""Can what a study's file declares be run? Everything is checked before the first run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from experiments.comparison.budgets import refuse_never_in_force
from experiments.loading.load import Loaded, load
from experiments.loading.places import outside
from experiments.loading.sources import is_path
from experiments.study.design.arms import arm, entry, refuse_doubles
from experiments.study.design.points import points
from experiments.study.design.runs import Design
from experiments.study.design.spec import StudySpec, UntilSpec
from model.core.calendar import YEAR
from model.core.errors import GongzhiError, StudyError
from model.parameters.declare import suggestion
from model.state.outcomes import GROUPS


def design_of(folder: Path) -> Design:
    """The design that ``study.toml`` in ``folder`` declares, checked before any run. Its own code is not run.

    Raises:
        GongzhiError: one message for whatever cannot be run: an unknown scenario, policy, factor, outcome or
            group, a value out of range, a design that makes no sense.
    """
    file = folder / "study.toml"
    try:
        there = file.is_file()
    except (OSError, ValueError):  # a name that no file can have
        there = False
    if not there:
        raise StudyError(
            what="there is no study here",
            where=str(folder),
            why="the file study.toml is missing",
            instead=f"make one with: gongzhi study new {folder} --scenario wangzhuang",
        )
    spec: StudySpec = load(file, cls=StudySpec).scenario  # type: ignore[assignment]
    inside = _inside(folder, spec.scenario, "scenario", file) if is_path(spec.scenario) else spec.scenario
    loaded = load(inside)
    if spec.code:
        _inside(folder, spec.code, "code", file)
    with _told_in(file):
        refuse_doubles(spec.policies)
        for name in spec.policies:
            arm(loaded.scenario, name, loaded.scenario.run.weeks if spec.weeks is None else spec.weeks)
    _known("record.outcomes", spec.record.outcomes, _outcomes(), file)
    _known("record.groups", spec.record.groups, GROUPS, file)
    _refuse_smaller(spec, loaded, file)
    with _told_in(file):
        design = Design(spec, folder, loaded, tuple(points(spec, folder, loaded)))
    if spec.until is not None:
        _known("until.outcome", [spec.until.outcome], _outcomes(), file)
        _known("until.group", [spec.until.group], GROUPS, file)
        _seen(design, spec.until, file)
    if design.weeks < spec.record.every and (design.weeks or spec.until):
        raise StudyError(
            what=f"no week is stored after the start: record.every = {spec.record.every}, "
            f"weeks = {design.weeks}",
            where=str(file),
            instead=f"write every = {max(1, design.weeks)} or less under [record], or let it run longer",
        )
    _ = design.runs  # every point is validated before the first run
    return design


def refuse_idle(design: Design) -> None:
    """Raise GongzhiError for a policy that would be in force in no week of a run.

    `design_of` does not ask, so that a study is still looked at that ran before this was refused.
    """
    scenario = design.loaded.scenario
    with _told_in(design.folder / "study.toml"):
        for name in design.spec.policies:
            policy = scenario.policy_named(entry(name).policy)
            refuse_never_in_force(policy, scenario, design.weeks or YEAR)


@contextmanager
def _told_in(file: Path) -> Iterator[None]:
    """Faults of what a study's file says, with the file."""
    try:
        yield
    except GongzhiError as error:
        where = f"{file}, {error.where}" if error.where else str(file)
        raise type(error)(what=error.what, where=where, why=error.why, instead=error.instead) from None


def _seen(design: Design, until: UntilSpec, file: Path) -> None:
    """Raise StudyError unless what ``[until]`` looks at is recorded, after the start."""
    record = design.spec.record
    for what, name, kept in (
        ("outcome", until.outcome, record.outcomes),
        ("group", until.group, record.groups),
    ):
        if name not in kept and (kept or what == "group"):
            raise StudyError(
                what=f"until.{what} = {name!r} is not recorded",
                where=str(file),
                instead=f"add it to {what}s = [...] under [record]",
            )


def _refuse_smaller(spec: StudySpec, loaded: Loaded, file: Path) -> None:
    persons, own = spec.design.persons, loaded.scenario.inputs
    whole = loaded.scenario.population.persons
    if persons is not None and persons > whole:
        raise StudyError(
            what=f"design.persons = {persons:,} is more than the community has",
            where=str(file),
            why="it is the size of a smaller version",
            instead=f"write {whole:,} or less, or leave it out",
        )
    if persons is not None and (own.residents or own.ties) and persons < loaded.scenario.population.persons:
        raise StudyError(
            what=f"design.persons = {persons:,} does not fit the scenario's own residents and ties",
            where=str(file),
            instead="leave design.persons out",
        )


def _inside(folder: Path, path: str, what: str, file: Path) -> Path:
    """The path of a file below the study's folder."""
    leads_out = outside(folder, path)
    if leads_out:
        raise StudyError(
            what=f"{what} = {path!r} leads out of the study",
            where=str(file),
            why=leads_out.why,
            instead=leads_out.instead or "put the file into the study's folder and name it from there",
        )
    return folder / path


def _outcomes() -> list[str]:
    from experiments.outcomes import OUTCOMES

    return list(OUTCOMES)


def _known(where: str, wanted: Sequence[str], known: Sequence[str], file: Path) -> None:
    for name in wanted:
        if name not in known:
            raise StudyError(
                what=f"{where} names {name!r}", where=str(file), instead=suggestion(name, list(known))
            )
