"""What do all phases of the reference model share: state, time, draws, targets, sums?"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from model.core.arithmetic import exp, log
from model.core.draws import luck_of, stream, uniform
from model.instruments.base import FIELDS, RESIDENT_TARGETS
from model.instruments.policies import Named

K = range(3)
YEAR = 52
BLOCK = 4096
TWO_MONTHS = (8, 17, 26, 34, 43, 52)


class Base:
    """One arm of one community, interpreted from the ODD.

    ``residents``, ``organizations``, ``accounts`` (by name) and ``offers`` hold the state as plain objects;
    ``week`` is the last completed week. Build it with `reference_of`, continue it with `branch`.
    """

    def __init__(self, scenario: Any, phases: tuple[str, ...], week: int, luck: int) -> None:
        self.scenario, self.phases, self.week, self.luck = scenario, phases, week, luck
        self.residents: list[Any] = []
        self.organizations: list[Any] = []
        self.accounts: dict[str, Any] = {}
        self.instruments: list[tuple[Named, int]] = []
        self.offers: list[Any] = []
        self.committee = 0
        self.staff_in_kind = 0
        self.issues: list[Any] = []
        self.carries, self.begun = [0.0, 0.0, 0.0], 0
        self.world = 0
        self.moved = self.memberships_moved = 0
        self.credits: Any = None
        self.care: Any = SimpleNamespace(volunteer=0, party=0, redeemed=0, idle=0, unmet=0)
        self.household_ids: list[int] = []
        self.neighbours: list[list[tuple[int, float]]] = []
        self.well_mixed = 0.0
        self.weight_sum: list[float] = []
        self.far: list[list[tuple[Any, int]]] = []
        self.far_weight = 0.0
        self.shown: list[Any] = []
        self.shares: dict[str, int] | None = None
        self.twin: Any = None
        self.from_twin: tuple[str, ...] = ()
        self.is_twin = False
        self.counts: dict[str, dict[str, int]] = {}
        self.figures: dict[str, int] = {}
        self.derive()

    # Parameters and time (ODD 2, 8)

    def derive(self) -> None:
        """The derived parameters of ODD 8."""
        d, learning = self.scenario.decision, self.scenario.learning
        mobilisation = self.scenario.mobilisation

        def keep(half_life: float) -> float:
            return exp(-log(2.0) / half_life)

        self.ask_keep = keep(mobilisation.ask_half_life)
        self.fatigue_keep = keep(mobilisation.fatigue_half_life)
        self.skill_fade = 1 - keep(learning.skill_half_life)
        self.motivation_return = 1 - keep(learning.motivation_half_life)
        self.efficacy_return = 1 - keep(self.scenario.issues.efficacy_half_life)
        self.sat_return = 1 - keep(learning.sat_half_life)
        self.aware_forget = 1 - keep(learning.aware_half_life)
        self.staff_fade = 1 - keep(self.scenario.organizations.staff_half_life)
        self.embed_rate = 1 - exp(-1 / learning.embed_weeks)
        slope = d.slope.values()
        share, skilled = learning.know_share, learning.gain * (1 - learning.skill_mean)
        self.b_can = [(1 - share) * (d.beta_train / slope[k]) / skilled for k in K]
        self.b_know = [share * (d.beta_train / slope[k]) / learning.gain_knowledge for k in K]
        self.know_forget = 1 - keep(learning.know_half_life)
        self.b_resp = [d.b_resp.values()[k] / slope[k] for k in K]
        self.b_credit = d.b_credit / slope[1]
        self.b_control = d.b_control / slope[1]

    @property
    def w(self) -> int:
        """Week of the year, 1 to 52."""
        return (self.week - 1) % YEAR + 1

    def u(self, name: str, ident: int, k: int = 0) -> float:
        """A draw of this week."""
        return uniform(self.luck, stream(name), ident, self.week, k)

    def u_of(self, named: Any, name: str, ident: int, k: int = 0) -> float:
        """A draw of this week on behalf of an instrument."""
        return uniform(luck_of(self.luck, named.name), stream(name), ident, self.week, k)

    def u0(self, name: str, ident: int, k: int = 0) -> float:
        """A draw of the world."""
        return uniform(self.world, stream(name), ident, 0, k)

    def active(self, kind: str) -> list[Named]:
        """The instruments of a kind in force this week, in order."""
        return [n for n, _ in self.instruments if n.instrument.kind == kind and self.in_force(n.instrument)]

    def in_force(self, instrument: Any) -> bool:
        """From `start` to `end`, both included."""
        started = instrument.start is None or instrument.start <= self.week
        return started and (instrument.end is None or self.week <= instrument.end)

    def target_residents(self, target: Any) -> list[Any]:
        """Residents who fit every column of a target now."""

        def fits(r: Any) -> bool:
            for column, wanted in target.items():
                known = RESIDENT_TARGETS[column]
                value = getattr(r, column)
                label = bool(value) if isinstance(known[0], bool) else known[value]
                if label not in wanted:
                    return False
            return True

        return [r for r in self.residents if fits(r)]

    def target_organizations(self, target: Any) -> list[Any]:
        """Organizations that fit every column of a target, in order."""

        def fits(o: Any) -> bool:
            own = {"field": [FIELDS[f] for f in o.fields], "legal_form": [o.legal_form], "name": [o.name]}
            return all(any(v in wanted for v in own[column]) for column, wanted in target.items())

        return [o for o in self.organizations if o.alive and fits(o)]

    def is_open(self, k: int) -> bool:
        """Whether activity k can be taken part in this week."""
        return "plan" not in self.phases or any(o.activity == k for o in self.offers)

    def beyond(self, r: Any) -> list[Any]:
        """What the weak neighbours of a resident showed after last week (ODD 7.0); nothing without any."""
        return [community.shown[row] for community, row in self.far[r.row]] if self.far else []

    @staticmethod
    def plain_sum(values: list[float]) -> float:
        """A sum from 0.0 in order."""
        total = 0.0
        for value in values:
            total += value
        return total

    def mean(self, values: list[float]) -> float:
        """Block sums of 4,096 rows, added in order, divided by n."""
        blocks = [self.plain_sum(values[b : b + BLOCK]) for b in range(0, len(values), BLOCK)]
        return self.plain_sum(blocks) / len(values)
