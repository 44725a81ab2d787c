"""Deliver events between services within a test, through the real outbox and inbox but without waiting for Redis."""

from collections.abc import Mapping
from typing import Any

from shared.db.outbox import claim_deliveries, settle_deliveries
from shared.tasks.declarations import TaskContext, TaskSet
from shared.tasks.receiving import receive


async def deliver_events(services: Mapping[str, tuple[TaskSet, TaskContext[Any]]]) -> int:
    """Relay and receive until nothing is waiting; returns how many deliveries. Fails the test when one is rejected."""
    total = 0
    while True:
        moved = 0
        for source, (_, context) in services.items():
            async with context.database.session() as session:
                deliveries = await claim_deliveries(session)
            for delivery in deliveries:
                if delivery.subscriber in services:
                    tasks, receiver = services[delivery.subscriber]
                    event = {
                        "id": str(delivery.id),
                        "type": delivery.type,
                        "payload": delivery.payload,
                        "occurred_at": delivery.occurred_at.isoformat(),
                    }
                    accepted, rejected = await receive(tasks, receiver, source, [event])
                    assert not rejected, rejected
                else:
                    accepted = [delivery.id]
                async with context.database.session() as session:
                    await settle_deliveries(session, delivery.subscriber, accepted, [])
            moved += len(deliveries)
        if not moved:
            return total
        total += moved
