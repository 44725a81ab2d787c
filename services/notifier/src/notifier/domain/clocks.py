"""Legal days: months, calendar and working days, month-day rounds; read as evaluation reads them, and a test says so.

The day of the event itself is not counted (Civil Code 2015, Art. 147). A calendar-day period that ends on a rest day
is not moved unless the data says so: the earlier day is the safe one to plan by.
"""

from calendar import monthrange
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

REST_WEEKDAYS = frozenset({5, 6})
"""Saturday and Sunday, as `date.weekday()` counts."""


class ClockUnit(StrEnum):
    """What a step counts."""

    DAY = "day"
    WORKING_DAY = "working_day"
    MONTH = "month"


class Roll(StrEnum):
    """Where a day goes on which offices rest."""

    BACK = "working_day_before"
    ON = "working_day_after"


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The days offices rest besides weekends, and the weekend days they work in exchange (làm bù)."""

    off: Collection[date]
    worked: Collection[date] = ()

    def is_working_day(self, day: date) -> bool:
        """Whether offices work that day."""
        return day in self.worked or (day.weekday() not in REST_WEEKDAYS and day not in self.off)

    def add(self, start: date, days: int) -> date:
        """The last of `days` working days counted after `start`, or before it where `days` is negative."""
        step = timedelta(days=1 if days >= 0 else -1)
        day, left = start, abs(days)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def roll(self, day: date, roll: Roll) -> date:
        """`day` itself when offices work, else the nearest working day in the direction of `roll`."""
        step = timedelta(days=1 if roll is Roll.ON else -1)
        while not self.is_working_day(day):
            day += step
        return day


@dataclass(frozen=True, slots=True)
class Step:
    """One step from a day to a legal day: so many units on (negative: back), or off a rest day."""

    length: int = 0
    unit: ClockUnit = ClockUnit.DAY
    roll: Roll | None = None

    @property
    def needs_working_days(self) -> bool:
        """Whether it depends on which days offices work."""
        return self.roll is not None or self.unit is ClockUnit.WORKING_DAY

    def taken(self, day: date, calendar: WorkingDays) -> date:
        """The day it leads to from `day`."""
        if self.roll is not None:
            return calendar.roll(day, self.roll)
        if self.unit is ClockUnit.MONTH:
            return add_months(day, self.length)
        if self.unit is ClockUnit.WORKING_DAY:
            return calendar.add(day, self.length)
        return day + timedelta(days=self.length)


@dataclass(frozen=True, slots=True, order=True)
class MonthDay:
    """A day of every year, e.g. 30 April. 29 February is not one."""

    month: int
    day: int

    def on(self, year: int) -> date:
        """This day in the given year."""
        return date(year, self.month, self.day)


def last_day_before(day: date) -> date:
    """The last day that is still "trước" (strictly before) `day`."""
    return day - timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later; the month's last day where it has no such day."""
    years, month0 = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month0 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def read_step(entry: Mapping[str, Any]) -> Step:
    """A step of a document: `{"length", "unit"}` or `{"to"}`. Raises KeyError or ValueError when it is neither."""
    if entry.get("to") is not None:
        return Step(roll=Roll(entry["to"]))
    return Step(int(entry["length"]), ClockUnit(entry["unit"]))


def read_month_day(value: str) -> MonthDay:
    """A day written MM-DD. Raises ValueError when no year without exception has it."""
    month, day = (int(part) for part in value.split("-"))
    date(2023, month, day)
    return MonthDay(month, day)
