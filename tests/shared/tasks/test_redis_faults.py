"""Redis is a doorbell: emptied, stopped or hanging, it loses nothing and stops no write."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from redis.exceptions import RedisError
from sqlalchemy import text

from shared.contracts.registry import PlanPublished
from shared.db.engine import Database
from shared.db.unit_of_work import UnitOfWork
from shared.embedded import EmbeddedValkey
from shared.ids import new_id
from shared.tasks.declarations import TaskContext, TaskSet
from shared.tasks.queue import TaskQueue
from shared.tasks.worker import WorkerRuntime
from shared.testing.plugin import OpenDatabases
from shared.testing.workers import eventually, running

Effects = Callable[..., Awaitable[Any]]


async def publish(database: Database, count: int) -> set[UUID]:
    events = [PlanPublished(plan_id=new_id(), year=2023, province_code="49", title="Kế hoạch") for _ in range(count)]
    async with UnitOfWork.open(database) as uow:
        for event in events:
            uow.publish(event)
    return {event.plan_id for event in events}


def subscriber() -> TaskSet:
    tasks = TaskSet("notifier")

    @tasks.on(PlanPublished)
    async def on_plan(uow: UnitOfWork, event: PlanPublished) -> None:
        await uow.session.execute(text("INSERT INTO effects VALUES (:i)"), {"i": event.plan_id})

    return tasks


async def let_leases_pass(database: Database) -> None:
    """What 5 to 30 seconds of waiting would do."""
    async with database.session() as session:
        await session.execute(text("UPDATE outbox_deliveries SET next_send_at = now() WHERE state = 'waiting'"))


async def test_events_lost_with_an_emptied_redis_are_sent_again(
    open_database: OpenDatabases, effects: Effects, private_valkey: EmbeddedValkey
) -> None:
    queue = await TaskQueue.connect(private_valkey.start())
    database = await open_database("registry")
    registry = WorkerRuntime(TaskSet("registry"), TaskContext(database, UnitOfWork), queue)
    notifier = WorkerRuntime(subscriber(), TaskContext(await open_database("notifier"), UnitOfWork), queue)
    plans = await publish(database, 30)
    assert await registry.relay() == 30 * len(PlanPublished.subscribers)
    await queue.redis.flushall()
    assert await registry.relay() == 0
    async with running(registry, notifier):
        await let_leases_pass(database)
        await eventually(lambda: effects("notifier"), 30)
        await queue.redis.flushall()
        plans |= await publish(database, 5)
        await eventually(lambda: effects("notifier"), 35)
    assert set(await effects("notifier", "SELECT array_agg(row_id) FROM effects")) == plans
    await queue.close()


async def test_while_redis_is_down_changes_commit_and_their_events_arrive_after_its_return(
    open_database: OpenDatabases, effects: Effects, private_valkey: EmbeddedValkey
) -> None:
    queue = await TaskQueue.connect(private_valkey.start())
    database = await open_database("registry")
    registry = WorkerRuntime(TaskSet("registry"), TaskContext(database, UnitOfWork), queue)
    notifier = WorkerRuntime(subscriber(), TaskContext(await open_database("notifier"), UnitOfWork), queue)
    private_valkey.stop()
    plans = await publish(database, 10)
    with pytest.raises(RedisError):
        await registry.relay()
    private_valkey.start()
    await let_leases_pass(database)
    async with running(registry, notifier):
        await eventually(lambda: effects("notifier"), 10)
    assert set(await effects("notifier", "SELECT array_agg(row_id) FROM effects")) == plans
    await queue.close()


async def test_a_lost_doorbell_does_not_lose_the_work_of_a_sweep(
    open_database: OpenDatabases, effects: Effects, private_valkey: EmbeddedValkey
) -> None:
    """The sweep leases its rows in Postgres: what Redis forgot is found again when the lease has passed."""
    queue = await TaskQueue.connect(private_valkey.start())
    database = await open_database("notifier")
    tasks = TaskSet("notifier")

    @tasks.sweep("send", every=0.05)
    async def find(uow: UnitOfWork) -> list[UUID]:
        due = "UPDATE effects SET attempt = attempt + 1 WHERE attempt < 2 RETURNING row_id"
        return list((await uow.session.execute(text(due))).scalars())

    @tasks.task()
    async def send(context: TaskContext[UnitOfWork], row_id: UUID) -> None:
        async with context.uow() as uow:
            await uow.session.execute(text("UPDATE effects SET attempt = 100 WHERE row_id = :i"), {"i": row_id})

    runtime = WorkerRuntime(tasks, TaskContext(database, UnitOfWork), queue)
    async with UnitOfWork.open(database) as uow:
        await uow.session.execute(text("INSERT INTO effects VALUES (:i, 0)"), {"i": new_id()})
    assert await runtime.sweep(find, "send") == 1
    await queue.redis.flushall()
    async with running(runtime):
        await eventually(lambda: effects("notifier", "SELECT max(attempt) FROM effects"), 100)
    await queue.close()
