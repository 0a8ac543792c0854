"""Which runs does a study have, and what makes a run this run and no other?"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from experiments.comparison.settings import smaller
from experiments.loading.inputs import input_files
from experiments.loading.load import Loaded
from experiments.storage.files import sha256
from experiments.study.design.arms import Arm, arm
from experiments.study.design.code import source_hash
from experiments.study.design.points import Point, at_point, drawn, said
from experiments.study.design.spec import MOST_RUNS, StudySpec
from experiments.study.identity.software import Software, present
from model.core.errors import GongzhiError, StudyError
from model.scenario.scaling import smaller_policy
from model.scenario.scenario import Scenario

Parts = dict[str, Any]
"""What the key of a run holds besides its seeds."""

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


@dataclass(frozen=True)
class Made:
    """How the runs of a design were keyed by another software, which made them.

    ``parts[point][policy]`` is what the keys of a point's runs share, None where that software ran nothing.
    Or, of folders that hold no more, ``keys`` by the number of the run. ``tried`` is `Design.tried`.
    """

    software: Software
    parts: Sequence[Sequence[Parts | None]] = ()
    keys: tuple[str, ...] = ()
    tried: int = 0


@dataclass(frozen=True, eq=False)
class Design:
    """A study that can be run: the scenario, the points with their scenarios, and all runs in design order.

    Seeds vary slowest, then points, then policies, so that more seeds only add runs at the end. Runs that are
    equal, such as those of points that coincide, have one key: they are made once. ``made`` if another
    software made the runs; then scenario and points are as it read them.
    """

    spec: StudySpec
    folder: Path
    loaded: Loaded
    points: tuple[Point, ...]
    made: Made | None = None

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
            return at_point(self.loaded.scenario, point)
        except GongzhiError as error:
            raise StudyError(
                what=f"point {i} of the design cannot be run ({said(point)})",
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

    @cached_property
    def tried(self) -> int:
        """Draws that were tried for the points of a design "settings"; 0 of another."""
        if self.spec.design.kind != "settings":
            return 0
        return drawn(self.spec.design, self.loaded)[1] if self.made is None else self.made.tried

    @property
    def code(self) -> Path | None:
        """The file of the study's own phases."""
        return self.folder / self.spec.code if self.spec.code else None

    @property
    def weeks(self) -> int:
        """Weeks after the spin-up."""
        return self.loaded.scenario.run.weeks if self.spec.weeks is None else self.spec.weeks

    @cached_property
    def software(self) -> Software:
        """What makes the runs, or made them."""
        return present() if self.made is None else self.made.software

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
        found: list[Run] = []
        for world, luck in pairs:
            for p in range(len(self.points)):
                for i, policy in enumerate(self.spec.policies):
                    key = self._key(len(found), p, i, world, luck)
                    found.append(Run(len(found), p, policy, world, luck, key))
        return tuple(found)

    def _key(self, index: int, point: int, policy: int, world: int, luck: int) -> str:
        if self.made is not None and not self.made.parts:
            return self.made.keys[index] if index < len(self.made.keys) else ""
        own = self.parts[point][policy]
        return "" if own is None else key_of(own, world, luck)

    @cached_property
    def once(self) -> tuple[Run, ...]:
        """The runs without those that are equal to an earlier one."""
        first = {run.key: run for run in reversed(self.runs)}
        return tuple(run for run in self.runs if first[run.key] is run)

    @cached_property
    def parts(self) -> Sequence[Sequence[Parts | None]]:
        """What the keys of a point's runs share, by point and policy.

        Raises:
            StudyError: for two policies that do not differ in anything.
        """
        if self.made is not None:
            return self.made.parts
        own = parts_of(self, self.software)
        columns = [[canonical(row[i]) for row in own] for i in range(len(self.spec.policies))]
        double = next((i for i, one in enumerate(columns) if one in columns[:i]), None)
        if double is not None:
            names = self.spec.policies
            raise StudyError(
                what=f"two policies of the study are the same: {names[columns.index(columns[double])]} and "
                f"{names[double]}",
                where=str(self.folder / "study.toml"),
                why="all their runs would be equal",
                instead="leave the double out",
            )
        return own


def parts_of(
    design: Design,
    software: Software,
    told: Callable[[BaseModel], Any] = lambda one: one.model_dump(mode="json"),
) -> list[list[Parts]]:
    """What the keys of a point's runs share, by point and policy, as a software keys them.

    ``told`` gives a scenario or an instrument as that software writes it.
    """
    same = {
        "weeks": design.weeks,
        "record": design.spec.record.model_dump(mode="json"),
        "recording": software.recording,
        "inputs": input_files(design.loaded),
        "code": "" if design.code is None else source_hash(design.code),
        "model": software.model,
    }
    found = []
    for p, scenario in enumerate(design.scenarios):
        whole = {name: value for name, value in told(scenario).items() if name not in NOT_RUN}
        resolved = same | {"scenario": sha256(canonical(whole))}
        found.append(
            [
                resolved
                | {"policy": [[n.name, told(n.instrument)] for n in one.policy.instruments]}
                | {"from_twin": sorted(one.from_twin)}
                | ({} if one.per_household is None else {"per_household": one.per_household})
                for one in design.arms(p)
            ]
        )
    return found


def key_of(parts: Parts, world: int, luck: int) -> str:
    """The key of a run."""
    return sha256(canonical(parts | {"world": world, "luck": luck}))


def canonical(value: Any) -> str:
    """JSON with sorted keys and floats as `repr` writes them."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
