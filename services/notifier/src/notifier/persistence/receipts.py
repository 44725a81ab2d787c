"""What providers said later: kept once for each outcome, applied so that no status ever moves back."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.domain.receipts import Receipt

# The channel must be the notice's: a provider speaks only of what it was given.
_KEEP = text(
    """
    INSERT INTO receipts (id, notice_id, outcome, reason, dead)
    SELECT uuidv7(), n.id, r.outcome, r.reason, r.dead
    FROM unnest(CAST(:ids AS uuid[]), CAST(:outcomes AS text[]), CAST(:reasons AS text[]), CAST(:dead AS boolean[]))
         AS r (id, outcome, reason, dead)
    JOIN notices n ON n.id = r.id AND n.channel = :channel
    ON CONFLICT (notice_id, outcome) DO NOTHING
    """
)
_KNOWN = text("SELECT count(*) FROM notices WHERE id = ANY(:ids) AND channel = :channel")
# Ranks: sent or unknown, then failed as undelivered, then delivered. What is still being sent waits.
_APPLY = text(
    """
    WITH told AS (
        SELECT r.notice_id, bool_or(r.outcome = 'delivered') AS delivered, min(r.reason) AS reason
        FROM receipts r WHERE r.notice_id IN (SELECT p.notice_id FROM receipts p WHERE NOT p.applied LIMIT 1000)
        GROUP BY r.notice_id
    ), found AS (
        SELECT n.id, n.state, n.reason AS was, t.delivered, t.reason
        FROM told t JOIN notices n ON n.id = t.notice_id
        WHERE n.state <> 'sending' FOR UPDATE OF n SKIP LOCKED
    ), moved AS (
        UPDATE notices n
        SET state = CASE WHEN f.delivered THEN 'delivered' ELSE 'failed' END,
            reason = CASE WHEN NOT f.delivered THEN f.reason END,
            sent_at = coalesce(n.sent_at, programme_now()),
            delivered_at = CASE WHEN f.delivered THEN programme_now() END
        FROM found f
        WHERE n.id = f.id AND (f.state IN ('sent', 'unknown')
              OR f.state = 'created' AND n.uncertain_at IS NOT NULL
              OR f.delivered AND f.state = 'failed' AND EXISTS (
                  SELECT FROM receipts r WHERE r.notice_id = n.id AND r.outcome = 'undelivered'))
    )
    UPDATE receipts SET applied = true WHERE NOT applied AND notice_id IN (SELECT id FROM found)
    """
)
_BURY = text(
    """
    INSERT INTO contacts (id, version, person_id, channel, address, origin, verified_at, dead_at, dead_because)
    SELECT DISTINCT ON (n.person_id, n.channel, n.address)
           uuidv7(), 1, n.person_id, n.channel, n.address, 'office', now(), now(), :because
    FROM notices n WHERE n.id = ANY(:ids) AND n.address IS NOT NULL
    ON CONFLICT (person_id, channel, address) DO UPDATE
    SET dead_at = excluded.dead_at, dead_because = excluded.dead_because, version = contacts.version + 1,
        updated_at = now()
    WHERE contacts.dead_at IS NULL
    """
)
# The person's next address on the channel takes over, before the next channel of the chain does.
_TURN = text(
    """
    UPDATE notices n SET fallbacks = array_prepend(n.channel, n.fallbacks)
    WHERE n.id = ANY(:ids) AND n.state IN ('sending', 'sent', 'unknown', 'failed') AND NOT n.followed
      AND n.contact_id IS NULL AND NOT n.channel = ANY(n.fallbacks)
      AND (EXISTS (SELECT FROM contact_points p
                   WHERE p.person_id = n.person_id AND p.channel = n.channel AND p.obstacle IS NULL)
           OR n.channel = 'email' AND EXISTS (
                   SELECT FROM (SELECT a.email FROM appointment_projections a WHERE a.person_id = n.person_id
                                ORDER BY a.revision DESC, a.id LIMIT 1) office
                   WHERE office.email IS NOT NULL AND NOT EXISTS (
                       SELECT FROM contacts d WHERE d.person_id = n.person_id AND d.channel = 'email'
                       AND d.address = office.email AND d.dead_at IS NOT NULL)))
    """
)


class ReceiptRepository:
    """Receipts of notices that were handed over."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep(self, channel: str, receipts: Sequence[Receipt]) -> int:
        """Keep and apply them, again without effect if known; returns how many speak of notices of this channel."""
        ids = [receipt.notice_id for receipt in receipts]
        await self._session.execute(
            _KEEP,
            {
                "channel": channel,
                "ids": ids,
                "outcomes": [receipt.outcome for receipt in receipts],
                "reasons": [receipt.reason for receipt in receipts],
                "dead": [receipt.dead for receipt in receipts],
            },
        )
        await self.apply()
        for reason in {receipt.reason for receipt in receipts if receipt.dead}:
            buried = [receipt.notice_id for receipt in receipts if receipt.dead and receipt.reason == reason]
            await self.bury(buried, reason, channel=channel)
        return int((await self._session.execute(_KNOWN, {"ids": ids, "channel": channel})).scalar_one())

    async def apply(self) -> None:
        """Move the notices to what was told of them; those still being sent follow when that is recorded."""
        await self._session.execute(_APPLY)

    async def bury(self, notice_ids: Sequence[UUID], because: str, *, channel: str | None = None) -> None:
        """The addresses of these notices reach nobody any more; they are passed over until somebody proves them anew.

        Who has another address on the channel is told there.
        """
        if channel is not None:
            own = await self._session.execute(
                text("SELECT id FROM notices WHERE id = ANY(:ids) AND channel = :channel"),
                {"ids": list(notice_ids), "channel": channel},
            )
            notice_ids = list(own.scalars())
        await self._session.execute(_BURY, {"ids": list(notice_ids), "because": because})
        await self._session.execute(_TURN, {"ids": list(notice_ids)})
