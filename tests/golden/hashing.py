"""One hash per column of what a run leaves, so that a change names the column that moved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.community import CommunityModel
from model.district.district import DistrictModel
from model.state.government import LEDGER
from model.state.organizations import Organization
from model.state.outcomes import COLUMNS, WEEKLY

DIGITS = 16
"""Hexadecimal digits kept of a hash."""

SPREAD = ("top_tenth", "gini", "coverage")

ORGANIZATION = tuple(
    name
    for name, kind in Organization.ownership.items()
    if kind == "Own" and name not in ("income", "lately", "smoothed_income")
)
"""What of an organization changes during a run, but for its weeks and its income by payer."""

Hashes = dict[str, str]
"""The hash of each column by its name, such as ``counts.members``."""


def hashed(*arrays: NDArray[Any]) -> str:
    """The first digits of the SHA-256 over dtype, shape and little-endian bytes of each array in turn."""
    digest = hashlib.sha256()
    for array in arrays:
        little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        digest.update(f"{little.dtype.str}{array.shape}".encode())
        digest.update(little.tobytes())
    return digest.hexdigest()[:DIGITS]


def columns_of(model: CommunityModel | DistrictModel) -> dict[str, NDArray[Any]]:
    """The arrays that a run recorded, and at its end those of residents, ties and organizations, by name.

    Scratch columns of residents are left out: no phase promises what they hold after a week.
    """
    records = model.records
    found: dict[str, NDArray[Any]] = {"weeks": np.array(records.weeks, np.int64)}
    arrays = records.arrays()
    found |= {f"counts.{name}": arrays["counts"][..., c] for c, name in enumerate(COLUMNS)}
    found |= {f"weekly.{name}": arrays["weekly"][:, c] for c, name in enumerate(WEEKLY)}
    found |= {f"spread.{name}": arrays["spread"][:, c] for c, name in enumerate(SPREAD)}
    for a, account in enumerate(records.accounts):
        found |= {f"money.{account}.{name}": arrays["money"][:, a, c] for c, name in enumerate(LEDGER)}
    found |= {f"took_part.year_{year}": bits for year, bits in enumerate(records.took_part, 1)}
    communities = model.communities if isinstance(model, DistrictModel) else (model,)
    for column in communities[0].residents.declared.values():
        if column.kind != "scratch":
            states = [getattr(community.residents, column.name) for community in communities]
            found[f"residents.{column.name}"] = np.concatenate(states)
    layers = {name: [c.network.layers[name] for c in communities] for name in communities[0].network.layers}
    if isinstance(model, DistrictModel) and model.weak_ties is not None:
        layers["weak"] = [model.weak_ties.layer]
    for layer, ties in layers.items():
        for part in ("indptr", "indices", "weight"):
            found[f"ties.{layer}.{part}"] = np.concatenate([getattr(one, part) for one in ties])
    organizations = [o for community in communities for o in community.organizations]
    for name in ORGANIZATION:
        found[f"organizations.{name}"] = _of_objects([getattr(o, name) for o in organizations])
    return found


def together(runs: Sequence[Mapping[str, NDArray[Any]]]) -> Hashes:
    """One hash per column over several runs of the same columns, one after the other."""
    return {name: hashed(*(run[name] for run in runs)) for name in runs[0]}


def _of_objects(values: list[Any]) -> NDArray[Any]:
    """Numbers as int64 or float64, anything else as the bytes of its JSON."""
    for kind in (bool, int, float):
        if all(type(value) is kind for value in values):
            return np.array(values, np.float64 if kind is float else np.int64)
    return np.frombuffer(json.dumps(values, sort_keys=True).encode(), np.uint8)
