"""Receiving events: inbox row and effect in one transaction, so that each event has its effect once."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from shared.correlation import follow
from shared.db.engine import connection_lost
from shared.db.inbox import release, take_new
from shared.db.unit_of_work import UnitOfWork
from shared.logging import without_rows
from shared.tasks.declarations import TaskContext, TaskSet

log = structlog.get_logger(__name__)

TOGETHER_SECONDS, ALONE_SECONDS, LAST_START_SECONDS = 10.0, 5.0, 20.0
"""Time for a whole batch; for one event when the batch failed; and after which no further event is begun."""

Answer = tuple[list[UUID], list[tuple[UUID, str]]]


async def receive(tasks: TaskSet, context: TaskContext[Any], source: str, events: Sequence[dict[str, Any]]) -> Answer:
    """Apply a batch of events; returns (accepted, rejected with the reason).

    One transaction for the batch. When an event fails, it is undone and done again with a savepoint per event: one
    that fails neither stops nor undoes another. When that transaction fails too (an event hangs, or breaks a
    constraint checked at commit), each event gets its own.
    Events in neither list come again later. Raises when the database is gone: no event is to blame.
    """
    by_id = {UUID(event["id"]): event for event in events}
    begun = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout(TOGETHER_SECONDS):
            try:
                return await _apply_plainly(tasks, context, by_id)
            except Exception as error:
                if connection_lost(error):
                    raise
            return await _apply(tasks, context, source, by_id)
    except Exception as error:
        if connection_lost(error):
            raise
        log.warning("event_batch_split", source=source, events=len(by_id), exc_info=error)
    accepted: list[UUID] = []
    rejected: list[tuple[UUID, str]] = []
    for event_id, event in by_id.items():
        if asyncio.get_running_loop().time() - begun > LAST_START_SECONDS:
            break
        done, refused = await _apply_alone(tasks, context, source, event_id, event)
        accepted += done
        rejected += refused
    return accepted, rejected


async def _apply_alone(
    tasks: TaskSet, context: TaskContext[Any], source: str, event_id: UUID, event: dict[str, Any]
) -> Answer:
    try:
        async with asyncio.timeout(ALONE_SECONDS):
            return await _apply(tasks, context, source, {event_id: event})
    except Exception as error:
        if connection_lost(error):
            raise
        return [], [_rejection(source, event_id, event, error)]


async def _apply_plainly(tasks: TaskSet, context: TaskContext[Any], by_id: Mapping[UUID, dict[str, Any]]) -> Answer:
    """All or nothing: no savepoints, and what the effects write by `flush` is written together at the end."""
    async with context.uow() as uow:
        new = await take_new(uow.session, tasks.service, [(i, e["type"]) for i, e in by_id.items()])
        for event_id, event in by_id.items():
            if event_id in new:
                await _handle(tasks, uow, event)
    return list(by_id), []


async def _handle(tasks: TaskSet, uow: UnitOfWork, event: Mapping[str, Any]) -> None:
    follow(event.get("traceparent"))
    uow.caused_at = _instant(event.get("occurred_at"))
    model, handle = tasks.handlers[event["type"]]
    await handle(uow, model.model_validate(event["payload"]))


async def _apply(
    tasks: TaskSet, context: TaskContext[Any], source: str, by_id: Mapping[UUID, dict[str, Any]]
) -> Answer:
    rejected: list[tuple[UUID, str]] = []
    async with context.uow() as uow:
        new = await take_new(uow.session, tasks.service, [(i, e["type"]) for i, e in by_id.items()])
        for event_id, event in by_id.items():
            if event_id not in new:
                continue
            try:
                async with uow.session.begin_nested():
                    await _handle(tasks, uow, event)
                    await uow.flush()
            except Exception as error:
                uow.forget()
                rejected.append(_rejection(source, event_id, event, error))
        if rejected:
            await release(uow.session, tasks.service, [event_id for event_id, _ in rejected])
    refused = {event_id for event_id, _ in rejected}
    return [event_id for event_id in by_id if event_id not in refused], rejected


def _rejection(source: str, event_id: UUID, event: dict[str, Any], error: Exception) -> tuple[UUID, str]:
    log.warning("event_rejected", type=event["type"], source=source, event_id=str(event_id), exc_info=error)
    return event_id, without_rows(f"{type(error).__name__}: {error}")


def _instant(occurred_at: str | None) -> datetime | None:
    return datetime.fromisoformat(occurred_at) if occurred_at else None
