"""Who gives care to whom: need, hours given by volunteers and Party members, paid hours (ODD 7.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.core.compiled import kernel
from model.core.draws import smallest, uniforms
from model.core.errors import GongzhiError
from model.instruments.base import FIELDS, quarter_fen
from model.instruments.care import PaidCare
from model.parameters.population import AGE_BANDS

if TYPE_CHECKING:
    from model.state.community import Community

ELDER_CARE = FIELDS.index("elder_care")
VOLUNTEER, PARTY, PAID = range(3)
"""Axis of the column `care`."""


class Giving(NamedTuple):
    """What the week's care starts from."""

    age_band: NDArray[np.int8]
    needs_care: NDArray[np.int8]
    offer: NDArray[np.int16]
    minutes: NDArray[np.int32]
    duty: NDArray[np.float64]
    care_need: NDArray[np.int32]
    care: NDArray[np.int32]


def open_care(model: Community) -> None:
    """Set everybody's need of the week and count what was given at offers of elder care."""
    people, book = model.residents, model.care_book
    table = model.week_plan.table
    book.volunteer, book.party = _open(
        people.gathered(Giving),
        needed_minutes(model),
        (table.field == ELDER_CARE) & (table.activity == 1),
    )


def distribute_care(model: Community, redeemed: int) -> None:
    """Give those in need what is left after ``redeemed`` minutes of volunteers went to credit holders."""
    people, book = model.residents, model.care_book
    book.redeemed = redeemed
    volunteer = book.volunteer - redeemed
    rows = np.flatnonzero(people.needs_care != 0)
    paid = [n for n in model.policies.active(PaidCare, model.week) if model.government.account(n).free]
    lack = needed_minutes(model)[people.age_band[rows]]
    if volunteer + book.party > 0 or paid:
        draws = uniforms(model.luck, "care_order", people.id[rows], model.week)
        order = smallest(draws, people.id[rows], len(rows))
        rows, lack = rows[order], lack[order]
    party = in_order(lack, book.party)
    lack = lack - party
    given = in_order(lack, volunteer)
    lack = lack - given
    people.care[rows, PARTY] = party
    people.care[rows, VOLUNTEER] += given.astype(np.int32)
    book.idle = book.party - int(party.sum()) + volunteer - int(given.sum())
    for named in paid:
        account, own = model.government.account(named), named.instrument.price_yuan
        price = max(1, quarter_fen(model.scenario.costs.care_hour if own is None else own))
        wanted = np.where(model.target_residents(named)[rows], lack // 15, 0)
        quarters = in_order(wanted, account.free // price)
        people.care[rows, PAID] += (15 * quarters).astype(np.int32)
        lack = lack - 15 * quarters
        account.spend(int(quarters.sum()) * price)
    book.unmet_persons = int((lack > 0).sum())


def check_care(model: Community) -> None:
    """Raise GongzhiError unless the minutes given equal those received and idle."""
    book = model.care_book
    if book.volunteer + book.party != _unpaid(model.residents.care) + book.idle:
        raise GongzhiError(
            what="minutes of care given differ from minutes received and idle",
            where=f"week {model.week}",
            why="this is a bug in gongzhi",
        )


def needed_minutes(model: Community) -> NDArray[np.int64]:
    """int64[age bands]: minutes a week that somebody in need wants, in whole quarters of an hour."""
    hours = model.scenario.care.care_hours
    return np.array([15 * int(4 * hours[band] + 0.5) for band in AGE_BANDS], np.int64)


def in_order(wanted: NDArray[np.int64], supply: int) -> NDArray[np.int64]:
    """int64[n]: what each gets when ``supply`` serves ``wanted`` (int64[n]) from first to last."""
    before = np.cumsum(wanted) - wanted
    served: NDArray[np.int64] = np.clip(supply - before, 0, wanted)
    return served


@kernel
def _unpaid(care: NDArray[np.int32]) -> int:
    """Minutes received that nobody was paid for."""
    total = 0
    for i in range(len(care)):
        total += care[i, 0] + care[i, 1]
    return total


@kernel
def _open(c: Giving, needed: NDArray[np.int64], of_care: NDArray[np.bool_]) -> tuple[int, int]:
    """Write need, clear care, and sum the minutes given by volunteers and on Party duty."""
    volunteer = party = 0
    for i in range(len(c.age_band)):
        c.care_need[i] = needed[c.age_band[i]] if c.needs_care[i] != 0 else 0
        for source in range(3):
            c.care[i, source] = 0
        o = c.offer[i, 1]
        if o >= 0 and of_care[o]:
            if c.duty[i] > 0:
                party += c.minutes[i, 1]
            else:
                volunteer += c.minutes[i, 1]
    return volunteer, party
