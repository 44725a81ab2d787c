"""Deleting what has served its time from the tables of shared infrastructure, a bounded batch at a time.

Audit entries and failed tasks are kept: they are for people.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from shared.db.engine import Database

KEYS_KEPT = timedelta(days=7)
"""As long as a client may repeat a POST with its Idempotency-Key."""
EVENTS_KEPT = timedelta(days=14)
"""How long events stay after their last acknowledgement, to look back at what was told."""
INBOX_KEPT = timedelta(days=30)
"""How long a subscriber knows an event again. Must exceed the time in which a publisher may repeat itself."""
BATCH = 2000

_STATEMENTS = (
    """
    DELETE FROM idempotency_keys WHERE (actor, key) IN (
        SELECT actor, key FROM idempotency_keys WHERE created_at < now() - CAST(:keys_kept AS interval)
        ORDER BY created_at LIMIT :batch FOR UPDATE SKIP LOCKED)
    """,
    # Ids are UUIDv7: those of the past are a range of the primary key, so no index by date is needed.
    """
    DELETE FROM inbox WHERE (event_id, consumer) IN (
        SELECT event_id, consumer FROM inbox
        WHERE event_id < :before_inbox AND received_at < now() - CAST(:inbox_kept AS interval)
        ORDER BY event_id LIMIT :batch FOR UPDATE SKIP LOCKED)
    """,
    # An event goes when no delivery of it is open, failed or young; its deliveries go with it (ON DELETE CASCADE).
    """
    DELETE FROM outbox_events WHERE id IN (
        SELECT id FROM outbox_events e
        WHERE id < :before_events AND created_at < now() - CAST(:events_kept AS interval)
        AND NOT EXISTS (
            SELECT FROM outbox_deliveries d WHERE d.event_id = e.id
            AND (d.state <> 'acknowledged' OR d.ended_at >= now() - CAST(:events_kept AS interval)))
        ORDER BY id LIMIT :batch FOR UPDATE SKIP LOCKED)
    """,
)


async def clean(database: Database) -> bool:
    """Delete one batch from each table; says whether there may be more."""
    more = False
    async with database.session() as session:
        now = (await session.execute(text("SELECT extract(epoch FROM now())::float8"))).scalar_one()
    values = {
        "keys_kept": KEYS_KEPT,
        "inbox_kept": INBOX_KEPT,
        "events_kept": EVENTS_KEPT,
        "before_inbox": _first_id_at(now - INBOX_KEPT.total_seconds()),
        "before_events": _first_id_at(now - EVENTS_KEPT.total_seconds()),
        "batch": BATCH,
    }
    for statement in _STATEMENTS:
        async with database.session() as session:
            deleted = await session.execute(text(f"{statement} RETURNING 1"), values)
            more |= len(deleted.all()) >= BATCH
    return more


def _first_id_at(seconds: float) -> UUID:
    """The lowest UUIDv7 of an instant, given in seconds since 1970."""
    return UUID(int=(int(seconds * 1000) << 80) | (0x7 << 76) | (0x2 << 62))
