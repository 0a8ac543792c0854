"""Does the calibration find parameters that are known, and does it say which ones the figures cannot tell?

Synthetic figures come from a small community with known parameters under seeds of their own, so they
carry the
chance of two runs; tolerances are of that size, and recovered values must lie within four of their
standard errors.
"""

from __future__ import annotations

import pytest

from experiments.loading.load import load
from experiments.outcomes.baseline import mean_figures
from experiments.runs.simulate import simulate
from experiments.validation.calibrate import Calibration, fit, with_values
from model.core.errors import ScenarioError
from model.scenario.scaling import scaled
from model.scenario.scenario import Scenario
from model.scenario.specs import FreeSpec, TargetSpec

TRUTH = {
    "decision.b0.culture": -5.4,
    "decision.b0.service": -7.6,
    "membership.leave_rate": 0.004,
    "credits.spend_rate": 0.05,
}
BOUNDS = {
    "decision.b0.culture": (-7.0, -4.5),
    "decision.b0.service": (-9.5, -6.5),
    "membership.leave_rate": (0.001, 0.02),
    "credits.spend_rate": (0.01, 0.2),
}
STARTS = {
    "decision.b0.culture": -6.2,
    "decision.b0.service": -8.6,
    "membership.leave_rate": 0.009,
    "credits.spend_rate": 0.15,
}
TOLERANCES = {
    "reach_culture": 0.015,
    "reach_service": 0.012,
    "registered_share": 0.008,
    "culture_member_share": 0.006,
}


@pytest.fixture(scope="module")
def small() -> Scenario:
    scenario = scaled(load("wangzhuang").scenario, 700)
    run = scenario.run.model_copy(update={"spin_up": 52, "weeks": 52})
    return scenario.model_copy(update={"run": run})


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(("decision.b0.culture", "credits.spend_rate"), id="two"),
        pytest.param(tuple(TRUTH), id="four", marks=pytest.mark.slow),
    ],
)
def calibrated(small: Scenario, request: pytest.FixtureRequest) -> Calibration:
    """Two free parameters under one seed, or all four under two in a community of twice the size."""
    if len(request.param) == len(TRUTH):
        small = scaled(small, 1400)
    truth = with_values(small, TRUTH)
    data = mean_figures([simulate(truth, world=s, luck=s) for s in (11, 12)])
    start = with_values(truth, {name: STARTS[name] for name in request.param})
    task = start.model_copy(
        update={
            "targets": {
                name: TargetSpec(outcome=name, value=data[name], tolerance=t, source="synthetic")
                for name, t in list(TOLERANCES.items())[: len(request.param)]
            },
            "free": {
                f"f{j}": FreeSpec(parameter=name, low=low, high=high)
                for j, (name, (low, high)) in enumerate((name, BOUNDS[name]) for name in request.param)
            },
        }
    )
    return fit(task, seeds=(1, 2)[: len(request.param) // 2], rounds=10, workers=1)


def test_known_parameters_are_found(calibrated: Calibration) -> None:
    for found in calibrated.fitted:
        if found.parameter != "credits.spend_rate":
            assert abs(found.value - TRUTH[found.parameter]) < 4 * found.error, found


def test_what_the_figures_cannot_tell_is_named(calibrated: Calibration) -> None:
    unidentified = [f.parameter for f in calibrated.fitted if not f.identified]
    assert "credits.spend_rate" in unidentified
    assert "decision.b0.culture" not in unidentified
    assert "credits.spend_rate" in [
        line.split()[0] for line in calibrated.text().splitlines() if "not identified" in line
    ]


def test_targets_are_met(calibrated: Calibration) -> None:
    for name, (reached, wanted, tolerance, _) in calibrated.figures.items():
        assert abs(reached - wanted) < 2 * tolerance, name


def test_the_layer_loads_and_keeps_its_provenance(calibrated: Calibration, tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "own.toml").write_text('format = 1\nextends = "wangzhuang"\nname = "own"\n')
    (tmp_path / "own.calibrated.toml").write_text(calibrated.toml())
    loaded = load(tmp_path / "own.toml")
    for found in calibrated.fitted:
        assert loaded.origin_of(found.parameter).layer == "calibrated"
    assert loaded.scenario.decision.b0["culture"] == pytest.approx(calibrated.fitted[0].value, rel=1e-9)
    assert any("evaluations" in p for p in loaded.provenance.values())


def test_nothing_to_calibrate_is_one_message(small: Scenario) -> None:
    with pytest.raises(ScenarioError, match="nothing to calibrate"):
        fit(small.model_copy(update={"targets": {}}), seeds=(1,))
    wrong = {"x": TargetSpec(outcome="member_shar", value=0.1, tolerance=0.1, source="test")}
    with pytest.raises(ScenarioError, match="member_share"):
        fit(small.model_copy(update={"targets": wrong}), seeds=(1,))
