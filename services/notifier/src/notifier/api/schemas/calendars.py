"""Working days on the wire."""

import datetime as dt
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from notifier.domain.working_days import DayNote, YearCalendar
from notifier.persistence.calendars import KnownCalendar

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class DayOff(BaseModel):
    """A day that differs, and why."""

    model_config = ConfigDict(extra="forbid")

    date: dt.date
    note: Words


class CalendarDraft(BaseModel):
    """A year's notice: all its days off besides weekends (Tết, holidays, swapped), and the weekend days worked.

    `source` is the notice's number and date.
    """

    model_config = ConfigDict(extra="forbid")

    days_off: Annotated[list[DayOff], Field(max_length=120)]
    working_rest_days: Annotated[list[DayOff], Field(max_length=60)]
    source: Words

    def calendar(self, year: int) -> YearCalendar:
        """As the domain knows it, in order of date."""
        return YearCalendar(year, _notes(self.days_off), _notes(self.working_rest_days), self.source)


class CalendarRead(BaseModel):
    """The working days of a year. `version` 0: the preset."""

    year: int
    version: int
    days_off: list[DayOff]
    working_rest_days: list[DayOff]
    source: str
    imported_by: str | None
    imported_at: dt.datetime | None

    @classmethod
    def of(cls, known: KnownCalendar) -> Self:
        """The calendar as the API shows it."""
        year = known.calendar
        return cls(
            year=year.year,
            version=known.version,
            days_off=[DayOff(date=note.date, note=note.note) for note in year.days_off],
            working_rest_days=[DayOff(date=note.date, note=note.note) for note in year.working_rest_days],
            source=year.source,
            imported_by=known.imported_by,
            imported_at=known.imported_at,
        )


def _notes(days: list[DayOff]) -> tuple[DayNote, ...]:
    return tuple(DayNote(day.date, day.note) for day in sorted(days, key=lambda one: one.date))
