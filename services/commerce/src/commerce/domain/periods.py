"""Months of the calendar, as books are kept."""

from calendar import monthrange
from datetime import date, timedelta

MOST_MONTHS = 12
"""The longest period figures are reported for."""


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of that month when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day(first: date, months: int) -> date:
    """The last day, inclusive, of the `months` months that begin on `first`."""
    return add_months(first, months) - timedelta(days=1)


def whole_months(first: date, last: date) -> int | None:
    """How many whole months `first`..`last` (inclusive) are, from 1 to `MOST_MONTHS`; None when they are not."""
    return next((n for n in range(1, MOST_MONTHS + 1) if last_day(first, n) == last), None)
