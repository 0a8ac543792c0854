"""The life of organizations in a week, step by step, and what is counted of it (ODD 7.12, 7.14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.core.calendar import YEAR, week_of_year
from model.instruments.base import LEGAL_FORMS, fen
from model.state.income import MEMBERS
from model.state.outcomes import FIXED_POINT
from model.week.organise.drive import develop
from model.week.organise.endings import deaths, mergers
from model.week.organise.founding import births
from model.week.organise.leaders import covered, renew_leaders
from model.week.organise.legal_forms import change_forms

if TYPE_CHECKING:
    from model.state.community import Community


def live(model: Community) -> None:
    """A week of every organization. ``members`` are counted before; births and deaths change them."""
    collect_fees(model)
    renew_leaders(model)
    deaths(model)
    mergers(model)
    births(model)
    change_forms(model)
    keep, fade = float(model.p.income_keep), float(model.p.staff_fade)
    for organization in model.living():
        develop(model, organization, keep, fade)
    model.organizations_developed()


def collect_fees(model: Community) -> None:
    """Members pay the week's part of the yearly fee, in whole fen."""
    fee, w = fen(model.scenario.life.fee_yuan), week_of_year(model.week)
    due = fee * w // YEAR - fee * (w - 1) // YEAR
    for organization in model.living():
        amount = due * organization.members
        if amount > 0:
            organization.receive(amount, MEMBERS)
            organization.fees += amount


def life_figures(model: Community) -> dict[str, int]:
    """The figures of `LIFE_FIGURES`."""
    living = model.living()
    forms: list[str] = [o.legal_form for o in living]
    return {
        **{f"organizations_{form}": forms.count(form) for form in LEGAL_FORMS},
        "organizations_founded": model.life.founded,
        "organizations_dissolved": model.life.dissolved,
        "organizations_merged": model.life.merged,
        "organizations_led": sum(o.leader >= 0 for o in living),
        "organizations_covered": covered(model),
        "organizations_drive": sum(int(o.drive * FIXED_POINT) for o in living),
        "organizations_dependence": sum(int(o.dependence * FIXED_POINT) for o in living),
        "organization_fees_fen": sum(o.fees for o in model.organizations),
        "organization_returned_fen": sum(o.returned for o in model.organizations),
    }
