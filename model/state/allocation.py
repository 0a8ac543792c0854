"""How is money split over organizations? Named rules that give integer weights, and the split (ODD 7.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from model.core.calendar import YEAR
from model.core.owned import Own, State

NEED_WEEKS = 13
ONE_YUAN = 100
MILLIONTHS = 10**6


@dataclass(slots=True)
class Lately(State):
    """An organization's finished weeks: 13 of refusals (person-times), 52 of attendances and fen received.

    ``counted`` is what it had received when the last week was written.
    """

    counted: Own[int] = 0
    refused: Own[list[int]] = field(default_factory=lambda: [0] * NEED_WEEKS)
    attended: Own[list[int]] = field(default_factory=lambda: [0] * YEAR)
    received: Own[list[int]] = field(default_factory=lambda: [0] * YEAR)

    def write(self, week: int, refused: int, attended: int, received: int) -> None:
        """Add a week; ``received`` is the fen received in all its life."""
        self.refused[week % NEED_WEEKS] = refused
        self.attended[week % YEAR] = attended
        self.received[week % YEAR] = received - self.counted
        self.counted = received


class Receiver(Protocol):
    """What a rule looks at: an organization, or a community's organizations as one."""

    @property
    def id(self) -> int: ...

    @property
    def lately(self) -> Lately: ...


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """``amount`` in parts as ``weights``, by largest remainder, ties in order; nothing if no weight."""
    total = sum(weights)
    if total == 0:
        return [0] * len(weights)
    parts = [amount * w // total for w in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(amount * weights[i] % total))
    for i in by_remainder[: amount - sum(parts)]:
        parts[i] += 1
    return parts


def equal(organizations: Sequence[Receiver]) -> list[int]:
    """The same for each."""
    return [1] * len(organizations)


def need(organizations: Sequence[Receiver]) -> list[int]:
    """By those who found no place."""
    return [1 + sum(o.lately.refused) for o in organizations]


def tournament(organizations: Sequence[Receiver]) -> list[int]:
    """The half with most attendances share equally."""
    ranked = sorted(organizations, key=lambda o: (-sum(o.lately.attended), o.id))
    winners = {o.id for o in ranked[: (len(ranked) + 1) // 2]}
    return [int(o.id in winners) for o in organizations]


def adaptive(organizations: Sequence[Receiver]) -> list[int]:
    """Half equally, half by attendances per yuan; those who received nothing count as the mean."""
    known = {
        o.id: MILLIONTHS * ONE_YUAN * sum(o.lately.attended) // sum(o.lately.received)
        for o in organizations
        if sum(o.lately.received) >= ONE_YUAN
    }
    mean = sum(known.values()) // len(known) if known else 0
    rates = [known.get(o.id, mean) for o in organizations]
    total = sum(rates)
    return [total + len(rates) * rate for rate in rates] if total else [1] * len(rates)


ALLOCATIONS: Mapping[str, Callable[[Sequence[Receiver]], list[int]]] = {
    "equal": equal,
    "need": need,
    "tournament": tournament,
    "adaptive": adaptive,
}
"""The rules by name: a function of organizations that gives the integer weight of each."""
