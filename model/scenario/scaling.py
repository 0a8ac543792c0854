"""The same community with fewer persons: what shrinks along, and what does not (ODD 6)."""

from __future__ import annotations

from typing import TypeVar

from model.instruments.base import AnyInstrument, Funded, fen
from model.instruments.deliberation import Hearing
from model.instruments.funding import Award, ProjectFund
from model.instruments.policies import Named, Policy
from model.instruments.training import TrainStaff
from model.parameters.committee import Committee
from model.parameters.life import Life
from model.parameters.population import Population
from model.scenario.scenario import Scenario
from model.scenario.specs import MOST_SESSIONS, InputsSpec

AnyKind = TypeVar("AnyKind", bound=AnyInstrument)


def sized_instrument(instrument: AnyKind, f: float) -> AnyKind:
    """The instrument in a community of ``f`` times the size: amount and places; prices stay."""
    update: dict[str, float] = {}
    if isinstance(instrument, Hearing):
        update["places"] = max(1, int(instrument.places * f + 0.5))
    if isinstance(instrument, Funded):
        update["amount_yuan"] = fen(instrument.amount_yuan * f) / 100
    return instrument.model_copy(update=update)


def smaller_instrument(instrument: AnyKind, f: float) -> AnyKind:
    """The instrument in a smaller version: of as many associations, so that what each costs shrinks too."""
    small = sized_instrument(instrument, f)
    if isinstance(instrument, Award | ProjectFund | TrainStaff) and instrument.price_yuan is not None:
        return small.model_copy(update={"price_yuan": instrument.price_yuan * f})
    return small


def smaller_policy(policy: Policy, f: float) -> Policy:
    """The policy in a community of a share ``f`` of the size."""
    return Policy(
        policy.name, tuple(Named(n.name, smaller_instrument(n.instrument, f)) for n in policy.instruments)
    )


def scaled_life(life: Life, f: float) -> Life:
    """The life of as many associations in a community of a share ``f`` of the size: sizes shrink with it."""
    return life.model_copy(
        update={
            "reference_members": life.reference_members * f,
            "small_members": life.small_members * f,
            "threshold_filed": life.threshold_filed * f,
            "threshold_registered": life.threshold_registered * f,
            "founding_members": max(1, int(life.founding_members * f + 0.5)),
            "newborn_sessions": life.newborn_sessions * f,
            "founding_rate": life.founding_rate / f if life.founding == "need" else life.founding_rate,
        }
    )


def resized(scenario: Scenario, persons: int) -> Scenario:
    """A community like this one with ``persons`` persons, more or fewer.

    Households, staff, members, sessions, money, rooms and places at sittings are in proportion; prices, and
    rules of how associations live, are what they were. Own residents and ties do not fit it.
    """
    f = persons / scenario.population.persons
    return scenario.model_copy(
        update={
            "inputs": InputsSpec(),
            "population": _sized_population(scenario.population, persons, f),
            "committee": _sized_committee(scenario.committee, f),
            "government": scenario.government.model_copy(
                update={"budget_yuan": fen(scenario.government.budget_yuan * f) / 100}
            ),
            "organization": {
                k: o.model_copy(
                    update={
                        "members": int(o.members * f + 0.5),
                        "lent_sessions": min(MOST_SESSIONS, o.lent_sessions * f),
                        "free_sessions": min(MOST_SESSIONS, o.free_sessions * f),
                        "balance_yuan": fen(o.balance_yuan * f) / 100,
                    }
                )
                for k, o in scenario.organization.items()
            },
            "sitting": {
                k: s.model_copy(update={"places": max(1, int(s.places * f + 0.5))})
                for k, s in scenario.sitting.items()
            },
            "unit": {
                k: u.model_copy(
                    update={
                        "rooms": u.rooms * f,
                        "sponsorship_yuan": fen(u.sponsorship_yuan * f) / 100,
                    }
                )
                for k, u in scenario.unit.items()
            },
            "status_quo": {k: sized_instrument(i, f) for k, i in scenario.status_quo.items()},
            "policy": {
                p: parts.with_instruments({k: sized_instrument(i, f) for k, i in parts.items()})
                for p, parts in scenario.policy.items()
            },
        }
    )


def _sized_population(population: Population, persons: int, f: float) -> Population:
    sizes = {"persons": persons}
    if "households" in population.model_fields_set:
        sizes["households"] = max(1, min(persons, int(population.households * f + 0.5)))
    given = {name: getattr(population, name) for name in population.model_fields_set}
    return Population.model_validate(given | sizes)


def _sized_committee(committee: Committee, f: float) -> Committee:
    return (
        committee if committee.staff is None else committee.model_copy(update={"staff": committee.staff * f})
    )


def scaled(scenario: Scenario, persons: int) -> Scenario:
    """A smaller version of the same community, for settings draws.

    Of a district fewer communities are simulated, at least two, each with up to its ``persons``.
    Households, members, budgets, rooms and sitting places shrink in proportion, and so, through money and
    rooms, do sessions, in fractions; places per session do not. There are as many associations as before, so
    what is paid per association, awards, projects and staff days, shrinks too, and so does the cost of a
    workstation. Own residents and ties do not fit it.
    """
    district = scenario.district
    if district.communities:
        count = min(district.count, max(2, persons // scenario.population.persons))
        district = district.model_copy(update={"simulated": count})
        persons = min(scenario.population.persons, persons // count)
    f = persons / scenario.population.persons
    return resized(scenario, persons).model_copy(
        update={
            "district": district,
            "costs": scenario.costs.model_copy(
                update={
                    name: getattr(scenario.costs, name) * f
                    for name in ("award", "staff_day", "project", "workstation_year")
                }
            ),
            "organizations": scenario.organizations.model_copy(
                update={"rentable_sessions": scenario.organizations.rentable_sessions * f}
            ),
            "life": scaled_life(scenario.life, f),
            "status_quo": {k: smaller_instrument(i, f) for k, i in scenario.status_quo.items()},
            "policy": {
                p: parts.with_instruments({k: smaller_instrument(i, f) for k, i in parts.items()})
                for p, parts in scenario.policy.items()
            },
        }
    )
