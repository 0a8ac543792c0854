"""What may a study file say? Scenario, policies, seeds, a design over factors, and what is recorded."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from model.parameters.declare import suggestion

DesignKind = Literal[
    "list", "grid", "latin_hypercube", "sobol_sequence", "saltelli", "morris", "table", "settings"
]
SAMPLED = ("latin_hypercube", "sobol_sequence", "saltelli", "morris")
"""Designs that spread points over the factors themselves."""

MOST_RUNS = 1_000_000
Number = int | float
Value = int | float | str | bool
Seed = Annotated[int, Field(ge=0, le=2**62)]
LARGEST = 1e300


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class FactorSpec(_Frozen):
    """What varies, by its dotted name: a number between ``low`` and ``high``, or the ``values`` of a list,
    which may be numbers, texts (``decision.rule``) or true and false."""

    low: Number | None = Field(None, description="least value of a number; not in the design list")
    high: Number | None = Field(None, description="its largest value")
    values: tuple[Value, ...] = Field(
        (),
        strict=False,
        description="values instead: numbers, texts, or true and false; drawn equally often",
    )

    @model_validator(mode="after")
    def _one_way(self) -> FactorSpec:
        if (self.low is None) != (self.high is None):
            raise ValueError("low and high are given together")
        if any(isinstance(v, bool) for v in (self.low, self.high)):
            raise ValueError("low and high are numbers")
        numbers = [v for v in self.values if not isinstance(v, str | bool)]
        if any(v is not None and abs(v) > LARGEST for v in (*numbers, self.low, self.high)):
            raise ValueError(f"a factor lies between -{LARGEST:g} and {LARGEST:g}")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"low = {self.low} must be below high = {self.high}")
        if self.values and self.low is not None:
            raise ValueError("give low and high, or values, not both")
        if (
            len({str if isinstance(v, str) else bool if isinstance(v, bool) else float for v in self.values})
            > 1
        ):
            raise ValueError("values are all numbers, all texts, or all true and false")
        return self


class DesignSpec(_Frozen):
    """How points are chosen. The names of the designs are those of the literature.

    ``list``: the i-th value of every factor makes point i. ``grid``: all combinations, of ``values`` or of
    ``levels`` equal steps. ``latin_hypercube`` and ``sobol_sequence``: ``points`` of them, well spread.
    ``saltelli``: the sample that Sobol indices are computed from, ``points`` times (factors + 2) points, or
    (2 factors + 2) with ``second_order``. ``morris``: ``trajectories`` on ``levels`` levels, for elementary
    effects. ``table``: the rows of a CSV file beside the study. ``settings``: the scenario as it is, then
    ``points`` draws of all its guesses over their plausible ranges.
    """

    kind: DesignKind = Field("list", description="how points are chosen")
    points: int = Field(
        16,
        ge=1,
        le=MOST_RUNS,
        description="how many are drawn; of sobol_sequence and saltelli a power of two",
    )
    levels: int = Field(4, ge=2, le=100, description="steps of a factor with low and high: grid, morris")
    trajectories: int = Field(8, ge=2, le=10_000, description="paths of one step per factor: morris")
    second_order: bool = Field(True, description="whether indices of pairs of factors are wanted: saltelli")
    seed: int = Field(1, ge=0, le=2**32 - 1, description="seed of the design, where points are drawn")
    file: str = Field("", description='the table of points, a CSV file beside study.toml: "points.csv"')
    persons: int | None = Field(
        None,
        ge=100,
        le=10**9,
        description="size of a smaller version to simulate instead, budgets shrunk along",
    )


class SeedsSpec(_Frozen):
    """Which seeds every point meets: ``count`` pairs from ``first``; worlds and lucks of their own if
    given."""

    first: int = Field(1, ge=0, le=2**62, description="first of the pairs (world, luck)")
    count: int = Field(10, ge=1, le=MOST_RUNS, description="how many pairs there are")
    world: tuple[Seed, ...] = Field(
        (), strict=False, description="worlds of their own (people and ties): every luck meets each of them"
    )
    luck: tuple[Seed, ...] = Field(
        (), strict=False, description="lucks (everything weekly) one by one, instead of first and count"
    )

    @model_validator(mode="after")
    def _once(self) -> SeedsSpec:
        unused = [name for name in ("first", "count") if self.luck and name in self.model_fields_set]
        if unused:
            raise ValueError(f"{' and '.join(unused)} would not be used: luck lists the seeds; leave out one")
        return self

    def pairs(self) -> list[tuple[int, int]]:
        """Pairs (world, luck) in the order of the runs; the product if both axes are given."""
        plain = range(self.first, self.first + self.count)
        if self.world and self.luck:
            return [(w, u) for w in self.world for u in self.luck]
        if self.world:
            return [(w, u) for w in self.world for u in plain]
        return [(u, u) for u in self.luck or plain]


class RecordSpec(_Frozen):
    """What is kept of a run: outcomes of the data dictionary (all if none is named), groups, every how many
    weeks."""

    outcomes: tuple[str, ...] = Field(
        (),
        strict=False,
        description="outcomes by name (gongzhi outcomes); all if absent, as a report needs",
    )
    groups: tuple[str, ...] = Field(
        ("all",), min_length=1, strict=False, description="groups of residents; a report needs all"
    )
    every: int = Field(52, ge=1, le=5200, description="weeks from one stored state to the next")


class UntilSpec(_Frozen):
    """When seeds are enough: pairs are added until two policies are told apart, or known to ``half_width``.

    ``outcome`` is that of ``group`` in the last stored week; ``between`` names two entries of ``policies``.
    The first look is at ``seeds.count`` pairs, each further one ``batch`` pairs later, the last at ``most``.
    ``alpha`` is the chance to be wrong at any look.
    """

    outcome: str = Field(min_length=1, description="what is looked at, in the last stored week")
    between: tuple[str, ...] = Field(
        min_length=2, max_length=2, strict=False, description="two entries of policies to tell apart"
    )
    most: int = Field(ge=1, le=MOST_RUNS, description="pairs of seeds at most")
    group: str = Field("all", description="the group of residents")
    half_width: Number | None = Field(
        None, gt=0, description="instead: until the difference is known that well, in the outcome's unit"
    )
    alpha: float = Field(0.1, gt=0, lt=1, description="chance to be wrong at any look")
    batch: int = Field(4, ge=1, le=MOST_RUNS, description="pairs of seeds from one look to the next")


class StudySpec(_Frozen):
    """A study as written in ``study.toml``.

    ``code`` names a Python file beside it that defines ``phases(default: Schedule) -> Schedule``. Runs are
    keyed by its content and by that of the modules beside it that it imports.
    """

    format: Literal[1] = Field(description="the form of this file")
    name: str = Field("study", min_length=1, max_length=80, description="what the study is called")
    scenario: str = Field(min_length=1, description="a name (gongzhi list), or a file beside study.toml")
    policies: tuple[str, ...] = Field(
        ("none",),
        min_length=1,
        strict=False,
        description="arms: none, NAME, A+B, NAME@YUAN a year per household, NAME~TERMS of the run without it",
    )
    weeks: int | None = Field(
        None, ge=0, le=5200, description="weeks after the spin-up; the scenario's if absent"
    )
    code: str = Field(
        "",
        description="a Python file beside study.toml that defines phases(default)",
    )
    seeds: SeedsSpec = Field(default_factory=SeedsSpec)
    design: DesignSpec = Field(default_factory=DesignSpec)
    factor: dict[str, FactorSpec] = Field(default_factory=dict)
    record: RecordSpec = Field(default_factory=RecordSpec)
    until: UntilSpec | None = None

    def pairs(self) -> list[tuple[int, int]]:
        """Pairs (world, luck) of every run that there may be: up to ``until.most`` if there is that table."""
        if self.until is None:
            return self.seeds.pairs()
        return self.seeds.model_copy(update={"count": self.until.most}).pairs()

    @model_validator(mode="after")
    def _ends(self) -> StudySpec:
        if self.until is None:
            return self
        for name in self.until.between:
            if name not in self.policies:
                near = suggestion(name, self.policies)
                raise ValueError(f"until.between names {name!r}, which is not one of policies: {near}")
        if len(set(self.until.between)) < 2:
            raise ValueError("until.between names one policy twice; name two of policies")
        if self.seeds.luck or len(self.seeds.world) > 1:
            raise ValueError("[until] adds seeds, which are listed here: give first and count under [seeds]")
        if self.until.most < self.seeds.count:
            raise ValueError(
                f"until.most = {self.until.most} is below seeds.count = {self.seeds.count}, "
                "the pairs that it begins with"
            )
        return self

    @model_validator(mode="after")
    def _consistent(self) -> StudySpec:
        for what, values in (("policies", self.policies), ("seeds", self.seeds.pairs())):
            if len(set(values)) < len(values):
                raise ValueError(f"{what} name something twice")
        kind = self.design.kind
        if not self.factor and kind not in ("list", "table", "settings"):
            raise ValueError(f'design.kind = {kind!r} needs at least one [factor."NAME"]')
        for name, factor in self.factor.items():
            ranged, listed = factor.low is not None, bool(factor.values)
            if kind == "list" and not listed:
                raise ValueError(f"factor.{name}: the design 'list' takes values = [...]")
            if kind == "grid" and not (ranged or listed):
                raise ValueError(f"factor.{name}: give values = [...], or low and high")
            if kind in SAMPLED and not (ranged or listed):
                raise ValueError(f"factor.{name}: give low and high, or values = [...]")
        lengths = {len(f.values) for f in self.factor.values()}
        if kind == "list" and len(lengths) > 1:
            raise ValueError("in the design 'list' all factors have as many values as there are points")
        if kind == "table" and (self.factor or not self.design.file):
            raise ValueError("the design 'table' takes design.file = 'points.csv' and no [factor] tables")
        if kind == "settings" and self.factor:
            raise ValueError("the design 'settings' draws the guesses itself and takes no [factor] tables")
        return self
