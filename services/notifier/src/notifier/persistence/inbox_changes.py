"""Changes of inboxes: numbered after commit, read by who follows, and the connection that hears of new ones.

Numbers that transactions take while they run would be seen out of order: the later may commit first, and who has read
it would never ask for the earlier. So changes are written without one, and get it from one transaction at a time that
sees only what is committed.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.engine import Database

BATCH = 5000
KEEP_DAYS = 30
"""So long somebody can take up a broken stream; later he reads his inbox anew."""
MOST_READ = 100
CHANNEL = "notifier_inbox"

_WAITING = text("SELECT EXISTS (SELECT FROM inbox_changes WHERE position IS NULL)")
_LOCK = text("SELECT position FROM inbox_positions FOR UPDATE")
# A statement of its own after the lock: it must see what the one before us committed.
_NUMBER = text(
    """
    WITH waiting AS (
        SELECT id, row_number() OVER (ORDER BY id) AS n
        FROM (SELECT id FROM inbox_changes WHERE position IS NULL ORDER BY id LIMIT :batch) w
    ), numbered AS (
        UPDATE inbox_changes c SET position = CAST(:position AS bigint) + w.n FROM waiting w WHERE c.id = w.id
        RETURNING 1
    )
    UPDATE inbox_positions SET position = position + (SELECT count(*) FROM numbered)
    RETURNING position - CAST(:position AS bigint)
    """
)
_TOUCHED = text(
    """
    SELECT p.position, coalesce(array_agg(DISTINCT c.person_id) FILTER (WHERE c.person_id IS NOT NULL), '{}') AS people
    FROM inbox_positions p
    LEFT JOIN inbox_changes c ON c.position > :after AND c.position <= p.position AND c.person_id = ANY(:people)
    GROUP BY p.position
    """
)
_READ = text(
    """
    SELECT position, kind, notice_id FROM inbox_changes
    WHERE person_id = :person AND position > :after ORDER BY position LIMIT :most
    """
)
_FORGET = text(
    """
    WITH old AS (
        DELETE FROM inbox_changes WHERE id IN (
            SELECT id FROM inbox_changes
            WHERE position IS NOT NULL AND created_at < now() - make_interval(days => :days)
            ORDER BY position LIMIT :batch)
        RETURNING position)
    UPDATE inbox_positions SET forgotten = greatest(forgotten, (SELECT max(position) FROM old))
    WHERE EXISTS (SELECT FROM old)
    """
)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a person's inbox."""

    position: int
    kind: str
    notice_id: UUID


@dataclass(frozen=True, slots=True)
class Reach:
    """Numbers that can be asked for: `last` is the newest, those up to `forgotten` are gone."""

    last: int
    forgotten: int


class InboxChangeRepository:
    """Numbers and reads changes."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def number(self) -> bool:
        """Give committed changes their numbers; whether there may be more."""
        if not (await self._session.execute(_WAITING)).scalar_one():
            return False
        position = (await self._session.execute(_LOCK)).scalar_one()
        given = await self._session.execute(_NUMBER, {"position": position, "batch": BATCH})
        return int(given.scalar_one()) == BATCH

    async def touched(self, after: int, people: Collection[UUID]) -> tuple[int, set[UUID]]:
        """(the newest number, whom of these people changes after `after` concern)."""
        row = (await self._session.execute(_TOUCHED, {"after": after, "people": list(people)})).one()
        return row.position, set(row.people)

    async def reach(self) -> Reach:
        """What can be asked for now."""
        row = (await self._session.execute(text("SELECT position, forgotten FROM inbox_positions"))).one()
        return Reach(row.position, row.forgotten)

    async def after(self, person_id: UUID, position: int) -> Sequence[Change]:
        """The person's next changes, at most `MOST_READ`."""
        values = {"person": person_id, "after": position, "most": MOST_READ}
        return [Change(**row) for row in (await self._session.execute(_READ, values)).mappings()]

    async def forget(self) -> None:
        """Drop what is too old to be taken up again, a batch at a time."""
        await self._session.execute(_FORGET, {"days": KEEP_DAYS, "batch": BATCH})


@asynccontextmanager
async def hearing(database: Database, rung: asyncio.Event) -> AsyncIterator[asyncio.Event]:
    """A connection that sets `rung` whenever a transaction changed inboxes; yields what is set when it is lost."""
    lost = asyncio.Event()
    connection = await asyncpg.connect(database.url, timeout=5, server_settings={"application_name": "notifier-inbox"})
    try:
        connection.add_termination_listener(lambda _connection: lost.set())
        await connection.add_listener(CHANNEL, lambda *_told: rung.set())
        yield lost
    finally:
        await connection.close(timeout=2)
