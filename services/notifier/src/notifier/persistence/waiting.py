"""What waits for one person: the open duties of the person, the producers and the offices held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, literal_column, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.persistence.progress import PROGRESS
from notifier.persistence.tables.obligations import Obligation
from shared.db.pages import PageRequest, fetch_page

MOST_COUNTED = 1000
_TABLE = Obligation.__table__.c
_BY_DAY = (_TABLE.listed_on, _TABLE.id)
_BY_CHANGE = (_TABLE.updated_at, _TABLE.id)

# Each half reads one partial index and no table: `obligations_waiting`, `notices_unread`.
COUNTS = """
    SELECT day.today, duties.waiting, duties.overdue, inbox.unread
    FROM (SELECT public.legal_date(programme_now()) AS today) day
    CROSS JOIN LATERAL (
        SELECT count(*) AS waiting, count(*) FILTER (WHERE listed_on < day.today) AS overdue
        FROM (SELECT listed_on FROM obligations
              WHERE owner_key = ANY(CAST(:owners AS text[])) AND state IN ('open', 'missed')<changed>
              LIMIT :most) own) duties
    CROSS JOIN (
        SELECT count(*) AS unread
        FROM (SELECT person_id FROM notices
              WHERE person_id = :person AND channel = 'inbox' AND state = 'sent' AND read_at IS NULL
                AND forgotten_at IS NULL
              LIMIT :most) mine) inbox
"""
"""SQL of the badge."""
_COUNTS = text(COUNTS.replace("<changed>", ""))
_CHANGED_COUNTS = text(COUNTS.replace("<changed>", " AND updated_at >= :since"))


@dataclass(frozen=True, slots=True)
class WaitingDuty:
    """A duty, and how far the work behind it is (JSON) where anything says it."""

    row: Obligation
    work: dict[str, Any] | None


class WaitingRepository:
    """Reads by `owner_key`, which names whose a duty is in one value."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(
        self, owners: Sequence[str], since: datetime | None, page: PageRequest
    ) -> tuple[list[WaitingDuty], str | None]:
        """Open and missed duties by due date, so the overdue first and those without a date last.

        With `since`, instead every own duty that changed at or after it, also those that ended, by time of change.
        """
        statement: Select[*tuple[Any, ...]] = select(Obligation, literal_column(PROGRESS, JSONB)).where(
            Obligation.owner_key.in_(owners)
        )
        if since is None:
            statement = statement.where(text("state IN ('open', 'missed')"))
        else:
            statement = statement.where(Obligation.updated_at >= since)
        rows, following = await fetch_page(self._session, statement, _BY_DAY if since is None else _BY_CHANGE, page)
        return [WaitingDuty(*tuple(row)) for row in rows], following

    async def counts(self, owners: Sequence[str], person_id: UUID, since: datetime | None = None) -> Row[Any]:
        """`today`, `waiting`, `overdue` (at most `MOST_COUNTED`, changed since `since`) and `unread` of the inbox."""
        values = {"owners": list(owners), "person": person_id, "most": MOST_COUNTED}
        if since is None:
            return (await self._session.execute(_COUNTS, values)).one()
        return (await self._session.execute(_CHANGED_COUNTS, values | {"since": since})).one()
