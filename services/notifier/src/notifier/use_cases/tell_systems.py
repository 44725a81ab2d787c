"""What systems of others are told, and the administration of their addresses. Each act is kept in the audit."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

from notifier.domain.webhooks import PING, new_secret, thin
from notifier.persistence.tables.webhooks import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from notifier.persistence.unit_of_work import NotifierUow
from notifier.persistence.webhooks import webhook_rules
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.errors import Conflict
from shared.http.etags import check_version

FAILED = "notifier.notice_failed"
FAILURES_AT_ONCE = 500
Close = Callable[[str], bytes]
"""Seals a secret."""
Delivery = tuple[WebhookDelivery, Sequence[WebhookAttempt]]


async def tell_failures(uow: NotifierUow) -> None:
    """Notices that failed since the last time."""
    failed = await uow.webhooks.failed_notices(FAILURES_AT_ONCE)
    if failed:
        now = await uow.now()
        await uow.webhooks.tell([thin(webhook_rules().kinds[FAILED], one, now) for one in failed])


async def register(
    uow: NotifierUow, actor: Actor, close: Close, *, name: str, url: str, kinds: list[str], units: list[str] | None
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which cannot be shown again. Raises Conflict beyond the most there may be.

    The address was checked before; it is checked again at each connection.
    """
    most = webhook_rules().most_endpoints
    if await uow.webhooks.count() >= most:
        raise Conflict(
            f"Tối đa {most} địa chỉ nhận; hãy xóa bớt.",
            f"There are at most {most} webhooks; remove one first.",
            state="full",
            allowed=["POST /webhooks/{endpoint_id}/removal"],
        )
    secret = new_secret()
    unit = next(a.unit_code for a in actor.appointments if a.role is Role.PROVINCE_SECRETARY)
    row = WebhookEndpoint(
        owner_id=actor.person_id,
        owner_name=actor.name,
        unit_code=unit,
        name=name,
        url=url,
        kinds=sorted(set(kinds)),
        units=sorted(set(units)) if units is not None else None,
        state="active",
        secret=close(secret),
    )
    uow.webhooks.add(row)
    await uow.session.flush()
    await uow.session.refresh(row)
    await _keep(uow, actor, "register", row)
    return row, secret


async def change(
    uow: NotifierUow,
    actor: Actor,
    endpoint_id: UUID,
    expected: int,
    *,
    name: str,
    url: str,
    kinds: list[str],
    units: list[str] | None,
) -> WebhookEndpoint:
    """Another name, address or choice. Raises NotFound, Stale."""
    row = await uow.webhooks.get(endpoint_id, lock=True)
    check_version(expected, row.version)
    row.name, row.url, row.kinds = name, url, sorted(set(kinds))
    row.units = sorted(set(units)) if units is not None else None
    return await _kept(uow, actor, "change", row)


async def pause(uow: NotifierUow, actor: Actor, endpoint_id: UUID, because: str) -> WebhookEndpoint:
    """Nothing is sent until it is resumed; what happens meanwhile waits. Raises NotFound, Conflict."""
    row = await uow.webhooks.get(endpoint_id, lock=True)
    _require(row, "active", allowed=["resume"])
    row.state, row.because = "paused", because
    return await _kept(uow, actor, "pause", row)


async def resume(uow: NotifierUow, actor: Actor, endpoint_id: UUID) -> WebhookEndpoint:
    """Send again to one that was paused or switched off. Raises NotFound, Conflict."""
    row = await uow.webhooks.get(endpoint_id, lock=True)
    _require(row, "paused", "disabled", allowed=["pause"])
    row.state, row.because, row.disabled_at, row.owner_told_at = "active", None, None, None
    row.failures, row.failing_since, row.rest_until = 0, None, await uow.webhooks.now()
    return await _kept(uow, actor, "resume", row)


async def remove(uow: NotifierUow, actor: Actor, endpoint_id: UUID) -> WebhookEndpoint:
    """End it for good; its secrets are forgotten. Raises NotFound."""
    row = await uow.webhooks.get(endpoint_id, lock=True)
    row.state, row.secret, row.old_secret = "removed", b"", None
    await uow.webhooks.cancel(row.id, "endpoint_removed")
    return await _kept(uow, actor, "remove", row)


async def rotate(uow: NotifierUow, actor: Actor, close: Close, endpoint_id: UUID) -> tuple[WebhookEndpoint, str]:
    """A new secret; messages carry both signatures until the old one's time is over. Raises NotFound."""
    row = await uow.webhooks.get(endpoint_id, lock=True)
    secret = new_secret()
    overlap = timedelta(seconds=webhook_rules().rotation_overlap)
    row.old_secret, row.old_secret_until = row.secret, await uow.webhooks.now() + overlap
    row.secret = close(secret)
    return await _kept(uow, actor, "rotate", row), secret


async def ping(uow: NotifierUow, actor: Actor, endpoint_id: UUID) -> Delivery:
    """Send a test; how it went is seen in the delivery. Raises NotFound, Conflict unless it is active."""
    row = await uow.webhooks.get(endpoint_id)
    _require(row, "active", allowed=["resume"])
    made = await uow.webhooks.ping(row.id, thin(webhook_rules().kinds[PING], {}, await uow.now()))
    await _keep(uow, actor, "ping", row)
    return made, []


async def redeliver(uow: NotifierUow, actor: Actor, delivery_id: UUID) -> Delivery:
    """Send an ended delivery anew, with the same identity. Raises NotFound, Conflict."""
    found, _ = await uow.webhooks.delivery(delivery_id)
    row = await uow.webhooks.get(found.endpoint_id)
    _require(row, "active", allowed=["resume"])
    if not await uow.webhooks.redeliver(delivery_id):
        most = webhook_rules().most_redeliveries
        raise Conflict(
            f"Chỉ gửi lại được tin đã kết thúc, nhiều nhất {most} lần.",
            f"Only an ended delivery is sent again, {most} times at most.",
            state=found.state,
            allowed=["delivered", "failed", "cancelled"],
        )
    await _keep(uow, actor, "redeliver", row)
    return await uow.webhooks.delivery(delivery_id)


def _require(row: WebhookEndpoint, *states: str, allowed: list[str]) -> None:
    if row.state not in states:
        raise Conflict(
            "Địa chỉ nhận đang ở trạng thái khác.",
            "The webhook is in another state.",
            state=row.state,
            allowed=allowed,
        )


async def _kept(uow: NotifierUow, actor: Actor, action: str, row: WebhookEndpoint) -> WebhookEndpoint:
    await uow.session.flush()
    await uow.session.refresh(row)
    await _keep(uow, actor, action, row)
    return row


async def _keep(uow: NotifierUow, actor: Actor, action: str, row: WebhookEndpoint) -> None:
    details = {"name": row.name, "url": row.url, "kinds": row.kinds, "units": row.units, "because": row.because}
    await uow.audit(str(actor.person_id), action, "webhook", row.id, details)
