"""Definitions of recurring duties, and the work of making the duties of each year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.domain.recurrence import DutyCalendar
from notifier.persistence.tables.duties import DutyCalendarRow, DutyPlan
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound

PLANS = 20
"""Plans leased at once: each asks registry for units and writes some hundred duties."""
LEASE_SECONDS = 60

_ENSURE = text(
    """
    INSERT INTO duty_plans (id, calendar_id, year)
    SELECT uuidv7(), c.id, y FROM duty_calendars c, generate_series(:year - 1, :year + 1) AS y
    WHERE c.published IS NOT NULL
    ON CONFLICT (calendar_id, year) DO NOTHING
    """
)
_LEASE = text(
    """
    UPDATE duty_plans SET next_try_at = now() + make_interval(secs => :lease)
    WHERE id IN (SELECT id FROM duty_plans
                 WHERE (planned_on IS NULL OR planned_on < :today) AND next_try_at <= now()
                   AND year BETWEEN :year - 1 AND :year + 1
                 ORDER BY next_try_at, id LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING id
    """
)
_OFFER = text(
    """
    INSERT INTO duty_calendars AS c (id, version, state, code, title, valid_from, valid_to, source, working_days,
                                     document)
    VALUES (:id, 1, 'draft', :code, :title, :valid_from, :valid_to, :source, :working_days, CAST(:document AS jsonb))
    ON CONFLICT (id) DO NOTHING
    """
)
_REPLAN = text("UPDATE duty_plans SET planned_on = NULL, next_try_at = now() WHERE calendar_id = :id")


@dataclass(frozen=True, slots=True)
class PlanWork:
    """The duties of a definition in a year that are to be made."""

    plan: DutyPlan
    document: Mapping[str, Any]


class DutyCalendarRepository:
    """Reads and writes definitions, and hands out the work of planning."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(self, page: PageRequest) -> tuple[list[DutyCalendarRow], str | None]:
        """A page by id."""
        rows, following = await fetch_page(self._session, select(DutyCalendarRow), (DutyCalendarRow.id,), page)
        return [row[0] for row in rows], following

    async def find(self, calendar_id: str) -> DutyCalendarRow | None:
        """A definition, locked."""
        await self._session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended('duty calendar ' || :id, 0))"), {"id": calendar_id}
        )
        return await self._session.get(DutyCalendarRow, calendar_id, with_for_update=True)

    async def get(self, calendar_id: str) -> DutyCalendarRow:
        """A definition. Raises NotFound without one."""
        row = await self._session.get(DutyCalendarRow, calendar_id)
        if row is None:
            raise NotFound("Không có lịch nghĩa vụ này.", "There is no such duty calendar.")
        return row

    async def offer(self, calendar: DutyCalendar, document: str) -> None:
        """Add a shipped definition as a draft; one that is there already is the province's and stays."""
        await self._session.execute(_OFFER, {**_summary(calendar), "id": calendar.id, "document": document})

    async def keep(self, row: DutyCalendarRow | None, calendar: DutyCalendar, document: Any) -> DutyCalendarRow:
        """Write the newest text of a definition, which makes no duties until it is published."""
        if row is None:
            row = DutyCalendarRow(id=calendar.id, version=0)
            self._session.add(row)
        for name, value in _summary(calendar).items():
            setattr(row, name, value)
        row.document, row.state, row.version = document, "draft", row.version + 1
        await self._session.flush()
        await self._session.refresh(row)
        return row

    async def publish(self, row: DutyCalendarRow, person: str, now: datetime) -> DutyCalendarRow:
        """Let the newest text make duties from now on, and what it made before follow it."""
        row.published, row.state, row.version = row.document, "published", row.version + 1
        row.published_at, row.published_by = now, person
        await self._session.flush()
        await self._session.execute(_REPLAN, {"id": row.id})
        await self._session.refresh(row)
        return row

    async def lease(self, today: date) -> Sequence[UUID]:
        """Plans to be made or looked at again today, each for one worker for a minute."""
        await self._session.execute(_ENSURE, {"year": today.year})
        values = {"year": today.year, "today": today, "lease": LEASE_SECONDS, "limit": PLANS}
        return (await self._session.execute(_LEASE, values)).scalars().all()

    @staticmethod
    def planned(plan: DutyPlan, today: date, duties: int) -> None:
        """The plan is as it should be until tomorrow."""
        plan.planned_on, plan.duties = today, duties
        plan.next_try_at = func.now()  # set by the database

    async def work(self, plan_id: UUID, *, lock: bool = False) -> PlanWork | None:
        """What a plan asks; None once it is gone. With `lock`, one planner at a time."""
        statement = (
            select(DutyPlan, DutyCalendarRow.published)
            .join(DutyCalendarRow, DutyCalendarRow.id == DutyPlan.calendar_id)
            .where(DutyPlan.id == plan_id, DutyCalendarRow.published.is_not(None))
        )
        if lock:
            statement = statement.with_for_update(of=DutyPlan)
        found: Any = (await self._session.execute(statement)).one_or_none()
        return None if found is None else PlanWork(*found)


def _summary(calendar: DutyCalendar) -> dict[str, Any]:
    return {
        "code": calendar.code,
        "title": calendar.title,
        "valid_from": calendar.valid_from,
        "valid_to": calendar.valid_to,
        "source": calendar.source,
        "working_days": calendar.needs_working_days,
    }
