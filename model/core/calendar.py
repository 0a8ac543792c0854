"""Weeks, quarters, fiscal years. Week 1 is the first after the spin-up; weeks of the spin-up are 0 and
below."""

from __future__ import annotations

YEAR = 52
NEVER = -1_000_000
"""The week of what never was."""
QUARTER = 13
MONTH_ENDS = (4, 8, 13)
TWO_MONTHS = (8, 17, 26, 34, 43, 52)


def week_of_year(week: int) -> int:
    """1 to 52."""
    return (week - 1) % YEAR + 1


def year_end(week: int) -> int:
    """Last week of the fiscal year in which ``week`` lies."""
    return week - week_of_year(week) + YEAR


def quarter_end(week: int) -> int:
    """Last week of the quarter in which ``week`` lies."""
    return week - (week - 1) % QUARTER + QUARTER - 1


def falls_in(every: str, week: int) -> bool:
    """True if something held every week, month, two_months or quarter is held in this week."""
    w = week_of_year(week)
    if every == "week":
        return True
    if every == "two_months":
        return w in TWO_MONTHS
    in_quarter = (w - 1) % QUARTER + 1
    return in_quarter in MONTH_ENDS if every == "month" else in_quarter == QUARTER
