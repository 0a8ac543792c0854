"""What does the page say of what its results rest on, how steady the baseline is, and where they end?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from experiments.report import names
from experiments.report.blocks import Block, Bullets, Heading, Paragraph
from experiments.report.words import N_, Words, rounded, significant
from model.parameters.declare import declarations, resolve

if TYPE_CHECKING:
    from experiments.compare import Comparison

PATTERNS = {
    "P1": N_("P1: culture reaches more residents than service, and service more than deliberation"),
    "P3": N_(
        "P3: the most active tenth of the volunteers gives 0.40 to 0.60 of the hours, 2 to 17 acts a year "
        "each"
    ),
    "P13": N_("P13: a policy without money changes nothing at all"),
    "P14": N_("P14: residents active in culture volunteer 1.5 to 4 times as often as the others"),
}

CASES = {
    "wangzhuang": N_(
        "The levels come from a company town's own report of 2011: self-reported, without a control group, "
        "and those of a model community, above the average."
    ),
}
"""What the reader of a bundled case must know, by scenario; another scenario's own note stands as it is."""

LIMITS = (
    N_("Urban communities only; a village has other organizations and distances."),
    N_(
        "Not a forecast. Not for rating, ranking, rewarding or sanctioning persons, families, Party "
        "members, staff, organizations or communities, and not for targeting persons or setting quotas."
    ),
    N_("Levers without causal evidence are numbered on every result that they touch."),
    N_("Outcomes are per simulated adult. To take part once in 52 weeks counts like taking part every week."),
)


SHOWN_INPUTS = 8


def rests_on(words: Words, comparison: Comparison) -> Iterator[Block]:
    """Influential inputs with their ranges, calibrated values, fitted targets."""
    _ = words._
    yield Heading(_("What this rests on"))
    yield from _influential(words, comparison)
    declared = declarations(type(comparison.scenario))
    fitted = sorted(
        n for n, origin in comparison.origin.items() if origin.layer == "calibrated" and n in declared
    )
    values = words.listed(_valued(words, comparison, name) for name in fitted)
    nothing = _("nothing; every input stands at its default or at the case's own figure")
    yield Paragraph((values or nothing) + _("."), _("Fitted to the case:"))
    targets = [
        _(
            "{outcome} {value} (± {tolerance})",
            outcome=names.outcome(words, t.outcome),
            value=f"{t.value:g}",
            tolerance=f"{t.tolerance:g}",
        )
        for t in comparison.scenario.targets.values()
    ]
    if targets:
        note = _("Agreement with a figure that was fitted is no evidence for the model.")
        yield Paragraph(f"{words.listed(targets)}{_('.')} {note}", _("Figures it was fitted to:"))


def _influential(words: Words, comparison: Comparison) -> Iterator[Block]:
    """The inputs by the largest rank correlation with any policy's main effect."""
    _ = words._
    strength: dict[str, float] = {}
    for row in comparison.influence.to_dict("records"):
        name, rho = str(row["parameter"]), abs(float(row["rho"]))
        strength[name] = max(rho, strength.get(name, 0.0))
    ordered = sorted(strength, key=lambda name: -strength[name])
    declared = declarations(type(comparison.scenario))
    guesses = sum(declared[name].mark == "guess" for name in ordered)
    if not ordered:
        yield Paragraph(_("no single guess stands out among the draws."), _("Influential inputs:"))
        return
    shown = ordered[:SHOWN_INPUTS]
    told = words.listed(_valued(words, comparison, name) for name in shown)
    rest = len(ordered) - len(shown)
    more = _(" and {n} weaker ones", n=rest) if rest else ""
    yield Paragraph(
        words.ngettext(
            "{n} input moves a policy's effect by more than luck would, {guesses} of them a guess: {inputs}.",
            "{n} inputs move a policy's effect by more than luck would, {guesses} of them guesses: {inputs}.",
            len(ordered),
            guesses=guesses,
            inputs=told + more,
        ),
        _("Influential inputs:"),
    )


def _valued(words: Words, comparison: Comparison, name: str) -> str:
    """An input's plain name, its value, and its plausible range where one is declared."""
    _ = words._
    declared = declarations(type(comparison.scenario))[name]
    value = significant(float(resolve(comparison.scenario, name)), 3)
    unit = names.unit(words, declared.unit)
    plain = names.parameter(words, name)
    if declared.low is None or declared.high is None:
        return _("{input} ({value}{unit})", input=plain, value=value, unit=unit)
    span = words.span(significant(declared.low, 3), significant(declared.high, 3))
    return _("{input} ({value}, range {span}{unit})", input=plain, value=value, span=span, unit=unit)


def steadiness(words: Words, comparison: Comparison) -> Iterator[Block]:
    """Drift of the baseline and the patterns it is held against."""
    _ = words._
    yield Heading(_("How steady the baseline is"))
    drifts = [
        _(
            "{outcome} {drift} % (± {error})",
            outcome=names.outcome(words, str(row["outcome"])),
            drift=rounded(100 * row["drift_per_year"], 1, sign=True),
            error=rounded(100 * row["standard_error"], 1),
        )
        for row in comparison.drift.to_dict("records")
    ]
    if drifts:
        yield Paragraph(
            words.listed(drifts) + _("."),
            _("Change a year without any policy (± standard error over seeds):"),
        )
    rows = comparison.patterns.to_dict("records")
    yield Bullets(tuple(_pattern(words, row) for row in rows))


def _pattern(words: Words, row: dict[Any, Any]) -> str:
    _ = words._
    name = str(row["pattern"])
    told = _(PATTERNS[name]) if name in PATTERNS else name
    verdict = _("met") if row["met"] else _("not met")
    return f"{told}{_(': ')}{verdict}{_('.')}"


def limits(words: Words, comparison: Comparison) -> Iterator[Block]:
    """Where the results end, and what they must not be used for."""
    _ = words._
    yield Heading(_("Limits"))
    scenario = comparison.scenario
    case = _(CASES[scenario.name]) if scenario.name in CASES else scenario.note
    yield Bullets((*((case,) if case else ()), *(_(text) for text in LIMITS), *comparison.notes))
