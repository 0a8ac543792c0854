"""What is odd about what a scenario rests on: its calibration, targets, and what it inherits?"""

from __future__ import annotations

from collections.abc import Iterator

from experiments.loading.load import Loaded
from experiments.loading.oddities.oddity import Oddity, at, name
from experiments.outcomes.baseline import FIGURES
from experiments.words.words import N_
from model.core.errors import GongzhiError
from model.core.given import number
from model.parameters.declare import declarations, resolve, suggestion
from model.scenario.scenario import SUBMODELS

TABLES = {
    "organization": N_("organizations"),
    "sitting": N_("sittings"),
    "season": N_("seasons"),
    "unit": N_("units"),
    "status_quo": N_("status quo"),
    "population": N_("population"),
    "run": N_("weeks of the spin-up"),
    "inputs": N_("residents and ties of its own"),
    "district": N_("district"),
    "network": N_("parameters of ties"),
    "decision": N_("parameters of the decision"),
    "learning": N_("parameters of learning"),
    "membership": N_("parameters of membership"),
    "organizations": N_("parameters of organizations"),
    "life": N_("parameters of how organizations live"),
    "mobilisation": N_("parameters of mobilisation"),
    "movement": N_("parameters of moving"),
    "issues": N_("parameters of issues"),
    "party": N_("parameters of the Party"),
    "committee": N_("parameters of the residents' committee"),
    "credits": N_("parameters of credits"),
    "government": N_("parameters of government"),
    "care": N_("parameters of care"),
    "costs": N_("prices"),
}
"""Tables of a scenario in words."""

OWN = ("file", "set")
"""Layers of the user's own."""


def of_basis(loaded: Loaded) -> Iterator[Oddity]:
    """The oddities of calibration, targets and inheritance."""
    yield from _calibration(loaded)
    yield from _implausible(loaded)
    yield from _targets(loaded)
    yield from _free(loaded)
    for gone in loaded.left_out:
        yield Oddity(
            "left_out",
            N_("{what} is left out as well: it was for {removed} alone"),
            gone.origin,
            {"what": gone.what, "removed": gone.with_},
        )


def _calibration(loaded: Loaded) -> Iterator[Oddity]:
    if loaded.unfitted:
        yield Oddity(
            "not_calibrated",
            N_("not fitted: {tables} differ from the fitted case"),
            at(loaded, loaded.unfitted[0]),
            {"tables": tuple(map(table_name, loaded.unfitted))},
        )
    elif not loaded.fitted:
        yield Oddity(
            "not_calibrated",
            N_(
                "not calibrated: levels are those of the defaults; read differences between policies, not "
                "levels"
            ),
            at(loaded, "free") if loaded.scenario.free else at(loaded, "name"),
        )


def table_name(table: str) -> str:
    """A table of a scenario in words: ``organization`` are the organizations themselves."""
    return TABLES.get(table, table)


def _implausible(loaded: Loaded) -> Iterator[Oddity]:
    """Values that the user's own files and overrides set outside the range that is plausible."""
    for key, declared in declarations(type(loaded.scenario)).items():
        if loaded.origin_of(key).layer not in OWN:
            continue
        value = resolve(loaded.scenario, key)
        if not declared.plausible(value):
            yield Oddity(
                "implausible",
                N_("{name} = {value} lies outside its plausible range, {low} to {high}"),
                at(loaded, *key.split(".")),
                {
                    "name": name(*key.split(".")),
                    "value": f"{value:g}",
                    "low": f"{declared.low:g}",
                    "high": f"{declared.high:g}",
                },
            )


def _targets(loaded: Loaded) -> Iterator[Oddity]:
    targets = loaded.scenario.targets
    seen: dict[str, str] = {}
    for key, target in targets.items():
        path = ("targets", key)
        if target.outcome not in FIGURES:
            yield Oddity(
                "unknown_target",
                N_("{name} aims at {outcome}, which is no figure of a community: {instead}"),
                at(loaded, *path, "outcome"),
                {
                    "name": name(*path),
                    "outcome": target.outcome,
                    "instead": suggestion(target.outcome, list(FIGURES)),
                },
            )
        elif target.outcome in seen:
            yield Oddity(
                "double_target",
                N_("{name} aims at {outcome}, as {first} does"),
                at(loaded, *path, "outcome"),
                {
                    "name": name(*path),
                    "outcome": target.outcome,
                    "first": name("targets", seen[target.outcome]),
                },
            )
        seen.setdefault(target.outcome, key)
        share = target.outcome in FIGURES and FIGURES[target.outcome].unit == "share"
        if share and not 0 <= target.value <= 1:
            yield Oddity(
                "target_value",
                N_("{name} wants {value}, and {outcome} is a share from 0 to 1"),
                at(loaded, *path, "value"),
                {"name": name(*path), "value": f"{target.value:g}", "outcome": target.outcome},
            )
    if targets and not loaded.scenario.free:
        yield Oddity(
            "targets_without_free",
            N_("there are [targets] but no [free.NAME]: nothing can be calibrated"),
            at(loaded, "targets"),
        )


def _free(loaded: Loaded) -> Iterator[Oddity]:
    scenario = loaded.scenario
    seen: dict[str, str] = {}
    idle = {f"{s}.{n}" for s in SUBMODELS for n in getattr(scenario, s).idle()}
    for key, free in scenario.free.items():
        values = {"name": name("free", key), "parameter": free.parameter}
        where = at(loaded, "free", key, "parameter")
        try:
            now = resolve(scenario, free.parameter)
        except GongzhiError as error:
            yield Oddity(
                "unknown_free",
                N_("{name} moves {parameter}, which is no parameter: {instead}"),
                where,
                values | {"instead": error.instead},
            )
            continue
        if free.parameter in seen:
            first = values | {"first": name("free", seen[free.parameter])}
            yield Oddity("double_free", N_("{name} moves {parameter}, as {first} does"), where, first)
        seen[free.parameter] = key
        if free.parameter in idle or free.parameter.startswith("policy."):
            yield Oddity(
                "idle_free",
                N_("{name} moves {parameter}, on which no figure of the baseline depends"),
                where,
                values,
            )
        stands = number(now)
        if stands is not None and not free.low <= stands <= free.high:
            yield Oddity(
                "free_range",
                N_("{name} moves {parameter} between {low} and {high}, and it is {now}"),
                where,
                values | {"low": f"{free.low:g}", "high": f"{free.high:g}", "now": f"{stands:g}"},
            )
    if scenario.free and not scenario.targets:
        yield Oddity(
            "free_without_targets",
            N_("there is [free] but no [targets.NAME]: nothing can be calibrated"),
            at(loaded, "free"),
        )
    elif len(scenario.free) > len(scenario.targets):
        yield Oddity(
            "more_free_than_targets",
            N_("{free} parameters are free for {targets} targets: not all of them can be told"),
            at(loaded, "free"),
            {"free": len(scenario.free), "targets": len(scenario.targets)},
        )
