"""Channels as they are run: paused, offered, tested, and how each does."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.persistence.tables.channels import ChannelRow, TestMode
from notifier.persistence.webhooks import webhook_rules
from shared.errors import NotFound

WITH_ACCOUNT = ("email", "sms", "zns", "webhook", "webpush", "eoffice")
"""Channels that the worker can send through only with an account, a key or a server in its settings."""
SYSTEMS = "webhook"
"""The channel whose queue are deliveries to systems of others, no notices."""
MOST_REPLAYS = 3
"""So often a notice may be taken up again by hand."""

# Ids are UUIDv7: a range of time is a range of the primary key. Counts of waiting rows read partial indexes. What waits
# for systems of others are deliveries: the age of one is that of its life, which a redelivery begins anew.
_OPERATION = text(
    """
    WITH recent AS MATERIALIZED (
        SELECT channel, unit_code, state, reason, cost, segments, sent_at, delivered_at, created_at
        FROM notices WHERE id >= uuidv7(make_interval(days => - CAST(:days AS integer)))
    ), queues AS (
        SELECT c.code, q.* FROM channels c CROSS JOIN LATERAL (
            SELECT (SELECT count(*) FROM notices n WHERE n.channel = c.code AND n.state = 'created') AS waiting,
                   (SELECT min(n.created_at) FROM notices n
                    WHERE n.channel = c.code AND n.state = 'created' AND n.next_try_at <= now()) AS oldest,
                   (SELECT count(*) FROM notices n WHERE n.channel = c.code AND n.state = 'sending') AS sending,
                   (SELECT count(*) FROM notices n WHERE n.channel = c.code AND n.state = 'unknown'
                    AND n.alerted_at IS NOT NULL) AS to_look_into,
                   (SELECT count(*) FROM notices n
                    WHERE n.id >= uuidv7(interval '-1 hour') AND n.channel = c.code) AS made,
                   (SELECT count(*) FROM notices n WHERE n.id >= uuidv7(interval '-1 day')
                    AND n.channel = c.code AND n.state IN ('sent', 'delivered')
                    AND n.claimed_at > now() - interval '1 hour') AS taken) q
        WHERE c.code <> :systems
        UNION ALL
        SELECT :systems, d.waiting, d.oldest, d.sending, 0,
               (SELECT count(*) FROM webhook_deliveries WHERE id >= uuidv7(interval '-1 hour')),
               (SELECT count(*) FROM webhook_deliveries
                WHERE id >= uuidv7(make_interval(secs => - CAST(:life AS integer))) AND state = 'delivered'
                  AND ended_at > now() - interval '1 hour')
        FROM (SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting,
                     min(give_up_at) FILTER (WHERE state = 'waiting' AND next_try_at <= now())
                         - make_interval(secs => CAST(:life AS integer)) AS oldest,
                     count(*) FILTER (WHERE state = 'sending') AS sending
              FROM webhook_deliveries WHERE state IN ('waiting', 'sending')) d
    ), failed AS (
        SELECT channel, state, reason, count(*) AS n FROM recent
        WHERE state IN ('failed', 'unknown', 'skipped') GROUP BY channel, state, reason
        UNION ALL
        SELECT :systems, state, reason, count(*) FROM webhook_deliveries
        WHERE id >= uuidv7(make_interval(days => - CAST(:days AS integer))) AND state IN ('failed', 'cancelled')
        GROUP BY state, reason
    )
    SELECT (SELECT jsonb_agg(jsonb_build_object(
                'code', c.code, 'form', c.form, 'name_vi', c.name_vi, 'name_en', c.name_en, 'offered', c.offered,
                'paused_at', c.paused_at, 'paused_because', c.paused_because, 'price', c.price,
                'waiting', q.waiting, 'oldest_waiting_seconds', extract(epoch FROM now() - q.oldest)::integer,
                'sending', q.sending, 'to_look_into', q.to_look_into, 'made_last_hour', q.made,
                'taken_last_hour', q.taken) ORDER BY c.code)
            FROM channels c JOIN queues q ON q.code = c.code) AS channels,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('channel', channel, 'state', state, 'reason', reason,
                                                         'notices', n) ORDER BY n DESC), '[]')
            FROM failed) AS failures,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('channel', channel, 'unit_code', unit_code, 'notices', n,
                                                         'segments', segments, 'cost', cost)
                                      ORDER BY cost DESC, unit_code, channel), '[]')
            FROM (SELECT channel, unit_code, count(*) AS n, sum(segments) AS segments, sum(cost) AS cost FROM recent
                  WHERE cost IS NOT NULL GROUP BY channel, unit_code) c) AS costs,
           (SELECT jsonb_build_object('enabled', enabled, 'people', people) FROM test_modes) AS test_mode
    """
)
_REPLAY = text(
    """
    UPDATE notices n
    SET state = 'created', reason = NULL, refusals = 0, replays = n.replays + 1, alerted_at = NULL, uncertain_at = NULL,
        failure_told = false,
        next_try_at = now(), leased_until = now(), give_up_at = now() + (n.give_up_at - n.created_at)
    WHERE n.id IN (
        SELECT f.id FROM notices f
        LEFT JOIN obligations o ON o.id = f.obligation_id
        WHERE f.state = 'failed' AND f.forgotten_at IS NULL AND f.replays < :most
          AND (CAST(:id AS uuid) IS NULL OR f.id = :id)
          AND (CAST(:channel AS text) IS NULL OR f.channel = :channel)
          AND (CAST(:reason AS text) IS NULL OR f.reason = :reason)
          AND (o.id IS NULL OR o.state IN ('open', 'missed') AND o.due_on = f.due_on)
          AND (CAST(:id AS uuid) IS NOT NULL OR NOT f.followed)
        ORDER BY f.id LIMIT :limit FOR UPDATE OF f SKIP LOCKED)
    RETURNING n.id
    """
)

# Read from the partial indexes of what waits.
_QUEUES = text(
    """
    SELECT c.code, (c.paused_at IS NOT NULL)::integer AS paused, q.waiting,
           greatest(coalesce(extract(epoch FROM now() - q.oldest), 0), 0)::float AS oldest
    FROM channels c CROSS JOIN LATERAL (
        SELECT count(*) AS waiting, min(n.next_try_at) FILTER (WHERE n.next_try_at <= now()) AS oldest
        FROM notices n WHERE n.channel = c.code AND n.state = 'created'
        UNION ALL
        SELECT count(*), min(d.next_try_at) FILTER (WHERE d.next_try_at <= now())
        FROM webhook_deliveries d WHERE d.state = 'waiting' AND c.code = 'webhook'
        ORDER BY waiting DESC LIMIT 1) q
    WHERE c.sends
    """
)


class ChannelRepository:
    """Reads and switches of channels; their data is loaded by `policies`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, code: str) -> ChannelRow:
        """One channel. Raises NotFound."""
        row = (await self._session.execute(select(ChannelRow).where(ChannelRow.code == code))).scalar_one_or_none()
        if row is None:
            raise NotFound(f"Không có kênh {code}.", f"There is no channel {code}.")
        return row

    async def pause(self, code: str, because: str) -> None:
        """Nothing is sent through it until it is resumed; the first reason stands."""
        await self._session.execute(
            update(ChannelRow)
            .where(ChannelRow.code == code, ChannelRow.paused_at.is_(None))
            .values(paused_at=text("now()"), paused_because=because)
            .execution_options(synchronize_session=False)
        )

    async def resume(self, code: str) -> None:
        """It sends again, what waited first."""
        await self._session.execute(
            update(ChannelRow)
            .where(ChannelRow.code == code)
            .values(paused_at=None, paused_because=None)
            .execution_options(synchronize_session=False)
        )

    async def offer(self, codes: Sequence[str]) -> None:
        """Exactly these of the channels that send have an account."""
        await self._session.execute(
            text(
                "UPDATE channels SET offered = (code = ANY(:codes))"
                " WHERE code = ANY(:of) AND offered IS DISTINCT FROM (code = ANY(:codes))"
            ),
            {"codes": list(codes), "of": list(WITH_ACCOUNT)},
        )

    async def test_mode(self, *, enabled: bool, people: Sequence[UUID]) -> None:
        """While it is on, channels that send reach only these people."""
        await self._session.execute(
            update(TestMode).values(enabled=enabled, people=list(people)).execution_options(synchronize_session=False)
        )

    async def operation(self, days: int) -> Row[Any]:
        """Queues, rates, failures by reason and costs of the last days, in one statement."""
        values = {"days": days, "systems": SYSTEMS, "life": webhook_rules().life}
        return (await self._session.execute(_OPERATION, values)).one()

    async def queues(self) -> Sequence[Row[Any]]:
        """(code, paused, waiting, oldest): the queue of each channel that sends; `oldest` in seconds."""
        return (await self._session.execute(_QUEUES)).all()

    async def replay(
        self, *, notice_id: UUID | None = None, channel: str | None = None, reason: str | None = None, limit: int = 1
    ) -> list[UUID]:
        """Give failed notices a new life; returns which.

        Left alone: those replayed too often, those whose duty is done or moved, and, unless named by id, those that
        went on to another channel.
        """
        values = {"id": notice_id, "channel": channel, "reason": reason, "limit": limit, "most": MOST_REPLAYS}
        return list((await self._session.execute(_REPLAY, values)).scalars())
