"""Receiving events: inbox row and effect in one transaction, so that each event has its effect once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from shared.correlation import follow
from shared.db.inbox import release, take_new
from shared.tasks.declarations import TaskContext, TaskSet

log = structlog.get_logger(__name__)


async def receive(
    tasks: TaskSet, context: TaskContext[Any], source: str, events: Sequence[dict[str, Any]]
) -> tuple[list[UUID], list[tuple[UUID, str]]]:
    """Apply a batch of events; returns (accepted, rejected with the reason).

    One transaction for the batch with a savepoint per event: one that fails neither stops nor undoes another.
    """
    by_id = {UUID(event["id"]): event for event in events}
    rejected: list[tuple[UUID, str]] = []
    async with context.uow() as uow:
        new = await take_new(uow.session, tasks.service, [(i, e["type"]) for i, e in by_id.items()])
        for event_id, event in by_id.items():
            if event_id not in new:
                continue
            follow(event.get("traceparent"))
            uow.caused_at = _instant(event.get("occurred_at"))
            try:
                async with uow.session.begin_nested():
                    model, handle = tasks.handlers[event["type"]]
                    await handle(uow, model.model_validate(event["payload"]))
                    await uow.flush()
            except Exception as error:
                log.warning(
                    "event_rejected",
                    type=event["type"],
                    source=source,
                    event_id=str(event_id),
                    exc_info=error,
                )
                rejected.append((event_id, f"{type(error).__name__}: {error}"))
        if rejected:
            await release(uow.session, tasks.service, [event_id for event_id, _ in rejected])
    refused = {event_id for event_id, _ in rejected}
    return [event_id for event_id in by_id if event_id not in refused], rejected


def _instant(occurred_at: str | None) -> datetime | None:
    return datetime.fromisoformat(occurred_at) if occurred_at else None
