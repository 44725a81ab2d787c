"""One request or one task = one transaction, opened at the entry point. Use cases never commit."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import legal_date
from shared.contracts.base import Event
from shared.correlation import traceparent
from shared.db.engine import Database
from shared.db.outbox import Published, insert_events
from shared.ids import new_id


class UnitOfWork:
    """A transaction, its time, and the events it will tell. Services subclass it with their repositories."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.caused_at: datetime | None = None
        """When the event now being received happened at its publisher (programme time); None outside a handler."""
        self._now: datetime | None = None
        self._events: list[Published] = []

    @classmethod
    @asynccontextmanager
    async def open(cls, database: Database) -> AsyncIterator[Self]:
        """Begin; yield; write the events; commit. Any exception rolls everything back, events included."""
        async with database.session() as session:
            uow = cls(session)
            yield uow
            await uow.flush()

    async def flush(self) -> None:
        """Send pending rows and events to the database, inside the transaction."""
        await self.session.flush()
        if self._events:
            now = await self.now()
            events, self._events = self._events, []
            await insert_events(self.session, events, now)

    def forget(self) -> None:
        """Drop what was published since the last flush: the change it would tell was undone.

        A service whose repositories keep rows back until `flush` drops those too.
        """
        self._events.clear()

    async def now(self) -> datetime:
        """The programme's instant for this transaction, decided by the database (`programme_now()`)."""
        if self._now is None:
            self._now = (await self.session.execute(text("SELECT programme_now()"))).scalar_one()
        assert self._now is not None
        return self._now

    async def today(self) -> date:
        """The legal date in Vietnam at `now()`."""
        return legal_date(await self.now())

    def publish(self, event: Event) -> None:
        """Tell the event's subscribers, if and only if this transaction commits."""
        self._events.append(Published(new_id(), event, traceparent()))

    async def audit(
        self, actor: str, action: str, subject: str, subject_id: UUID, details: Mapping[str, Any] | None = None
    ) -> None:
        """Record who did what to which thing; the service's role can add such entries, never change them."""
        written = json.dumps(details or {}, ensure_ascii=False, default=str)
        await self.session.execute(
            text(
                "INSERT INTO audit_entries (actor, action, subject, subject_id, details, at)"
                " VALUES (:actor, :action, :subject, :subject_id, CAST(:details AS jsonb), programme_now())"
            ),
            {"actor": actor, "action": action, "subject": subject, "subject_id": subject_id, "details": written},
        )
