"""A week of a credit scheme: credits expire, are issued, used and redeemed, volunteers enrol (ODD 7.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.core.arithmetic import sqrt
from model.core.calendar import NEVER
from model.core.draws import smallest, uniforms
from model.core.errors import GongzhiError
from model.instruments.base import quarter_fen
from model.state.credits import GOODS_ONLY, NOBODY, CreditState, savers
from model.week.serve.redemption import preferred_uses, redeem, use_credits

if TYPE_CHECKING:
    from model.state.community import Community

ANCHOR_YUAN = 20.0


def value_fen(model: Community) -> int:
    """Goods value of a quarter of an hour, in fen."""
    scheme = model.credit_state.scheme
    assert scheme is not None
    own = scheme.price_yuan
    return quarter_fen(model.scenario.costs.credit_value if own is None else own)


def administration_fen(model: Community) -> int:
    """Administration of a quarter of an hour, in fen."""
    return quarter_fen(model.scenario.costs.credit_administration)


def credit_pull(model: Community) -> NDArray[np.float64]:
    """float64[uses]: weekly logit of a credit for the enrolled by its use, before saturation; 0 while
    the reserve is empty."""
    state = model.credit_state
    if not state.running(model.week) or state.account is None:
        return np.zeros(4)
    value = value_fen(model)
    if state.account.free < value + administration_fen(model):
        return np.zeros(4)
    worth = model.p.b_credit_week * sqrt(value / 25 / ANCHOR_YUAN)
    liquid = (model.scenario.credits.liquidity, state.liquidity, 1.0, 1.0)
    return np.array([worth * of_use * state.coverage for of_use in liquid])


def controlling(model: Community) -> float:
    """How controlling the running scheme is, 0 without one."""
    state = model.credit_state
    return state.scheme.controlling if state.scheme is not None and state.running(model.week) else 0.0


def cancel_credits(model: Community, rows: NDArray[np.int64]) -> None:
    """End the credits and requests of ``rows`` (int64), who leave the community; their reserve is freed,
    and returned if the scheme is over."""
    state = model.credit_state
    people = model.residents
    minutes = int(people.credit_minutes[rows].sum())
    state.cancelled += minutes
    for column in (people.credit_minutes, people.credit_asked, people.enrolled, people.credit_use):
        column[rows] = 0
    people.credit_asked_week[rows] = NEVER
    if state.account is None or not state.begun:
        return
    state.ring[:, rows] = 0
    state.recent[rows] = 0
    state.queue = state.queue[people.credit_asked[state.queue] != 0]
    state.undecided = np.concatenate((state.undecided, rows))
    state.free(minutes // 15 * value_fen(model))
    if not state.running(model.week):
        state.account.close()


def check_credits(model: Community) -> None:
    """Raise GongzhiError unless every minute issued is accounted for and what is held is backed."""
    state = model.credit_state
    held = int(model.residents.credit_minutes.sum())
    if state.issued != held + state.spent + state.expired + state.cancelled:
        raise GongzhiError(
            what="credits issued differ from held + spent + expired + cancelled",
            where=f"week {model.week}",
            why="this is a bug in gongzhi",
        )
    owed = held // 15 * value_fen(model) if state.begun else 0
    if state.account is not None and state.account.liability != owed:
        raise GongzhiError(
            what=f"credits worth {owed} fen are held and {state.account.liability} fen back them",
            where=f"week {model.week}",
            why="this is a bug in gongzhi",
        )


def credit_week(state: CreditState, model: Community, care_minutes: int) -> int:
    """Expire, issue, use, redeem, enrol, in this order.

    ``care_minutes`` are those that volunteers gave this week; returns how many of them were redeemed.
    """
    if state.account is None or not (state.begun or state.running(model.week)):
        return 0
    value, scheme, running = value_fen(model), state.scheme, state.running(model.week)
    assert scheme is not None
    if not state.begun:
        _begin(state, model, value)
    if scheme.uses != GOODS_ONLY:
        model.residents.credit_use[state.undecided] = preferred_uses(model, scheme, state.undecided)
    state.undecided = NOBODY
    _expire(state, model, value)
    issued = _issue(state, model, value) if running else NOBODY
    receivers, gifts = use_credits(state, model, value)
    slot = state.ring[model.week % len(state.ring)]
    slot[:] = 0
    slot[issued] = model.residents.minutes[issued, 1]
    state.recent[issued] += model.residents.minutes[issued, 1]
    np.add.at(slot, receivers, gifts)
    np.add.at(state.recent, receivers, gifts)
    redeemed = 0 if scheme.uses == GOODS_ONLY else redeem(state, model, care_minutes, value)
    if running:
        _enrol(state, model)
    else:
        model.residents.enrolled[:] = 0
        state.account.close()
    return redeemed


def _begin(state: CreditState, model: Community, value: int) -> None:
    """The scheme's first week: balances held before it are of last week and come with their reserve."""
    assert state.account is not None
    assert state.scheme is not None
    held = model.residents.credit_minutes
    # a week's own service fits 16 bits; gifts and balances from elsewhere may not
    wide = "donate" in state.scheme.uses or held.any()
    kind = np.int32 if wide else np.int16
    state.ring = np.zeros((model.scenario.credits.expiry_weeks, len(held)), kind)
    state.ring[(model.week - 1) % len(state.ring)] = held
    state.recent = held.copy()
    reserve = int(held.sum()) // 15 * value
    state.account.appropriated += reserve
    state.account.liability += reserve


def _expire(state: CreditState, model: Community, value: int) -> None:
    """Minutes older than the expiry leave; spending takes the oldest first, so what is held is newest."""
    people = model.residents
    # the ring's slot of this week holds the minutes issued expiry_weeks ago
    state.recent -= state.ring[model.week % len(state.ring)]
    old = np.maximum(people.credit_minutes - np.maximum(state.recent, people.credit_asked), 0)
    old[savers(state, people)] = 0
    people.credit_minutes -= old
    minutes = int(old.sum())
    state.expired += minutes
    state.free(minutes // 15 * value)


def _issue(state: CreditState, model: Community, value: int) -> NDArray[np.int64]:
    """Credit the enrolled who served this week, in the order of their draws, while the reserve lasts."""
    assert state.account is not None
    people, administration = model.residents, administration_fen(model)
    rows = np.flatnonzero(
        (people.enrolled != 0) & (people.seated[:, 1] != 0) & (people.duty <= 0) & (people.minutes[:, 1] > 0)
    )
    if len(rows) == 0:
        return NOBODY
    draws = uniforms(model.luck, "credit_order", people.id[rows], model.week)
    rows = rows[smallest(draws, people.id[rows], len(rows))]
    quarters = people.minutes[rows, 1].astype(np.int64) // 15
    cost = np.cumsum(quarters) * (value + administration)
    paid = int(np.searchsorted(cost, state.account.free, side="right"))
    credited = int(quarters[:paid].sum())
    state.coverage = credited / int(quarters.sum())
    state.rationed += paid < len(rows)
    state.account.free -= credited * value
    state.account.liability += credited * value
    state.account.spend(credited * administration)
    people.credit_minutes[rows[:paid]] += people.minutes[rows[:paid], 1]
    state.issued += 15 * credited
    return rows[:paid]


def _enrol(state: CreditState, model: Community) -> None:
    """Volunteers in the target of a running scheme enrol after an act."""
    people = model.residents
    assert state.account is not None
    rows = np.flatnonzero(
        model.target_residents(state.account)
        & (people.enrolled == 0)
        & (people.seated[:, 1] != 0)
        & (people.duty <= 0)
    )
    draws = uniforms(model.luck, "credit_enrol", people.id[rows], model.week)
    people.enrolled[rows[draws < model.scenario.credits.enrol_rate]] = 1
