"""What was run, and how was it keyed? Noted beside the runs, so that every later version finds them again.

Keys hold the fingerprint of the model, and no later version can compute them anew. A note holds what they
were made from, by point and policy, with the scenario as it was read, the points, and the software. A later
version that is asked for the same (the same values written in the study's own files) takes the keys from it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from experiments.loading.inputs import input_files
from experiments.loading.load import Loaded
from experiments.storage.files import sha256, write_text
from experiments.study.design.arms import entry
from experiments.study.design.code import source_hash
from experiments.study.design.points import Point
from experiments.study.design.runs import NOT_RUN, Design, Made, Parts, canonical
from experiments.study.design.spec import DesignSpec, RecordSpec
from experiments.study.identity import before
from experiments.study.identity.software import Software
from model.core.errors import GongzhiError
from model.scenario.scenario import Scenario

FORMAT = 1


def notes(folder: Path) -> Path:
    """The folder of the notes in a study's folder."""
    return folder / "provenance" / "made"


def note(design: Design) -> None:
    """Note how the runs of a design are keyed, unless that is noted already.

    Raises:
        GongzhiError: if the disk refuses.
    """
    spec = design.spec
    facts = {
        "format": FORMAT,
        "software": {k: v for k, v in design.software.record().items() if k not in ("platform", "machine")},
        "design": spec.design.model_dump(mode="json"),
        "factor": {name: factor.model_dump(mode="json") for name, factor in spec.factor.items()},
        "policies": list(spec.policies),
        "points": list(design.points),
        "tried": design.tried,
        "asked": _asked(design),
        "scenario": design.loaded.scenario.model_dump(mode="json"),
        "parts": design.parts,
    }
    if design.made is not None and design.made.keys:
        facts["runs"] = [[run.point, run.policy, run.world, run.luck, run.key] for run in design.runs]
    text = json.dumps(facts, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    file = notes(design.folder) / f"{sha256(text)[:16]}.json"
    if not file.exists():
        write_text(file, text)


def views(asked: Design, stored: Collection[str]) -> list[Design]:
    """The design as other software made runs of it that are ``stored``, the largest number of runs first."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for facts in _read(asked.folder):
        software = Software.of(facts["software"])
        found.setdefault((software.model, software.recording), []).append(facts)
    designs = [_noted(asked, same) for same in found.values()]
    if not found:
        designs += before.views(asked, stored)
    counted = [(sum(run.key in stored for run in one.runs), one) for one in designs if one is not None]
    others = [(n, one) for n, one in counted if n and not one.software.same(asked.software)]
    return [one for _, one in sorted(others, key=lambda pair: -pair[0])]


def _read(folder: Path) -> Iterator[dict[str, Any]]:
    """The notes, the earliest first; what is not one (a torn file, one of a later format) is left out."""
    files = sorted(notes(folder).glob("*.json"), key=lambda file: (file.stat().st_mtime_ns, file.name))
    for file in files:
        try:
            facts = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            continue
        if isinstance(facts, dict) and facts.get("format") == FORMAT:
            yield facts


def _noted(asked: Design, same: Sequence[dict[str, Any]]) -> Design | None:
    """The design as one software made it, by its notes; None if it was asked for something else."""
    now = _asked(asked)
    mine = [facts for facts in same if _alike(facts["asked"], now)]
    if not mine:
        return None
    last = mine[-1]
    points = asked.points
    if _same_points(last, asked):
        points = tuple(dict(point) for point in last["points"])
    table: dict[tuple[str, str], Parts] = {}
    for facts in mine:
        then = facts["asked"]["policies"]
        for point, row in zip(facts["points"], facts["parts"], strict=True):
            for name, parts in zip(facts["policies"], row, strict=True):
                if parts is not None and all(
                    then.get(part) == now["policies"].get(part) for part in _named(name)
                ):
                    table[canonical(point), name] = parts
    if any("runs" in facts for facts in mine):
        return _by_number(asked, last, points)
    parts_of = [[table.get((canonical(point), name)) for name in asked.spec.policies] for point in points]
    made = Made(Software.of(last["software"]), parts_of, tried=last["tried"])
    return Design(asked.spec, asked.folder, _as_read(asked.loaded, last["scenario"]), points, made)


def _by_number(asked: Design, facts: Mapping[str, Any], points: tuple[Point, ...]) -> Design:
    """The design whose keys were known by number only when they were noted."""
    then = facts["points"]
    table = {(canonical(then[p]), name, w, u): key for p, name, w, u, key in facts.get("runs", ())}
    keys = tuple(
        table.get((canonical(points[run.point]), run.policy, run.world, run.luck), "") for run in asked.runs
    )
    made = Made(Software.of(facts["software"]), keys=keys, tried=facts["tried"])
    return Design(asked.spec, asked.folder, _as_read(asked.loaded, facts["scenario"]), points, made)


def _asked(design: Design) -> dict[str, Any]:
    """What the study's own files ask for, apart from points, policies and seeds."""
    written, policies = _written(design.loaded, design.folder)
    return {
        "scenario": design.spec.scenario,
        "weeks": design.weeks,
        "persons": design.spec.design.persons,
        "record": design.spec.record.model_dump(mode="json"),
        "inputs": input_files(design.loaded),
        "code": "" if design.code is None else source_hash(design.code),
        "written": written,
        "policies": policies,
    }


def _written(loaded: Loaded, folder: Path) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The values that files of the study's folder set, by dotted name; those of each policy apart."""
    dump = loaded.scenario.model_dump(mode="json")
    written: dict[str, Any] = {}
    policies: dict[str, dict[str, Any]] = {}
    for name, origin in loaded.origin.items():
        if not _own(origin.file, folder):
            continue
        head, *rest = name.split(".")
        if head == "policy" and rest:
            policies[rest[0]] = dump["policy"].get(rest[0])
        elif head not in NOT_RUN:
            value: Any = dump
            for part in name.split("."):
                value = value.get(part) if isinstance(value, dict) else None
            written[name] = value
    return written, policies


def _own(file: str, folder: Path) -> bool:
    path = Path(file)
    return bool(file) and path.is_file() and path.resolve().is_relative_to(folder.resolve())


def _alike(then: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """True if the same was asked for, whatever has become of defaults since."""
    same = all(then.get(name) == now[name] for name in now if name not in ("record", "policies"))
    return same and _record(then.get("record")) == _record(now["record"])


def _record(dump: Any) -> RecordSpec | None:
    try:
        return RecordSpec.model_validate(dump)
    except ValidationError:
        return None


def _same_points(facts: Mapping[str, Any], asked: Design) -> bool:
    """True if points were chosen as the study's file says now: then they are those that were chosen."""
    spec = asked.spec
    try:
        design = DesignSpec.model_validate(facts["design"])
    except ValidationError:
        return False
    factors = {name: factor.model_dump(mode="json") for name, factor in spec.factor.items()}
    return spec.design.kind != "table" and design == spec.design and facts["factor"] == factors


def _named(text: str) -> list[str]:
    """The plain policies of an entry of ``policies``."""
    return entry(text).policy.split("+")


def _as_read(loaded: Loaded, dump: Mapping[str, Any]) -> Loaded:
    """The scenario as it was read; as it is read now where this version cannot hold it."""
    try:
        scenario = Scenario.model_validate_json(json.dumps(dump))
    except (ValidationError, GongzhiError):
        return loaded
    return replace(loaded, scenario=scenario)
