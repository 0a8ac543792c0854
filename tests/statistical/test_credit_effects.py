"""Do credits raise service, what do they displace, and what is left when a scheme has ended (P7)?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from experiments.loading.load import load
from model.community import CommunityModel
from model.scenario.scaling import scaled
from model.scenario.scenario import Scenario
from tests.worlds import policy, world

SCHEME: dict[str, Any] = {"kind": "credits", "amount_yuan": 40_000.0, "end": 104}
NO_TRACES: dict[str, Any] = {
    "decision": {
        "b_habit": 0.0,
        "b_credit": 3.0,
        "b_control": 0.5,
        "terms": ["enabled", "asked", "credit", "time"],
    },
    "learning": {"c_int": 0.0, "aware_start": 1.0, "aware_half_life": 1e6},
    "membership": {"join": {"culture": 0.0, "service": 0.0, "deliberation": 0.0}, "join_asked": 0.0},
    "credits": {
        "enrol_rate": 0.8,
        "spend_rate": 0.3,
        "spend_from": 2.0,
        "expiry_weeks": 8,
        "use_share": {"donate": 0.5},
    },
    "movement": {"move_rate": {"local": 0.0, "migrant": 0.0}},
}


def minutes(arm: CommunityModel, weeks: int) -> NDArray[np.int64]:
    """int64[weeks, 3]: minutes of all residents by week and activity."""
    total = np.zeros((weeks, 3), np.int64)
    for week in range(weeks):
        arm.step()
        total[week] = arm.residents.minutes.sum(axis=0)
    return total


@pytest.mark.parametrize(
    "uses",
    [
        {"uses": ["goods"]},
        {"uses": ["service", "donate"]},
        {"uses": ["goods", "donate"], "donate_to": "anyone"},
    ],
)
def test_without_traces_nothing_remains_of_a_scheme(uses: dict[str, Any]) -> None:
    """Without habit, members and other traces, everybody decides as without it from the week after its end:
    exactly. All credits are used or expire."""
    tables = {**NO_TRACES, "population": {"persons": 120, "households": 48, "needs_care": {"70+": 0.6}}}
    model = CommunityModel(world(120, **tables), world=2, luck=3)
    model.run_spin_up()
    scheme = {**SCHEME, "amount_yuan": 9_000.0, "controlling": 0.6, "end": 20, **uses}
    plain, arm = model.branch(), model.branch(policy(credits=scheme))
    without, given = minutes(plain, 50), minutes(arm, 50)
    assert (without[:20, 1] != given[:20, 1]).any()
    # in the first week without credits those enrolled still feel no pull, since V counts in force only
    np.testing.assert_array_equal(without[20:], given[20:])
    credits, account = arm.credit_state, arm.government.accounts["trial.credits"]
    assert credits.issued > 0
    assert credits.issued == credits.spent + credits.expired
    assert arm.residents.credit_minutes.sum() == 0 == account.liability
    assert not arm.residents.enrolled.any()
    assert account.appropriated == account.spent + account.returned


def small(**decision: float) -> Scenario:
    """Wangzhuang with 2,000 persons."""
    scenario = scaled(load("wangzhuang").scenario, 2_000)
    return scenario.model_copy(update={"decision": scenario.decision.model_copy(update=decision)})


@pytest.mark.slow
@pytest.mark.parametrize("uses", [["goods"], ["goods", "service", "save"]])
def test_credits_raise_service_displace_little_and_fade(uses: list[str]) -> None:
    """20 pairs of seeds, two years with and one after a scheme; b_credit at the top of its range, so that the
    effect stands out of chance: above 4 standard errors. Displacement (hours lost elsewhere / hours gained)
    has to be a number between -1 and 1; the after-effect less than the effect: both printed."""
    effects = []
    for seed in range(1, 21):
        model = CommunityModel(small(b_credit=0.6), world=seed, luck=seed)
        model.run_spin_up()
        plain, arm = model.branch(), model.branch(policy(credits={**SCHEME, "uses": uses}))
        change = minutes(arm, 156) - minutes(plain, 156)
        during, after = change[:104].sum(axis=0) / 2, change[104:].sum(axis=0)
        effects.append((during[1], -(during[0] + during[2]), after[1]))
    gained, elsewhere, after = np.array(effects).T / 60
    error = gained.std(ddof=1) / np.sqrt(len(gained))
    whole = gained.sum(), elsewhere.sum()
    without_one = (whole[1] - elsewhere) / (whole[0] - gained)
    spread = np.sqrt(((without_one - without_one.mean()) ** 2).sum() * (len(gained) - 1) / len(gained))
    displaced = whole[1] / whole[0]
    print(
        f"{uses}: {gained.mean():.0f} +- {error:.0f} hours of service a year gained, displacement "
        f"{displaced:.3f} +- {spread:.3f}, in the year after {after.mean():.0f} "
        f"+- {after.std(ddof=1) / np.sqrt(len(after)):.0f}"
    )
    assert gained.mean() > 4 * error
    assert -1 < displaced < 1
    assert after.mean() < gained.mean()
