"""Whose is what of a state: every field of a community or a district with a hash of what it holds."""

from __future__ import annotations

import dataclasses
import hashlib
import pickle
from collections.abc import Iterator
from typing import Any, NamedTuple

import mesa
import numpy as np

from model.community import CommunityModel
from model.core.owned import State
from model.district.district import DistrictModel
from model.instruments.policies import NONE, Policy

Model = CommunityModel | DistrictModel


class Field(NamedTuple):
    """A field of one object of the state: its class, its name, whose it is, and a hash of what it holds."""

    of: str
    name: str
    kind: str
    hash: str


def state(model: Model) -> dict[str, Field]:
    """Every field by its place, such as ``organizations.3.lately.refused``."""
    communities = model.communities if isinstance(model, DistrictModel) else (model,)
    found: dict[str, Field] = {}
    for c, community in enumerate(communities):
        found |= dict(_fields(community, f"{c}"))
    return found


def refuse_unless_apart(base: Model, policy: Policy, weeks: int = 20) -> dict[str, Field]:
    """Raise AssertionError if ``weeks`` weeks of one arm change anything of its source or of its sister, or
    what the arm itself shares with them. Returns the state of the arm before it ran."""
    sister, arm = base.branch(NONE), base.branch(policy)
    before = {"source": state(base), "sister": state(sister)}
    first = state(arm)
    arm.run(weeks)
    for name, model in (("source", base), ("sister", sister)):
        now = state(model)
        moved = [f"{at} ({f.kind})" for at, f in before[name].items() if now.get(at) != f]
        assert not moved, f"the arm's weeks changed of its {name}: {', '.join(moved)}"
        assert now.keys() == before[name].keys()
    last = state(arm)
    moved = [at for at, f in first.items() if f.kind == "Shared" and at in last and last[at].hash != f.hash]
    assert not moved, f"declared Shared, and changed: {', '.join(moved)}"
    return first


def _fields(part: State, at: str) -> Iterator[tuple[str, Field]]:
    for name, kind in part._whose().items():
        value, place = getattr(part, name, None), f"{at}.{name}"
        if name not in ("owner", "twin", "_views"):
            yield place, Field(type(part).__name__, name, kind, _hash(value))
        for more, inner in _states(value, place):
            yield from _fields(inner, more)


def _states(value: Any, at: str) -> Iterator[tuple[str, State]]:
    """The objects of the state directly in a field."""
    if isinstance(value, State) and not isinstance(value, mesa.Model):
        yield at, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _states(item, f"{at}.{key}")
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _states(item, f"{at}.{i}")


def _hash(value: Any) -> str:
    return hashlib.sha256(pickle.dumps(_plain(value))).hexdigest()[:12]


def _plain(value: Any) -> Any:
    """A value as bytes, texts and numbers; an object of the state as its class, for its fields stand by
    themselves."""
    if isinstance(value, State):
        return type(value).__name__
    if isinstance(value, np.ndarray):
        return str(value.dtype), value.shape, value.tobytes()
    if isinstance(value, dict):
        return [(str(key), _plain(item)) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [_plain(getattr(value, f.name)) for f in dataclasses.fields(value)]
    return repr(value)
