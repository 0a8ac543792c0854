"""One run: the task function that comparisons, calibration and studies map (decision: one function for
all)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from experiments.outcomes.result import RunResult
from model.core.errors import GongzhiError, ScenarioError
from model.core.given import seeds, wanted, whole
from model.instruments.policies import NONE, Policy
from model.scenario.scenario import Scenario

if TYPE_CHECKING:
    from experiments.loading.load import Loaded
    from experiments.loading.overrides import Overrides
    from model.community import CommunityModel
    from model.district.district import DistrictModel
    from model.start.inputs import Inputs
    from model.week.schedule import Schedule


MOST_WEEKS = 5200
COMPILING_WEEKS, COMPILING_PERSONS = 8, 200


_NOTHING: dict[str, Any] = {"key": None, "inputs": None, "phases": None, "model": None}
_spun_up = dict(_NOTHING)


def forget() -> None:
    """Let go of the spun-up community or district that this process keeps."""
    _spun_up.update(_NOTHING)


def simulate(
    scenario: Scenario | Loaded | str | os.PathLike[str],
    policy: Policy | str = NONE,
    world: int = 0,
    luck: int = 0,
    *,
    weeks: int | None = None,
    overrides: Overrides = (),
    inputs: Inputs | None = None,
    from_twin: tuple[str, ...] = (),
    phases: Schedule | None = None,
) -> RunResult:
    """Run one community, or a district of many, under one policy with one pair of seeds.

    The process keeps its last spun-up community or district, so the arms of one pair of seeds share the
    spin-up when they are run one after the other; the result is the same either way.

    Args:
        scenario: a scenario, a loaded one, or the name or path of one.
        policy: a policy, or a name declared by the scenario ("none", "funding", "funding+training").
        world: seed of people, ties and their start.
        luck: seed of everything weekly.
        weeks: weeks after the spin-up; the scenario's if None.
        overrides: values laid over the scenario's, such as ``{"decision.b_peer": 1}``.
        inputs: own residents' table and ties.
        from_twin: terms of the decision read from the run without the policy (attribution).
        phases: a schedule with phases of your own; that of the ODD if None.

    Raises:
        GongzhiError: for bad seeds, names or inputs.
    """
    from time import process_time

    began = process_time()
    if overrides or not isinstance(scenario, Scenario):
        from experiments.loading.inputs import read_inputs
        from experiments.loading.load import loaded_from

        named = not isinstance(scenario, Scenario)
        loaded = loaded_from(scenario, overrides)
        scenario = loaded.scenario
        inputs = read_inputs(loaded) if inputs is None and named else inputs
    if inputs is None and (scenario.inputs.residents or scenario.inputs.ties):
        raise GongzhiError(
            what="the scenario names files that were not read",
            where=f"scenario {scenario.name}",
            instead="pass load(path), or the scenario by its name or path",
        )
    if isinstance(policy, str):
        policy = scenario.policy_named(policy)
    weeks = _checked(policy, weeks)
    base = spun_up(scenario, *seeds(world, luck), inputs, phases)
    model = base.branch(policy, from_twin=from_twin)
    model.run(weeks)
    parts = tuple(map(_result, getattr(model, "communities", ())))
    return replace(_result(model), communities=parts, seconds=process_time() - began)


def compile_kernels(scenario: Scenario, policies: Iterable[Policy], inputs: Inputs | None = None) -> None:
    """Compile here, once, what runs of these policies use, before several workers would each do it."""
    run = scenario.run.model_copy(update={"spin_up": COMPILING_WEEKS})
    short = scenario.model_copy(update={"run": run})
    for policy in policies:
        simulate(short, policy, 0, 0, weeks=COMPILING_WEEKS, inputs=inputs)


def _result(model: CommunityModel | DistrictModel) -> RunResult:
    """What a model recorded."""
    scenario = model.scenario
    return RunResult(
        scenario=scenario.name,
        policy=model.policy.name,
        world=model.world,
        luck=model.luck,
        persons=scenario.population.persons * scenario.district.count,
        accounts=model.records.accounts,
        payers=model.records.payers,
        kinds=model.records.kinds,
        of_policy=model.records.of_policy,
        took_part=tuple(model.records.took_part),
        spin_up=scenario.run.spin_up,
        **model.records.arrays(),  # type: ignore[arg-type]
    )


def _checked(policy: object, weeks: object) -> int | None:
    """The weeks to run, None for the scenario's."""
    if not isinstance(policy, Policy):
        raise GongzhiError(
            what=f"{policy!r} is not a policy", instead="give a name of the scenario's policies, or a Policy"
        )
    number = None if weeks is None else whole(weeks)
    if weeks is not None and (number is None or not 0 <= number <= MOST_WEEKS):
        raise GongzhiError(
            what=f"weeks = {weeks!r} cannot be run", instead=wanted(weeks, f"from 0 to {MOST_WEEKS}")
        )
    return number


def _refuse_inputs(scenario: Scenario, inputs: Inputs | None) -> None:
    if inputs is not None:
        raise GongzhiError(
            what="a residents' table and ties belong to one community",
            where=f"scenario {scenario.name}",
            why="it is a district of many",
            instead="set district.communities = 0, or leave the inputs out",
        )


def spun_up(
    scenario: Scenario,
    world: int,
    luck: int,
    inputs: Inputs | None = None,
    phases: Schedule | None = None,
) -> CommunityModel | DistrictModel:
    """The community or district of these seeds after its spin-up; kept until other seeds or another status
    quo are asked for."""
    from model.community import CommunityModel
    from model.district.district import DistrictModel

    if not scenario.organization and not scenario.sitting:
        raise ScenarioError(
            what="there is nothing to take part in",
            where=f"scenario {scenario.name}",
            why="it declares no [organization.NAME] and no [sitting.NAME], so every outcome would be zero",
            instead="declare its associations, such as [organization.choir] fields = ['arts'], members = 40",
        )
    same_start = scenario.model_copy(update={"policy": {}, "targets": {}, "free": {}, "note": ""})
    key = (same_start.model_dump_json(), world, luck)
    same = _spun_up["inputs"] is inputs and _spun_up["phases"] is phases
    if _spun_up["key"] != key or not same:
        forget()
        model: CommunityModel | DistrictModel
        if scenario.district.communities:
            _refuse_inputs(scenario, inputs)
            model = DistrictModel(scenario, world=world, luck=luck, phases=phases)
        else:
            model = CommunityModel(scenario, world=world, luck=luck, inputs=inputs, phases=phases)
        model.run_spin_up()
        _spun_up.update(key=key, inputs=inputs, phases=phases, model=model)
    kept: CommunityModel | DistrictModel = _spun_up["model"]
    return kept
