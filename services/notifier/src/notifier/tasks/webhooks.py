"""Telling systems of others. Each endpoint has its share of turns; one that is dead rests and delays no other."""

import random
from collections.abc import Sequence
from uuid import UUID

import structlog

from notifier.integrations.resources import Resources
from notifier.integrations.webhooks import Told
from notifier.persistence.unit_of_work import NotifierUow
from notifier.persistence.webhook_deliveries import Parcel, Tried
from notifier.persistence.webhooks import webhook_rules
from notifier.tasks.declared import TASKS
from notifier.use_cases.tell_systems import tell_failures
from shared.tasks.declarations import TaskContext

log = structlog.get_logger(__name__)

TOO_LONG = "nothing arrived for days"
GONE = "the endpoint answered 410 Gone"


@TASKS.task(timeout=25, attempts=1, concurrency=50)
async def deliver_webhook(context: TaskContext[NotifierUow], delivery_id: UUID) -> None:
    """Claim a delivery, send it with no connection to the database held, record what came of it."""
    resources: Resources = context.resources
    if resources.systems is None:
        return
    async with context.uow() as uow:
        parcel = await uow.webhook_deliveries.claim(delivery_id)
    if parcel is None:
        return
    sealed = [parcel.secret] + ([parcel.old_secret] if parcel.old_secret else [])
    told = await resources.systems.tell(parcel.id, parcel.url, parcel.payload, sealed)
    async with context.uow() as uow:
        await _record(uow, parcel, told)


@TASKS.sweep("deliver_webhook", every=0.5)
async def find_webhooks_to_send(uow: NotifierUow) -> Sequence[UUID]:
    """Deliveries whose time has come, a few for each endpoint."""
    return await uow.webhook_deliveries.lease()


async def _record(uow: NotifierUow, parcel: Parcel, told: Told) -> None:
    tried = Tried(told.milliseconds, told.status, told.error)
    if told.reason is None:
        await uow.webhook_deliveries.record_delivered(parcel, tried)
        return
    log.warning("webhook_failed", delivery=str(parcel.id), reason=told.reason, status=told.status)
    chance = random.random()  # noqa: S311  # jitter, not a secret
    pause = None if told.gone else webhook_rules().pause_after(parcel.tries + 1, chance)
    if pause is not None:
        pause = max(pause, told.wait)
    await uow.webhook_deliveries.record_failed(parcel, tried, reason=told.reason, pause=pause)
    if told.gone:
        await uow.webhook_deliveries.disable(GONE, parcel.endpoint_id)


@TASKS.routine(every=5)
async def tell_of_failed_notices(uow: NotifierUow) -> None:
    """Notices that failed, to the systems that asked for it."""
    await tell_failures(uow)


@TASKS.routine(every=30)
async def switch_off_dead_endpoints(uow: NotifierUow) -> None:
    """What never answers is switched off, and its owner told."""
    await uow.webhook_deliveries.end()
    await uow.webhook_deliveries.disable(TOO_LONG)
    await uow.webhook_deliveries.tell_owners(await uow.now(), await uow.today())


@TASKS.routine(every=3600)
async def forget_old_deliveries(uow: NotifierUow) -> None:
    """Deliveries that ended months ago."""
    await uow.webhook_deliveries.clean()
