"""Parameters as the kernels read them: one record, with the rates derived from half-lives and yearly
logits (ODD 8)."""

from __future__ import annotations

from typing import Any

from model.core.arithmetic import exp, log
from model.core.calendar import YEAR
from model.parameters.decision import COMBINATIONS, RULES, TERMS
from model.parameters.record import Parameters, record
from model.scenario.scenario import SUBMODELS, Scenario

LN2 = log(2.0)


def kept(half_life: float) -> float:
    """Share of a fading quantity that is left after a week."""
    return exp(-LN2 / half_life)


def derived(scenario: Scenario) -> dict[str, Any]:
    """Derived rates and weekly coefficients by name (per week; logit/week)."""
    d, lrn, mob = scenario.decision, scenario.learning, scenario.mobilisation
    slope = d.slope.values()
    skilled = lrn.gain * (1 - lrn.skill_mean)
    b_can = [(1 - lrn.know_share) * (d.beta_train / s) / skilled for s in slope]
    b_know = [lrn.know_share * (d.beta_train / s) / lrn.gain_knowledge for s in slope]
    b_resp = [b / s for b, s in zip(d.b_resp.values(), slope, strict=True)]
    like = [a + m for a, m in zip(d.like_attachment.values(), d.like_motivation.values(), strict=True)]
    top_ask = max(d.b_ask.values())
    leaving = [1 - exp(-rate / YEAR) for rate in scenario.movement.move_rate.values()]
    return {
        "b_can": b_can,
        "b_know": b_know,
        "b_resp_week": b_resp,
        "b_credit_week": d.b_credit / d.slope.service,
        "b_control_week": d.b_control / d.slope.service,
        "span": [
            b_can[k] + b_know[k] + like[k] + d.b_enab.values()[k] + top_ask + b_resp[k] for k in range(3)
        ],
        "ask_unit": 1 - exp(-1.0),
        "hours_shift": (d.sd_person * d.sd_person + d.sd_act * d.sd_act) / 2,
        "ask_keep": kept(mob.ask_half_life),
        "fatigue_keep": kept(mob.fatigue_half_life),
        "skill_fade": 1 - kept(lrn.skill_half_life),
        "know_forget": 1 - kept(lrn.know_half_life),
        "motivation_return": 1 - kept(lrn.motivation_half_life),
        "efficacy_return": 1 - kept(scenario.issues.efficacy_half_life),
        "sat_return": 1 - kept(lrn.sat_half_life),
        "aware_forget": 1 - kept(lrn.aware_half_life),
        "embed_rate": 1 - exp(-1 / lrn.embed_weeks),
        "staff_fade": 1 - kept(scenario.organizations.staff_half_life),
        "move_hazard": leaving,
        "migrant_arrivals": _arrivals(scenario.population.migrant_share, *leaving),
        "income_keep": kept(scenario.life.income_half_life),
        "rule_code": float(RULES.index(d.rule)),
        "combination_code": float(COMBINATIONS.index(d.combination)),
        "term_on": [float(name in d.terms) for name in TERMS],
    }


def _arrivals(share: float, local: float, migrant: float) -> float:
    """Share of migrants among newcomers that keeps their share of residents, given the hazards of leaving."""
    leaving = share * migrant + (1 - share) * local
    return share * migrant / leaving if leaving > 0 else share


def kernel_parameters(scenario: Scenario) -> Parameters:
    """Everything numeric a kernel may read, as one NumPy record (`p.b_peer`, `p.b0[k]`)."""
    numbers = {name: getattr(scenario, name) for name in SUBMODELS}
    return record(numbers, derived(scenario))
