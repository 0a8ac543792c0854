"""What are policies, outcomes, groups and inputs called on a page?

Every table holds English texts marked for translation; `Words._` translates them where they are used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.words.inputs import KEYS, UNITS
from experiments.words.words import N_, Words, value_text
from model.parameters.declare import Declaration, declarations
from model.scenario.scenario import Scenario

PARAMETERS: Mapping[str, Declaration] = declarations(Scenario)
"""Every parameter by its dotted name."""

POLICIES = {
    "none": N_("no policy"),
    "funding": N_("funding"),
    "training": N_("training"),
    "credits": N_("volunteer credits"),
    "package": N_("package"),
}

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
    "issues_in_time": N_("issues settled by their deadline, share of those settled in time or overdue"),
    "volunteering_ratio": N_("volunteering among those active in culture, as a multiple of the others'"),
    "skill": N_("skill"),
    "spent_yuan": N_("money spent"),
    "policy_spent_yuan": N_("money spent on the policy"),
    "status_quo_spent_yuan": N_("money spent on what is done today"),
    "liability_yuan": N_("credits owed"),
}

CHANNELS = {
    "can": N_("being able to (skill and knowledge)"),
    "like": N_("wanting to (attachment and motivation)"),
    "enabled": N_("a fitting session to go to"),
    "asked": N_("being asked"),
    "response": N_("feeling heard"),
    "peers": N_("seeing neighbours take part"),
    "habit": N_("habit"),
    "credit": N_("credits"),
    "time": N_("free time"),
    "others": N_("neighbours, habit, credits and free time"),
    "outside the decision": N_("outside the decision (places, members who move)"),
}
"""Players of an attribution: terms of the decision and groups of them (`study.analysis.attribution`)."""

MEASURES = {
    "persons": N_("persons"),
    "hours a year": N_("hours a year"),
    "person-times a year": N_("person-times a year"),
    "0 to 1": N_("on a scale of 0 to 1"),
    "share": N_("points"),
    "share of offers": N_("points of all offers"),
}
"""Units of outcomes as a column of a table tells them; shares are told in percentage points."""


ONE_SEED = N_("One pair of seeds: no interval. Ask for more with --seeds.")
SEVERAL_SEEDS = N_("Mean ± standard deviation over {n} pairs of seeds.")
"""How the figures of runs came about."""


def policy(words: Words, name: str) -> str:
    """What a policy is called: its title, else the name the page has for it, else its own name; of a package
    those of its parts, joined by a plus."""
    return " + ".join(
        words.titles.get(part) or (words._(POLICIES[part]) if part in POLICIES else part)
        for part in name.split("+")
    )


def group(words: Words, name: str) -> str:
    """A group's name, such as ``age:60-69``."""
    kind, _, ages = name.partition(":")
    if kind == "age":
        oldest = ages.endswith("+")
        return words._(OLDEST, age=ages[:-1]) if oldest else words._(AGED, ages=ages.replace("-", "–"))
    return words._(GROUPS[name])


def parameter(words: Words, name: str) -> str:
    """A parameter's plain name by its dotted name; the dotted name where nobody gave it one."""
    declared = PARAMETERS.get(name)
    if declared is None or not declared.label:
        return f"`{name}`"
    key = name.rpartition(".")[2]
    return words._(declared.label, key=words._(KEYS.get(key, key)))


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


def policy_in_words(words: Words, instruments: Mapping[str, Any]) -> str:
    """What a policy holds, on one line: kinds with their money a year, or alone."""
    told = []
    for instrument in instruments.values():
        name = words._(instrument.label)
        amount = getattr(instrument, "amount_yuan", None)
        yuan = "" if amount is None else words._("{yuan} yuan a year", yuan=value_text(amount))
        told.append(f"{name} {yuan}".strip())
    return words.listed(told) if told else words._("nothing")
