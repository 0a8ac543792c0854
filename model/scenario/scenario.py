"""A scenario: one community, its status quo and the policies one may add. Validated data, no files."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from model.instruments import Instrument
from model.instruments.base import AnyInstrument
from model.instruments.policies import NONE, Named, Policy
from model.parameters.care import Care
from model.parameters.committee import Committee
from model.parameters.costs import Costs
from model.parameters.credits import Credits
from model.parameters.decision import Decision
from model.parameters.declare import suggestion
from model.parameters.district import District
from model.parameters.government import Government
from model.parameters.issues import Issues
from model.parameters.learning import Learning
from model.parameters.life import Life
from model.parameters.membership import Membership
from model.parameters.mobilisation import Mobilisation
from model.parameters.movement import Movement
from model.parameters.network import Network
from model.parameters.organizations import Organizations
from model.parameters.party import Party
from model.parameters.population import Population
from model.parameters.run import Run
from model.scenario.declared_policy import DeclaredPolicy
from model.scenario.specs import (
    FreeSpec,
    Frozen,
    InputsSpec,
    OrganizationSpec,
    SeasonSpec,
    SittingSpec,
    TargetSpec,
    UnitSpec,
)

SUBMODELS = (
    "run",
    "district",
    "population",
    "network",
    "decision",
    "learning",
    "membership",
    "organizations",
    "life",
    "mobilisation",
    "issues",
    "movement",
    "party",
    "committee",
    "credits",
    "government",
    "care",
    "costs",
)


NAMING = {
    "+": "joins policies into a package",
    "@": "precedes a budget in a study",
    "~": "precedes terms of the decision in a study",
}
"""Signs that say something beside the name of a policy."""


class Scenario(Frozen):
    """Everything a run needs but its seeds and its policy."""

    format: Literal[1]
    name: str = Field("scenario", min_length=1, max_length=80)
    title: str = ""
    title_zh: str = ""
    note: str = ""
    run: Run = Field(default_factory=Run)
    district: District = Field(default_factory=District)
    population: Population = Field(default_factory=Population)
    network: Network = Field(default_factory=Network)
    decision: Decision = Field(default_factory=Decision)
    learning: Learning = Field(default_factory=Learning)
    membership: Membership = Field(default_factory=Membership)
    organizations: Organizations = Field(default_factory=Organizations)
    life: Life = Field(default_factory=Life)
    mobilisation: Mobilisation = Field(default_factory=Mobilisation)
    movement: Movement = Field(default_factory=Movement)
    issues: Issues = Field(default_factory=Issues)
    party: Party = Field(default_factory=Party)
    committee: Committee = Field(default_factory=Committee)
    credits: Credits = Field(default_factory=Credits)
    government: Government = Field(default_factory=Government)
    care: Care = Field(default_factory=Care)
    costs: Costs = Field(default_factory=Costs)
    organization: dict[str, OrganizationSpec] = Field(default_factory=dict)
    sitting: dict[str, SittingSpec] = Field(default_factory=dict)
    season: dict[str, SeasonSpec] = Field(default_factory=dict)
    unit: dict[str, UnitSpec] = Field(default_factory=dict)
    status_quo: dict[str, Instrument] = Field(default_factory=dict)
    policy: dict[str, DeclaredPolicy] = Field(default_factory=dict)
    inputs: InputsSpec = Field(default_factory=InputsSpec)
    targets: dict[str, TargetSpec] = Field(default_factory=dict)
    free: dict[str, FreeSpec] = Field(default_factory=dict, max_length=12)

    @model_validator(mode="after")
    def _consistent(self) -> Scenario:
        if "none" in self.policy:
            raise ValueError("policy.none is the baseline and cannot be declared; choose another name")
        for name in self.policy:
            for sign, meaning in NAMING.items():
                if sign in name:
                    raise ValueError(f"policy.{name}: {sign!r} {meaning}; choose a name without it")
        for lang in ("en", "zh"):
            titles = self.policy_titles(lang)
            for name, title in titles.items():
                same = [n for n in self.policy if n != name and title in (n, titles.get(n))]
                if same:
                    raise ValueError(
                        f"policy.{name} is called {title!r}, as policy.{same[0]} is: readers could not tell "
                        "them apart; choose another title"
                    )
        if self.district.communities and (self.inputs.residents or self.inputs.ties):
            raise ValueError(
                "inputs: a residents' table and ties belong to one community, not to a district; "
                "leave out [inputs], or [district]"
            )
        adults = adults_of(self.population)
        for name, spec in self.organization.items():
            if spec.members > adults:
                raise ValueError(f"organization.{name}: {spec.members} members exceed the {adults} adults")
        named = [(f"status_quo.{n}", i) for n, i in self.status_quo.items()]
        named += [(f"policy.{p}.{n}", i) for p, parts in self.policy.items() for n, i in parts.items()]
        for where, instrument in named:
            for wanted in getattr(instrument, "target", {}).get("name", ()):
                if wanted not in self.organization:
                    raise ValueError(
                        f"{where}.target.name = {wanted!r} is no organization of the scenario; "
                        f"{suggestion(str(wanted), list(self.organization))}"
                    )
            for wanted in getattr(instrument, "units", None) or ():
                if wanted not in self.unit:
                    raise ValueError(
                        f"{where}.units = {wanted!r} is no [unit.NAME] of the scenario; "
                        f"{suggestion(wanted, list(self.unit))}"
                    )
        schemes = [n for n, i in self.status_quo.items() if i.kind == "credits"]
        if len(schemes) > 1:
            raise ValueError(f"status_quo: one credit scheme at a time, not {', '.join(schemes)}")
        return self

    def policy_named(self, name: str) -> Policy:
        """The policy of this name; ``none`` is the baseline, ``A+B`` the package of both.

        Raises:
            ScenarioError: if the scenario declares no such policy.
        """
        from model.core.errors import ScenarioError

        total = NONE
        for part in name.split("+"):
            if part == "none":
                continue
            if part not in self.policy:
                raise ScenarioError(
                    what=f"unknown policy {part!r}",
                    where=f"scenario {self.name}",
                    why="the scenario does not declare it",
                    instead=f"choose from: {', '.join(('none', *self.policy))}; A+B is a package",
                )
            named: tuple[Named[AnyInstrument], ...] = tuple(
                Named(f"{part}.{k}", v) for k, v in self.policy[part].items()
            )
            total = Policy(part, named) if not total.instruments else total + Policy(part, named)
        return total

    def policy_titles(self, lang: str) -> dict[str, str]:
        """What policies are called in "en" or "zh", for those that have a title in that language."""
        return {name: title for name, parts in self.policy.items() if (title := parts.titled(lang))}

    def status_quo_instruments(self) -> tuple[Named[AnyInstrument], ...]:
        """Instruments that run from the first week of the spin-up."""
        return tuple(Named(f"status_quo.{k}", v) for k, v in self.status_quo.items())


def adults_of(population: Population) -> int:
    """Simulated persons: all but the children, rounded down, at least one."""
    return max(1, int(population.persons * (1 - population.age_share["under_16"]) + 0.5))


def persons_with(adults: int, population: Population) -> list[int]:
    """The fewest and the most persons of whom so many are adults: two numbers, one, or none."""
    share = 1 - population.age_share["under_16"]
    if share <= 0 or adults < 1:
        return []
    middle = int(adults / share + 0.5)
    span = int(1 / share) + 2
    fitting = [
        persons
        for persons in range(max(1, middle - span), middle + span)
        if adults_of(population.model_copy(update={"persons": persons})) == adults
    ]
    return fitting[:1] + fitting[1:][-1:]
