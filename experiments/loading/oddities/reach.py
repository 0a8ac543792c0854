"""Whom does the money of instruments reach: which association can hold sessions with it?"""

from __future__ import annotations

from collections.abc import Iterable

from model.instruments.base import FIELDS, AnyInstrument, ForOrganizations, Funded, fits
from model.instruments.funding import Award, Grant, ProjectFund, Purchase
from model.instruments.mobilisation import CoBuilding
from model.scenario.scenario import Scenario

BRINGS_MONEY = (Grant, Award, Purchase, ProjectFund)


def aimed_at(scenario: Scenario, key: str, instrument: ForOrganizations) -> bool:
    """True if an association is in the target of an instrument when a run begins."""
    spec = scenario.organization[key]
    fields = tuple(FIELDS.index(field) for field in spec.fields)
    return fits(fields, spec.legal_form, key, instrument.target)


def sells(scenario: Scenario, key: str, purchase: Purchase) -> bool:
    """True if a purchase may buy from an association."""
    return scenario.organization[key].legal_form in purchase.buy_from and aimed_at(scenario, key, purchase)


def pays(scenario: Scenario, key: str, instruments: Iterable[AnyInstrument]) -> bool:
    """True if one of the instruments brings an association money for sessions."""
    for one in instruments:
        if isinstance(one, Purchase):
            reached = sells(scenario, key, one)
        elif isinstance(one, CoBuilding):
            units = one.units or tuple(scenario.unit)
            sponsored = any(scenario.unit[unit].sponsorship_yuan for unit in units)
            reached = sponsored and aimed_at(scenario, key, one)
        else:
            reached = isinstance(one, BRINGS_MONEY) and aimed_at(scenario, key, one)
        if reached and (not isinstance(one, Funded) or one.amount_yuan > 0):
            return True
    return False


def meets(scenario: Scenario, key: str, instruments: Iterable[AnyInstrument]) -> bool:
    """True if an association can hold sessions beyond what its members' fees pay for."""
    spec = scenario.organization[key]
    return spec.members > 0 and (spec.free_sessions > 0 or pays(scenario, key, instruments))
