"""Who lives in the community: sizes and margins (ODD section 9)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import model_validator

from model.core.texts import N_
from model.parameters.declare import ByKey, Submodel, adds_to_one, param, per

AGE_BANDS = ("16-24", "25-34", "35-44", "45-59", "60-69", "70+")
SEXES = ("male", "female")
EMPLOYMENTS = ("employed", "retired", "other")
EDUCATIONS = ("primary", "junior", "senior", "tertiary")
CENSUS = "National census of China 2020, rounded"


class Population(Submodel):
    """Sizes and margins of one community. Shares are of all persons unless the text says "of adults"."""

    persons: int = param(
        2000,
        unit="persons",
        valid=(1, 2_000_000),
        mark="guess",
        label=N_("persons, children included"),
        doc="All persons, children included.",
    )
    household_size: float = param(
        2.62,
        unit="persons/household",
        valid=(1, 100),
        low=2.2,
        high=3.2,
        mark="evidence",
        source="National census of China 2020, mean; range: provinces",
        label=N_("mean household"),
        doc="Mean household, from which the number of households follows where none is given.",
    )
    households: int = param(
        763,
        unit="households",
        valid=(1, 2_000_000),
        mark="guess",
        label=N_("households"),
        doc="Households; where none are given, persons / household_size.",
    )
    age_share: ByKey = per(
        ("under_16", *AGE_BANDS),
        (0.190, 0.094, 0.153, 0.137, 0.239, 0.104, 0.083),
        unit="share",
        valid=(0, 1),
        mark="evidence",
        source=CENSUS,
        label=N_("share of persons aged {key}"),
        doc="Age distribution; under 16 are counted, not simulated.",
    )
    female_share: float = param(
        0.488,
        unit="share",
        valid=(0, 1),
        mark="evidence",
        source=CENSUS,
        label=N_("share of women"),
        doc="Women among adults.",
    )
    education_share: ByKey = per(
        EDUCATIONS,
        (0.197, 0.426, 0.186, 0.191),
        unit="share",
        valid=(0, 1),
        mark="evidence",
        source=CENSUS + "; schooling per head divided by the share of adults",
        label=N_("share of adults by schooling ({key})"),
        doc="Highest schooling of adults.",
    )
    migrant_share: float = param(
        0.266,
        unit="share",
        valid=(0, 1),
        mark="evidence",
        source=CENSUS + " (floating population)",
        label=N_("share of migrant residents"),
        doc="Residents without local registration.",
    )
    party_share: float = param(
        0.069,
        unit="share",
        valid=(0, 1),
        mark="evidence",
        source="Party members about 98 million at the end of 2022, of all persons",
        label=N_("share of Party members"),
        doc="Party members among all persons (all of them adults).",
    )
    employed: ByKey = per(
        AGE_BANDS,
        (0.45, 0.80, 0.80, 0.65, 0.15, 0.03),
        unit="share",
        valid=(0, 1),
        label=N_("share employed (aged {key})"),
        doc="Employed adults by age band.",
    )
    retired: ByKey = per(
        AGE_BANDS,
        (0.0, 0.0, 0.0, 0.15, 0.80, 0.95),
        unit="share",
        valid=(0, 1),
        label=N_("share retired (aged {key})"),
        doc="Retired adults by age band.",
    )
    needs_care: ByKey = per(
        AGE_BANDS,
        (0.01, 0.01, 0.01, 0.02, 0.05, 0.20),
        unit="share",
        valid=(0, 1),
        label=N_("share who need care (aged {key})"),
        doc="Adults who need care, by age band.",
    )
    cell_households: int = param(
        20,
        unit="households",
        valid=(1, 100_000),
        label=N_("households of a building"),
        doc="Households of one building cell (stairwell).",
    )
    residence_mean: float = param(
        520.0,
        unit="weeks",
        valid=(0, 5200),
        low=260,
        high=1040,
        label=N_("years lived in the community"),
        doc="Mean residence at the start (10 years).",
    )
    interest_share: float = param(
        0.3,
        unit="share",
        valid=(0, 1),
        low=0.2,
        high=0.4,
        label=N_("share of residents interested in a field"),
        doc="Probability of an interest, per field.",
    )
    free_median: ByKey = per(
        EMPLOYMENTS,
        (6.0, 15.0, 10.0),
        unit="hours/week",
        valid=(0, 112),
        low=(4.0, 10.0, 7.0),
        high=(9.0, 20.0, 14.0),
        label=N_("free hours a week ({key})"),
        doc="Median free hours a week (lognormal).",
    )
    free_factor: ByKey = per(
        SEXES,
        (1.0, 1.0),
        unit="1",
        valid=(0, 10),
        low=0.8,
        high=1.2,
        label=N_("free time, as a multiple ({key})"),
        doc="Factor of the median free hours, by sex.",
    )
    free_sd: float = param(
        0.4,
        unit="log",
        valid=(0, 3),
        low=0.2,
        high=0.6,
        label=N_("spread of free time between persons"),
        doc="Standard deviation of log free hours.",
    )
    slots_employed: ByKey = per(
        ("day", "evening", "weekend"),
        (0.1, 0.6, 0.7),
        unit="share",
        valid=(0, 1),
        label=N_("chance that the employed are free {key}"),
        doc="Probability that an employed adult is free in a slot.",
    )
    slots_others: ByKey = per(
        ("day", "evening", "weekend"),
        (0.7, 0.6, 0.6),
        unit="share",
        valid=(0, 1),
        label=N_("chance that others are free {key}"),
        doc="Probability that any other adult is free in a slot.",
    )

    following: ClassVar = {"households": ("persons", "household_size")}

    @model_validator(mode="after")
    def _follow(self) -> Population:
        follows = min(self.persons, max(1, int(self.persons / self.household_size + 0.5)))
        if "households" not in self.model_fields_set:
            self.__dict__["households"] = follows  # not as one that is given: it follows persons again
        elif (
            self.households != follows
            and self.household_size != type(self).model_fields["household_size"].default
        ):
            raise ValueError("households and household_size are both given and differ; keep one of them")
        return self

    @model_validator(mode="after")
    def _shares(self) -> Population:
        adds_to_one("age_share", self.age_share)
        adds_to_one("education_share", self.education_share)
        for band in AGE_BANDS:
            if self.employed[band] + self.retired[band] > 1:
                raise ValueError(f"employed and retired of age band {band} add up to more than 1")
        if self.persons < self.households:
            raise ValueError(
                f"{self.persons} persons cannot fill {self.households} households; give persons >= households"
            )
        if self.party_share > 1 - self.age_share["under_16"]:
            raise ValueError("party_share exceeds the share of adults")
        return self
