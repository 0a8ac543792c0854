"""Do all ledgers balance to the last unit, every week, in random communities under random instruments?

Scenarios and policies are drawn from a seed over every kind of the `Instrument` union, with fields filled
from their declared types and bounds, so that a new kind is drawn without a change here. The books are kept a
second time below, from what can be seen of residents, organizations and instruments, and not from the sums
that the model keeps.
"""

from __future__ import annotations

import math
import random
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import numpy as np
import pytest

from model.community import CommunityModel
from model.instruments import Instrument
from model.instruments.base import FIELDS, ORGANIZATION_TARGETS, ForOrganizations, Funded, Priced
from model.instruments.care import PaidCare
from model.instruments.policies import Named, Policy
from model.scenario.scenario import Scenario
from model.week.serve.credits import value_fen
from tests.worlds import SEVERAL, SITTINGS, UNITS, world

CLASSES: tuple[type[Any], ...] = get_args(get_args(Instrument)[0])
KINDS = {cls.model_fields["kind"].default: cls for cls in CLASSES}
ONE_AT_A_TIME = ("credits",)
"""Kinds of which an arm may hold one only."""

NAMES = {"co_building.units": tuple(UNITS)}
"""What fields of free names may name."""

PAYERS = ("government", "government", "foundation")
PASS_CASH_ON = ("grant", "award", "purchase", "project_fund")
QUICK, MANY = 70, 1000


# Random instruments


def instrument(rng: random.Random, kind: str, weeks: int) -> dict[str, Any]:
    """A table of this kind: every field from its type and bounds, weeks so that it may start and stop."""
    cls = KINDS[kind]
    table: dict[str, Any] = {"kind": kind}
    if rng.random() < 0.5:
        table["start"] = rng.randint(-5, weeks)
    if rng.random() < 0.5:
        table["end"] = rng.randint(table.get("start", 1), weeks + 10)
    for name, info in cls.model_fields.items():
        if name in ("kind", "start", "end"):
            continue
        if name == "payer":
            table[name] = rng.choice(PAYERS)
        elif name == "target":
            table[name] = target(rng, issubclass(cls, ForOrganizations))
        elif name == "amount_yuan":
            table[name] = round(10 ** rng.uniform(1, 5.3), 2)
        elif name == "price_yuan":
            if rng.random() < 0.7:
                table[name] = round(10 ** rng.uniform(0, 3.3), 2)
        elif info.is_required() or rng.random() < 0.7:
            table[name] = value(rng, f"{kind}.{name}", info.annotation, bounds(info.metadata))
    return table


def target(rng: random.Random, organizations: bool) -> dict[str, Any]:
    """Nobody in particular, or a part of the residents or organizations."""
    if organizations:
        known = {column: names for column, names in ORGANIZATION_TARGETS.items() if names}
        choices: list[dict[str, Any]] = [{}, {}, {"legal_form": ["filed", "registered"]}]
        return rng.choice([*choices, {"field": rng.sample(known["field"], 3)}])
    return rng.choice([{}, {}, {"migrant": True}, {"sex": "female"}, {"registered": True}])


def bounds(metadata: list[Any]) -> tuple[float, float]:
    """The closed bounds that a field declares."""
    low, high = -math.inf, math.inf
    for one in metadata:
        for name in ("ge", "gt"):
            low = max(low, getattr(one, name, -math.inf))
        for name in ("le", "lt"):
            high = min(high, getattr(one, name, math.inf))
    return low, high


def value(rng: random.Random, name: str, annotation: Any, limits: tuple[float, float]) -> Any:
    """A value of a declared type within its bounds; a type that this cannot fill fails the test."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return value(rng, name, parts[0], bounds(list(parts[1:])))
    if origin is Literal:
        return rng.choice(parts)
    if origin in (Union, types.UnionType):
        return value(rng, name, rng.choice([p for p in parts if p is not type(None)]), limits)
    if origin is tuple:
        choices = NAMES[name] if parts[0] is str else get_args(parts[0])
        return rng.sample(choices, rng.randint(1, len(choices)))
    if annotation is bool:
        return rng.random() < 0.5
    low, high = limits
    if annotation in (int, float) and low > -math.inf:
        high = min(high, low + 60)
        return rng.randint(int(low), int(high)) if annotation is int else rng.uniform(low, high)
    raise AssertionError(f"{name}: {annotation} cannot be drawn; teach tests/property/test_ledgers.py to")


def drawn(seed: int) -> tuple[Scenario, Policy, int]:
    """A small community, its policy and its weeks. The kind number ``seed`` of the union is always there.

    The first time round it is in force throughout, for everybody, and with money enough.
    """
    rng = random.Random(seed)
    weeks, spin_up = rng.randint(20, 60), rng.randint(0, 5)
    kinds = [list(KINDS)[seed % len(KINDS)], *rng.choices(list(KINDS), k=rng.randint(1, 5))]
    kinds = [k for i, k in enumerate(kinds) if k not in ONE_AT_A_TIME or k not in kinds[:i]]
    rng.shuffle(kinds)
    tables = {f"i{n}": instrument(rng, kind, weeks) for n, kind in enumerate(kinds)}
    if seed < len(KINDS):
        for table in (t for t in tables.values() if t["kind"] == list(KINDS)[seed]):
            for name in ("start", "end", "target"):
                table.pop(name, None)
            if "amount_yuan" in table:
                table["amount_yuan"] = 60_000.0
    early = rng.randint(0, len(tables) - 1)
    first, later = list(tables.items())[:early], dict(list(tables.items())[early:])
    names = ["helpers", *rng.sample([n for n in SEVERAL if n != "helpers"], rng.randint(0, len(SEVERAL) - 1))]
    organizations = {name: SEVERAL[name] for name in names}
    rich = {"balance_yuan": round(rng.uniform(0, 9_000), 2)}
    organizations = {n: spec | rich if rng.random() < 0.3 else spec for n, spec in organizations.items()}
    scenario = world(
        rng.randint(30, 60),
        run={"weeks": weeks, "spin_up": spin_up},
        organization=organizations,
        sitting=dict(rng.sample(list(SITTINGS.items()), 2)),
        status_quo={"base": {"kind": "grant", "amount_yuan": 40_000.0}, **dict(first)},
        government={"budget_yuan": rng.choice([0.0, 0.0, 30_000.37, 90_000.0])},
        credits={"enrol_rate": 0.8, "spend_rate": 0.2, "spend_from": 2.0, "expiry_weeks": rng.randint(5, 40)},
        policy={"trial": later},
    )
    return scenario, scenario.policy_named("trial"), weeks


# The books, kept a second time


@dataclass
class Books:
    """What a stranger writes down of one arm: week by week, from what can be seen."""

    model: CommunityModel
    seen: dict[str, Any] = field(default_factory=dict)
    served: list[np.ndarray[Any, Any]] = field(default_factory=list)
    on_duty: list[np.ndarray[Any, Any]] = field(default_factory=list)
    left_of_year: int = 0

    def live(self, weeks: int) -> None:
        """Run ``weeks`` weeks and check each."""
        for _ in range(weeks):
            self.before()
            self.model.step()
            self.after()

    def before(self) -> None:
        """Note the state in which the next week begins."""
        model = self.model
        self.week = model.week + 1
        self.old = {name: (a.appropriated, a.spent) for name, a in model.government.accounts.items()}
        self.trained = model.residents.trained_week.copy()
        self.cash = [(o, o.balance, dict(o.received_by), o.spent, o.returned) for o in model.organizations]
        self.wanted = dict(self.appropriations())
        self.raised = model.issues.raised

    def appropriations(self) -> Iterator[tuple[str, int]]:
        """What each account should be appropriated this week if no budget cuts it."""
        model, of_year = self.model, (self.week - 1) % 52
        for named in model.policies.of(Funded):
            i = named.instrument
            start = self.first(named) if i.start is None else max(i.start, self.first(named))
            last = self.week - of_year + 51
            last = last if i.end is None else min(last, i.end)
            if not start <= self.week <= last or not (of_year == 0 or self.week == start):
                continue
            if model.has_target(named):
                yield named.name, round(i.amount_yuan * 100) * (last - self.week + 1) // 52

    def first(self, named: Named[Any]) -> int:
        """The first week an instrument can act in: of the spin-up, or of the arm."""
        return 1 - self.model.scenario.run.spin_up if named.name.startswith("status_quo.") else 1

    def after(self) -> None:
        """Check every ledger of the week that has ended."""
        self.check_appropriations()
        self.check_cash()
        self.check_in_kind()
        self.check_training()
        self.check_credits()
        self.check_hours()
        self.check_care()
        self.check_issues()

    def check_appropriations(self) -> None:
        """Every account got what it should, cut only by the budget."""
        accounts, cap = (
            self.model.government.accounts,
            round(self.model.scenario.government.budget_yuan * 100),
        )
        got = {n: a.appropriated - self.old[n][0] for n, a in accounts.items()}
        own = [n for n, a in accounts.items() if a.instrument.payer == "government" and cap]
        for name in got:
            if name not in own:
                assert got[name] == self.wanted.get(name, 0), name
        if cap:
            of_year = (self.week - 1) % 52
            if of_year == 0 or self.week == 1 - self.model.scenario.run.spin_up:
                self.left_of_year = cap * (52 - of_year) // 52
            asked = sum(self.wanted.get(n, 0) for n in own)
            assert sum(got[n] for n in own) == min(asked, self.left_of_year)
            for n in own:
                fair = self.wanted.get(n, 0) * min(asked, self.left_of_year) / asked if asked else 0
                assert abs(got[n] - fair) < 1 + 1e-6 * fair
            self.left_of_year -= sum(got[n] for n in own)

    def check_cash(self) -> None:
        """Of every account, payer and organization."""
        model = self.model
        paid: dict[str, int] = {}
        for name, a in model.government.accounts.items():
            contracts = sum(c.value - c.paid for c in a.contracts)
            parts = (a.spent, a.returned, a.unreleased, a.free, a.liability, contracts)
            assert a.appropriated == sum(parts), name
            assert min(parts) >= 0, name
            assert a.spent >= self.old[name][1], name
            if a.instrument.kind in PASS_CASH_ON:
                gone = a.spent - a.administration
                paid[a.instrument.payer] = paid.get(a.instrument.payer, 0) + gone
            if a.instrument.end is not None and self.week >= a.instrument.end:
                assert a.free == a.unreleased == contracts == 0, name
        for payer in set(PAYERS):
            had = sum(o.received_by.get(payer, 0) for o in model.organizations)
            assert had == paid.get(payer, 0), payer
        for o, balance, received, spent, returned in self.cash:
            gained = sum(o.received_by.values()) - sum(received.values())
            gone = (o.spent - spent) + (o.returned - returned)
            assert o.balance == balance + gained - gone, o.name
            assert min(o.balance, o.spent - spent, o.returned - returned) >= 0, o.name
            assert gained >= 0 or o.successor >= 0, o.name
            assert o.alive or o.balance == o.members == 0, o.name
        sponsored = sum(o.received_by.get("unit", 0) for o in model.organizations)
        assert sponsored == sum(u.cash for u in model.units) == sum(o.from_units for o in model.organizations)
        fees = sum(o.received_by.get("members", 0) for o in model.organizations)
        assert fees == sum(o.fees for o in model.organizations)
        assert sum(o.received_by.get("merger", 0) for o in model.organizations) == 0

    def check_in_kind(self) -> None:
        """What is given in kind never becomes cash of an organization."""
        model = self.model
        rooms = [a for a in model.government.accounts.values() if a.instrument.kind == "premises"]
        assert all(a.in_kind == a.spent for a in rooms)
        hosted = sum(u.in_kind for u in model.units)
        assert hosted == sum(o.in_kind_from_units for o in model.organizations)
        assert sum(a.in_kind for a in rooms) + hosted <= sum(o.in_kind for o in model.organizations)

    def check_training(self) -> None:
        """Seats paid are seats taken."""
        model, seats = self.model, 0
        for named in model.policies.of(Priced):
            if named.instrument.kind in ("train_residents", "train_volunteers", "train_staff", "publicity"):
                a, price = model.government.account(named), model.price_fen(named)
                assert a.spent % price == 0, named.name
                if named.instrument.kind in ("train_residents", "train_volunteers"):
                    seats += (a.spent - self.old[named.name][1]) // price
        people = model.residents
        stayed = people.arrival != self.week
        taken = int((people.trained_week == self.week).sum())
        assert (taken == seats) if stayed.all() else (taken <= seats)

    def check_credits(self) -> None:
        """Minutes by what became of them; fen owed by what is held."""
        model, state = self.model, self.model.credit_state
        held = sum(model.residents.credit_minutes.tolist())
        assert state.issued == held + state.spent + state.expired + state.cancelled
        owed = 0 if state.account is None else held // 15 * value_fen(model)
        assert sum(a.liability for a in model.government.accounts.values()) == owed

    def check_hours(self) -> None:
        """The year's hours of every resident are those of 52 weeks."""
        people = self.model.residents
        served = np.where(people.seated[:, 1] != 0, people.minutes[:, 1], 0)
        here = people.arrival != self.week
        self.served = [*(m * here for m in self.served), served * here][-52:]
        self.on_duty = [*(m * here for m in self.on_duty), served * here * (people.duty > 0)][-52:]
        assert (people.service_minutes == sum(self.served)).all()
        assert (people.duty_minutes_52 == sum(self.on_duty)).all()

    def check_care(self) -> None:
        """Hours of care are bought, given at sessions of elder care, or idle; only credits buy more than is
        needed."""
        model, people = self.model, self.model.residents
        if (people.arrival == self.week).any():
            return
        bought = 0
        for named in model.policies.of(PaidCare):
            a, own = model.government.account(named), named.instrument.price_yuan
            price = max(1, math.floor(25 * (model.scenario.costs.care_hour if own is None else own) + 0.5))
            assert a.spent % price == 0, named.name
            bought += 15 * ((a.spent - self.old[named.name][1]) // price)
        given = 0
        for o, m in zip(people.offer[:, 1].tolist(), people.minutes[:, 1].tolist(), strict=True):
            given += m if o >= 0 and FIELDS[model.offers[o].field] == "elder_care" else 0
        received = people.care.sum(axis=0).tolist()
        assert received[2] == bought
        assert received[0] + received[1] + model.care_book.idle == given
        beyond = np.maximum(people.care.sum(axis=1) - people.care_need, 0)
        assert beyond.sum() <= model.care_book.redeemed

    def check_issues(self) -> None:
        """Every issue that somebody raised was settled, was withdrawn, or waits in one queue."""
        book, people = self.model.issues, self.model.residents
        new, told = book.raised - self.raised, int(people.raised.sum())
        assert new >= told if (people.arrival == self.week).any() else new == told
        queued = [(i.week, i.id, i.number) for queue in (*book.waiting, *book.overdue) for i in queue]
        assert len(set(queued)) == len(queued)
        assert book.raised == book.in_time + book.late + book.withdrawn + len(queued)


def opened(seed: int) -> Books:
    """The books of a random arm whose spin-up is over."""
    scenario, policy, _ = drawn(seed)
    books = Books(CommunityModel(scenario, world=seed, luck=seed + 1))
    books.live(scenario.run.spin_up)
    books.model = books.model.branch(policy)
    return books


def kept(seed: int) -> dict[str, int]:
    """Live through one random arm with the books kept beside it; fen spent by kind of instrument."""
    books = opened(seed)
    books.live(drawn(seed)[2])
    spent = dict.fromkeys((n.instrument.kind for n in books.model.policies.named), 0)
    for account in books.model.government.accounts.values():
        spent[account.instrument.kind] += account.spent
    return spent


def test_ledgers_balance_in_random_scenarios() -> None:
    """70 scenarios; every kind is among them, and every kind that has money spends some."""
    total: dict[str, int] = {}
    for seed in range(QUICK):
        for kind, spent in kept(seed).items():
            total[kind] = total.get(kind, 0) + spent
    missing = set(KINDS) - set(total)
    assert not missing, f"no scenario holds {', '.join(sorted(missing))}"
    idle = [kind for kind, cls in KINDS.items() if issubclass(cls, Funded) and total[kind] == 0]
    assert not idle, f"money of {', '.join(idle)} is never spent"


@pytest.mark.slow
@pytest.mark.parametrize("block", range(10))
def test_ledgers_balance_in_very_many_random_scenarios(block: int) -> None:
    """1,000 scenarios, a hundred in each block."""
    for seed in range(QUICK + block * MANY // 10, QUICK + (block + 1) * MANY // 10):
        kept(seed)


WRONG: dict[str, Callable[[CommunityModel], Any]] = {
    "balance": lambda m: m.organizations[0].receive(1, "government"),
    "appropriated": lambda m: m.government.accounts["status_quo.base"].appropriate(m.week, 1),
    "spent": lambda m: setattr(m.government.accounts["status_quo.base"], "spent", 0),
    "credits": lambda m: np.add.at(m.residents.credit_minutes, 0, 15),
    "hours": lambda m: np.add.at(m.residents.service_minutes, 0, 15),
    "care": lambda m: np.add.at(m.residents.care, (0, 2), 15),
    "issues": lambda m: setattr(m.issues, "late", m.issues.late + 1),
}
"""Mistakes, of which the first two leave every ledger of the model in balance."""


@pytest.mark.parametrize("wrong", WRONG)
def test_the_second_books_see_every_mistake(wrong: str) -> None:
    books = opened(1)
    books.live(6)
    books.before()
    books.model.step()
    WRONG[wrong](books.model)
    with pytest.raises(AssertionError):
        books.after()
