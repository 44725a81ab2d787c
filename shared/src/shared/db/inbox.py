"""The subscriber's half of event delivery: an event has its effect once, however often it arrives."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_TAKE = text(
    """
    INSERT INTO inbox (event_id, consumer, type)
    SELECT id, :consumer, type FROM unnest(CAST(:ids AS uuid[]), CAST(:types AS text[])) AS e(id, type) ORDER BY id
    ON CONFLICT DO NOTHING RETURNING event_id
    """
)


async def take_new(session: AsyncSession, consumer: str, events: Sequence[tuple[UUID, str]]) -> set[UUID]:
    """Mark events as received and return those that were not yet; waits for a concurrent receiver of the same."""
    rows = await session.execute(
        _TAKE, {"consumer": consumer, "ids": [i for i, _ in events], "types": [kind for _, kind in events]}
    )
    return set(rows.scalars())


async def release(session: AsyncSession, consumer: str, ids: Sequence[UUID]) -> None:
    """Forget events whose effect failed, so that they can come again."""
    await session.execute(
        text("DELETE FROM inbox WHERE consumer = :consumer AND event_id = ANY(CAST(:ids AS uuid[]))"),
        {"consumer": consumer, "ids": list(ids)},
    )
