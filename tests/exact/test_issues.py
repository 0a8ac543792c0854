"""What becomes of issues: ids, queues, deadlines, escalation, money, answers, and who hears of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from experiments.outcomes import OUTCOMES, Recorded
from experiments.runs.simulate import simulate
from model.community import CommunityModel
from model.core.draws import Kind, born_id, community_hash
from model.core.errors import GongzhiError, ScenarioError
from model.core.owned import copied
from model.instruments.policies import NONE
from model.scenario.scaling import scaled
from model.scenario.scenario import Scenario
from model.state.issues import Issue, IssueBook
from model.state.outcomes import WEEKLY
from model.week.deliberate import deliberate
from tests.worlds import policy, world


def issue(week: int, ident: int = 1, due: int = 10, number: int = 0) -> Issue:
    return Issue(week, ident, number, 0, 7, due, False)


def book(*issues: Issue, level: int = 0) -> IssueBook:
    made = IssueBook()
    for one in issues:
        made.arrive(level, one)
    return made


def test_queues_are_first_come_first_served_and_the_overdue_come_last() -> None:
    b = book(issue(3, 2), issue(3, 1, number=1), issue(1, 9, due=2), issue(2, 5))
    assert [i.id for i in b.close(2, None)] == [9]
    assert [i.id for i in b.settle(0, 2, 3)] == [5, 1]
    assert b.settle(0, 5, 3) == [issue(3, 2)]
    assert (b.in_time, b.late, b.failed, b.waited_weeks, len(b)) == (3, 1, 1, 3, 0)
    assert b.balanced()


def test_an_issue_goes_up_once_and_then_fails() -> None:
    b = book(issue(1, due=2))
    assert b.close(2, (4, 5, 6)) == []
    assert b.waiting[1] == [issue(1)._replace(due=7, escalated=True)]
    assert b.close(6, (4, 5, 6)) == []
    assert len(b.close(7, (4, 5, 6))) == 1
    assert (b.escalated, b.failed, b.queue(1)) == (1, 1, 1)
    assert len(book(issue(1, due=2), level=2).close(2, (4, 5, 6))) == 1


def test_the_overdue_are_withdrawn_in_the_end() -> None:
    b = book(issue(1, 1, due=2), issue(2, 2, due=3), issue(2, 3, due=9))
    b.close(3, None)
    b.withdraw(1)
    assert (b.withdrawn, len(b)) == (1, 2)
    b.withdraw(2)
    assert (b.withdrawn, len(b)) == (2, 1)
    assert b.balanced()


def test_work_begun_counts_while_something_waits() -> None:
    b = book(*(issue(1, n) for n in range(3)), level=1)
    assert len(b.work(1, 100, 60, 1)) == 1
    assert b.begun == 40
    assert len(b.work(1, 20, 60, 1)) == 1
    assert len(b.work(1, 100, 60, 1)) == 1
    assert b.begun == 0


def test_a_copy_of_the_book_lives_on_its_own() -> None:
    b = book(issue(1))
    b.answers.append((1, 2))
    other = copied(b, {})
    other.settle(0, 1, 1)
    other.carry[0] = 0.5
    other.answers.append((0, 0))
    assert (len(b), b.carry, b.answers) == (1, [0.0, 0.0, 0.0], [(1, 2)])


def test_an_arm_goes_on_with_the_issues_of_the_status_quo() -> None:
    model = CommunityModel(world(80), world=1, luck=2)
    model.run_spin_up()
    arm, other = model.branch(NONE), model.branch(NONE)
    before = copied(model.issues, {})
    assert len(before) > 5
    for _ in range(8):
        arm.step()
    assert model.issues == before
    for _ in range(8):
        other.step()
        model.step()
    assert model.issues == arm.issues == other.issues
    assert model.issues != before


LOUD: dict[str, Any] = {
    "issue_rate": 0.5,
    "issue_efficacy": 0.0,
    "triage": {"private": 1.0, "small": 0.0, "big": 0.0},
    "per_mediation_session": 0.0,
}


def loud(persons: int = 60, **issues: Any) -> CommunityModel:
    """A community before its first week that raises private issues only."""
    return CommunityModel(world(persons, issues={**LOUD, **issues}), world=1, luck=2)


def test_issues_have_the_id_of_their_place_and_week() -> None:
    model = loud(mediators_per_week=0.0)
    model.step()
    here = community_hash("small")
    assert len(model.issues.waiting[0]) == int(model.residents.raised.sum()) > 10
    for i in model.issues.waiting[0]:
        assert i.id == born_id(Kind.ISSUE, here, *divmod(i.row, 2**20), model.week)
        assert i.raiser == int(model.residents.id[i.row])


def test_issues_are_poisson_and_grow_with_efficacy() -> None:
    """Mean and variance within four standard errors of Poisson's."""
    model = loud(30_000, issue_rate=0.2, issue_efficacy=2.0)
    model.residents.efficacy[:] = np.where(model.rows % 2, 0.9, 0.1)
    deliberate(model)
    for odd, efficacy in ((0, 0.1), (1, 0.9)):
        rate = 0.2 * np.exp(2.0 * (efficacy - 0.5))
        counts = model.residents.raised[model.rows % 2 == odd].astype(float)
        assert abs(counts.mean() - rate) < 4 * np.sqrt(rate / len(counts))
        assert abs(counts.var() - rate) < 4 * np.sqrt((2 * rate * rate + rate) / len(counts))


@pytest.mark.parametrize("settled", [True, False])
def test_an_answer_moves_the_raiser_and_those_tied_to_him(settled: bool) -> None:
    model = loud(issue_rate=0.0, mediators_per_week=1000.0 if settled else 0.0)
    raiser = int(np.argmax(np.diff(model.network.merged.indptr)))
    ties = model.network.merged
    heard = ties.indices[ties.indptr[raiser] : ties.indptr[raiser + 1]].tolist()
    model.residents.efficacy[:] = model.residents.satisfaction[:] = 0.5
    person = int(model.residents.id[raiser])
    model.issues.arrive(0, Issue(model.week, 1, 0, raiser, person, model.week, False))
    gone = model.branch(NONE)
    gone.issues.waiting[0][0] = gone.issues.waiting[0][0]._replace(raiser=person + 1)
    deliberate(model)
    sign = 1 if settled else -1
    expected = np.full(len(model.residents), 0.5)
    expected[heard] += sign * 0.05 * 0.5
    expected[raiser] += sign * 0.3 * 0.5
    np.testing.assert_allclose(model.residents.efficacy, expected, atol=1e-12)
    assert model.residents.satisfaction[raiser] == pytest.approx(0.5 + sign * 0.1 * 0.5)
    deliberate(gone)
    assert (gone.residents.efficacy == 0.5).all(), "nobody hears of the issue of somebody who moved away"
    assert (gone.issues.in_time, gone.issues.failed) == (int(settled), int(not settled))


def test_without_news_efficacy_returns_to_one_half() -> None:
    model = loud(issue_rate=0.0, efficacy_half_life=10.0)
    model.residents.efficacy[:] = 0.9
    for _ in range(10):
        deliberate(model)
    np.testing.assert_allclose(model.residents.efficacy, 0.7, atol=1e-12)


def test_the_committee_has_no_more_minutes_than_are_left_to_it() -> None:
    shares = {"private": 0.0, "small": 1.0, "big": 0.0}
    model = loud(triage=shares, per_service_session=0.0, committee_hours=1000.0, issue_hours=1.0)
    busy = model.branch(NONE)
    model.committee.free_minutes, busy.committee.free_minutes = 60_000, 130
    for arm in (model, busy):
        deliberate(arm)
    assert model.issues.in_time > 2
    assert busy.issues.in_time == 2


def test_money_settles_what_queues_longest() -> None:
    model = loud(mediators_per_week=0.0, triage={"private": 0.2, "small": 0.0, "big": 0.8})
    arm = model.branch(NONE)
    with_money = model.branch(policy(o={"kind": "order_report_settle", "amount_yuan": 15_600.0}))
    # An arm's own instruments start with week 1.
    while with_money.week < 1:
        arm.step()
        with_money.step()
    assert with_money.government.account(with_money.policies.named[-1]).spent == 30_000
    assert len(arm.issues) - len(with_money.issues) == 1
    assert arm.issues.queue(2) - with_money.issues.queue(2) == 1


@pytest.mark.parametrize("extra", [{"kind": "hearing", "every": "week", "places": 2}])
def test_a_hearing_is_a_further_sitting(extra: dict[str, Any]) -> None:
    model = CommunityModel(world(sitting={}), world=1, luck=2)
    arm = model.branch(policy(evening=extra))
    while arm.week < 1:
        arm.step()
        model.step()
    assert sum(o.organization < 0 for o in model.offers) == 0
    assert [o.places for o in arm.offers if o.organization < 0] == [2]


def test_a_ledger_that_does_not_add_up_stops_the_run() -> None:
    model = loud()
    model.issues.raised += 1
    with pytest.raises(GongzhiError, match="issues"):
        model.step()


def test_capacities_and_hearings_shrink_with_a_community() -> None:
    scenario = world(1000, policy={"p": {"h": {"kind": "hearing", "every": "week", "places": 40}}})
    smaller = scaled(scenario, 250)
    hearing: Any = smaller.policy["p"]["h"]
    assert hearing.places == 10
    assert smaller.issues == scenario.issues


def test_the_outcomes_of_a_year_are_differences() -> None:
    run = simulate(world(80), world=1, luck=2, weeks=60)
    recorded = Recorded(run)
    figures = {name: run.weekly[:, WEEKLY.index(f"issues_{name}")] for name in ("in_time", "failed", "late")}
    good, bad, _ = (figures[n][60] - figures[n][8] for n in figures)
    share = OUTCOMES["issues_in_time_year_share"].compute(recorded)
    assert share[60, 0] == pytest.approx(good / (good + bad))
    assert np.isnan(share[51, 0])
    assert not np.isnan(share[52, 0])


def test_triage_adds_up_to_one() -> None:
    with pytest.raises((ScenarioError, ValueError), match=r"triage"):
        Scenario.model_validate({"format": 1, "issues": {"triage": {"private": 0.9}}})
