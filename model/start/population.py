"""Who lives in the community at the start (ODD sections 5 and 9)?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.core.arithmetic import exp, log
from model.core.casts import whole
from model.core.compiled import kernel, over_rows
from model.core.draws import arrival_code, community_hash, draw, normal, person_id, stream, uniform, uniforms
from model.instruments.base import FIELDS, SLOTS
from model.parameters.population import AGE_BANDS, EDUCATIONS, EMPLOYMENTS, SEXES
from model.parameters.record import Parameters
from model.scenario.derived import kernel_parameters
from model.scenario.scenario import Scenario, adults_of
from model.start.inputs import Inputs, apply_inputs
from model.state.residents import Floats, Residents, Rows


class Traits(NamedTuple):
    """What is drawn of everybody, at the start and on arrival; `id` is read."""

    id: NDArray[np.uint64]
    sex: NDArray[np.int8]
    age_band: NDArray[np.int8]
    employment: NDArray[np.int8]
    education: NDArray[np.int8]
    migrant: NDArray[np.int8]
    party: NDArray[np.int8]
    needs_care: NDArray[np.int8]
    in_service: NDArray[np.int8]
    interests: NDArray[np.uint8]
    slots: NDArray[np.uint8]
    match: NDArray[np.uint32]
    aware: NDArray[np.uint8]
    effect: NDArray[np.float64]
    free_minutes: NDArray[np.int32]
    hours_effect: NDArray[np.float64]
    threshold: NDArray[np.float64]
    embeddedness: NDArray[np.float64]


class Origin(NamedTuple):
    """How those at the start and newcomers differ: share of migrants, of fields known, embeddedness.

    A negative ``embeddedness`` follows from a residence that is drawn.
    """

    migrant: float
    aware: float
    embeddedness: float


class TraitStreams(NamedTuple):
    """The stream of each trait."""

    sex: int
    age: int
    education: int
    employment: int
    migrant: int
    party: int
    needs_care: int
    interest: int
    awareness: int
    slots: int
    effect: int
    hours_person: int
    free_hours: int
    residence: int


def _coefficients(a: int) -> Floats:
    """C(a - 1 + m, m) for m < a."""
    coefficients = [1]
    for m in range(1, a):
        coefficients.append(coefficients[-1] * (a - 1 + m) // m)
    return np.array(coefficients, np.float64)


_STREAMS = TraitStreams(*(stream(name) for name in TraitStreams._fields))


def draw_population(scenario: Scenario, world: int) -> Residents:
    """The adults of ``scenario`` in the world with seed ``world``, static columns read-only.

    Memberships, and with them what members know, are not drawn here. Raises GongzhiError for a seed that is
    not a whole number of 64 bits.
    """
    wanted = scenario.population
    n = adults_of(wanted)
    people = Residents(n)
    first = person_id(community_hash(scenario.name), 0)
    people.id[:] = np.uint64(first) + (np.arange(n, dtype=np.uint64) << np.uint64(16))
    people.household[:] = _households(uniforms(world, "household", people.id, 0), wanted.households)
    people.cell[:] = people.household // wanted.cell_households
    _settle(
        people,
        kernel_parameters(scenario),
        world,
        Origin(wanted.migrant_share, scenario.learning.aware_start, -1.0),
    )
    return people


def newcomers(places: Residents, rows: Rows, week: int, p: Parameters, world: int) -> Residents:
    """Who moves into the places ``rows`` in ``week`` (ODD 7.13): residents of as many rows, as at the start.

    Household and cell are those of the place. ``p`` are the kernel parameters.
    """
    people = Residents(len(rows))
    people.id[:] = places.id[rows] & np.uint64(2**64 - 2**16) | np.uint64(arrival_code(week))
    people.household[:] = places.household[rows]
    people.cell[:] = places.cell[rows]
    people.arrival[:] = week
    _settle(people, p, world, Origin(p.migrant_arrivals, p.newcomer_aware, p.newcomer_embeddedness))
    return people


def _settle(people: Residents, p: Parameters, world: int, origin: Origin) -> None:
    """Draw the traits of everybody in ``people`` from its ids, and fix what is static."""
    columns = people.gathered(Traits)
    over_rows(_draw_traits, len(people), p, np.uint64(world), _STREAMS, origin, columns)
    for trait, values, a in (
        ("skill", people.skill, 4),
        ("attachment", people.attachment, 3),
        ("motivation", people.motivation, 3),
        ("efficacy", people.efficacy, 8),
    ):
        values[:] = beta_quantiles(uniforms(world, trait, people.id, 0), a)
    people.skill_start[:] = people.skill
    people.attachment_start[:] = people.attachment
    people.motivation_start[:] = people.motivation
    people.freeze()


@kernel
def _u0(seed: np.uint64, stream: int, ident: np.uint64, k: int) -> float:
    return draw(seed, stream, ident, 0, k)


@kernel
def _category(u: float, shares: Floats, first: int) -> int:
    """Number of cumulated shares from ``first`` on, but the last, at or below ``u`` of their total."""
    total = 0.0
    for i in range(first, len(shares)):
        total += shares[i]
    code = 0
    cumulated = 0.0
    for i in range(first, len(shares) - 1):
        cumulated += shares[i]
        code += cumulated <= u * total
    return code


@kernel
def _draw_traits(
    start: int,
    stop: int,
    p: Parameters,
    seed: np.uint64,
    s: TraitStreams,
    origin: Origin,
    c: Traits,
) -> None:
    for i in range(start, stop):
        ident = c.id[i]
        c.sex[i] = _u0(seed, s.sex, ident, 0) < p.female_share
        age = _category(_u0(seed, s.age, ident, 0), p.age_share, 1)
        c.age_band[i] = age
        c.education[i] = _category(_u0(seed, s.education, ident, 0), p.education_share, 0)
        u = _u0(seed, s.employment, ident, 0)
        work = p.employed[age]
        employment = 0 if u < work else 1 if u < work + p.retired[age] else 2
        c.employment[i] = employment
        c.migrant[i] = _u0(seed, s.migrant, ident, 0) < origin.migrant
        c.party[i] = _u0(seed, s.party, ident, 0) < p.party_share / (1 - p.age_share[0])
        c.needs_care[i] = _u0(seed, s.needs_care, ident, 0) < p.needs_care[age]
        c.in_service[i] = c.party[i] != 0 and employment == 0
        interests = known = slots = match = 0
        for f in range(7):
            if _u0(seed, s.interest, ident, f) < p.interest_share:
                interests |= 1 << f
            if _u0(seed, s.awareness, ident, f) < origin.aware:
                known |= 1 << f
        for slot in range(3):
            share = p.slots_employed[slot] if employment == 0 else p.slots_others[slot]
            if _u0(seed, s.slots, ident, slot) < share:
                slots |= 1 << slot
        for f in range(7):
            if interests >> f & 1:
                match |= slots << (3 * f)
        c.interests[i], c.aware[i], c.slots[i], c.match[i] = interests, known, slots, match
        common = normal(_u0(seed, s.effect, ident, 0))
        for k in range(3):
            own = normal(_u0(seed, s.effect, ident, k + 1))
            c.effect[i, k] = p.sd_common * common + p.sd_activity * own
        c.hours_effect[i] = normal(_u0(seed, s.hours_person, ident, 0))
        c.threshold[i] = p.threshold
        spread = exp(p.free_sd * normal(_u0(seed, s.free_hours, ident, 0)))
        median = p.free_factor[c.sex[i]] * p.free_median[employment]
        hours = min(median * spread, 112.0)  # eight hours of every day are slept
        c.free_minutes[i] = 15 * int(np.floor(4 * hours + 0.5))
        if origin.embeddedness < 0.0:
            residence = -p.residence_mean * log(1 - _u0(seed, s.residence, ident, 0))
            c.embeddedness[i] = 1 - 0.9 * exp(-residence / p.embed_weeks)
        else:
            c.embeddedness[i] = origin.embeddedness


def community_effect(world: int, name: str, sd: float) -> float:
    """The effect of a generated community on U (logit/week): normal with ``sd``, by its name and world."""
    return sd * normal(uniform(world, stream("community"), community_hash(name), 0))


def beta_quantiles(u: Floats, a: int) -> Floats:
    """The Beta(a, a) quantiles of ``u`` (float64[n] in [0, 1)) for a whole ``a``, within 1e-14.

    The distribution function is the polynomial x^a * sum over m < a of C(a - 1 + m, m) (1 - x)^m. It is
    inverted by 60 halvings of [0, 1], on the lower half of the symmetric distribution, where it is
    accurate.
    """
    out = np.empty_like(u)
    over_rows(_fill_quantiles, len(u), u, _coefficients(a), out)
    return out


@kernel
def _fill_quantiles(start: int, stop: int, u: Floats, coefficients: Floats, out: Floats) -> None:
    # Step by step for all rows: a row's own steps wait for each other, those of several rows do not.
    n, a = stop - start, len(coefficients)
    p, low, x, series = np.empty(n), np.zeros(n), np.empty(n), np.empty(n)
    for i in range(n):
        p[i] = min(u[start + i], 1 - u[start + i])
    width = 0.5
    for _ in range(60):
        for i in range(n):
            x[i] = low[i] + width
            series[i] = 0.0
        for m in range(a - 1, -1, -1):
            for i in range(n):
                series[i] = series[i] * (1 - x[i]) + coefficients[m]
        for _ in range(a):
            for i in range(n):
                series[i] = series[i] * x[i]
        for i in range(n):
            low[i] += width if series[i] <= p[i] else 0.0
        width /= 2
    for i in range(n):
        out[start + i] = low[i] if u[start + i] <= 0.5 else 1 - low[i]


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
    p, columns = scenario.population, residents.columns()
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
        Margin(name, value, share, float((columns[name] == code).mean()))
        for name, shares in wanted.items()
        for code, (value, share) in enumerate(shares.items())
    ]
    flags = {
        "migrant": p.migrant_share,
        "party": p.party_share / (1 - p.age_share["under_16"]),
        "needs_care": float(age @ np.array(p.needs_care.values())),
    }
    rows += [Margin(n, "yes", share, float(columns[n].mean())) for n, share in flags.items()]
    slots = [employed * p.slots_employed[s] + (1 - employed) * p.slots_others[s] for s in SLOTS]
    bits = (
        ("interests", FIELDS, [p.interest_share] * len(FIELDS)),
        ("slots", SLOTS, slots),
        ("aware", FIELDS, [scenario.learning.aware_start] * len(FIELDS)),
    )
    for name, values, shares_of_bits in bits:
        for bit, (value, share) in enumerate(zip(values, shares_of_bits, strict=True)):
            drawn = float((columns[name] >> bit & 1).mean())
            rows.append(Margin(name, value, share, drawn))
    return rows


def _households(u: Floats, households: int) -> NDArray[np.int32]:
    """The household of each row, ascending: one adult each, the others by chance."""
    household = whole(households * u, np.int32)
    seated = min(len(u), households)
    household[:seated] = np.arange(seated)
    return np.sort(household)


__all__ = [
    "Inputs",
    "Margin",
    "Origin",
    "Traits",
    "apply_inputs",
    "beta_quantiles",
    "community_effect",
    "draw_population",
    "margins",
    "newcomers",
]
