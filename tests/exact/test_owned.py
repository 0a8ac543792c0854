"""Does no arm ever change another, and does every field of the state say whose it is?"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest

import model.state
from model.community import CommunityModel
from model.core.errors import GongzhiError
from model.core.owned import Anew, Own, Shared, State, copied
from model.district.district import DistrictModel
from model.instruments.policies import NONE, Policy
from model.parameters.population import AGE_BANDS
from model.scenario.scenario import Scenario
from model.state.community import Community
from model.state.organizations import Organization
from tests.apart import Field, Model, refuse_unless_apart, state
from tests.district_worlds import district
from tests.worlds import (
    EVERYTHING,
    GOVERNED,
    LIVELY,
    PARTY,
    SEVERAL,
    policy,
    world,
)

GIVING = {
    "credits": {
        "kind": "credits",
        "amount_yuan": 9_000.0,
        "uses": ["goods", "service", "save", "donate"],
        "donate_to": "anyone",
    }
}
EARLY = {
    **EVERYTHING,
    "merger": {**EVERYTHING["merger"], "start": 6},
    "stewards": {"kind": "stewards"},
    "building": {"kind": "party_building", "per_quarter": 2},
}
MOVING = {"move_rate": {"local": 0.2, "migrant": 0.4}}


class Guest(Organization):
    """A class of a user's, with something of its own."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.diary: list[int] = []


WORLDS: dict[str, Callable[[], tuple[Scenario, Policy]]] = {
    "everything": lambda: (world(), policy(**EVERYTHING)),
    "early": lambda: (world(life=LIVELY, movement=MOVING), policy(**EARLY)),
    "party": lambda: (world(population={"party_share": 0.5}), policy(**PARTY)),
    "governed": lambda: (world(organization=SEVERAL), policy(**GOVERNED)),
    "lively": lambda: (world(250, life=LIVELY), NONE),
    "giving": lambda: (world(movement=MOVING), policy(**GIVING)),
    "capped": lambda: (world(government={"budget_yuan": 50_000.0}), policy(**GOVERNED)),
    "discouraged": lambda: (world(issues={"issue_rate": 0.2, "issue_efficacy": -4.0}), NONE),
    "loaded": lambda: (world(committee={"task_share": 0.8, "load": 0.9}), policy(**PARTY)),
    "alone": lambda: (world(2, organization={}, population={"households": 1}), policy(**GIVING)),
    "unheld": lambda: (world(issues={"quorum": 0.0}, season={"n": {"weeks": [1, 52], "service": 0.1}}), NONE),
    "guests": lambda: (world(life=LIVELY), policy(**EVERYTHING)),
    "redeeming": lambda: (
        world(
            credits={"spend_from": 1.0, "spend_rate": 0.9, "enrol_rate": 1.0, "expiry_weeks": 6},
            population={"needs_care": dict.fromkeys(AGE_BANDS, 0.4)},
            movement=MOVING,
            status_quo={"bank": {**GIVING["credits"], "amount_yuan": 90_000.0}},
        ),
        policy(care={"kind": "paid_care", "amount_yuan": 9_000.0}),
    ),
    "standing": lambda: (world(organization=SEVERAL, status_quo=GOVERNED), policy(**PARTY)),
    "district": lambda: (district(3, life=LIVELY, movement=MOVING), policy(**EVERYTHING)),
}
"""Worlds in which what ordinary ones seldom do happens within weeks."""


def spun_up(name: str) -> tuple[Model, Policy]:
    """A world of `WORLDS` after its spin-up, or some weeks later, when contracts stand and credits are held;
    and the arm's policy."""
    scenario, arm = WORLDS[name]()
    kind = DistrictModel if scenario.district.communities else CommunityModel
    base = kind(scenario, world=3, luck=4, organization=Guest if name == "guests" else Organization)
    base.run(12 if name in ("standing", "redeeming") else 0)
    return base, arm


@pytest.mark.parametrize("name", WORLDS)
def test_no_week_of_an_arm_changes_its_source_or_its_sister(name: str) -> None:
    refuse_unless_apart(*spun_up(name))


def states() -> list[type[State]]:
    """Every class of the state."""
    for found in pkgutil.iter_modules(model.state.__path__):
        importlib.import_module(f"model.state.{found.name}")
    left, classes = [State], []
    while left:
        classes.append(left.pop())
        left += [c for c in classes[-1].__subclasses__() if c.__module__.startswith("model.")]
    # a dataclass with slots is made of another class of its name, which nobody has
    there = [
        c for c in dict.fromkeys(classes) if vars(importlib.import_module(c.__module__)).get(c.__name__) is c
    ]
    return [c for c in there if c.ownership]


@cache
def changed() -> dict[tuple[str, str], str]:
    """The fields by class and name that an arm changes within 20 weeks, and a world in which it does."""
    found: dict[tuple[str, str], str] = {}
    for name in ("early", "governed", "giving", "party", "lively", "standing", "redeeming"):
        base, policy = spun_up(name)
        arm = base.branch(policy)
        first = state(arm)
        arm.run(20)
        last = state(arm)
        for at, field in first.items():
            if field.kind == "Own" and at in last and last[at].hash != field.hash:
                found.setdefault((field.of, field.name), name)
    return found


def plant(monkeypatch: pytest.MonkeyPatch, of: str, name: str) -> None:
    """Declare a field shared that an arm changes."""
    for kind in states():
        if kind.__name__ == of or (of == "CommunityModel" and kind.__name__ == "Community"):
            monkeypatch.setattr(kind, "ownership", {**kind.ownership, name: "Shared"})


CLASSES = [
    "Account",
    "CareBook",
    "CommunityModel",
    "Contract",
    "CreditState",
    "Government",
    "Grouping",
    "Income",
    "IssueBook",
    "Lately",
    "LifeBook",
    "Moves",
    "Organization",
    "PartyBranch",
    "ResidentUnit",
    "Residents",
    "ResidentsCommittee",
    "WeekPlan",
]


def test_every_class_of_the_state_changes_in_some_world() -> None:
    assert sorted({of for of, _ in changed()}) == sorted(CLASSES)


@pytest.mark.parametrize("of", CLASSES)
def test_a_field_that_is_wrongly_shared_is_found(of: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, where = next((name, where) for (kind, name), where in changed().items() if kind == of)
    base, policy = spun_up(where)
    plant(monkeypatch, of, name)
    with pytest.raises((AssertionError, GongzhiError)):
        refuse_unless_apart(base, policy)


@pytest.mark.slow
def test_every_field_that_is_wrongly_shared_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    for (of, name), where in changed().items():
        base, policy = spun_up(where)
        with monkeypatch.context() as planted:
            plant(planted, of, name)
            with pytest.raises((AssertionError, GongzhiError)):
                refuse_unless_apart(base, policy)


def test_a_field_that_does_not_say_whose_it_is_fails_at_import() -> None:
    with pytest.raises(TypeError, match=r"Purse\.money does not say whose it is.*of int"):

        class Purse(State):
            money: int


CLOSED = [kind for kind in states() if not issubclass(kind, Community)]
"""All but the model, which is open to its users as any `mesa.Model`: see what the weeks leave on it."""


@pytest.mark.parametrize("kind", CLOSED, ids=lambda kind: kind.__name__)
def test_what_nobody_declared_cannot_be_assigned(kind: type[State]) -> None:
    with pytest.raises((AttributeError, GongzhiError)):
        object.__new__(kind).nonsense = 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["early", "district"])
def test_the_weeks_leave_on_a_model_only_what_is_declared(name: str) -> None:
    import mesa

    base, policy = spun_up(name)
    arm = base.branch(policy)
    arm.run(20)
    of_mesa = {*vars(mesa.Model()), "_registered"}
    for one in arm.communities if isinstance(arm, DistrictModel) else (arm,):
        assert not set(vars(one)) - set(one.ownership) - of_mesa
        assert not set(one.ownership) - set(vars(one))


def test_everything_in_the_rooms_of_the_state_that_can_change_is_declared() -> None:
    fixed = {"Records", "Resident", "Receiver", "_Edges"}  # anew in every arm; views; not kept
    loose = []
    for found in pkgutil.iter_modules(model.state.__path__):
        module = importlib.import_module(f"model.state.{found.name}")
        for name, kind in vars(module).items():
            if not isinstance(kind, type) or kind.__module__ != module.__name__ or name in fixed:
                continue
            frozen = getattr(getattr(kind, "__dataclass_params__", None), "frozen", False)
            if not issubclass(kind, State | tuple) and not frozen:
                loose.append(f"{module.__name__}.{name}")
    assert not loose, f"neither a State nor fixed: {', '.join(loose)}"


def test_what_a_copy_makes_of_values() -> None:
    @dataclass(slots=True)
    class Inner(State):
        numbers: Own[dict[str, list[int]]]

    @dataclass(slots=True)
    class Outer(State):
        first: Own[Inner]
        again: Own[tuple[Inner, int]]
        fixed: Own[np.ndarray]
        same: Shared[list[int]]
        not_taken: Anew[int]

    inner = Inner({"a": [1, 2]})
    array = np.arange(3)
    array.flags.writeable = False
    old = Outer(inner, (inner, 1), array, [1], 7)
    new = copied(old, {})
    assert new.first is new.again[0], "one object stays one object"
    assert new.first is not inner
    new.first.numbers["a"].append(3)
    assert inner.numbers == {"a": [1, 2]}
    assert not np.shares_memory(new.fixed, array)
    assert not new.fixed.flags.writeable
    assert new.same is old.same
    assert not hasattr(new, "not_taken")


def test_the_wrong_world_is_not_a_right_answer() -> None:
    """The hashes see a change of any kind: a number, an array, a list in a table."""
    base, _ = spun_up("everything")
    assert isinstance(base, CommunityModel)
    before = state(base)
    base.organizations[0].lately.refused[2] += 1
    base.residents.skill[0] += 0.25
    base.moves.moved += 1
    now = state(base)
    moved = {(f.of, f.name) for at, f in now.items() if before[at] != f}
    assert moved == {("Lately", "refused"), ("Residents", "skill"), ("Moves", "moved")}
    assert Field("Moves", "moved", "Own", before["0.moves.moved"].hash) == before["0.moves.moved"]


class Named(Organization):
    """With an assignment of its own, which calls ours."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.trust = 0.5

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value * 2 if name == "trust" else value)


class Below(Named):
    """Inherits that assignment."""


class Loud:
    """A mixin with an assignment."""

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value * 4 if name == "trust" else value)


class Mixed(Loud, Organization):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.trust = 0.5


@pytest.mark.parametrize(("kind", "trust"), [(Named, 1.0), (Below, 1.0), (Mixed, 2.0)])
def test_assignments_of_a_users_class_are_used(kind: type[Organization], trust: float) -> None:
    base = CommunityModel(world(), world=1, luck=2, organization=kind)
    base.run_spin_up()
    arm = base.branch()
    assert [o.trust for o in arm.organizations] == [trust] * len(arm.organizations)  # type: ignore[attr-defined]


def test_a_model_of_a_users_may_have_fields_of_its_own() -> None:
    class Mine(CommunityModel):
        extra: int = 3

    model = Mine(world(), world=1, luck=2)
    model.step()
    assert model.extra == 3


def test_annotations_may_be_values() -> None:
    namespace: dict[str, Any] = {"State": State, "Own": Own, "Shared": Shared, "Mapping": dict}
    source = (
        "from typing import ClassVar\nclass Purse(State):\n    a: Own[int] = 0\n    b: Shared[str] = ''\n"
        "    c: ClassVar[int] = 1\n    __slots__ = ()"
    ).replace("    a: Own[int] = 0\n    b: Shared[str] = ''", "    a: Own[int]\n    b: Shared[str]")
    exec(compile(source, "values", "exec", dont_inherit=True), namespace)
    assert namespace["Purse"].ownership == {"a": "Own", "b": "Shared"}


def test_a_branch_from_within_a_week_goes_on_as_its_source() -> None:
    base = CommunityModel(world(status_quo={"tours": {"kind": "grid", "every_weeks": 1}}), world=1, luck=2)
    base.run_spin_up()
    base.begin_week()
    middle = base.schedule.position("ask")
    for phase in base.schedule[:middle]:
        base.run_phase(phase)
    arm = base.branch()
    for one in (base, arm):
        for phase in one.schedule[middle:]:
            one.run_phase(phase)
        one.run(3)
    for name, column in base.residents.columns().items():
        assert np.array_equal(column, arm.residents.columns()[name]), name
