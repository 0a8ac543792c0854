"""What grows with a community is declared where it is, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from model.instruments import KINDS
from model.parameters.declare import declarations
from model.scenario.scaling import resized, scaled, smaller_policy
from model.scenario.scenario import Scenario
from model.scenario.specs import OrganizationSpec, SittingSpec, UnitSpec
from tests.worlds import EVERYTHING, GOVERNED, PARTY, SEVERAL, policy, world

UNITS_OF_SIZE = ("persons", "members", "yuan/year", "persons/session")
"""Units of numbers that are larger in a larger community, but for those of one act, person or association."""

DO_NOT_GROW = {
    "population.persons": "it is the size itself",
    "network.workplace_size": "workplaces are as large as they are",
    "organizations.places": "rooms of a session are as large as they are",
    "costs.staff_year": "the pay of one person",
    "life.fee_yuan": "the fee of one member",
}
"""Numbers of such a unit that stay, and why."""


def growing(table: type[BaseModel]) -> dict[str, str]:
    extras = {name: field.json_schema_extra for name, field in table.model_fields.items()}
    return {name: str(e["grows"]) for name, e in extras.items() if isinstance(e, dict) and e.get("grows")}


def test_every_number_of_the_size_of_a_community_says_whether_it_grows() -> None:
    silent = {
        ".".join(name.split(".")[:2])
        for name, one in declarations(Scenario).items()
        if one.unit in UNITS_OF_SIZE and not one.grows
    }
    assert silent == set(DO_NOT_GROW)


def test_what_is_declared_to_grow_grows() -> None:
    scenario = world(
        400,
        organization=SEVERAL,
        status_quo={**GOVERNED, **EVERYTHING},
        government={"budget_yuan": 90_000.0},
    )
    double, half = resized(scenario, 800), scaled(scenario, 200)
    for name, one in declarations(Scenario).items():
        table, _, key = name.partition(".")
        was, doubled, halved = (
            getattr(getattr(s, table), key.partition(".")[0]) for s in (scenario, double, half)
        )
        if was is None:
            continue  # a head count that is not given; tests/faults/test_own_community.py gives one
        if one.grows == "community":
            assert (doubled, halved) == (2 * was, was / 2), name
        elif one.grows == "association":
            assert (doubled, halved) == (was, was / 2), name
        elif table not in ("population", "district"):
            assert doubled == was or name == "committee.staff_per_1000", name
    for tables, kind in (("organization", OrganizationSpec), ("sitting", SittingSpec), ("unit", UnitSpec)):
        for key, spec in getattr(scenario, tables).items():
            for field in growing(kind):
                was, now = getattr(spec, field), getattr(getattr(double, tables)[key], field)
                assert now == pytest.approx(2 * was, abs=0.005), (tables, key, field)
    for key, instrument in scenario.status_quo.items():
        for field, by in growing(type(instrument)).items():
            assert by == "community"
            was, now = getattr(instrument, field), getattr(double.status_quo[key], field)
            assert now == pytest.approx(2 * was, abs=0.005), (key, field)


@pytest.mark.parametrize("kind", ["award", "project_fund", "train_staff", "train_residents", "publicity"])
def test_a_price_grows_as_the_one_it_stands_in_place_of(kind: str) -> None:
    own: dict[str, Any] = {"kind": kind, "amount_yuan": 1_000.0, "price_yuan": 40.0}
    small = smaller_policy(policy(own=own), 0.5).instruments[0].instrument
    per_association = declarations(Scenario)[KINDS[kind].price_of].grows == "association"
    assert small.price_yuan == (20.0 if per_association else 40.0)  # type: ignore[attr-defined]
    assert small.amount_yuan == 500.0  # type: ignore[attr-defined]


def test_whole_numbers_stay_whole_and_within_their_bounds() -> None:
    scenario = world(400, status_quo=PARTY | {"more": {"kind": "hearing", "every": "week", "places": 3}})
    small = scaled(scenario, 10)
    assert small.status_quo["more"].places == 1  # type: ignore[union-attr]
    assert all(isinstance(o.members, int) for o in small.organization.values())
    assert small.life.founding_members == 1
    assert resized(scenario, 400 * 300).organization["dance"].lent_sessions == 250
