"""The same community with fewer persons: what shrinks along, and what does not (ODD 6).

What grows with what is said where a number is declared: `grows` of a parameter, and of a field of an
association, a sitting, a resident unit or an instrument.
"""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from model.instruments.base import AnyInstrument, Priced, fen
from model.instruments.policies import Named, Policy
from model.parameters.declare import Grows, declarations
from model.parameters.population import Population
from model.scenario.declared_policy import DeclaredPolicy
from model.scenario.scenario import Scenario
from model.scenario.specs import InputsSpec

AnyKind = TypeVar("AnyKind", bound=AnyInstrument)
AnyTable = TypeVar("AnyTable", bound=BaseModel)


def resized(scenario: Scenario, persons: int) -> Scenario:
    """A community like this one with ``persons`` persons, more or fewer.

    Households, staff, members, sessions, money, rooms and places at sittings are in proportion; prices, and
    rules of how associations live, are what they were. Own residents and ties do not fit it.
    """
    f = persons / scenario.population.persons
    sized = _sized(scenario, f, "community")
    return sized.model_copy(
        update={"inputs": InputsSpec(), "population": _sized_population(scenario.population, persons, f)}
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
    small = _sized(resized(scenario, persons), f, "association")
    if small.life.founding == "need":  # which counts those in need, and so shrinks with them
        life = small.life.model_copy(update={"founding_rate": scenario.life.founding_rate / f})
        small = small.model_copy(update={"life": life})
    return small.model_copy(update={"district": district})


def smaller_policy(policy: Policy, f: float) -> Policy:
    """The policy in a smaller version, of a share ``f`` of the size and of as many associations."""
    return Policy(
        policy.name,
        tuple(
            Named(n.name, _sized(_sized(n.instrument, f, "community"), f, "association"))
            for n in policy.instruments
        ),
    )


def _sized(table: AnyTable, f: float, by: Grows) -> AnyTable:
    """A table and those in it, where what grows as ``by`` says is ``f`` times what it was."""
    update: dict[str, Any] = {}
    for name, field in type(table).model_fields.items():
        value = table.__dict__[name]
        if isinstance(value, BaseModel):
            update[name] = _sized(value, f, by)
        elif isinstance(value, dict):
            update[name] = _sized_in(value, f, by)
        elif value is not None and _grows(table, name, field) == by:
            update[name] = _times(value, f, field, money=by == "community" and name.endswith("_yuan"))
    changed = {name: value for name, value in update.items() if value is not table.__dict__[name]}
    return table.model_copy(update=changed) if changed else table


def _sized_in(tables: dict[str, Any], f: float, by: Grows) -> dict[str, Any]:
    """The same of each table in a dictionary of tables, or of policies."""
    sized: dict[str, Any] = {}
    for name, one in tables.items():
        if isinstance(one, DeclaredPolicy):
            inner = _sized_in(one, f, by)
            sized[name] = one if inner is one else one.with_instruments(inner)
        else:
            sized[name] = _sized(one, f, by) if isinstance(one, BaseModel) else one
    return tables if all(sized[name] is one for name, one in tables.items()) else sized


def _grows(table: BaseModel, name: str, field: FieldInfo) -> str:
    """With what a field grows; the price of an instrument as the one it takes by default."""
    if name == "price_yuan" and isinstance(table, Priced):
        return declarations(Scenario)[table.price_of].grows
    extra = field.json_schema_extra
    return str(extra.get("grows", "")) if isinstance(extra, dict) else ""


def _times(value: float, f: float, field: FieldInfo, *, money: bool) -> float:
    """``f`` times a number: money in whole fen, whole numbers rounded, within the bounds of its field."""
    if money:
        return fen(value * f) / 100
    low, high = _bounds(field)
    if isinstance(value, int):
        return int(max(low, min(high, int(value * f + 0.5))))
    return float(max(low, min(high, value * f)))


def _bounds(field: FieldInfo) -> tuple[float, float]:
    """The lowest and the highest value of a field."""
    extra = field.json_schema_extra
    valid = extra.get("valid") if isinstance(extra, dict) else None
    if isinstance(valid, tuple | list):
        return float(str(valid[0])), float(str(valid[1]))
    low = next((one.ge for one in field.metadata if hasattr(one, "ge")), -float("inf"))
    high = next((one.le for one in field.metadata if hasattr(one, "le")), float("inf"))
    return low, high


def _sized_population(population: Population, persons: int, f: float) -> Population:
    """The people of another number of persons; households follow unless they are given."""
    sizes = {"persons": persons}
    if "households" in population.model_fields_set:
        sizes["households"] = max(1, min(persons, int(population.households * f + 0.5)))
    given = {name: value for name, value in population if name in population.model_fields_set}
    return Population.model_validate(given | sizes)
