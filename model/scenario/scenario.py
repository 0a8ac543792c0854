"""A scenario: one community, its status quo and the policies one may add. Validated data, no files."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from model.core.given import plain
from model.instruments import Instrument
from model.instruments.base import FIELD_ACTIVITY, FIELDS, AnyInstrument, Funded, fen
from model.instruments.deliberation import Hearing
from model.instruments.funding import Award, ProjectFund
from model.instruments.policies import NONE, Named, Policy
from model.instruments.training import TrainStaff
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

LegalForm = Literal["informal", "filed", "registered"]
AnyKind = TypeVar("AnyKind", bound=AnyInstrument)
MOST_SESSIONS = 250
"""Sessions a week that an association can be lent, or hold for nothing."""
WeekOfYear = Annotated[int, Field(ge=1, le=52)]

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


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _pythons_own(cls, data: Any) -> Any:
        return plain(data)


class OrganizationSpec(_Frozen):
    """One association at the start."""

    title: str = ""
    title_zh: str = ""
    fields: tuple[
        Literal["arts", "sport", "learning", "elder_care", "environment", "mediation", "council"], ...
    ] = Field(min_length=1, max_length=7, strict=False)
    legal_form: LegalForm = "informal"
    members: int = Field(ge=0, le=2_000_000)
    open_air: bool = False
    lent_sessions: float = Field(
        0.0, ge=0, le=MOST_SESSIONS, description="sessions a week in rooms lent by the status quo"
    )
    free_sessions: float = Field(
        0.0, ge=0, le=MOST_SESSIONS, description="sessions a week that cost nothing: in the open or in homes"
    )
    balance_yuan: float = Field(0.0, ge=0, le=1e10, description="cash at the start of the spin-up")
    professionalism: float = Field(0.5, ge=0, le=1)
    drive: float = Field(0.5, ge=0, le=1)
    reputation: float = Field(0.5, ge=0, le=1)

    @model_validator(mode="after")
    def _one_activity(self) -> OrganizationSpec:
        if len({FIELD_ACTIVITY[FIELDS.index(f)] for f in self.fields}) > 1:
            raise ValueError(
                "the fields of one organization belong to one activity: culture (arts, sport, learning), "
                "service (elder_care, environment) or deliberation (mediation, council)"
            )
        return self

    @property
    def activity(self) -> int:
        """Index of the activity its fields belong to."""
        return FIELD_ACTIVITY[FIELDS.index(self.fields[0])]


class SittingSpec(_Frozen):
    """A hearing, forum or council of the residents' committee."""

    title: str = ""
    title_zh: str = ""
    field: Literal["mediation", "council"] = "council"
    every: Literal["week", "month", "two_months", "quarter"]
    places: int = Field(ge=1, le=1_000_000)


class SeasonSpec(_Frozen):
    """A part of the year, first and last week, in which residents take part more or less than otherwise."""

    title: str = ""
    title_zh: str = ""
    weeks: tuple[WeekOfYear, WeekOfYear] = Field(strict=False, description="first and last week of the year")
    culture: float = Field(1.0, ge=0.001, le=1000, description="factor of the odds")
    service: float = Field(1.0, ge=0.001, le=1000, description="factor of the odds")
    deliberation: float = Field(1.0, ge=0.001, le=1000, description="factor of the odds")
    free_time: float = Field(1.0, ge=0, le=10, description="factor of free time")

    @model_validator(mode="after")
    def _within_a_year(self) -> SeasonSpec:
        if self.weeks[0] > self.weeks[1]:
            raise ValueError(
                f"weeks = [{self.weeks[0]}, {self.weeks[1]}] ends before it begins; "
                "declare a season at the end of the year and one at its beginning"
            )
        return self


class UnitSpec(_Frozen):
    """A school, bank or shop that may lend rooms and sponsor associations (AG09, MV10, MF09, MF15)."""

    title: str = ""
    title_zh: str = ""
    rooms: float = Field(0.0, ge=0, le=1e4, description="sessions a week that its rooms can house")
    sponsorship_yuan: float = Field(0.0, ge=0, le=1e10, description="yuan per year")


class InputsSpec(_Frozen):
    """Files a scenario brings: a residents' table and ties per layer (paths relative to the scenario's
    file)."""

    residents: str | None = None
    ties: dict[Literal["household", "cell", "friends", "work", "branch", "weak"], str] = Field(
        default_factory=dict
    )


class TargetSpec(_Frozen):
    """A reported figure that the calibration aims at, with its tolerance and source."""

    outcome: str
    value: float
    tolerance: float = Field(gt=0)
    source: str = Field(min_length=3)


class FreeSpec(_Frozen):
    """A parameter that the calibration may move, with its bounds."""

    parameter: str
    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> FreeSpec:
        if self.low >= self.high:
            raise ValueError(f"low = {self.low} must be below high = {self.high}")
        return self


NAMING = {
    "+": "joins policies into a package",
    "@": "precedes a budget in a study",
    "~": "precedes terms of the decision in a study",
}
"""Signs that say something beside the name of a policy."""


class Scenario(_Frozen):
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


def sized_instrument(instrument: AnyKind, f: float) -> AnyKind:
    """The instrument in a community of ``f`` times the size: amount and places; prices stay."""
    update: dict[str, float] = {}
    if isinstance(instrument, Hearing):
        update["places"] = max(1, int(instrument.places * f + 0.5))
    if isinstance(instrument, Funded):
        update["amount_yuan"] = fen(instrument.amount_yuan * f) / 100
    return instrument.model_copy(update=update)


def smaller_instrument(instrument: AnyKind, f: float) -> AnyKind:
    """The instrument in a smaller version: of as many associations, so that what each costs shrinks too."""
    small = sized_instrument(instrument, f)
    if isinstance(instrument, Award | ProjectFund | TrainStaff) and instrument.price_yuan is not None:
        return small.model_copy(update={"price_yuan": instrument.price_yuan * f})
    return small


def smaller_policy(policy: Policy, f: float) -> Policy:
    """The policy in a community of a share ``f`` of the size."""
    return Policy(
        policy.name, tuple(Named(n.name, smaller_instrument(n.instrument, f)) for n in policy.instruments)
    )


def scaled_life(life: Life, f: float) -> Life:
    """The life of as many associations in a community of a share ``f`` of the size: sizes shrink with it."""
    return life.model_copy(
        update={
            "reference_members": life.reference_members * f,
            "small_members": life.small_members * f,
            "threshold_filed": life.threshold_filed * f,
            "threshold_registered": life.threshold_registered * f,
            "founding_members": max(1, int(life.founding_members * f + 0.5)),
            "newborn_sessions": life.newborn_sessions * f,
            "founding_rate": life.founding_rate / f if life.founding == "need" else life.founding_rate,
        }
    )


def resized(scenario: Scenario, persons: int) -> Scenario:
    """A community like this one with ``persons`` persons, more or fewer.

    Households, staff, members, sessions, money, rooms and places at sittings are in proportion; prices, and
    rules of how associations live, are what they were. Own residents and ties do not fit it.
    """
    f = persons / scenario.population.persons
    return scenario.model_copy(
        update={
            "inputs": InputsSpec(),
            "population": _sized_population(scenario.population, persons, f),
            "committee": _sized_committee(scenario.committee, f),
            "government": scenario.government.model_copy(
                update={"budget_yuan": fen(scenario.government.budget_yuan * f) / 100}
            ),
            "organization": {
                k: o.model_copy(
                    update={
                        "members": int(o.members * f + 0.5),
                        "lent_sessions": min(MOST_SESSIONS, o.lent_sessions * f),
                        "free_sessions": min(MOST_SESSIONS, o.free_sessions * f),
                        "balance_yuan": fen(o.balance_yuan * f) / 100,
                    }
                )
                for k, o in scenario.organization.items()
            },
            "sitting": {
                k: s.model_copy(update={"places": max(1, int(s.places * f + 0.5))})
                for k, s in scenario.sitting.items()
            },
            "unit": {
                k: u.model_copy(
                    update={
                        "rooms": u.rooms * f,
                        "sponsorship_yuan": fen(u.sponsorship_yuan * f) / 100,
                    }
                )
                for k, u in scenario.unit.items()
            },
            "status_quo": {k: sized_instrument(i, f) for k, i in scenario.status_quo.items()},
            "policy": {
                p: parts.with_instruments({k: sized_instrument(i, f) for k, i in parts.items()})
                for p, parts in scenario.policy.items()
            },
        }
    )


def _sized_population(population: Population, persons: int, f: float) -> Population:
    sizes = {"persons": persons}
    if "households" in population.model_fields_set:
        sizes["households"] = max(1, min(persons, int(population.households * f + 0.5)))
    given = {name: getattr(population, name) for name in population.model_fields_set}
    return Population.model_validate(given | sizes)


def _sized_committee(committee: Committee, f: float) -> Committee:
    return (
        committee if committee.staff is None else committee.model_copy(update={"staff": committee.staff * f})
    )


def scaled(scenario: Scenario, persons: int) -> Scenario:
    """A smaller version of the same community, for settings draws.

    Of a district fewer communities are simulated, at least two, each with up to its ``persons``.
    Households, members, budgets, rooms and sitting places shrink in proportion, and so, through money and
    rooms, do sessions, in fractions; places per session do not. There are as many associations as before, so
    what is paid per association, awards, projects and staff days, shrinks too, and so does the cost of a
    workstation. Own residents and ties do not fit it.
    """
    district = scenario.district
    if district.communities:
        count = min(district.count, max(2, persons // scenario.population.persons))
        district = district.model_copy(update={"simulated": count})
        persons = min(scenario.population.persons, persons // count)
    f = persons / scenario.population.persons
    return resized(scenario, persons).model_copy(
        update={
            "district": district,
            "costs": scenario.costs.model_copy(
                update={
                    name: getattr(scenario.costs, name) * f
                    for name in ("award", "staff_day", "project", "workstation_year")
                }
            ),
            "organizations": scenario.organizations.model_copy(
                update={"rentable_sessions": scenario.organizations.rentable_sessions * f}
            ),
            "life": scaled_life(scenario.life, f),
            "status_quo": {k: smaller_instrument(i, f) for k, i in scenario.status_quo.items()},
            "policy": {
                p: parts.with_instruments({k: smaller_instrument(i, f) for k, i in parts.items()})
                for p, parts in scenario.policy.items()
            },
        }
    )
