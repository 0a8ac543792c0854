"""How does publicity teach residents what there is to take part in? (ODD 7.11)"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.core.casts import whole
from model.core.draws import luck_of, smallest, uniforms
from model.instruments.base import FIELDS
from model.instruments.support import Publicity

if TYPE_CHECKING:
    from model.state.community import Community


def publicise(model: Community) -> None:
    """Each contact that the free money buys teaches one resident one field drawn for that person."""
    people = model.residents
    for named in model.policies.active(Publicity, model.week):
        account, price = model.government.account(named), model.price_fen(named)
        contacts = account.free // price
        if contacts == 0:
            continue
        luck = luck_of(model.luck, named.name)
        rows = np.flatnonzero(model.target_residents(named))
        draws = uniforms(luck, "publicity", people.id[rows], model.week, 0)
        chosen = rows[smallest(draws, people.id[rows], contacts)]
        draws = uniforms(luck, "publicity", people.id[chosen], model.week, 1)
        people.aware[chosen] |= (1 << whole(len(FIELDS) * draws, np.int64)).astype(np.uint8)
        account.spend(price * len(chosen))
        model.government.tally["publicity_contacts"] += len(chosen)
