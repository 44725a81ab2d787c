"""From the publisher's transaction through Redis to the subscriber's effect and back, with workers racing."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import event as sql_events
from sqlalchemy import text

from shared.contracts.registry import PlanPublished
from shared.db.engine import Database
from shared.db.outbox import claim_deliveries
from shared.db.unit_of_work import UnitOfWork
from shared.ids import new_id
from shared.tasks import receiving
from shared.tasks.declarations import TaskContext, TaskSet
from shared.tasks.receiving import receive
from shared.tasks.worker import WorkerRuntime
from shared.testing.plugin import OpenDatabases
from shared.testing.workers import eventually, running

RuntimeOf = Callable[[TaskSet], Awaitable[WorkerRuntime]]
Effects = Callable[..., Awaitable[Any]]

LET_LEASES_PASS = "UPDATE outbox_deliveries SET next_send_at = now() WHERE state = 'waiting' AND sends > 0"
OPEN = "SELECT count(*) FROM outbox_deliveries WHERE state <> 'acknowledged'"


def plan(year: int = 2023) -> PlanPublished:
    return PlanPublished(plan_id=new_id(), year=year, province_code="49", title="Kế hoạch")


async def publish(database: Database, count: int) -> list[PlanPublished]:
    events = [plan() for _ in range(count)]
    async with UnitOfWork.open(database) as uow:
        for event in events:
            uow.publish(event)
    return events


def subscriber() -> TaskSet:
    """A notifier that notes each plan it hears of, however quickly or slowly."""
    tasks = TaskSet("notifier")

    @tasks.on(PlanPublished)
    async def on_plan(uow: UnitOfWork, event: PlanPublished) -> None:
        await uow.session.execute(text("INSERT INTO effects VALUES (:i)"), {"i": event.plan_id})

    return tasks


async def test_an_event_goes_through_redis_has_its_effect_and_is_acknowledged(
    runtime_of: RuntimeOf, effects: Effects
) -> None:
    registry, notifier = await runtime_of(TaskSet("registry")), await runtime_of(subscriber())
    async with running(registry, notifier):
        (event,) = await publish(registry.context.database, 1)
        await eventually(lambda: effects("registry", OPEN), 0)
    assert await effects("notifier", "SELECT row_id FROM effects") == event.plan_id
    assert await effects("registry", "SELECT state || sends FROM outbox_deliveries") == "acknowledged1"


async def test_two_workers_racing_over_events_sent_five_times_and_reversed_have_each_effect_once(
    runtime_of: RuntimeOf, effects: Effects
) -> None:
    registry = await runtime_of(TaskSet("registry"))
    workers = [await runtime_of(subscriber()), await runtime_of(subscriber())]
    await publish(registry.context.database, 40)
    async with registry.context.database.session() as session:
        deliveries = await claim_deliveries(session)
    sent = [
        {"id": str(d.id), "type": d.type, "payload": d.payload, "occurred_at": d.occurred_at.isoformat()}
        for d in reversed(deliveries)
    ]
    for _ in range(5):
        for half in (sent[:20], sent[20:]):
            await registry.queue.send_events("notifier", "registry", half)
    async with running(registry, *workers):
        await eventually(lambda: effects("registry", OPEN), 0)
        await eventually(lambda: registry.queue.redis.zcard(registry.queue.name_of("notifier")), 0)
    assert await effects("notifier", "SELECT array[count(*), count(DISTINCT row_id)] FROM effects") == [40, 40]


async def test_three_relays_racing_send_each_delivery_once(runtime_of: RuntimeOf, effects: Effects) -> None:
    relays = [await runtime_of(TaskSet("registry")) for _ in range(3)]
    await publish(relays[0].context.database, 300)
    sent = await asyncio.gather(*(relay.relay() for relay in relays for _ in range(2)))
    assert sum(sent) == 300 * len(PlanPublished.subscribers)
    assert await effects("registry", "SELECT max(sends) + min(sends) FROM outbox_deliveries") == 2


@pytest.mark.parametrize("count", [1, 900])
async def test_a_pass_of_the_relay_is_one_statement_and_few_jobs_however_many_events(
    runtime_of: RuntimeOf, effects: Effects, count: int
) -> None:
    relay = await runtime_of(TaskSet("registry"))
    await publish(relay.context.database, count)
    statements: list[str] = []

    def seen(*arguments: Any) -> None:
        statements.append(arguments[2])

    sql_events.listen(relay.context.database.engine.sync_engine, "before_cursor_execute", seen)
    await relay.relay()
    assert len(statements) == 1
    jobs = sum([await relay.queue.redis.zcard(relay.queue.name_of(name)) for name in PlanPublished.subscribers])
    assert jobs <= len(PlanPublished.subscribers) * -(-count // 200)


async def test_many_events_with_poison_among_them_are_all_settled(runtime_of: RuntimeOf, effects: Effects) -> None:
    tasks = TaskSet("notifier")
    poison = plan(year=1)

    @tasks.on(PlanPublished)
    async def on_plan(uow: UnitOfWork, event: PlanPublished) -> None:
        await uow.session.execute(text("INSERT INTO effects VALUES (:i)"), {"i": event.plan_id})
        if event.year == 1:
            raise ValueError("cannot be applied")

    registry, notifier = await runtime_of(TaskSet("registry")), await runtime_of(tasks)
    async with running(registry, notifier):
        await publish(registry.context.database, 50)
        async with UnitOfWork.open(registry.context.database) as uow:
            uow.publish(poison)
        await publish(registry.context.database, 50)
        await eventually(lambda: effects("notifier"), 100)
        refused = "SELECT last_error FROM outbox_deliveries WHERE rejections > 0 LIMIT 1"
        await eventually(lambda: effects("registry", refused), "ValueError: cannot be applied")
    assert await effects("notifier", f"SELECT count(*) FROM effects WHERE row_id = '{poison.plan_id}'") == 0


def wired(events: list[PlanPublished]) -> list[dict[str, Any]]:
    return [{"id": str(new_id()), "type": e.type, "payload": e.model_dump(mode="json")} for e in events]


async def test_what_a_rejected_event_wanted_to_tell_is_not_told(open_database: OpenDatabases) -> None:
    tasks = TaskSet("notifier")
    told = plan()

    @tasks.on(PlanPublished)
    async def on_plan(uow: UnitOfWork, event: PlanPublished) -> None:
        uow.publish(told if event.year == 2 else plan())
        if event.year == 1:
            raise ValueError("undone")

    database = await open_database("notifier")
    context = TaskContext(database, UnitOfWork)
    accepted, rejected = await receive(tasks, context, "registry", wired([plan(1), plan(2)]))
    assert (len(accepted), len(rejected)) == (1, 1)
    async with database.session() as session:
        (delivered,) = {d.id: d for d in await claim_deliveries(session)}.values()
    assert delivered.payload["plan_id"] == str(told.plan_id)


async def test_a_batch_without_trouble_is_one_transaction_without_savepoints(
    open_database: OpenDatabases, effects: Effects
) -> None:
    database = await open_database("notifier")
    savepoints: list[object] = []
    sql_events.listen(database.engine.sync_engine, "savepoint", lambda *seen: savepoints.append(seen))
    answer = await receive(
        subscriber(), TaskContext(database, UnitOfWork), "registry", wired([plan() for _ in range(9)])
    )
    assert (len(answer[0]), answer[1], savepoints) == (9, [], [])
    assert await effects("notifier") == 9


async def test_what_the_events_of_a_batch_cause_to_be_told_carries_the_trace_of_each(
    open_database: OpenDatabases,
) -> None:
    tasks = TaskSet("notifier")

    @tasks.on(PlanPublished)
    async def on_plan(uow: UnitOfWork, event: PlanPublished) -> None:
        uow.publish(event)

    database = await open_database("notifier")
    traces = {2023: "a" * 32, 2024: "b" * 32}
    events = [
        event | {"traceparent": f"00-{traces[year]}-{'1' * 16}-00"} for year in traces for event in wired([plan(year)])
    ]
    await receive(tasks, TaskContext(database, UnitOfWork), "registry", events)
    async with database.session() as session:
        told = {d.payload["year"]: d.traceparent for d in await claim_deliveries(session)}
    assert {year: (traceparent or "").split("-")[1] for year, traceparent in told.items()} == traces


async def test_an_event_that_hangs_is_rejected_and_its_neighbours_have_their_effect(
    open_database: OpenDatabases, effects: Effects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "TOGETHER_SECONDS", 0.5)
    monkeypatch.setattr(receiving, "ALONE_SECONDS", 0.5)
    tasks = TaskSet("notifier")

    @tasks.on(PlanPublished)
    async def on_plan(uow: UnitOfWork, event: PlanPublished) -> None:
        await uow.session.execute(text("INSERT INTO effects VALUES (:i)"), {"i": event.plan_id})
        if event.year == 1:
            await uow.session.execute(text("SELECT pg_sleep(4)"))

    context = TaskContext(await open_database("notifier"), UnitOfWork)
    events = wired([plan(), plan(1), plan()])
    accepted, rejected = await receive(tasks, context, "registry", events)
    assert [str(i) for i in accepted] == [events[0]["id"], events[2]["id"]]
    assert [(str(i), why) for i, why in rejected] == [(events[1]["id"], "TimeoutError: ")]
    assert await effects("notifier") == 2
    assert await effects("notifier", "SELECT count(*) FROM inbox") == 2


async def test_an_event_that_breaks_a_constraint_only_at_commit_takes_no_other_with_it(
    open_database: OpenDatabases, effects: Effects, database: Any
) -> None:
    import asyncpg

    admin = await asyncpg.connect(database.admin_url)
    await admin.execute(
        "ALTER TABLE notifier.effects ADD CONSTRAINT once UNIQUE (attempt) DEFERRABLE INITIALLY DEFERRED"
    )
    await admin.close()
    tasks = TaskSet("notifier")

    @tasks.on(PlanPublished)
    async def on_plan(uow: UnitOfWork, event: PlanPublished) -> None:
        await uow.session.execute(text("INSERT INTO effects VALUES (:i, :y)"), {"i": event.plan_id, "y": event.year})

    context = TaskContext(await open_database("notifier"), UnitOfWork)
    events = wired([plan(1), plan(1), plan(2)])
    accepted, rejected = await receive(tasks, context, "registry", events)
    assert [str(i) for i in accepted] == [events[0]["id"], events[2]["id"]]
    assert "IntegrityError" in rejected[0][1]


async def test_events_that_found_no_time_are_neither_accepted_nor_rejected(
    open_database: OpenDatabases, effects: Effects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "TOGETHER_SECONDS", 0.3)
    monkeypatch.setattr(receiving, "LAST_START_SECONDS", 0.5)
    tasks = TaskSet("notifier")

    @tasks.on(PlanPublished)
    async def on_plan(_uow: UnitOfWork, _event: PlanPublished) -> None:
        await asyncio.sleep(0.25)

    context = TaskContext(await open_database("notifier"), UnitOfWork)
    accepted, rejected = await receive(tasks, context, "registry", wired([plan() for _ in range(4)]))
    assert 1 <= len(accepted) < 4
    assert rejected == []
    assert await effects("notifier", "SELECT count(*) FROM inbox") == len(accepted)


async def test_when_the_database_goes_away_no_event_is_blamed(open_database: OpenDatabases, effects: Effects) -> None:
    tasks = TaskSet("notifier")

    @tasks.on(PlanPublished)
    async def on_plan(uow: UnitOfWork, _event: PlanPublished) -> None:
        await uow.session.execute(text("SELECT 1"))

    database = await open_database("notifier")
    gone = Database(re.sub(r":\d+/", ":1/", database.url), name="gone")
    with pytest.raises(ConnectionRefusedError):
        await receive(tasks, TaskContext(gone, UnitOfWork), "registry", wired([plan()]))
    await gone.stop()


async def test_a_killed_connection_delays_events_but_loses_none(
    runtime_of: RuntimeOf, effects: Effects, admin_url: str
) -> None:
    import asyncpg

    registry, notifier = await runtime_of(TaskSet("registry")), await runtime_of(subscriber())
    admin = await asyncpg.connect(admin_url)
    events: list[PlanPublished] = []
    async with running(registry, notifier):
        for _ in range(5):
            try:
                events += await publish(registry.context.database, 4)
            except Exception:
                continue  # the connection was killed under the publisher: nothing was told
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name IN ('test-registry', 'test-notifier') AND datname = $1",
                registry.context.database.url.rpartition("/")[2],
            )
            await asyncio.sleep(random.uniform(0, 0.1))
        await admin.close()

        async def settled() -> tuple[int, int]:
            await effects("registry", LET_LEASES_PASS)
            return await effects("registry", OPEN), await effects("notifier")

        await eventually(settled, (0, len(events)), seconds=15)
    assert events
