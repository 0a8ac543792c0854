"""What does a study's report say of the order of the policies, of what was run, and of its limits?"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from experiments.report.results import policies_of
from experiments.report.study_tables import Row, named, records
from experiments.storage.files import versions
from experiments.study.design.points import is_word, shown
from experiments.study.running.sequential import FEWEST
from experiments.words import names
from experiments.words.blocks import Block, Bullets, Paragraph, Table
from experiments.words.words import Words, plain, rounded

if TYPE_CHECKING:
    from experiments.study.analysis.answers import Answers

SHOWN_PAIRS = 12

ROUGH_DRAWS = 20
"""Fewer draws leave the ends of a 90 % interval to one or two of them."""


def ranking(words: Words, answers: Answers) -> Iterator[Block]:
    """Which policy does more than which, in how many settings; undecided where that is not told apart."""
    _ = words._
    rows = records(answers.ranking)
    if not rows:
        yield Paragraph(_("Not asked of this study: name two policies or more besides none."))
        return
    yield Paragraph(
        _(
            "By residents who took part at least once in the last year. A setting counts for a policy only "
            "if its seeds tell the two apart, by a rule that holds all comparisons together with 90 %. With "
            "fewer than {n} pairs of seeds it hardly can.",
            n=FEWEST,
        )
    )
    if not any(row["more"] or row["less"] for row in rows):
        order = dict.fromkeys(name for row in rows for name in (row["one"], row["other"]))
        told = words.listed(named(words, answers.comparison, name) for name in order)
        yield Paragraph(_("{policies} are not told apart in any setting.", policies=told), _("Undecided:"))
        return
    yield Bullets(tuple(_ranked(words, answers, row) for row in rows))


def _ranked(words: Words, answers: Answers, row: Row) -> str:
    _ = words._
    told = [
        words.ngettext(
            "{first} does more than {second} in {more} of {n} setting, less in {less}, not told apart in "
            "{open}.",
            "{first} does more than {second} in {more} of {n} settings, less in {less}, not told apart in "
            "{open}.",
            int(row["settings"]),
            first=named(words, answers.comparison, row["one"]),
            second=named(words, answers.comparison, row["other"]),
            more=row["more"],
            less=row["less"],
            open=row["settings"] - row["more"] - row["less"],
        )
    ]
    if row["more"] and row["less"]:
        told.append(_("Undecided, because the settings disagree."))
    elif not row["more"] and not row["less"]:
        told.append(_("Undecided."))
    inputs = [name for name in str(row["responsible"]).split(", ") if name]
    if inputs:
        listed = words.listed(names.parameter(words, name) for name in inputs)
        told.append(_("Most depends on: {inputs}.", inputs=listed))
    return words.sentences(*told)


def provenance(words: Words, answers: Answers) -> Iterator[Block]:
    """What a rerun needs: the study, its seeds and runs, versions, the hash of the model, commands."""
    _ = words._
    facts = answers.provenance
    rows = (
        (_("study"), str(facts["study"])),
        (_("scenario"), str(facts["scenario"])),
        (_("arms"), words.listed(map(str, facts["policies"]))),
        (_("pairs of seeds (world/luck)"), _seeds(words, facts["seeds"])),
        (_("points of the design"), rounded(facts["points"])),
        (_("runs stored"), _("{n} of {total}", n=rounded(facts["stored"]), total=rounded(facts["total"]))),
        (_("runs failed"), rounded(facts["failed"])),
        (_("versions"), words.listed(f"{name} {number}" for name, number in facts["versions"].items())),
        (_("fingerprint of the model's sources (SHA-256)"), str(facts["model_fingerprint"])),
    )
    yield Table((_("what"), _("value")), rows, names=2, caption=_("What a rerun needs"))
    folder = shlex.quote(facts["folder"])
    yield Paragraph(f"gongzhi study run {folder} && gongzhi study report {folder} --out DIR", _("Again:"))
    policy = shlex.quote(policies_of(answers.comparison)[0])
    yield Paragraph(
        f"gongzhi study reproduce {folder} --outcome reach_any_share --policy {policy}",
        _("The runs behind an effect again, compared to the bit:"),
    )


def _seeds(words: Words, pairs: Sequence[tuple[int, int]]) -> str:
    """The pairs of seeds; of many the first and the last."""
    told = [f"{world}/{luck}" for world, luck in pairs]
    if len(told) > SHOWN_PAIRS:
        told = [*told[: SHOWN_PAIRS - 1], "…", told[-1]]
    return words._("{n}: {pairs}", n=rounded(len(pairs)), pairs=words.listed(told))


def other_version(words: Words, answers: Answers) -> Iterator[Block]:
    """That another version made the runs, if so."""
    if made_by := answers.provenance.get("made_by"):
        told = words._(
            "Made by version {version} of gongzhi. This page was written by version {present}; the results "
            "are those of version {version}.",
            version=made_by,
            present=versions()["gongzhi"],
        )
        yield Paragraph(told)


def smaller_version(words: Words, answers: Answers) -> Iterator[Block]:
    """That not the whole community was simulated, if so: nothing is read rightly without it."""
    comparison, whole = answers.comparison, answers.provenance["whole_persons"]
    if comparison.persons < whole:
        told = words._(
            "A smaller version of the community was simulated, {persons} instead of {whole} persons; all "
            "figures are of that.",
            persons=rounded(comparison.persons),
            whole=rounded(whole),
        )
        yield Paragraph(told)


def study_limits(words: Words, answers: Answers) -> Iterator[Block]:
    """Where the results of this study end, beyond the limits of every page."""
    _ = words._
    comparison, facts = answers.comparison, answers.provenance
    told = [_("The limits above hold for every figure and table of this report.")]
    if missing := facts["total"] - facts["stored"]:
        told.append(
            words.ngettext(
                "{n} run is still to do: the results are those of an unfinished study.",
                "{n} runs are still to do: the results are those of an unfinished study.",
                missing,
            )
        )
    if facts["failed"]:
        told.append(
            words.ngettext(
                "{n} run failed; what would have been compared with it is left out.",
                "{n} runs failed; what would have been compared with them is left out.",
                facts["failed"],
            )
        )
    if facts["left_out"]:
        told.append(
            _(
                "No pair of runs of {policies} is finished: nothing is told of it.",
                policies=words.listed(names.policy(words, name) for name in facts["left_out"]),
            )
        )
    told += _of_settings(words, answers)
    if facts["until"]:
        told.append(
            _(
                "Seeds were added until policies were told apart. The intervals of chance do not allow for "
                "that; what {command} says does.",
                command="gongzhi study status",
            )
        )
    if comparison.seeds < 2:
        told.append(
            _("There is one pair of seeds: what chance does is not known, and settings hold luck too.")
        )
    if "P13" not in set(comparison.patterns["pattern"]):
        told.append(_("No arm with a budget of 0 was run, so pattern P13 is not checked."))
    told.append(
        _(
            "Intervals hold for one row at a time. Among {n} rows some lie clear of zero by luck.",
            n=rounded(len(answers.effects)),
        )
    )
    if answers.responses["yuan_per_household"].nunique() > 1:
        told.append(
            _("A budget changes the sums of a policy, not its design; between two budgets nothing was run.")
        )
    yield Bullets(tuple(told))


def _of_settings(words: Words, answers: Answers) -> Iterator[str]:
    """What the settings interval lacks."""
    _ = words._
    facts, kept = answers.provenance, answers.comparison.settings_counts.get("kept", 0)
    if facts["shown"]:
        values = (
            f"{names.parameter(words, name)} = " + (shown(value) if is_word(value) else plain(float(value)))
            for name, value in facts["shown"].items()
        )
        yield _(
            "The first of {n} points is shown: {values}. The order of the policies is judged over all.",
            n=rounded(facts["points"]),
            values=words.listed(values),
        )
    if kept < 2:
        yield _(
            "Settings were not drawn, or too few draws were kept: what we do not know about the inputs is "
            'not told. Write kind = "settings" under [design] in study.toml.'
        )
    elif kept < ROUGH_DRAWS:
        yield words.ngettext(
            "The settings interval rests on {n} draw: its ends are rough.",
            "The settings interval rests on {n} draws: its ends are rough.",
            kept,
        )
