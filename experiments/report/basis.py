"""What does the page say of what its results rest on, how steady the baseline is, and where they end?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from experiments.comparison.settings import ENOUGH_DRAWS
from experiments.loading.oddities.basis import table_name
from experiments.report.box import told_of
from experiments.report.results import policies_of, reach
from experiments.words import names
from experiments.words.blocks import Block, Bullets, Heading, Paragraph
from experiments.words.words import N_, Words, plain, rounded
from model.parameters.declare import declarations, resolve

if TYPE_CHECKING:
    from experiments.comparison.compared import Compared

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


CLASSES = {
    "emergent": N_("not built in"),
    "wired": N_("true by construction, tested"),
    "calibrated": N_("fitted"),
}

BY_LUCK = 0.05
"""Share of correlations beyond the bound of `Compared.influence` if no input mattered."""

SHOWN_INPUTS = 8
SHOWN_DRIFTS = 3


def rests_on(words: Words, comparison: Compared) -> Iterator[Block]:
    """Influential inputs with their ranges, calibrated values, fitted targets."""
    _ = words._
    yield Heading(_("What this rests on"))
    yield from _influential(words, comparison)
    yield from _oddities(words, comparison)
    if comparison.unfitted:
        yield Paragraph(not_fitted(words, comparison), _("Fitted to the case:"))
        return
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
    if values and targets:
        note = _("Agreement with a figure that was fitted is no evidence for the model.")
        yield Paragraph(words.sentences(words.listed(targets) + _("."), note), _("Figures it was fitted to:"))
    yield from _shortcomings(words, comparison)


def not_fitted(words: Words, comparison: Compared) -> str:
    """That the scenario is another than the one that was fitted, and what is known of the fitted values."""
    _ = words._
    tables = words.listed(_(table_name(table)) for table in comparison.unfitted)
    files = words.listed(dict.fromkeys(o.file for o in comparison.origin.values() if o.layer == "calibrated"))
    return words.sentences(
        _("not fitted: {tables} differ from the fitted case", tables=tables) + _("."),
        _("The values fitted there stand in {files} and are used as they are.", files=files),
    )


def _oddities(words: Words, comparison: Compared) -> Iterator[Block]:
    """What is odd about the scenario, but for what the next paragraphs say of its calibration."""
    told = [
        one.words(words.lang) + words._(".") for one in told_of(comparison) if one.code != "not_calibrated"
    ]
    if told:
        yield Paragraph(words._("the scenario can be run, and this is odd about it:"), words._("Warnings:"))
        yield Bullets(tuple(told))


def _shortcomings(words: Words, comparison: Compared) -> Iterator[Block]:
    """Which figures the calibration missed, and which parameters they cannot tell."""
    _ = words._
    targets = comparison.scenario.targets
    missed, unknown = [], []
    for layer in comparison.calibration.values():
        for name, facts in layer.get("figures", {}).items():
            if name in targets and abs(facts["reached"] - facts["wanted"]) > facts["tolerance"]:
                missed.append(
                    _(
                        "{outcome} {value} (wanted {wanted})",
                        outcome=names.outcome(words, targets[name].outcome),
                        value=f"{facts['reached']:.3g}",
                        wanted=f"{facts['wanted']:g}",
                    )
                )
        for name, facts in layer.get("parameters", {}).items():
            if facts.get("identified") is False:
                unknown.append(names.parameter(words, name))
    if missed:
        yield Paragraph(words.listed(missed) + _("."), _("Figures it missed:"))
    if unknown:
        note = _("Their fitted values are used, and settings draw them over their ranges.")
        told = words.listed(dict.fromkeys(unknown)) + _(".")
        yield Paragraph(words.sentences(told, note), _("Inputs that these figures cannot tell:"))


def _influential(words: Words, comparison: Compared) -> Iterator[Block]:
    """The drawn inputs that move an effect by more than luck, the strongest first."""
    _ = words._
    lead = _("Influential inputs:")
    drawn = len(set(declarations(type(comparison.scenario))) & set(comparison.settings_draws.columns))
    strength: dict[str, float] = {}
    marks: dict[str, str] = {}
    for row in comparison.influence.to_dict("records"):
        name = str(row["parameter"])
        strength[name] = max(abs(float(row["rho"])), strength.get(name, 0.0))
        marks[name] = str(row["mark"])
    ordered = sorted(strength, key=lambda name: -strength[name])
    if not ordered:
        if len(comparison.settings_draws) < ENOUGH_DRAWS:
            yield Paragraph(_("not examined: too few draws."), lead)
        else:
            yield Paragraph(_("no single input stands out among the draws."), lead)
        return
    shown = ordered[:SHOWN_INPUTS]
    rest = len(ordered) - len(shown)
    pairs = drawn * len(policies_of(comparison))
    told = _("; ").join(_valued(words, comparison, name) for name in shown)
    more = _("; and {n} more", n=rest) if rest else ""
    yield Paragraph(
        words.ngettext(
            "{n} of {drawn} inputs drawn stands out by rank correlation with a policy's effect ({found} of "
            "{pairs} correlations; luck alone would give about {expected}). Guesses among them: {guesses}. "
            "The strongest: {inputs}.",
            "{n} of {drawn} inputs drawn stand out by rank correlation with a policy's effect ({found} of "
            "{pairs} correlations; luck alone would give about {expected}). Guesses among them: {guesses}. "
            "The strongest: {inputs}.",
            len(ordered),
            drawn=drawn,
            found=len(comparison.influence),
            pairs=pairs,
            expected=rounded(BY_LUCK * pairs),
            guesses=sum(mark == "guess" for mark in marks.values()),
            inputs=told + more,
        ),
        lead,
    )


def _valued(words: Words, comparison: Compared, name: str) -> str:
    """An input's plain name, its value, and its plausible range where one is declared."""
    _ = words._
    declared = declarations(type(comparison.scenario))[name]
    value = plain(float(resolve(comparison.scenario, name)))
    unit = names.unit(words, declared.unit)
    if declared.low is None or declared.high is None:
        return _("{input} ({value}{unit})", input=names.parameter(words, name), value=value, unit=unit)
    span = words.span(plain(declared.low), plain(declared.high))
    if not declared.plausible(float(resolve(comparison.scenario, name))):
        return _(
            "{input} ({value}, outside its plausible range {span}{unit})",
            input=names.parameter(words, name),
            value=value,
            span=span,
            unit=unit,
        )
    return _(
        "{input} ({value}, range {span}{unit})",
        input=names.parameter(words, name),
        value=value,
        span=span,
        unit=unit,
    )


def steadiness(words: Words, comparison: Compared) -> Iterator[Block]:
    """Drift of the baseline and the patterns it is held against."""
    _ = words._
    yield Heading(_("How steady the baseline is"))
    drifts = comparison.drift.to_dict("records")
    sized = sorted(
        (row for row in drifts if math.isfinite(row["drift_per_year"])),
        key=lambda row: -abs(row["drift_per_year"]),
    )
    if sized:
        yield Paragraph(
            words.ngettext(
                "{met} of {n} figure changes by less than {limit} a year without any policy. The largest "
                "changes, with their standard errors over seeds: {largest}.",
                "{met} of {n} figures change by less than {limit} a year without any policy. The largest "
                "changes, with their standard errors over seeds: {largest}.",
                len(drifts),
                met=sum(bool(row["met"]) for row in drifts),
                limit=words.percent(drifts[0]["limit"]),
                largest=_("; ").join(_drift(words, row) for row in sized[:SHOWN_DRIFTS]),
            ),
            _("Drift:"),
        )
    if grown := [names.outcome(words, str(row["outcome"])) for row in drifts if row not in sized]:
        yield Paragraph(words.listed(grown) + _("."), _("Zero in the first year, and no longer in the last:"))
    yield Bullets(tuple(_pattern(words, comparison, row) for row in comparison.patterns.to_dict("records")))


def _drift(words: Words, row: dict[Any, Any]) -> str:
    return words._(
        "{outcome} {drift} (± {error})",
        outcome=names.outcome(words, str(row["outcome"])),
        drift=words.percent(row["drift_per_year"], 1, sign=True),
        error=words.percent(row["standard_error"], 1),
    )


def _pattern(words: Words, comparison: Compared, row: dict[Any, Any]) -> str:
    """A pattern, what was found, whether it is met, and of which class it is."""
    _ = words._
    name, found, kind = str(row["pattern"]), str(row["found"]), CLASSES[row["class"]]
    if name == "P1":
        levels = {r["activity"]: r["baseline"] for r in reach(comparison)}
        found = words.listed(
            f"{_(names.ACTIVITIES[k])} {words.percent(levels[k], 1)}" for k in names.ACTIVITIES
        )
    return _(
        "{pattern}. Found: {found}; {verdict} ({kind}).",
        pattern=_(PATTERNS[name]),
        found=found,
        verdict=_("met") if row["met"] else _("not met"),
        kind=_(kind),
    )


def limits(words: Words, comparison: Compared) -> Iterator[Block]:
    """Where the results end, and what they must not be used for."""
    _ = words._
    yield Heading(_("Limits"))
    scenario = comparison.scenario
    case = _(CASES[scenario.name]) if scenario.name in CASES else scenario.note
    yield Bullets((*((case,) if case else ()), *(_(text) for text in LIMITS)))
