"""What are policies, outcomes, groups and inputs called on a page?

Every table holds English texts marked for translation; `Words._` translates them where they are used.
"""

from __future__ import annotations

from experiments.report.words import N_, Words

POLICIES = {
    "none": N_("no policy"),
    "funding": N_("funding"),
    "training": N_("training"),
    "credits": N_("volunteer credits"),
    "package": N_("package"),
}

INSTRUMENTS = {
    "grant": N_("grants"),
    "award": N_("awards"),
    "premises": N_("lent premises"),
    "train_residents": N_("training of residents"),
    "train_volunteers": N_("training of volunteers"),
    "train_staff": N_("training of organization staff"),
    "credits": N_("volunteer credits"),
    "ask": N_("asking residents"),
    "visit": N_("visits by community staff"),
    "party_duty": N_("Party members' duty hours"),
    "party_visits": N_("Party members' visits"),
}

CAVEATS = {
    "award": N_("awards: no causal evidence that they raise participation"),
    "premises": N_("lent premises: no causal evidence that they raise participation"),
    "credits": N_(
        "volunteer credits: no causal evidence from China; the size rests on rewards for blood donors"
    ),
    "train_residents": N_(
        "training: the size rests on one experiment on insurance take-up in Chinese villages"
    ),
    "train_volunteers": N_(
        "training: the size rests on one experiment on insurance take-up in Chinese villages"
    ),
    "train_staff": N_("staff training: the size is a guess"),
    "visit": N_("visits: no causal evidence that they raise participation"),
    "party_visits": N_("Party members' visits: no causal evidence that they raise participation"),
}
"""What the evidence for an instrument cannot carry, by kind; named on every result that the kind touches."""

ACTIVITIES = {
    "culture": N_("culture and sport"),
    "service": N_("voluntary service"),
    "deliberation": N_("deliberation"),
}

TAKERS = {"any": N_("any of the three"), **ACTIVITIES}
"""What one can take part in: anything, or an activity."""

AGED = N_("aged {ages}")
OLDEST = N_("aged {age} and over")

GROUPS = {
    "sex:male": N_("men"),
    "sex:female": N_("women"),
    "education:primary": N_("primary school or less"),
    "education:junior": N_("junior middle school"),
    "education:senior": N_("senior middle school"),
    "education:tertiary": N_("college or university"),
    "residence:local": N_("locally registered residents"),
    "residence:migrant": N_("migrant residents"),
    "party:no": N_("residents outside the Party"),
    "party:member": N_("Party members"),
    "care:none": N_("adults who need no care"),
    "care:needed": N_("adults who need care"),
}

OUTCOMES = {
    "reach": N_("took part at least once in the year: {activity}"),
    "members": N_("members of associations"),
    "registered": N_("registered volunteers"),
    "attendances": N_("attendances: {activity}"),
    "active_volunteers": N_("volunteers active in the year"),
    "served_hours": N_("hours of voluntary service"),
    "served_without_duty_hours": N_("hours of voluntary service without Party duty"),
    "attachment": N_("attachment to the community"),
    "hours": N_("hours of voluntary service"),
    "member_share": N_("members of associations, share of residents"),
    "culture_member_share": N_("members of culture and sports associations, share of residents"),
    "culture_members": N_("members of culture and sports associations"),
    "registered_share": N_("registered volunteers, share of residents"),
    "active_per_registered": N_("share of registered volunteers who are active"),
    "active_share": N_("active volunteers, share of residents"),
    "bound": N_("offers with more comers than places, share: {activity}"),
    "places_bound": N_("offers with more comers than places, share: {activity}"),
    "acts_per_active_volunteer": N_("service acts per active volunteer and year"),
    "attendances_per_resident": N_("attendances of culture and sport per resident and year"),
    "top_tenth_share": N_("share of hours given by the most active tenth of volunteers"),
    "volunteering_ratio": N_("volunteering among those active in culture, as a multiple of the others'"),
    "skill": N_("skill"),
    "spent_yuan": N_("money spent"),
    "liability_yuan": N_("credits owed"),
}

KEYS = {
    **ACTIVITIES,
    "letter": N_("by letter"),
    "visit": N_("at a visit"),
    "member": N_("by a member or acquaintance"),
    "employed": N_("employed"),
    "retired": N_("retired"),
    "other": N_("neither employed nor retired"),
    "household": N_("household"),
    "cell": N_("building"),
    "friends": N_("friends"),
    "work": N_("workmates"),
    "branch": N_("Party branch"),
    "weak": N_("weak ties"),
    "informal": N_("informal association"),
    "filed": N_("filed association"),
    "registered": N_("registered organization"),
}

INPUTS = {
    "population.residence_mean": N_("years lived in the community"),
    "population.interest_share": N_("share of residents interested in a field"),
    "population.free_median": N_("free hours a week ({key})"),
    "population.free_sd": N_("spread of free time between persons"),
    "network.layer_weight": N_("how much a tie counts ({key})"),
    "network.rewired": N_("share of friendships between unlike persons"),
    "network.homophily": N_("how alike friends are"),
    "decision.b0": N_("base level of taking part ({key})"),
    "decision.sd_common": N_("spread of willingness between persons"),
    "decision.sd_activity": N_("spread of willingness between activities"),
    "decision.beta_train": N_("effect of one training"),
    "decision.like_attachment": N_("weight of attachment ({key})"),
    "decision.like_motivation": N_("weight of motivation ({key})"),
    "decision.b_enab": N_("effect of a fitting session ({key})"),
    "decision.member_bonus": N_("effect of being a member when one's association meets"),
    "decision.b_ask": N_("effect of being asked {key}"),
    "decision.b_fatigue": N_("harm of too many contacts"),
    "decision.duty_bonus": N_("effect of Party duty hours still owed"),
    "decision.duty_late": N_("Party duty before the yearly appraisal"),
    "decision.b_resp": N_("effect of feeling heard ({key})"),
    "decision.b_peer": N_("effect of seeing neighbours take part"),
    "decision.b_habit": N_("strength of habit"),
    "decision.b_credit": N_("effect of credits worth 20 yuan an hour"),
    "decision.b_control": N_("harm of a controlling scheme"),
    "decision.saturation": N_("credit balance at which credits lose their pull"),
    "decision.b_time": N_("cost of having no free time"),
    "decision.tau": N_("free hours over which the lack of time fades"),
    "decision.act_hours": N_("length of one act ({key})"),
    "decision.sd_person": N_("spread of hours between persons"),
    "decision.sd_act": N_("spread of hours between acts"),
    "learning.rho": N_("speed at which habits form"),
    "learning.gain": N_("skill gained from a training"),
    "learning.practice": N_("skill gained from one act"),
    "learning.skill_half_life": N_("how long a training lasts (half-life)"),
    "learning.att_quality": N_("attachment gained from a good activity"),
    "learning.att_refused": N_("attachment lost when there is no place"),
    "learning.att_peers": N_("pull of neighbours' attachment"),
    "learning.att_return": N_("return of attachment to its start"),
    "learning.motivation_half_life": N_("how long lost motivation lasts (half-life)"),
    "learning.c_int": N_("motivation lost under a controlling scheme"),
    "learning.embed_weeks": N_("weeks until newcomers are embedded"),
    "learning.embed_act": N_("embeddedness gained from one act"),
    "learning.aware_start": N_("share of fields known at the start"),
    "learning.aware_rate": N_("speed at which news spreads"),
    "learning.aware_half_life": N_("how long fields are remembered (half-life)"),
    "learning.quality_sitting": N_("quality of hearings and forums"),
    "membership.join": N_("chance of joining after an act ({key})"),
    "membership.join_asked": N_("chance of joining when asked by a member"),
    "membership.leave_rate": N_("rate of leaving an association"),
    "membership.idle_factor": N_("leaving when idle, as a multiple"),
    "organizations.sessions_per_member": N_("sessions a week that one member can carry"),
    "organizations.gain_staff": N_("professional skill from a day of staff training"),
    "organizations.staff_half_life": N_("how long staff training lasts (half-life)"),
    "mobilisation.ask_rate": N_("how often members ask acquaintances"),
    "mobilisation.ask_half_life": N_("how long an ask works (half-life)"),
    "mobilisation.fatigue_half_life": N_("how long contacts tire (half-life)"),
    "mobilisation.visit_hours": N_("staff hours of a visit"),
    "credits.enrol_rate": N_("chance that a volunteer enrols for credits"),
    "credits.spend_rate": N_("rate at which credits are redeemed"),
    "costs.session_cost": N_("cost of a session ({key})"),
    "costs.seat_resident": N_("cost of a training seat for a resident"),
    "costs.seat_volunteer": N_("cost of a training seat for a volunteer"),
    "costs.staff_day": N_("cost of a day of staff training"),
    "costs.award": N_("smallest award"),
    "costs.credit_value": N_("goods for a credit of one hour"),
    "costs.credit_administration": N_("administration of a credit"),
    "costs.room_hour": N_("rent of a room per hour"),
    "costs.staff_year": N_("yearly cost of a social worker"),
}
"""Plain names of the parameters that settings draws can vary, without the key of a table's entry."""


UNITS = {
    "1": "",
    "logit/week": N_(" on the weekly logit scale"),
    "logit/year": N_(" on the yearly logit scale"),
    "log": N_(" on the log scale"),
    "share": "",
    "weeks": N_(" weeks"),
    "hours": N_(" hours"),
    "hours/week": N_(" hours a week"),
    "yuan": N_(" yuan"),
    "yuan/seat": N_(" yuan a seat"),
    "yuan/day": N_(" yuan a day"),
    "yuan/hour": N_(" yuan an hour"),
    "yuan/session": N_(" yuan a session"),
    "yuan/year": N_(" yuan a year"),
    "1/week": N_(" a week"),
    "1/act": N_(" an act"),
    "1/day": N_(" a day"),
    "1/year": N_(" a year"),
    "1/refusal": N_(" a refusal"),
    "1/meeting": N_(" a meeting"),
}
"""Units as they follow a number; pure numbers and shares have none."""


def policy(words: Words, name: str) -> str:
    """A policy's name; parts of a package joined by a plus; a name of the user's own stays as it is."""
    return " + ".join(words._(POLICIES[part]) if part in POLICIES else part for part in name.split("+"))


def group(words: Words, name: str) -> str:
    """A group's name, such as ``age:60-69``."""
    kind, _, ages = name.partition(":")
    if kind == "age":
        oldest = ages.endswith("+")
        return words._(OLDEST, age=ages[:-1]) if oldest else words._(AGED, ages=ages.replace("-", "–"))
    return words._(GROUPS[name])


def parameter(words: Words, name: str) -> str:
    """A parameter's plain name by its dotted name; the dotted name where a page has no words for it."""
    if name in INPUTS:
        return words._(INPUTS[name])
    table, _, key = name.rpartition(".")
    if table in INPUTS and key in KEYS:
        return words._(INPUTS[table], key=words._(KEYS[key]))
    return f"`{name}`"


def unit(words: Words, declared: str) -> str:
    """A declared unit as it follows a number."""
    told = UNITS.get(declared, f" {declared}")
    return words._(told) if told else ""


def outcome(words: Words, name: str) -> str:
    """An outcome's plain name; ``reach_culture`` and the like carry their activity."""
    if name.startswith("drift_"):
        return words._("yearly change: {outcome}", outcome=outcome(words, name.removeprefix("drift_")))
    stem, _, activity = name.rpartition("_")
    if activity in TAKERS and stem in OUTCOMES:
        return words._(OUTCOMES[stem], activity=words._(TAKERS[activity]))
    if name in ("attendances", "attendances_any"):
        return words._("attendances")
    return words._(OUTCOMES[name]) if name in OUTCOMES else name.replace("_", " ")
