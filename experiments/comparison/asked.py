"""Which policies are to be compared, over which years?"""

from __future__ import annotations

from collections.abc import Sequence

from experiments.runs.simulate import MOST_WEEKS
from model.core.calendar import YEAR
from model.core.errors import GongzhiError
from model.core.given import whole
from model.instruments.policies import Policy
from model.scenario.declared_policy import DeclaredPolicy
from model.scenario.scenario import Scenario


def years(weeks: int, scenario: Scenario) -> int:
    """The weeks to compare, which are whole years."""
    found = whole(weeks)
    if found is None or not YEAR <= found <= MOST_WEEKS or found % YEAR:
        raise GongzhiError(
            what=f"weeks = {weeks!r} cannot be compared",
            where=f"scenario {scenario.name}",
            why="effects are told by year",
            instead=f"give whole years: {YEAR}, {2 * YEAR}, {3 * YEAR} weeks",
        )
    return found


def chosen(scenario: Scenario, policies: Sequence[Policy | str] | None) -> tuple[Policy, ...]:
    """The policies to compare, each once and none of them the baseline."""
    wanted = list(scenario.policy) if policies is None else policies
    if isinstance(wanted, str | Policy):
        wanted = [wanted]
    for one in wanted:
        if not isinstance(one, str | Policy):
            raise GongzhiError(
                what=f"{one!r} is not a policy",
                where="policies",
                instead="give names, or values of class Policy",
            )
    found = tuple(p if isinstance(p, Policy) else scenario.policy_named(p) for p in wanted)
    names = [p.name for p in found]
    for name in names:
        if name == "none" or names.count(name) > 1:
            raise GongzhiError(
                what=f"policy {name} is {'the baseline' if name == 'none' else 'named twice'}",
                where=f"scenario {scenario.name}",
                why="every policy is compared with the run without it, once",
                instead="choose from " + ", ".join(scenario.policy),
            )
    if not found:
        raise GongzhiError(
            what="there is no policy to compare",
            where=f"scenario {scenario.name}",
            instead="declare one as [policy.NAME.INSTRUMENT]",
        )
    return found


def with_policies(scenario: Scenario, policies: Sequence[Policy]) -> Scenario:
    """The scenario with the policies that were given as values, so that their names lead to them."""
    own = {
        p.name: DeclaredPolicy({n.name.removeprefix(f"{p.name}."): n.instrument for n in p.instruments})
        for p in policies
        if not set(p.name.split("+")) <= set(scenario.policy)
    }
    return scenario.model_copy(update={"policy": {**scenario.policy, **own}}) if own else scenario
