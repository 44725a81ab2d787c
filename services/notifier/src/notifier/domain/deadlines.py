"""When a duty is due, when it is late, and when its reminders fall. Legal dates are Vietnam's, whatever the machine."""

from datetime import date, datetime, time, timedelta

from shared.clock import VIETNAM, end_of, legal_date, start_of


def is_late(at: datetime, due_on: date) -> bool:
    """Whether something done at `at` misses a deadline that includes the whole of `due_on`."""
    return at >= end_of(due_on)


def instant_of(day: date, told_at: datetime) -> datetime:
    """The instant of something dated `day` and told at `told_at`.

    Told on its own day, that very instant; entered later, the start of its day: the date decides, not the entry.
    """
    return told_at if legal_date(told_at) == day else start_of(day)


def step_instant(due_on: date, step: int, send_at: time) -> datetime:
    """When the step of so many days from the due date falls (the database has the same function)."""
    return datetime.combine(due_on + timedelta(days=step), send_at, VIETNAM)
