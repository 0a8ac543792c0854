"""7.9 serve: hours are given, duty is done, credits are issued, used, expire, care reaches those in need."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.core.calendar import YEAR
from model.core.compiled import kernel, over_rows
from model.week.phase import phase
from model.week.serve.care import check_care, distribute_care, open_care
from model.week.serve.credits import credit_week

if TYPE_CHECKING:
    from model.state.community import Community


class Service(NamedTuple):
    """What serving reads and writes."""

    seated: NDArray[np.int8]
    minutes: NDArray[np.int32]
    duty: NDArray[np.float64]
    duty_minutes: NDArray[np.int32]
    service_minutes: NDArray[np.int32]
    duty_minutes_52: NDArray[np.int32]


class Rings(NamedTuple):
    """Minutes of 52 weeks, week % 52 this week's: of service, and of duty (int16[52, n])."""

    served: NDArray[np.int16]
    duty: NDArray[np.int16]


@phase(
    reads="age_band duty id minutes needs_care offer offers seated targets week_plan",
    writes="""
        care care_book care_need credit_asked credit_asked_week credit_minutes credit_state credit_use
        duty_minutes duty_minutes_52 duty_ring enrolled government organizations served_ring
        service_minutes
    """,
)
def serve(model: Community) -> None:
    """Book this week's hours, credits and care."""
    people = model.residents
    rings = Rings(model.served_ring, model.duty_ring)
    over_rows(_serve, len(people), people.gathered(Service), rings, model.week % YEAR)
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
    open_care(model)
    redeemed = credit_week(model.credit_state, model, model.care_book.volunteer)
    distribute_care(model, redeemed)
    check_care(model)


@kernel
def _serve(start: int, stop: int, c: Service, ring: Rings, at: int) -> None:
    for i in range(start, stop):
        served = c.minutes[i, 1] if c.seated[i, 1] != 0 else 0
        on_duty = served if c.duty[i] > 0 else 0
        c.duty_minutes[i] += on_duty
        c.service_minutes[i] += served - ring.served[at, i]
        c.duty_minutes_52[i] += on_duty - ring.duty[at, i]
        ring.served[at, i] = served
        ring.duty[at, i] = on_duty


@kernel
def _attendances(offer: NDArray[np.int16], offers: int) -> NDArray[np.int64]:
    """Seated residents of each offer."""
    count = np.zeros(offers, np.int64)
    for i in range(len(offer)):
        for k in range(3):
            if offer[i, k] >= 0:
                count[offer[i, k]] += 1
    return count
