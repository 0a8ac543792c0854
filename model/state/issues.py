"""Residents' issues: what queues at which level, and what has become of the rest (ODD 7.10)."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from math import floor
from typing import NamedTuple

from model.core.owned import Own, State
from model.parameters.issues import LEVELS


class Issue(NamedTuple):
    """An issue, ordered by (``week`` raised, ``id``, ``number``).

    ``row`` and ``raiser`` (an id) say who raised it; ``due`` is the last week in which an answer is in time.
    """

    week: int
    id: int
    number: int
    row: int
    raiser: int
    due: int
    escalated: bool


def _levels() -> tuple[list[Issue], ...]:
    return tuple([] for _ in LEVELS)


@dataclass(slots=True)
class IssueBook(State):
    """Every issue of a community.

    ``waiting`` and ``overdue`` hold a queue per level, first come first; ``carry`` are the fractions of an
    issue left of weekly capacities; ``begun`` are staff minutes already given to the next small issue.
    ``answers`` has for every week the issues settled in time and those whose deadline failed.
    """

    waiting: Own[tuple[list[Issue], ...]] = field(default_factory=_levels)
    overdue: Own[tuple[list[Issue], ...]] = field(default_factory=_levels)
    carry: Own[list[float]] = field(default_factory=lambda: [0.0] * len(LEVELS))
    begun: Own[int] = 0
    raised: Own[int] = 0
    in_time: Own[int] = 0
    late: Own[int] = 0
    failed: Own[int] = 0
    withdrawn: Own[int] = 0
    escalated: Own[int] = 0
    waited_weeks: Own[int] = 0
    answers: Own[list[tuple[int, int]]] = field(default_factory=list)

    def __len__(self) -> int:
        """Issues that wait."""
        return sum(map(self.queue, range(len(LEVELS))))

    def queue(self, level: int) -> int:
        """Issues that wait at a level."""
        return len(self.waiting[level]) + len(self.overdue[level])

    def arrive(self, level: int, issue: Issue) -> None:
        """A new issue queues."""
        self.raised += 1
        insort(self.waiting[level], issue)

    def whole(self, level: int, capacity: float) -> int:
        """Whole issues of a weekly capacity; the fraction is kept for next week."""
        self.carry[level] += capacity
        number = floor(self.carry[level])
        self.carry[level] -= number
        return number

    def settle(self, level: int, number: int, week: int) -> list[Issue]:
        """Settle up to ``number`` issues of a level; those settled in time."""
        good = self.waiting[level][:number]
        late = self.overdue[level][: number - len(good)]
        del self.waiting[level][: len(good)]
        del self.overdue[level][: len(late)]
        self.in_time += len(good)
        self.late += len(late)
        for issue in (*good, *late):
            self.waited_weeks += week - issue.week
        return good

    def work(self, level: int, minutes: int, each: int, week: int) -> list[Issue]:
        """Settle what staff can in ``minutes`` at ``each`` minutes; those settled in time.

        An issue that the minutes do not suffice for is begun.
        """
        number, left = divmod(self.begun + minutes, each)
        good = self.settle(level, number, week)
        self.begun = left if self.queue(level) else 0
        return good

    def longest(self) -> int:
        """The level with most issues waiting, the first of equals."""
        return max(range(len(LEVELS)), key=self.queue)

    def close(self, week: int, escalate: tuple[int, ...] | None) -> list[Issue]:
        """End the week for issues that are due: those that fail.

        With ``escalate`` (the deadlines of the levels, in weeks) private and small ones go up instead, once.
        """
        bad: list[Issue] = []
        for level in reversed(range(len(LEVELS))):
            due = [issue for issue in self.waiting[level] if issue.due <= week]
            for issue in due:
                self.waiting[level].remove(issue)
                if escalate is None or issue.escalated or level + 1 == len(LEVELS):
                    self.failed += 1
                    insort(self.overdue[level], issue)
                    bad.append(issue)
                else:
                    self.escalated += 1
                    later = week + max(1, escalate[level + 1])
                    insort(self.waiting[level + 1], issue._replace(due=later, escalated=True))
        return bad

    def withdraw(self, until: int) -> None:
        """Overdue issues raised in week ``until`` or earlier are withdrawn."""
        for queue in self.overdue:
            gone = 0
            while gone < len(queue) and queue[gone].week <= until:
                gone += 1
            del queue[:gone]
            self.withdrawn += gone

    def answered(self, weeks: int) -> tuple[int, int]:
        """Issues settled in time and failed in the last ``weeks`` weeks."""
        last = self.answers[-weeks:]
        return sum(good for good, _ in last), sum(bad for _, bad in last)

    def balanced(self) -> bool:
        """True while every issue raised, and every deadline that failed, is accounted for."""
        over = sum(map(len, self.overdue))
        settled = self.in_time + self.late
        return (
            self.raised == settled + self.withdrawn + len(self)
            and self.failed == self.late + self.withdrawn + over
        )

    def figures(self) -> dict[str, int]:
        """The figures of `ISSUE_FIGURES`."""
        return {
            "issues_in_time": self.in_time,
            "issues_late": self.late,
            "issues_failed": self.failed,
            "issues_withdrawn": self.withdrawn,
            "issues_escalated": self.escalated,
            **{f"issues_waiting_{level}": self.queue(i) for i, level in enumerate(LEVELS)},
            "issues_waited_weeks": self.waited_weeks,
        }
