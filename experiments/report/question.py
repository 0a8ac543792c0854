"""What does the page say of the question, the money and what was simulated?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from experiments.report import names
from experiments.report.blocks import Block, Heading, Paragraph
from experiments.report.results import policies_of
from experiments.report.words import Words, rounded

if TYPE_CHECKING:
    from experiments.compare import Comparison


def title(words: Words, comparison: Comparison) -> str:
    """The community's name in this language; its short name where the scenario gives no title."""
    scenario = comparison.scenario
    return (scenario.title_zh if words.lang == "zh" else scenario.title) or scenario.title or scenario.name


def question(words: Words, comparison: Comparison) -> Iterator[Block]:
    """The title and the question in one sentence."""
    _ = words._
    community = title(words, comparison)
    yield Heading(
        _("{community}: what would {yuan} yuan a year change?", community=community, yuan=_yuan(comparison)),
        1,
    )
    yield Paragraph(
        _(
            "How many more residents of {community} would take part in culture and sport, voluntary service "
            "and deliberation if {yuan} yuan a year were added to what is done today, for {policies}? This "
            "is a simulation that compares policies. It is not a forecast.",
            community=community,
            yuan=_yuan(comparison),
            policies=words.listed(names.policy(words, p) for p in policies_of(comparison)),
        ),
        _("The question."),
    )


def money(words: Words, comparison: Comparison) -> Iterator[Block]:
    """The budget, which is an assumption, and its splits, which are guesses."""
    _ = words._
    households = comparison.scenario.population.households
    splits = "; ".join(_split(words, comparison, policy) for policy in policies_of(comparison))
    yield Paragraph(
        _(
            "{each} yuan per household and year for {households} households, {yuan} yuan a year: an "
            "assumption. How each policy splits it is a guess: {splits}.",
            each=rounded(
                comparison.budget_yuan / households, 0 if comparison.budget_yuan % households == 0 else 2
            ),
            households=rounded(households),
            yuan=_yuan(comparison),
            splits=splits,
        ),
        _("The money."),
    )


def simulated(words: Words, comparison: Comparison) -> Iterator[Block]:
    """Persons, weeks, seeds, and how the draws over settings were made."""
    _ = words._
    scenario = comparison.scenario
    yield Paragraph(
        _(
            "{persons} residents in {households} households, of whom {adults} adults are simulated one by "
            "one, week by week; children are counted only, and every rate is per simulated adult. After "
            "{spin_up} weeks of today's practice, {weeks} weeks with and without each policy.",
            persons=rounded(comparison.persons),
            households=rounded(scenario.population.households),
            adults=rounded(comparison.adults),
            spin_up=scenario.run.spin_up,
            weeks=comparison.weeks,
        ),
        _("What was simulated."),
    )
    yield Paragraph(
        words.ngettext(
            "{n} pair of seeds; in each, all policies meet the same people with the same luck.",
            "{n} pairs of seeds; in each, all policies meet the same people with the same luck.",
            comparison.seeds,
        ),
        _("Chance:"),
    )
    yield Paragraph(_settings(words, comparison), _("Settings:"))


def _settings(words: Words, comparison: Comparison) -> str:
    _ = words._
    counts = comparison.settings_counts
    if not counts.get("kept"):
        return _("no draws were kept, so what we do not know about the inputs is not shown.")
    dropped = counts["dropped_equilibrium"] + counts["dropped_p1"]
    return _(
        "inputs marked as guesses were drawn together from their plausible ranges. Of {tried} draws {kept} "
        "were kept; {dropped} were dropped, {equilibrium} because habit and neighbours alone would allow "
        "several equilibria, {order} because culture would not reach more residents than service and "
        "service more than deliberation. The draws ran on a smaller version of the community ({persons} "
        "persons): households, members, budgets, sessions and places at sittings shrink with it, places per "
        "session do not. Each draw has two luck seeds, and the variance within a draw, which is luck, is "
        "taken out.",
        tried=counts["tried"],
        kept=counts["kept"],
        dropped=dropped,
        equilibrium=counts["dropped_equilibrium"],
        order=counts["dropped_p1"],
        persons=rounded(counts["persons"]),
    )


def _yuan(comparison: Comparison) -> str:
    return rounded(comparison.budget_yuan)


def _split(words: Words, comparison: Comparison, policy: str) -> str:
    amounts: dict[str, float] = {}
    for named in comparison.scenario.policy_named(policy).instruments:
        given = getattr(named.instrument, "amount_yuan", 0.0)
        amounts[named.instrument.kind] = amounts.get(named.instrument.kind, 0.0) + given
    total = sum(amounts.values())
    parts = (
        f"{words._(names.INSTRUMENTS[kind])} {rounded(100 * amount / total)} %"
        for kind, amount in amounts.items()
        if amount > 0
    )
    return f"{names.policy(words, policy)} = {words.listed(parts)}"
