"""Time as the programme counts it.

Instants are timezone-aware. Legal dates are dates in Vietnam (UTC+7, no daylight saving since 1975): "by 31 July"
ends at the instant 1 August 00:00 in Hà Nội, whatever the time zone of the machine.
"""

from datetime import date, datetime, time, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")


def legal_date(instant: datetime) -> date:
    """The date in Vietnam at `instant`. Raises ValueError for a naive datetime."""
    if instant.tzinfo is None:
        raise ValueError("a naive datetime has no legal date")
    return instant.astimezone(VIETNAM).date()


def end_of(due_on: date) -> datetime:
    """The first instant that is too late for a deadline on `due_on`, inclusive."""
    return datetime.combine(due_on + timedelta(days=1), time(), VIETNAM)


def start_of(day: date) -> datetime:
    """The first instant of `day` in Vietnam."""
    return datetime.combine(day, time(), VIETNAM)
