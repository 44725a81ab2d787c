"""Calendar addresses, and what they show: a person's own deadlines and the reminder steps still to come."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.persistence.tables.calendar_feeds import CalendarFeed

MOST_ENTRIES = 500
PAST_DAYS = 60
"""Deadlines that passed stay in the calendar so long."""

# Candidates by index; who really has a duty is decided where it is decided for reminders.
_DUTIES = text(
    """
    WITH offices AS (
        SELECT role, unit_code, producer_id FROM appointment_projections
        WHERE person_id = :person AND valid_from <= :today AND (valid_to IS NULL OR valid_to >= :today)
    ), candidates AS (
        SELECT id FROM obligations WHERE person_id = :person
        UNION SELECT o.id FROM obligations o JOIN offices f ON o.producer_id = f.producer_id
        UNION SELECT o.id FROM obligations o JOIN offices f ON o.unit_code = f.unit_code AND o.responsible = f.role
    )
    SELECT o.id, o.title, o.title_en, o.unit_name, o.due_on, o.state, o.done, o.total, o.source, o.updated_at,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('step', u.step, 'at', u.instant) ORDER BY u.step), '[]')
            FROM unhandled_steps(o) u WHERE o.state IN ('open', 'missed') AND u.instant > :now) AS steps
    FROM obligations o JOIN candidates c ON c.id = o.id
    WHERE o.due_on >= CAST(:today AS date) - CAST(:past AS integer) AND o.state <> 'waived'
      AND EXISTS (SELECT FROM addressees(o, :today) a WHERE a.audience = 'responsible' AND a.person_id = :person)
    ORDER BY o.due_on, o.id LIMIT :most
    """
)


class CalendarFeedRepository:
    """A person's feeds."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, person_id: UUID, token_digest: bytes, label: str | None) -> CalendarFeed:
        """A new address for a person."""
        row = CalendarFeed(person_id=person_id, token_digest=token_digest, label=label)
        self._session.add(row)
        await self._session.flush()
        return row

    async def of(self, person_id: UUID) -> Sequence[CalendarFeed]:
        """A person's addresses, oldest first."""
        statement = select(CalendarFeed).where(CalendarFeed.person_id == person_id).order_by(CalendarFeed.id)
        return (await self._session.execute(statement)).scalars().all()

    async def find(self, person_id: UUID, feed_id: UUID) -> CalendarFeed | None:
        """One of a person's addresses, locked; None when it is not theirs."""
        statement = select(CalendarFeed).where(CalendarFeed.id == feed_id, CalendarFeed.person_id == person_id)
        return (await self._session.execute(statement.with_for_update())).scalar_one_or_none()

    async def holder(self, token_digest: bytes) -> UUID | None:
        """Whose address this is; None when it is unknown or revoked."""
        statement = select(CalendarFeed.person_id).where(
            CalendarFeed.token_digest == token_digest, CalendarFeed.revoked_at.is_(None)
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def duties(self, person_id: UUID, now: datetime, today: date) -> Sequence[Row[Any]]:
        """The person's duties with a deadline, and their steps that are still to come."""
        values = {"person": person_id, "now": now, "today": today, "past": PAST_DAYS, "most": MOST_ENTRIES}
        return (await self._session.execute(_DUTIES, values)).all()
