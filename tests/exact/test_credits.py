"""Are credits used, waited for, given, saved and cancelled, and is care given, as the ODD says?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from model.community import CommunityModel
from model.core.errors import GongzhiError
from model.instruments.credits import CreditScheme
from model.parameters.population import AGE_BANDS
from model.start.population import Inputs
from model.week.serve.care import check_care, in_order
from tests.exact.test_oracle import EAGER, both, live, same
from tests.reference_model import ReferenceModel, reference_of
from tests.worlds import EVERYTHING, STATUS_QUO, policy, world

ALL_USES = ["goods", "service", "save", "donate"]
EVEN = dict.fromkeys(ALL_USES, 0.25)
HEALTHY = dict.fromkeys(AGE_BANDS, 0.0)
SCHEME: dict[str, Any] = {"kind": "credits", "amount_yuan": 9_000.0, "uses": ALL_USES, "end": 40}
OLD_AGE = {"age_share": {"under_16": 0.0, "16-24": 0.084, "70+": 0.283}}
LONG = {**EAGER, "expiry_weeks": 30}
CARING = {
    "paid": {
        "kind": "paid_care",
        "amount_yuan": 20_000.0,
        "price_yuan": 30.2,
        "target": {"age_band": ["60-69", "70+"]},
        "start": 12,
        "end": 50,
    },
    "more": {"kind": "paid_care", "amount_yuan": 9_000.0, "start": 20},
    "duty": {"kind": "party_duty", "hours_per_year": 400.0},
}

CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a queue that binds": (
        {"credits": {**LONG, "use_share": EVEN}},
        {"credits": {**SCHEME, "uses": ["service", "goods"]}},
    ),
    "all uses": (
        {"credits": {**EAGER, "use_share": EVEN, "redeem_share": 1.0}, "population": OLD_AGE},
        {"credits": SCHEME, **CARING},
    ),
    "gifts to anyone": (
        {"credits": {**EAGER, "use_share": {"donate": 0.6}, "donate_hours": 2}},
        {"credits": {**SCHEME, "uses": ["donate", "save", "service"], "donate_to": "anyone"}},
    ),
    "gifts alone": (
        {"credits": {**EAGER, "expiry_weeks": 1, "use_share": {"donate": 0.0}, "redeem_share": 0.0}},
        {"credits": {**SCHEME, "uses": ["donate"]}},
    ),
    "nobody to give to": (
        {
            "credits": EAGER,
            "population": {"needs_care": HEALTHY},
        },
        {"credits": {**SCHEME, "uses": ["donate"]}, **CARING},
    ),
    "care alone": (
        {"care": {"care_hours": {**dict.fromkeys(AGE_BANDS, 0.55), "60-69": 1.1}}, "population": OLD_AGE},
        CARING,
    ),
}  # fmt: skip


def lived(name: str, weeks: int = 60) -> tuple[CommunityModel, ReferenceModel]:
    """A case, compared after each phase."""
    tables, instruments = CASES[name]
    own = {**tables, "population": {"persons": 90, "households": 36, **tables.get("population", {})}}
    model, reference = both(world(90, decision={"b_credit": 2.0}, **own))
    live(model, reference, 3)
    arm = policy(**instruments)
    model, reference = model.branch(arm), reference.branch(arm)
    live(model, reference, weeks)
    return model, reference


@pytest.mark.parametrize("name", CASES)
def test_credits_and_care_are_as_the_odd_says(name: str) -> None:
    model, _ = lived(name)
    figures = [dict(zip(names(), week, strict=True)) for week in model.records.weekly]
    last = figures[-1]
    if name == "a queue that binds":
        assert last["credits_completed_requests"] > 5
        assert last["credits_waited_weeks"] > last["credits_completed_requests"]
        assert max(w["credits_waiting_requests"] for w in figures) > 3
        assert last["credits_expired_minutes"] > 0
        assert min(w["credits_liquidity"] for w in figures) < 2**39
        assert any(w["care_redeemed_minutes"] % 60 for w in figures)
    if name in ("all uses", "gifts to anyone"):
        assert last["credits_saved_minutes"] > 0
        assert last["credits_donated_minutes"] > 0
        assert last["credits_completed_requests"] > 0
        assert model.government.accounts["trial.credits"].liability > 0
    if name == "all uses":
        assert max(w["care_given_party_minutes"] for w in figures) > 0
        assert all(model.government.accounts[f"trial.{n}"].spent > 0 for n in ("paid", "more"))
    if name == "gifts alone":
        assert last["credits_spent_minutes"] == 0 < last["credits_donated_minutes"]
    if name == "nobody to give to":
        assert last["credits_donated_minutes"] == 0 < last["credits_expired_minutes"]
        assert model.government.accounts["trial.more"].spent == 0
    if name == "care alone":
        assert max(w["care_unmet_persons"] for w in figures) > 0
        assert max(w["care_idle_minutes"] for w in figures) > 0


def names() -> tuple[str, ...]:
    """The figures of a week."""
    from model.state.outcomes import WEEKLY

    return WEEKLY


@pytest.mark.parametrize("end", [20, 60])
def test_movers_leave_their_credits_and_requests_behind(end: int) -> None:
    scheme = {**SCHEME, "uses": ["service", "donate"], "end": end}
    scenario = world(
        90,
        credits={**LONG, "use_share": {"donate": 0.3}},
        movement={"move_rate": {"local": 2.0, "migrant": 3.0}},
    )
    model, reference = both(scenario)
    live(model, reference, 3)
    model, reference = model.branch(policy(credits=scheme)), reference.branch(policy(credits=scheme))
    waiting = 0
    for _ in range(34):
        live(model, reference, 1)
        waiting = max(waiting, len(model.credit_state.queue))
    assert model.credit_state.cancelled > 0
    assert waiting > 0
    assert (model.government.accounts["trial.credits"].returned > 0) == (end == 20)


def test_arms_part_with_queues_of_their_own() -> None:
    """Both go on from requests that wait, and neither serves the other's."""
    scheme = {**SCHEME, "uses": ["service", "save"]}
    scenario = world(
        90,
        run={"spin_up": 25},
        credits=LONG,
        decision={"b_credit": 2.0},
        status_quo={**STATUS_QUO, "credits": scheme},
    )
    model, reference = both(scenario)
    live(model, reference, 25)
    while len(model.credit_state.queue) == 0:
        assert model.week < 40, "nobody waits for service"
        live(model, reference, 1)
    arm, other = model.branch(policy(**CARING)), reference.branch(policy(**CARING))
    live(arm, other, 8)
    live(model, reference, 8)


def opened(minutes: Any, **credits: Any) -> CommunityModel:
    """A community whose residents hold credits when they are first seen."""
    table = {"credit_minutes": np.resize(minutes, 49), "enrolled": np.ones(49, bool)}
    stay = {"move_rate": {"local": 0.0, "migrant": 0.0}}
    scenario = world(60, credits=credits, movement=stay)
    return CommunityModel(scenario, world=1, luck=2, inputs=Inputs(table))


@pytest.mark.parametrize("expiry", [1, 4, 104])
def test_balances_from_before_come_with_their_reserve(expiry: int) -> None:
    model = opened([0, 15, 600, 40_020], expiry_weeks=expiry)
    reference = reference_of(model)
    held = int(model.residents.credit_minutes.sum())
    live(model, reference, 3)
    assert model.residents.credit_minutes.sum() == held == model.credit_state.issued
    arm = policy(credits={**SCHEME, "price_yuan": 10.0, "end": 52})
    model, reference = model.branch(arm), reference.branch(arm)
    live(model, reference, 8)
    account = model.government.accounts["trial.credits"]
    assert account.appropriated == held // 15 * 250 + 900_000
    assert (model.credit_state.expired > held // 2) == (expiry < 8)


def test_a_scheme_that_never_runs_leaves_balances_alone() -> None:
    model = opened([120])
    arm = model.branch(policy(credits={**SCHEME, "amount_yuan": 0.0}))
    arm.run(10)
    assert (arm.residents.credit_minutes == 120).all()
    assert (arm.residents.enrolled == 1).all()
    assert not any(arm.government.accounts["trial.credits"].row())


def test_goods_alone_is_the_default() -> None:
    scenario = world(credits={**EAGER, "use_share": {"goods": 0.1, "save": 0.9}})
    model = CommunityModel(scenario, world=3, luck=4)
    model.run_spin_up()
    plain = {**SCHEME}
    del plain["uses"]
    arms = [model.branch(policy(credits=s)) for s in (plain, {**SCHEME, "uses": ["goods"]})]
    for arm in arms:
        arm.run(30)
    first, second = (arm.residents.columns() for arm in arms)
    assert all(first[name].tobytes() == second[name].tobytes() for name in first)
    assert (arms[0].residents.credit_use == 0).all()


def test_preferred_uses_follow_the_shares() -> None:
    """Binomial counts of 8,100 adults, within four standard errors; the same in every arm and luck."""
    scenario = world(10_000, organization={}, sitting={}, status_quo={})
    model = CommunityModel(scenario, world=5, luck=6)
    arms = [
        CommunityModel(scenario, policy(credits=s), world=5, luck=luck)
        for luck, s in ((6, {**SCHEME, "uses": ["service", "goods"]}), (7, {**SCHEME, "start": -1}))
    ]
    n, uses = len(model.residents), []
    for arm in arms:
        arm.week = 0
        arm.step()
        uses.append(arm.residents.credit_use.copy())
    assert abs((uses[0] == 1).mean() - 7 / 9) < 4 * np.sqrt(14 / 81 / n)
    care = model.residents.needs_care != 0
    for code, share in enumerate((0.2, 0.7, 0.1, 0.0)):
        got = (uses[1][~care] == code).mean()
        assert abs(got - share) < 4 * np.sqrt(share * (1 - share) / (~care).sum()) + 1e-12
    assert (uses[1][care] == 1).all()


def test_whoever_stands_first_is_served_first() -> None:
    assert in_order(np.array([30, 0, 45, 60]), 60).tolist() == [30, 0, 30, 0]
    assert in_order(np.array([30, 45]), 0).tolist() == [0, 0]
    assert in_order(np.array([30, 45]), 900).tolist() == [30, 45]
    assert in_order(np.array([], np.int64), 900).tolist() == []


@pytest.mark.parametrize(
    "wrong", [{"uses": []}, {"uses": ["goods", "goods"]}, {"uses": ["cash"]}, {"donate_to": "me"}]
)
def test_a_scheme_says_what_it_allows(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"uses|donate_to"):
        CreditScheme.model_validate({"kind": "credits", "amount_yuan": 1.0, **wrong})


def test_balances_are_whole_quarters_of_an_hour() -> None:
    with pytest.raises(GongzhiError, match="row 2"):
        opened([30, 45, 10])


@pytest.mark.parametrize("name", ["credits", "care", "liability"])
def test_the_ledgers_see_one_minute(name: str) -> None:
    model = CommunityModel(
        world(90, status_quo={**STATUS_QUO, "credits": EVERYTHING["credits"]}), world=1, luck=2
    )
    model.run_spin_up()
    if name == "credits":
        model.credit_state.spent += 1
    elif name == "care":
        model.care_book.idle += 1
        with pytest.raises(GongzhiError, match="bug in gongzhi"):
            check_care(model)
        return
    else:
        model.government.accounts["status_quo.credits"].liability += 1
        model.government.accounts["status_quo.credits"].free -= 1
    with pytest.raises(GongzhiError, match="bug in gongzhi"):
        model.step()


def test_the_harness_sees_the_queue() -> None:
    model, reference = both(world())
    live(model, reference, 1)
    reference.credits.queue.append(reference.residents[0])
    with pytest.raises(AssertionError, match="queue"):
        same(model, reference, "nothing")
