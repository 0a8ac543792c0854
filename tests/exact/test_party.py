"""Party, committee, cells, resident units: does each rule do what its name says, and nothing else?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from experiments.outcomes.tables import series
from experiments.runs.simulate import simulate
from model.community import CommunityModel
from model.core.errors import GongzhiError
from model.instruments.policies import NONE
from model.scenario.scaling import scaled
from model.scenario.scenario import Scenario
from model.week.mobilise.mobilise import mobilise
from model.week.mobilise.party import covered
from model.week.observe import check_ledgers
from tests.worlds import ORGANIZATIONS, STATUS_QUO, policy, world

DUTY: dict[str, Any] = {"kind": "party_duty", "hours_per_year": 1000.0}


def arm_of(scenario: Scenario | None = None, **instruments: dict[str, Any]) -> CommunityModel:
    """An arm in week 0 of a community of 90."""
    model = CommunityModel(world(90) if scenario is None else scenario, world=1, luck=2)
    model.run_spin_up()
    return model.branch(policy(**instruments))


def duty_of_weeks(**fields: Any) -> list[float]:
    """The duty term of each week of a year of somebody who owes hours."""
    arm = arm_of(duty={**DUTY, **fields})
    terms = []
    for week in range(1, 53):
        arm.week = week
        mobilise(arm)
        due = arm.residents.in_service != 0
        assert due.any()
        assert set(arm.residents.duty[~due].tolist()) == {0.0}
        terms += set(arm.residents.duty[due].tolist())
    assert len(terms) == 52
    return terms


def test_duty_grows_before_the_appraisal_and_on_service_days() -> None:
    assert duty_of_weeks() == [2.0] * 39 + [3.0] * 13
    assert duty_of_weeks(appraisal=0.0) == [2.0] * 52
    assert duty_of_weeks(appraisal=0.5) == [2.0] * 39 + [2.5] * 13
    quarter = [2.0] * 8 + [3.0] * 5
    assert duty_of_weeks(appraisal=0.0, service_days=True) == quarter * 4


def test_posts_fit_the_speciality_and_stay_the_same() -> None:
    arm = arm_of(duty={**DUTY, "posts": True})
    seen = set()
    for _ in range(12):
        arm.step()
        people = arm.residents
        on_post = people.post >= 0
        if not arm.week_plan.open[1]:
            assert not on_post.any()
            continue
        assert (on_post == (people.duty > 0)).all()
        assert set(people.post[on_post & (people.interests & 8 != 0)].tolist()) <= {3}
        assert set(people.post[on_post & (people.interests & 24 == 16)].tolist()) <= {4}
        seen.add(tuple(zip(people.id[on_post].tolist(), people.post[on_post].tolist(), strict=True)))
    posts: dict[int, int] = {}
    for week in seen:
        for who, post in week:
            assert posts.setdefault(who, post) == post
    assert set(posts.values()) == {3, 4}


def test_pairs_are_renewed_in_the_first_week_of_a_year_and_stay_where_nobody_moves() -> None:
    arm = arm_of(world(90, movement={"move_rate": {"local": 0.0, "migrant": 0.0}}))
    before = arm.branch_office.pairs.copy()
    arm.run(54)
    assert (arm.branch_office.pairs == before).all()
    assert (before >= 0).any()


@pytest.mark.parametrize(("every", "weeks"), [("month", 12), ("two_months", 6), ("quarter", 4)])
def test_how_often_party_members_visit(every: str, weeks: int) -> None:
    arm = arm_of(
        world(90, movement={"move_rate": {"local": 0.0, "migrant": 0.0}}),
        p={"kind": "party_visits", "every": every},
    )
    arm.run(52)
    assert arm.branch_office.visits == weeks * arm.branch_office.paired.sum() > 0


def test_administration_leaves_less_after_mergers_and_more_after_relief() -> None:
    def free(relief: tuple[float, ...] = (), **limits: float) -> int:
        scenario = world(90, committee={"staff_per_1000": 100.0, "load": 0.4, "task_share": 0.0, **limits})
        shares = {f"r{n}": {"kind": "relief", "share": share} for n, share in enumerate(relief)}
        arm = arm_of(scenario, **shares)
        arm.step()
        assert arm.committee.staff_minutes == 21_600
        return arm.committee.free_minutes

    assert free() == 12_960
    assert free(merged_communities=4.0) == 4_320
    assert free(merged_communities=100.0) == 1_080
    assert free(relief=(0.5,)) == 17_280
    assert free(relief=(0.5, 0.5)) == 19_440
    assert free(relief=(1.0,)) == 21_600
    assert free(relief=(0.0,)) == free()
    # Two of the four associations are filed or registered; more than all of the load cannot go.
    assert free(task_share=0.25) == 17_280
    assert free(task_share=0.9) == 21_600


def test_visits_beyond_staff_time_are_not_made() -> None:
    limits = {"staff_per_1000": 20.0 / 9, "load": 0.0, "task_share": 0.0}
    visits = {"kind": "visit", "visits_per_year": 52.0}
    few = arm_of(world(90, committee=limits), visits=visits)
    few.step()
    homes = len(few.households)
    assert few.committee.staff_minutes == 480
    assert (few.committee.visits, few.committee.refused) == (16, homes - 16)
    assert few.committee.free_minutes == 0
    many = arm_of(visits=visits)
    many.step()
    assert (many.committee.visits, many.committee.refused) == (homes, 0)
    hours_fen = 0.5 * 90_000 / 2080 * 100
    assert few.staff_in_kind == int(16 * hours_fen + 0.5)
    assert many.staff_in_kind == int(homes * hours_fen + 0.5)


def test_the_grid_reaches_every_household_once_in_its_turn() -> None:
    arm = arm_of(grid={"kind": "grid", "every_weeks": 5})
    times = np.zeros(len(arm.residents), int)
    for _ in range(10):
        arm.step()
        assert arm.contacts is not None
        times += arm.contacts
    assert (times == 2).all()


def test_courtesy_spares_fatigue_and_asks_all_the_same() -> None:
    rude, kind = (
        arm_of(grid={"kind": "grid", "every_weeks": 1, "courtesy": courtesy}) for courtesy in (0.0, 1.0)
    )
    for arm in (rude, kind):
        arm.step()
    assert (rude.residents.fatigue == 1).all()
    assert (kind.residents.fatigue == 0).all()
    assert (kind.residents.asked_now == rude.residents.asked_now).all()
    assert kind.residents.asked_now.min() >= 1


def test_each_cell_has_one_able_steward_who_asks_neighbours() -> None:
    arm = arm_of(
        world(90, mobilisation={"ask_rate": 0.0}, status_quo={"base": STATUS_QUO["base"]}),
        s={"kind": "stewards"},
    )
    skill = arm.residents.skill.copy()
    asked = 0
    for _ in range(8):
        arm.step()
        asked += int(arm.residents.asked_now.sum())
    office = arm.stewards["trial.s"]
    cells = arm.residents.cell[office.rows]
    assert len(set(cells.tolist())) == len(cells)
    able = {int(c) for c in arm.residents.cell[skill >= 0.5]}
    assert len(set(cells.tolist()) ^ able) <= 1, "skills move a little in the first week"
    arm.begin_week()
    mobilise(arm)
    assert (arm.residents.aware[office.staying(arm.residents.id)] == 127).all()
    assert 0 < asked <= 8 * len(cells)


def test_party_members_go_where_there_are_none() -> None:
    bare = {**ORGANIZATIONS, "pen": {"fields": ["learning"], "members": 0}}
    quiet = {"leave_rate": 0.0}
    arm = arm_of(world(90, organization=bare, membership=quiet), b={"kind": "party_building"})
    plain = arm_of(world(90, organization=bare, membership=quiet))
    for model in (arm, plain):
        for _ in range(12):
            model.step()
        model.begin_week()
        for phase in model.schedule:
            if phase.name == "mobilise":
                alone = ~covered(model)
            phase.run(model)
            if phase.name == "mobilise":
                gained = alone & covered(model)
                assert gained.sum() == (min(1, alone.sum()) if model is arm else 0)
        assert alone.any()


def test_units_give_while_the_agreement_is_in_force() -> None:
    arm = arm_of(deal={"kind": "co_building", "end": 52, "units": ["bank", "school"]})
    arm.run(52)
    given = {u.name: u.cash for u in arm.units}
    assert given == {"bank": 1_234_567, "school": 500_013, "library": 0}
    assert sum(o.from_units for o in arm.organizations) == 1_234_567 + 500_013
    assert {u.name for u in arm.units if u.in_kind > 0} == {"school"}
    rooms = arm.units[0].in_kind
    arm.run(10)
    assert {u.name: u.cash for u in arm.units} == given
    assert arm.units[0].in_kind == rooms


def test_a_unit_that_gives_more_than_is_received_is_a_bug() -> None:
    arm = arm_of()
    arm.units[0].cash += 1
    with pytest.raises(GongzhiError, match="resident units"):
        check_ledgers(arm)


def test_unknown_units_are_refused_and_units_shrink_with_the_community() -> None:
    with pytest.raises(ValidationError, match=r"units = 'scool' is no \[unit.NAME\].*did you mean 'school'"):
        policy(deal={"kind": "co_building", "units": ["scool"]})
    scenario = world(90)
    half = scaled(scenario, 45)
    assert half.unit["school"].rooms == scenario.unit["school"].rooms / 2
    assert half.unit["bank"].sponsorship_yuan == pytest.approx(12_345.67 / 2, abs=0.01)


def test_mobilised_members_carry_issues() -> None:
    quiet = {"issue_rate": 0.0}
    duty = {**STATUS_QUO, "duty": {"kind": "party_duty"}}
    model = CommunityModel(world(90, issues=quiet, status_quo=duty), world=1, luck=2)
    model.run_spin_up()
    silent, loud = (
        model.branch(NONE),
        model.branch(policy(i={"kind": "party_issues", "per_member_year": 52.0})),
    )
    people = loud.residents
    for _ in range(20):
        silent.step()
        loud.step()
        mobilised = (people.in_service != 0) & (people.duty_minutes_52 >= 60)
        assert (mobilised[people.raised > 0]).all() or (people.arrival == loud.week).any()
    assert silent.issues.raised == 0
    assert loud.issues.raised > 5


def test_turnout_is_told_at_the_end_of_the_year() -> None:
    run = simulate(world(90), policy(duty={"kind": "party_duty", "hours_per_year": 2.0}), 3, 4, weeks=60)
    table = series(run)
    table = table[table["group"] == "all"].set_index("week")
    assert table["turnout_share"].notna().sum() == 1
    met, all_ = table.loc[52, ["quota_met_persons", "in_service_persons"]]
    assert 0 < met <= all_
    assert table.loc[52, "turnout_share"] == met / all_
    assert table.loc[60, "mobilised_share"] > 0
    assert table.loc[60, "followers_per_mobilised_persons"] > 0
