"""7.11 learn: habit, skill, knowledge, attachment, motivation, embeddedness, satisfaction, awareness."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.core.calendar import YEAR
from model.core.compiled import kernel, over_rows
from model.core.draws import uniforms
from model.parameters.record import Parameters
from model.week.phase import phase
from model.week.publicity import publicise
from model.week.serve.credits import controlling

if TYPE_CHECKING:
    from model.state.community import Community


class Mind(NamedTuple):
    """What learning changes."""

    habit: NDArray[np.float64]
    skill: NDArray[np.float64]
    knowledge: NDArray[np.float64]
    attachment: NDArray[np.float64]
    motivation: NDArray[np.float64]
    embeddedness: NDArray[np.float64]
    satisfaction: NDArray[np.float64]
    aware: NDArray[np.uint8]
    asks: NDArray[np.float64]
    history: NDArray[np.uint64]


class Lived(NamedTuple):
    """What learning reads of this week and of the resident's start."""

    seated: NDArray[np.int8]
    enrolled: NDArray[np.int8]
    refused: NDArray[np.int8]
    asked: NDArray[np.int16]
    offer: NDArray[np.int16]
    membership: NDArray[np.int16]
    skill_start: NDArray[np.float64]
    attachment_start: NDArray[np.float64]
    motivation_start: NDArray[np.float64]


class Offered(NamedTuple):
    """Quality and field bit of each offer, and the field bits of each organization."""

    quality: NDArray[np.float64]
    field_bit: NDArray[np.uint8]
    organization_fields: NDArray[np.uint8]


@phase(
    reads="""
        asked attachment_start credit_state enrolled id membership motivation motivation_start offer
        organization_fields organizations perceived refused seated skill_start targets week_plan
    """,
    writes="asks attachment aware embeddedness government habit history knowledge satisfaction skill",
)
def learn(model: Community) -> None:
    """Update every resident from the state before this phase."""
    people, n = model.residents, len(model.residents)
    seen = model.perception()
    table = model.week_plan.table
    sitting = model.scenario.learning.quality_sitting
    quality = np.array(
        [model.organizations[o].quality if o >= 0 else sitting for o in table.organization], np.float64
    )
    field_bits = (1 << table.field.astype(np.int64)).astype(np.uint8)
    over_rows(
        _learn,
        n,
        model.p,
        people.gathered(Mind),
        people.gathered(Lived),
        seen.near,
        seen.known,
        seen.aware,
        uniforms(model.luck, "awareness_week", people.id, model.week),
        Offered(quality, field_bits, model.organization_fields),
        controlling(model),
    )
    publicise(model)


@kernel
def _learn(
    start: int,
    stop: int,
    p: Parameters,
    mind: Mind,
    lived: Lived,
    near: NDArray[np.float64],
    known: NDArray[np.float64],
    known_around: NDArray[np.uint8],
    awareness: NDArray[np.float64],
    offered: Offered,
    controlling: float,
) -> None:
    for i in range(start, stop):
        acts = 0
        refusals = 0
        quality = 0.0
        taught = np.uint8(0)
        for k in range(3):
            took = 1 if lived.seated[i, k] != 0 else 0
            refusals += lived.refused[i, k]
            acts += took
            if took:
                o = lived.offer[i, k]
                quality += offered.quality[o] if o >= 0 else p.quality_sitting
                if o >= 0:
                    taught |= offered.field_bit[o]
                for q in range(3):
                    mind.asks[i, k, q] = 0.0
            if lived.asked[i, k] > 0:
                taught |= offered.organization_fields[lived.asked[i, k] - 1]
            mind.habit[i, k] += p.rho * (took - mind.habit[i, k])
            mind.history[i, k] = (mind.history[i, k] << np.uint64(1)) | np.uint64(took)
        skill = mind.skill[i]
        mind.skill[i] = (skill + p.practice * acts * (1 - skill)) + p.skill_fade * (
            lived.skill_start[i] - skill
        )
        knowledge = mind.knowledge[i]
        mind.knowledge[i] = (
            knowledge + p.know_rate * max(0.0, known[i] - knowledge) - p.know_forget * knowledge
        )
        att = mind.attachment[i]
        drift = p.att_peers * (near[i] - att) if near[i] == near[i] else 0.0
        mind.attachment[i] = (
            att
            + p.att_quality * quality * (1 - att)
            - p.att_refused * refusals * att
            + drift
            + p.att_return * (lived.attachment_start[i] - att)
        )
        motive = mind.motivation[i]
        served = 1 if lived.seated[i, 1] != 0 and lived.enrolled[i] != 0 else 0
        mind.motivation[i] = (
            motive
            + p.motivation_return * (lived.motivation_start[i] - motive)
            - p.c_int / YEAR * controlling * served * motive
        )
        embedded = mind.embeddedness[i]
        mind.embeddedness[i] = embedded + p.embed_rate * (1 - embedded) + p.embed_act * acts * (1 - embedded)
        content = mind.satisfaction[i]
        mind.satisfaction[i] = (
            content
            + p.sat_rate * (quality - acts * content)
            - p.sat_refused * refusals * content
            + p.sat_return * (0.5 - content)
        )
        u = 7 * awareness[i]
        field = int(u)
        chance = u - field
        bit = np.uint8(1 << field)
        if mind.aware[i] & bit == 0:
            if known_around[i] & bit != 0 and chance < 7 * p.aware_rate:
                mind.aware[i] |= bit
        elif chance < 7 * p.aware_forget:
            own = np.uint8(0)
            for m in range(3):
                if lived.membership[i, m] >= 0:
                    own |= offered.organization_fields[lived.membership[i, m]]
            if own & bit == 0:
                mind.aware[i] &= ~bit
        mind.aware[i] |= taught
