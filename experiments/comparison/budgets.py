"""At which budget are policies compared, and are they in force at all?"""

from __future__ import annotations

from collections.abc import Sequence

from model.core.errors import GongzhiError
from model.core.given import number
from model.instruments.policies import Policy
from model.scenario.scenario import Scenario


def at_equal_budget(
    policies: Sequence[Policy], scenario: Scenario, per_household: float | None, weeks: int
) -> tuple[tuple[Policy, ...], float, list[str]]:
    """The policies scaled to one yearly sum, that sum in yuan (nan if they differ), and notes for the reader.

    A policy's sum is what it sets aside a year on average over the ``weeks`` compared: an instrument counts
    for the weeks it is in force. Without ``per_household`` (yuan a year) they stay as declared. Of a district
    the sum is that part of its money which reaches the simulated communities.

    Raises:
        GongzhiError: for a budget that is no number above 0, and for a policy that is in force in none of the
            weeks.
    """
    yuan = number(per_household)
    if per_household is not None and not (yuan is not None and 0 < yuan < 1e9):
        raise GongzhiError(
            what=f"a budget of {per_household!r} yuan per household",
            instead="give a number above 0 and below a thousand million",
        )
    for policy in policies:
        refuse_never_in_force(policy, scenario, weeks)
    sums = {p.name: p.yuan_a_year(weeks) for p in policies}
    share = scenario.district.share
    notes = [f"{name} has no budget of its own." for name, yearly in sums.items() if yearly == 0]
    notes += [
        f"{name} is not in force in any of the {weeks} weeks compared, and its money is not counted."
        for p in policies
        for name in p.never_in_force(weeks)
    ]
    if yuan is not None:
        budget = yuan * scenario.population.households * scenario.district.count
        scaled = tuple(p.scaled(budget / share / sums[p.name]) if sums[p.name] > 0 else p for p in policies)
        return scaled, budget, notes
    different = sorted({round(yearly, 2) for yearly in sums.values() if yearly > 0})
    if len(different) > 1:
        told = ", ".join(f"{name} {yearly:,.0f}" for name, yearly in sums.items() if yearly > 0)
        notes.append(f"The yearly budgets differ (yuan: {told}): effects are not comparable at equal cost.")
    return tuple(policies), different[0] * share if len(different) == 1 else float("nan"), notes


def idle(policy: Policy, weeks: int) -> bool:
    """True if a policy has instruments, and none of them is in force in the weeks of a run."""
    return 0 < len(policy.instruments) == len(policy.never_in_force(weeks))


def refuse_never_in_force(policy: Policy, scenario: Scenario, weeks: int) -> None:
    """Raise GongzhiError if a policy is `idle`."""
    if not idle(policy, weeks):
        return
    of = policy.instruments[0].instrument
    ends_early = of.start is not None and of.end is not None and of.end < of.start
    raise GongzhiError(
        what=f"policy {policy.name} is never in force",
        where=f"scenario {scenario.name}, policy.{policy.instruments[0].name}",
        why=f"end = {of.end} is before start = {of.start}"
        if ends_early
        else f"the {weeks} weeks compared are the weeks 1 to {weeks}",
        instead="give start and end within the weeks, or leave the policy out",
    )
