"""How do the answers of a study become one self-contained HTML file?"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.report.assembly import page_blocks, rendered
from experiments.report.question import title
from experiments.report.study_basis import other_version, provenance, ranking, smaller_version, study_limits
from experiments.report.study_tables import attribution, budgets, by_activity, by_group, costs, net_benefit
from experiments.storage.folders import Experiment, one_experiment
from experiments.words.blocks import Block, Contents, Heading
from experiments.words.words import N_, Words, words_of

if TYPE_CHECKING:
    from experiments.study import Study
    from experiments.study.analysis.answers import Answers

Section = Callable[[Words, "Answers"], Iterator[Block]]

SECTIONS: tuple[tuple[str, str, Section], ...] = (
    ("activities", N_("Effects by activity"), by_activity),
    ("groups", N_("Effects by group"), by_group),
    ("budgets", N_("Effects by budget"), budgets),
    ("costs", N_("Cost per added participant and hour"), costs),
    ("net-benefit", N_("Net benefit"), net_benefit),
    ("attribution", N_("What the effect is due to"), attribution),
    ("ranking", N_("Which policy does more"), ranking),
    ("provenance", N_("Provenance"), provenance),
    ("study-limits", N_("Limits of this study"), study_limits),
)
"""Anchor, heading and content of every part that follows the one page."""


def study_html(answers: Answers, lang: str = "en") -> str:
    """The report of a study as one HTML file that loads nothing: the one page, then every table and curve.

    A part that the study's arms cannot answer says which arms would. Raises GongzhiError for another language
    than "en" or "zh".
    """
    words = words_of(answers.comparison.scenario, lang)
    _ = words._
    blocks = [*other_version(words, answers), *smaller_version(words, answers)]
    blocks += [*page_blocks(words, answers.comparison)]
    links = tuple((anchor, _(heading)) for anchor, heading, _section in SECTIONS)
    blocks += [Heading(_("All results of this study"), 2, "contents"), Contents(_("Contents"), links)]
    for anchor, heading, section in SECTIONS:
        blocks += [Heading(_(heading), 2, anchor), *section(words, answers)]
    return rendered(words, title(words, answers.comparison), blocks)


def save_report(
    study: Study, folder: str | os.PathLike[str], lang: Sequence[str] = ("en", "zh"), *, partly: bool = False
) -> list[Path]:
    """Write ``report.LANG.html`` and every table of a study's answers, all or nothing; the pages' paths.

    Raises:
        StudyError: for a study that is not finished, unless ``partly``, and for one that compares nothing.
        GongzhiError: for an unknown language, or if the folder cannot be written to or holds another
            experiment.
    """
    from experiments.study.analysis.answers import answers

    for one in lang:
        Words(one)
    if not partly:
        study.refuse_unfinished("report")
    found = answers(study)
    names = [f"report.{one}.html" for one in dict.fromkeys(lang)]
    spec, scenario = study.design.spec, study.design.loaded.scenario.name
    experiment = Experiment("study report", spec.name, spec.policies)
    with one_experiment(folder, experiment, {"study": spec.name, "scenario": scenario}) as draft:
        found.save(draft)
        for name, one in zip(names, dict.fromkeys(lang), strict=True):
            (draft / name).write_text(study_html(found, one), encoding="utf-8")
    return [Path(folder) / name for name in names]
