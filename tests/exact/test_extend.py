"""Can a user add phases, columns and organizations, and is nonsense refused in one message?"""

from __future__ import annotations

import copy
import functools
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import model
from model.community import CommunityModel
from model.core.draws import STREAMS, uniforms
from model.core.errors import GongzhiError
from model.extend import column, own_stream, per_resident
from model.state.organizations import Organization
from model.state.resident import Resident
from model.state.residents import COLUMNS
from model.week.schedule import default_phases
from tests.worlds import EVERYTHING, LIVELY, ORGANIZATIONS, policy, world

EXTENDING = Path(model.__file__).with_name("EXTENDING.md")


def test_the_examples_of_the_documentation_run() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", EXTENDING.read_text(encoding="utf-8"), re.S | re.M)
    assert len(blocks) >= 8
    names: dict[str, Any] = {"__name__": "extending"}
    for block in blocks:
        exec(compile(block, str(EXTENDING), "exec"), names)
    assert np.isfinite(names["reached"]["training"])


# phases


def calm(model: CommunityModel) -> None:
    """Somebody who took part is calmer."""
    people = model.residents
    people.calm += 0.1 * ((people.seated > 0).any(axis=1) - people.calm)
    people.angry[uniforms(model.luck, own_stream("angry"), people.id, model.week) < 0.1] = 1


def with_columns(**more: Any) -> CommunityModel:
    return CommunityModel(
        world(80),
        world=3,
        luck=4,
        phases=default_phases().insert_after("learn", calm),
        columns={
            "calm": column(0.5, unit="1", valid=(0, 1), doc="Calm."),
            "angry": column(False, unit="yes/no", doc="Angry."),
            "visits": column(3, unit="visits", doc="Visits."),
            "taste": column("tea", unit="name", names=("tea", "coffee"), doc="Taste."),
        },
        **more,
    )


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (calm.__name__, "not a function of one argument"),
        (lambda: None, "not a function of one argument"),
        (lambda a, b: None, "not a function of one argument"),
        (functools.partial(calm), "not a function of one argument"),
        (None, "not a function of one argument"),
        (calm, "a phase 'calm' already"),
    ],
)
def test_phases_that_are_refused(function: Any, told: str) -> None:
    phases = default_phases().insert_after("ask", calm)
    with pytest.raises(GongzhiError, match=told):
        phases.insert_after("ask", function)


def test_a_phase_may_not_take_the_name_of_the_models_own() -> None:
    def decide(model: CommunityModel) -> None:
        """Not that of the model."""

    with pytest.raises(GongzhiError, match="a phase 'decide' already"):
        default_phases().insert_after("ask", decide)
    assert default_phases().without("decide").insert_after("ask", decide).position("decide") == 6


def test_a_phase_that_does_nothing_changes_nothing() -> None:
    plain, own = CommunityModel(world(80), world=3, luck=4), with_columns()
    plain.run(10)
    own.run(10)
    for name in COLUMNS:
        assert np.array_equal(plain.residents.columns()[name], own.residents.columns()[name]), name
    assert 0 < own.residents.angry.sum() < len(own.residents)


def test_a_function_of_a_resident_is_the_same_as_one_of_columns() -> None:
    def older(resident: Resident) -> None:
        if resident.age_band == "70+":
            resident.attachment = resident.attachment / 2

    def oldest(model: CommunityModel) -> None:
        model.residents.attachment[model.residents.where(age_band="70+")] /= 2

    runs = []
    for phase in (per_resident(older), oldest):
        run = CommunityModel(world(60), world=3, luck=4, phases=default_phases().insert_after("learn", phase))
        run.run(4)
        runs.append(run)
    assert runs[0].schedule.has("older")
    for name in COLUMNS:
        one, two = (r.residents.columns()[name] for r in runs)
        assert np.array_equal(one, two), name
    plain = CommunityModel(world(60), world=3, luck=4)
    plain.run(4)
    assert not np.array_equal(plain.residents.attachment, runs[0].residents.attachment)
    with pytest.raises(GongzhiError, match=r"def my_phase\(resident\)"):
        per_resident(lambda: None)


# columns


def test_a_column_of_ones_own_is_a_column_like_the_others() -> None:
    built = with_columns()
    people = built.residents
    assert (people.calm == 0.5).all()
    assert people.calm.dtype == np.float64
    assert people[0].angry is False
    assert people[0].visits == 3
    assert people[0].taste == "tea"
    people[1].taste = "coffee"
    assert people.where(taste="coffee").tolist() == [1]
    assert people.where(visits=3, angry=False).tolist() == list(range(len(people)))
    assert built.agents_by_type[Resident].select(lambda r: r.taste == "coffee").get("row") == [1]
    for name, wrong in (("calm", 1.5), ("visits", 0.5), ("taste", "wine"), ("angry", 3)):
        with pytest.raises(GongzhiError):
            setattr(people[0], name, wrong)
    with pytest.raises(GongzhiError, match="did you mean 'calm'"):
        people[0].calmm = 0.5
    with pytest.raises(AttributeError, match="did you mean 'calm'"):
        _ = people[0].calmm


@pytest.mark.parametrize(
    "road", [CommunityModel.branch, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))]
)
def test_every_arm_and_copy_has_its_own(road: Callable[[CommunityModel], CommunityModel]) -> None:
    built = with_columns()
    built.run_spin_up()
    before = built.residents.calm.copy()
    arm = road(built)
    arm.run(5)
    assert np.array_equal(built.residents.calm, before)
    assert not np.array_equal(arm.residents.calm, before)
    assert arm.residents[0].calm == arm.residents.calm[0]
    again = road(built)
    again.run(5)
    assert np.array_equal(again.residents.calm, arm.residents.calm)


def test_a_newcomer_starts_again() -> None:
    built = CommunityModel(
        world(200, movement={"move_rate": {"local": 0.5, "migrant": 0.5}}),
        columns={"visits": column(3, unit="visits", doc="Visits.")},
    )
    built.residents.visits[:] = 8
    built.step()
    new = built.residents.arrival == built.week
    assert 0 < new.sum() < len(new)
    assert (built.residents.visits[new] == 3).all()
    assert (built.residents.visits[~new] == 8).all()


@pytest.mark.parametrize("name", ["skill", "row", "model", "where", "_mood", "my mood", "class", "", 5])
def test_names_that_are_refused(name: Any) -> None:
    with pytest.raises(GongzhiError, match=r"taken|cannot be read"):
        CommunityModel(world(40), columns={name: column(0.5, unit="1", doc="Mood.")})


@pytest.mark.parametrize(
    ("default", "more"),
    [
        (None, {}),
        ("tea", {}),
        ("wine", {"names": ("tea", "coffee")}),
        (0.5, {"names": ("tea",)}),
        (1.5, {"valid": (0, 1)}),
        (float("nan"), {}),
        (2**40, {}),
    ],
)
def test_columns_that_are_refused(default: Any, more: dict[str, Any]) -> None:
    with pytest.raises(GongzhiError):
        column(default, unit="1", doc="Mood.", **more)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"columns": {"mood": 0.5}}, "not a column"),
        ({"columns": ["mood"]}, "not columns by name"),
        ({"phases": ["ask", "decide"]}, "not a schedule"),
        ({"organization": Resident}, "not a class of organizations"),
        ({"organization": "choir"}, "not a class of organizations"),
    ],
)
def test_arguments_that_are_refused(arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(GongzhiError, match=told):
        CommunityModel(world(40), **arguments)


def test_streams_of_ones_own_are_none_of_the_models() -> None:
    assert own_stream("fair") == own_stream("fair") != own_stream("unfair")
    assert own_stream("ask_tie") not in STREAMS.values()
    assert 0 <= own_stream("fair") < 2**24


# organizations


class Trusted(Organization):
    """Has another quality, and something of its own."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.trust = 0.5
        self.notes: list[Any] = []

    @property
    def quality(self) -> float:
        return self.trust


def gain_trust(model: CommunityModel) -> None:
    for organization in model.organizations:
        organization.trust += 0.1 * (1 - organization.trust)  # type: ignore[attr-defined]


def test_organizations_of_ones_own_are_used_and_continue_in_arms() -> None:
    phases = default_phases().insert_after("organise", gain_trust)
    base = CommunityModel(world(80), world=3, luck=4, organization=Trusted, phases=phases)
    assert all(type(o) is Trusted for o in base.organizations)
    assert list(base.agents_by_type[Trusted]) == base.organizations
    base.run_spin_up()
    base.organizations[0].notes += [base.organizations[1], base.residents[2]]
    arm = base.branch(policy(**EVERYTHING))
    assert arm.organizations[0].trust == base.organizations[0].trust > 0.6
    assert arm.organizations[0].notes == [arm.organizations[1], arm.residents[2]]
    assert arm.organizations[0].model is arm
    arm.organizations[0].notes.clear()
    arm.run(12)
    assert len(base.organizations[0].notes) == 2
    assert arm.organizations[0].trust > base.organizations[0].trust


def test_another_quality_makes_another_run() -> None:
    plain, own = (
        CommunityModel(world(80), world=3, luck=4, organization=kind) for kind in (Organization, Trusted)
    )
    for run in (plain, own):
        for o in run.organizations:
            o.reputation = o.drive = o.professionalism = 0.9
        run.run(6)
    assert not np.array_equal(plain.residents.attachment, own.residents.attachment)


def test_a_class_of_ones_own_that_changes_nothing_changes_nothing() -> None:
    class Same(Organization):
        """Nothing new."""

    arms = []
    for kind in (Organization, Same):
        base = CommunityModel(world(80), world=3, luck=4, organization=kind)
        base.run_spin_up()
        arms.append(base.branch(policy(**EVERYTHING)))
        arms[-1].run(20)
    for name, one in arms[0].residents.columns().items():
        assert np.array_equal(one, arms[1].residents.columns()[name]), name
    assert [o.balance for o in arms[0].organizations] == [o.balance for o in arms[1].organizations]


def test_organizations_that_are_founded_are_of_ones_own_class_too() -> None:
    phases = default_phases().insert_after("organise", gain_trust)
    base = CommunityModel(
        world(150, life=LIVELY, run={"weeks": 60, "spin_up": 20}),
        world=3,
        luck=4,
        organization=Trusted,
        phases=phases,
    )
    base.run_spin_up()
    founded = len(base.organizations) - len(ORGANIZATIONS)
    assert founded > 0
    arm = base.branch()
    assert all(type(o) is Trusted for o in (*base.organizations, *arm.organizations))
    assert [o.trust for o in arm.organizations] == [o.trust for o in base.organizations]
    assert len({o.unique_id for o in arm.organizations}) == len(arm.organizations)
    twin = copy.deepcopy(base)
    for other in (arm, twin):
        other.run(40)
    assert len(arm.organizations) > len(base.organizations)
    assert [o.trust for o in arm.organizations] == [o.trust for o in twin.organizations]
    assert [o.balance for o in arm.organizations] == [o.balance for o in twin.organizations]
    assert np.array_equal(arm.residents.skill, twin.residents.skill)
