"""The data dictionary: every column of the series with its unit, its meaning and the way it is computed."""

from __future__ import annotations

from itertools import chain

from experiments.outcomes.institutions import issues, money, organizations, party
from experiments.outcomes.participation import contacts, participation
from experiments.outcomes.recorded import Outcome
from experiments.outcomes.service import care, credits_
from experiments.outcomes.years import years

OUTCOMES: dict[str, Outcome] = {
    outcome.name: outcome
    for outcome in chain(
        participation(),
        years(),
        issues(),
        contacts(),
        credits_(),
        care(),
        money(),
        party(),
        organizations(),
    )
}
"""Every column of the series by name, in the order of the columns."""
