"""What stands in the first file of one's own community?

A commented scenario in English and Chinese: it loads, runs, compares and can be calibrated at once. What the
user did not say is a guess, and is marked so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import ValidationError

from experiments.storage.toml_text import Toml, assigned, comment, commented, filled, joined, key, whole
from model.core.errors import GongzhiError
from model.instruments.base import FIELD_ACTIVITY, FIELDS, LEGAL_FORMS
from model.parameters.declare import suggestion
from model.parameters.population import Population
from model.parameters.refusals import refusal
from model.scenario.scenario import adults_of

MONEY_PER_HOUSEHOLD = 20.0
"""Yuan a year a household for associations, where nothing is said: about that of `district110`."""
BUDGET_PER_HOUSEHOLD = 30.0
LENT_SESSIONS = 3
SITTING = 75
"""Adults for one place at the forum."""
PLAIN_FIELDS = {"culture": "arts", "sports": "sport", "service": "elder_care", "deliberation": "council"}
SHARES = {
    "culture": ("reach_culture", "decision.b0.culture", -7.0, -4.0),
    "service": ("reach_service", "decision.b0.service", -9.5, -5.0),
    "deliberation": ("reach_deliberation", "decision.b0.deliberation", -9.0, -5.0),
}
"""What is known of a community: the figure, and the parameter that a calibration moves to meet it."""


class Association(NamedTuple):
    """An association: its name, fields of work, members, legal form."""

    name: str
    fields: tuple[str, ...]
    members: int
    form: str = "informal"


class Added(NamedTuple):
    """An instrument of a policy: the policy's name, the kind, yuan a year."""

    policy: str
    kind: str
    yuan: float


@dataclass(frozen=True)
class Answers:
    """What is known of a community. ``money`` is today's for associations, ``budget`` a policy's, in yuan a
    year; ``shares`` of adults who take part in a year, by activity."""

    name: str
    persons: int
    associations: tuple[Association, ...]
    title: str = ""
    title_zh: str = ""
    households: int | None = None
    household_size: float | None = None
    money: float | None = None
    staff: float | None = None
    shares: dict[str, float] = field(default_factory=dict)
    budget: float | None = None
    policies: tuple[Added, ...] = ()

    @property
    def population(self) -> Population:
        """Its persons and households; ScenarioError where they make no sense."""
        sizes = {"households": self.households, "household_size": self.household_size}
        given = {name: size for name, size in sizes.items() if size is not None}
        try:
            return Population.model_validate({"persons": self.persons, **given})
        except ValidationError as error:
            raise refusal(error, Population) from None


def association(text: str) -> Association:
    """An association of ``NAME:FIELD:MEMBERS`` or ``NAME:FIELD+FIELD:MEMBERS:FORM``.

    Raises:
        GongzhiError: for another form of text, an unknown field or form, or members that are no number.
    """
    parts = text.split(":")
    if len(parts) not in (3, 4) or not parts[0].strip():
        raise GongzhiError(
            what=f"{text!r} is no association",
            where="--association",
            instead="write NAME:FIELD:MEMBERS, such as choir:arts:40 or helpers:elder_care:120:filed",
        )
    fields = tuple(PLAIN_FIELDS.get(one.strip(), one.strip()) for one in parts[1].split("+"))
    for one in fields:
        if one not in FIELDS:
            near = suggestion(one, FIELDS)
            raise GongzhiError(
                what=f"{one!r} is no field of work", where=f"--association {text}", instead=near
            )
    if len({FIELD_ACTIVITY[FIELDS.index(one)] for one in fields}) > 1:
        raise GongzhiError(
            what=f"{parts[1]} are of more than one activity",
            where=f"--association {text}",
            instead="name fields of culture, of service, or of deliberation, or two associations",
        )
    form = parts[3].strip() if len(parts) == 4 else "informal"
    if form not in LEGAL_FORMS:
        near = suggestion(form, LEGAL_FORMS)
        raise GongzhiError(what=f"{form!r} is no legal form", where=f"--association {text}", instead=near)
    members = number(parts[2], f"--association {text}")
    if members != int(members):
        raise GongzhiError(
            what=f"{parts[2]} members", where=f"--association {text}", instead="write a whole number"
        )
    return Association(parts[0].strip(), fields, int(members), form)


def added(text: str) -> Added:
    """An instrument of ``POLICY:KIND:YUAN``.

    Raises:
        GongzhiError: for another form of text. The kind is checked with the file.
    """
    parts = [part.strip() for part in text.split(":")]
    if len(parts) != 3 or not all(parts):
        raise GongzhiError(
            what=f"{text!r} is no policy",
            where="--policy",
            instead="write NAME:KIND:YUAN, such as funding:grant:80000; a name may come again",
        )
    return Added(parts[0], parts[1], number(parts[2], f"--policy {text}"))


def share(text: str) -> tuple[str, float]:
    """An activity and the share of adults of ``culture=0.4``.

    Raises:
        GongzhiError: for an unknown activity, or no number from 0 to 1.
    """
    activity, _, value = text.partition("=")
    activity = activity.strip().removeprefix("reach_")
    if activity not in SHARES:
        raise GongzhiError(
            what=f"{text!r} is no known share", where="--share", instead=suggestion(activity, list(SHARES))
        )
    found = number(value, f"--share {text}")
    if not 0 < found < 1:
        raise GongzhiError(
            what=f"{value} is no share", where=f"--share {text}", instead="write a number between 0 and 1"
        )
    return activity, found


def count(text: str, where: str = "") -> int:
    """A whole number of 1 or more; GongzhiError otherwise."""
    found = number(text, where)
    if found < 1 or not found.is_integer():
        raise GongzhiError(
            what=f"{text!r} is no count", where=where, instead="write a whole number of 1 or more"
        )
    return int(found)


def number(text: str, where: str = "") -> float:
    """A number of 0 or more, such as 6000, 6,000 or 6 000; GongzhiError otherwise."""
    try:
        found = float(re.sub(r"(?<=\d)[,_ ，](?=\d)", "", text))
    except ValueError:
        found = -1.0
    if not 0 <= found < 1e10:
        raise GongzhiError(what=f"{text!r} is no number", where=where, instead="write a number of 0 or more")
    return found


HEAD = """{note}
{note_zh}
# What is not here has a default: gongzhi show FILE. 未写出的数值均取默认值，用 gongzhi show 查看。
format = 1
name = {name}
title = {title}
title_zh = {title_zh}
"""
POPULATION = """
# All persons, children included. 全部人口，含儿童。
[population]
persons = {persons}
"""
STAFF = """
# Staff of the residents' committee, a head count. 居委会工作人员（人）。
[committee]
staff = {staff}
"""
ASSOCIATIONS = """
# Associations. fields: {fields}
# legal_form: informal, filed, registered. 社会组织：活动领域、法律形式（未备案、备案、登记）、成员数。
# lent_sessions: sessions a week in rooms lent to it (guess). 每周可在借用场地开展的活动次数（猜测值）。
# free_sessions: sessions a week that cost nothing, in the open or in homes. 每周不花钱的活动次数。
"""
ASSOCIATION = """
[{key}]
title = {title}
title_zh = {title}
fields = {fields}
legal_form = {form}
members = {members}
lent_sessions = {lent}
{free}"""
CAP = """
# Few new associations appear beside those there are (guess). 新组织很少出现（猜测值）。
[life]
organizations_cap = {cap}
"""
SITTING_TEXT = """
# A residents' forum each quarter (guess). 每季度一次居民议事会（猜测值）。
[sitting.forum]
title = "Residents' forum"
title_zh = "居民议事会"
every = "quarter"
places = {places}
"""
MONEY = """
# Today's money for associations, yuan a year: {guess}. 目前每年用于社会组织的资金（元）：{guess_zh}。
[status_quo.money]
kind = "grant"
amount_yuan = {money}
"""
POLICY_HEAD = """
# Policies to compare, yuan a year; kinds: gongzhi instruments. 待比较的政策（元/年）。
"""
POLICY = """
[{key}]
kind = {kind}
amount_yuan = {yuan}
"""
TARGETS = """
# What `gongzhi calibrate` aims at, and what it may move. 校准的目标，以及可以调整的参数。
[targets.members]
outcome = "member_share"
value = {members}
tolerance = {tolerance}
source = "members of the associations above / persons"

[free.join]
parameter = "membership.join.culture"
low = 0.001
high = 0.05
"""
TARGET = """
[{target}]
outcome = {outcome}
value = {value}
tolerance = {tolerance}
source = "known when the file was made"

[{free}]
parameter = {parameter}
low = {low}
high = {high}
"""
MORE_TARGETS = """
# More known shares of adults make it better. 已知的参与面越多越好，例如：
# [targets.culture]
# outcome = "reach_culture"
# value = 0.4
# tolerance = 0.05
# source = "where you know it from"
# [free.culture]
# parameter = "decision.b0.culture"
# low = -7.0
# high = -4.0
"""


def scenario_text(answers: Answers) -> Toml:
    """The file.

    Raises:
        GongzhiError: for two associations of one name, or without any.
    """
    names = [one.name for one in answers.associations]
    for name in names:
        if names.count(name) > 1:
            raise GongzhiError(what=f"two associations are called {name!r}", where="--association")
    return whole(_parts(answers))


def _parts(answers: Answers) -> Iterator[Toml]:
    population = answers.population
    title = answers.title or answers.name
    yield filled(
        HEAD,
        note=comment(f"{title}: written by `gongzhi new`; what is marked guess should be replaced."),
        note_zh=comment(f"{answers.title_zh or title}：由 gongzhi new 生成；标为猜测值的请替换。"),
        name=answers.name,
        title=title,
        title_zh=answers.title_zh or title,
    )
    yield filled(POPULATION, persons=answers.persons)
    for size in ("households", "household_size"):
        if getattr(answers, size) is not None:
            yield joined([assigned([size], getattr(answers, size))])
    if answers.staff is not None:
        yield filled(STAFF, staff=answers.staff)
    yield filled(ASSOCIATIONS, fields=commented(", ".join(FIELDS)))
    poor = answers.money == 0
    for one in answers.associations:
        free = assigned(["free_sessions"], 1.0 if poor else 0.0)
        yield filled(
            ASSOCIATION,
            key=key("organization", one.name),
            title=one.name,
            fields=list(one.fields),
            form=one.form,
            members=one.members,
            lent=LENT_SESSIONS,
            free=joined([free]),
        )
    yield filled(CAP, cap=max(1, len(answers.associations)))
    yield filled(SITTING_TEXT, places=max(10, adults_of(population) // SITTING))
    money = answers.money
    if money is None:
        money = float(round(MONEY_PER_HOUSEHOLD * population.households, -2))
    if money:
        given = answers.money is not None
        marks = ("as you gave it", "您给出的数值") if given else ("a guess", "猜测值")
        yield filled(MONEY, money=money, guess=commented(marks[0]), guess_zh=commented(marks[1]))
    yield from _policies(answers, population.households)
    yield from _aims(answers)


def _policies(answers: Answers, households: int) -> Iterator[Toml]:
    yield filled(POLICY_HEAD)
    budget = answers.budget
    if budget is None:
        budget = float(round(BUDGET_PER_HOUSEHOLD * households, -2))
    parts = answers.policies or (
        Added("funding", "grant", budget),
        Added("training", "train_residents", budget / 2),
        Added("training", "train_staff", budget / 2),
        Added("package", "grant", budget / 2),
        Added("package", "train_residents", budget / 2),
    )
    seen: dict[tuple[str, str], int] = {}
    for one in parts:
        again = seen[one.policy, one.kind] = seen.get((one.policy, one.kind), 0) + 1
        instrument = one.kind if again == 1 else f"{one.kind}_{again}"
        yield filled(POLICY, key=key("policy", one.policy, instrument), kind=one.kind, yuan=one.yuan)


def _aims(answers: Answers) -> Iterator[Toml]:
    members = round(sum(one.members for one in answers.associations) / answers.persons, 4)
    yield filled(TARGETS, members=members, tolerance=max(0.001, round(members / 10, 4)))
    for activity, value in answers.shares.items():
        outcome, parameter, low, high = SHARES[activity]
        yield filled(
            TARGET,
            target=key("targets", activity),
            free=key("free", activity),
            outcome=outcome,
            value=value,
            tolerance=max(0.005, round(value / 10, 4)),
            parameter=parameter,
            low=low,
            high=high,
        )
    if not answers.shares:
        yield filled(MORE_TARGETS)
