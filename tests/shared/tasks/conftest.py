"""Queues of a test's own on the run's Redis, and a table that shows the effects of tasks and events."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import text

from shared.db.engine import Database
from shared.db.prepare import SERVICES
from shared.db.unit_of_work import UnitOfWork
from shared.embedded import EmbeddedValkey
from shared.tasks.declarations import TaskContext, TaskSet
from shared.tasks.queue import TaskQueue
from shared.tasks.worker import WorkerRuntime
from shared.testing.plugin import OpenDatabases, TestDatabase


@pytest.fixture
async def queue(redis_url: str) -> AsyncIterator[TaskQueue]:
    """Queues that no other test sees."""
    made = await TaskQueue.connect(redis_url, prefix=f"test-{uuid4().hex}")
    yield made
    await made.close()


@pytest.fixture
async def effects(database: TestDatabase) -> Callable[..., Awaitable[Any]]:
    """Adds a table `effects` to each service's schema; the fixture reads it: `await effects("notifier", sql)`."""
    admin = await asyncpg.connect(database.admin_url)
    for service in SERVICES:
        await admin.execute(
            f"SET ROLE {service}_owner; CREATE TABLE {service}.effects (row_id uuid, attempt int); RESET ROLE"
        )
    await admin.close()

    async def read(service: str, sql: str = "SELECT count(*) FROM effects") -> Any:
        connection = await asyncpg.connect(database.urls[service])
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return read


async def note(context: TaskContext[UnitOfWork], row_id: UUID) -> None:
    async with context.uow() as uow:
        await uow.session.execute(text("INSERT INTO effects VALUES (:i)"), {"i": row_id})


@pytest.fixture
def note_effect() -> Callable[[TaskContext[UnitOfWork], UUID], Awaitable[None]]:
    """What a task does when it succeeds: one row in `effects`, in a transaction of its own."""
    return note


@pytest.fixture
async def runtime_of(open_database: OpenDatabases, queue: TaskQueue) -> Callable[[TaskSet], Awaitable[WorkerRuntime]]:
    """A worker runtime for a set of tasks, on the service's own role and this test's queues."""

    async def make(tasks: TaskSet) -> WorkerRuntime:
        database: Database = await open_database(tasks.service)
        return WorkerRuntime(tasks, TaskContext(database, UnitOfWork), queue)

    return make


@pytest.fixture
def private_valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    """A Redis server of this test alone, to be emptied, frozen or stopped; not started yet."""
    server = EmbeddedValkey(tmp_path / "valkey", durable=False)
    yield server
    server.stop()
