"""7.3 train: seats for residents, volunteers and the staff of organizations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.draws import smallest, uniforms

if TYPE_CHECKING:
    from model.community import CommunityModel

SINCE_TRAINING = 52
DRAW_OF = {"train_residents": 0, "train_volunteers": 1}


def train(model: CommunityModel) -> None:
    """Fill the seats that this week's money buys."""
    for named in model.policies.funded():
        if named.instrument.kind in DRAW_OF:
            _train_residents(model, named)
        elif named.instrument.kind == "train_staff":
            _train_staff(model, named)


def _train_residents(model, named) -> None:  # type: ignore[no-untyped-def]
    account, people = model.government.account(named), model.residents
    price = model.price_fen(named)
    seats = account.free // price
    if seats == 0 or not named.instrument.in_force(model.week):
        return
    eligible = model.target_residents(named) & (model.week - people.trained_week >= SINCE_TRAINING)
    if named.instrument.kind == "train_volunteers":
        eligible &= people.registered != 0
    rows = np.flatnonzero(eligible)
    draws = uniforms(model.luck, "train", people.id[rows], model.week, DRAW_OF[named.instrument.kind])
    chosen = rows[smallest(draws, people.id[rows], seats)]
    people.skill[chosen] += model.p.gain * (1 - people.skill[chosen])
    people.trained_week[chosen] = model.week
    account.spend(price * len(chosen))


def _train_staff(model, named) -> None:  # type: ignore[no-untyped-def]
    account = model.government.account(named)
    price = model.price_fen(named)
    organizations = model.target_organizations(named)
    if not organizations or not named.instrument.in_force(model.week):
        return
    for _ in range(account.free // price):
        trained = organizations[account.turn % len(organizations)]
        trained.professionalism += model.p.gain_staff * (1 - trained.professionalism)
        account.turn += 1
        account.spend(price)
