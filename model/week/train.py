"""7.3 train: seats for residents, volunteers and the staff of organizations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.core.calendar import YEAR
from model.core.draws import luck_of, smallest, uniforms
from model.instruments.policies import Named
from model.instruments.training import TrainResidents, TrainStaff, TrainVolunteers
from model.week.phase import phase

if TYPE_CHECKING:
    from model.state.community import Community


@phase(
    reads="id registered targets",
    writes="government knowledge organizations skill trained_week",
)
def train(model: Community) -> None:
    """Fill the seats that the released money buys."""
    for residents in model.policies.active(TrainResidents, model.week):
        _train_people(model, residents)
    for volunteers in model.policies.active(TrainVolunteers, model.week):
        _train_people(model, volunteers)
    for staff in model.policies.active(TrainStaff, model.week):
        _train_staff(model, staff)


def _train_people(model: Community, named: Named[TrainResidents] | Named[TrainVolunteers]) -> None:
    """Seats go to the smallest draws among those in the target who were not trained within a year."""
    account, people = model.government.account(named), model.residents
    price = model.price_fen(named)
    seats = account.free // price
    if seats == 0:
        return
    eligible = model.target_residents(named) & (model.week - people.trained_week >= YEAR)
    if isinstance(named.instrument, TrainVolunteers):
        eligible &= people.registered != 0
    rows = np.flatnonzero(eligible)
    ids = people.id[rows]
    draws = uniforms(luck_of(model.luck, named.name), "train", ids, model.week)
    chosen = rows[smallest(draws, ids, seats)]
    people.skill[chosen] += model.p.gain * (1 - people.skill[chosen])
    people.knowledge[chosen] += model.p.gain_knowledge * (1 - people.knowledge[chosen])
    people.trained_week[chosen] = model.week
    account.spend(price * len(chosen))


def _train_staff(model: Community, named: Named[TrainStaff]) -> None:
    """Days go to the organizations of the target in turn."""
    account, price = model.government.account(named), model.price_fen(named)
    organizations = model.target_organizations(named)
    if not organizations:
        return
    for _ in range(account.free // price):
        trained = organizations[account.turn % len(organizations)]
        trained.professionalism += model.p.gain_staff * (1 - trained.professionalism)
        account.turn += 1
        account.spend(price)
