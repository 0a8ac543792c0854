"""How did version 0.1 key the runs of a folder? It left no note of that, so it is worked out.

What 0.1 read of a scenario follows from the values that are written and from its own defaults, which stand
in ``version_0_1.json`` with its plausible ranges. That gives its scenario, its points and its keys. Other
commits of that time recorded otherwise, so that their keys cannot be worked out: their runs are known by
their number in the design, if the folder shows that it is the same design still.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from experiments.comparison.settings import guesses
from experiments.loading.load import Loaded
from experiments.study.design.points import drawn
from experiments.study.design.runs import NOT_RUN, Design, Made, Parts, canonical, parts_of
from experiments.study.identity.software import Software
from experiments.study.running.store import Store
from model.core.errors import GongzhiError
from model.parameters.declare import Declaration, declarations
from model.scenario.scenario import Scenario

RECORDED = ("outcomes", "groups", "every")
LATER_SECONDS = 60.0
"""What changed so long after the last run was stored was changed by somebody, not by a copy of the folder."""


def views(asked: Design, stored: Collection[str]) -> list[Design]:
    """The design as version 0.1 made runs of it that are ``stored``: one, or none."""
    software = _software(asked.folder)
    if software is None or not stored:
        return []
    then, tried = _as_read(asked)
    exact = replace(then, made=Made(software, _parts(then, software), tried=tried))
    if any(run.key in stored for run in exact.runs):
        return [exact]
    keys = _in_order(then, stored)
    made = Made(replace(software, recording=""), keys=keys, tried=tried)
    return [replace(then, made=made)] if keys else []


@cache
def _known() -> dict[str, Any]:
    text = Path(__file__).with_name("version_0_1.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _software(folder: Path) -> Software | None:
    """The software that ran last in a folder, by the file that version 0.1 wrote."""
    try:
        record = json.loads((folder / "provenance" / "software.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(record, dict) or "recording" in record or "model_fingerprint" not in record:
        return None
    return replace(Software.of(record), recording=_known()["recording"])


def _as_read(asked: Design) -> tuple[Design, int]:
    """The design as version 0.1 read it, and the draws that it tried for its points."""
    loaded = asked.loaded
    dump = _told(loaded.scenario, loaded)
    try:
        scenario = Scenario.model_validate_json(json.dumps(loaded.scenario.model_dump(mode="json") | dump))
    except (ValidationError, GongzhiError):  # this version cannot hold it
        scenario = loaded.scenario
    then = replace(loaded, scenario=scenario)
    points, tried = asked.points, 0
    if asked.spec.design.kind == "settings":
        found, tried = drawn(asked.spec.design, then, _guesses(then))
        points = tuple(found)
    return replace(asked, loaded=then, points=points), tried


def _guesses(loaded: Loaded) -> list[Declaration]:
    """The guesses of version 0.1, with its plausible ranges."""
    ranges, declared = _known()["ranges"], declarations(Scenario)
    then = {
        name: replace(declared[name], low=low, high=high, mark=mark)
        for name, (low, high, mark) in ranges.items()
        if name in declared
    }
    return guesses(loaded, then)


def _parts(then: Design, software: Software) -> list[list[Parts]]:
    """The parts of the keys as version 0.1 made them: by bytes of the code, with copies apart."""
    found = parts_of(then, software, _told)
    code = "" if then.code is None else hashlib.sha256(then.code.read_bytes()).hexdigest()
    seen: dict[str, int] = {}
    for row in found:
        for i, parts in enumerate(row):
            record = {name: parts["record"][name] for name in RECORDED}
            row[i] = parts | {"record": record, "code": code}
            text = canonical(row[i])
            seen[text] = seen.get(text, -1) + 1
            if seen[text]:
                row[i] |= {"copy": seen[text]}
    return found


def _told(one: BaseModel, loaded: Loaded | None = None) -> dict[str, Any]:
    """A scenario or an instrument with the names that version 0.1 knew; with ``loaded`` its own defaults for
    what no file sets."""
    dump = one.model_dump(mode="json")
    if not isinstance(one, Scenario):
        return _named(dump, _known()["instruments"].get(dump.get("kind"), dump))
    found = _values(dump, _known()["scenario"], loaded, "")
    for table, fields in _known()["entries"].items():
        found[table] = {name: _named(spec, fields) for name, spec in dump.get(table, {}).items()}
    found["status_quo"] = {
        name: _named(spec, _known()["instruments"].get(spec["kind"], spec))
        for name, spec in dump["status_quo"].items()
    }
    return {name: value for name, value in found.items() if name not in NOT_RUN}


def _named(dump: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: dump.get(name, default) for name, default in fields.items()}


def _values(
    dump: Mapping[str, Any], defaults: Mapping[str, Any], loaded: Loaded | None, above: str
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, default in defaults.items():
        now = dump.get(name, default)
        if isinstance(default, dict) and default and isinstance(now, dict):
            found[name] = _values(now, default, loaded, f"{above}{name}.")
        else:
            unset = loaded is not None and not _set(loaded, f"{above}{name}")
            found[name] = default if unset and name not in ("format", "name") else now
    return found


def _set(loaded: Loaded, name: str) -> bool:
    """True if a layer sets a value, or something in it."""
    return name in loaded.origin or any(key.startswith(f"{name}.") for key in loaded.origin)


def _in_order(then: Design, stored: Collection[str]) -> tuple[str, ...]:
    """The keys by number of run, if the shards hold the runs of this very design, in order; else none.

    Version 0.1 folded a finished study in design order. So they must be as many as the design has runs, agree
    with the numbers in its log, and be younger than every file that the design is read from.
    """
    keys, last = Store(then.folder).folded()
    try:
        noted = [
            json.loads(line)
            for line in (then.folder / "provenance" / "runs.jsonl").read_text(encoding="utf-8").splitlines()
        ]
        changed = max(file.stat().st_mtime for file in _files(then))
    except (OSError, ValueError):
        return ()
    whole = len(keys) == len(then.runs) and set(keys) <= set(stored)
    agree = all(keys[line["run"]] == line["key"] for line in noted if line["run"] < len(keys))
    return keys if whole and agree and changed <= last + LATER_SECONDS else ()


def _files(design: Design) -> list[Path]:
    """The files of a study that its design is read from."""
    names = {origin.file for origin in design.loaded.origin.values()} | {design.loaded.file}
    files = [design.folder / "study.toml", *map(Path, names), *([design.code] if design.code else [])]
    return [file for file in files if file.is_file()]
