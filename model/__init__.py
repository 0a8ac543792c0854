"""gongzhi's simulation: a community or a district of many, its residents and organizations, week by week.

    from model import CommunityModel, Scenario

`CommunityModel` is a `mesa.Model`; what a Mesa user finds in it, and how to add phases, columns and
organizations of one's own, stands in model/EXTENDING.md.
Names are loaded when they are first used, so that importing this package is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from model.core._version import __version__ as __version__
from model.core.renamed import name_now, understand_old_modules

if TYPE_CHECKING:
    from model.community import CommunityModel as CommunityModel
    from model.core.errors import DataError as DataError
    from model.core.errors import GongzhiError as GongzhiError
    from model.core.errors import ScenarioError as ScenarioError
    from model.core.errors import StudyError as StudyError
    from model.district.district import DistrictModel as DistrictModel
    from model.extend import column as column
    from model.extend import own_stream as own_stream
    from model.extend import per_resident as per_resident
    from model.instruments.policies import NONE as NONE
    from model.instruments.policies import Named as Named
    from model.instruments.policies import Policy as Policy
    from model.scenario.scaling import scaled as scaled
    from model.scenario.scenario import Scenario as Scenario
    from model.state.organizations import Organization as Organization
    from model.state.resident import Resident as Resident
    from model.state.residents import Residents as Residents
    from model.week.schedule import default_phases as default_phases

PUBLIC = {
    "CommunityModel": "community",
    "DistrictModel": "district.district",
    "DataError": "core.errors",
    "GongzhiError": "core.errors",
    "ScenarioError": "core.errors",
    "StudyError": "core.errors",
    "column": "extend",
    "own_stream": "extend",
    "per_resident": "extend",
    "Organization": "state.organizations",
    "NONE": "instruments.policies",
    "Named": "instruments.policies",
    "Policy": "instruments.policies",
    "Resident": "state.residents",
    "Residents": "state.residents",
    "Scenario": "scenario.scenario",
    "scaled": "scenario.scaling",
    "default_phases": "week.schedule",
}
"""Public names and the modules they live in."""


def __getattr__(name: str) -> object:
    if name not in PUBLIC:
        name = name_now("model", name)
    return getattr(import_module(f"model.{PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *PUBLIC})


understand_old_modules()
