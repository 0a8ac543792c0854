"""What taking part leaves behind: habit, skill, attachment, awareness (ODD 7.11)."""

from __future__ import annotations

from pydantic import model_validator

from model.core.texts import N_
from model.parameters.declare import Submodel, param


class Learning(Submodel):
    """Rates are per week or per act; half-lives in weeks."""

    rho: float = param(
        0.044,
        unit="1/week",
        valid=(0, 1),
        low=0.012,
        high=0.153,
        source="Lally et al. 2010: 95 % after 18 to 254 repetitions; read per week, a guess",
        label=N_("speed at which habits form"),
        doc="Habit: h += rho (took part - h).",
    )
    skill_mean: float = param(
        0.5,
        unit="1",
        valid=(0.01, 0.99),
        label=N_("mean skill at the start"),
        doc="Mean of the starting skill, Beta(4, 4).",
    )
    gain: float = param(
        0.3,
        unit="1",
        valid=(0.001, 1),
        low=0.15,
        high=0.45,
        label=N_("skill gained from a training"),
        doc="Training: skill += gain (1 - skill).",
    )
    gain_knowledge: float = param(
        1.0,
        unit="1",
        valid=(0.001, 1),
        low=0.5,
        high=1.0,
        label=N_("knowledge gained from a training"),
        doc="Training: knowledge += gain_knowledge (1 - knowledge).",
    )
    know_share: float = param(
        0.5,
        unit="share",
        valid=(0, 1),
        low=0.0,
        high=1.0,
        label=N_("share of a training's effect that others can learn"),
        doc="Part of the effect of a training that is knowledge, which others can learn; the rest is skill.",
    )
    know_rate: float = param(
        0.1,
        unit="1/week",
        valid=(0, 1),
        low=0.03,
        high=0.3,
        source="Form: knowledge of the trained travels, Cai, de Janvry & Sadoulet 2015; rate a guess",
        label=N_("speed at which knowledge spreads"),
        doc="Learning from neighbours who know more.",
    )
    know_half_life: float = param(
        104.0,
        unit="weeks",
        valid=(0.1, 1e6),
        low=52,
        high=208,
        label=N_("how long knowledge lasts (half-life)"),
        doc="Forgetting of knowledge.",
    )
    practice: float = param(
        0.01,
        unit="1/act",
        valid=(0, 0.3),
        low=0.0,
        high=0.02,
        label=N_("skill gained from one act"),
        doc="Skill from an act.",
    )
    skill_half_life: float = param(
        104.0,
        unit="weeks",
        valid=(0.1, 1e6),
        low=52,
        high=208,
        label=N_("how long a training lasts (half-life)"),
        doc="Return of skill to its start.",
    )
    att_quality: float = param(
        0.02,
        unit="1/act",
        valid=(0, 0.25),
        low=0.0,
        high=0.04,
        label=N_("attachment gained from a good activity"),
        doc="Attachment from an act, times quality.",
    )
    att_refused: float = param(
        0.01,
        unit="1/refusal",
        valid=(0, 0.25),
        low=0.0,
        high=0.02,
        label=N_("attachment lost when there is no place"),
        doc="Attachment lost by a refusal.",
    )
    att_peers: float = param(
        0.005,
        unit="1/week",
        valid=(0, 1),
        low=0.0,
        high=0.01,
        source="Form: DeGroot 1974; rate a guess",
        label=N_("pull of neighbours' attachment"),
        doc="Drift of attachment towards the neighbours' mean.",
    )
    att_return: float = param(
        0.02,
        unit="1/week",
        valid=(0, 1),
        low=0.01,
        high=0.04,
        source="Form: Friedkin & Johnsen 1990; rate a guess",
        label=N_("return of attachment to its start"),
        doc="Return of attachment to its start.",
    )
    motivation_half_life: float = param(
        104.0,
        unit="weeks",
        valid=(0.1, 1e6),
        low=52,
        high=208,
        label=N_("how long lost motivation lasts (half-life)"),
        doc="Return of intrinsic motivation to its start.",
    )
    c_int: float = param(
        0.0,
        unit="1/year",
        valid=(0, 10),
        low=0.0,
        high=0.65,
        source="Laboratory only (Deci, Koestner & Ryan 1999), so none by default",
        label=N_("motivation lost under a controlling scheme"),
        doc="Motivation lost per year of weekly service under a controlling scheme.",
    )
    embed_weeks: float = param(
        104.0,
        unit="weeks",
        valid=(0.1, 1e6),
        low=52,
        high=208,
        label=N_("weeks until newcomers are embedded"),
        doc="Embeddedness: 1 - 0.9 exp(-weeks/104).",
    )
    embed_act: float = param(
        0.01,
        unit="1/act",
        valid=(0, 0.3),
        low=0.0,
        high=0.02,
        label=N_("embeddedness gained from one act"),
        doc="Embeddedness from an act.",
    )
    aware_start: float = param(
        0.5,
        unit="share",
        valid=(0, 1),
        low=0.3,
        high=0.7,
        label=N_("share of fields known at the start"),
        doc="Fields known at the start.",
    )
    aware_rate: float = param(
        0.02,
        unit="1/week",
        valid=(0, 0.14),
        low=0.01,
        high=0.04,
        label=N_("speed at which news spreads"),
        doc="A field learned through an aware tie.",
    )
    aware_half_life: float = param(
        104.0,
        unit="weeks",
        valid=(5.0, 1e6),
        low=52,
        high=208,
        label=N_("how long fields are remembered (half-life)"),
        doc="Forgetting of a field.",
    )
    sat_rate: float = param(
        0.05,
        unit="1/act",
        valid=(0, 0.2),
        low=0.02,
        high=0.1,
        label=N_("satisfaction from one act"),
        doc="Satisfaction: towards the quality of what one took part in.",
    )
    sat_refused: float = param(
        0.05,
        unit="1/refusal",
        valid=(0, 0.2),
        low=0.02,
        high=0.1,
        label=N_("satisfaction lost when there is no place"),
        doc="Satisfaction lost by a refusal.",
    )
    sat_half_life: float = param(
        104.0,
        unit="weeks",
        valid=(5.0, 1e6),
        low=52,
        high=208,
        label=N_("how long satisfaction lasts (half-life)"),
        doc="Return of satisfaction to one half.",
    )
    quality_sitting: float = param(
        0.5,
        unit="1",
        valid=(0, 1),
        low=0.3,
        high=0.7,
        label=N_("quality of hearings and forums"),
        doc="Quality of a sitting.",
    )

    @model_validator(mode="after")
    def _bounded(self) -> Learning:
        if 3 * (self.att_quality + self.att_refused) + self.att_peers + self.att_return > 1:
            raise ValueError(
                "3 (att_quality + att_refused) + att_peers + att_return exceeds 1: "
                "attachment would leave [0, 1]"
            )
        return self
