"""Duties that come again each period: definitions as data, and the days they fall on in a year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from notifier.domain.clocks import (
    ClockUnit,
    MonthDay,
    Step,
    WorkingDays,
    add_months,
    last_day_before,
    read_month_day,
    read_step,
)
from notifier.domain.duties import Act
from shared.clock import end_of
from shared.contracts.roles import Level, Role


class Every(StrEnum):
    """How often a duty comes: each of these periods, or on some days of every year."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    DATES = "dates"


MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF: 6, Every.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Superior:
    """Who stands above a unit: the holder of a role in the unit of this level that it belongs to."""

    level: Level
    role: Role


@dataclass(frozen=True, slots=True)
class Audience:
    """All units of a level that exist on the due date (of the province `within`, where one is named)."""

    level: Level
    within: str | None
    responsible: Role
    superiors: tuple[Superior, ...]
    """The first whose unit there is stands above: communes had districts until July 2025."""


@dataclass(frozen=True, slots=True)
class DutyCalendar:
    """A definition of a recurring duty."""

    id: str
    code: str
    title: str
    title_en: str
    source: str
    valid_from: date
    valid_to: date | None
    who: tuple[Audience, ...]
    every: Every
    dates: tuple[MonthDay, ...]
    from_end: bool
    strictly_before: bool
    steps: tuple[Step, ...]
    opens_days_before: int | None
    fulfilled_by: tuple[str, ...]
    officials_may: tuple[Act, ...]

    @property
    def needs_working_days(self) -> bool:
        """Whether its days depend on which days offices work."""
        return any(step.needs_working_days for step in self.steps)

    def titles(self, occurrence: "Occurrence") -> tuple[str, str]:
        """The Vietnamese and the English title. Raises KeyError for a detail there is not."""
        return (
            self.title.format(period=occurrence.label, due_on=f"{occurrence.due_on:%d/%m/%Y}"),
            self.title_en.format(period=occurrence.label_en, due_on=occurrence.due_on.isoformat()),
        )


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A duty's period with its days. `counts_from`: what was done before belongs to an earlier occurrence."""

    period: str
    label: str
    label_en: str
    opens_on: date | None
    due_on: date
    counts_from: datetime | None


def occurrences(calendar: DutyCalendar, year: int, days: WorkingDays) -> list[Occurrence]:
    """The periods of `year` whose due date lies in the definition's validity, by due date."""
    found = []
    for period, label, label_en, anchor in _periods(calendar, year):
        due_on = _due(calendar, anchor, days)
        if due_on < calendar.valid_from or (calendar.valid_to is not None and due_on > calendar.valid_to):
            continue
        opens = None if calendar.opens_days_before is None else due_on - timedelta(days=calendar.opens_days_before)
        found.append(Occurrence(period, label, label_en, opens, due_on, _counts_from(calendar, anchor, days)))
    return sorted(found, key=lambda one: (one.due_on, one.period))


def _due(calendar: DutyCalendar, anchor: date, days: WorkingDays) -> date:
    day = last_day_before(anchor) if calendar.strictly_before else anchor
    for step in calendar.steps:
        day = step.taken(day, days)
    return day


def _counts_from(calendar: DutyCalendar, anchor: date, days: WorkingDays) -> datetime | None:
    """For days of every year: the end of the day before, because what meets them names a year and no round."""
    if calendar.every is not Every.DATES:
        return None
    anchors = [one.on(anchor.year + shift) for shift in (-1, 0) for one in calendar.dates]
    return end_of(_due(calendar, max(one for one in anchors if one < anchor), days))


def _periods(calendar: DutyCalendar, year: int) -> list[tuple[str, str, str, date]]:
    if calendar.every is Every.DATES:
        days = [one.on(year) for one in calendar.dates]
        return [(day.isoformat(), f"đợt {day:%d/%m/%Y}", f"round of {day.isoformat()}", day) for day in days]
    length = MONTHS[calendar.every]
    periods = []
    for number in range(12 // length):
        begins = date(year, number * length + 1, 1)
        ends = last_day_before(add_months(begins, length))
        names = _names(calendar.every, year, number + 1)
        periods.append((*names, ends if calendar.from_end else begins))
    return periods


def _names(every: Every, year: int, number: int) -> tuple[str, str, str]:
    if every is Every.MONTH:
        return f"{year}-{number:02}", f"tháng {number}/{year}", f"{year}-{number:02}"
    if every is Every.QUARTER:
        return f"{year}-Q{number}", f"quý {number}/{year}", f"Q{number} {year}"
    if every is Every.HALF:
        half = "6 tháng đầu" if number == 1 else "6 tháng cuối"
        return f"{year}-H{number}", f"{half} năm {year}", f"H{number} {year}"
    return str(year), f"năm {year}", str(year)


def read_duty_calendar(document: Mapping[str, Any]) -> DutyCalendar:
    """A definition. Raises KeyError, TypeError or ValueError when it is not one or names what there is not."""
    due = document["due"]
    calendar = DutyCalendar(
        id=document["id"],
        code=document["code"],
        title=document["title"],
        title_en=document["title_en"],
        source=document["source"],
        valid_from=date.fromisoformat(document["valid_from"]),
        valid_to=date.fromisoformat(document["valid_to"]) if document["valid_to"] else None,
        who=tuple(_audience(entry) for entry in document["who"]),
        every=Every(document["every"]),
        dates=tuple(sorted(read_month_day(value) for value in document["dates"])),
        from_end=due["from"] == "end",
        strictly_before=due["strictly_before"],
        steps=tuple(read_step(entry) for entry in due["steps"]),
        opens_days_before=document["opens_days_before"],
        fulfilled_by=tuple(document["fulfilled_by"]),
        officials_may=tuple(Act(act) for act in document["officials_may"]),
    )
    if (calendar.every is Every.DATES) != bool(calendar.dates):
        raise ValueError("dates are given when a duty comes on dates, and only then")
    if calendar.valid_to is not None and calendar.valid_to < calendar.valid_from:
        raise ValueError("valid_to is before valid_from")
    calendar.titles(Occurrence("", "", "", None, calendar.valid_from, None))
    return calendar


def _audience(entry: Mapping[str, Any]) -> Audience:
    above = tuple(Superior(Level(one["level"]), Role(one["role"])) for one in entry["superiors"])
    return Audience(Level(entry["level"]), entry["within"], Role(entry["responsible"]), above)


def reach(calendar: DutyCalendar, year: int) -> Sequence[int]:
    """The years whose working days may decide when the duties of `year` fall."""
    months = sum(abs(step.length) for step in calendar.steps if step.unit is ClockUnit.MONTH)
    days = sum(abs(step.length) for step in calendar.steps if step.unit is not ClockUnit.MONTH)
    span = 1 + months // 12 + days // 200
    return range(year - span - 1, year + span + 1)
