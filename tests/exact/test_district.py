"""Many communities in one run: alone as inside, weak ties, one government, totals, tables."""

from __future__ import annotations

import gc
import weakref

import mesa
import numpy as np
import pytest

from experiments.runs.simulate import simulate
from model.community import CommunityModel
from model.core.draws import community_hash
from model.core.errors import GongzhiError, ScenarioError
from model.district.communities import community_names, community_scenarios, shares_of_policy
from model.district.district import DistrictGovernment, DistrictModel
from model.instruments.base import LEGAL_FORMS
from model.instruments.policies import NONE, Policy
from model.state.allocation import split
from model.state.government import Government
from model.state.outcomes import WEEKLY
from model.state.resident import Resident
from model.week.schedule import OF_THE_MODEL, default_phases
from tests.district_worlds import ALONE, district
from tests.exact.test_oracle import closely, same
from tests.reference_district import ReferenceDistrict, district_reference_of
from tests.worlds import EVERYTHING, GOVERNED, SEVERAL, policy, world

SPREAD = policy(**{name: table for name, table in EVERYTHING.items() if name != "award"})
"""Everything that a community gets whatever the others do."""


def equal(ours: CommunityModel, theirs: CommunityModel) -> None:
    """Raise AssertionError unless two communities are the same to the bit, records included."""
    for name, column in ours.residents.columns().items():
        assert column.tobytes() == getattr(theirs.residents, name).tobytes(), name
    a, b = ours.records.arrays(), theirs.records.arrays()
    for name, values in a.items():
        assert values.tobytes() == b[name].tobytes(), name
    for mine, other in zip(ours.organizations, theirs.organizations, strict=True):
        assert (mine.balance, mine.received, mine.carry) == (other.balance, other.received, other.carry)


def lived(model: DistrictModel, arm: Policy, weeks: int = 60) -> DistrictModel:
    model.run_spin_up()
    branch = model.branch(arm)
    branch.run(weeks)
    return branch


@pytest.mark.parametrize("arm", [NONE, SPREAD], ids=["none", "everything"])
def test_a_community_alone_is_the_one_inside_to_the_bit(arm: Policy) -> None:
    scenario = district(3, network=ALONE)
    inside = lived(DistrictModel(scenario, world=1, luck=2), arm)
    shares = shares_of_policy(scenario, arm)
    for c, own in enumerate(community_scenarios(scenario, 1)):
        alone = CommunityModel(own, world=1, luck=2)
        alone.run_spin_up()
        branch = alone.branch(shares[c])
        branch.run(60)
        equal(branch, inside.communities[c])
    effects = [c.scenario.decision.community_effect for c in inside.communities]
    assert len(set(effects)) == 3


def test_a_district_of_one_pays_awards_as_the_community_alone() -> None:
    scenario, arm = district(1), policy(award=EVERYTHING["award"])
    inside = lived(DistrictModel(scenario, world=1, luck=2), arm).communities[0]
    alone = CommunityModel(community_scenarios(scenario, 1)[0], world=1, luck=2)
    alone.run_spin_up()
    branch = alone.branch(arm)
    branch.run(60)
    equal(branch, inside)
    assert branch.government.accounts["trial.award"].spent > 0


def test_the_others_do_not_matter_where_money_is_the_same() -> None:
    tables = {name: dict(table) for name, table in EVERYTHING.items() if name not in ("award", "merger")}
    for table in tables.values():
        if "amount_yuan" in table:
            table["amount_yuan"] = 6 * 1234.56  # six equal parts, to the fen
    nobody_ends = {"hazard": dict.fromkeys(LEGAL_FORMS, 0.0)}  # or what one cannot take goes to the others
    few, many = (
        lived(
            DistrictModel(
                district(6, network=ALONE, life=nobody_ends, district={"simulated": n}), world=1, luck=2
            ),
            policy(**tables),
        )
        for n in (3, 5)
    )
    assert [c.scenario.name for c in few.communities] == ["town-001", "town-002", "town-003"]
    for ours, theirs in zip(few.communities, many.communities, strict=False):
        equal(ours, theirs)


ORACLE = {
    "equal": (district(3, 60), policy(**EVERYTHING)),
    "need, mixed": (
        district(3, 40, district={"division": "need"}, network={"well_mixed": 0.4, "degree": {"weak": 3.0}}),
        policy(**EVERYTHING),
    ),
    "tournament": (district(3, 40, district={"division": "tournament"}), policy(**EVERYTHING)),
    "adaptive, on a budget": (
        district(
            3, 40, district={"division": "adaptive"}, government={"budget_yuan": 90_000.0, "first_share": 0.4}
        ),
        policy(**EVERYTHING),
    ),
    "some of many": (
        district(5, 60, district={"simulated": 2, "communities": 5}),
        policy(award=EVERYTHING["award"], seats=EVERYTHING["seats"]),
    ),
    "fractional": (district(3, 60, decision={"rule": "fractional", "threshold": 0.02}), NONE),
    "absolute": (district(3, 60, decision={"rule": "absolute", "threshold": 3.0, "memory": 4}), NONE),
}


@pytest.mark.parametrize("name", ORACLE)
def test_every_phase_of_a_district_is_as_the_odd_says(name: str) -> None:
    scenario, arm = ORACLE[name]
    model = DistrictModel(scenario, world=1, luck=2)
    reference = district_reference_of(model)
    together(model, reference, scenario.run.spin_up)
    shares = shares_of_policy(scenario, arm)
    branch, other = model.branch(arm), reference.branch(arm, shares)
    together(branch, other, 55 if arm.instruments else 30)
    assert sum(len(row) for community in other.communities for row in community.far) > 0
    if any(n.instrument.kind == "award" for n in arm.instruments):
        assert branch.government.accounts["trial.award"].spent > 0


def together(model: DistrictModel, reference: ReferenceDistrict, weeks: int) -> None:
    """``weeks`` weeks of both, compared after each phase of each community (see `closely`)."""
    for _ in range(weeks):
        reference.begin()
        model.begin_week()
        for phase in model.schedule:
            model.run_phase(phase)
            reference.phase(phase.name)
            if closely(model.communities[0].week) or phase.name == "observe":
                for ours, theirs in zip(model.communities, reference.communities, strict=True):
                    same(ours, theirs, phase.name)


def test_weak_ties_are_mutual_and_lead_elsewhere() -> None:
    model = DistrictModel(district(4, 300), world=1)
    ties = model.weak_ties
    assert ties is not None
    rows = np.repeat(np.arange(ties.first[-1]), ties.layer.degree)
    home = np.searchsorted(ties.first, rows, side="right")
    away = np.searchsorted(ties.first, ties.layer.indices, side="right")
    assert (home != away).all()
    pairs = set(zip(rows.tolist(), ties.layer.indices.tolist(), strict=True))
    assert len(pairs) == len(rows)
    assert {(b, a) for a, b in pairs} == pairs
    # each of n draws one partner: n ties less doubles; degrees are 1 + Binomial(n, 1 / n) in mean
    assert 1.97 <= len(rows) / ties.first[-1] <= 2.0
    shares = np.bincount(away[home == 1], minlength=5)[2:] / (home == 1).sum()
    assert (abs(shares - 1 / 3) < 0.06).all()  # 480 ends: 3 standard deviations of a third


def test_a_neighbouring_community_is_felt_only_along_weak_ties() -> None:
    """A push in one community reaches the others with weak ties, and nobody without."""
    for network, felt in (({"degree": {"weak": 6.0}}, True), (ALONE, False)):
        scenario = district(2, 200, network=network)
        base = DistrictModel(scenario, world=1, luck=2)
        base.run_spin_up()
        plain, pushed = base.branch(), base.branch()
        pushed.communities[0].residents.attachment[:] = 1.0
        for _ in range(3):
            plain.step()
            pushed.step()
        ours, theirs = (m.communities[1].residents.attachment for m in (plain, pushed))
        assert (ours != theirs).any() == felt


def test_communities_see_each_other_s_last_week_even_where_only_learning_runs() -> None:
    """No community may see what another learned this week, whatever the order."""
    scenario = district(2, 80, network={"degree": {"weak": 6.0}})
    model = DistrictModel(scenario, world=1, luck=2, phases=default_phases().only("learn"))
    reference = district_reference_of(model)
    together(model, reference, 3)


def test_money_adds_up_to_the_last_fen() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    scenario = district(3, network=ALONE, district={"division": "need"})
    late = {"kind": "train_residents", "amount_yuan": 52_000.0, "start": 9}
    arm = policy(**EVERYTHING, late=late)
    branch = lived(DistrictModel(scenario, world=1, luck=2), arm, 52)
    accounts = branch.government.accounts
    assert accounts["trial.seats"].appropriated == 9_000_00
    assert accounts["trial.award"].appropriated == 21_000_00
    assert accounts["trial.award"].spent == 21_000_00
    shares = [c.government.accounts["trial.late"].appropriated for c in branch.communities]
    assert len(set(shares)) > 1, "need should differ"
    assert 44_000_00 - 3 <= sum(shares) <= 44_000_00
    for name, account in accounts.items():
        assert account.balanced(), name
        for figure in ("appropriated", "spent", "returned", "free"):
            parts = [getattr(c.government.accounts[name], figure) for c in branch.communities]
            assert getattr(account, figure) == sum(parts)
    recorded = branch.records.arrays()["money"]
    assert np.array_equal(recorded, sum(c.records.arrays()["money"] for c in branch.communities))


def test_awards_go_to_the_best_of_the_district() -> None:
    """Ten yuan of free money and a price of one third buy three awards, wherever the best are."""
    scenario = district(3, 60, network=ALONE)
    arm = policy(award={"kind": "award", "amount_yuan": 30_000.0, "price_yuan": 10_000.0})
    base = DistrictModel(scenario, world=1, luck=2)
    base.run_spin_up()
    plain, awarded = base.branch(), base.branch(arm)
    plain.run(51)
    awarded.run(51)
    every = [o for c in awarded.communities for o in c.living()]
    ranked = sorted(every, key=lambda o: (-o.year_attendances, o.id))
    plain.step()
    awarded.step()
    got = {
        o.id: o.received - p.received
        for c, d in zip(awarded.communities, plain.communities, strict=True)
        for o, p in zip(c.organizations, d.organizations, strict=True)
    }
    assert [got[o.id] for o in ranked] == [10_000_00] * 3 + [0] * (len(ranked) - 3)


def test_the_tournament_pays_the_better_half() -> None:
    scenario = district(3, network=ALONE, district={"division": "tournament"})
    base = DistrictModel(scenario, world=1, luck=2)
    base.run_spin_up()
    attended = [sum(sum(o.lately.attended) for o in c.organizations) for c in base.communities]
    arm = base.branch(policy(seats=EVERYTHING["seats"]))
    arm.step()
    shares = [c.government.accounts["trial.seats"].appropriated for c in arm.communities]
    worst = int(np.argmin(attended))
    assert [s == 0 for s in shares] == [c == worst for c in range(3)]
    assert sum(shares) == 9_000_00


@pytest.mark.parametrize(("budget", "cut"), [(100_000.0, 0), (70_000.0, 9_500_00)])
def test_one_budget_holds_for_the_whole_district(budget: float, cut: int) -> None:
    """Two of four communities: 30,000 yuan of grants a year, 14,500 of the policy, half of the budget."""
    scenario = district(4, network=ALONE, district={"simulated": 2}, government={"budget_yuan": budget})
    arm = policy(seats=EVERYTHING["seats"], staff=EVERYTHING["staff"])
    branch = lived(DistrictModel(scenario, world=1, luck=2), arm, 8)
    assert branch.records.weekly[-1][WEEKLY.index("budget_cut_fen")] == cut
    in_the_spin_up = 2 * (15_000_00 * 3 // 52)
    set_aside = sum(a.appropriated for a in branch.government.accounts.values())
    assert set_aside == in_the_spin_up + 44_500_00 - cut


def test_a_policy_that_does_nothing_changes_nothing() -> None:
    idle = policy(
        a={"kind": "grant", "amount_yuan": 0.0},
        b={"kind": "award", "amount_yuan": 9e4, "target": {"name": ["choir"], "field": ["council"]}},
        c={"kind": "train_residents", "amount_yuan": 9e4, "start": 9, "end": 8},
    )
    base = DistrictModel(district(3), world=1, luck=2)
    base.run_spin_up()
    plain, other = base.branch(), base.branch(idle)
    plain.run(55)
    other.run(55)
    ours, theirs = plain.records.arrays(), other.records.arrays()
    assert (theirs["money"][:, 1:] == 0).all()
    for name in ("counts", "weekly", "spread"):
        assert ours[name].tobytes() == theirs[name].tobytes(), name


def test_terms_can_be_read_from_the_twin_of_a_district() -> None:
    scenario = district(2, 80)
    plain = simulate(scenario, NONE, 3, 4, weeks=12)
    twin = simulate(scenario, NONE, 3, 4, weeks=12, from_twin=("peers", "can"))
    assert np.array_equal(plain.counts, twin.counts)
    arm = policy(seats={"kind": "train_residents", "amount_yuan": 90_000.0})
    attended = slice(4, 7)
    through_all_but_skill = simulate(scenario, arm, 3, 4, weeks=12, from_twin=("can",))
    assert not np.array_equal(simulate(scenario, arm, 3, 4, weeks=12).counts, plain.counts)
    assert np.array_equal(through_all_but_skill.counts[:, 0, attended], plain.counts[:, 0, attended])


def test_names_that_share_an_id_are_one_error() -> None:
    number = 0
    while True:  # one district of 110 names in 170 has such a pair
        names = [f"x{number}-{n:03d}" for n in range(1, 111)]
        if len({community_hash(n) for n in names}) < 110:
            break
        number += 1
    with pytest.raises(ScenarioError, match="share one id"):
        DistrictModel(district(110, 40, name=f"x{number}"))
    assert len(community_names(district(110, 40))) == 110


def test_wrong_districts_are_one_message() -> None:
    with pytest.raises(ScenarioError, match="there is no district"):
        DistrictModel(world(40))
    for wrong, said in (({"simulated": 4}, "exceeds"), ({"division": "luck"}, "equal")):
        with pytest.raises(ValueError, match=said):
            district(3, district=wrong)
    with pytest.raises(ValueError, match="belong to one community"):
        district(3, inputs={"residents": "people.csv"})
    arm = DistrictModel(district(2, 40)).branch(policy(seats=EVERYTHING["seats"]))
    with pytest.raises(GongzhiError, match="cannot be branched"):
        arm.branch()
    from model.start.population import Inputs

    with pytest.raises(GongzhiError, match="belong to one community"):
        simulate(district(2, 40), weeks=1, inputs=Inputs())


def test_it_is_one_mesa_model_with_one_government() -> None:
    model = DistrictModel(district(2, 40), world=1)
    assert isinstance(model, mesa.Model)
    kinds = {kind.__name__: len(agents) for kind, agents in model.agents_by_type.items()}
    n = sum(len(c.residents) for c in model.communities)
    assert kinds == {
        "DistrictGovernment": 1, "Organization": 8, "ResidentsCommittee": 2, "PartyBranch": 2, "Resident": n,
        "ResidentUnit": 6,
    }  # fmt: skip
    assert len(model.agents) == 1 + 8 + 2 + 2 + 6 + n
    ids = [agent.unique_id for agent in model.agents]
    assert len(set(ids)) == len(ids)
    assert not any(isinstance(agent, Government) for agent in model.agents)
    assert isinstance(model.government, DistrictGovernment)
    assert isinstance(model.communities[1].residents[0], Resident)
    own = mesa.Agent(model)
    assert own in model.agents
    assert mesa.Agent in model.agent_types
    gone = weakref.ref(model)
    model.step()
    del model, own
    gc.collect()
    assert gone() is None


CAPPED = {
    "late": {"kind": "grant", "amount_yuan": 60_000.0, "start": 20},
    "prize": {"kind": "award", "amount_yuan": 8_000.0, "start": 2},
}


@pytest.mark.parametrize("kind", [CommunityModel, DistrictModel])
def test_what_is_left_of_a_budget_goes_on_in_an_arm(kind: type[CommunityModel | DistrictModel]) -> None:
    """In the middle of a year, before the last instrument of it is due."""
    money = {"government": {"budget_yuan": 40_000.0}, "status_quo": CAPPED}
    scenario = world(**money) if kind is CommunityModel else district(3, **money)
    base = kind(scenario, world=1, luck=2)
    base.run(10)
    arm = base.branch()
    for one in (base, arm):
        one.run(20)
    ends = [[a.appropriated for a in one.government.accounts.values()] for one in (base, arm)]
    assert ends[0] == ends[1]
    assert 0 < ends[0][0] < 60_000_00 * 33 // 52, "the budget cuts it, and does not forget what was spent"


def test_a_purse_that_opens_within_a_year_is_pro_rata() -> None:
    scenario = district(
        3, run={"weeks": 60, "spin_up": 10}, government={"budget_yuan": 52_000.0}, status_quo={}
    )
    model = DistrictModel(scenario, world=1, luck=2)
    model.step()  # week -9 is week 43 of its year: ten weeks are left
    assert model.purse.left == 52_000_00 * 10 // 52


def test_accounts_of_a_district_hold_what_those_of_its_communities_do() -> None:
    model = DistrictModel(district(3, organization=SEVERAL, status_quo=GOVERNED), world=1, luck=2)
    for _ in range(20):
        model.step()
        assert all(account.balanced() for account in model.government.accounts.values())
    assert any(account.contracts for account in model.government.accounts.values())


def test_what_acts_on_a_district_cannot_act_on_one_of_its_communities() -> None:
    """Each would be given the money of all."""
    model = DistrictModel(district(3), world=1, luck=2)
    model.begin_week()
    for name in ("appropriate", "disburse"):
        with pytest.raises(GongzhiError, match=rf"{name} acts on all.*{name}\.together"):
            OF_THE_MODEL[name](model.communities[0])
    OF_THE_MODEL["plan"](model.communities[0])
