"""Which days offices work in Vietnam: public holidays by rule, swapped days as data, a year's notice over both."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import holidays

from notifier.data import read_json
from notifier.domain.clocks import REST_WEEKDAYS, WorkingDays

PRESET_SOURCE = (
    "Bộ luật Lao động 2019, Điều 112 (tính theo thư viện holidays); ngày hoán đổi theo các thông báo đã biết"
)


@dataclass(frozen=True, slots=True)
class DayNote:
    """A day and why it differs."""

    date: date
    note: str


@dataclass(frozen=True, slots=True)
class YearCalendar:
    """The days of one year on which offices rest besides weekends, and the weekend days on which they work."""

    year: int
    days_off: tuple[DayNote, ...]
    working_rest_days: tuple[DayNote, ...]
    source: str


@cache
def preset(year: int) -> YearCalendar:
    """What the rules of the Labour Code and the shipped swaps say of a year, until its notice is imported."""
    document = read_json("calendars/vietnam.json")
    by_rule = holidays.country_holidays("VN", years=year)
    off = {day: str(name) for day, name in by_rule.items()} | _of_year(document["days_off"], year)
    worked = _of_year(document["working_rest_days"], year)
    return YearCalendar(year, _notes(off), _notes(worked), PRESET_SOURCE)


def working_days(calendars: Iterable[YearCalendar]) -> WorkingDays:
    """The days of several years together."""
    known = list(calendars)
    return WorkingDays(
        frozenset(note.date for calendar in known for note in calendar.days_off),
        frozenset(note.date for calendar in known for note in calendar.working_rest_days),
    )


def contradiction(calendar: YearCalendar) -> tuple[str, int, str] | None:
    """(list, position, code) of the first entry that cannot be right: another year, twice, or no weekend day worked."""
    off = {note.date for note in calendar.days_off}
    for name, notes in (("days_off", calendar.days_off), ("working_rest_days", calendar.working_rest_days)):
        seen: set[date] = set()
        for position, note in enumerate(notes):
            if note.date.year != calendar.year:
                return name, position, "other_year"
            if note.date in seen:
                return name, position, "twice"
            seen.add(note.date)
            if name == "working_rest_days" and note.date.weekday() not in REST_WEEKDAYS:
                return name, position, "no_weekend"
            if name == "working_rest_days" and note.date in off:
                return name, position, "off_too"
    return None


def _of_year(entries: Iterable[Mapping[str, Any]], year: int) -> dict[date, str]:
    dated = ((date.fromisoformat(entry["date"]), str(entry["note"])) for entry in entries)
    return {day: note for day, note in dated if day.year == year}


def _notes(days: Mapping[date, str]) -> tuple[DayNote, ...]:
    return tuple(DayNote(day, days[day]) for day in sorted(days))
