"""What are the declared units called in a list, in two languages?

English texts, marked for translation; a unit that follows a number on a page stands in `inputs.UNITS`.
"""

from __future__ import annotations

from experiments.words.words import N_, Words

UNITS = (
    N_("0 to 1"),
    N_("1/act"),
    N_("1/answer"),
    N_("1/day"),
    N_("1/meeting"),
    N_("1/refusal"),
    N_("1/week"),
    N_("1/week with news"),
    N_("1/year"),
    N_("asks per adult and year"),
    N_("communities"),
    N_("contacts"),
    N_("hours"),
    N_("hours a year"),
    N_("hours per 1,000 adults and week"),
    N_("hours per person and year"),
    N_("hours per volunteer and year"),
    N_("hours/issue"),
    N_("hours/week"),
    N_("hours/year"),
    N_("households"),
    N_("issues"),
    N_("issues per 1,000 adults and sitting"),
    N_("issues per 1,000 adults and week"),
    N_("issues per adult and week"),
    N_("issues per adult and year"),
    N_("issues/session"),
    N_("issues/year"),
    N_("log"),
    N_("logit/week"),
    N_("logit/year"),
    N_("members"),
    N_("memberships"),
    N_("moves per adult and year"),
    N_("name"),
    N_("names"),
    N_("organizations"),
    N_("organizations/quarter"),
    N_("person-times"),
    N_("person-times a year"),
    N_("person-times per adult and year"),
    N_("person-times per person and year"),
    N_("person-times per volunteer and year"),
    N_("persons"),
    N_("persons/1000 persons"),
    N_("persons/household"),
    N_("persons/session"),
    N_("places"),
    N_("projects"),
    N_("requests"),
    N_("sessions"),
    N_("share"),
    N_("share of offers"),
    N_("share of places"),
    N_("share of the gain"),
    N_("share or number"),
    N_("share a year"),
    N_("ties"),
    N_("visits"),
    N_("visits/year"),
    N_("week"),
    N_("weeks"),
    N_("weeks per issue"),
    N_("yes/no"),
    N_("yuan"),
    N_("yuan/contact"),
    N_("yuan/day"),
    N_("yuan/hour"),
    N_("yuan/issue"),
    N_("yuan/seat"),
    N_("yuan/session"),
    N_("yuan/year"),
)
"""All units but the pure number, "1"."""


def unit(words: Words, declared: str) -> str:
    """A declared unit in a language; empty for a pure number."""
    return "" if declared in ("", "1") else words._(declared)
