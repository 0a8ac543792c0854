"""Does every phase touch what it declares, and nothing else?

A phase runs in unusual worlds while everything that is looked at is noted, and all that a community holds is
compared before and after it. What it changes has to be declared as written, all else at which it looks as
read; and nothing may be declared that no world shows.
"""

from __future__ import annotations

import copy
import pickle
from collections import defaultdict
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from model.community import CommunityModel
from model.core.owned import State
from model.district.district import DistrictModel
from model.state.community import Community
from model.state.residents import COLUMNS, Residents
from model.week import ask, seat
from model.week.phase import DeclaredPhase, phase
from model.week.schedule import OF_THE_MODEL, default_phases
from tests.district_worlds import district
from tests.exact.test_owned import spun_up
from tests.touching import LOOKED, PARTS, UNSAID, Touched, touched, watch
from tests.worlds import EVERYTHING, policy, world

WEEKS = 56
PLACE = {"household", "cell"}
"""Columns of a place, whoever lives there."""


def base_of(name: str) -> CommunityModel | DistrictModel:
    """The model whose phases are looked at."""
    if name == "recruiting":
        return CommunityModel(world(mobilisation={"ask_rule": "likely"}), world=3, luck=4)
    if name == "needy":
        needy = district(3, district={"division": "need"}, government={"budget_yuan": 90_000.0})
        return DistrictModel(needy, world=3, luck=4)
    if name == "twin":
        base, arm = spun_up("everything")
        reading = base.branch(arm, from_twin=["peers"])
        assert reading.twin is not None
        return reading.twin
    base, arm = spun_up(name)
    return base.branch(arm)


@cache
def seen(name: str) -> Touched:
    """What the phases touch in a world, in a year and some weeks."""
    return touched(base_of(name), WEEKS)


NAMES = ("early", "standing", "giving", "party", "everything", "twin", "recruiting", "needy", "district")


def faults(found: Touched, phases: dict[str, DeclaredPhase]) -> list[str]:
    """What phases touched against their declarations."""
    wrong = []
    for name, (looked, changed) in found.items():
        reads, writes = phases[name].reads, phases[name].writes
        if "residents" in writes:
            writes = writes | (set(COLUMNS) - PLACE)
        wrong += [f"{name} changed {one}" for one in sorted(changed - writes)]
        wrong += [f"{name} looked at {one}" for one in sorted(looked - reads - writes)]
    return wrong


def idle(all_found: list[Touched], phases: dict[str, DeclaredPhase]) -> list[str]:
    """What is declared, and seen in no world."""
    looked, changed = defaultdict(set), defaultdict(set)
    for found in all_found:
        for name, (those, these) in found.items():
            looked[name] |= those | these
            changed[name] |= these
    wrong = []
    for name, one in phases.items():
        wrong += [f"{name} never changed {c}" for c in sorted(one.writes - {"residents"} - changed[name])]
        wrong += [f"{name} never looked at {c}" for c in sorted(one.reads - looked[name])]
    return wrong


@pytest.mark.parametrize("name", NAMES)
def test_every_phase_touches_only_what_it_declares(name: str) -> None:
    assert faults(seen(name), dict(OF_THE_MODEL)) == []


def test_nothing_is_declared_that_no_world_shows() -> None:
    assert idle([seen(name) for name in NAMES], dict(OF_THE_MODEL)) == []


def test_whoever_lives_there_is_replaced_whole() -> None:
    """``residents`` among the writes of move: in some week nearly every column changes."""
    changed = seen("early")["move"][1] & set(COLUMNS)
    # ids change; what nobody had by then (stewardship of nothing, minutes of a week) may not
    assert len(changed) > len(COLUMNS) - 12


def test_declared_names_are_there() -> None:
    known = {*COLUMNS, *PARTS, "residents", "targets"}
    for name, one in OF_THE_MODEL.items():
        assert one.reads | one.writes <= known, name
        assert not one.reads & one.writes, name
    assert not set(COLUMNS) & set(Community.ownership), "a name is of a column or of a part"


@pytest.mark.parametrize("name", OF_THE_MODEL)
def test_a_wrong_declaration_of_a_phase_is_found(name: str) -> None:
    """Each name that is left out, and one that is too much, on both sides."""
    true = OF_THE_MODEL[name]
    found = [seen(world_) for world_ in NAMES]

    def wrong(reads: frozenset[str], writes: frozenset[str]) -> bool:
        planted = phase(reads=" ".join(reads), writes=" ".join(writes))(lambda _: None)
        phases = {**OF_THE_MODEL, name: planted}
        return any(faults(one, phases) for one in found) or bool(idle(found, phases))

    assert not wrong(true.reads, true.writes)
    for one in true.writes:
        assert wrong(true.reads, true.writes - {one}), f"{one} is not missed"
        assert one == "residents" or wrong(true.reads | {one}, true.writes - {one}), f"{one} passes as read"
    for one in true.reads:
        assert wrong(true.reads - {one}, true.writes), f"{one} is not missed"
        assert wrong(true.reads - {one}, true.writes | {one}), f"{one} passes as written"
    spare = min(PARTS - true.reads - true.writes - UNSAID)
    assert wrong(true.reads | {spare}, true.writes)
    assert wrong(true.reads, true.writes | {spare})


def test_a_phase_that_writes_what_it_has_not_declared_is_found() -> None:
    def sly(community: Community) -> None:
        seat.seat(community)
        community.residents.skill[0] = np.float64(0.5) + community.week / 1000
        community.moves.moved += 1

    honest = seat.seat
    planted = phase(reads=" ".join(honest.reads), writes=" ".join(honest.writes))(sly)
    planted.__name__ = "seat"
    schedule = default_phases()
    at = schedule.position("seat")
    model = CommunityModel(
        world(),
        world=1,
        luck=2,
        phases=type(schedule)((*schedule[:at], schedule[at]._replace(run=planted), *schedule[at + 1 :])),
    )
    found = faults(touched(model, 2), {**OF_THE_MODEL, "seat": planted})
    assert [fault for fault in found if "changed" in fault] == ["seat changed moves", "seat changed skill"]


def test_phases_are_copied_and_pickled_by_their_names() -> None:
    assert pickle.loads(pickle.dumps(ask.ask)) is ask.ask
    assert copy.deepcopy(default_phases())[5].run is ask.ask
    assert all(not one.own for one in copy.deepcopy(default_phases()))
    assert issubclass(Community, State)


def test_a_phase_runs_alone_in_one_community() -> None:
    model = CommunityModel(world(), policy(**EVERYTHING), world=1, luck=2)
    model.begin_week()
    for one in model.schedule:
        one.run(model)
    other = CommunityModel(world(), policy(**EVERYTHING), world=1, luck=2)
    other.step()
    for name, column in model.residents.columns().items():
        assert np.array_equal(column, other.residents.columns()[name]), name


@pytest.mark.parametrize(
    "look",
    [
        lambda people: people.where(migrant=True),
        lambda people: people[0].skill,
        lambda people: vars(people)["skill"].sum(),
    ],
    ids=["where", "an agent", "vars"],
)
def test_a_look_that_is_not_declared_is_found_whatever_its_road(look: Callable[[Residents], object]) -> None:
    def curious(community: Community) -> None:
        seat.seat(community)
        look(community.residents)

    model = base_of("everything")
    watch(model)
    model.begin_week()
    LOOKED.clear()
    curious(model)  # type: ignore[arg-type]
    honest = seat.seat.reads | seat.seat.writes
    assert LOOKED - honest
