"""Which runs does a study have, and what makes a run this run and no other?"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from experiments.calibrate import with_values
from experiments.compare import at_equal_budget, refuse_never_in_force
from experiments.files import sha256
from experiments.inputs import input_files
from experiments.load import Loaded, is_path, load
from experiments.loading.places import outside
from experiments.settings import smaller
from experiments.study.code import own_phases
from experiments.study.points import Point, points
from experiments.study.spec import MOST_RUNS, StudySpec, UntilSpec
from model.calendar import YEAR
from model.errors import GongzhiError, StudyError
from model.outcomes import GROUPS
from model.parameters.decision import TERMS
from model.parameters.declare import suggestion
from model.policies import Policy
from model.scenario import Scenario, smaller_policy
from model.sources import fingerprint

BASELINE = "none"

EXPERIMENTS = Path(__file__).parent.parent
RECORDING = (
    *("simulate.py", "tables.py", "study/work.py", "study/code.py"),
    *(file.relative_to(EXPERIMENTS).as_posix() for file in sorted((EXPERIMENTS / "outcomes").glob("*.py"))),
)
"""The sources that compute what is recorded; a change there makes other runs."""

PLAIN_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
MOST_YUAN = 1e9
"""Budgets per household are below it."""

NOT_RUN = ("policy", "targets", "free", "note", "title", "title_zh")
"""Tables of a scenario that no run reads; a policy enters by its own instruments."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a study: its place in the design order, its point, policy and seeds, and its key."""

    index: int
    point: int
    policy: str
    world: int
    luck: int
    key: str


class Arm(NamedTuple):
    """A policy, the terms of the decision that its run reads from the run without it, and the yuan a year
    per household to which its money is scaled, None for the money that it declares."""

    policy: Policy
    from_twin: tuple[str, ...] = ()
    per_household: float | None = None


class Entry(NamedTuple):
    """The parts of an entry of ``policies``: ``POLICY@YUAN~TERMS``."""

    policy: str
    per_household: float | None
    terms: frozenset[str]


def entry(text: str) -> Entry:
    """The parts of an entry of ``policies``.

    Raises:
        StudyError: if what follows ``@`` is no sum of money.
    """
    rest, _, terms = text.partition("~")
    policy, at, yuan = rest.partition("@")
    given = (float(yuan) if PLAIN_NUMBER.fullmatch(yuan) else math.nan) if at else None
    if given is not None and not given < MOST_YUAN:
        raise StudyError(
            what=f"{text!r} asks for {yuan!r} yuan per household",
            where="policies",
            instead="write a year's sum of 0 or more behind the @, such as funding@30",
        )
    return Entry(policy, given, frozenset(terms.split(",") if terms else ()))


def arm(scenario: Scenario, text: str, weeks: int) -> Arm:
    """The arm of an entry of ``policies``: ``funding``, ``A+B``, ``funding@30``, whose money is scaled to 30
    yuan a year per household, or ``funding~can,peers``, which reads these terms from the run without it.

    ``weeks`` after the spin-up are those over whose years money is averaged.

    Raises:
        GongzhiError: for an unknown policy or term, a budget for a policy without money, or a policy that is
            in force in none of the weeks.
    """
    name, per_household, _ = entry(text)
    _, tilde, terms = text.partition("~")
    from_twin = tuple(terms.split(",")) if tilde else ()
    parts = name.split("+")
    for part in parts:
        if parts.count(part) > 1 or (part == BASELINE and text != BASELINE):
            raise StudyError(
                what=f"{text!r} names {part!r} {'with more' if part == BASELINE else 'twice'}",
                where="policies",
                instead=f"name every part once, and {BASELINE!r} alone",
            )
    for term in from_twin:
        if from_twin.count(term) > 1:
            raise StudyError(what=f"{text!r} names the term {term} twice", where="policies")
        if term not in TERMS:
            raise StudyError(
                what=f"{text!r} names the term {term!r}",
                where="policies",
                instead=suggestion(term, TERMS),
            )
    policy, weeks = scenario.policy_named(name), weeks or YEAR
    refuse_never_in_force(policy, scenario, weeks)
    if per_household is None:
        return Arm(policy, from_twin)
    if not policy.yuan_a_year(weeks):
        raise StudyError(
            what=f"{text!r} gives a budget to a policy without money",
            where="policies",
            why=f"no instrument of {name!r} has an amount",
            instead=f"write {name!r}, or a policy with an amount_yuan",
        )
    if per_household == 0:
        return Arm(policy.scaled(0.0), from_twin, 0.0)
    return Arm(at_equal_budget((policy,), scenario, per_household, weeks)[0][0], from_twin, per_household)


@dataclass(frozen=True, eq=False)
class Design:
    """A study that can be run: the scenario, the points with their scenarios, and all runs in design order.

    Seeds vary slowest, then points, then policies, so that more seeds only add runs at the end.
    """

    spec: StudySpec
    folder: Path
    loaded: Loaded
    points: tuple[Point, ...]

    @cached_property
    def whole(self) -> tuple[Scenario, ...]:
        """The scenario of every point, validated, in its own size."""
        return tuple(self._at(i, point) for i, point in enumerate(self.points))

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenario of every point as it is simulated."""
        persons = self.spec.design.persons
        return self.whole if persons is None else tuple(smaller(one, persons)[0] for one in self.whole)

    def _at(self, i: int, point: Point) -> Scenario:
        try:
            return with_values(self.loaded.scenario, point)
        except GongzhiError as error:
            told = ", ".join(f"{name} = {value:g}" for name, value in point.items())
            raise StudyError(
                what=f"point {i} of the design cannot be run ({told})",
                where=str(self.folder / "study.toml"),
                why=str(error),
                instead="" if error.instead else "narrow the factor's range, or leave the point out",
            ) from None

    def arms(self, point: int) -> tuple[Arm, ...]:
        """What the entries of ``policies`` mean at a point."""
        whole, persons = self.whole[point], self.spec.design.persons
        share = 1.0 if persons is None else smaller(whole, persons)[1]
        arms = (arm(whole, name, self.weeks) for name in self.spec.policies)
        return tuple(a if share == 1 else a._replace(policy=smaller_policy(a.policy, share)) for a in arms)

    @property
    def code(self) -> Path | None:
        """The file of the study's own phases."""
        return self.folder / self.spec.code if self.spec.code else None

    @property
    def weeks(self) -> int:
        """Weeks after the spin-up."""
        return self.loaded.scenario.run.weeks if self.spec.weeks is None else self.spec.weeks

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """All runs in design order; with ``[until]`` those up to ``most`` pairs, of which a study may need
        fewer (`Study.runs`)."""
        pairs = self.spec.pairs()
        total = len(pairs) * len(self.points) * len(self.spec.policies)
        if total > MOST_RUNS:
            raise StudyError(
                what=f"the study has {total:,} runs",
                where=str(self.folder / "study.toml"),
                why=f"at most {MOST_RUNS:,} are stored in one study",
                instead="use fewer points or seeds, or several studies",
            )
        parts = self._told_apart(self._parts())
        found: list[Run] = []
        for world, luck in pairs:
            for p in range(len(self.points)):
                for policy, fixed in zip(self.spec.policies, parts[p], strict=True):
                    key = sha256(canonical(fixed | {"world": world, "luck": luck}))
                    found.append(Run(len(found), p, policy, world, luck, key))
        return tuple(found)

    def _told_apart(self, parts: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
        """The parts, of which no two are the same: a policy that does not read a factor has copies.

        Raises:
            StudyError: for two points, or two policies, that do not differ in anything.
        """
        texts = [tuple(canonical(fixed) for fixed in row) for row in parts]
        for what, each in (("points", texts), ("policies", list(zip(*texts, strict=True)))):
            double = next((i for i, one in enumerate(each) if one in each[:i]), None)
            if double is not None:
                first = each.index(each[double])
                names = self.spec.policies if what == "policies" else range(len(self.points))
                raise StudyError(
                    what=f"two {what} of the study are the same: {names[first]} and {names[double]}",
                    where=str(self.folder / "study.toml"),
                    why="all their runs would be equal",
                    instead="leave the double out",
                )
        seen: dict[str, int] = {}
        for row, own in zip(parts, texts, strict=True):
            for i, text in enumerate(own):
                copy = seen.get(text, 0)
                seen[text] = copy + 1
                if copy:
                    row[i] = row[i] | {"copy": copy}
        return parts

    def _parts(self) -> list[list[dict[str, Any]]]:
        """What the keys of a point's runs share, by policy."""
        same = {
            "weeks": self.weeks,
            "record": self.spec.record.model_dump(mode="json"),
            "recording": sha256("".join((EXPERIMENTS / f).read_text(encoding="utf-8") for f in RECORDING)),
            "inputs": input_files(self.loaded),
            "code": hashlib.sha256(self.code.read_bytes()).hexdigest() if self.code else "",
            "model": fingerprint(),
        }
        parts = []
        for p, scenario in enumerate(self.scenarios):
            whole = scenario.model_dump(mode="json", exclude=set(NOT_RUN))
            resolved = same | {"scenario": sha256(canonical(whole))}
            parts.append(
                [
                    resolved
                    | {
                        "policy": [
                            [n.name, n.instrument.model_dump(mode="json")] for n in one.policy.instruments
                        ]
                    }
                    | {"from_twin": sorted(one.from_twin)}
                    | ({} if one.per_household is None else {"per_household": one.per_household})
                    for one in self.arms(p)
                ]
            )
        return parts


def design_of(folder: Path) -> Design:
    """The design that ``study.toml`` in ``folder`` declares, checked before any run.

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
        own_phases(_inside(folder, spec.code, "code", file))
    with _told_in(file):
        _refuse_doubles(spec)
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


@contextmanager
def _told_in(file: Path) -> Iterator[None]:
    """Faults of what a study's file says, with the file."""
    try:
        yield
    except GongzhiError as error:
        where = f"{file}, {error.where}" if error.where else str(file)
        raise type(error)(what=error.what, where=where, why=error.why, instead=error.instead) from None


def _refuse_doubles(spec: StudySpec) -> None:
    """Raise StudyError for an arm under two names: other order of its policies or terms, other zeros."""
    seen: dict[tuple[frozenset[str], float | None, frozenset[str]], str] = {}
    for name in spec.policies:
        policy, per_household, terms = entry(name)
        first = seen.setdefault((frozenset(policy.split("+")), per_household, terms), name)
        if first != name:
            raise StudyError(
                what=f"{first!r} and {name!r} are the same arm",
                where="policies",
                why="all their runs would be equal",
                instead="leave one out",
            )


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


def canonical(value: Any) -> str:
    """JSON with sorted keys and floats as `repr` writes them."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _outcomes() -> list[str]:
    from experiments.outcomes import OUTCOMES

    return list(OUTCOMES)


def _known(where: str, wanted: Sequence[str], known: Sequence[str], file: Path) -> None:
    for name in wanted:
        if name not in known:
            raise StudyError(
                what=f"{where} names {name!r}", where=str(file), instead=suggestion(name, list(known))
            )
