"""Care bought for residents who need it."""

from __future__ import annotations

from typing import Literal

from model.core.texts import N_
from model.instruments.base import ForResidents, Priced


class PaidCare(Priced, ForResidents):
    """Paid hours of care for those in the target who need more than volunteers and Party members gave; price
    = hour."""

    kind: Literal["paid_care"] = "paid_care"
    label = N_("paid care")
    caveat = N_("paid care: no causal evidence that it raises participation")
    meaning = N_("Paid hours of care for those who need more than volunteers and Party members give.")
    needs = N_("Residents in the target who need care (`population.needs_care`).")
    price_of = "costs.care_hour"
