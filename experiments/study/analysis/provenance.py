"""Where does what a study says come from: seeds, points, runs, and the versions that made them?"""

from __future__ import annotations

from typing import Any

from experiments.study.running.study import Study


def provenance(study: Study) -> dict[str, Any]:
    """What a rerun needs and a reader must know; versions and the model's hash as the runs have them.

    ``seeds`` are the pairs that it has reached, ``until`` whether they were added as the answer came out.
    ``shown`` is the point whose effects are told where the other points are no draws of the guesses;
    ``made_by`` is the version of gongzhi that made the runs, if it is not this one. ``whole_persons`` is the
    size of the community of which a smaller version may have been simulated.
    """
    design, status = study.design, study.status()
    spec, whole = design.spec, design.loaded.scenario
    others = spec.design.kind != "settings" and len(design.points) > 1
    return {
        "study": spec.name,
        "folder": str(study.folder),
        "scenario": whole.name,
        "policies": list(spec.policies),
        "seeds": list(dict.fromkeys((run.world, run.luck) for run in study.runs)),
        "until": spec.until is not None,
        "design": spec.design.kind,
        "points": len(design.points),
        "shown": design.points[0] if others else {},
        "whole_persons": whole.population.persons * whole.district.count,
        "total": status.total,
        "stored": status.stored,
        "failed": status.failed,
        "made_by": "" if design.made is None else design.software.version,
        "versions": dict(design.software.versions),
        "model_fingerprint": design.software.model,
    }
