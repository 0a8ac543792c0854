"""Issues: how many residents raise, who handles them how fast, and what an answer does (ODD 7.10)."""

from __future__ import annotations

from pydantic import model_validator

from model.core.texts import N_
from model.parameters.declare import ByKey, Submodel, adds_to_one, param, per

LEVELS = ("private", "small", "big")
"""Three-way triage of issues (MD08): by mediators, by the committee and organizations, by departments."""


class Issues(Submodel):
    """Rates are per adult and week, capacities per 1,000 adults and week, deadlines in weeks."""

    issue_rate: float = param(
        0.002,
        unit="issues per adult and week",
        valid=(0, 1),
        low=0.001,
        high=0.004,
        label=N_("issues that residents raise"),
        doc="Issues raised at efficacy one half: about one adult in ten a year.",
    )
    issue_efficacy: float = param(
        1.0,
        unit="log",
        valid=(-5, 5),
        low=0.0,
        high=2.0,
        label=N_("how much more those raise who feel heard"),
        doc="Slope of log issues raised in efficacy.",
    )
    triage: ByKey = per(
        LEVELS,
        (0.3, 0.5, 0.2),
        unit="share",
        valid=(0, 1),
        label=N_("share of issues that are {key}"),
        doc="Where issues go; shares add up to 1.",
    )
    deadline: ByKey = per(
        LEVELS,
        (4, 4, 13),
        unit="weeks",
        valid=(0, 10_400),
        label=N_("weeks for an answer in time ({key})"),
        doc="Weeks in which an answer is in time.",
        kind=int,
    )
    withdraw_weeks: int = param(
        52,
        unit="weeks",
        valid=(0, 10_400),
        label=N_("weeks until an overdue issue is withdrawn"),
        doc="Weeks after which a raiser withdraws an overdue issue.",
    )
    mediators_per_week: float = param(
        0.4,
        unit="issues per 1,000 adults and week",
        valid=(0, 1e6),
        low=0.2,
        high=0.8,
        label=N_("issues that mediators settle"),
        doc="Private issues that mediators settle.",
    )
    per_mediation_session: float = param(
        2.0,
        unit="issues/session",
        valid=(0, 1e4),
        low=1.0,
        high=4.0,
        label=N_("issues that a mediation session settles"),
        doc="Private issues that a session of a mediation organization settles.",
    )
    committee_hours: float = param(
        3.0,
        unit="hours per 1,000 adults and week",
        valid=(0, 1e6),
        low=1.5,
        high=6.0,
        label=N_("staff hours of the committee for issues"),
        doc="Staff hours of the residents' committee for small issues.",
    )
    issue_hours: float = param(
        5.0,
        unit="hours/issue",
        valid=(0, 1e4),
        low=2.5,
        high=10.0,
        label=N_("staff hours for one issue"),
        doc="Staff hours to settle a small issue.",
    )
    per_service_session: float = param(
        0.02,
        unit="issues/session",
        valid=(0, 1e4),
        low=0.01,
        high=0.04,
        label=N_("issues that a service session settles"),
        doc="Small issues that a session of a service organization settles.",
    )
    departments_per_week: float = param(
        0.15,
        unit="issues per 1,000 adults and week",
        valid=(0, 1e6),
        low=0.08,
        high=0.3,
        label=N_("issues that departments settle"),
        doc="Big issues that departments settle.",
    )
    per_sitting: float = param(
        0.3,
        unit="issues per 1,000 adults and sitting",
        valid=(0, 1e6),
        low=0.15,
        high=0.6,
        label=N_("issues that a hearing gets settled"),
        doc="Big issues that a well attended hearing, forum or council gets settled.",
    )
    quorum: float = param(
        0.25,
        unit="share of places",
        valid=(0, 1),
        low=0.1,
        high=0.5,
        label=N_("attendance from which a hearing counts"),
        doc="From which a sitting counts.",
    )
    publish_reach: float = param(
        0.1,
        unit="share",
        valid=(0, 1),
        low=0.05,
        high=0.3,
        label=N_("share of residents whom a published answer reaches"),
        doc="Adults whom a published answer reaches.",
    )
    efficacy_own: float = param(
        0.3,
        unit="1/answer",
        valid=(0, 0.6),
        low=0.15,
        high=0.45,
        label=N_("effect of an answer to an own issue"),
        doc="Efficacy from the answer to an own issue.",
    )
    efficacy_heard: float = param(
        0.05,
        unit="1/week with news",
        valid=(0, 0.1),
        low=0.02,
        high=0.1,
        label=N_("effect of answers heard of"),
        doc="Efficacy from answers heard of through a tie or a publication.",
    )
    efficacy_half_life: float = param(
        52.0,
        unit="weeks",
        valid=(5.0, 1e6),
        low=26,
        high=104,
        label=N_("how long feeling heard lasts (half-life)"),
        doc="Return of efficacy to one half.",
    )
    sat_issue: float = param(
        0.1,
        unit="1/answer",
        valid=(0, 0.9),
        low=0.05,
        high=0.2,
        label=N_("satisfaction from an answer"),
        doc="Satisfaction from the answer to an own issue.",
    )

    @model_validator(mode="after")
    def _consistent(self) -> Issues:
        adds_to_one("issues.triage", self.triage)
        return self
