"""The model as a Mesa model and as a set of arms: agents, branches, schedule, memory, kernels."""

from __future__ import annotations

import gc
import importlib
import pkgutil
import weakref

import mesa
import numpy as np
import pytest

import model.week
from experiments.runs.simulate import simulate
from model.community import CommunityModel
from model.core.errors import GongzhiError, ScenarioError
from model.instruments.policies import NONE
from model.parameters.decision import ACTIVITIES, TERMS
from model.state.organizations import Organization
from model.state.outcomes import AT, COLUMNS, WEEKLY
from model.state.resident import Resident
from model.week.observe import figures_of
from model.week.schedule import OF_THE_MODEL, default_phases
from tests.worlds import EVERYTHING, policy, world

CREDITS = {"kind": "credits", "amount_yuan": 5000.0}


@pytest.fixture
def small() -> CommunityModel:
    built = CommunityModel(world(80), world=3, luck=4)
    built.run_spin_up()
    return built


def test_it_is_an_ordinary_mesa_model(small: CommunityModel) -> None:
    assert isinstance(small, mesa.Model)
    kinds = {type(a).__name__ for a in small.agents}
    assert kinds == {
        "Organization",
        "ResidentsCommittee",
        "PartyBranch",
        "ResidentUnit",
        "Government",
        "Resident",
    }
    assert len(small.agents_by_type[Resident]) == len(small.residents)
    assert len(small.agents_by_type[Organization]) == len(small.organizations)
    ids = [a.unique_id for a in small.agents]
    assert len(set(ids)) == len(ids)
    first = small.residents[0]
    first.skill = 0.25
    assert small.residents.skill[0] == 0.25
    assert small.agents.select(lambda a: a is first)[0] is first


def test_the_week_reads_like_the_odd(small: CommunityModel) -> None:
    assert tuple(p.name for p in small.schedule) == tuple(OF_THE_MODEL)
    assert tuple(p.name for p in default_phases().without("train", "plan"))[:3] == (
        "appropriate",
        "disburse",
        "mobilise",
    )
    with pytest.raises(GongzhiError, match="no phase 'sleep'"):
        default_phases().only("sleep")


def test_a_phase_of_ones_own_runs_every_week() -> None:
    weeks: list[int] = []

    def note(model: CommunityModel) -> None:
        weeks.append(model.week)

    built = CommunityModel(world(40), phases=default_phases().insert_after("ask", note))
    built.run(2)
    assert weeks == [-2, -1, 0, 1, 2]


def test_arms_are_independent_of_each_other_and_of_their_order() -> None:
    scenario = world(80)
    arm = policy(**EVERYTHING)
    first = simulate(scenario, arm, 3, 4, weeks=20)
    simulate(scenario, NONE, 9, 9, weeks=3)
    before = simulate(scenario, NONE, 3, 4, weeks=20)
    again = simulate(scenario, arm, 3, 4, weeks=20)
    assert np.array_equal(first.counts, again.counts)
    assert np.array_equal(first.money, again.money)
    assert not np.array_equal(first.counts, before.counts)


def test_a_policy_of_the_constructor_is_that_of_a_branch() -> None:
    scenario, arm = world(80), policy(**EVERYTHING)
    whole = CommunityModel(scenario, arm, world=3, luck=4)
    whole.run(15)
    base = CommunityModel(scenario, world=3, luck=4)
    base.run_spin_up()
    branch = base.branch(arm)
    branch.run(15)
    for name, column in whole.residents.columns().items():
        assert np.array_equal(column, branch.residents.columns()[name]), name
    assert [a.row() for a in whole.government.accounts.values()] == [
        a.row() for a in branch.government.accounts.values()
    ]


def test_instruments_are_in_force_from_their_first_to_their_last_week(small: CommunityModel) -> None:
    arm = small.branch(
        policy(seats={"kind": "train_residents", "amount_yuan": 52_000.0, "start": 3, "end": 5})
    )
    trained = []
    for _ in range(8):
        before = arm.residents.trained_week.copy()
        arm.step()
        trained.append(int((arm.residents.trained_week != before).sum()))
    assert [n > 0 for n in trained] == [False, False, True, True, True, False, False, False]
    account = arm.government.accounts["trial.seats"]
    assert account.appropriated == 52_000_00 * 3 // 52
    assert account.appropriated == account.spent + account.returned


def test_budgets_are_pro_rata_and_renewed_each_fiscal_year() -> None:
    built = CommunityModel(world(60))
    built.run_spin_up()
    arm = built.branch(policy(money={"kind": "grant", "amount_yuan": 1000.01, "start": 40}))
    arm.run(60)
    account = arm.government.accounts["trial.money"]
    assert account.appropriated == 1000_01 * 13 // 52 + 1000_01
    assert account.spent == 1000_01 * 13 // 52 + 1000_01 * 8 // 52


def test_models_are_garbage_collected() -> None:
    built = CommunityModel(world(40))
    built.run(2)
    gone = weakref.ref(built)
    assert len(built.agents) > 0
    del built
    gc.collect()
    assert gone() is None


def test_wrong_arms_are_one_message(small: CommunityModel) -> None:
    arm = small.branch(policy(a=CREDITS))
    with pytest.raises(GongzhiError, match="cannot be branched"):
        arm.branch()
    with pytest.raises(ScenarioError, match="two credit schemes"):
        small.branch(policy(a=CREDITS, b=CREDITS))
    with pytest.raises(GongzhiError, match="unknown term"):
        small.branch(from_twin=("charm",))
    for seed in (-1, 2**64, 1.5, True):
        with pytest.raises(GongzhiError, match="not a seed"):
            CommunityModel(world(40), world=seed)  # type: ignore[arg-type]


def test_reading_every_term_from_the_twin_leaves_what_does_not_pass_through_decisions() -> None:
    """With all nine terms from the twin, places aside, nobody decides differently."""
    scenario = world(120)
    arm = policy(seats={"kind": "train_residents", "amount_yuan": 30_000.0})
    base = simulate(scenario, NONE, 3, 4, weeks=20)
    whole = simulate(scenario, arm, 3, 4, weeks=20)
    through_nothing = simulate(scenario, arm, 3, 4, weeks=20, from_twin=("can",))
    attended = slice(4, 7)
    assert not np.array_equal(whole.counts[:, 0, attended], base.counts[:, 0, attended])
    assert np.array_equal(through_nothing.counts[:, 0, attended], base.counts[:, 0, attended])


@pytest.mark.parametrize("term", TERMS)
def test_a_twin_without_a_policy_changes_nothing(term: str) -> None:
    scenario = world(300)
    plain = simulate(scenario, NONE, 3, 4, weeks=20)
    assert np.array_equal(simulate(scenario, NONE, 3, 4, weeks=20, from_twin=(term,)).counts, plain.counts)


def test_wrong_types_are_one_message() -> None:
    scenario = world(60)
    for weeks in (1.5, "5", True, -1, 10**6):
        with pytest.raises(GongzhiError, match="weeks"):
            simulate(scenario, weeks=weeks)  # type: ignore[arg-type]
    for wrong in (None, 5, []):
        with pytest.raises(GongzhiError, match="not a policy"):
            simulate(scenario, wrong)  # type: ignore[arg-type]
        with pytest.raises(GongzhiError, match="not a scenario"):
            simulate(wrong)  # type: ignore[arg-type]


def test_every_kernel_has_one_signature() -> None:
    """Columns keep their types in all arms, so nothing is compiled twice."""
    simulate(world(80), policy(**EVERYTHING), 3, 4, weeks=10)
    simulate(world(60), NONE, 5, 6, weeks=10)
    names = [m.name for m in pkgutil.walk_packages(model.week.__path__, "model.week.")]
    for name in (*names, "model.state.outcomes", "model.start.membership"):
        for attribute in vars(importlib.import_module(name)).values():
            if getattr(attribute, "__module__", None) == name and hasattr(attribute, "signatures"):
                assert len(attribute.signatures) <= 1, (name, attribute.__name__, attribute.signatures)


def test_a_week_that_was_not_begun_is_refused(small: CommunityModel) -> None:
    """Who runs phases by hand cannot read what was seen last week."""
    arm = small.branch()
    arm.step()
    arm.week += 1
    before, decide = arm.schedule.without("decide"), arm.schedule.only("decide")
    for phase in before[: arm.schedule.position("decide")]:
        phase.run(arm)
    with pytest.raises(GongzhiError, match="begin_week"):
        decide[0].run(arm)


def test_every_figure_is_made_by_the_part_it_speaks_of() -> None:
    model = CommunityModel(world(), world=1, luck=2)
    model.step()
    assert sorted(figures_of(model)) == sorted(WEEKLY)
    assert len(set(WEEKLY)) == len(WEEKLY)
    assert AT.adults == 0
    assert [COLUMNS[AT.members_of + k] for k in range(3)] == [f"members_{a}" for a in ACTIVITIES]
    assert COLUMNS[AT.satisfaction] == "satisfaction" == COLUMNS[-1]
