"""What do holders do with their credits: goods, hours of care, saving, giving (ODD 7.9)?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.core.calendar import NEVER
from model.core.casts import whole
from model.core.draws import uniforms
from model.instruments.credits import CreditScheme
from model.parameters.credits import USES
from model.state.credits import DONATE, GOODS, OLD, SAVE, SERVICE
from model.state.residents import Residents
from model.week.serve.care import in_order

if TYPE_CHECKING:
    from model.state.community import Community
    from model.state.credits import CreditState

WEEKS_AHEAD = 8
"""Weeks of supply that holders look ahead to when they judge whether credits can be redeemed."""

Rows = NDArray[np.int64]
EVERYBODY = slice(None)


def preferred_uses(
    model: Community, scheme: CreditScheme, rows: Rows | slice = EVERYBODY
) -> NDArray[np.int8]:
    """int8[rows]: the use each of ``rows`` prefers among those the scheme allows, one draw by id for good.

    Where credits can be given, those who need care redeem what they hold as service.
    """
    people, shares = model.residents, model.scenario.credits.use_share
    allowed = [code for code, use in enumerate(USES) if use in scheme.uses]
    weights = [shares[USES[code]] for code in allowed]
    cumulated, total = [], 0.0
    for weight in weights if any(weights) else [1.0] * len(allowed):
        total += weight
        cumulated.append(total)
    draws = uniforms(model.world, "credit_use", people.id[rows], 0)
    at = np.searchsorted(cumulated[:-1], draws * total, side="right")
    uses = np.array(allowed, np.int8)[at]
    if "donate" in scheme.uses:
        uses[people.needs_care[rows] != 0] = SERVICE
    return uses


def use_credits(state: CreditState, model: Community, value: int) -> tuple[Rows, NDArray[np.int32]]:
    """Holders of enough credits buy goods, ask for service or give; returns receivers and their minutes.

    Everybody acts on the balance from before the others acted; gifts can be used from next week on.
    """
    people, habits = model.residents, model.scenario.credits
    rows = np.flatnonzero(people.credit_minutes >= 60 * habits.spend_from)
    draws = uniforms(model.luck, "credit_spend", people.id[rows], model.week)
    rows, draws = rows[draws < habits.spend_rate], draws[draws < habits.spend_rate]
    way = people.credit_use[rows]
    minutes = people.credit_minutes[rows] // 60 * 60
    _buy(state, people, rows[way == GOODS], minutes[way == GOODS], value)
    asks = (way == SERVICE) | ((way == SAVE) & (people.age_band[rows] >= OLD))
    asks &= people.credit_asked[rows] == 0
    order = np.lexsort((people.id[rows[asks]], draws[asks]))
    _ask(state, model, rows[asks][order], minutes[asks][order])
    return _give(state, model, rows[way == DONATE], minutes[way == DONATE])


def _buy(state: CreditState, people: Residents, rows: Rows, minutes: NDArray[np.int32], value: int) -> None:
    assert state.account is not None
    people.credit_minutes[rows] -= minutes
    total = int(minutes.sum())
    state.spent += total
    state.account.liability -= total // 15 * value
    state.account.spent += total // 15 * value


def _ask(state: CreditState, model: Community, rows: Rows, minutes: NDArray[np.int32]) -> None:
    """Join the queue; what is asked is needed this week."""
    people = model.residents
    people.credit_asked[rows] = minutes
    people.credit_asked_week[rows] = model.week
    people.care_need[rows] += minutes
    state.queue = np.concatenate((state.queue, rows))


def _give(
    state: CreditState, model: Community, rows: Rows, minutes: NDArray[np.int32]
) -> tuple[Rows, NDArray[np.int32]]:
    """Each donor draws one receiver among the others who may receive; without any, nothing is given.

    Nor is anything after the scheme's last week: gifts begin a new life, so credits might pass from hand to
    hand for ever.
    """
    scheme, most = state.scheme, model.scenario.credits.donate_hours
    if len(rows) == 0 or scheme is None or not state.running(model.week):
        return rows[:0], minutes[:0]
    people = model.residents
    anyone = scheme.donate_to == "anyone"
    pool = np.arange(len(people)) if anyone else np.flatnonzero(people.needs_care != 0)
    able = len(pool) - np.isin(rows, pool) > 0
    rows, minutes = rows[able], minutes[able]
    among, own = np.isin(rows, pool), np.searchsorted(pool, rows)
    draws = uniforms(model.luck, "credit_gift", people.id[rows], model.week)
    at = whole((len(pool) - among) * draws, np.int64)
    receivers = pool[at + (among & (at >= own))]
    if most > 0:
        minutes = np.minimum(minutes, 60 * most)
    people.credit_minutes[rows] -= minutes
    np.add.at(people.credit_minutes, receivers, minutes)
    state.donated += int(minutes.sum())
    return receivers, minutes


def redeem(state: CreditState, model: Community, care_minutes: int, value: int) -> int:
    """Serve the queue out of this week's share of the volunteers' minutes; returns the minutes served.

    Service is given, not bought: the reserve behind it is freed.
    """
    people, habits = model.residents, model.scenario.credits
    supply = 15 * int(habits.redeem_share * (care_minutes // 15))
    asked = people.credit_asked[state.queue].astype(np.int64)
    wanted = int(asked.sum())
    hope = min(1.0, WEEKS_AHEAD * supply / wanted) if wanted else 1.0
    state.liquidity = state.liquidity + habits.liquidity_rate * (hope - state.liquidity)
    served = in_order(asked, supply)
    people.credit_asked[state.queue] -= served.astype(np.int32)
    people.credit_minutes[state.queue] -= served.astype(np.int32)
    people.care[state.queue, 0] += served.astype(np.int32)
    minutes = int(served.sum())
    state.spent += minutes
    state.free(minutes // 15 * value)
    done = served == asked
    ended = state.queue[done]
    state.completed += len(ended)
    state.waited_weeks += int((model.week - people.credit_asked_week[ended]).sum())
    people.credit_asked_week[ended] = NEVER
    state.queue = state.queue[~done]
    return minutes
