"""A comparison and the answers of a study as reports have them, with figures that a test chooses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.comparison.effects import MEASURED
from experiments.comparison.equity import GAPS
from experiments.comparison.summary import ENDS
from experiments.loading.load import Origin, load
from experiments.report import drawing, panels
from experiments.storage.stamps import Stamp
from model.parameters.decision import ACTIVITIES
from model.scenario.scenario import Scenario
from model.state.outcomes import GROUPS

POLICIES = ("funding", "training", "credits", "package")


@contextmanager
def without_figures() -> Iterator[None]:
    """Pages that are made in the block have no figures, which take most of their time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(panels, "curves", lambda *_: ())
        patch.setattr(panels, "shares", lambda *_: "")
        patch.setattr(drawing, "figure", lambda *_, **__: None)
        patch.setattr(drawing, "svg", lambda _: "")
        yield


@dataclass(frozen=True)
class Fake:
    """A comparison as `experiments.compare.Comparison` has it, with effects that a test chooses."""

    scenario: Scenario
    origin: dict[str, Origin]
    table: pd.DataFrame
    gaps: pd.DataFrame
    costs: pd.DataFrame
    influence: pd.DataFrame
    drift: pd.DataFrame
    patterns: pd.DataFrame
    policies: tuple[str, ...] = POLICIES
    budget_yuan: float = 162_000.0
    seeds: int = 10
    weeks: int = 156
    adults: int = 14_580
    calibration: dict[str, Any] = field(default_factory=dict)
    persons: int = 18_000
    settings_counts: dict[str, int] = field(
        default_factory=lambda: {
            "tried": 55,
            "dropped_equilibrium": 9,
            "dropped_p1": 6,
            "kept": 40,
            "persons": 2000,
        }
    )
    notes: tuple[str, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    unfitted: tuple[str, ...] = ()
    warnings: tuple[Any, ...] = ()
    settings_draws: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame({"draw": [0], "decision.b_habit": [2.0], "learning.gain": [0.2]})
    )


def effect_row(policy: str, outcome: str, group: str, effect: float, settings: float) -> dict[str, Any]:
    """A row of the table: an effect as a share, half-widths of 0.002 by chance and ``settings``."""
    size = 14_580 if group == "all" else 3000
    row: dict[str, Any] = {
        "policy": policy,
        "outcome": outcome,
        "group": group,
        "unit": "share",
        "baseline": 0.3,
        "effect": effect,
        "chance_low": effect - 0.002,
        "chance_high": effect + 0.002,
        "settings_low": effect - settings,
        "settings_high": effect + settings,
        "adults": 12 if group == "education:primary" else size,
    }
    for covers, into in (("chance", "persons"), ("settings", "persons_settings")):
        row |= {f"{into}_{end}": size * row[f"{covers}_{end}"] for end in ("low", "high")}
    return row | {"persons": size * effect}


def fake_comparison() -> Fake:
    """Wangzhuang with four policies: funding does most, nothing is clear of the package."""
    loaded = load("wangzhuang")
    rows, costs = [], []
    for p, policy in enumerate(POLICIES):
        for k, activity in enumerate(("any", *ACTIVITIES)):
            for g, group in enumerate(GROUPS):
                effect = 0.01 * (3 - p) * (1 + 0.1 * g) / (1 + k)
                rows.append(effect_row(policy, f"reach_{activity}", group, effect, 0.008))
        displaced = effect_row(policy, "displacement", "all", 0.12, 0.3)
        rows.append(displaced | {"unit": "share of the gain in attendances_culture"})
        known = p < 3
        costs.append(
            {
                "policy": policy,
                "spent_yuan_per_year": 161_999.6,
                "liability_yuan": 1234.0,
                "returned_yuan_per_year": 0.0,
                "unspent_yuan_per_year": 16_200.0 if p == 0 else 0.0,
                "added_participants_settings_low": 98.0 if known else -12.0,
                "added_hours_settings_low": 700.0 if known else -90.0,
                "cost_per_added_participant_yuan": 371.4 if known else float("nan"),
                "cost_per_added_participant_low": 301.0 if known else float("nan"),
                "cost_per_added_participant_high": 520.0 if known else float("nan"),
                "cost_per_added_hour_yuan": 21.4 if known else float("nan"),
                "cost_per_added_hour_low": 12.0 if known else float("nan"),
                "cost_per_added_hour_high": 60.0 if known else float("nan"),
            }
        )
    return Fake(
        scenario=loaded.scenario,
        origin={**loaded.origin, "decision.b0.culture": Origin("calibrated", "x.toml", 3)},
        table=pd.DataFrame(rows),
        gaps=pd.DataFrame(
            [
                effect_row(policy, f"reach_{activity}", one, 0.004 * (p + 1), 0.008) | {"other": other}
                for p, policy in enumerate(POLICIES)
                for activity in ACTIVITIES
                for one, other in GAPS[1:]
            ]
        ),
        costs=pd.DataFrame(costs),
        influence=pd.DataFrame(
            [
                {"policy": "funding", "parameter": "decision.b_habit", "mark": "guess", "rho": -0.61},
                {"policy": "training", "parameter": "decision.b_habit", "mark": "guess", "rho": 0.4},
                {"policy": "training", "parameter": "learning.gain", "mark": "guess", "rho": 0.7},
            ]
        ),
        drift=pd.DataFrame(
            [
                {
                    "outcome": "reach_culture",
                    "drift_per_year": 0.012,
                    "standard_error": 0.003,
                    "limit": 0.05,
                    "met": True,
                }
            ]
        ),
        patterns=pd.DataFrame(
            [
                {"pattern": "P1", "class": "emergent", "found": "...", "met": True},
                {"pattern": "P3", "class": "emergent", "found": "0.450; 5.00", "met": True},
                {"pattern": "P13", "class": "wired", "found": "0", "met": True},
                {"pattern": "P14", "class": "emergent", "found": "4.60", "met": False},
            ]
        ),
    )


@dataclass(frozen=True)
class FakeAnswers:
    """Answers as `experiments.study.analysis.answers.Answers` has them."""

    comparison: Fake
    effects: pd.DataFrame
    responses: pd.DataFrame
    costs: pd.DataFrame
    net_benefit: pd.DataFrame
    attribution: pd.DataFrame
    ranking: pd.DataFrame
    provenance: dict[str, Any]
    ranking_words: str = ""
    notes: tuple[str, ...] = ()


BUDGETS = (0.0, 5.0, 10.0, 30.0, 100.0)
SHARES = ("can", "like", "enabled", "asked", "response", "others", "outside the decision")


def ends(value: float, chance: float, settings: float) -> dict[str, float]:
    """Both intervals around a value, by their half-widths."""
    return dict(zip(ENDS, (value - chance, value + chance, value - settings, value + settings), strict=True))


def fake_answers(comparison: Fake | None = None) -> FakeAnswers:
    """Answers of a study of the fake comparison's policies at five budgets."""
    comparison = fake_comparison() if comparison is None else comparison
    columns = ["policy", "outcome", "unit", "group", "adults", "baseline", "effect", *ENDS]
    effects = [comparison.table[columns]]
    responses, costs, benefit = [], [], []
    for p, policy in enumerate(comparison.policies):
        for e, what in enumerate(MEASURED):
            if not what.name.startswith("reach_"):
                row = {"policy": policy, "outcome": what.name, "unit": what.unit, "group": "all"}
                size = 1000.0 if what.unit.endswith("a year") else 1.0
                value = size * 0.0123 * (3 - p) * (1 + e)
                row |= {"adults": 14_580, "baseline": size * 0.2, "effect": value}
                effects.append(pd.DataFrame([row | ends(value, size * 0.004, size * 0.02)]))
        for yuan in BUDGETS:
            added = 40.0 * (3 - p) * np.sqrt(yuan)
            bought = {"policy": policy, "yuan_per_household": yuan, "spent_yuan_per_year": 5400 * yuan}
            for name, unit in (("reach_any", "persons"), ("served_without_duty_hours", "hours a year")):
                value = added if unit == "persons" else 7.5 * added
                responses.append(
                    bought
                    | {"outcome": name, "unit": unit, "effect": value, "added_participants": added}
                    | ends(value, 0.1 * value, 0.6 * value)
                )
            cost = {"liability_yuan": 0.0, "added_participants": added}
            cost |= {f"added_participants_{k}": v for k, v in ends(added, 0.1 * added, 0.6 * added).items()}
            cost["added_hours_settings_low"] = 7.5 * cost["added_participants_settings_low"]
            for per, factor in (("participant", 1.0), ("hour", 7.5)):
                each = 5400 * yuan / (factor * added) if added > 0 else np.nan
                cost |= {f"cost_per_added_{per}_yuan": each}
                cost |= {f"cost_per_added_{per}_low": each / 1.6, f"cost_per_added_{per}_high": each / 0.4}
            costs.append(bought | cost)
            for value in range(0, 2001, 50):
                net = value * added - 5400 * yuan
                benefit.append(
                    {"policy": policy, "yuan_per_household": yuan, "value_yuan": float(value)}
                    | {"net_benefit_yuan_per_year": net, "share_of_settings_positive": value / 2000}
                    | ends(net, 0.1 * value * added, 0.6 * value * added)
                )
    declared = comparison.costs.assign(yuan_per_household=np.nan, added_participants=333.0)
    for name, value in ends(333.0, 30.0, 200.0).items():
        declared[f"added_participants_{name}"] = value
    attribution = [
        {
            "what": "funding",
            "player": player,
            "outcome": "reach_any",
            "unit": "share",
            "share": 0.001 * i + 0.002,
        }
        | ends(0.001 * i + 0.002, 0.0005, 0.002)
        for i, player in enumerate(SHARES)
    ]
    ranking = [
        {"one": "funding", "other": "training", "more": 8, "less": 0, "settings": 10, "verdict": "undecided"},
        {"one": "funding", "other": "credits", "more": 5, "less": 2, "settings": 10, "verdict": "undecided"},
    ]
    for row, inputs in zip(ranking, ("", "decision.b_habit, learning.gain"), strict=True):
        row |= {"responsible": inputs, "words": "..."}
    return FakeAnswers(
        comparison=comparison,
        effects=pd.concat(effects, ignore_index=True),
        responses=pd.DataFrame(responses),
        costs=pd.concat([declared, pd.DataFrame(costs)], ignore_index=True),
        net_benefit=pd.DataFrame(benefit),
        attribution=pd.DataFrame(attribution),
        ranking=pd.DataFrame(ranking),
        provenance={
            "study": "mine",
            "folder": "results/mine",
            "scenario": "wangzhuang",
            "policies": ["none", *comparison.policies],
            "seeds": [(1, 1), (2, 2)],
            "until": False,
            "design": "settings",
            "points": 13,
            "shown": {},
            "left_out": [],
            "whole_persons": 18_000,
            "total": 520,
            "stored": 519,
            "failed": 1,
            "versions": {"python": "3.11.7", "mesa": "3.3.1"},
            "model_fingerprint": "ab" * 32,
        },
    )
