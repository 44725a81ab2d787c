"""Deliveries to systems of others on their way: lease, claim, record, switch off what never answers."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.persistence.routing import with_routes
from notifier.persistence.webhooks import webhook_rules

LEASE_SECONDS = 30
SENDING_SECONDS = 60
AT_ONCE = 5
"""Deliveries to one endpoint at once; to one that failed last, one."""

# Each endpoint has a share of its own, so that what one keeps waiting delays no other.
_LEASE = text(
    """
    WITH ready AS MATERIALIZED (
        SELECT e.id, CASE WHEN e.failures > 0 THEN 1 ELSE :at_once END
               - (SELECT count(*) FROM webhook_deliveries b WHERE b.endpoint_id = e.id AND b.state = 'sending')
               - (SELECT count(*) FROM webhook_deliveries b WHERE b.endpoint_id = e.id AND b.state = 'waiting'
                  AND b.leased_until > now()) AS room
        FROM webhook_endpoints e
        WHERE e.state = 'active' AND e.rest_until <= now()
          AND EXISTS (SELECT FROM channels WHERE code = 'webhook' AND paused_at IS NULL AND offered)
    )
    UPDATE webhook_deliveries SET leased_until = now() + make_interval(secs => :lease)
    WHERE id IN (
        SELECT d.id FROM ready r CROSS JOIN LATERAL (
            SELECT id FROM webhook_deliveries w
            WHERE w.endpoint_id = r.id AND w.state = 'waiting' AND w.next_try_at <= now() AND w.leased_until <= now()
            ORDER BY w.next_try_at, w.id LIMIT greatest(r.room, 0) FOR UPDATE SKIP LOCKED) d)
    RETURNING id
    """
)
_CLAIM = text(
    """
    WITH found AS (
        SELECT d.id FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
        WHERE d.id = :id AND d.state = 'waiting' AND d.next_try_at <= now() AND d.give_up_at > now()
          AND e.state = 'active' AND e.rest_until <= now()
        FOR UPDATE OF d SKIP LOCKED
    )
    UPDATE webhook_deliveries d SET state = 'sending', attempts = d.attempts + 1, claimed_at = now()
    FROM found, webhook_endpoints e WHERE d.id = found.id AND e.id = d.endpoint_id
    RETURNING d.id, d.endpoint_id, d.attempts, d.tries, d.payload, e.url, e.secret,
              CASE WHEN e.old_secret_until > now() THEN e.old_secret END AS old_secret, now() AS at
    """
)
_ATTEMPT = text(
    """
    INSERT INTO webhook_attempts (delivery_id, attempt, began_at, milliseconds, status, error)
    VALUES (:id, :attempt, :began, :milliseconds, :status, :error) ON CONFLICT DO NOTHING
    """
)
_DELIVERED = text(
    """
    WITH done AS (
        UPDATE webhook_deliveries SET state = 'delivered', reason = NULL, ended_at = now()
        WHERE id = :id AND attempts = :attempt AND state IN ('sending', 'waiting') RETURNING endpoint_id)
    UPDATE webhook_endpoints SET failures = 0, failing_since = NULL, rest_until = now(), last_success_at = now()
    WHERE id IN (SELECT endpoint_id FROM done)
    """
)
_FAILED = text(
    """
    UPDATE webhook_deliveries
    SET tries = tries + 1, state = CASE WHEN :last THEN 'failed' ELSE 'waiting' END,
        reason = :reason, next_try_at = now() + make_interval(secs => :pause), leased_until = now(),
        ended_at = CASE WHEN :last THEN now() END
    WHERE id = :id AND attempts = :attempt AND state = 'sending'
    RETURNING endpoint_id
    """
)
_REST = text(
    """
    UPDATE webhook_endpoints
    SET failures = failures + 1, failing_since = coalesce(failing_since, :began),
        rest_until = now() + make_interval(secs => (CAST(:rests AS integer[]))[
            least(failures + 1, cardinality(CAST(:rests AS integer[])))])
    WHERE id = :endpoint
    """
)
_DISABLE = text(
    """
    WITH ended AS (
        UPDATE webhook_endpoints
        SET state = 'disabled', because = :because, disabled_at = now(), version = version + 1, updated_at = now()
        WHERE state = 'active' AND (id = CAST(:only AS uuid) OR CAST(:only AS uuid) IS NULL
              AND failures >= :least AND failing_since < now() - make_interval(secs => :after))
        RETURNING id)
    UPDATE webhook_deliveries SET state = 'cancelled', reason = 'endpoint_disabled', ended_at = now()
    WHERE state = 'waiting' AND endpoint_id IN (SELECT id FROM ended)
    """
)
_END = text(
    """
    UPDATE webhook_deliveries
    SET state = CASE WHEN give_up_at <= now() THEN 'failed' ELSE 'waiting' END,
        reason = CASE WHEN give_up_at <= now() THEN 'gave_up' ELSE 'worker_died' END,
        tries = tries + CASE state WHEN 'sending' THEN 1 ELSE 0 END,
        ended_at = CASE WHEN give_up_at <= now() THEN now() END, leased_until = now()
    WHERE id IN (
        SELECT id FROM webhook_deliveries
        WHERE state = 'sending' AND claimed_at < now() - make_interval(secs => :sending)
           OR state = 'waiting' AND give_up_at <= now()
        ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED)
    """
)
_CLEAN = text(
    """
    DELETE FROM webhook_deliveries WHERE id IN (
        SELECT id FROM webhook_deliveries
        WHERE id < uuidv7(make_interval(days => - CAST(:days AS integer))) AND state NOT IN ('waiting', 'sending')
        ORDER BY id LIMIT 1000)
    """
)
# One notice an endpoint, day and channel: its number keeps those of one owner apart. The tries are the default
# policy's.
_TELL_OWNERS = text(
    with_routes("""
    WITH <words>, off AS MATERIALIZED (
        SELECT * FROM webhook_endpoints WHERE state = 'disabled' AND owner_told_at IS NULL
        ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED
    ), told AS MATERIALIZED (
        SELECT off.id AS told, off.owner_id AS person_id, 'webhook_disabled' AS template_code, 'webhook' AS kind,
               NULL AS duty_code,
               CAST(:chains AS jsonb) AS chains,
               (SELECT a.email FROM appointment_projections a WHERE a.person_id = off.owner_id
                ORDER BY a.revision DESC, a.id LIMIT 1) AS email
        FROM off
    ), <routed>, made AS (
        INSERT INTO notices (
            id, due_on, step, kind, unit_code, person_id, recipient_name, address, channel, fallbacks,
            template_code, template_form, template_version, parameters, <life>)
        SELECT uuidv7(), CAST(:today AS date), off.number, 'webhook', off.unit_code, off.owner_id, off.owner_name,
               r.address, r.channel, r.fallbacks, 'webhook_disabled', r.form, r.words_version,
               jsonb_build_object('recipient', off.owner_name, 'endpoint', off.name, 'because', off.because,
                                  'failing_since', public.legal_date(coalesce(off.failing_since, off.disabled_at))),
               <begun>
        FROM routed r JOIN off ON off.id = r.told
        CROSS JOIN (SELECT * FROM reminder_policies WHERE state = 'published' AND code = '*'
                    ORDER BY valid_from DESC LIMIT 1) p
        WHERE r.words_version IS NOT NULL
        ON CONFLICT ON CONSTRAINT notices_once DO NOTHING
    )
    UPDATE webhook_endpoints SET owner_told_at = now() WHERE id IN (SELECT id FROM off)
    """)
)
OWNER_CHAINS = [["inbox"], ["email"]]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed delivery. Secrets are sealed; `old_secret` is there while it is live too."""

    id: UUID
    endpoint_id: UUID
    attempts: int
    tries: int
    payload: dict[str, Any]
    url: str
    secret: bytes
    old_secret: bytes | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Tried:
    """How a try went: a status, or an error."""

    milliseconds: int
    status: int | None
    error: str | None


class WebhookDeliveryRepository:
    """The life of a delivery. Nothing here holds a connection while a message is on its way."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lease(self) -> list[UUID]:
        """Deliveries to put into the task queue now, a few for each endpoint that does not rest."""
        return list((await self._session.execute(_LEASE, {"lease": LEASE_SECONDS, "at_once": AT_ONCE})).scalars())

    async def claim(self, delivery_id: UUID) -> Parcel | None:
        """Mark it as being sent and return it; None when another has it or its endpoint is not told now."""
        row = (await self._session.execute(_CLAIM, {"id": delivery_id})).mappings().one_or_none()
        return Parcel(**row) if row else None

    async def record_delivered(self, parcel: Parcel, tried: Tried) -> None:
        """The endpoint took it: it is well again."""
        await self._attempt(parcel, tried)
        await self._session.execute(_DELIVERED, {"id": parcel.id, "attempt": parcel.attempts})

    async def record_failed(self, parcel: Parcel, tried: Tried, *, reason: str, pause: float | None) -> None:
        """Tried again after `pause` seconds, or never without one. The endpoint rests meanwhile, longer each time."""
        await self._attempt(parcel, tried)
        values = {"id": parcel.id, "attempt": parcel.attempts, "reason": reason}
        values |= {"pause": pause or 0.0, "last": pause is None}
        if (await self._session.execute(_FAILED, values)).one_or_none() is not None:
            rests = {"endpoint": parcel.endpoint_id, "rests": list(webhook_rules().rests), "began": parcel.at}
            await self._session.execute(_REST, rests)

    async def disable(self, because: str, endpoint_id: UUID | None = None) -> None:
        """Switch off one endpoint, or without one all at which nothing arrived for too long."""
        rules = webhook_rules()
        values = {"because": because, "only": endpoint_id, "least": rules.least_failures, "after": rules.disable_after}
        await self._session.execute(_DISABLE, values)

    async def tell_owners(self, now: datetime, today: date) -> None:
        """A notice to the owner of each endpoint that was switched off."""
        values = {"now": now, "today": today, "chains": json.dumps(OWNER_CHAINS)}
        await self._session.execute(_TELL_OWNERS, values)

    async def end(self) -> None:
        """Deliveries of workers that died are tried again, as one try more; those past their life have failed."""
        await self._session.execute(_END, {"sending": SENDING_SECONDS})

    async def clean(self) -> None:
        """Forget what ended long ago."""
        await self._session.execute(_CLEAN, {"days": webhook_rules().keep_days})

    async def _attempt(self, parcel: Parcel, tried: Tried) -> None:
        values: dict[str, Any] = {"id": parcel.id, "attempt": parcel.attempts, "began": parcel.at}
        values |= {"milliseconds": tried.milliseconds, "status": tried.status, "error": tried.error}
        await self._session.execute(_ATTEMPT, values)
