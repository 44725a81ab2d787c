"""Sending notices: lease, claim, record. Nothing here holds a connection while mail is on its way."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.domain.deliveries import Letter, retry_seconds

LEASE_SECONDS = 30
SENDING_SECONDS = 60
"""A claim older than this belongs to a worker that died: no task may run longer than 25 s."""

_LEASE = text(
    """
    UPDATE notices SET leased_until = now() + make_interval(secs => :lease)
    WHERE id IN (SELECT id FROM notices WHERE state = 'created' AND next_try_at <= now() AND leased_until <= now()
                 ORDER BY next_try_at, id LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING id
    """
)
# What makes the notice pointless is looked up live: a duty met a moment ago is not reminded of. The days are counted
# anew, for a notice that waited while the mail server was down.
_CLAIM = text(
    """
    WITH found AS (
        SELECT n.id, CASE
            WHEN n.give_up_at <= now() THEN 'gave_up'
            WHEN o.id IS NULL THEN NULL
            WHEN o.state NOT IN ('open', 'missed') THEN o.state
            WHEN o.due_on IS DISTINCT FROM n.due_on THEN 'deadline_moved'
            WHEN n.step <= 0 AND o.due_at <= programme_now() THEN 'deadline_passed'
            WHEN (SELECT count(DISTINCT item) FROM obligation_fulfilments f WHERE f.obligation_id = o.id) >= o.total
                THEN 'met'
            END AS obstacle,
            CASE WHEN o.id IS NULL THEN '{}' ELSE jsonb_build_object(
                'days_left', n.due_on - public.legal_date(programme_now()),
                'days_late', public.legal_date(programme_now()) - n.due_on) END AS today
        FROM notices n LEFT JOIN obligations o ON o.id = n.obligation_id
        WHERE n.id = :id AND n.state = 'created' AND n.next_try_at <= now()
        FOR UPDATE OF n SKIP LOCKED
    )
    UPDATE notices n
    SET state = CASE WHEN found.obstacle IS NULL THEN 'sending'
                     WHEN found.obstacle = 'gave_up' THEN 'failed' ELSE 'cancelled' END,
        parameters = n.parameters || found.today, reason = found.obstacle, attempts = n.attempts + 1, claimed_at = now()
    FROM found, notice_templates t
    WHERE n.id = found.id AND t.code = n.template_code AND t.version = n.template_version
    RETURNING n.id, n.state, n.attempts, n.most_tries, n.first_retry_seconds, n.longest_retry_seconds,
              n.recipient_name, n.address, n.parameters, t.subject, t.body, t.html
    """
)
_SENT = text(
    """
    UPDATE notices SET state = 'sent', sent_at = programme_now(), reason = NULL, last_error = NULL
    WHERE id = :id AND attempts = :attempt AND state IN ('sending', 'unknown')
    """
)
_REFUSED = text(
    """
    UPDATE notices
    SET refusals = refusals + 1, last_error = :error,
        state = CASE WHEN refusals + 1 >= most_tries THEN 'failed' ELSE 'created' END,
        reason = CASE WHEN refusals + 1 >= most_tries THEN 'refused' END,
        next_try_at = now() + make_interval(secs => :pause), leased_until = now()
    WHERE id = :id AND attempts = :attempt AND state = 'sending'
    """
)
_POSTPONED = text(
    """
    UPDATE notices
    SET state = 'created', last_error = :error, leased_until = now(),
        next_try_at = now() + make_interval(secs => :pause)
    WHERE id = :id AND attempts = :attempt AND state = 'sending'
    """
)
_UNKNOWN = text(
    """
    UPDATE notices SET state = 'unknown', reason = 'unconfirmed', last_error = :error
    WHERE id = :id AND attempts = :attempt AND state = 'sending'
    """
)
_GIVE_UP = text(
    """
    UPDATE notices SET state = CASE state WHEN 'sending' THEN 'unknown' ELSE 'failed' END,
                       reason = CASE state WHEN 'sending' THEN 'worker_died' ELSE 'gave_up' END
    WHERE id IN (
        SELECT id FROM notices
        WHERE (state = 'sending' AND claimed_at < now() - make_interval(secs => :sending))
           OR (state = 'created' AND give_up_at <= now())
        ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED)
    """
)


class DeliveryRepository:
    """The life of a notice between `created` and its end."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lease(self, limit: int) -> list[UUID]:
        """Notices to put into the task queue. Each comes again after the lease, in case Redis lost it."""
        rows = await self._session.execute(_LEASE, {"lease": LEASE_SECONDS, "limit": limit})
        return list(rows.scalars())

    async def claim(self, notice_id: UUID) -> Letter | None:
        """Mark the notice as being sent and return it; None when another has it, or it is not to be sent any more."""
        row = (await self._session.execute(_CLAIM, {"id": notice_id})).one_or_none()
        if row is None or row.state != "sending":
            return None
        return Letter(
            notice_id=row.id,
            attempt=row.attempts,
            most_tries=row.most_tries,
            first_retry_seconds=row.first_retry_seconds,
            longest_retry_seconds=row.longest_retry_seconds,
            name=row.recipient_name,
            address=row.address,
            subject=row.subject,
            body=row.body,
            html=row.html,
            parameters=row.parameters,
        )

    async def record_sent(self, letter: Letter) -> None:
        """The server took it. Also ends `unknown`, should the answer come after the claim had timed out."""
        await self._session.execute(_SENT, {"id": letter.notice_id, "attempt": letter.attempt})

    async def record_refused(self, letter: Letter, error: str) -> None:
        """The server refused it: tried again later, and `failed` after the policy's tries."""
        values = {"id": letter.notice_id, "attempt": letter.attempt, "error": error, "pause": retry_seconds(letter)}
        await self._session.execute(_REFUSED, values)

    async def record_postponed(self, letter: Letter, error: str) -> None:
        """The server was not reached: tried again later, until the policy's time is over; no try is used up."""
        values = {"id": letter.notice_id, "attempt": letter.attempt, "error": error, "pause": retry_seconds(letter)}
        await self._session.execute(_POSTPONED, values)

    async def record_unknown(self, letter: Letter, error: str) -> None:
        """The connection broke after the text had left: it may have arrived, so it is never sent again by itself."""
        await self._session.execute(_UNKNOWN, {"id": letter.notice_id, "attempt": letter.attempt, "error": error})

    async def give_up(self) -> None:
        """End what outlived its time: a dead worker's claim as `unknown`, a notice past its life as `failed`."""
        await self._session.execute(_GIVE_UP, {"sending": SENDING_SECONDS})
