"""The publisher's half of event delivery: rows in Postgres until each subscriber acknowledges.

`insert_events` runs inside the change's own transaction. `claim_deliveries` hands due rows to the relay and sets
their next try, so that what is not acknowledged is sent again, whatever happens to Redis or to the receiver.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.base import Event

MAX_REJECTIONS = 8
"""How often a subscriber may refuse an event before it is set aside as failed, seen and replayable."""

_INSERT = text(
    """
    WITH told AS (
        INSERT INTO outbox_events (id, type, payload, occurred_at, traceparent)
        SELECT id, type, payload::jsonb, :now, traceparent
        FROM unnest(CAST(:ids AS uuid[]), CAST(:types AS text[]), CAST(:payloads AS text[]),
            CAST(:traceparents AS text[])) AS e(id, type, payload, traceparent)
    )
    INSERT INTO outbox_deliveries (event_id, subscriber)
    SELECT * FROM unnest(CAST(:event_ids AS uuid[]), CAST(:subscribers AS text[]))
    """
)

_CLAIM = text(
    """
    WITH due AS (
        SELECT event_id, subscriber FROM outbox_deliveries
        WHERE state = 'waiting' AND next_send_at <= now()
        ORDER BY next_send_at, event_id LIMIT :limit
        FOR UPDATE SKIP LOCKED
    ), sent AS (
        UPDATE outbox_deliveries d
        SET sends = sends + 1, next_send_at = now() + make_interval(secs => least(5 * 2 ^ least(d.sends, 3), 30))
        FROM due WHERE d.event_id = due.event_id AND d.subscriber = due.subscriber
        RETURNING d.event_id, d.subscriber
    )
    SELECT e.id, e.seq, e.type, e.payload::text AS payload, e.occurred_at, e.traceparent, sent.subscriber
    FROM sent JOIN outbox_events e ON e.id = sent.event_id ORDER BY e.seq
    """
)

_ACKNOWLEDGE = text(
    """
    UPDATE outbox_deliveries SET state = 'acknowledged', ended_at = now()
    WHERE subscriber = :subscriber AND event_id = ANY(CAST(:ids AS uuid[])) AND state <> 'acknowledged'
    """
)

_REJECT = text(
    """
    UPDATE outbox_deliveries d
    SET rejections = d.rejections + 1, last_error = r.error,
        state = CASE WHEN d.rejections + 1 >= :most THEN 'failed' ELSE 'waiting' END,
        ended_at = CASE WHEN d.rejections + 1 >= :most THEN now() END,
        next_send_at = now() + make_interval(secs => least(2 ^ d.rejections, 300) * (0.5 + random()))
    FROM unnest(CAST(:ids AS uuid[]), CAST(:errors AS text[])) AS r(id, error)
    WHERE d.event_id = r.id AND d.subscriber = :subscriber AND d.state = 'waiting'
    """
)


@dataclass(frozen=True, slots=True)
class Published:
    """An event that a transaction will tell when it commits, with the trace of what caused it."""

    id: UUID
    event: Event
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one subscriber."""

    id: UUID
    type: str
    payload: dict[str, Any]
    occurred_at: datetime
    traceparent: str | None
    subscriber: str


async def insert_events(session: AsyncSession, events: Sequence[Published], now: datetime) -> None:
    """Write events and one delivery per subscriber, in one statement."""
    deliveries = [(one.id, name) for one in events for name in one.event.subscribers]
    await session.execute(
        _INSERT,
        {
            "now": now,
            "ids": [one.id for one in events],
            "types": [one.event.type for one in events],
            "payloads": [one.event.model_dump_json() for one in events],
            "traceparents": [one.traceparent for one in events],
            "event_ids": [event_id for event_id, _ in deliveries],
            "subscribers": [name for _, name in deliveries],
        },
    )


async def claim_deliveries(session: AsyncSession, limit: int = 1000) -> list[Delivery]:
    """Due deliveries in the order they happened; each is due again in 5 to 30 s unless acknowledged."""
    rows = (await session.execute(_CLAIM, {"limit": limit})).all()
    return [
        Delivery(row.id, row.type, json.loads(row.payload), row.occurred_at, row.traceparent, row.subscriber)
        for row in rows
    ]


async def settle_deliveries(
    session: AsyncSession, subscriber: str, accepted: Sequence[UUID], rejected: Sequence[tuple[UUID, str]]
) -> None:
    """Record what a subscriber answered. A rejected event is tried again, `MAX_REJECTIONS` times at most."""
    if accepted:
        await session.execute(_ACKNOWLEDGE, {"subscriber": subscriber, "ids": list(accepted)})
    if rejected:
        await session.execute(
            _REJECT,
            {
                "subscriber": subscriber,
                "ids": [event_id for event_id, _ in rejected],
                "errors": [error[:2000] for _, error in rejected],
                "most": MAX_REJECTIONS,
            },
        )


async def replay_failed(session: AsyncSession) -> int:
    """Put every failed delivery back in the queue; returns how many."""
    result = await session.execute(
        text(
            "UPDATE outbox_deliveries SET state = 'waiting', rejections = 0, ended_at = NULL, next_send_at = now()"
            " WHERE state = 'failed' RETURNING event_id"
        )
    )
    return len(result.all())
