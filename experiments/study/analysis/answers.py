"""What does a finished study say, as tables?

Seeds at the first point give effects and the interval of chance; the draws of a design "settings" give the
interval of settings. A study of any other design shows its first point, and its settings are not known.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.comparison.budgets import at_equal_budget
from experiments.comparison.compared import Compared, compared
from experiments.comparison.effects import NAMES
from experiments.comparison.summary import ENDS, SMALLEST_GROUP
from experiments.storage.columns import typed
from experiments.storage.files import written_whole
from experiments.storage.table_files import write_table
from experiments.study.analysis import meanings
from experiments.study.analysis.attribution import Sample, channel_sets, package_sets, split, told
from experiments.study.analysis.economics import Costed, costs, net_benefit, responses
from experiments.study.analysis.gathered import SHOWN, Gathered, View, gathered
from experiments.study.analysis.provenance import provenance
from experiments.study.design.arms import BASELINE, entry
from experiments.study.design.points import said
from experiments.study.identity.software import present
from experiments.study.running.sequential import FEWEST, rank
from experiments.study.running.study import Study

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

EFFECT_COLUMNS = (
    *("policy", "outcome", "unit", "group", "adults", "baseline", "effect"),
    *ENDS,
)
SPLIT = {
    **{f"reach_{k}": "persons" for k in ("any", "culture", "service", "deliberation")},
    "served_without_duty_hours": "hours a year",
}
"""Outcomes whose effects are split over players, and the units that they are told in."""

RANKED = "reach_any"


@dataclass(frozen=True, eq=False)
class Answers:
    """The tables of a study; `meanings.dictionary` says what their columns mean.

    ``comparison`` holds the arms with the money that they declare, ``notes`` what a reader must know of the
    study itself, ``ranking_words`` the ranking in words.
    """

    comparison: Compared
    effects: pd.DataFrame = field(repr=False)
    gaps: pd.DataFrame = field(repr=False)
    responses: pd.DataFrame = field(repr=False)
    costs: pd.DataFrame = field(repr=False)
    net_benefit: pd.DataFrame = field(repr=False)
    attribution: pd.DataFrame = field(repr=False)
    ranking: pd.DataFrame = field(repr=False)
    ranking_words: str
    notes: list[str]
    provenance: dict[str, Any] = field(default_factory=dict)

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write every table as Parquet and CSV, the data dictionary, and the notes: all of it or nothing.

        The files are the same to the byte whenever the study is.

        Raises:
            GongzhiError: if the folder cannot be written to.
        """
        with written_whole(folder) as draft:
            for name in meanings.TABLES:
                table: pd.DataFrame = getattr(self, name)
                write_table(draft, name, table)
            write_table(draft, "dictionary", meanings.dictionary(), "csv")
            text = "\n".join([*self.notes, *self.comparison.notes, self.ranking_words]) + "\n"
            (draft / "notes.txt").write_text(text, encoding="utf-8")


def answers(study: Study) -> Answers:
    """The answers of a study from the runs that it has so far.

    Raises:
        StudyError: if the study has nothing to compare, or records too little.

    >>> answers(Study("results/mine")).effects
    """
    found = gathered(study)
    names = study.design.spec.policies
    declared = tuple(name for name in names if name != BASELINE and not set(name) & set("@~"))
    plain = tuple(name for name in declared if found.seeds([name])) or declared
    shown = found.view(plain)
    comparison = _comparison(found, plain, shown)
    every = (_costed(found, name, shown) for name in names if name != BASELINE and "~" not in name)
    costed = [one for one in every if one is not None]
    ranking, words = _ranking(found, plain, shown)
    return Answers(
        comparison=comparison,
        effects=_withheld(comparison.table[list(EFFECT_COLUMNS)]),
        gaps=comparison.gaps,
        responses=responses(costed),
        costs=costs(costed, comparison.costs),
        net_benefit=net_benefit(costed),
        attribution=_attribution(found),
        ranking=ranking,
        ranking_words=words,
        notes=_notes(found, shown, left_out := [name for name in declared if name not in plain]),
        provenance=provenance(study) | {"left_out": left_out},
    )


def _withheld(table: pd.DataFrame) -> pd.DataFrame:
    """The table without the figures of groups that are too small to tell of a policy."""
    figures = table.columns.drop(["policy", "outcome", "unit", "group", "adults"])
    return table.assign(**{name: table[name].where(table["adults"] >= SMALLEST_GROUP) for name in figures})


def _comparison(found: Gathered, plain: tuple[str, ...], shown: View) -> Compared:
    """What `compare` would say of the arms with the money that they declare."""
    design = found.study.design
    scenario, spec = design.scenarios[SHOWN], design.spec
    arms = tuple(
        arm.policy for arm, name in zip(design.arms(SHOWN), spec.policies, strict=True) if name in plain
    )
    _, budget, notes = at_equal_budget(arms, scenario, None, design.weeks)
    pairs = [found.seed_pairs[s] for s in found.seeds(plain)]
    worlds = {world for world, _ in pairs}
    return compared(
        Compared,
        shown.findings,
        design.loaded,
        scenario,
        weeks=design.weeks,
        budget_yuan=budget,
        first_seed=min(luck for _, luck in pairs),
        world=worlds.pop() if len(worlds) == 1 and len(pairs) > 1 else None,
        changed=list(found.changed.values()),
        notes=notes,
    )


def _costed(found: Gathered, name: str, shown: View) -> Costed | None:
    """An arm with its money; None if none of its pairs is complete. Those as declared share theirs."""
    if not found.seeds([name]):
        return None
    policy, yuan, _ = entry(name)
    design = found.study.design
    if yuan is None:
        scenario = design.whole[SHOWN]
        own = scenario.policy_named(policy).yuan_a_year(design.weeks) * scenario.district.share
        households = scenario.population.households * scenario.district.count
        declared = own / households if own else float("nan")
        return Costed(policy, float("nan"), declared, shown, shown.findings.policies.index(name))
    return Costed(policy, yuan, yuan, found.view([name]), 0)


def _attribution(found: Gathered) -> pd.DataFrame:
    """Shares of every complete set of arms that the study holds."""
    names = found.study.design.spec.policies
    sets = package_sets(names) | channel_sets(names)
    rows = []
    for what, arms in sets.items():
        own = [name for name in arms.values() if name != BASELINE]
        if not found.seeds(own):
            continue
        view = found.view(own)
        for outcome, unit in SPLIT.items():
            adults = view.findings.adults[0] if unit == "persons" else 1.0
            e = NAMES.index(outcome)

            def effect(name: str, view: View = view, e: int = e, adults: float = adults) -> Sample:
                findings = view.findings
                if name == BASELINE:
                    return Sample(np.zeros(len(findings.effects)), np.zeros(findings.drawn.shape[:2]))
                p = findings.policies.index(name)
                return Sample(
                    findings.effects[:, p, -1, 0, e] * adults, findings.drawn[:, :, p, -1, 0, e] * adults
                )

            table = told(split(arms, effect)).table.drop(columns="by_seed")
            rows += [
                {"what": what, "player": row["player"], "outcome": outcome, "unit": unit} | row
                for row in table.to_dict("records")
            ]
    return typed(rows, meanings.COLUMNS["attribution"])


def _ranking(found: Gathered, plain: Sequence[str], shown: View) -> tuple[pd.DataFrame, str]:
    """Who adds more participants than whom, in how many settings; the baseline adds none."""
    e, adults = NAMES.index(RANKED), shown.findings.adults[0]
    design = found.study.design
    if found.by_settings:
        points, seeds = found.draws(plain)
    else:
        points = [p for p in range(len(design.points)) if found.seeds(plain, p)]
        seeds = []
    outcomes: dict[str, list[Floats]] = {name: [] for name in (BASELINE, *plain)}
    for p in points or [SHOWN]:
        own = seeds if points and found.by_settings else found.seeds(plain, p)
        for name in plain:
            effects = [found.pairs[name][p, s].effects[0, -1, 0, e] for s in own]
            outcomes[name].append(np.array(effects) * adults)
        outcomes[BASELINE].append(np.zeros(len(own)))
    ranking = rank(outcomes, [design.points[p] for p in points or [SHOWN]])
    rows = [
        (
            *(*pair, decision.more, decision.less, decision.settings, decision.verdict),
            *(", ".join(decision.responsible), decision.text(*pair)),
        )
        for pair, decision in ranking.pairs.items()
    ]
    return typed(rows, meanings.COLUMNS["ranking"]), ranking.text()


def _notes(found: Gathered, shown: View, left_out: Sequence[str]) -> list[str]:
    """What a reader must know of the study itself."""
    study, design = found.study, found.study.design
    status, spec, settings = study.status(), design.spec, shown.findings.settings
    pairs = (len(spec.policies) - 1) * len(design.points) * len(found.seed_pairs)
    notes = []
    if design.made is not None:
        notes.append(f"Made by {design.software.text()} of gongzhi, told by {present().text()}.")
    if found.incomplete:
        notes.append(
            f"{status.failed:,} runs failed and {status.pending:,} are still to do: {found.incomplete:,} of "
            f"{pairs:,} pairs of a run with its baseline are left out."
        )
    if left_out:
        notes.append(f"{', '.join(left_out)}: no pair of runs is finished, so that nothing is told of it.")
    if found.by_settings:
        lacking = len(design.points) - 1 - len(settings.kept) - len(found.implausible)
        notes.append(
            f"{len(settings.kept)} of {len(design.points) - 1} draws of the settings are kept; "
            f"{len(found.implausible)} are dropped because their baseline is not in the order culture > "
            "service > deliberation" + (f", {lacking} because runs are missing." if lacking else ".")
        )
    else:
        notes.append("Settings are not drawn (design.kind is not 'settings'): what they do is not known.")
        if len(design.points) > 1:
            values = said(design.points[SHOWN])
            notes.append(
                f"The first of {len(design.points)} points is shown: {values}. The ranking is over all."
            )
    seeds = len(found.seeds(shown.findings.policies))
    if seeds < 2:
        notes.append("There is one pair of seeds: what chance does is not known, and settings hold luck too.")
    if seeds < FEWEST:
        notes.append(f"The ranking hardly tells policies apart with fewer than {FEWEST} pairs of seeds.")
    if spec.until is not None:
        notes.append(
            "Seeds were added until policies were told apart: the intervals of chance do not allow for that; "
            "what `gongzhi study status` says does."
        )
    if spec.design.persons is not None and design.scenarios[SHOWN] is not design.whole[SHOWN]:
        whole = design.whole[SHOWN]
        notes.append(
            f"A smaller version of the community is simulated ({settings.persons:,} instead of "
            f"{whole.population.persons * whole.district.count:,} persons); all figures are of that."
        )
    if not found.changed:
        notes.append("No arm with a budget of 0 was run, so pattern P13 is not checked.")
    return notes
