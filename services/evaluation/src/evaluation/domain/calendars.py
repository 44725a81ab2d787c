"""Which days offices work in Vietnam: public holidays by rule, swapped days as data."""

from datetime import date, timedelta
from functools import cache

from evaluation.data import read_documents
from evaluation.domain.clocks import Clock, deadline, is_working_day

REACH_YEARS = 2
"""A clock that starts in one year may end in the next; none of the law's is longer."""


@cache
def days_off(first_year: int, last_year: int) -> frozenset[date]:
    """Public holidays and swapped days off (Labour Code 2019 Art. 111-112)."""
    import holidays  # noqa: PLC0415  # megabytes that only a process that counts working days should hold

    by_rule = holidays.country_holidays("VN", years=range(first_year, last_year + 1))
    return frozenset(by_rule) | _listed("days_off")


@cache
def _listed(key: str) -> frozenset[date]:
    return frozenset(
        date.fromisoformat(entry["date"]) for _, document in read_documents("calendars") for entry in document[key]
    )


def legal_deadline(clock: Clock, event_on: date) -> date:
    """The last day, inclusive, of a clock that an event on this day starts; Tết and other days off do not count."""
    off = days_off(event_on.year - 1, event_on.year + REACH_YEARS)
    return deadline(clock, event_on, off, _listed("working_rest_days"))


def working_days_left(today: date, due_on: date) -> int:
    """Working days after `today` up to `due_on` inclusive; those by which it passed, as a negative number."""
    first, last = sorted((today, due_on))
    off, worked = days_off(first.year, last.year), _listed("working_rest_days")
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    count = sum(is_working_day(day, off, worked) for day in days)
    return count if due_on >= today else -count
