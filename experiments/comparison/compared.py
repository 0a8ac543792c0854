"""What did policies change against the baseline, as tables, and what does a rerun need?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from experiments.comparison.settings import drawn_columns
from experiments.comparison.summary import Findings, dictionary
from experiments.comparison.untouched import fitted_figures
from experiments.loading.layers import Origin
from experiments.loading.load import Loaded
from experiments.loading.oddities import Oddity
from experiments.storage.columns import COMPARISON, stamps_of
from experiments.storage.columns import dictionary as columns_dictionary
from experiments.storage.files import sha256, versions
from experiments.storage.stamps import Stamp, recorded, stamped
from model.core.sources import fingerprint
from model.parameters.declare import declarations
from model.scenario.scenario import Scenario, adults_of

if TYPE_CHECKING:
    import pandas as pd

TABLES = tuple(COMPARISON)
"""The names of the tables, each a field of `Compared`; `Findings.tables` makes them."""


@dataclass(frozen=True, eq=False, repr=False)
class Compared:
    """Policies against the baseline, with intervals of chance (seeds) and settings (draws of the guesses).

    ``table`` has one row per policy, outcome and group for the last year: baseline, effect and its intervals
    in ``unit``, and in persons where that has a meaning. ``gaps`` tells how far groups are apart. ``costs``
    is in yuan, ``years`` repeats effects by year, ``influence`` lists the guesses that move effects.
    ``budget_yuan`` is a year's sum, nan if the policies' differ. `experiments.comparison.summary.dictionary`
    defines every outcome. ``stamps`` tell why it is no full comparison; every table has a column for each.
    """

    scenario: Scenario
    origin: dict[str, Origin]
    policies: tuple[str, ...]
    budget_yuan: float
    seeds: int
    first_seed: int
    world: int | None
    weeks: int
    adults: int
    persons: int
    table: pd.DataFrame
    gaps: pd.DataFrame
    costs: pd.DataFrame
    years: pd.DataFrame
    drift: pd.DataFrame
    patterns: pd.DataFrame
    influence: pd.DataFrame
    settings_draws: pd.DataFrame
    settings_counts: dict[str, int]
    notes: list[str]
    calibration: dict[str, dict[str, Any]] = field(default_factory=dict)
    stamps: tuple[Stamp, ...] = ()
    unfitted: tuple[str, ...] = ()
    warnings: tuple[Oddity, ...] = ()

    def __repr__(self) -> str:
        money = (
            "as declared" if self.budget_yuan != self.budget_yuan else f"{self.budget_yuan:,.0f} yuan a year"
        )
        return (
            f"Comparison of {', '.join(self.policies)} with no policy in {self.scenario.name}: "
            f"{self.adults:,} adults, {self.weeks} weeks, budget {money}\n"
            f"{self.seeds} pairs of seeds, {self.settings_counts.get('kept', 0)} draws of the settings\n"
            + "".join(f"{stamp.name}: {stamp}\n" for stamp in self.stamps)
            + ".table, .costs, .gaps, .years"
        )

    def dictionary(self) -> pd.DataFrame:
        """What the columns of all tables mean, and the outcomes that their rows are about."""
        drawn = {c.name: c for c in drawn_columns(list(declarations(Scenario)), self.policies)}
        stamps = stamps_of(self.stamps)
        every = [*drawn.values(), *stamps]
        last = [column for column in every if column.name in self.settings_draws]
        tables = {name: [*columns, *stamps] for name, columns in COMPARISON.items()}
        return columns_dictionary(tables | {"settings_draws": last}, dictionary().itertuples(index=False))

    def provenance(self) -> dict[str, object]:
        """What a rerun needs: versions, seeds, hashes of the model's sources and of the resolved scenario."""
        return {
            "versions": versions(),
            "model_fingerprint": fingerprint(),
            "scenario": self.scenario.name,
            "scenario_sha256": sha256(self.scenario.model_dump_json()),
            "policies": list(self.policies),
            "budget_yuan_per_year": None if self.budget_yuan != self.budget_yuan else self.budget_yuan,
            "first_seed": self.first_seed,
            "seeds": self.seeds,
            "world": self.world,
            "weeks": self.weeks,
            "settings": self.settings_counts,
            **recorded(self.stamps),
        }


C = TypeVar("C", bound=Compared)


def compared(
    kind: type[C],
    findings: Findings,
    loaded: Loaded,
    scenario: Scenario,
    *,
    weeks: int,
    budget_yuan: float,
    first_seed: int,
    world: int | None,
    changed: Sequence[int],
    notes: list[str],
    stamps: tuple[Stamp, ...] = (),
) -> C:
    """What findings say, as a ``kind`` of `Compared`.

    ``loaded`` is the scenario as it was given, ``scenario`` as it was simulated. ``changed`` are the figures
    that each policy that does nothing changed (`Findings.found_patterns`).
    """
    communities = scenario.district.count
    tables = findings.tables(changed, fitted_figures(loaded))
    return kind(
        scenario=scenario,
        origin=loaded.origin,
        policies=findings.policies,
        budget_yuan=budget_yuan,
        seeds=len(findings.levels),
        first_seed=first_seed,
        world=world,
        weeks=weeks,
        adults=adults_of(scenario.population) * communities,
        persons=scenario.population.persons * communities,
        settings_counts=findings.settings.counts(),
        notes=notes,
        calibration=loaded.provenance,
        stamps=stamps,
        unfitted=loaded.unfitted,
        warnings=loaded.warnings,
        **{name: stamped(table, stamps) for name, table in tables.items()},
    )
