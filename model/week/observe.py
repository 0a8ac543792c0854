"""7.14 observe: indicators are recorded, ledgers are checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.core.calendar import YEAR
from model.core.errors import GongzhiError
from model.parameters.decision import ACTIVITIES
from model.state.government import cash_by_payer
from model.state.outcomes import AT, WEEKLY, WINDOW
from model.week.checks import refuse_nonsense
from model.week.counts import Observed, by_group, concentration, count_cells
from model.week.mobilise.party import figures as party_figures
from model.week.organise.life import life_figures
from model.week.phase import phase
from model.week.serve.credits import check_credits

if TYPE_CHECKING:
    from model.state.community import Community


@phase(
    reads="""
        age_band arrival asked_now asks attachment aware branch_office care care_book care_need committee
        credit_asked credit_minutes credit_state credit_use duty duty_minutes duty_minutes_52 efficacy
        embeddedness enrolled fatigue government grouping history in_service issues knowledge life
        membership minutes motivation moves organization_activity organizations party raised refused
        registered satisfaction seated service_minutes skill staff_in_kind units week_plan
    """,
    writes="counts records",
)
def observe(model: Community) -> None:
    """Record weeks 0 and later; check the ledgers every week."""
    check_ledgers(model)
    if model.week >= 0:
        record(model)


def record(model: Community) -> None:
    """Add the state after this week to the records."""
    people, records = model.residents, model.records
    model.counts[:] = 0
    bad = count_cells(
        model.grouping.cell,
        model.organization_activity,
        people.gathered(Observed),
        model.week,
        WINDOW,
        AT,
        model.counts,
    )
    if bad >= 0:
        refuse_nonsense(model, f"week {model.week}")
    figures = figures_of(model)
    records.weeks.append(model.week)
    records.counts.append(by_group(model.grouping.members, model.counts))
    records.weekly.append([figures[name] for name in WEEKLY])
    records.spread.append(
        (*concentration(people.service_minutes - people.duty_minutes_52), model.credit_state.coverage)
    )
    records.money.append([a.row() for a in model.government.accounts.values()])
    if model.week > 0 and model.week % YEAR == 0:
        records.took_part.append(np.packbits((people.history & WINDOW != 0).T, axis=1))


def figures_of(model: Community) -> dict[str, int]:
    """The figures of `WEEKLY`, each from the part of the state that it speaks of."""
    return {
        **_offer_figures(model),
        **model.credit_state.figures(model.residents),
        **model.care_book.figures(),
        "staff_in_kind_fen": model.staff_in_kind,
        **party_figures(model),
        "organization_balance_fen": sum(o.balance for o in model.organizations),
        "organization_spent_fen": sum(o.spent for o in model.organizations),
        "organization_in_kind_fen": sum(o.in_kind for o in model.organizations),
        **life_figures(model),
        **model.moves.figures(),
        **model.government.figures(),
        **model.issues.figures(),
    }


def _offer_figures(model: Community) -> dict[str, int]:
    """The figures of `OFFER_FIGURES`."""
    table, demand = model.week_plan.table, model.week_plan.demand
    limited = table.places >= 0
    columns = {
        "sessions": table.sessions,
        "places": np.where(limited, table.places, 0),
        "demand": demand,
        "offers_limited": limited,
        "offers_bound": limited & (demand > table.places),
    }
    return {
        f"{name}_{activity}": int(values[table.activity == k].sum())
        for name, values in columns.items()
        for k, activity in enumerate(ACTIVITIES)
    }


def check_ledgers(model: Community) -> None:
    """Money, credits and issues add up to the last unit, or it is a bug of ours."""
    check_credits(model)
    bad = [a.name for a in model.government.accounts.values() if not a.balanced()]
    bad += [o.name for o in model.organizations if not o.balanced()]
    bad += [
        payer
        for payer, cash in cash_by_payer(model.government.accounts.values()).items()
        if not cash.balanced()
    ]
    if sum(o.granted for o in model.organizations) != sum(
        a.granted for a in model.government.accounts.values()
    ):
        bad.append("organizations and government together")
    bad += [] if model.issues.balanced() else ["issues"]
    given = (sum(u.cash for u in model.units), sum(u.in_kind for u in model.units))
    received = (
        sum(o.from_units for o in model.organizations),
        sum(o.in_kind_from_units for o in model.organizations),
    )
    bad += ["the resident units"] if given != received else []
    if bad:
        raise GongzhiError(
            what=f"the ledger of {', '.join(bad)} does not balance",
            where=f"week {model.week}",
            why="this is a bug in gongzhi",
        )
