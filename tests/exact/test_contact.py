"""P6: is participation an inverted U in the frequency of contact, by the formula and in what residents do?"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from model.community import CommunityModel
from model.parameters.decision import TERMS
from tests.worlds import policy, world

EVERY = (26, 13, 8, 4, 2, 1)
"""Weeks between two contacts, from rare to frequent."""


@cache
def asked_term(every: int | None, courtesy: float = 0.0) -> float:
    """Mean of A over residents, activities and two rounds of contact, once fatigue has settled."""
    scenario = world(
        90,
        decision={"b_fatigue": 0.15},
        mobilisation={"ask_rate": 0.0},
        movement={"move_rate": {"local": 0.0, "migrant": 0.0}},
        committee={"staff_per_1000": 1000.0},
        status_quo={},
    )
    grid = {} if every is None else {"grid": {"kind": "grid", "every_weeks": every, "courtesy": courtesy}}
    model = CommunityModel(scenario, world=1, luck=2)
    model.run_spin_up()
    arm = model.branch(policy(**grid))
    arm.schedule = arm.schedule.only("plan", "mobilise", "ask", "decide")
    arm.terms_kept = np.zeros((len(arm.residents), 3, len(TERMS)))
    for _ in range(52):
        arm.step()
    total = 0.0
    for _ in range(52):
        arm.step()
        total += float(arm.terms_kept[:, :, TERMS.index("asked")].mean())
    return total / 52


def test_contact_helps_until_it_tires() -> None:
    """The hump is in the formula (wired): asks saturate, fatigue beyond the free contacts grows."""
    terms = [asked_term(None), *(asked_term(every) for every in EVERY)]
    best = int(np.argmax(terms))
    assert 0 < best < len(terms) - 1
    assert (np.diff(terms)[:best] > 0).all()
    assert (np.diff(terms)[best:] < 0).all()
    assert terms[-1] < terms[0] == 0.0


def test_courteous_contact_does_not_tire() -> None:
    terms = [asked_term(every, 1.0) for every in EVERY]
    assert (np.diff(terms) > 0).all()


@pytest.mark.parametrize("every", [4, 1])
def test_fatigue_is_that_of_the_formula(every: int) -> None:
    """Contacts every m weeks settle at F = 1 / (1 - keep^m) in the week of a contact."""
    scenario = world(
        90, committee={"staff_per_1000": 1000.0}, movement={"move_rate": {"local": 0.0, "migrant": 0.0}}
    )
    model = CommunityModel(scenario, world=1, luck=2)
    model.run_spin_up()
    arm = model.branch(policy(grid={"kind": "grid", "every_weeks": every}))
    arm.schedule = arm.schedule.only("mobilise")
    arm.run(400)
    keep = 0.5 ** (1 / 8)
    assert arm.residents.fatigue.max() == pytest.approx(1 / (1 - keep**every), rel=1e-9)
