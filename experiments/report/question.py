"""What does the page say of the question, the money and what was simulated?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from experiments.comparison.settings import LUCKS
from experiments.report.results import policies_of
from experiments.words import names
from experiments.words.blocks import Block, Heading, Paragraph
from experiments.words.words import Words, plain, rounded
from model.instruments import KINDS
from model.instruments.policies import yuan_a_year

if TYPE_CHECKING:
    from experiments.comparison.compared import Compared


def title(words: Words, comparison: Compared) -> str:
    """The community's name in this language; its short name where the scenario gives no title."""
    scenario = comparison.scenario
    return (scenario.title_zh if words.lang == "zh" else scenario.title) or scenario.title or scenario.name


def question(words: Words, comparison: Compared) -> Iterator[Block]:
    """The title and the question in one sentence."""
    _ = words._
    community = title(words, comparison)
    one = math.isfinite(comparison.budget_yuan)
    yield Heading(
        _("{community}: what would {yuan} yuan a year change?", community=community, yuan=_yuan(comparison))
        if one
        else _("{community}: what would these policies change?", community=community),
        1,
    )
    yield Paragraph(
        _(
            "How many more residents of {community} would take part in culture and sport, voluntary service "
            "and deliberation if one of these policies were added to what is done today: {policies}? This "
            "is a simulation that compares policies. It is not a forecast.",
            community=community,
            policies=words.listed(names.policy(words, p) for p in policies_of(comparison)),
        ),
        _("The question."),
    )


def money(words: Words, comparison: Compared) -> Iterator[Block]:
    """The budget, which is an assumption, and its splits, which are guesses."""
    _ = words._
    households = comparison.scenario.population.households * comparison.scenario.district.count
    splits = _("; ").join(_split(words, comparison, policy) for policy in policies_of(comparison))
    if math.isfinite(comparison.budget_yuan):
        told = _(
            "{each} yuan per household and year for {households} households, {yuan} yuan a year for each "
            "policy: an assumption.",
            each=plain(comparison.budget_yuan / households),
            households=rounded(households),
            yuan=_yuan(comparison),
        )
        without = [p for p in policies_of(comparison) if not _yearly(comparison, p)]
        if without:
            named = words.listed(names.policy(words, p) for p in without)
            told = words.sentences(told, _("No money belongs to {policies}.", policies=named))
    else:
        sums = (
            _("{policy} {yuan} yuan", policy=names.policy(words, p), yuan=rounded(_yearly(comparison, p)))
            for p in policies_of(comparison)
        )
        told = _(
            "The yearly budgets differ, so effects cannot be compared at equal cost: {sums}.",
            sums=words.listed(sums),
        )
    if _for_a_time(comparison):
        average = _("Sums are a year's on average over the {weeks} weeks.", weeks=comparison.weeks)
        told = words.sentences(told, average)
    yield Paragraph(
        words.sentences(told, _("How it is split is a guess: {splits}.", splits=splits)), _("The money.")
    )


def simulated(words: Words, comparison: Compared) -> Iterator[Block]:
    """Persons, weeks, seeds, and how the draws over settings were made."""
    _ = words._
    scenario = comparison.scenario
    yield Paragraph(
        _(
            "{persons} residents in {households} households, of whom {adults} adults are simulated one by "
            "one, week by week; children are counted only, and every rate is per simulated adult. After "
            "{spin_up} weeks of today's practice, {weeks} weeks with and without each policy.",
            persons=rounded(comparison.persons),
            households=rounded(scenario.population.households * scenario.district.count),
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


def _settings(words: Words, comparison: Compared) -> str:
    _ = words._
    counts = comparison.settings_counts
    if not counts.get("kept"):
        return _("no draws were kept, so what we do not know about the inputs is not shown.")
    told = [
        _(
            "inputs marked as guesses were drawn together from their plausible ranges. Draws tried: {tried}; "
            "kept: {kept}; dropped because habit and neighbours alone would allow several equilibria: "
            "{equilibrium}; dropped because culture would not reach more residents than service, and service "
            "more than deliberation: {order}.",
            tried=counts["tried"],
            kept=counts["kept"],
            equilibrium=counts["dropped_equilibrium"],
            order=counts["dropped_p1"],
        )
    ]
    if counts["persons"] < comparison.persons:
        told.append(
            _(
                "The draws ran on a smaller version of the community ({persons} persons): households, "
                "members, budgets, sessions and places at sittings shrink with it, places per session do "
                "not.",
                persons=rounded(counts["persons"]),
            )
        )
    else:
        told.append(_("The draws ran on the same community."))
    lucks = counts.get("lucks", len(LUCKS))
    told.append(words.ngettext("Each draw has {n} luck seed.", "Each draw has {n} luck seeds.", lucks))
    if lucks > 1:
        told.append(_("The variance within a draw, which is luck, is taken out."))
    return words.sentences(*told)


def _yuan(comparison: Compared) -> str:
    return rounded(comparison.budget_yuan)


def _yearly(comparison: Compared, policy: str) -> float:
    return comparison.scenario.policy_named(policy).yuan_a_year(comparison.weeks)


def _for_a_time(comparison: Compared) -> bool:
    """True if an instrument with money is in force for a part of the weeks only."""
    return any(
        0 < n.instrument.weeks_in_force(comparison.weeks) < comparison.weeks
        for policy in policies_of(comparison)
        for n in comparison.scenario.policy_named(policy).instruments
        if yuan_a_year(n.instrument, comparison.weeks)
    )


def _split(words: Words, comparison: Compared, policy: str) -> str:
    """A policy's instruments with their shares of its money; those without money by name only."""
    amounts: dict[str, float] = {}
    for named in comparison.scenario.policy_named(policy).instruments:
        given = yuan_a_year(named.instrument, comparison.weeks)
        amounts[named.instrument.kind] = amounts.get(named.instrument.kind, 0.0) + given
    total = sum(amounts.values())
    parts = []
    for kind, amount in amounts.items():
        name = words._(KINDS[kind].label)
        parts.append(f"{name} {words.percent(amount / total)}" if amount > 0 else name)
    what = words.listed(parts) if parts else words._("nothing")
    return f"{names.policy(words, policy)} = {what}"
