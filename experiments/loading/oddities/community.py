"""What is odd about a community: its people, associations, sittings, staff, weeks?"""

from __future__ import annotations

from collections.abc import Iterator

from experiments.loading.load import Loaded
from experiments.loading.oddities.money import placed_instruments
from experiments.loading.oddities.oddity import Oddity, at, name
from experiments.loading.oddities.reach import pays
from experiments.words.words import N_
from model.core.calendar import YEAR
from model.instruments.base import FIELD_ACTIVITY, FIELDS
from model.instruments.deliberation import Hearing
from model.scenario.scenario import adults_of

HOUSEHOLD = (2.0, 4.0)
MOST_MEMBERS = 1 / 3
FEWEST_PER_STAFF = 100
"""Residents for each of the committee's staff; the most that was found is one for 144."""
MOST_PLACES = 1 / 2
LARGEST_BAND, MOST_CHILDREN = 0.5, 0.4
FEWEST_ADULTS = 100
DELIBERATION = 2


def of_community(loaded: Loaded) -> Iterator[Oddity]:
    """The oddities of what is simulated."""
    yield from _people(loaded)
    yield from _members(loaded)
    yield from _idle(loaded)
    yield from _sittings(loaded)
    yield from _weeks(loaded)
    yield from _district(loaded)
    committee, persons = loaded.scenario.committee, loaded.scenario.population.persons
    staff = committee.persons_of(persons)
    which = "staff_per_1000" if committee.staff is None else "staff"
    if staff > persons / FEWEST_PER_STAFF:
        yield Oddity(
            "many_staff",
            N_("{staff} persons work for the residents' committee, one for {persons} residents"),
            at(loaded, "committee", which),
            {"staff": f"{staff:,.0f}", "persons": f"{persons / staff:,.0f}"},
        )
    if staff == 0:
        yield Oddity(
            "no_staff",
            N_("the residents' committee has no staff: nobody visits, and small issues wait"),
            at(loaded, "committee", which),
        )


def _people(loaded: Loaded) -> Iterator[Oddity]:
    population = loaded.scenario.population
    size = population.persons / population.households
    low, high = HOUSEHOLD
    if not low <= size <= high:
        given = "households" if loaded.origin_of("population.households").layer != "default" else "persons"
        if "household_size" in population.model_fields_set and given == "persons":
            given = "household_size"
        yield Oddity(
            "household_size",
            N_(
                "{size} persons a household ({persons} persons, {households} households); expected are 2 to 4"
            ),
            at(loaded, "population", given),
            {
                "size": f"{size:.1f}",
                "persons": f"{population.persons:,}",
                "households": f"{population.households:,}",
            },
            severe=True,
        )
    for band, share in population.age_share.items():
        if share > (MOST_CHILDREN if band == "under_16" else LARGEST_BAND):
            yield Oddity(
                "age_share",
                N_("{share} of all persons are {band}"),
                at(loaded, "population", "age_share", band),
                {"share": f"{share:.0%}", "band": band.replace("_", " ")},
            )
    adults = adults_of(population)
    if adults < FEWEST_ADULTS:
        yield Oddity(
            "few_adults",
            N_("{adults} adults are so few that luck hides what a policy does"),
            at(loaded, "population", "persons"),
            {"adults": adults},
        )


def _members(loaded: Loaded) -> Iterator[Oddity]:
    scenario = loaded.scenario
    adults = adults_of(scenario.population)
    total, large = sum(o.members for o in scenario.organization.values()), False
    for key, spec in scenario.organization.items():
        if spec.members > MOST_MEMBERS * adults:
            large = True
            yield Oddity(
                "members",
                N_("{name} has {members} members, {share} of the {adults} adults: more than a third"),
                at(loaded, "organization", key, "members"),
                {
                    "name": name("organization", key),
                    "members": f"{spec.members:,}",
                    "share": f"{spec.members / adults:.0%}",
                    "adults": f"{adults:,}",
                },
                severe=spec.members > adults / 2,
            )
        if spec.members == 0:
            yield Oddity(
                "no_members",
                N_("{name} has no members, and so holds no session"),
                at(loaded, "organization", key, "members"),
                {"name": name("organization", key)},
            )
    if total > MOST_MEMBERS * adults and not large:
        yield Oddity(
            "members",
            N_("the associations have {members} members, {share} of the {adults} adults: more than a third"),
            at(loaded, "organization"),
            {"members": f"{total:,}", "share": f"{total / adults:.0%}", "adults": f"{adults:,}"},
        )


def _idle(loaded: Loaded) -> Iterator[Oddity]:
    scenario = loaded.scenario
    for key, spec in scenario.organization.items():
        if spec.free_sessions or not spec.members or pays(scenario, key, scenario.status_quo.values()):
            continue
        cost = scenario.costs.session_cost[spec.legal_form]
        if not spec.lent_sessions:
            cost += scenario.costs.room_hour * scenario.organizations.session_hours
        yield Oddity(
            "idle",
            N_(
                "{name} will be idle but for its members' fees, {sessions} sessions a year: it has neither "
                "free_sessions nor money in the status quo"
            ),
            at(loaded, "organization", key),
            {
                "name": name("organization", key),
                "sessions": f"{spec.members * scenario.life.fee_yuan / cost:.0f}",
            },
        )


def _sittings(loaded: Loaded) -> Iterator[Oddity]:
    scenario = loaded.scenario
    adults = adults_of(scenario.population)
    hearings = [
        (placed.path, placed.instrument)
        for placed in placed_instruments(scenario)
        if isinstance(placed.instrument, Hearing)
    ]
    places: list[tuple[tuple[str, ...], int]] = []
    places += [(("sitting", key), sitting.places) for key, sitting in scenario.sitting.items()]
    places += [(path, hearing.places) for path, hearing in hearings]
    for path, number in places:
        if number > MOST_PLACES * adults:
            yield Oddity(
                "places",
                N_("{name} has {places} places for {adults} adults"),
                at(loaded, *path, "places"),
                {"name": name(*path), "places": f"{number:,}", "adults": f"{adults:,}"},
            )
    seats = bool(scenario.sitting) or any(path[0] == "status_quo" for path, _ in hearings)
    if not seats and not any(o.activity == DELIBERATION for o in scenario.organization.values()):
        named = [field for field, k in zip(FIELDS, FIELD_ACTIVITY, strict=True) if k == DELIBERATION]
        yield Oddity(
            "no_deliberation",
            N_("there is nowhere to deliberate: no [sitting.NAME], and no association for {fields}"),
            at(loaded, "sitting"),
            {"fields": ", ".join(named)},
        )


def _weeks(loaded: Loaded) -> Iterator[Oddity]:
    run = loaded.scenario.run
    if run.weeks % YEAR:
        yield Oddity(
            "weeks",
            N_("{weeks} weeks are no whole years of 52: `compare` refuses them"),
            at(loaded, "run", "weeks"),
            {"weeks": run.weeks},
        )
    if run.spin_up < YEAR:
        yield Oddity(
            "spin_up",
            N_("{weeks} weeks of spin-up are short: habits and memberships have not settled when it ends"),
            at(loaded, "run", "spin_up"),
            {"weeks": run.spin_up},
        )


def _district(loaded: Loaded) -> Iterator[Oddity]:
    district = loaded.scenario.district
    if district.communities == 1 or district.count == 1 < district.communities:
        yield Oddity(
            "district",
            N_("a district of one community: its money is divided over nobody else"),
            at(loaded, "district", "communities" if district.communities == 1 else "simulated"),
        )
    if district.communities:
        return
    for key in ("simulated", "division"):
        own = loaded.origin_of(f"district.{key}")
        if own.layer == "file" and own.file == loaded.file:
            yield Oddity(
                "district",
                N_("district.{key} does nothing without district.communities"),
                own,
                {"key": key},
            )
