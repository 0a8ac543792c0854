"""What is odd about instruments: what is never in force, and money that what it is for cannot use?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from experiments.loading.load import Loaded
from experiments.loading.oddities.oddity import Oddity, at, name
from experiments.loading.oddities.reach import aimed_at, meets, sells
from experiments.words.words import N_
from model.instruments import Instrument
from model.instruments.base import AnyInstrument, ForOrganizations, Funded
from model.instruments.credits import CreditScheme
from model.instruments.deliberation import Hearing
from model.instruments.funding import Premises, Purchase
from model.instruments.mobilisation import Ask, Grid, Visit
from model.instruments.policies import yuan_a_year
from model.instruments.support import Publicity
from model.instruments.training import TrainResidents, TrainVolunteers
from model.scenario.scenario import Scenario, adults_of

SERVICE, DELIBERATION = 1, 2
ACTIVITIES = ("culture", "service", "deliberation")
MOST_PER_ADULT = 1000.0
"""Yuan a year for each adult, beyond which an amount is taken for a slip."""
MOST_TIMES = 10.0
"""Times the money of the status quo, beyond which a policy is taken for a slip."""
MOST_CONTACTS = 12
"""Contacts of publicity a year for each adult."""
STAFF_HOURS = 2080


class Placed(NamedTuple):
    """An instrument, its name, and what is in force beside it: the status quo and its own policy."""

    path: tuple[str, ...]
    instrument: AnyInstrument
    beside: tuple[AnyInstrument, ...]


def of_money(loaded: Loaded) -> Iterator[Oddity]:
    """The oddities of the status quo and of the policies."""
    scenario = loaded.scenario
    weeks = max(1, scenario.run.weeks)
    yield from _no_money(loaded)
    for placed in placed_instruments(scenario):
        policy = placed.path[1] if placed.path[0] == "policy" else ""
        yield from (replace(one, policy=policy) for one in _of_instrument(loaded, placed, weeks))
    yield from _against_today(loaded, weeks)
    yield from _policies(loaded)


def _of_instrument(loaded: Loaded, placed: Placed, weeks: int) -> Iterator[Oddity]:
    never = _never_in_force(loaded, placed, weeks)
    if never is not None:
        yield never
        return
    yield from _amount(loaded, placed)
    yield from _receivers(loaded, placed)
    yield from _residents(loaded, placed)
    yield from _staff_time(loaded, placed)


def placed_instruments(scenario: Scenario) -> Iterator[Placed]:
    """Every instrument of the status quo and of the policies."""
    today = tuple(scenario.status_quo.values())
    for key, instrument in scenario.status_quo.items():
        yield Placed(("status_quo", key), instrument, today)
    for policy, parts in scenario.policy.items():
        for key, instrument in parts.items():
            yield Placed(("policy", policy, key), instrument, (*today, *parts.values()))


def _no_money(loaded: Loaded) -> Iterator[Oddity]:
    scenario = loaded.scenario
    given = any(isinstance(i, Funded) and i.amount_yuan for i in scenario.status_quo.values())
    if not given and not any(o.balance_yuan for o in scenario.organization.values()):
        yield Oddity(
            "no_money",
            N_(
                "the status quo has no money: associations have their members' fees alone, and what a policy "
                "adds is measured against next to nothing"
            ),
            at(loaded, "status_quo"),
        )


def _never_in_force(loaded: Loaded, placed: Placed, weeks: int) -> Oddity | None:
    """An instrument that is in force in no week of a run (nor, of today's practice, of the spin-up)."""
    one = placed.instrument
    if one.start is not None and one.end is not None and one.end < one.start:
        text = N_("{name} is never in force: it ends in week {end}, before it starts in week {start}")
    elif placed.path[0] == "status_quo" and one.end is not None and one.end < 1:
        spin_up = loaded.scenario.run.spin_up
        if one.end > -spin_up:
            return None
        text = N_("{name} is never in force: it ends in week {end}, before the spin-up begins")
    elif not one.weeks_in_force(weeks):
        text = N_("{name} is never in force in the weeks 1 to {weeks} of a run")
    else:
        return None
    values = {"name": name(*placed.path), "start": one.start, "end": one.end, "weeks": weeks}
    key = "start" if one.start is not None else "end"
    return Oddity("never_in_force", text, at(loaded, *placed.path, key), values, severe=True)


def _amount(loaded: Loaded, placed: Placed) -> Iterator[Oddity]:
    one, scenario = placed.instrument, loaded.scenario
    if not isinstance(one, Funded):
        return
    if one.amount_yuan == 0:
        yield Oddity(
            "zero_amount",
            N_("{name} has no money: amount_yuan is 0"),
            at(loaded, *placed.path, "amount_yuan"),
            {"name": name(*placed.path)},
        )
    each = one.amount_yuan / _adults(scenario)
    if each > MOST_PER_ADULT:
        yield Oddity(
            "amount",
            N_("{name} gives {each} yuan a year for each adult; is the amount in yuan?"),
            at(loaded, *placed.path, "amount_yuan"),
            {"name": name(*placed.path), "each": f"{each:,.0f}"},
        )


def _receivers(loaded: Loaded, placed: Placed) -> Iterator[Oddity]:
    """Money or rooms that no association can use, and credits that nobody can earn."""
    scenario, one = loaded.scenario, placed.instrument
    where, values = at(loaded, *placed.path), {"name": name(*placed.path)}
    if isinstance(one, CreditScheme):
        serving = [k for k, o in scenario.organization.items() if o.activity == SERVICE]
        if not any(meets(scenario, key, placed.beside) for key in serving):
            yield Oddity(
                "credits_without_place",
                N_(
                    "{name}: nobody can earn the credits it pays for; there is no place to serve, since no "
                    "association for elder_care or environment has free_sessions or money for sessions"
                ),
                where,
                values,
                severe=True,
            )
        return
    if not isinstance(one, ForOrganizations):
        return
    targets = [key for key in scenario.organization if aimed_at(scenario, key, one)]
    if isinstance(one, Purchase):
        if not any(sells(scenario, key, one) for key in targets):
            yield Oddity(
                "purchase_without_seller",
                N_("{name} cannot buy: no association in its target is {forms} (buy_from)"),
                where,
                values | {"forms": " / ".join(one.buy_from)},
                severe=True,
            )
    elif not targets:
        yield Oddity(
            "no_receiver",
            N_("{name} reaches nobody: no association is in its target"),
            where,
            values,
            severe=isinstance(one, Funded) and one.amount_yuan > 0,
        )
    elif isinstance(one, Premises):
        yield from _rooms(loaded, placed, targets)


def _rooms(loaded: Loaded, placed: Placed, targets: list[str]) -> Iterator[Oddity]:
    scenario, values = loaded.scenario, {"name": name(*placed.path)}
    carried = scenario.organizations.sessions_per_member
    where = at(loaded, *placed.path)
    if all(
        scenario.organization[key].lent_sessions >= carried * scenario.organization[key].members
        for key in targets
    ):
        yield Oddity(
            "rooms_not_needed",
            N_(
                "{name} pays for rooms that are not needed: each association in its target has rooms for "
                "more sessions (lent_sessions) than its members can carry"
            ),
            where,
            values,
        )
    elif not any(meets(scenario, key, placed.beside) for key in targets):
        yield Oddity(
            "rooms_without_money",
            N_(
                "{name} pays for rooms, but the associations in its target have no money for sessions in them"
            ),
            where,
            values,
        )


def _residents(loaded: Loaded, placed: Placed) -> Iterator[Oddity]:
    """Seats and contacts for more people than there are, and asking for what nobody offers."""
    scenario, one = loaded.scenario, placed.instrument
    adults, costs = _adults(scenario), scenario.costs
    values = {"name": name(*placed.path), "adults": f"{adults:,}"}
    if isinstance(one, TrainResidents | TrainVolunteers):
        serving = any(o.activity == SERVICE for o in scenario.organization.values())
        if isinstance(one, TrainVolunteers) and not serving:
            yield Oddity(
                "no_volunteers",
                N_(
                    "{name} trains registered volunteers, and there are none: no association for elder_care "
                    "or environment"
                ),
                at(loaded, *placed.path),
                values,
            )
        usual = costs.seat_resident if isinstance(one, TrainResidents) else costs.seat_volunteer
        seats = one.amount_yuan / (one.price_yuan or usual)
        most = adults
        if isinstance(one, TrainVolunteers) and serving:
            members = [o.members for o in scenario.organization.values() if o.activity == SERVICE]
            most = max(sum(members), 1) * max(1, scenario.district.communities)
            most = min(adults, 2 * most)  # as many again may register
        if seats > most:
            yield Oddity(
                "seats",
                N_("{name} pays for {seats} training seats a year, more than the {most} who could sit there"),
                at(loaded, *placed.path, "amount_yuan"),
                values | {"seats": f"{seats:,.0f}", "most": f"{most:,}"},
            )
    if isinstance(one, Publicity):
        contacts = one.amount_yuan / (one.price_yuan or costs.publicity_contact)
        if contacts > MOST_CONTACTS * adults:
            yield Oddity(
                "contacts",
                N_("{name} pays for {contacts} contacts a year, {each} for each adult"),
                at(loaded, *placed.path, "amount_yuan"),
                values | {"contacts": f"{contacts:,.0f}", "each": f"{contacts / adults:,.0f}"},
            )
    if isinstance(one, Ask) and not _offered(scenario, placed):
        yield Oddity(
            "nothing_to_ask_for",
            N_("{name} asks residents for {activity}, and nobody offers it"),
            at(loaded, *placed.path),
            values | {"activity": one.activity},
        )


def _offered(scenario: Scenario, placed: Placed) -> bool:
    """True if there is an association, or a sitting, for what an instrument asks for."""
    assert isinstance(placed.instrument, Ask)
    wanted = ACTIVITIES.index(placed.instrument.activity)
    if wanted == DELIBERATION and (scenario.sitting or any(isinstance(i, Hearing) for i in placed.beside)):
        return True
    return any(o.activity == wanted for o in scenario.organization.values())


def _staff_time(loaded: Loaded, placed: Placed) -> Iterator[Oddity]:
    """Visits for which the staff's hours would not do even without any administration."""
    scenario, one = loaded.scenario, placed.instrument
    households, committee = scenario.population.households, scenario.committee
    if isinstance(one, Visit):
        hours = one.visits_per_year * households * scenario.mobilisation.visit_hours
        key = "visits_per_year"
    elif isinstance(one, Grid):
        hours, key = 52 / one.every_weeks * households * committee.contact_hours, "every_weeks"
    else:
        return
    free = committee.persons_of(scenario.population.persons) * STAFF_HOURS
    if hours > free > 0:
        yield Oddity(
            "staff_time",
            N_("{name} takes {hours} hours a year, and the residents' committee has {free}"),
            at(loaded, *placed.path, key),
            {"name": name(*placed.path), "hours": f"{hours:,.0f}", "free": f"{free:,.0f}"},
        )


def _against_today(loaded: Loaded, weeks: int) -> Iterator[Oddity]:
    """Policies many times larger than all that is spent today."""
    scenario = loaded.scenario
    today = sum(yuan_a_year(i, weeks) for i in scenario.status_quo.values())
    if not today:
        return
    for key in scenario.policy:
        added = scenario.policy_named(key).yuan_a_year(weeks)
        if added > MOST_TIMES * today:
            yield Oddity(
                "large_policy",
                N_("{name} adds {added} yuan a year to the {today} yuan of today, {times} times as much"),
                at(loaded, "policy", key),
                {
                    "name": name("policy", key),
                    "added": f"{added:,.0f}",
                    "today": f"{today:,.0f}",
                    "times": f"{added / today:,.0f}",
                },
                policy=key,
            )


def _policies(loaded: Loaded) -> Iterator[Oddity]:
    """Policies that do nothing, and those that are the same as another."""
    seen: list[tuple[str, list[Instrument]]] = []
    for key, instruments in loaded.scenario.policy.items():
        does = list(instruments.values())
        if not does:
            yield Oddity(
                "empty_policy",
                N_("{name} has no instruments: it changes nothing"),
                at(loaded, "policy", key),
                {"name": name("policy", key)},
                severe=True,
                policy=key,
            )
            continue
        for other, done in seen:
            if len(does) == len(done) and all(one in done for one in does):
                yield Oddity(
                    "same_policy",
                    N_("{name} does what {other} does"),
                    at(loaded, "policy", key),
                    {"name": name("policy", key), "other": name("policy", other)},
                    policy=key,
                )
                break
        seen.append((key, does))


def _adults(scenario: Scenario) -> int:
    """Adults over whom an amount of money is spread: of a district those of all its communities."""
    return adults_of(scenario.population) * max(1, scenario.district.communities)
