"""Endpoints of systems of others: their administration, and what they are to be told."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.data import read_json
from notifier.domain.webhooks import Told, WebhookRules, read_webhook_rules
from notifier.persistence.tables.webhooks import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound

# A system of a district or province hears of the units within it too, as they lie on the day; of none above or beside.
# A paused endpoint collects what it missed, as long as a delivery lives; one switched off or removed does not.
_TELL = text(
    """
    INSERT INTO webhook_deliveries (id, endpoint_id, kind, payload, state, give_up_at)
    SELECT uuidv7(), e.id, t.kind, CAST(t.payload AS jsonb), 'waiting', now() + make_interval(secs => :life)
    FROM unnest(CAST(:kinds AS text[]), CAST(:units AS text[]), CAST(:days AS date[]), CAST(:payloads AS text[]))
         WITH ORDINALITY AS t (kind, units, day, payload, n)
    JOIN webhook_endpoints e ON e.state IN ('active', 'paused') AND t.kind = ANY(e.kinds)
         AND (e.units IS NULL OR e.units && string_to_array(t.units, ' ')
              OR EXISTS (SELECT FROM unit_projections u
                         WHERE u.code = ANY(string_to_array(t.units, ' '))
                           AND u.valid_from <= t.day AND (u.valid_to IS NULL OR u.valid_to >= t.day)
                           AND (u.district_code = ANY(e.units) OR u.province_code = ANY(e.units))))
    ORDER BY t.n, e.id
    """
)
_PING = text(
    """
    INSERT INTO webhook_deliveries (id, endpoint_id, kind, payload, state, give_up_at)
    VALUES (uuidv7(), :endpoint, :kind, CAST(:payload AS jsonb), 'waiting', now() + make_interval(secs => :life))
    RETURNING id
    """
)
_CANCEL = text(
    """
    UPDATE webhook_deliveries SET state = 'cancelled', reason = :reason, ended_at = now()
    WHERE endpoint_id = :endpoint AND state = 'waiting'
    """
)
_REDELIVER = text(
    """
    UPDATE webhook_deliveries
    SET state = 'waiting', reason = NULL, tries = 0, redeliveries = redeliveries + 1, next_try_at = now(),
        leased_until = now(), ended_at = NULL, give_up_at = now() + make_interval(secs => :life)
    WHERE id = :id AND state IN ('delivered', 'failed', 'cancelled') AND redeliveries < :most
    RETURNING id
    """
)
_FAILED_NOTICES = text(
    """
    UPDATE notices n SET failure_told = true
    WHERE n.id IN (SELECT id FROM notices WHERE state = 'failed' AND NOT failure_told
                   ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING n.id AS notice_id, n.obligation_id, n.kind, n.channel, n.due_on, n.reason, n.unit_code
    """
)


@cache
def webhook_rules() -> WebhookRules:
    """What ships as data."""
    return read_webhook_rules(read_json("webhooks.json"))


class WebhookRepository:
    """Endpoints and their deliveries as people see them; sending is `webhook_deliveries`'."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def anybody(self) -> bool:
        """Whether any system is told of anything."""
        asked = text("SELECT EXISTS (SELECT FROM webhook_endpoints WHERE state IN ('active', 'paused'))")
        return bool((await self._session.execute(asked)).scalar_one())

    async def tell(self, told: Sequence[Told]) -> None:
        """Make the deliveries of what happened, to every endpoint that subscribed to it and may see it."""
        await self._session.execute(
            _TELL,
            {
                "life": webhook_rules().life,
                "kinds": [one.kind for one in told],
                "units": [" ".join(one.units) for one in told],
                "days": [one.on for one in told],
                "payloads": [json.dumps(one.payload, ensure_ascii=False, default=str) for one in told],
            },
        )

    async def failed_notices(self, limit: int) -> Sequence[dict[str, Any]]:
        """Notices that failed and that nobody was told of; from now on they count as told."""
        rows = (await self._session.execute(_FAILED_NOTICES, {"limit": limit})).mappings()
        return [{name: None if v is None else str(v) for name, v in row.items()} for row in rows]

    async def ping(self, endpoint_id: UUID, told: Told) -> WebhookDelivery:
        """A delivery of a test to one endpoint."""
        values = {
            "endpoint": endpoint_id,
            "kind": told.kind,
            "payload": json.dumps(told.payload),
            "life": webhook_rules().life,
        }
        made = (await self._session.execute(_PING, values)).scalar_one()
        return await self._session.get_one(WebhookDelivery, made)

    def add(self, row: WebhookEndpoint) -> None:
        """A new endpoint."""
        self._session.add(row)

    async def count(self) -> int:
        """How many endpoints there are; writers wait for each other."""
        await self._session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('webhook endpoints', 0))"))
        kept = select(WebhookEndpoint.id).where(WebhookEndpoint.state != "removed").limit(1000).subquery()
        return (await self._session.execute(select(func.count(kept.c.id)))).scalar_one()

    async def by_state(self) -> dict[str, int]:
        """How many endpoints are in each state; there are a hundred at most."""
        statement = text(
            "SELECT s.state, count(e.id) FROM unnest(ARRAY['active', 'paused', 'disabled']) AS s (state)"
            " LEFT JOIN webhook_endpoints e ON e.state = s.state GROUP BY s.state"
        )
        return {row[0]: row[1] for row in await self._session.execute(statement)}

    async def page(self, page: PageRequest) -> tuple[list[WebhookEndpoint], str | None]:
        """A page of endpoints, oldest first."""
        statement = select(WebhookEndpoint).where(WebhookEndpoint.state != "removed")
        rows, following = await fetch_page(self._session, statement, (WebhookEndpoint.__table__.c.id,), page)
        return [row[0] for row in rows], following

    async def get(self, endpoint_id: UUID, *, lock: bool = False) -> WebhookEndpoint:
        """One endpoint. Raises NotFound, also for a removed one."""
        statement = select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id, WebhookEndpoint.state != "removed")
        if lock:
            statement = statement.with_for_update()
        row = (await self._session.execute(statement)).scalar_one_or_none()
        if row is None:
            raise NotFound("Không có địa chỉ nhận này.", "There is no such webhook.")
        return row

    async def cancel(self, endpoint_id: UUID, reason: str) -> None:
        """Nothing that waits for the endpoint leaves any more."""
        await self._session.execute(_CANCEL, {"endpoint": endpoint_id, "reason": reason})

    async def deliveries(
        self, endpoint_id: UUID, state: str | None, page: PageRequest
    ) -> tuple[list[tuple[WebhookDelivery, list[WebhookAttempt]]], str | None]:
        """A page of an endpoint's deliveries with their tries, newest first."""
        statement = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint_id)
        if state is not None:
            statement = statement.where(WebhookDelivery.state == state)
        order = (WebhookDelivery.__table__.c.id,)
        rows, following = await fetch_page(self._session, statement, order, page, descending=True)
        return await self._with_attempts([row[0] for row in rows]), following

    async def delivery(self, delivery_id: UUID) -> tuple[WebhookDelivery, list[WebhookAttempt]]:
        """One delivery with its tries. Raises NotFound."""
        row = await self._session.get(WebhookDelivery, delivery_id, populate_existing=True)
        if row is None:
            raise NotFound("Không có lần chuyển tin này.", "There is no such delivery.")
        return (await self._with_attempts([row]))[0]

    async def redeliver(self, delivery_id: UUID) -> bool:
        """Send an ended delivery once more, as a new life of it; False where it cannot have one."""
        values = {"id": delivery_id, "life": webhook_rules().life, "most": webhook_rules().most_redeliveries}
        return (await self._session.execute(_REDELIVER, values)).one_or_none() is not None

    async def _with_attempts(
        self, rows: Sequence[WebhookDelivery]
    ) -> list[tuple[WebhookDelivery, list[WebhookAttempt]]]:
        tries = select(WebhookAttempt).where(WebhookAttempt.delivery_id.in_([row.id for row in rows]))
        by_delivery: dict[UUID, list[WebhookAttempt]] = {}
        for one in (await self._session.execute(tries.order_by(WebhookAttempt.attempt))).scalars():
            by_delivery.setdefault(one.delivery_id, []).append(one)
        return [(row, by_delivery.get(row.id, [])) for row in rows]

    async def now(self) -> datetime:
        """The database's real time."""
        now: datetime = (await self._session.execute(text("SELECT now()"))).scalar_one()
        return now
