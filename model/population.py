"""Who lives in the community at the start (ODD sections 5 and 9)?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from model.arithmetic import exp, log
from model.columns import YES_NO, Column, column
from model.compiled import kernel, over_rows
from model.draws import community_hash, normal, person_id, uniforms
from model.errors import DataError
from model.instruments.base import FIELDS, SLOTS
from model.parameters.decision import ACTIVITIES
from model.parameters.declare import suggestion
from model.parameters.population import AGE_BANDS, EDUCATIONS, EMPLOYMENTS, SEXES
from model.residents import COLUMNS, Floats, Residents, Rows
from model.scenario import Scenario, adults_of

_TOOK_PART: Column = column(np.int8, "yes/no", "Took part in the week before the start.", names=YES_NO)
_TOOK_PART.name = "took_part"


def draw_population(scenario: Scenario, world: int) -> Residents:
    """The adults of ``scenario`` in the world with seed ``world``, static columns read-only.

    Memberships, and with them what members know, are not drawn here. Raises GongzhiError for a seed that is
    not a whole number of 64 bits.
    """
    wanted, decision, learning = scenario.population, scenario.decision, scenario.learning
    n = adults_of(wanted)
    people = Residents(n)
    first = person_id(community_hash(scenario.name), 0)
    people.id[:] = np.uint64(first) + (np.arange(n, dtype=np.uint64) << np.uint64(16))

    def u0(stream: str, k: int = 0) -> Floats:
        return uniforms(world, stream, people.id, 0, k)

    people.household[:] = _households(u0("household"), wanted.households)
    people.cell[:] = people.household // wanted.cell_households
    people.sex[:] = u0("sex") < wanted.female_share
    people.age_band[:] = _categories(u0("age"), [wanted.age_share[band] for band in AGE_BANDS])
    people.education[:] = _categories(u0("education"), wanted.education_share.values())
    people.employment[:] = _employment(u0("employment"), people.age_band, wanted.employed, wanted.retired)
    people.migrant[:] = u0("migrant") < wanted.migrant_share
    people.party[:] = u0("party") < wanted.party_share / (1 - wanted.age_share["under_16"])
    people.needs_care[:] = u0("needs_care") < np.array(wanted.needs_care.values())[people.age_band]
    for f in range(len(FIELDS)):
        people.interests[:] |= _bit(u0("interest", f) < wanted.interest_share, f)
        people.aware[:] |= _bit(u0("awareness", f) < learning.aware_start, f)
    for s, slot in enumerate(SLOTS):
        share = np.where(people.employment == 0, wanted.slots_employed[slot], wanted.slots_others[slot])
        people.slots[:] |= _bit(u0("slots", s) < share, s)
    _derive(people)

    common = _normals(u0("effect"))
    for k in range(len(ACTIVITIES)):
        own = _normals(u0("effect", k + 1))
        people.effect[:, k] = decision.sd_common * common + decision.sd_activity * own
    people.hours_effect[:] = _normals(u0("hours_person"))
    people.threshold[:] = decision.threshold
    median = np.array(wanted.free_median.values())[people.employment]
    over_rows(_free_minutes, n, u0("free_hours"), median, wanted.free_sd, people.free_minutes)
    weeks = learning.embed_weeks
    over_rows(_embedded, n, u0("residence"), wanted.residence_mean, weeks, people.embeddedness)
    people.skill[:] = people.skill_start[:] = beta_quantiles(u0("skill"), 4)
    people.attachment[:] = people.attachment_start[:] = beta_quantiles(u0("attachment"), 3)
    people.motivation[:] = people.motivation_start[:] = beta_quantiles(u0("motivation"), 3)
    people.efficacy[:] = beta_quantiles(u0("efficacy"), 8)
    people.freeze()
    return people


def beta_quantiles(u: Floats, a: int) -> Floats:
    """The Beta(a, a) quantiles of ``u`` (float64[n] in [0, 1)) for a whole ``a``, within 1e-14.

    The distribution function is the polynomial x^a * sum over m < a of C(a - 1 + m, m) (1 - x)^m. It is
    inverted by 60 halvings of [0, 1], on the lower half of the symmetric distribution, where it is
    accurate.
    """
    coefficients = [1]
    for m in range(1, a):
        coefficients.append(coefficients[-1] * (a - 1 + m) // m)
    p = np.minimum(u, 1 - u)
    low, width = np.zeros_like(p), 0.5
    for _ in range(60):
        x = low + width
        y = 1 - x
        series = np.zeros_like(p)
        for coefficient in reversed(coefficients):
            series = series * y + coefficient
        for _ in range(a):
            series = series * x
        low = np.where(series <= p, x, low)
        width /= 2
    return np.where(u <= 0.5, low, 1 - low)


class Margin(NamedTuple):
    """A share of adults: what the scenario wants and what was drawn."""

    name: str
    value: str
    wanted: float
    drawn: float


def margins(residents: Residents, scenario: Scenario) -> list[Margin]:
    """The wanted and drawn share of adults for every value of every attribute.

    Where a scenario gives shares by age or employment, the wanted share is their mean over the wanted
    margins.
    """
    p = scenario.population
    age = np.array([p.age_share[band] for band in AGE_BANDS])
    age = age / age.sum()
    employed, retired = (float(age @ np.array(by.values())) for by in (p.employed, p.retired))
    education = np.array(p.education_share.values())
    wanted: dict[str, dict[str, float]] = {
        "sex": dict(zip(SEXES, (1 - p.female_share, p.female_share), strict=True)),
        "age_band": dict(zip(AGE_BANDS, age.tolist(), strict=True)),
        "employment": dict(zip(EMPLOYMENTS, (employed, retired, 1 - employed - retired), strict=True)),
        "education": dict(zip(EDUCATIONS, (education / education.sum()).tolist(), strict=True)),
    }
    rows = [
        Margin(name, value, share, float((getattr(residents, name) == code).mean()))
        for name, shares in wanted.items()
        for code, (value, share) in enumerate(shares.items())
    ]
    flags = {
        "migrant": p.migrant_share,
        "party": p.party_share / (1 - p.age_share["under_16"]),
        "needs_care": float(age @ np.array(p.needs_care.values())),
    }
    rows += [Margin(n, "yes", share, float(getattr(residents, n).mean())) for n, share in flags.items()]
    slots = [employed * p.slots_employed[s] + (1 - employed) * p.slots_others[s] for s in SLOTS]
    bits = (
        ("interests", FIELDS, [p.interest_share] * len(FIELDS)),
        ("slots", SLOTS, slots),
        ("aware", FIELDS, [scenario.learning.aware_start] * len(FIELDS)),
    )
    for name, values, shares_of_bits in bits:
        for bit, (value, share) in enumerate(zip(values, shares_of_bits, strict=True)):
            drawn = float((getattr(residents, name) >> bit & 1).mean())
            rows.append(Margin(name, value, share, drawn))
    return rows


@dataclass(frozen=True)
class Inputs:
    """Data that replace what would be drawn.

    ``residents``: columns by name, one entry per row, categories by name or code; an axis of activities is
    given whole or as ``habit_culture``, ...; ``took_part_culture``, ``_service``, ``_deliberation``
    (yes/no) say who took part in the week before the start. ``ties``: by layer, an array with a line (row,
    row) or (row, row, weight) per tie, or an undirected graph whose nodes, in their order, are the rows;
    the edges' attribute ``weight`` counts if ``weight`` is True.
    """

    residents: Mapping[str, NDArray[Any]] | None = None
    ties: Mapping[str, NDArray[Any] | nx.Graph] | None = None
    weight: bool = False


def apply_inputs(residents: Residents, inputs: Inputs) -> None:
    """Set the columns that ``inputs.residents`` gives; nothing else is drawn anew.

    What is derived follows: `match`, `in_service`, and the ``_start`` of a skill, attachment or motivation
    that is given without it. Raises DataError, with column and first bad row, for an unknown column, a
    wrong length or value, households that do not ascend, and households without cells.
    """
    table = inputs.residents or {}
    n = len(residents)
    entries = {name: _entry(name) for name in table}
    for name, values in table.items():
        declared, axis = entries[name]
        if name.startswith("took_part_"):
            took = declared.checked(values, (n,), f"column {name}").astype(np.uint64)
            new = residents.history.copy()
            new[:, axis] = new[:, axis] & ~np.uint64(1) | took
            residents.set_column("history", new)
        elif axis is not None:
            new = getattr(residents, declared.name).copy()
            new[:, axis] = declared.checked(values, (n,), f"column {name}")
            residents.set_column(declared.name, new)
        else:
            residents.set_column(name, declared.checked(values, (n, *declared.shape), f"column {name}"))
    for name in ("skill", "attachment", "motivation"):
        if name in table and f"{name}_start" not in table:
            residents.set_column(f"{name}_start", getattr(residents, name))
    if "household" in table:
        _check_households(residents, with_cells="cell" in table)
    _derive(residents)


def _entry(name: str) -> tuple[Column, int | None]:
    """The column that an entry of the table goes to, and the activity if it is one of an axis."""
    stem, _, last = name.rpartition("_")
    axis = ACTIVITIES.index(last) if last in ACTIVITIES else None
    if axis is not None and stem == "took_part":
        return _TOOK_PART, axis
    if axis is not None and stem in ("effect", "habit"):
        return COLUMNS[stem], axis
    known = [c for c, declared in COLUMNS.items() if declared.given]
    if name in COLUMNS and name not in known:
        why = "the model itself derives or keeps it"
        raise DataError(what=f"{name} cannot be given", where="residents' table", why=why)
    if name not in known:
        known += [f"took_part_{k}" for k in ACTIVITIES]
        raise DataError(
            what=f"there is no column {name!r}", where="residents' table", instead=suggestion(name, known)
        )
    return COLUMNS[name], None


def _check_households(residents: Residents, *, with_cells: bool) -> None:
    falls = np.flatnonzero(np.diff(residents.household) < 0)
    if len(falls):
        raise DataError(
            what="household falls from one row to the next",
            where=f"column household, row {falls[0] + 1}",
            why="the adults of a household are neighbouring rows",
            instead="Sort the table by household",
        )
    if not with_cells:
        raise DataError(
            what="household is given without cell",
            where="residents' table",
            instead="Give the column cell too",
        )


def _derive(people: Residents) -> None:
    """Set the columns that follow from others: `match` and `in_service`."""
    match = np.zeros(len(people), dtype=np.uint32)
    for f in range(len(FIELDS)):
        interested = (people.interests >> f & 1).astype(np.uint32)
        match |= interested * people.slots << np.uint32(3 * f)
    people.set_column("match", match)
    people.set_column("in_service", people.party & (people.employment == 0))


def _households(u: Floats, households: int) -> NDArray[np.int32]:
    """The household of each row, ascending: one adult each, the others by chance."""
    household = np.floor(households * u).astype(np.int32)
    seated = min(len(u), households)
    household[:seated] = np.arange(seated)
    return np.sort(household)


def _categories(u: Floats, shares: list[float] | tuple[float, ...]) -> Rows:
    """For each draw the number of cumulated shares, but the last, at or below its part of the total."""
    cumulated = np.cumsum(shares)
    codes: Rows = np.searchsorted(cumulated[:-1], u * cumulated[-1], side="right")
    return codes


def _employment(u: Floats, age_band: NDArray[np.int8], employed: Any, retired: Any) -> NDArray[np.int64]:
    work = np.array(employed.values())[age_band]
    pension = work + np.array(retired.values())[age_band]
    return np.where(u < work, 0, np.where(u < pension, 1, 2))


def _bit(true: NDArray[np.bool_], number: int) -> NDArray[np.uint8]:
    return true.astype(np.uint8) << np.uint8(number)


def _normals(u: Floats) -> Floats:
    out = np.empty_like(u)
    over_rows(_fill_normals, len(u), u, out)
    return out


@kernel
def _fill_normals(start: int, stop: int, u: Floats, out: Floats) -> None:
    """Write the standard normal deviates of ``u`` to ``out``."""
    for row in range(start, stop):
        out[row] = normal(u[row])


@kernel
def _free_minutes(
    start: int, stop: int, u: Floats, median: Floats, sd: float, out: NDArray[np.int32]
) -> None:
    """Write lognormal free time with ``median`` (hours), rounded to quarter hours, to ``out`` (minutes)."""
    for row in range(start, stop):
        hours = min(median[row] * exp(sd * normal(u[row])), 112.0)  # eight hours of every day are slept
        out[row] = 15 * int(np.floor(4 * hours + 0.5))


@kernel
def _embedded(start: int, stop: int, u: Floats, mean: float, weeks: float, out: Floats) -> None:
    """Write the embeddedness after an exponential residence with ``mean`` (weeks) to ``out``."""
    for row in range(start, stop):
        residence = -mean * log(1 - u[row])
        out[row] = 1 - 0.9 * exp(-residence / weeks)
