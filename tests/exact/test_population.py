"""The people have the margins, distributions and ids of ODD section 9; tables replace columns exactly."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from model.core.draws import community_hash, person_id, uniform
from model.core.draws import stream as number
from model.core.errors import DataError, GongzhiError
from model.scenario.scenario import Scenario, adults_of
from model.start.population import Inputs, apply_inputs, beta_quantiles, draw_population, margins
from model.state.residents import COLUMNS, Residents

DERIVED = ("in_service", "match", "membership", "history", "registered", "seated")


def scenario(persons: int = 300, households: int = 120, **tables: Any) -> Scenario:
    population = {"persons": persons, "households": households, **tables.pop("population", {})}
    return Scenario.model_validate({"format": 1, "name": "place", "population": population, **tables})


@pytest.fixture(scope="module")
def many() -> tuple[Scenario, Residents]:
    wanted = scenario(24_692, 9_420)
    people = draw_population(wanted, world=11)
    assert len(people) == 20_001
    return wanted, people


def test_same_world_same_people() -> None:
    one, two, other = (draw_population(scenario(), world) for world in (5, 5, 6))
    for name, column in one.columns().items():
        np.testing.assert_array_equal(column, two.columns()[name], err_msg=name)
    assert (one.skill != other.skill).all()
    assert (one.id == other.id).all()


def test_ids_are_of_places_and_luck_is_of_ids() -> None:
    people = draw_population(scenario(), world=5)
    assert people.id.tolist() == [person_id(community_hash("place"), row) for row in range(len(people))]
    seventh = int(people.id[7])
    assert people.sex[7] == (uniform(5, number("sex"), seventh, 0) < 0.488)
    for f in range(7):
        interested = uniform(5, number("interest"), seventh, 0, f) < 0.3
        assert people.interests[7] >> f & 1 == interested


def test_a_larger_community_begins_with_the_same_persons() -> None:
    small, large = (draw_population(scenario(persons), world=5) for persons in (300, 900))
    n = len(small)
    for name in set(COLUMNS) - {"household", "cell"}:
        np.testing.assert_array_equal(small.columns()[name], large.columns()[name][:n], err_msg=name)


def test_margins_are_met(many: tuple[Scenario, Residents]) -> None:
    wanted, people = many
    rows = margins(people, wanted)
    assert {row.name for row in rows} >= {"sex", "age_band", "employment", "education", "migrant", "party"}
    for row in rows:
        error = np.sqrt(row.wanted * (1 - row.wanted) / len(people))
        assert abs(row.drawn - row.wanted) < 4 * error, row
    for name in ("sex", "age_band", "employment", "education"):
        assert sum(row.wanted for row in rows if row.name == name) == pytest.approx(1)
        assert sum(row.drawn for row in rows if row.name == name) == pytest.approx(1)


def test_employment_follows_age(many: tuple[Scenario, Residents]) -> None:
    wanted, people = many
    for age, band in enumerate(wanted.population.employed.keys()):
        share = wanted.population.employed[band]
        of_age = people.employment[people.age_band == age] == 0
        assert abs(of_age.mean() - share) < 4 * np.sqrt(share * (1 - share) / len(of_age))
    assert not ((people.age_band < 3) & (people.employment == 1)).any()


def test_distributions(many: tuple[Scenario, Residents]) -> None:
    _, people = many
    n = len(people)
    for column, law in (
        (people.skill, stats.beta(4, 4)),
        (people.attachment, stats.beta(3, 3)),
        (people.motivation, stats.beta(3, 3)),
        (people.efficacy, stats.beta(8, 8)),
        (people.hours_effect, stats.norm()),
        (people.effect[:, 0], stats.norm(0, np.hypot(1.0, 1.3))),
        (-104 * np.log(np.maximum(1 - people.embeddedness, 1e-20) / 0.9), stats.expon(scale=520)),
    ):
        assert stats.kstest(column, law.cdf).statistic < 1.95 / np.sqrt(n)  # one in a thousand
    assert np.corrcoef(people.effect[:, 0], people.effect[:, 1])[0, 1] == pytest.approx(1 / 2.69, abs=0.03)
    for code, median in enumerate((6.0, 15.0, 10.0)):
        hours = people.free_minutes[people.employment == code] / 60
        assert np.median(hours) == pytest.approx(median, rel=0.05)
    assert (people.free_minutes % 15 == 0).all()
    assert abs(np.corrcoef(people.skill, people.efficacy)[0, 1]) < 4 / np.sqrt(n)


def test_free_time_ends_at_112_hours() -> None:
    wide = {"free_median": {"employed": 112.0, "retired": 112.0, "other": 112.0}, "free_sd": 3.0}
    free = draw_population(scenario(population=wide), 1).free_minutes
    assert free.max() == 112 * 60
    assert (free == 112 * 60).mean() == pytest.approx(0.5, abs=0.15)


def test_starts_are_the_starting_values(many: tuple[Scenario, Residents]) -> None:
    _, people = many
    np.testing.assert_array_equal(people.skill, people.skill_start)
    np.testing.assert_array_equal(people.attachment, people.attachment_start)
    np.testing.assert_array_equal(people.motivation, people.motivation_start)
    assert not np.shares_memory(people.skill, people.skill_start)


def test_match_is_interest_and_free_slot(many: tuple[Scenario, Residents]) -> None:
    _, people = many
    for row in range(50):
        for f in range(7):
            for s in range(3):
                both = people.interests[row] >> f & people.slots[row] >> s & 1
                assert people.match[row] >> (3 * f + s) & 1 == both
    np.testing.assert_array_equal(people.in_service, (people.party == 1) & (people.employment == 0))


def test_households_are_neighbouring_rows_and_all_inhabited() -> None:
    people = draw_population(scenario(500, 150), 3)
    assert (np.diff(people.household) >= 0).all()
    assert set(people.household.tolist()) == set(range(150))
    np.testing.assert_array_equal(people.cell, people.household // 20)


def test_households_of_children_only() -> None:
    people = draw_population(scenario(100, 100), 3)
    assert people.household.tolist() == list(range(adults_of(scenario(100, 100).population)))


def test_static_columns_are_read_only(many: tuple[Scenario, Residents]) -> None:
    for name, column in many[1].columns().items():
        assert column.flags.writeable == (COLUMNS[name].kind != "static"), name


@pytest.mark.parametrize("a", [3, 4, 8])
def test_beta_quantiles(a: int) -> None:
    inner = np.linspace(0, 1, 2001)[:-1]
    u = np.concatenate([inner, 2.0 ** -np.arange(1, 54), 1 - 2.0 ** -np.arange(1, 54)])
    got = beta_quantiles(u, a)
    np.testing.assert_allclose(got, stats.beta(a, a).ppf(u), rtol=0, atol=1e-12)
    assert (np.diff(got[: len(inner)]) > 0).all()
    assert ((got >= 0) & (got <= 1)).all()


def test_beta_quantiles_by_hand() -> None:
    # Beta(1, 1) is uniform; Beta(2, 2) has the distribution function 3 x^2 - 2 x^3.
    u = np.array([0.0, 0.25, 0.5, 0.8125])
    np.testing.assert_allclose(beta_quantiles(u, 1), u, rtol=0, atol=1e-15)
    x = beta_quantiles(u, 2)
    np.testing.assert_allclose(3 * x**2 - 2 * x**3, u, rtol=0, atol=1e-15)


def given(**table: Any) -> Residents:
    people = draw_population(scenario(), 2)
    apply_inputs(people, Inputs(residents=table))
    return people


def test_table_replaces_columns_and_nothing_else() -> None:
    drawn = draw_population(scenario(), 2)
    n = len(drawn)
    people = given(
        sex=np.array(["female"] * n), threshold=np.linspace(0, 1, n), migrant=np.ones(n, dtype=bool)
    )
    assert (people.sex == 1).all()
    assert (people.migrant == 1).all()
    assert people.threshold[-1] == 1
    for name in set(COLUMNS) - {"sex", "threshold", "migrant"}:
        np.testing.assert_array_equal(people.columns()[name], drawn.columns()[name], err_msg=name)


def test_table_of_objects_and_floats() -> None:
    n = len(draw_population(scenario(), 2))
    names = np.array(["retired"] * (n - 1) + ["employed"], dtype=object)
    people = given(employment=names, free_minutes=np.full(n, 60.0), effect_service=np.full(n, 2.5))
    assert people.employment.tolist() == [1] * (n - 1) + [0]
    assert people.free_minutes.dtype == np.int32
    assert (people.free_minutes == 60).all()
    assert (people.effect[:, 1] == 2.5).all()
    assert (people.effect[:, 0] != 2.5).all()


def test_derived_columns_follow_the_table() -> None:
    n = len(draw_population(scenario(), 2))
    ones = np.ones(n, dtype=np.int64)
    people = given(interests=ones, slots=4 * ones, party=ones, employment=0 * ones, skill=0.9 * ones)
    assert (people.match == 1 << 2).all()
    assert (people.in_service == 1).all()
    assert (people.skill_start == 0.9).all()
    people = given(skill=0.9 * ones, skill_start=0.1 * ones)
    assert (people.skill_start == 0.1).all()


def test_took_part_is_the_lowest_bit_of_history() -> None:
    n = len(draw_population(scenario(), 2))
    took = np.arange(n) % 2
    people = given(took_part_service=took, took_part_culture=took == 0)
    np.testing.assert_array_equal(people.history[:, 1], took)
    np.testing.assert_array_equal(people.history[:, 0], 1 - took)
    assert (people.history[:, 2] == 0).all()


def _with(n: int, row: int, wrong: Any) -> Any:
    values: list[Any] = [0] * n
    values[row] = wrong
    return np.array(values)


N = adults_of(scenario().population)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"skil": np.zeros(N)}, "did you mean 'skill'"),
        ({"took_part_sport": np.zeros(N)}, "took_part_"),
        ({"skill": np.zeros(N - 1)}, f"the shape must be ({N},)"),
        ({"skill": _with(N, 17, 1.5)}, "column skill, row 17"),
        ({"skill": _with(N, 18, np.nan)}, "column skill, row 18"),
        ({"skill": np.array(["0.5"] * N)}, "column skill, row 0"),
        ({"threshold": _with(N, 3, np.inf)}, "column threshold, row 3"),
        ({"free_minutes": _with(N, 5, 0.5)}, "column free_minutes, row 5"),
        ({"interests": _with(N, 6, 128)}, "column interests, row 6"),
        ({"sex": _with(N, 4, 2)}, "column sex, row 4"),
        ({"sex": np.array(["male"] * (N - 1) + ["man"])}, f"column sex, row {N - 1}"),
        ({"sex": np.ones(N, dtype=bool)}, "column sex"),
        ({"took_part_culture": _with(N, 9, 2)}, "column took_part_culture, row 9"),
        ({"household": np.arange(N)}, "Give the column cell too"),
        ({"household": np.arange(N)[::-1], "cell": np.zeros(N)}, "column household, row 1"),
        *(({name: np.zeros(N)}, "cannot be given") for name in DERIVED),
    ],
)
def test_table_refuses(table: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError) as fault:
        given(**table)
    assert told in str(fault.value)


def test_seed_of_a_world_is_a_whole_number_of_64_bits() -> None:
    for wrong in (-1, 2**64):
        with pytest.raises(GongzhiError, match="seed"):
            draw_population(scenario(), wrong)
