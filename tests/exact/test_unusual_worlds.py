"""Rules that show in unusual worlds only: each test has killed a mistake that the oracle let live."""

from __future__ import annotations

import numpy as np

from model.community import CommunityModel
from model.district.district import DistrictModel
from model.instruments.policies import NONE
from model.parameters.population import AGE_BANDS
from model.start.weak_ties import draw_weak_ties
from model.week.appropriate import weights
from model.week.serve.care import needed_minutes
from model.week.serve.redemption import _give, preferred_uses
from tests.district_worlds import district
from tests.exact.test_oracle import both, through
from tests.worlds import policy, world


def test_the_discouraged_raise_issues_where_the_slope_falls() -> None:
    through(world(issues={"issue_rate": 0.2, "issue_efficacy": -4.0}), NONE, weeks=4)


def test_two_instruments_carry_issues_together() -> None:
    arm = policy(
        duty={"kind": "party_duty", "hours_per_year": 40.0},
        one={"kind": "party_issues", "per_member_year": 40.0},
        other={"kind": "party_issues", "per_member_year": 5.0},
    )
    through(world(population={"party_share": 0.5}), arm, weeks=40)


def test_associations_cannot_take_off_more_than_all_tasks() -> None:
    through(world(committee={"task_share": 0.8}), NONE, weeks=1)


def test_need_is_of_the_last_year() -> None:
    communities = DistrictModel(district(2), world=1, luck=2).communities
    for c in communities:
        c.residents.history[:, 0] = np.uint64(1 << 52)
    assert weights("need", communities) == [1 + len(c.residents) for c in communities]


def test_who_is_alone_gives_nothing() -> None:
    alone = world(
        1, organization={}, population={"households": 1, "age_share": {"under_16": 0.0, "70+": 0.273}}
    )
    scheme = {"kind": "credits", "amount_yuan": 900.0, "uses": ["donate"], "donate_to": "anyone"}
    model = CommunityModel(alone, world=1, luck=2)
    model.run_spin_up()
    model = model.branch(policy(credits=scheme))
    model.step()
    model.residents.credit_minutes[0] = 600
    receivers, _ = _give(model.credit_state, model, np.array([0]), np.array([600], np.int32))
    assert len(receivers) == 0
    assert model.residents.credit_minutes[0] == 600


def test_an_empty_sitting_is_not_held_even_where_none_are_needed() -> None:
    never = {"never": {"weeks": [1, 52], "deliberation": 0.01}}
    through(world(issues={"quorum": 0.0}, season=never), NONE, weeks=6)


def test_issues_go_up_while_there_was_money_even_when_it_is_spent() -> None:
    orders = {"kind": "order_report_settle", "amount_yuan": 5_200.0, "price_yuan": 100.0}
    through(world(), policy(orders=orders), weeks=12)


def test_a_week_holds_255_sessions_of_an_organization() -> None:
    model, reference = both(world())
    for either in (model, reference):
        either.organizations[0].carry = 400.0
        either.organizations[0].balance += 10**9
        either.organizations[0].received += 10**9
    model.begin_week()
    reference.begin()
    for name, function in model.schedule:
        function(model)
        getattr(reference, name)()
        if name == "plan":
            break
    assert model.organizations[0].sessions_held == 255
    assert model.organizations[0].carry == reference.organizations[0].carry


def test_weak_ties_lead_elsewhere_whatever_the_sizes() -> None:
    ids = [np.arange(5, dtype=np.uint64), np.arange(100, 140, dtype=np.uint64)]
    ties = draw_weak_ties(district(2, network={"degree": {"weak": 4.0}}), ids, 1)
    assert ties is not None
    for row, home in enumerate([0] * 5 + [1] * 40):
        far = ties.layer.indices[ties.layer.indptr[row] : ties.layer.indptr[row + 1]]
        assert ((far >= 5) == (home == 0)).all()


def test_where_no_allowed_use_has_a_share_all_are_as_likely() -> None:
    shares = {"goods": 0.0, "service": 0.0, "save": 0.5, "donate": 0.5}
    model = CommunityModel(world(credits={"use_share": shares}), world=1, luck=2)
    arm = policy(credits={"kind": "credits", "amount_yuan": 900.0, "uses": ["goods", "service"]})
    assert set(preferred_uses(model, arm.instruments[0].instrument).tolist()) == {0, 1}


def test_load_is_capped_before_relief_and_contacts_take_whole_minutes() -> None:
    arm = policy(relief={"kind": "relief", "share": 0.5}, grid={"kind": "grid", "every_weeks": 2})
    through(world(committee={"load": 0.9, "merged_communities": 4.0, "contact_hours": 0.51}), arm, weeks=4)


def test_need_is_rounded_to_quarters_not_cut() -> None:
    model = CommunityModel(world(care={"care_hours": dict.fromkeys(AGE_BANDS, 0.7)}), world=1, luck=2)
    assert needed_minutes(model).tolist() == [45] * len(AGE_BANDS)
