"""Whether a resident takes part: the nine terms, three rules, three combinations (ODD 7.7)."""

from __future__ import annotations

from pydantic import model_validator

from model.core.texts import N_
from model.parameters.declare import ByKey, Submodel, param, per

ACTIVITIES = ("culture", "service", "deliberation")
CULTURE, SERVICE, DELIBERATION = range(len(ACTIVITIES))
SOURCES = ("letter", "visit", "member")
TERMS = ("can", "like", "enabled", "asked", "response", "peers", "habit", "credit", "time")
RULES = ("logit", "fractional", "absolute")
COMBINATIONS = ("additive", "weakest_link", "multiplicative")
CLEAR = "Form: CLEAR (Lowndes, Pratchett & Stoker 2006)"


class Decision(Submodel):
    """Utilities are weekly logits; those in logit/year are on the yearly take-up scale and converted at
    load."""

    rule: str = param(
        "logit", unit="name", choices=RULES, label=N_("rule of the decision"), doc="Decision rule."
    )
    combination: str = param(
        "additive",
        unit="name",
        choices=COMBINATIONS,
        label=N_("how the terms of the decision combine"),
        doc="How C, L, E, A, R combine.",
    )
    terms: tuple[str, ...] = param(
        TERMS,
        unit="names",
        choices=TERMS,
        label=N_("terms of the decision that count"),
        doc="Terms that count; those left out are 0.",
    )
    b0: ByKey = per(
        ACTIVITIES,
        (-5.6, -8.0, -6.8),
        unit="logit/week",
        valid=(-50, 50),
        label=N_("base level of taking part ({key})"),
        doc="Intercepts; fit them to a case.",
    )
    community_effect: float = param(
        0.0,
        unit="logit/week",
        valid=(-20, 20),
        label=N_("effect of this community"),
        doc="Effect of this community; 0 for a named case.",
    )
    community_sd: float = param(
        0.45,
        unit="logit/week",
        valid=(0, 10),
        low=0.35,
        high=0.60,
        mark="evidence",
        source="Intraclass correlation of take-up between Chinese villages, Cai, de Janvry & Sadoulet 2015",
        label=N_("spread between communities"),
        doc="Spread of community_effect between generated communities; a named case does not use it.",
    )
    sd_common: float = param(
        1.0,
        unit="logit/week",
        valid=(0, 10),
        low=0.7,
        high=1.4,
        label=N_("spread of willingness between persons"),
        doc="Standard deviation of the person effect common to all activities.",
    )
    sd_activity: float = param(
        1.3,
        unit="logit/week",
        valid=(0, 10),
        low=0.8,
        high=1.8,
        label=N_("spread of willingness between activities"),
        doc="Standard deviation of the person effect of each activity.",
    )
    slope: ByKey = per(
        ACTIVITIES,
        (0.78, 0.82, 0.89),
        unit="1",
        valid=(0.01, 10),
        label=N_("how the yearly reach answers to the decision ({key})"),
        doc="Slope of logit yearly reach in a shift of U, from person effects at reach 0.41, 0.15, 0.05.",
    )
    beta_train: float = param(
        0.6,
        unit="logit/year",
        valid=(0, 20),
        low=0.2,
        high=1.4,
        mark="evidence",
        source="Cai, de Janvry & Sadoulet 2015, round 1: take-up 35.2 % to 50.4 %, +0.58 adjusted",
        label=N_("effect of one training"),
        doc="Effect of one full training on take-up.",
    )
    like_attachment: ByKey = per(
        ACTIVITIES,
        (1.0, 0.5, 0.5),
        unit="logit/week",
        valid=(0, 20),
        low=(0.5, 0.25, 0.25),
        high=(1.5, 1.0, 1.0),
        label=N_("weight of attachment ({key})"),
        doc="Weight of attachment to the community. " + CLEAR,
    )
    like_motivation: ByKey = per(
        ACTIVITIES,
        (0.5, 1.0, 1.0),
        unit="logit/week",
        valid=(0, 20),
        low=(0.25, 0.5, 0.5),
        high=(1.0, 1.5, 1.5),
        label=N_("weight of motivation ({key})"),
        doc="Weight of intrinsic motivation. " + CLEAR,
    )
    b_enab: ByKey = per(
        ACTIVITIES,
        (0.8, 0.8, 0.8),
        unit="logit/week",
        valid=(0, 20),
        low=0.4,
        high=1.2,
        label=N_("effect of a fitting session ({key})"),
        doc="A session of matching interest at a free time.",
    )
    member_bonus: float = param(
        2.5,
        unit="logit/week",
        valid=(0, 20),
        low=2.0,
        high=3.0,
        label=N_("effect of being a member when one's association meets"),
        doc="For members in weeks in which their association meets.",
    )
    b_ask: ByKey = per(
        SOURCES,
        (0.1, 0.6, 1.0),
        unit="logit/week",
        valid=(0, 20),
        low=(0.02, 0.1, 0.1),
        high=(0.5, 1.8, 2.5),
        source="Letter: Gerber, Green & Larimer 2008, 0.09 on the scale of one vote; the others are guesses",
        label=N_("effect of being asked {key}"),
        doc="One ask in hand, by who asks.",
    )
    b_fatigue: float = param(
        0.15,
        unit="logit/week",
        valid=(0, 20),
        low=0.0,
        high=0.5,
        label=N_("harm of too many contacts"),
        doc="Harm of each contact beyond fatigue_free.",
    )
    fatigue_free: float = param(
        2.0,
        unit="contacts",
        valid=(0, 1000),
        label=N_("contacts that do no harm"),
        doc="Contacts that do no harm.",
    )
    duty_bonus: float = param(
        2.0,
        unit="logit/week",
        valid=(0, 20),
        low=1.0,
        high=3.0,
        label=N_("effect of Party duty hours still owed"),
        doc="Party duty until the hours are served.",
    )
    duty_late: float = param(
        1.5,
        unit="1",
        valid=(0, 20),
        low=1.0,
        high=2.0,
        label=N_("Party duty before the yearly appraisal"),
        doc="Factor in the last quarter, before the appraisal.",
    )
    b_resp: ByKey = per(
        ACTIVITIES,
        (0.05, 0.15, 0.5),
        unit="logit/year",
        valid=(0, 20),
        low=(0.0, 0.0, 0.0),
        high=(0.2, 0.4, 0.75),
        source="Deliberation: Sjoberg, Mellon & Peixoto 2017 (observational); the others are guesses",
        label=N_("effect of feeling heard ({key})"),
        doc="Response: efficacy above one half.",
    )
    b_peer: float = param(
        0.6,
        unit="logit/week",
        valid=(0, 100),
        low=0.0,
        high=1.2,
        source="Form: Brock & Durlauf 2001; size a guess",
        label=N_("effect of seeing neighbours take part"),
        doc="Share of neighbours seen taking part.",
    )
    memory: int = param(
        26,
        unit="weeks",
        valid=(1, 64),
        label=N_("how long a neighbour's act is remembered"),
        doc="Weeks a neighbour's act is remembered; 1 is last week.",
    )
    b_habit: float = param(
        2.5,
        unit="logit/week",
        valid=(0, 50),
        low=1.5,
        high=2.9,
        label=N_("strength of habit"),
        doc="Own habit at its maximum of 1.",
    )
    b_credit: float = param(
        0.2,
        unit="logit/year",
        valid=(0, 20),
        low=0.0,
        high=0.6,
        source="Lacetera, Macis & Slonim 2012: rewards raise blood donation 15 to 20 %, part displaced",
        mark="evidence",
        label=N_("effect of credits worth 20 yuan an hour"),
        doc="A credit worth 20 yuan an hour.",
    )
    b_control: float = param(
        0.0,
        unit="logit/year",
        valid=(0, 20),
        low=0.0,
        high=0.7,
        label=N_("harm of a controlling scheme"),
        doc="Harm of a controlling scheme.",
    )
    saturation: float = param(
        40.0,
        unit="hours",
        valid=(0.1, 1e6),
        low=20,
        high=80,
        label=N_("credit balance at which credits lose their pull"),
        doc="Balance at which credits lose their pull.",
    )
    b_time: float = param(
        1.0,
        unit="logit/week",
        valid=(0, 50),
        low=0.5,
        high=1.5,
        label=N_("cost of having no free time"),
        doc="Cost of no free time.",
    )
    tau: float = param(
        5.0,
        unit="hours",
        valid=(0.01, 1000),
        low=3,
        high=8,
        label=N_("free hours over which the lack of time fades"),
        doc="Free hours over which it fades.",
    )
    act_hours: ByKey = per(
        ACTIVITIES,
        (2.0, 2.0, 1.5),
        unit="hours",
        valid=(0.25, 24),
        low=(1.5, 1.5, 1.0),
        high=(2.5, 2.5, 2.0),
        label=N_("length of one act ({key})"),
        doc="Mean length of an act before rounding to quarter hours.",
    )
    sd_person: float = param(
        0.7,
        unit="log",
        valid=(0, 3),
        low=0.5,
        high=0.9,
        label=N_("spread of hours between persons"),
        doc="Spread of hours between persons.",
    )
    sd_act: float = param(
        0.4,
        unit="log",
        valid=(0, 3),
        low=0.2,
        high=0.6,
        label=N_("spread of hours between acts"),
        doc="Spread of hours between acts.",
    )
    threshold: float = param(
        0.5,
        unit="share or number",
        valid=(-1e9, 1e9),
        label=N_("threshold of a rule with thresholds"),
        doc="Threshold of the rules `fractional` and `absolute`; per person through the residents' table.",
    )
    allow_multiple_equilibria: bool = param(
        False,
        unit="yes/no",
        label=N_("whether several equilibria are allowed"),
        doc="Say true to run where habit and peers allow several equilibria.",
    )

    @model_validator(mode="after")
    def _terms_add_up(self) -> Decision:
        if self.combination != "additive" and set(self.terms) != set(TERMS):
            raise ValueError("terms can be left out only with combination = 'additive'")
        return self

    @model_validator(mode="after")
    def _one_equilibrium(self) -> Decision:
        if self.rule == "logit" and not self.allow_multiple_equilibria:
            loop = feedback(self.b_habit, self.b_peer, self.memory)
            if loop >= 1:
                raise ValueError(
                    f"b_habit/4 + b_peer/c = {loop:.3f} is not below 1: habit and peers alone can have "
                    "several equilibria; lower b_habit or b_peer, or say allow_multiple_equilibria = true"
                )
        return self


def feedback(b_habit: float, b_peer: float, memory: int) -> float:
    """Largest feedback of habit and peers on U, below 1 if they have one equilibrium.

    ``b_habit/4 + b_peer/c`` with ``c = (1 + 1/M)^(M+1)``: 4 at M = 1 (Brock & Durlauf 2001), e in the limit.
    """
    return b_habit / 4 + b_peer / (1 + 1 / memory) ** (memory + 1)
