"""7.9 serve: hours are given, duty is done, credits are issued, used, expire, care reaches those in need."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.core.calendar import YEAR
from model.core.compiled import kernel, over_rows
from model.week.credits import credit_week

if TYPE_CHECKING:
    from model.state.community import Community


class Service(NamedTuple):
    """What serving reads and writes; the rings hold 52 weeks of minutes, week % 52 this week's."""

    seated: NDArray[np.int8]
    minutes: NDArray[np.int32]
    duty: NDArray[np.float64]
    duty_minutes: NDArray[np.int32]
    service_minutes: NDArray[np.int32]
    duty_minutes_52: NDArray[np.int32]
    served_ring: NDArray[np.int16]
    duty_ring: NDArray[np.int16]


def serve(model: Community) -> None:
    """Book this week's hours, credits and care."""
    people = model.residents
    columns = Service._make(
        [*(getattr(people, f) for f in Service._fields[:6]), model.served_ring, model.duty_ring]
    )
    over_rows(_serve, len(people), columns, model.week % YEAR)
    attendances = _attendances(people.offer, len(model.week_plan.table.places))
    attended = [0] * len(model.organizations)
    refused = [0] * len(model.organizations)
    for offer, seated, came in zip(model.offers, attendances, model.week_plan.demand, strict=True):
        if offer.organization >= 0:
            attended[offer.organization] += int(seated)
            refused[offer.organization] += int(came - offer.places) if 0 <= offer.places < came else 0
    for o in model.organizations:
        o.year_attendances += attended[o.index]
        o.lately.write(model.week, refused[o.index], attended[o.index], o.received)
    model.care_book.open(model)
    redeemed = credit_week(model.credit_state, model, model.care_book.volunteer)
    model.care_book.distribute(model, redeemed)
    model.care_book.check(model)


@kernel
def _serve(start: int, stop: int, c: Service, at: int) -> None:
    for i in range(start, stop):
        served = c.minutes[i, 1] if c.seated[i, 1] != 0 else 0
        on_duty = served if c.duty[i] > 0 else 0
        c.duty_minutes[i] += on_duty
        c.service_minutes[i] += served - c.served_ring[at, i]
        c.duty_minutes_52[i] += on_duty - c.duty_ring[at, i]
        c.served_ring[at, i] = served
        c.duty_ring[at, i] = on_duty


@kernel
def _attendances(offer: NDArray[np.int16], offers: int) -> NDArray[np.int64]:
    """Seated residents of each offer."""
    count = np.zeros(offers, np.int64)
    for i in range(len(offer)):
        for k in range(3):
            if offer[i, k] >= 0:
                count[offer[i, k]] += 1
    return count
