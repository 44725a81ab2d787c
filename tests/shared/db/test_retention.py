"""What has served its time is deleted, in bounded batches; what is open, failed or young stays."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from shared.db import retention
from shared.db.engine import Database
from shared.db.retention import clean
from shared.ids import new_id
from shared.tasks.declarations import TaskContext, TaskSet
from shared.testing.plugin import OpenDatabases


def id_at(days_ago: float) -> UUID:
    milliseconds = int((datetime.now(UTC) - timedelta(days=days_ago)).timestamp() * 1000)
    return UUID(int=(milliseconds << 80) | (new_id().int & ((1 << 80) - 1)))


async def add_event(database: Database, days_ago: float, *deliveries: tuple[str, float | None]) -> UUID:
    """An event with deliveries given as (state, days since it ended)."""
    event_id = id_at(days_ago)
    async with database.session() as session:
        await session.execute(
            text(
                "INSERT INTO outbox_events (id, type, payload, occurred_at, created_at)"
                " VALUES (:id, 't', '{}', now(), now() - make_interval(secs => :age))"
            ),
            {"id": event_id, "age": days_ago * 86400},
        )
        for number, (state, ended) in enumerate(deliveries):
            await session.execute(
                text(
                    "INSERT INTO outbox_deliveries (event_id, subscriber, state, ended_at)"
                    " VALUES (:id, :to, :state, now() - make_interval(secs => :ended))"
                ),
                {"id": event_id, "to": f"s{number}", "state": state, "ended": None if ended is None else ended * 86400},
            )
    return event_id


async def ids(database: Database, sql: str) -> set[object]:
    async with database.session() as session:
        return set((await session.execute(text(sql))).scalars())


async def test_events_go_only_when_every_subscriber_has_long_had_them(open_database: OpenDatabases) -> None:
    database = await open_database("registry")
    await add_event(database, 40, ("acknowledged", 39), ("acknowledged", 20))
    await add_event(database, 40)
    stay = {
        await add_event(database, 40, ("acknowledged", 39), ("acknowledged", 2)),
        await add_event(database, 40, ("acknowledged", 39), ("waiting", None)),
        await add_event(database, 40, ("failed", 39)),
        await add_event(database, 2, ("acknowledged", 1)),
    }
    assert await clean(database) is False
    assert await ids(database, "SELECT id FROM outbox_events") == stay
    assert await ids(database, "SELECT event_id FROM outbox_deliveries") == stay


async def test_keys_and_inbox_rows_go_when_they_are_old(open_database: OpenDatabases) -> None:
    database = await open_database("registry")
    old_id_received_late = id_at(60)
    young = id_at(1)
    async with database.session() as session:
        for event_id, days in ((id_at(60), 60), (old_id_received_late, 1), (young, 1)):
            await session.execute(
                text("INSERT INTO inbox VALUES (:id, 'registry', 't', now() - make_interval(days => :days))"),
                {"id": event_id, "days": days},
            )
        for key, days in (("old", 8), ("young", 6)):
            await session.execute(
                text(
                    "INSERT INTO idempotency_keys VALUES"
                    " ('a', :key, 'r', '', 201, '{}', '', now() - make_interval(days => :days))"
                ),
                {"key": key, "days": days},
            )
    await clean(database)
    assert await ids(database, "SELECT event_id FROM inbox") == {old_id_received_late, young}
    assert await ids(database, "SELECT key FROM idempotency_keys") == {"young"}


async def test_cleaning_goes_on_in_batches_until_nothing_is_left(
    open_database: OpenDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    database = await open_database("registry")
    for _ in range(5):
        await add_event(database, 40, ("acknowledged", 39))
    assert [await clean(database) for _ in range(3)] == [True, True, False]
    assert await ids(database, "SELECT id FROM outbox_events") == set()


async def test_an_inbox_row_outlives_every_repetition_of_its_event() -> None:
    assert retention.INBOX_KEPT > retention.EVENTS_KEPT > timedelta(minutes=1)


async def test_every_worker_cleans(open_database: OpenDatabases, redis_url: str) -> None:
    from shared.db.unit_of_work import UnitOfWork
    from shared.tasks.queue import TaskQueue
    from shared.tasks.worker import WorkerRuntime
    from shared.testing.workers import eventually, running

    database = await open_database("registry")
    await add_event(database, 40, ("acknowledged", 39))
    queue = await TaskQueue.connect(redis_url, prefix=f"test-{new_id()}")
    async with running(WorkerRuntime(TaskSet("registry"), TaskContext(database, UnitOfWork), queue)):
        await eventually(lambda: ids(database, "SELECT id FROM outbox_events"), set())
    await queue.close()
