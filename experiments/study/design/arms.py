"""What does an entry of ``policies`` mean: which policy, at which budget, with which terms from its twin?"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from experiments.comparison.budgets import at_equal_budget, idle
from model.core.calendar import YEAR
from model.core.errors import StudyError
from model.instruments.policies import Policy
from model.parameters.decision import TERMS
from model.parameters.declare import suggestion
from model.scenario.scenario import Scenario

BASELINE = "none"

PLAIN_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
MOST_YUAN = 1e9
"""Budgets per household are below it."""


class Arm(NamedTuple):
    """A policy, the terms of the decision that its run reads from the run without it, and the yuan a year
    per household to which its money is scaled, None for the money that it declares."""

    policy: Policy
    from_twin: tuple[str, ...] = ()
    per_household: float | None = None


class Entry(NamedTuple):
    """The parts of an entry of ``policies``: ``POLICY@YUAN~TERMS``."""

    policy: str
    per_household: float | None
    terms: frozenset[str]


def entry(text: str) -> Entry:
    """The parts of an entry of ``policies``.

    Raises:
        StudyError: if what follows ``@`` is no sum of money.
    """
    rest, _, terms = text.partition("~")
    policy, at, yuan = rest.partition("@")
    given = (float(yuan) if PLAIN_NUMBER.fullmatch(yuan) else math.nan) if at else None
    if given is not None and not given < MOST_YUAN:
        raise StudyError(
            what=f"{text!r} asks for {yuan!r} yuan per household",
            where="policies",
            instead="write a year's sum of 0 or more behind the @, such as funding@30",
        )
    return Entry(policy, given, frozenset(terms.split(",") if terms else ()))


def arm(scenario: Scenario, text: str, weeks: int) -> Arm:
    """The arm of an entry of ``policies``: ``funding``, ``A+B``, ``funding@30``, whose money is scaled to 30
    yuan a year per household, or ``funding~can,peers``, which reads these terms from the run without it.

    ``weeks`` after the spin-up are those over whose years money is averaged.

    Raises:
        GongzhiError: for an unknown policy or term, or a budget for a policy without money.
    """
    name, per_household, _ = entry(text)
    _, tilde, terms = text.partition("~")
    from_twin = tuple(terms.split(",")) if tilde else ()
    parts = name.split("+")
    for part in parts:
        if parts.count(part) > 1 or (part == BASELINE and text != BASELINE):
            raise StudyError(
                what=f"{text!r} names {part!r} {'with more' if part == BASELINE else 'twice'}",
                where="policies",
                instead=f"name every part once, and {BASELINE!r} alone",
            )
    for term in from_twin:
        if from_twin.count(term) > 1:
            raise StudyError(what=f"{text!r} names the term {term} twice", where="policies")
        if term not in TERMS:
            raise StudyError(
                what=f"{text!r} names the term {term!r}",
                where="policies",
                instead=suggestion(term, TERMS),
            )
    policy, weeks = scenario.policy_named(name), weeks or YEAR
    if per_household is None or idle(policy, weeks):
        return Arm(policy, from_twin, per_household)
    if not policy.yuan_a_year(weeks):
        raise StudyError(
            what=f"{text!r} gives a budget to a policy without money",
            where="policies",
            why=f"no instrument of {name!r} has an amount",
            instead=f"write {name!r}, or a policy with an amount_yuan",
        )
    if per_household == 0:
        return Arm(policy.scaled(0.0), from_twin, 0.0)
    return Arm(at_equal_budget((policy,), scenario, per_household, weeks)[0][0], from_twin, per_household)


def refuse_doubles(policies: Sequence[str]) -> None:
    """Raise StudyError for an arm under two names: other order of its policies or terms, other zeros."""
    seen: dict[tuple[frozenset[str], float | None, frozenset[str]], str] = {}
    for name in policies:
        policy, per_household, terms = entry(name)
        first = seen.setdefault((frozenset(policy.split("+")), per_household, terms), name)
        if first != name:
            raise StudyError(
                what=f"{first!r} and {name!r} are the same arm",
                where="policies",
                why="all their runs would be equal",
                instead="leave one out",
            )
