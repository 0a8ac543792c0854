"""What does a phase touch? Columns and parts of a community that are looked at, and those that change."""

from __future__ import annotations

import pickle
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from model.community import CommunityModel
from model.core.owned import State, held
from model.district.district import DistrictModel
from model.state.outcomes import Records
from model.state.residents import Residents
from tests.apart import Model

PARTS = frozenset(name for name, whose in CommunityModel.ownership.items() if whose != "Shared")
UNSAID = frozenset({"week", "policy", "policies", "perceived_week", "twin", "from_twin", "residents"})
"""The clock, the policy, and where the columns and the twin are."""

LOOKED: set[str] = set()
"""What has been looked at since it was emptied."""
_blind = False


@contextmanager
def blindly() -> Iterator[None]:
    """Look at things without noting it."""
    global _blind
    before, _blind = _blind, True
    try:
        yield
    finally:
        _blind = before


def _note(*names: str) -> None:
    if not _blind:
        LOOKED.update(names)


class Watched(Residents):
    """Residents that note which of their columns are looked at."""

    def __getattribute__(self, name: str) -> Any:
        if not _blind and name in Residents.ownership and Residents.ownership[name] == "Own":
            LOOKED.add(name)
        if not _blind and name == "__dict__":
            LOOKED.add("residents")  # whoever looks there, a view among them, may see all of it
        return super().__getattribute__(name)

    def __len__(self) -> int:
        with blindly():
            return super().__len__()

    def gathered(self, kind: Any) -> Any:
        _note(*kind._fields)
        with blindly():
            return super().gathered(kind)

    def __setattr__(self, name: str, value: Any) -> None:
        _note(name)
        with blindly():
            super().__setattr__(name, value)

    def columns(self) -> Any:
        _note("residents")
        with blindly():
            return super().columns()

    def where(self, **wanted: Any) -> Any:
        _note(*wanted)
        with blindly():
            return super().where(**wanted)


class WatchedCommunity(CommunityModel):
    """A community that notes which of its parts are looked at."""

    def __getattribute__(self, name: str) -> Any:
        if not _blind and name in PARTS and name not in UNSAID and not name.startswith("_"):
            LOOKED.add(name)
        return super().__getattribute__(name)

    def _of_target(self, name: str, named: Any) -> Any:
        _note("targets")
        with blindly():
            return getattr(super(), name)(named)

    def target_residents(self, named: Any) -> Any:
        return self._of_target("target_residents", named)

    def target_organizations(self, named: Any) -> Any:
        return self._of_target("target_organizations", named)

    def has_target(self, named: Any) -> bool:
        return bool(self._of_target("has_target", named))


def watch(model: Model) -> None:
    """Let a model note what is looked at."""
    for community in model.communities if isinstance(model, DistrictModel) else (model,):
        community.__class__ = WatchedCommunity
        object.__setattr__(community.residents, "__class__", Watched)


Touched = dict[str, tuple[set[str], set[str]]]
"""By phase: what it looked at, and what it changed."""


def touched(model: Model, weeks: int) -> Touched:
    """What every phase touches in these weeks of a model, and of the twin from which it reads terms."""
    found: Touched = defaultdict(lambda: (set(), set()))
    watch(model)
    for _ in range(weeks):
        with blindly():
            model.begin_week()
            before = contents(model)
        for phase in model.schedule:
            LOOKED.clear()
            model.run_phase(phase)
            found[phase.name][0].update(LOOKED)
            with blindly():
                after = contents(model)
            found[phase.name][1].update(name for name in before if before[name] != after[name])
            before = after
    return dict(found)


def contents(model: Model) -> dict[str, bytes]:
    """What each column and each part of the communities holds, by name."""
    found: dict[str, list[Any]] = defaultdict(list)
    for community in model.communities if isinstance(model, DistrictModel) else (model,):
        own, columns = vars(community), vars(vars(community)["residents"])
        for name in PARTS - UNSAID:
            if name in own and not name.startswith("_"):
                found[name].append(_plain(own[name]))
        for name in columns["declared"]:
            found[name].append(columns[name].tobytes())
    return {name: pickle.dumps(values) for name, values in found.items()}


def _plain(value: Any) -> Any:
    """A value as bytes, texts and numbers. What an object has anew in every arm is told elsewhere."""
    if isinstance(value, Records):
        return len(value.weeks)
    if isinstance(value, State):
        return [_plain(v) for name, v in held(value).items() if value.ownership[name] == "Own"]
    if isinstance(value, np.ndarray):
        return value.tobytes()
    if isinstance(value, dict):
        return [(key, _plain(item)) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return list(value) if value and type(value[0]) is int else [_plain(item) for item in value]
    return value
