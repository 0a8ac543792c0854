"""When is a group filed, and a filed association registered (ODD 7.12 f)?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.core.draws import uniforms
from model.instruments.regulation import Registration
from model.scenario.specs import LegalForm

if TYPE_CHECKING:
    from model.state.community import Community
    from model.state.organizations import Organization

NEXT: dict[LegalForm, LegalForm] = {"informal": "filed", "filed": "registered"}


def change_forms(model: Community) -> None:
    """Large enough associations take the next legal form at their rate."""
    rules = [
        (named.instrument, set(model.target_organizations(named)))
        for named in model.policies.active(Registration, model.week)
    ]
    below = [o for o in model.living() if o.legal_form in NEXT]
    drawn = uniforms(model.luck, "filing", np.array([o.id for o in below], np.uint64), model.week)
    for organization, u in zip(below, drawn.tolist(), strict=True):
        threshold, rate = _rule(model, organization)
        for instrument, target in rules:
            if organization in target:
                threshold *= instrument.threshold_factor
                rate *= instrument.rate_factor
        if organization.members >= threshold and u < rate:
            organization.legal_form = NEXT[organization.legal_form]
            model.organizations_changed()


def _rule(model: Community, organization: Organization) -> tuple[float, float]:
    """Members needed for the next form, and the weekly rate of taking it."""
    life = model.scenario.life
    if organization.legal_form == "informal":
        return life.threshold_filed, life.filing_rate
    return life.threshold_registered, life.registering_rate
