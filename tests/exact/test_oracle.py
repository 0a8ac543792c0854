"""Do the kernels do what the ODD says, to the bit?

Both models live through the same weeks, phase by phase; after each phase every column, organization, account
and offer has to be the same.
"""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from typing import Any

import numpy as np
import pytest

from model.community import CommunityModel
from model.instruments.policies import NONE, Policy
from model.parameters.decision import TERMS
from model.scenario.scenario import Scenario
from model.state import outcomes
from tests.reference_model import ReferenceModel, reference_of
from tests.worlds import (
    EVERYTHING,
    GOVERNED,
    LIVELY,
    ORGANIZATIONS,
    PARTY,
    SEVERAL,
    STATUS_QUO,
    policy,
    world,
)

OF_ORGANIZATION = (
    "members",
    "balance",
    "received",
    "spent",
    "in_kind",
    "from_units",
    "in_kind_from_units",
    "professionalism",
    "drive",
    "reputation",
    "carry",
    "year_attendances",
    "granted",
    "received_by",
    "income",
    "controlled",
    "id",
    "name",
    "fields",
    "legal_form",
    "lent_sessions",
    "free_sessions",
    "alive",
    "returned",
    "fees",
    "dependence",
    "effort",
)
OF_ACCOUNT = (
    "appropriated",
    "spent",
    "returned",
    "free",
    "unreleased",
    "liability",
    "committed",
    "in_kind",
    "granted",
    "administration",
)
OF_OFFER = ("organization", "activity", "field", "slot", "sessions", "places")
WEEKS = 60


def bits(values: Any, dtype: Any) -> Any:
    """``values`` as an array in which equal means equal bits."""
    array = np.array(values, dtype=dtype)
    return array.view(np.uint64) if array.dtype == np.float64 else array


def same(model: CommunityModel, reference: ReferenceModel, phase: str) -> None:
    """Raise AssertionError at the first difference: week, phase, what, row, both values."""
    at = f"week {model.week}, after {phase}"
    assert model.week == reference.week, at
    for name, column in model.residents.columns().items():
        expected = np.array(list(map(attrgetter(name), reference.residents)), dtype=column.dtype)
        if column.tobytes() != expected.tobytes() or column.shape != expected.shape:
            different = bits(column, column.dtype) != bits(expected, column.dtype)
            where = tuple(int(i) for i in np.argwhere(different)[0])
            raise AssertionError(
                f"{at}: {name}{where} is {column[where]!r}, the ODD says {expected[where]!r}"
            )
    for ours, theirs in zip(model.organizations, reference.organizations, strict=True):
        for name in OF_ORGANIZATION:
            a, b = getattr(ours, name), getattr(theirs, name)
            assert a == b, f"{at}: organization {ours.name}.{name} is {a!r}, the ODD says {b!r}"
        leader = (ours.leader, ours.leader_id) if ours.leader >= 0 else None
        assert leader == theirs.leader, f"{at}: leader of {ours.name}"
        assert list(ours.smoothed_income.smoothed.items()) == list(theirs.smoothed.items()), (
            f"{at}: income of {ours.name}"
        )
        assert ours.smoothed_income.controlled == theirs.smoothed_controlled, f"{at}: control of {ours.name}"
    for name, ledger in model.government.accounts.items():
        for figure in OF_ACCOUNT:
            a, b = getattr(ledger, figure), getattr(reference.accounts[name], figure)
            assert a == b, f"{at}: account {name}.{figure} is {a!r}, the ODD says {b!r}"
    same_queues(model, reference, at)
    offers = [[getattr(o, name) for name in OF_OFFER] for o in model.offers]
    expected_offers = [[getattr(o, name) for name in OF_OFFER] for o in reference.offers]
    assert offers == expected_offers, f"{at}: offers"
    assert model.staff_in_kind == reference.staff_in_kind, at
    assert model.branch_office.pairs.tolist() == [r.pairs for r in reference.residents], at
    assert model.government.budget_left == reference.budget_left, at
    stations = sum(a.open_in == reference.week for a in reference.accounts.values())
    open_now = sum(a.open_in == model.week for a in model.government.accounts.values())
    assert open_now == stations, at
    queue = [r.row for r in reference.credits.queue]
    assert model.credit_state.queue.tolist() == queue, f"{at}: queue for service"
    assert model.credit_state.liquidity == reference.credits.liquidity, f"{at}: liquidity"
    for name in ("staff_minutes", "free_minutes", "load", "visits", "refused"):
        a, b = getattr(model.committee, name), getattr(reference.staff, name)
        assert a == b, f"{at}: committee.{name} is {a!r}, the ODD says {b!r}"
    assert model.branch_office.visits == reference.party_visits, at
    chosen = {n: list(zip(o.rows.tolist(), o.ids.tolist(), strict=True)) for n, o in model.stewards.items()}
    assert chosen == reference.stewards, f"{at}: stewards"
    given = [(u.name, u.cash, u.in_kind) for u in model.units]
    assert given == [(u.name, u.cash, u.in_kind) for u in reference.units], f"{at}: resident units"


def same_queues(model: CommunityModel, reference: ReferenceModel, at: str) -> None:
    """Raise AssertionError if an issue queues elsewhere, or if something is left of other capacities."""
    book = model.issues
    for level in range(3):
        ours = [(*i[:6], i.escalated) for i in (*book.waiting[level], *book.overdue[level])]
        queue = reference.queueing(level)
        theirs = [(i.week, i.id, i.j, i.row, i.raiser, i.due, i.escalated) for i in queue]
        assert ours == theirs, f"{at}: issues queueing at level {level}"
    assert (book.carry, book.begun) == (reference.carries, reference.begun), at


def same_records(model: CommunityModel, reference: ReferenceModel) -> None:
    """Raise AssertionError if the last row of the records differs from what the reference counts."""
    at = f"week {model.week}, after observe"
    for g, group in enumerate(outcomes.GROUPS):
        counts = dict(zip(outcomes.COLUMNS, model.records.counts[-1][g].tolist(), strict=True))
        assert counts == reference.counts[group], f"{at}: {group}"
    figures = dict(zip(outcomes.WEEKLY, model.records.weekly[-1], strict=True))
    assert figures == reference.figures, at


def closely(week: int) -> bool:
    """Whether a week is compared after each phase: every third one after half a year, and years' ends.

    That spares a fifth of the time, and what phases leave is compared at the end of the other weeks too.
    """
    return week <= 26 or week % 52 in (0, 1) or week % 3 == 0


def live(model: CommunityModel, reference: ReferenceModel, weeks: int, *, by_phase: bool = True) -> None:
    """``weeks`` weeks of both, compared after each phase (see `closely`), or after each week."""
    for _ in range(weeks):
        if by_phase:
            model.begin_week()
            reference.begin()
            for name, function in model.schedule:
                function(model)
                getattr(reference, name)()
                if closely(model.week) or name == "observe":
                    same(model, reference, name)
                if name == "observe" and model.week >= 0:
                    same_records(model, reference)
        else:
            model.step()
            reference.step()
            same(model, reference, "the week")


def both(
    scenario: Scenario, world_seed: int = 1, luck: int = 2, **how: Any
) -> tuple[CommunityModel, ReferenceModel]:
    """A community and its reference, before their first week."""
    model = CommunityModel(scenario, world=world_seed, luck=luck, **how)
    return model, reference_of(model)


def through(scenario: Scenario, arm: Policy, weeks: int = WEEKS) -> tuple[CommunityModel, ReferenceModel]:
    """Spin-up and ``weeks`` weeks of an arm, compared after each phase."""
    model, reference = both(scenario)
    live(model, reference, scenario.run.spin_up)
    model, reference = model.branch(arm), reference.branch(arm)
    live(model, reference, weeks)
    return model, reference


TIGHT = {
    "credits": {
        "kind": "credits",
        "amount_yuan": 2_500.0,
        "price_yuan": 13.37,
        "target": {"sex": "female"},
        "end": 25,
    },
    "duty": {"kind": "party_duty", "hours_per_year": 40.0},
}
EAGER = {"enrol_rate": 0.8, "spend_rate": 0.3, "spend_from": 2.0, "expiry_weeks": 6, "liquidity": 0.9}
SEASONS = {
    "festival": {"weeks": [5, 7], "culture": 1.5, "service": 0.5, "free_time": 1.6},
    "early": {"weeks": [6, 20], "deliberation": 0.3, "free_time": 0.33},
    "last": {"weeks": [52, 52], "culture": 0.01, "service": 30.0, "free_time": 0.0},
}
CHOOSY = {
    "likely": {"kind": "ask", "activity": "culture", "every_weeks": 3, "rule": "likely", "share": 0.3},
    "needy": {
        "kind": "ask",
        "activity": "service",
        "source": "visit",
        "every_weeks": 2,
        "rule": "need",
        "share": 0.4,
        "target": {"sex": "female"},
    },
    "by lot": {"kind": "ask", "activity": "deliberation", "every_weeks": 1, "share": 0.2},
    "all": {"kind": "ask", "activity": "deliberation", "every_weeks": 9, "rule": "likely"},
}
RESTLESS = {"move_rate": {"local": 1.0, "migrant": 3.0}, "newcomer_aware": 0.7}

WORLDS: dict[str, tuple[Scenario, Policy]] = {
    "baseline": (world(), NONE),
    "everything": (world(90), policy(**EVERYTHING)),
    "cash in hand": (
        world(organization={k: {**o, "balance_yuan": 4_000.07} for k, o in ORGANIZATIONS.items()}),
        policy(**GOVERNED),
    ),
    "weakest link": (world(decision={"combination": "weakest_link"}), policy(**EVERYTHING)),
    "multiplicative": (world(decision={"combination": "multiplicative"}), policy(**EVERYTHING)),
    "few terms": (world(decision={"terms": ["can", "asked", "peers", "credit"]}), policy(**EVERYTHING)),
    "fractional": (world(decision={"rule": "fractional", "threshold": 0.02, "memory": 64}), NONE),
    "fractional, mixed": (
        world(decision={"rule": "fractional", "threshold": 0.05}, network={"well_mixed": 0.7}),
        policy(asks=EVERYTHING["letters"]),
    ),
    "absolute": (world(decision={"rule": "absolute", "threshold": 1.0, "memory": 1}), NONE),
    "absolute, mixed": (
        world(decision={"rule": "absolute", "threshold": 9.0}, network={"well_mixed": 0.1}),
        policy(duty=EVERYTHING["duty"]),
    ),
    "mixed": (world(network={"well_mixed": 2.5}), policy(**EVERYTHING)),
    "tight credits": (world(credits=EAGER, decision={"b_credit": 2.0, "b_control": 0.4}), policy(**TIGHT)),
    "credits before": (
        world(credits=EAGER, status_quo={**STATUS_QUO, "credits": {**TIGHT["credits"], "end": 30}}),
        policy(grant=EVERYTHING["grant"], award=EVERYTHING["award"]),
    ),
    "poor": (
        world(
            status_quo={"base": {"kind": "grant", "amount_yuan": 30_000.0}},
            organizations={"spend_weeks": 1.0, "sessions_per_member": 1.0, "rentable_sessions": 0.7},
        ),
        policy(seats={**EVERYTHING["seats"], "start": 1}, halls={**EVERYTHING["halls"], "start": 12}),
    ),
    "government": (
        world(
            90,
            organization=SEVERAL,
            status_quo={**STATUS_QUO, "base": {**STATUS_QUO["base"], "allocation": "need", "control": 0.4}},
            organizations={"places": {"culture": 3, "service": 2, "deliberation": 2}},
            government={"contest_drive": 0.3, "workstation_training": 3.0},
            learning={"aware_start": 0.1, "aware_half_life": 20.0},
        ),
        policy(**GOVERNED),
    ),
    "short of money": (
        world(
            government={"budget_yuan": 90_000.0, "first_share": 0.8, "second_share": 0.6},
            organization=SEVERAL,
            run={"spin_up": 9},
        ),
        policy(**{**GOVERNED, "fund": {**GOVERNED["fund"], "payer": "foundation"}}),
    ),
    "alone": (
        world(1, organization={}, population={"households": 1, "age_share": {"under_16": 0.0, "70+": 0.273}}),
        NONE,
    ),
    "control": (
        world(
            learning={"c_int": 6.0, "att_refused": 0.1, "aware_rate": 0.14, "aware_half_life": 8.0},
            mobilisation={"ask_rate": 1.0},
            membership={"leave_rate": 0.1, "idle_weeks": 1, "join_asked": 0.6},
            organizations={"places": {"culture": 2, "service": 1, "deliberation": 1}, "spend_weeks": 1.0},
        ),
        policy(**EVERYTHING),
    ),
    "restless": (
        world(movement=RESTLESS, credits=EAGER, network={"well_mixed": 0.3}),
        policy(**EVERYTHING),
    ),
    "crowded": (
        world(
            issues={
                "issue_rate": 0.6,
                "issue_efficacy": 5.0,
                "triage": {"private": 0.5, "small": 0.0, "big": 0.5},
                "deadline": {"private": 0, "small": 0, "big": 1},
                "quorum": 1.0,
                "publish_reach": 1.0,
            },
            learning={"sat_rate": 0.2, "sat_refused": 0.2, "sat_half_life": 5.0},
        ),
        policy(
            orders={"kind": "order_report_settle", "amount_yuan": 90_000.0, "price_yuan": 70.0},
            more={"kind": "order_report_settle", "amount_yuan": 70_000.0, "price_yuan": 55.5, "end": 9},
            weekly={"kind": "published_answers", "every_weeks": 1},
            answers={"kind": "published_answers", "every_weeks": 7},
            hearing={"kind": "hearing", "every": "week", "places": 3},
            talks={"kind": "hearing", "every": "two_months", "places": 1, "field": "mediation"},
        ),
    ),
    "silent": (world(issues={"issue_rate": 0.0}), policy(**EVERYTHING)),
    "likely asked": (
        world(mobilisation={"ask_rule": "likely", "ask_rate": 0.8}),
        policy(**EVERYTHING, **CHOOSY),
    ),
    "needy asked": (
        world(mobilisation={"ask_rule": "need", "ask_rate": 0.8}, learning={"know_share": 1.0}),
        policy(**CHOOSY),
    ),
    "seasons": (world(season=SEASONS, population={"free_factor": {"female": 0.8}}), policy(**EVERYTHING)),
    "knowledge": (
        world(
            learning={"know_share": 0.8, "know_rate": 0.6, "gain_knowledge": 0.7},
            network={"well_mixed": 0.7},
            movement=RESTLESS,
        ),
        policy(seats={**EVERYTHING["seats"], "end": 8}),
    ),
    "only migrants leave": (
        world(movement={"move_rate": {"local": 0.0, "migrant": 4.0}, "newcomer_aware": 0.6}),
        policy(**TIGHT),
    ),
}
MERGERS = {
    "first": {"kind": "merge", "into": 4, "start": 3},
    "second": {"kind": "merge", "into": 1, "start": 30, "target": {"field": ["arts", "sport", "learning"]}},
    "rules": EVERYTHING["rules"],
    "grant": {**EVERYTHING["grant"], "payer": "street"},
    "award": EVERYTHING["award"],
}
WORLDS |= {
    "lively": (world(120, life=LIVELY), policy(**MERGERS)),
    "lively, governed": (
        world(90, life=LIVELY, organization=SEVERAL, movement=RESTLESS),
        policy(**GOVERNED, rules=EVERYTHING["rules"], merger={"kind": "merge", "into": 5, "start": 26}),
    ),
    "lively, constant": (
        world(
            90,
            life={
                **LIVELY,
                "founding": "constant",
                "founding_rate": 0.5,
                "founding_fields": ["sport", "council"],
                "organizations_cap": 0,
                "size_exponent": 0.0,
            },
        ),
        policy(**EVERYTHING),
    ),
}


BARE = {**ORGANIZATIONS, "pen": {"fields": ["learning"], "members": 0, "lent_sessions": 1.0}}
SCARCE = {"staff_per_1000": 3.0, "merged_communities": 2.0, "task_share": 0.06}
WORLDS |= {
    "Party": (
        world(90, committee=SCARCE, organization=BARE, population={"party_share": 0.12}),
        policy(**PARTY),
    ),
    "Party before": (
        world(80, committee={**SCARCE, "contact_hours": 0.0}, status_quo={**STATUS_QUO, **PARTY}),
        policy(duty={"kind": "party_duty", "hours_per_year": 30.0}, loose={"kind": "relief", "share": 1.0}),
    ),
}


@cache
def lived(name: str) -> tuple[CommunityModel, ReferenceModel]:
    """A world and its arm after all weeks, compared after each phase; for several tests, which only look."""
    return through(*WORLDS[name])


@pytest.mark.parametrize("name", WORLDS)
def test_every_phase_is_as_the_odd_says(name: str) -> None:
    lived(name)


def test_the_worlds_are_busy() -> None:
    """The comparison covers rationing, audiences, credits spent and expired, duty, training and awards."""
    _, reference = lived("everything")
    accounts = reference.accounts
    assert all(
        accounts[f"trial.{name}"].spent > 0 for name in ("seats", "volunteers", "staff", "grant", "award")
    )
    assert accounts["trial.rooms"].in_kind > 0
    assert reference.staff_in_kind > 0


def test_those_who_move_take_everything_with_them() -> None:
    """The restless world moves members, credits (also of a scheme that has ended) and Party members."""
    model, reference = both(WORLDS["restless"][0])
    live(model, reference, 3, by_phase=False)
    model, reference = model.branch(WORLDS["restless"][1]), reference.branch(WORLDS["restless"][1])
    pairs = model.branch_office.pairs.copy()
    live(model, reference, 60, by_phase=False)
    assert reference.moved > 30
    assert reference.memberships_moved > 10
    assert model.credit_state.cancelled > 0
    assert (model.branch_office.pairs != pairs).any()


def test_issues_queue_fail_and_go_up() -> None:
    """The worlds have late answers, withdrawals, escalation, money for issues, and raisers who moved away."""
    books, moved, numbers = {}, 0, set()
    for name in ("everything", "crowded", "restless"):
        model = CommunityModel(WORLDS[name][0], world=1, luck=2)
        model.run_spin_up()
        model = model.branch(WORLDS[name][1])
        for _ in range(WEEKS):
            model.step()
            issues = [i for queue in (*model.issues.waiting, *model.issues.overdue) for i in queue]
            moved += sum(i.raiser != model.residents.id[i.row] for i in issues)
            numbers |= {i.number for i in issues}
        books[name] = model.issues
        assert model.government.accounts["trial.orders"].spent > 0 or name == "restless"
    for figure in ("in_time", "failed", "withdrawn", "escalated"):
        assert all(getattr(book, figure) > 5 for book in books.values()), figure
    assert books["crowded"].late > 5
    assert moved > 5
    assert max(numbers) >= 5


def test_the_lively_worlds_live() -> None:
    """The comparison covers births, deaths, mergers, new legal forms, lost and new leaders, effort, drive."""
    model, reference = lived("lively")
    assert min(reference.founded, reference.dissolved, reference.merged) >= 3
    organizations = reference.organizations
    assert {o.legal_form for o in organizations if not o.alive} == {"informal", "filed", "registered"}
    assert any(len(o.fields) > 1 for o in organizations if o.name.startswith("founded"))
    assert any(0 < o.effort < 1 for o in organizations)
    assert any(o.alive and o.drive != o.drive_start for o in organizations)
    assert sum(o.returned for o in model.organizations) > 0
    assert {"street", "government", "members"} <= set().union(*(o.smoothed for o in organizations))
    assert lived("lively, constant")[1].founded >= 10


def test_knowledge_reaches_those_who_were_not_trained() -> None:
    _, reference = lived("knowledge")
    learned = [r for r in reference.residents if r.knowledge > 0.01 and r.trained_week < 0]
    assert len(learned) > 5


@pytest.mark.parametrize("name", ["likely asked", "needy asked"])
def test_rules_choose_among_two(name: str) -> None:
    """Against meeting at random, others are asked, and about as many."""
    scenario = WORLDS[name][0]
    by_rule = CommunityModel(scenario, world=1, luck=2)
    by_chance = CommunityModel(world(mobilisation={"ask_rate": 0.8}), world=1, luck=2)
    asked = []
    for model in (by_rule, by_chance):
        total = np.zeros(len(model.residents), int)
        for _ in range(40):
            model.step()
            total += model.residents.asked_now
        asked.append(total)
    assert (asked[0] != asked[1]).any()
    assert 0.6 < asked[0].sum() / asked[1].sum() < 1.6


def test_the_party_s_worlds_are_busy() -> None:
    """Posts, service days, refusals, stewards, Party members in organizations, rooms and money of units."""
    model, reference = through(*WORLDS["Party"], weeks=12)
    posts = duties = met = most = 0
    for _ in range(48):
        live(model, reference, 1, by_phase=False)
        posts += int((model.residents.post >= 0).sum())
        duties += len(set(model.residents.duty.tolist()) - {0.0, 2.0})
        met = max(met, reference.figures["party_quota_met"])
        most = max(most, reference.figures["organizations_with_party"])
    assert posts > 0
    assert duties > 0
    assert 0 < met < sum(r.in_service for r in reference.residents)
    assert min(reference.staff.visits, reference.staff.refused, reference.party_visits) > 0
    assert all(len(chosen) > 1 for chosen in reference.stewards.values())
    assert len(reference.stewards) == 2
    assert all(u.cash > 0 for u in reference.units if u.yearly)
    assert all(u.in_kind > 0 for u in reference.units if u.rooms)
    assert model.records.weekly[0][outcomes.WEEKLY.index("organizations_with_party")] < most


def test_who_moves_keeps_neither_office_nor_pair() -> None:
    """Places of stewards go to others in the middle of a year; pairs are renewed in its first week only."""
    model, reference = both(world(80, movement=RESTLESS, status_quo={**STATUS_QUO, **PARTY}))
    live(model, reference, 5, by_phase=False)
    live(model, reference, 49, by_phase=False)
    office = model.stewards["status_quo.stewards"]
    assert model.week == 51
    assert 0 < len(office.staying(model.residents.id)) < len(office.rows)
    live(model, reference, 4)
    office = model.stewards["status_quo.stewards"]
    assert len(office.staying(model.residents.id)) > 0


SUBSETS = {
    "movement alone": ("move", "observe"),
    "decide alone": ("decide", "seat", "learn"),
    "no money": ("plan", "mobilise", "ask", "decide", "seat", "serve", "learn", "organise", "observe"),
    "nobody learns": ("appropriate", "disburse", "train", "plan", "decide", "seat", "serve", "organise"),
    "opinions": ("learn",),
    "issues alone": ("appropriate", "disburse", "deliberate", "observe"),
}


@pytest.mark.parametrize("name", SUBSETS)
def test_a_part_of_the_week_is_as_the_odd_says(name: str) -> None:
    from model.week.schedule import default_phases

    model, reference = both(world(network={"well_mixed": 0.4}), phases=default_phases().only(*SUBSETS[name]))
    live(model, reference, 3)
    arm = policy(**EVERYTHING)
    live(model.branch(arm), reference.branch(arm), 20)


@pytest.mark.parametrize("terms", [("peers",), ("habit", "time"), ("can", "like", "asked", "credit")])
def test_terms_from_the_twin_are_as_the_odd_says(terms: tuple[str, ...]) -> None:
    model, reference = both(world())
    live(model, reference, 3)
    arm = policy(**EVERYTHING)
    live(model.branch(arm, from_twin=terms), reference.branch(arm, terms), 30, by_phase=False)


@pytest.mark.parametrize("terms", [TERMS, ("enabled", "response", "time")])
def test_every_term_is_as_the_odd_says(terms: tuple[str, ...]) -> None:
    """Decisions seldom show a last bit; the terms that a twin keeps do."""
    scenario = world(
        credits=EAGER,
        decision={"b_credit": 2.0, "b_control": 0.4, "terms": terms},
        network={"well_mixed": 0.3},
        status_quo={**STATUS_QUO, **EVERYTHING, "credits": {**TIGHT["credits"], "controlling": 0.7}},
    )
    model, reference = both(scenario)
    live(model, reference, 3, by_phase=False)
    model, reference = model.branch(from_twin=("peers",)), reference.branch(NONE, ("peers",))
    for _ in range(30):
        live(model, reference, 1, by_phase=False)
        shown = [[[r.shown[k][t] for t in TERMS] for k in range(3)] for r in reference.twin.residents]
        different = np.argwhere(bits(model.twin.terms_kept, float) != bits(shown, float))
        assert not len(different), f"week {model.week}: row, activity, term {different[0]}"


def test_sessions_left_over_from_richer_weeks_wait() -> None:
    """An organization that has lost its members holds nothing, however many sessions it has carried over."""
    model, reference = both(world())
    for either in (model, reference):
        either.organizations[0].carry, either.organizations[0].members = 1.5, 0
    live(model, reference, 1)
    assert all(o.organization != 0 for o in model.offers)
    assert model.organizations[0].carry == 1.5


def test_the_harness_sees_one_bit() -> None:
    model, reference = both(world())
    live(model, reference, 2)
    skill = reference.residents[3].skill
    reference.residents[3].skill = float(np.nextafter(skill, 1.0))
    with pytest.raises(AssertionError, match=r"skill\(3,\)"):
        same(model, reference, "nothing")
