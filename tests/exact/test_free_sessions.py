"""Free sessions, in the open or in homes: by them a newborn association lives (ODD 7.4, 7.12 e)."""

from __future__ import annotations

import pytest

from experiments.loading.load import load
from model.community import CommunityModel
from model.state.organizations import Organization
from model.week.organise.endings import mergers
from tests.worlds import policy, world


def lone(**spec: object) -> CommunityModel:
    """A community with one informal group of ten, which has no money."""
    group = {"fields": ["sport"], "members": 10, "drive": 1.0, **spec}
    return CommunityModel(
        world(organization={"tai_chi": group}, status_quo={}, life={"founding_rate": 0.0, "fee_yuan": 0.0}),
        world=1,
        luck=2,
    )


@pytest.mark.parametrize(("free", "held"), [(0.0, 0), (0.5, 10), (1.0, 20), (9.0, 40)])
def test_sessions_without_money(free: float, held: int) -> None:
    """Twenty weeks at drive 1; ten members carry two sessions a week at most."""
    model = lone(free_sessions=free, drive=1.0)
    group = model.organizations[0]
    for _ in range(20):
        model.step()
        group.members, group.drive = 10, 1.0
    assert group.sessions_held == held
    assert (group.spent, group.in_kind, group.balance) == (0, 0, 0)


def test_money_pays_for_what_is_not_free() -> None:
    """One of the two sessions a week is free, the other costs 50 yuan and a rented room of 40."""
    model = lone(free_sessions=1.0, balance_yuan=1_000_000.0)
    group = model.organizations[0]
    model.step()
    assert group.sessions_held == 2
    assert group.spent == 9_000


def test_free_places_pass_over_in_a_merger() -> None:
    groups = {
        name: {"fields": ["arts"], "members": n, "free_sessions": free}
        for name, n, free in (("choir", 3, 0.5), ("drums", 9, 2.0))
    }
    arm = CommunityModel(world(organization=groups), world=1, luck=2).branch(
        policy(merger={"kind": "merge", "into": 1, "start": 1})
    )
    arm.week = 1
    mergers(arm)
    assert [o.free_sessions for o in arm.organizations[:2]] == [0.0, 2.5]


def born_in(newborn_sessions: float) -> list[Organization]:
    """The associations founded in five years in a community of 3,644 persons of the district."""
    district = load("district110").scenario
    alone = district.model_copy(
        update={
            "district": district.district.model_copy(update={"communities": 0, "simulated": 0}),
            "life": district.life.model_copy(
                update={"newborn_sessions": newborn_sessions, "organizations_cap": 30}
            ),
            "status_quo": {},
            "policy": {},
        }
    )
    model = CommunityModel(alone, world=1, luck=1)
    model.run_spin_up()
    model.run(156)
    return [o for o in model.organizations if o.name.startswith("founded")]


def test_a_newborn_lives_by_them() -> None:
    """With free places some meet every other week, grow and are filed; without they hardly ever meet."""
    with_places, without = born_in(0.5), born_in(0.0)
    assert max(o.sessions_held for o in with_places) > 52
    assert any(o.legal_form != "informal" for o in with_places)
    assert max(o.sessions_held for o in without) < 26
    assert max(o.members for o in with_places) > 20 > max(o.members for o in without)
