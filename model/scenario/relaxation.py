"""How long does the number of associations take to find its level? A sketch before any run, printed."""

from __future__ import annotations

from math import comb, inf

from model.parameters.life import Life
from model.scenario.scenario import Scenario, adults_of

SKILL_SHAPE = 7
"""Beta(4, 4) is the law of the 4th smallest of 7 uniforms."""


def relaxation_weeks(scenario: Scenario) -> float:
    """Weeks in which a deviation of the number of associations falls to 1/e: 1 / (mu + nu / n_cap).

    mu is the mean hazard of the scenario's own associations at the start, led (without any: of an informal
    one of reference size); nu the rate of founding while nobody is served and there is room. inf if neither
    founding nor death is possible.
    """
    life = scenario.life
    own = [_hazard(life, o.legal_form, o.members) for o in scenario.organization.values()]
    mu = sum(own) / len(own) if own else life.hazard["informal"]
    cap = life.organizations_cap
    rate = mu + (_founding(scenario) / cap if cap else 0.0)
    return 1 / rate if rate > 0 else inf


def _hazard(life: Life, legal_form: str, members: int) -> float:
    size: float = (life.reference_members / max(1, members)) ** life.size_exponent
    small = life.small_factor if members < life.small_members else 1.0
    return float(life.hazard[legal_form] * size * small)


def _founding(scenario: Scenario) -> float:
    """Expected foundings a week without associations."""
    life = scenario.life
    if life.founding == "constant":
        return life.founding_rate
    x = life.capable_skill
    capable = sum(comb(SKILL_SHAPE, j) * x**j * (1 - x) ** (SKILL_SHAPE - j) for j in range(4))
    interested = scenario.population.interest_share * len(life.founding_fields)
    return life.founding_rate * adults_of(scenario.population) / 1000 * interested * capable
