"""What holds in every community, whatever the policy: bounds, ledgers, no-op, determinism, locality."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.community import CommunityModel
from model.instruments.policies import NONE
from model.parameters.credits import USES
from model.state.outcomes import cells
from model.state.residents import COLUMNS
from model.week.serve.credits import value_fen
from tests.worlds import LIVELY, STATUS_QUO, policy, world

NOBODY: dict[str, Any] = {"in_service": True, "party": False}
NOWHERE: dict[str, Any] = {"name": ["choir"], "field": ["council"]}
CONTROLLED = ("grant", "award", "premises", "purchase", "project_fund")
ORGANIZATIONAL = (*CONTROLLED, "train_staff", "workstation")
FUNDED = (
    *ORGANIZATIONAL,
    "train_residents",
    "train_volunteers",
    "credits",
    "publicity",
    "paid_care",
    "order_report_settle",
)
ALLOCATIONS = ("equal", "need", "tournament", "adaptive")
UNTARGETED = (
    "party_duty",
    "party_visits",
    "order_report_settle",
    "hearing",
    "party_building",
    "party_issues",
    "relief",
)
MOBILISING = ("visit", "grid", "stewards", "co_building", *UNTARGETED)
UNFUNDED = ("ask", "published_answers", *(k for k in MOBILISING if k != "order_report_settle"))
RULES = ("registration", "merge")
ASK = {"activity": "service", "source": "visit", "every_weeks": 2}

IDLE: dict[str, dict[str, Any]] = {
    "visit": {"visits_per_year": 0.0},
    "party_duty": {"hours_per_year": 0.0},
    "party_issues": {"per_member_year": 0.0},
    "relief": {"share": 0.0},
    "co_building": {"units": []},
}
"""Instruments that are in force and yet do nothing."""

trials = settings(max_examples=25, deadline=None, derandomize=True)


@cache
def spun_up(world_seed: int = 3, luck: int = 4) -> CommunityModel:
    """A busy community in which volunteers' credits and control would be felt."""
    learning = {"c_int": 5.0}
    scenario = world(
        80,
        learning=learning,
        decision={"b_credit": 1.0, "b_control": 0.5},
        movement={"move_rate": {"local": 0.3, "migrant": 1.0}},
        life=LIVELY,
    )
    model = CommunityModel(scenario, world=world_seed, luck=luck)
    model.run_spin_up()
    return model


@st.composite
def instruments(draw: st.DrawFn) -> dict[str, Any]:
    """One instrument of any kind that may do something."""
    kind = draw(st.sampled_from((*FUNDED, *UNFUNDED, *RULES)))
    start = draw(st.none() | st.integers(-4, 20))
    end = draw(st.none() | st.integers(-4, 30))
    table: dict[str, Any] = {"kind": kind, "start": start, "end": end}
    if kind in FUNDED:
        table["amount_yuan"] = draw(st.floats(0, 2e5))
    if kind in CONTROLLED:
        table["control"] = draw(st.floats(0, 1))
    if kind in ("grant", "purchase"):
        table["allocation"] = draw(st.sampled_from(ALLOCATIONS))
    if kind == "purchase":
        table["buy_from"] = draw(st.sampled_from((["registered"], ["informal", "filed"])))
    if kind in ("purchase", "project_fund", "publicity"):
        table["price_yuan"] = draw(st.none() | st.floats(1, 3000))
    if kind == "credits":
        table["controlling"] = draw(st.floats(0, 1))
        table["uses"] = draw(st.lists(st.sampled_from(USES), min_size=1, unique=True))
        table["donate_to"] = draw(st.sampled_from(("anyone", "needs_care")))
    if kind == "ask":
        table |= ASK
        table["rule"] = draw(st.sampled_from(("random", "likely", "need")))
        table["share"] = draw(st.sampled_from((1.0, 0.3)))
    if kind == "visit":
        table["visits_per_year"] = draw(st.floats(0, 52))
    if kind == "party_duty":
        table["hours_per_year"] = draw(st.floats(0, 100))
        table |= {"posts": draw(st.booleans()), "service_days": draw(st.booleans())}
        table["appraisal"] = draw(st.floats(0, 1))
    if kind == "party_visits":
        table["every"] = draw(st.sampled_from(("month", "two_months", "quarter")))
    if kind == "grid":
        table["every_weeks"] = draw(st.integers(1, 20))
    if kind in ("visit", "grid"):
        table["courtesy"] = draw(st.floats(0, 1))
    if kind == "relief":
        table["share"] = draw(st.floats(0, 1))
    if kind == "party_building":
        table["per_quarter"] = draw(st.integers(0, 5))
    if kind == "co_building":
        table["units"] = draw(st.sampled_from((None, ["school"], ["bank", "library"])))
    if kind == "published_answers":
        table["every_weeks"] = draw(st.integers(1, 6))
    if kind == "hearing":
        table |= {"every": draw(st.sampled_from(("week", "month"))), "places": draw(st.integers(1, 9))}
    if kind == "merge":
        table["into"] = draw(st.integers(1, 5))
    if kind == "registration":
        table["founding_factor"] = draw(st.floats(0, 5))
    if kind in (*ORGANIZATIONAL, *RULES, "co_building"):
        table["target"] = draw(st.sampled_from(({}, NOWHERE, {"field": ["arts", "elder_care"]})))
    elif kind not in UNTARGETED:
        table["target"] = draw(st.sampled_from(({}, NOBODY, {"migrant": True}, {"registered": False})))
    return table


@st.composite
def nothings(draw: st.DrawFn) -> dict[str, Any]:
    """One instrument that cannot do anything: no money, nobody in the target, or never in force."""
    table = draw(instruments())
    kind = table["kind"]
    ways = ["never"]
    if kind in FUNDED:
        ways.append("no money")
    if kind not in UNTARGETED:
        ways.append("nobody")
    if kind == "ask":
        ways.append("no share")
    if kind in IDLE:
        ways.append("no strength")
    way = draw(st.sampled_from(ways))
    if way == "never":
        late = draw(st.integers(1, 20))
        table |= {"start": late, "end": draw(st.integers(-4, late - 1))}
    elif way == "no money":
        table["amount_yuan"] = 0.0
    elif way == "no share":
        table["share"] = 0.0
    elif way == "no strength":
        table |= IDLE[kind]
    else:
        table["target"] = NOWHERE if kind in (*ORGANIZATIONAL, *RULES, "co_building") else NOBODY
    return table


@trials
@given(st.lists(instruments(), max_size=4))
def test_columns_stay_within_their_bounds_and_ledgers_balance(tables: list[dict[str, Any]]) -> None:
    schemes = [t for t in tables if t["kind"] == "credits"]
    tables = [t for t in tables if t not in schemes[1:]]
    model = spun_up().branch(policy(**{f"i{n}": t for n, t in enumerate(tables)}))
    for _ in range(14):
        model.step()
        people = model.residents
        for name, column in COLUMNS.items():
            values = getattr(people, name)
            assert (values >= column.low).all(), name
            assert (values <= column.high).all(), name
        assert (people.minutes.sum(axis=1) <= people.free_minutes).all()
        assert (people.minutes % 15 == 0).all()
        assert ((people.minutes > 0) == (people.seated > 0)).all()
        offers = np.array([(people.offer == n).sum() for n in range(len(model.offers))])
        assert all(n <= o.places for n, o in zip(offers, model.offers, strict=True) if o.places >= 0)
        for account in model.government.accounts.values():
            committed = account.free + account.unreleased + account.liability + account.committed
            assert account.appropriated == account.spent + account.returned + committed
            assert min(account.free, account.unreleased, account.liability, account.spent) >= 0
        for organization in model.organizations:
            gone = organization.spent + organization.returned
            assert organization.received == gone + organization.balance
            assert organization.balance >= 0
            assert organization.alive or organization.members == organization.balance == 0
            assert min(organization.drive, organization.effort, organization.professionalism) >= 0
            assert max(organization.drive, organization.effort, organization.professionalism) <= 1
            held = (people.membership == organization.index).sum()
            assert organization.members == held
        credits = model.credit_state
        held = int(people.credit_minutes.sum())
        assert credits.issued == held + credits.spent + credits.expired + credits.cancelled
        assert (people.credit_asked <= people.credit_minutes).all()
        assert (np.flatnonzero(people.credit_asked) == np.sort(credits.queue)).all()
        assert (people.credit_minutes % 15 == 0).all()
        if credits.account is not None:
            owed = people.credit_minutes.sum() // 15 * value_fen(model)
            assert credits.account.liability == owed
        care = model.care_book
        assert care.volunteer + care.party == people.care[:, :2].sum() + care.idle
        assert care.redeemed <= 0.2 * care.volunteer
    paid = sum(o.received for o in model.organizations)
    cash = ("grant", "award", "purchase", "project_fund")
    given_ = [a for a in model.government.accounts.values() if a.instrument.kind in cash]
    units = sum(u.cash for u in model.units)
    assert units == sum(o.from_units for o in model.organizations)
    assert sum(u.in_kind for u in model.units) == sum(o.in_kind_from_units for o in model.organizations)
    fees = sum(o.fees for o in model.organizations)
    assert paid == sum(a.spent - a.administration for a in given_) + fees + units


@trials
@given(st.lists(nothings(), min_size=1, max_size=3))
def test_a_policy_that_does_nothing_changes_nothing(tables: list[dict[str, Any]]) -> None:
    schemes = [t for t in tables if t["kind"] == "credits"]
    tables = [t for t in tables if t not in schemes[1:]]
    plain = spun_up().branch(NONE)
    idle = spun_up().branch(policy(**{f"i{n}": t for n, t in enumerate(tables)}))
    plain.run(24)
    idle.run(24)
    without, with_ = plain.records.arrays(), idle.records.arrays()
    ours = len(plain.records.accounts)
    assert (with_["money"][:, ours:] == 0).all()
    with_["money"] = with_["money"][:, :ours]
    for name, values in without.items():
        np.testing.assert_array_equal(with_[name], values, err_msg=name)
    for name, column in plain.residents.columns().items():
        assert column.tobytes() == getattr(idle.residents, name).tobytes(), name


def test_a_policy_that_does_something_is_not_taken_for_nothing() -> None:
    plain, busy = spun_up().branch(NONE), spun_up().branch(policy(p={"kind": "party_duty"}))
    plain.run(24)
    busy.run(24)
    assert not np.array_equal(plain.records.arrays()["counts"], busy.records.arrays()["counts"])


@trials
@given(st.lists(instruments(), min_size=1, max_size=3))
def test_the_same_people_move_in_all_arms(tables: list[dict[str, Any]]) -> None:
    schemes = [t for t in tables if t["kind"] == "credits"]
    tables = [t for t in tables if t not in schemes[1:]]
    plain = spun_up().branch(NONE)
    busy = spun_up().branch(policy(**{f"i{n}": t for n, t in enumerate(tables)}))
    before = plain.residents.id.copy()
    for _ in range(14):
        plain.step()
        busy.step()
        for name, column in COLUMNS.items():
            if column.kind == "static" or name == "arrival":
                assert np.array_equal(getattr(plain.residents, name), getattr(busy.residents, name)), name
        assert np.array_equal(plain.branch_office.pairs, busy.branch_office.pairs)
    assert (plain.residents.id != before).sum() > 3
    assert len(np.unique(plain.residents.id)) == len(before)
    assert np.array_equal(plain.grouping.cell, cells(plain.residents))


def test_without_movement_the_people_stay() -> None:
    still = CommunityModel(world(80, movement={"move_rate": {"local": 0.0, "migrant": 0.0}}), world=3, luck=4)
    before = still.residents.id.copy()
    still.run(20)
    assert np.array_equal(still.residents.id, before)
    assert still.moves.figures() == {"moved": 0, "memberships_moved": 0}


CHILD = """
import hashlib
from model.community import CommunityModel
from tests.worlds import EVERYTHING, policy, world
scenario = world(11_500, network={"well_mixed": 0.5})
model = CommunityModel(scenario, world=5, luck=6)
model.run_spin_up()
arm = model.branch(policy(**EVERYTHING))
arm.run(5)
digest = hashlib.sha256()
for column in arm.residents.columns().values():
    digest.update(column.tobytes())
for table in arm.records.arrays().values():
    digest.update(table.tobytes())
print(digest.hexdigest())
"""


def test_same_seeds_give_the_same_bits_with_one_two_and_four_threads() -> None:
    """Each in a process of its own; three blocks of rows, so that threads share the work."""
    found = {}
    for threads in ("1", "2", "4"):
        forced = {"GONGZHI_THREADS": threads, "GONGZHI_FORCE_PARALLEL": "0" if threads == "1" else "1"}
        child = subprocess.run(
            [sys.executable, "-c", CHILD],
            env=os.environ | forced,
            capture_output=True,
            text=True,
            check=False,
        )
        assert child.returncode == 0, child.stderr
        found[threads] = child.stdout.strip()
    assert len(set(found.values())) == 1, found


def distances(model: CommunityModel, sources: np.ndarray[Any, Any]) -> list[int]:
    """Steps along ties from the nearest of ``sources`` (bool[n]); n where no way leads."""
    merged = model.network.merged
    far = len(sources)
    steps = [0 if s else far for s in sources.tolist()]
    edge = [i for i, s in enumerate(steps) if s == 0]
    while edge:
        reached = []
        for i in edge:
            for j in merged.indices[merged.indptr[i] : merged.indptr[i + 1]].tolist():
                if steps[j] == far:
                    steps[j] = steps[i] + 1
                    reached.append(j)
        edge = reached
    return steps


SPARSE = {"household": 1.0, "cell": 0.0, "friends": 0.6, "work": 0.0, "branch": 0.0, "weak": 0.0}
ROOMY = {
    "choir": {"fields": ["arts"], "members": 20, "lent_sessions": 2.0, "open_air": True},
    "helpers": {"fields": ["elder_care"], "members": 20, "lent_sessions": 2.0, "open_air": True},
}


@pytest.mark.parametrize("luck", [1, 2, 3])
@pytest.mark.parametrize(
    "trial",
    [
        {"kind": "train_residents", "amount_yuan": 500_000.0, "target": {"needs_care": True}},
        {
            "kind": "ask",
            "activity": "culture",
            "source": "member",
            "every_weeks": 1,
            "target": {"needs_care": True},
        },
    ],
    ids=["training", "asks"],
)
def test_effects_travel_one_tie_a_week(trial: dict[str, Any], luck: int) -> None:
    """Where nothing is rationed or depends on members, who is d ties away is untouched for d weeks."""
    scenario = world(
        300,
        population={"households": 200, "age_share": {"under_16": 0.0, "16-24": 0.284}},
        network={"layer_weight": SPARSE, "degree": {"friends": 2.0}, "rewired": 0.0},
        organization=ROOMY,
        organizations={"sessions_per_member": 10.0},
        sitting={},
        status_quo={"base": STATUS_QUO["base"]},
        mobilisation={"ask_rate": 0.9},
        life={"hazard": {"informal": 0.0}, "founding_rate": 0.0, "fee_yuan": 0.0, "filing_rate": 0.0},
    )
    model = CommunityModel(scenario, world=1, luck=luck)
    model.run_spin_up()
    away = np.array(distances(model, model.residents.needs_care != 0))
    assert set(away[away < len(away)].tolist()) >= {0, 1, 2, 3}
    plain, treated = model.branch(NONE), model.branch(policy(trial=trial))
    for weeks in range(1, 7):
        plain.step()
        treated.step()
        assert plain.offers == treated.offers
        same = np.ones(len(away), bool)
        for name, column in plain.residents.columns().items():
            rows = getattr(treated.residents, name).reshape(len(away), -1) == column.reshape(len(away), -1)
            same &= rows.all(axis=1)
        assert same[away >= weeks].all(), f"week {weeks}: rows {np.flatnonzero(~same & (away >= weeks))}"
        assert not same[away == 0].all()
    assert not same[away > 0].all()
