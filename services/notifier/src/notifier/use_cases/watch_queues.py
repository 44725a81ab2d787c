"""Gauges for Prometheus: how much waits on each channel, how long, and who is told besides."""

from prometheus_client import Gauge

from notifier.persistence.unit_of_work import NotifierUow
from shared.db.engine import Database

WAITING = Gauge("notifier_waiting", "Notices, or webhook messages, that wait to be sent", ["channel"])
OLDEST = Gauge("notifier_oldest_waiting_seconds", "Age of the oldest that could be sent now", ["channel"])
PAUSED = Gauge("notifier_channel_paused", "1 while a channel is paused", ["channel"])
ENDPOINTS = Gauge("notifier_webhook_endpoints", "Systems that are told by webhook", ["state"])


async def look(database: Database) -> None:
    """Read the queues once."""
    async with NotifierUow.open(database) as uow:
        queues = await uow.channels.queues()
        endpoints = await uow.webhooks.by_state()
    for queue in queues:
        WAITING.labels(queue.code).set(queue.waiting)
        OLDEST.labels(queue.code).set(queue.oldest)
        PAUSED.labels(queue.code).set(queue.paused)
    for state, count in endpoints.items():
        ENDPOINTS.labels(state).set(count)
