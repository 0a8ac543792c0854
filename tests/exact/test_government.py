"""Does government split, buy, hold contests and keep within its budget as the ODD says, on cases by hand?"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from model.community import CommunityModel
from model.core.errors import GongzhiError
from model.instruments import Instrument
from model.instruments.base import RESERVED_PAYERS, fen
from model.instruments.funding import Award, Grant, ProjectFund
from model.state.allocation import ALLOCATIONS, Lately, split
from model.state.government import Account, Cash, cash_by_payer
from model.state.income import Income
from model.week.organise.endings import mergers
from tests.exact.test_oracle import lived
from tests.worlds import SEVERAL, STATUS_QUO, policy, world


def organization(ident: int, refused: int = 0, attended: int = 0, received: int = 0) -> Any:
    lately = Lately()
    lately.write(1, refused, attended, received)
    return SimpleNamespace(id=ident, lately=lately)


FOUR = [
    organization(4, refused=7, attended=30, received=100_000),
    organization(3, refused=0, attended=30, received=300_000),
    organization(2, refused=2, attended=10, received=99),
    organization(1, refused=0, attended=0, received=50_000),
]


@pytest.mark.parametrize(
    ("rule", "weights"),
    [
        ("equal", [1, 1, 1, 1]),
        ("need", [8, 1, 3, 1]),
        ("tournament", [1, 1, 0, 0]),
        # rates 30,000 and 10,000 millionths an organization's yuan, the mean 13,333 without money, 0
        ("adaptive", [53_333 + 4 * 30_000, 53_333 + 4 * 10_000, 53_333 + 4 * 13_333, 53_333]),
    ],
)
def test_weights_by_hand(rule: str, weights: list[int]) -> None:
    assert ALLOCATIONS[rule](FOUR) == weights


def test_a_whole_yuan_is_enough_to_be_rated() -> None:
    one, less = organization(1, attended=2, received=100), organization(2, attended=2, received=99)
    assert ALLOCATIONS["adaptive"]([one, less]) == [8_000_000, 8_000_000]
    poor = organization(3, attended=1, received=100)
    assert ALLOCATIONS["adaptive"]([one, poor]) == [3_000_000 + 2 * 2_000_000, 3_000_000 + 2 * 1_000_000]


def test_a_tie_in_the_tournament_goes_to_the_smaller_id() -> None:
    assert ALLOCATIONS["tournament"](FOUR[:2]) == [0, 1]
    assert ALLOCATIONS["tournament"](FOUR[1:]) == [1, 1, 0]


@pytest.mark.parametrize("rule", ALLOCATIONS)
def test_rules_without_a_past_are_equal_where_nobody_ranks(rule: str) -> None:
    new = [organization(n) for n in range(3)]
    expected = [1, 1, 0] if rule == "tournament" else [1, 1, 1]
    assert ALLOCATIONS[rule](new) == expected
    assert ALLOCATIONS[rule]([]) == []


def test_records_forget() -> None:
    lately = Lately(counted=500)
    for week in range(1, 60):
        lately.write(week, 1, 2, 500 + 10 * week)
    assert (sum(lately.refused), sum(lately.attended), sum(lately.received)) == (13, 104, 520)


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (10, [1, 1, 1], [4, 3, 3]),
        (10, [3, 2, 2], [4, 3, 3]),
        (7, [0, 5, 0], [0, 7, 0]),
        (1, [1, 2], [0, 1]),
        (5, [0, 0], [0, 0]),
        (0, [1, 1], [0, 0]),
        (5, [], []),
    ],
)
def test_largest_remainder_by_hand(amount: int, weights: list[int], parts: list[int]) -> None:
    assert split(amount, weights) == parts


def test_money_is_released_as_the_instrument_pays() -> None:
    fund = Account("fund", ProjectFund(amount_yuan=52.0, start=10, end=49), 5_200)
    fund.appropriate(10)
    assert fund.appropriated == 4000
    freed = {}
    for week in range(10, 50):
        before = fund.free
        fund.release(week)
        freed[week] = fund.free - before
    assert {week: due for week, due in freed.items() if due} == {10: 400, 14: 1300, 27: 1300, 40: 1000}
    award = Account("award", Award(amount_yuan=52.0), 5_200)
    award.appropriate(1)
    for week in range(1, 53):
        assert award.free == 0
        award.release(week)
    assert (award.free, award.unreleased) == (5200, 0)


def bought(organizations: dict[str, Any] = SEVERAL, **purchase: Any) -> CommunityModel:
    """A community that has lived through a contract of 20 weeks."""
    model = CommunityModel(world(organization=organizations), world=1, luck=2)
    model.run_spin_up()
    shop = {"kind": "purchase", "amount_yuan": 52_000.0, "price_yuan": 100.0, "end": 20, **purchase}
    return model.branch(policy(shop=shop))


def test_government_buys_from_registered_organizations_only() -> None:
    arm = bought()
    arm.step()
    account = arm.government.accounts["trial.shop"]
    assert {arm.organizations[c.organization].name for c in account.contracts} == {
        "helpers",
        "clinic",
        "school",
    }
    assert [c.value for c in account.contracts] == [660_000] * 3  # 66 sessions, of 6,666.67 yuan each
    assert [c.paid for c in account.contracts] == [198_000] * 3
    assert account.returned == 2_000_000 - 3 * 660_000
    for _ in range(9):
        arm.step()
    assert account.committed == 3 * 462_000
    arm.step()
    assert account.committed == 3 * 198_000
    arm.run(8)
    held = {o.index: o.sessions_held for o in arm.organizations}
    before = {c.organization: c.before for c in account.contracts}
    arm.step()
    delivered = {i: arm.organizations[i].sessions_held - n for i, n in before.items()}
    assert all(0 < n < 66 for n in delivered.values()), held
    assert account.spent == sum(462_000 + 198_000 * n // 66 for n in delivered.values())
    assert (account.committed, account.free, account.contracts) == (0, 0, [])
    assert account.appropriated == account.spent + account.returned
    assert arm.government.tally["delivered_sessions"] == sum(delivered.values())


def test_with_informal_groups_only_nothing_is_bought_and_all_is_returned() -> None:
    informal = {name: {**spec, "legal_form": "informal"} for name, spec in SEVERAL.items()}
    arm = bought(informal)
    arm.run(20)
    account = arm.government.accounts["trial.shop"]
    assert (account.appropriated, account.spent, account.returned) == (2_000_000, 0, 2_000_000)
    plain = CommunityModel(world(organization=informal), world=1, luck=2)
    plain.run(20)
    for name, column in plain.residents.columns().items():
        assert column.tobytes() == getattr(arm.residents, name).tobytes(), name
    served = bought(informal, buy_from=["filed", "informal"])
    served.run(20)
    assert served.government.accounts["trial.shop"].spent > 0


def test_what_was_not_bought_is_not_paid() -> None:
    arm = bought(end=4)
    arm.step()
    account = arm.government.accounts["trial.shop"]
    for contract in account.contracts:
        arm.organizations[contract.organization].sessions_held += 3 * contract.sessions
    values = sum(c.value for c in account.contracts)
    sessions = sum(c.sessions for c in account.contracts)
    arm.run(4)
    assert (account.spent, account.committed) == (values, 0)
    assert arm.government.tally["delivered_sessions"] == sessions


@pytest.mark.parametrize("payer", RESERVED_PAYERS)
def test_money_under_the_name_of_the_models_own_payers_is_refused(payer: str) -> None:
    with pytest.raises(ValueError, match="payer of the model itself"):
        Grant(amount_yuan=1.0, payer=payer)
    model = CommunityModel(world(), world=1, luck=2)
    own = model.organizations[0].received_by
    assert set(own) == {"start"}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"kind": "purchase", "buy_from": ["filed", "filed"]}, "'filed' is named twice"),
        ({"kind": "co_building", "units": ["bank", "bank"]}, "'bank' is named twice"),
        ({"kind": "co_building", "units": []}, "at least 1 item"),
        ({"kind": "grant", "target": {"field": []}}, "field has no value"),
        ({"kind": "grant", "target": {"field": ["arts", "arts"]}}, "field names 'arts' twice"),
    ],
)
def test_lists_that_name_nobody_or_somebody_twice_are_refused(table: dict[str, Any], said: str) -> None:
    amount = {} if table["kind"] == "co_building" else {"amount_yuan": 1.0}
    with pytest.raises(ValidationError, match=said):
        TypeAdapter(Instrument).validate_python(table | amount)


def test_own_money_is_no_dependence() -> None:
    def dependence(**weekly: int) -> float:
        income = Income()
        income.week(weekly, 0.0, keep=0.9)
        return income.shares().dependence

    assert dependence(members=600) == 0.0
    assert dependence(members=600, government=400) == pytest.approx(0.4)
    assert dependence(members=200, government=400, foundation=400) == pytest.approx(0.4)
    assert dependence(government=400) == 1.0


@pytest.mark.parametrize("led", [False, True])
def test_a_leader_passes_over_where_the_successor_has_none(led: bool) -> None:
    groups = {
        name: {"fields": ["arts"], "legal_form": "informal", "members": n}
        for name, n in (("choir", 3), ("drums", 9))
    }
    model = CommunityModel(world(organization=groups), world=1, luck=2)
    arm = model.branch(policy(merger={"kind": "merge", "into": 1, "start": 1}))
    small, into = arm.organizations[:2]
    small.leader, small.leader_id = 7, int(arm.residents.id[7])
    if led:
        into.leader, into.leader_id = 3, int(arm.residents.id[3])
    else:
        into.leader = -1
    arm.week = 1
    mergers(arm)
    assert (small.alive, into.alive) == (False, True)
    assert into.leader == (3 if led else 7)
    assert into.leader_id == int(arm.residents.id[into.leader])


@pytest.mark.parametrize("loss", [{"alive": False}, {"legal_form": "filed"}])
def test_who_may_no_longer_sell_gets_nothing_more(loss: dict[str, Any]) -> None:
    arm = bought()
    arm.run(5)
    account = arm.government.accounts["trial.shop"]
    gone = next(o for o in arm.organizations if o.name == "school")
    for name, value in loss.items():
        setattr(gone, name, value)
    returned, got = account.returned, gone.granted
    arm.run(15)
    others = [o for o in arm.organizations if o.name in ("helpers", "clinic")]
    assert gone.received_by["government"] == gone.granted
    paid = sum(o.sessions_held for o in others)
    assert paid > 0
    assert account.returned >= returned + 462_000
    assert account.committed == 0
    grants = arm.government.accounts["status_quo.base"]
    assert sum(o.granted for o in arm.organizations) == grants.granted + account.granted
    assert gone.granted - got < 462_000


def test_a_budget_cuts_pro_rata_and_other_payers_are_free() -> None:
    status_quo = {"base": STATUS_QUO["base"], "more": {"kind": "grant", "amount_yuan": 30_000.0}}
    plan = world(status_quo=status_quo, government={"budget_yuan": 45_000.0}, run={"spin_up": 104})
    model = CommunityModel(plan, world=1, luck=2)
    for _ in range(52):
        model.step()
    accounts = model.government.accounts
    assert accounts["status_quo.base"].appropriated == 3_000_000
    assert accounts["status_quo.more"].appropriated == 1_500_000
    assert model.government.tally["budget_cut_fen"] == 4_500_000
    gift = {"kind": "grant", "amount_yuan": 8_000.0, "payer": "foundation"}
    model.run_spin_up()
    arm = model.branch(policy(late={"kind": "publicity", "amount_yuan": 9e3, "start": 9}, gift=gift))
    arm.run(9)
    assert arm.government.accounts["trial.late"].appropriated == 0
    assert arm.government.accounts["trial.gift"].appropriated == 800_000
    idle = model.branch(policy(nothing={"kind": "grant", "amount_yuan": 0.0}))
    plain = model.branch()
    idle.run(9)
    plain.run(9)
    assert idle.records.arrays()["weekly"].tolist() == plain.records.arrays()["weekly"].tolist()


def test_cash_by_payer_adds_accounts_up() -> None:
    one = Account("a", Grant(amount_yuan=52.0), 5_200)
    two = Account("b", Grant(amount_yuan=26.0, payer="fund"), 2_600)
    for account in (one, two):
        account.appropriate(1)
        account.release(1)
    one.spend(40)
    two.close()
    assert cash_by_payer([one, two]) == {
        "government": Cash(5200, 40, 5160, 0),
        "fund": Cash(2600, 0, 2550, 50),
    }


def test_a_ledger_that_does_not_balance_stops_the_run() -> None:
    for wrong in ("granted", "received"):
        arm = bought()
        arm.step()
        setattr(arm.organizations[0], wrong, getattr(arm.organizations[0], wrong) + 1)
        with pytest.raises(GongzhiError, match="does not balance"):
            arm.step()


def test_a_workstation_needs_no_organization_and_runs_while_paid() -> None:
    model = CommunityModel(world(organization={}), world=1, luck=2)
    model.run_spin_up()
    arm = model.branch(policy(desk={"kind": "workstation", "amount_yuan": 10_000.0, "end": 20}))
    open_in = []
    for _ in range(22):
        arm.step()
        open_in.append(sum(a.open_in == arm.week for a in arm.government.accounts.values()))
    # half of the running cost of 20,000 yuan a year: open every second week
    assert sum(open_in) == 10
    assert open_in[:4] == [0, 1, 0, 1]
    assert arm.government.accounts["trial.desk"].returned > 0


def test_the_worlds_of_government_take_every_branch() -> None:
    """Contracts of all lengths, refusals that allocation sees, contests, publicity, a budget that binds."""
    _, reference = lived("government")
    accounts = {name.removeprefix("trial."): a for name, a in reference.accounts.items()}
    assert all(accounts[n].spent > 0 for n in ("buy", "late", "fund", "small", "best", "able", "rooms"))
    assert all(accounts[n].spent > 0 for n in ("posters", "leaflets", "station", "desk"))
    assert accounts["none"].spent == accounts["dear"].spent == 0
    assert accounts["none"].returned == accounts["none"].appropriated
    assert 0 < reference.tally["delivered_sessions"] < reference.tally["contracted_sessions"]
    assert len({sum(o.refused_in[-13:]) for o in reference.organizations}) > 2
    assert len(set(reference.weights("adaptive", reference.organizations))) > 2
    assert any(o.smoothed_controlled > 0 for o in reference.organizations)
    _, poor = lived("short of money")
    assert poor.tally["budget_cut_fen"] > 0
    assert poor.accounts["trial.fund"].appropriated > 0


def test_an_amount_becomes_fen_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the resolved policy and the ledger; three fiscal years appropriate it again and again."""
    converted: list[float] = []

    def counting(yuan: float) -> int:
        converted.append(yuan)
        return fen(yuan)

    monkeypatch.setattr("model.state.government.fen", counting)
    grants = policy(grants={"kind": "grant", "amount_yuan": 8_000.07})
    model = CommunityModel(world(status_quo={}), grants, world=1, luck=2)
    model.run(110)
    assert converted == [8_000.07]
    assert model.government.accounts["trial.grants"].appropriated == 3 * 800_007
