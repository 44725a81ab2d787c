"""Years of working days as imported; a year that nobody imported follows the preset."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.domain.clocks import WorkingDays
from notifier.domain.working_days import DayNote, YearCalendar, preset, working_days
from notifier.persistence.tables.duties import WorkingCalendarRow

_REPLAN = text(
    """
    UPDATE duty_plans p SET planned_on = NULL, next_try_at = now()
    FROM duty_calendars c WHERE c.id = p.calendar_id AND c.working_days AND abs(p.year - :year) <= 2
    """
)


@dataclass(frozen=True, slots=True)
class KnownCalendar:
    """A year's calendar; `version` 0 is the preset, which nobody imported."""

    calendar: YearCalendar
    version: int = 0
    imported_by: str | None = None
    imported_at: datetime | None = None


class CalendarRepository:
    """Reads and writes years of working days."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, year: int, *, lock: bool = False) -> KnownCalendar:
        """A year's calendar; with `lock` no other import of it gets in between."""
        if lock:
            await self._session.execute(
                text("SELECT pg_advisory_xact_lock(hashtextextended('working calendar ' || :year, 0))"),
                {"year": str(year)},
            )
        row = await self._session.get(WorkingCalendarRow, year)
        return KnownCalendar(preset(year)) if row is None else _known(row)

    async def working_days(self, years: Iterable[int]) -> WorkingDays:
        """Which days offices work in these years."""
        wanted = sorted(set(years))
        rows = await self._session.scalars(select(WorkingCalendarRow).where(WorkingCalendarRow.year.in_(wanted)))
        imported = {row.year: _known(row).calendar for row in rows}
        return working_days(imported.get(year) or preset(year) for year in wanted)

    async def put(self, known: KnownCalendar, person_id: UUID, now: datetime) -> None:
        """Keep an imported year, and have what was planned by working days near it planned anew."""
        calendar = known.calendar
        await self._session.merge(
            WorkingCalendarRow(
                year=calendar.year,
                version=known.version,
                days_off=_json(calendar.days_off),
                working_rest_days=_json(calendar.working_rest_days),
                source=calendar.source,
                person_id=person_id,
                person_name=known.imported_by,
                at=now,
            )
        )
        await self._session.flush()
        await self._session.execute(_REPLAN, {"year": calendar.year})


def _known(row: WorkingCalendarRow) -> KnownCalendar:
    calendar = YearCalendar(row.year, _notes(row.days_off), _notes(row.working_rest_days), row.source)
    return KnownCalendar(calendar, row.version, row.person_name, row.at)


def _notes(entries: list[Any]) -> tuple[DayNote, ...]:
    return tuple(DayNote(date.fromisoformat(entry["date"]), entry["note"]) for entry in entries)


def _json(notes: Iterable[DayNote]) -> list[dict[str, str]]:
    return [{"date": note.date.isoformat(), "note": note.note} for note in notes]
