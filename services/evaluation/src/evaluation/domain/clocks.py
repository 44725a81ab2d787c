"""Legal deadlines: working and calendar days, month-day rounds, validity in months.

Dates are legal dates in Vietnam. The day of the event itself is not counted (Civil Code 2015, Art. 147). A
calendar-day period that ends on a rest day is *not* moved to the next working day here: the earlier day is
the safe one to plan by.
"""

from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

REST_WEEKDAYS = frozenset({5, 6})
"""Saturday and Sunday, as `date.weekday()` counts."""


class ClockUnit(StrEnum):
    """What a clock counts."""

    DAY = "day"
    WORKING_DAY = "working_day"
    MONTH = "month"


class ClockSide(StrEnum):
    """Whether a clock runs from its event or ends before it."""

    FROM = "from"
    BEFORE = "before"


@dataclass(frozen=True, slots=True)
class Clock:
    """A period fixed by a ruleset: `length` units from, or before, the event named in words; `ref` is the
    article.
    """

    id: str
    length: int
    unit: ClockUnit
    side: ClockSide
    event: str
    ref: str | None
    owner: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class MonthDay:
    """A day of every year, e.g. 30 April. 29 February is not one."""

    month: int
    day: int

    def on(self, year: int) -> date:
        """This day in the given year."""
        return date(year, self.month, self.day)

    def first_after(self, day: date) -> date:
        """The first occurrence strictly after `day`."""
        this_year = self.on(day.year)
        return this_year if this_year > day else self.on(day.year + 1)


@dataclass(frozen=True, slots=True)
class RoundRule:
    """A yearly evaluation round of a level: dossiers proposed before one day are judged before another."""

    level: str
    proposed_before: MonthDay
    held_before: MonthDay


@dataclass(frozen=True, slots=True)
class RoundDates:
    """A round in a given year. `*_before` are exclusive as the law writes them, `*_by` the last day,
    inclusive.
    """

    level: str
    proposed_before: date
    held_before: date
    propose_by: date
    hold_by: date


def last_day_before(day: date) -> date:
    """The last day that is still "trước" (strictly before) `day`."""
    return day - timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later; the month's last day where it has no such day."""
    years, month0 = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month0 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def is_working_day(day: date, holidays: Collection[date], working_rest_days: Collection[date] = ()) -> bool:
    """Whether offices work that day. `working_rest_days` are weekend days worked in exchange (làm bù)."""
    if day in working_rest_days:
        return True
    return day.weekday() not in REST_WEEKDAYS and day not in holidays


def add_working_days(
    start: date, days: int, holidays: Collection[date], working_rest_days: Collection[date] = ()
) -> date:
    """The last of `days` working days counted after `start`, or before it where `days` is negative."""
    step = timedelta(days=1 if days >= 0 else -1)
    day, left = start, abs(days)
    while left:
        day += step
        left -= is_working_day(day, holidays, working_rest_days)
    return day


def deadline(
    clock: Clock, event_on: date, holidays: Collection[date], working_rest_days: Collection[date] = ()
) -> date:
    """The last day, inclusive, that keeps a clock running from its event; the day itself for one before its
    event.
    """
    length = clock.length if clock.side is ClockSide.FROM else -clock.length
    if clock.unit is ClockUnit.MONTH:
        return add_months(event_on, length)
    if clock.unit is ClockUnit.WORKING_DAY:
        return add_working_days(event_on, length, holidays, working_rest_days)
    return event_on + timedelta(days=length)


def next_round(rules: Iterable[RoundRule], level: str, proposed_on: date) -> RoundDates | None:
    """The first round of `level` that a dossier proposed on this day can enter; None where the level has no
    rounds.
    """
    upcoming = []
    for rule in rules:
        if rule.level != level:
            continue
        proposed_before = rule.proposed_before.first_after(proposed_on)
        held_before = rule.held_before.first_after(proposed_before)
        upcoming.append(
            RoundDates(
                level,
                proposed_before,
                held_before,
                last_day_before(proposed_before),
                last_day_before(held_before),
            )
        )
    return min(upcoming, key=lambda dates: dates.proposed_before, default=None)
