"""How does a study use phases of one's own? From a file beside it, by whose content its runs are keyed."""

from __future__ import annotations

from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from model.errors import StudyError
from model.schedule import Schedule, default_phases


@cache
def own_phases(file: Path) -> Schedule:
    """The schedule that ``phases(default_phases())`` in a Python file gives.

    Raises:
        StudyError: if the file cannot be run, or does not define it.
    """
    remedy = "define phases(default) in it, such as: return default.insert_after('ask', my_phase)"
    spec = spec_from_file_location(f"study_code_{abs(hash(str(file)))}", file)
    if spec is None or spec.loader is None or not file.is_file():
        raise StudyError(what="there is no such Python file", where=str(file), instead=remedy)
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        schedule = module.phases(default_phases())
    except (Exception, SystemExit) as error:
        raise StudyError(
            what=f"it cannot be used: {type(error).__name__}: {error}", where=str(file), instead=remedy
        ) from error
    if not isinstance(schedule, Schedule):
        raise StudyError(
            what=f"phases() gives {type(schedule).__name__}, not a Schedule", where=str(file), instead=remedy
        )
    return schedule
