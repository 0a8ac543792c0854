"""Does a Mesa user find what Mesa promises, and does looking change nothing?"""

from __future__ import annotations

import copy
import gc
import pickle
import random
import re
import weakref
from pathlib import Path
from typing import Any, NoReturn

import mesa
import numpy as np
import pytest
from mesa.agent import AgentSet
from mesa.datacollection import DataCollector

import model
from experiments.runs.simulate import simulate
from model.community import CommunityModel
from model.core.errors import Departed, GongzhiError
from model.district.district import DistrictModel
from model.instruments.policies import NONE, Policy
from model.state.committee import ResidentsCommittee
from model.state.government import Government
from model.state.organizations import Organization
from model.state.resident import Resident
from tests.worlds import EVERYTHING, policy, world

pytestmark = pytest.mark.filterwarnings("ignore:AgentSet.__getitem__")  # Mesa 3.5 warns of Mesa 4


def built(persons: int = 80, policy: Policy = NONE, **tables: Any) -> CommunityModel:
    return CommunityModel(world(persons, **tables), policy, world=3, luck=4)


@pytest.fixture
def small() -> CommunityModel:
    model = built()
    model.run_spin_up()
    return model


@pytest.fixture
def people(small: CommunityModel) -> AgentSet:
    return small.agents_by_type[Resident]


def traces(model: CommunityModel) -> dict[str, bytes]:
    """Everything a run leaves, as bytes."""
    found = {name: column.tobytes() for name, column in model.residents.columns().items()}
    found |= {name: np.asarray(array).tobytes() for name, array in model.records.arrays().items()}
    for o in model.organizations:
        found[f"organization {o.name}"] = repr({k: v for k, v in vars(o).items() if k != "model"}).encode()
    found["accounts"] = repr([a.row() for a in model.government.accounts.values()]).encode()
    return found


# agents


def test_agents_are_those_of_the_community(small: CommunityModel) -> None:
    n, agents = len(small.residents), small.agents
    assert isinstance(small, mesa.Model)
    assert isinstance(agents, AgentSet)
    assert all(isinstance(a, mesa.Agent) and a.model is small for a in agents)
    assert len(agents) == n + len(small.organizations) + len(small.units) + 3
    assert set(small.agent_types) == set(small.agents_by_type) == {type(a) for a in agents}
    assert {Resident, Organization, ResidentsCommittee, Government} < set(small.agent_types)
    assert len({a.unique_id for a in agents}) == len(agents)
    assert small.agents_by_type[Organization][0] is small.organizations[0]
    assert list(small.agents_by_type[Resident]) == list(small.residents)


def test_agents_are_kept_from_the_first_look_on(small: CommunityModel) -> None:
    before = list(small.agents)
    small.step()
    after = list(small.agents)
    gone = [a for a in before if a not in small.agents]
    assert all("left in week" in repr(a) for a in gone)
    assert [a for a in before if a not in gone] == [a for a in after if a in before]


def test_a_set_of_agents_tells_who_has_moved_away() -> None:
    model = built(100, movement={"move_rate": {"local": 0.5, "migrant": 0.5}})
    before = model.agents_by_type[Resident]
    first = list(before)
    while not any("left" in repr(r) for r in first):
        model.step()
    with pytest.raises(Departed, match="moved away in week"):
        before.get("skill")
    assert len(model.agents_by_type[Resident].get("skill")) == len(first)


def test_a_set_is_a_sequence(people: AgentSet, small: CommunityModel) -> None:
    assert people[0] is small.residents[0]
    assert people[-1] is small.residents[-1]
    assert people[2:5] == [small.residents[row] for row in (2, 3, 4)]
    assert small.residents[3] in people
    assert small.organizations[0] not in people
    assert [r.row for r in people] == list(range(len(small.residents))) == people.get("row")
    assert people.count(small.residents[3]) == 1
    assert people.index(small.residents[3]) == 3


def test_select(people: AgentSet, small: CommunityModel) -> None:
    old = people.select(lambda r: r.age_band == "70+")
    assert [r.row for r in old] == small.residents.where(age_band="70+").tolist()
    assert 0 < len(old) < len(people)
    assert [r.row for r in people.select(at_most=3)] == [0, 1, 2]
    assert len(people.select(at_most=0.25)) == len(people) // 4
    assert list(small.agents.select(agent_type=Organization)) == small.organizations
    few = people.select(lambda r: r.migrant, at_most=2)
    assert [r.row for r in few] == small.residents.where(migrant=True).tolist()[:2]


def test_get_and_set(people: AgentSet, small: CommunityModel) -> None:
    assert people.get("skill") == small.residents.skill.tolist()
    assert set(people.get("age_band")) <= {"16-24", "25-34", "35-44", "45-59", "60-69", "70+"}
    assert people.get("migrant") == (small.residents.migrant == 1).tolist()
    assert people.get(["row", "sex"])[1] == [1, small.residents[1].sex]
    assert small.agents.get("skill", handle_missing="default", default_value=-1.0)[0] == -1.0
    with pytest.raises(AttributeError, match="did you mean 'skill'"):
        people.get("skil")
    people.select(at_most=4).set("skill", 0.75).set("enrolled", True).set("habit", [0.1, 0.2, 0.3])
    assert (small.residents.skill[:4] == 0.75).all()
    assert (small.residents.enrolled[:4] == 1).all()
    assert small.residents.habit[3].tolist() == [0.1, 0.2, 0.3]
    assert (small.residents.skill[4:] != 0.75).all()
    for name, value in (("skill", 1.5), ("skil", 0.5), ("age_band", "70+"), ("enrolled", "maybe")):
        with pytest.raises(GongzhiError):
            people.set(name, value)
    assert (small.residents.skill[:4] == 0.75).all()


def test_agg_groupby_and_sort(people: AgentSet, small: CommunityModel) -> None:
    skill = small.residents.skill
    assert people.agg("skill", [min, max]) == [skill.min(), skill.max()]
    assert people.agg("credit_minutes", sum) == int(small.residents.credit_minutes.sum())
    counts = people.groupby("age_band").count()
    assert counts == {band: len(small.residents.where(age_band=band)) for band in counts}
    assert sum(counts.values()) == len(people)
    tops = people.groupby("sex").agg("skill", max)
    assert max(tops.values()) == skill.max()
    for rising in (True, False):
        ranked = people.sort("skill", ascending=rising).get("skill")
        assert ranked == sorted(skill.tolist(), reverse=not rising)
    assert people.sort(lambda r: r.household, ascending=True)[0].household == 0


def test_do_map_and_shuffle_do(people: AgentSet, small: CommunityModel) -> None:
    def learn(resident: Resident, by: float) -> float:
        resident.skill = min(1.0, resident.skill + by)
        return float(resident.skill)

    before = small.residents.skill.copy()
    assert people.map(learn, by=0.5) == np.minimum(1, before + 0.5).tolist()
    assert people.do(learn, by=-0.25) is people
    assert np.array_equal(small.residents.skill, np.minimum(1, before + 0.5) - 0.25)
    order: list[int] = []
    expected = list(range(len(people)))
    random.Random(4).shuffle(expected)
    people.shuffle_do(lambda r: order.append(r.row))
    assert order == expected
    assert sorted(people.shuffle().get("row")) == list(range(len(people)))


# the user's random numbers


def test_the_users_random_numbers_are_those_of_the_luck_seed() -> None:
    one, two, other = built(), built(), CommunityModel(world(40), world=3, luck=5)
    assert [one.random.random() for _ in range(3)] == [two.random.random() for _ in range(3)]
    assert one.rng.random() == two.rng.random()
    assert one.random.random() != other.random.random()
    assert two.branch().random.random() == random.Random(4).random()
    assert CommunityModel(world(40), luck=np.uint64(5)).random.random() == random.Random(5).random()


class Unread:
    """Raises whatever is asked of it."""

    def __getattr__(self, name: str) -> NoReturn:
        raise AssertionError(f"the simulation read random.{name}")


def test_the_simulation_reads_no_random_numbers_of_mesa() -> None:
    plain, watched = built(policy=policy(**EVERYTHING)), built(policy=policy(**EVERYTHING))
    watched.random = watched.rng = Unread()
    plain.run(20)
    watched.run(20)
    assert traces(plain) == traces(watched)


def collector() -> DataCollector:
    return DataCollector(
        model_reporters={
            "week": "week",
            "members": lambda m: sum(o.members for o in m.organizations),
            "skill": lambda m: float(m.residents.skill.mean()),
        },
        agent_reporters={"skill": lambda a: getattr(a, "skill", None), "id": "unique_id"},
        agenttype_reporters={
            Resident: {"band": "age_band", "habit": lambda r: r.habit.tolist()},
            Organization: {"balance": "balance"},
        },
    )


def test_a_data_collector_collects_and_changes_nothing(small: CommunityModel) -> None:
    plain, watched = small.branch(policy(**EVERYTHING)), small.branch(policy(**EVERYTHING))
    plain.run(6)
    found, skills, balances = collector(), [], []
    watched.run(0)
    for _ in range(6):
        watched.agents_by_type[Resident].shuffle_do(lambda r: r.skill)
        watched.step()
        found.collect(watched)
        skills.append(watched.residents.skill.copy())
        balances += [o.balance for o in watched.organizations]
    assert traces(plain) == traces(watched)

    of_model = found.get_model_vars_dataframe()
    assert of_model["week"].tolist() == [1, 2, 3, 4, 5, 6]
    assert of_model["skill"].tolist() == [float(s.mean()) for s in skills]
    n, rest = len(watched.residents), len(watched.organizations) + len(watched.units) + 3
    of_agents = found.get_agent_vars_dataframe()
    assert len(of_agents) == 6 * (n + rest)
    assert of_agents["skill"].dropna().tolist() == np.concatenate(skills).tolist()
    assert of_agents["id"].tolist()[-n:] == watched.residents.id.tolist()
    of_residents = found.get_agenttype_vars_dataframe(Resident)
    assert of_residents["band"].tolist()[-n:] == watched.agents_by_type[Resident].get("age_band")
    assert of_residents["habit"].tolist()[-1] == watched.residents.habit[-1].tolist()
    assert found.get_agenttype_vars_dataframe(Organization)["balance"].tolist() == balances


# steps


def test_steps_weeks_and_running() -> None:
    model = CommunityModel(world(40, run={"weeks": 5, "spin_up": 3}), world=3, luck=4)
    other = CommunityModel(world(40, run={"weeks": 5, "spin_up": 3}), world=3, luck=4)
    assert (model.week, model.steps, model.running) == (-3, 0, True)
    model.step()
    assert (model.week, model.steps, model.running) == (-2, 1, True)
    model.run_model()
    assert (model.week, model.steps, model.running) == (5, 8, False)
    model.run_model()
    assert model.week == 5
    while other.running:
        other.step()
    assert other.week == 5
    assert traces(model) == traces(other)
    assert model.records.weeks == [0, 1, 2, 3, 4, 5]
    with pytest.raises(TypeError):
        CommunityModel(world(40), seed=3)  # type: ignore[call-arg]


# copies


@pytest.mark.parametrize("road", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_copy_runs_on_to_the_same_bits(small: CommunityModel, road: Any) -> None:
    first = small.branch(policy(**EVERYTHING), from_twin=("can",))
    first.run(6)
    len(first.agents)
    first.random.random()
    before, second = traces(first), road(first)
    second.run(20)
    assert traces(first) == before, "the copy's run changed the original"
    assert second.week == 26
    assert second.steps == first.steps + 20
    first.run(20)
    assert traces(first) == traces(second)
    assert first.random.random() == second.random.random()
    assert all(a.model is second for a in second.agents)
    assert second.agents_by_type[Organization][0] is second.organizations[0]
    assert not set(second.agents) & set(first.agents)
    for name, column in second.residents.columns().items():
        own = first.residents.columns()[name]
        assert column.flags.writeable == own.flags.writeable, name
        assert not np.shares_memory(column, own), name


def test_a_copied_spun_up_state_gives_the_arms_of_the_original(small: CommunityModel) -> None:
    twin = copy.deepcopy(small)
    arms = [base.branch(policy(**EVERYTHING)) for base in (small, twin)]
    for arm in arms:
        arm.run(10)
    assert traces(arms[0]) == traces(arms[1])


def test_a_copy_keeps_what_refers_to_residents(small: CommunityModel) -> None:
    small.friends = small.agents_by_type[Resident].select(at_most=2)
    small.organizations[0].received_by["founder"] = small.residents[5]  # type: ignore[assignment]
    twin = copy.deepcopy(small)
    assert list(twin.friends) == [twin.residents[0], twin.residents[1]]
    founder: object = twin.organizations[0].received_by["founder"]
    assert founder is twin.residents[5] is not small.residents[5]


def test_what_is_not_copied_says_what_to_use(small: CommunityModel) -> None:
    resident = small.residents[0]
    for road in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(GongzhiError, match=r"resident cannot be (copied|pickled).*model\.branch\(\)"):
            road(resident)
    with pytest.raises(GongzhiError, match=r"shallow.*model\.branch\(\).*copy\.deepcopy"):
        copy.copy(small)


def test_values_are_pickled() -> None:
    scenario, arm = world(60), policy(**EVERYTHING)
    run = simulate(scenario, arm, 3, 4, weeks=5)
    again = pickle.loads(pickle.dumps(run))
    assert again.series.equals(run.series)
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    assert pickle.loads(pickle.dumps(arm)) == arm
    assert copy.deepcopy(scenario) == scenario


# memory, and what is Mesa's own


def test_no_private_name_of_mesa_is_touched_but_one() -> None:
    private = {n for kind in (mesa.Model, mesa.Agent, AgentSet) for n in dir(kind) if re.match("_[a-z]", n)}
    private |= {n for n in vars(mesa.Model()) if n.startswith("_")} | {"_ids"}
    found = {
        (path.name, name)
        for path in Path(model.__file__).parent.rglob("*.py")
        for name in re.findall(r"\.(_[a-z]\w*)", path.read_text(encoding="utf-8"))
        if name in private
    }
    assert found == {("mesa_face.py", "_ids")}


class Visitor(mesa.Agent):
    """A user's own agent."""


def test_models_are_freed_whatever_was_done_with_them() -> None:
    def used() -> list[weakref.ref[Any]]:
        model = built(60)
        model.run(1)
        kept: list[Any] = [model, model.branch(), copy.deepcopy(model), pickle.loads(pickle.dumps(model))]
        kept.append(kept[1].branch(from_twin=("can",)).twin)
        for one in kept:
            Visitor(one)
            found = collector()
            found.collect(one)
            one.collector = found
            one.agents.shuffle_do(lambda a: a.unique_id)
            one.step()
        return [weakref.ref(one) for one in kept]

    gone = used()
    gc.collect()
    assert [ref() for ref in gone] == [None] * 5


def test_agents_of_ones_own_come_and_go(small: CommunityModel) -> None:
    one, two = Visitor(small), Visitor(small)
    assert one.unique_id != two.unique_id
    assert list(small.agents_by_type[Visitor]) == [one, two]
    assert one in small.agents
    small.step()
    one.remove()
    assert list(small.agents_by_type[Visitor]) == [two]
    assert Visitor not in small.branch().agent_types
    for agent in (small.organizations[0], small.committee, small.government, small.branch_office):
        with pytest.raises(GongzhiError, match="cannot be removed"):
            agent.remove()
    with pytest.raises(GongzhiError, match="cannot be removed"):
        small.agents_by_type[Resident].do("remove")


def test_a_district_is_copied_and_freed_like_a_community() -> None:
    def used() -> list[weakref.ref[Any]]:
        one = DistrictModel(world(80, district={"communities": 2}), world=1, luck=2)
        one.run(2)
        two = copy.deepcopy(one)
        three = pickle.loads(pickle.dumps(one))
        skill = [c.residents.skill.copy() for c in one.communities]
        for other in (two, three):
            assert all(c.purse is not None for c in other.communities)
            other.run(4)
            assert all(
                np.array_equal(s, c.residents.skill) for s, c in zip(skill, one.communities, strict=True)
            )
        one.run(4)
        for a, b, c in zip(one.communities, two.communities, three.communities, strict=True):
            assert traces(a) == traces(b) == traces(c)
        assert len(one.agents_by_type[Resident]) == sum(len(c.residents) for c in one.communities)
        return [weakref.ref(m) for m in (one, two, three, one.communities[0])]

    gone = used()
    gc.collect()
    assert [ref() for ref in gone] == [None] * 4
