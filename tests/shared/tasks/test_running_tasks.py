"""Tasks are retried with back-off, poison is set aside and seen, and what is set aside can be replayed."""

import asyncio
import json
import pickle
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from arq.constants import job_key_prefix

from shared.db.unit_of_work import UnitOfWork
from shared.errors import Conflict, Unavailable
from shared.ids import new_id
from shared.tasks import running as running_module
from shared.tasks.declarations import TaskContext, TaskSet
from shared.tasks.queue import IDS_PER_JOB
from shared.tasks.replay import replay
from shared.tasks.worker import LOOPING, WorkerRuntime
from shared.testing.workers import eventually, running

Context = TaskContext[UnitOfWork]
RuntimeOf = Callable[[TaskSet], Awaitable[WorkerRuntime]]
Effects = Callable[..., Awaitable[Any]]
Note = Callable[[Context, UUID], Awaitable[None]]


@pytest.fixture(autouse=True)
def short_delays(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Retries come after milliseconds; the list tells after which attempts."""
    asked: list[int] = []

    def soon(attempt: int) -> float:
        asked.append(attempt)
        return 0.01

    monkeypatch.setattr(running_module, "retry_delay", soon)
    return asked


def test_the_delay_between_attempts_doubles_with_jitter_up_to_five_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for attempt, base in {1: 2.0, 2: 4.0, 7: 128.0, 9: 300.0, 50: 300.0}.items():
        delays = {running_module.retry_delay(attempt) for _ in range(50)}
        assert all(0.5 * base <= delay <= 1.5 * base for delay in delays)
        assert len(delays) > 40


async def test_a_task_that_fails_twice_is_retried_and_then_succeeds(
    runtime_of: RuntimeOf, effects: Effects, note_effect: Note, short_delays: list[int]
) -> None:
    tasks = TaskSet("notifier")
    attempts: list[UUID] = []

    @tasks.task(attempts=3)
    async def send(context: Context, row_id: UUID) -> None:
        attempts.append(row_id)
        if len(attempts) < 3:
            raise ConnectionResetError("the provider hung up")
        await note_effect(context, row_id)

    runtime = await runtime_of(tasks)
    async with running(runtime):
        await runtime.queue.enqueue("notifier", "send", [new_id()])
        await eventually(lambda: effects("notifier"), 1)
    assert short_delays == [1, 2]
    assert await effects("notifier", "SELECT count(*) FROM failed_tasks") == 0


async def test_poison_beside_a_hundred_good_is_set_aside_and_replay_runs_it_once(
    runtime_of: RuntimeOf, effects: Effects, note_effect: Note
) -> None:
    tasks = TaskSet("notifier")
    poison, cured = new_id(), False

    @tasks.task(attempts=8)
    async def send(context: Context, row_id: UUID) -> None:
        if row_id == poison and not cured:
            raise ValueError("cannot be sent")
        await note_effect(context, row_id)

    runtime = await runtime_of(tasks)
    good = [new_id() for _ in range(100)]
    async with running(runtime):
        await runtime.queue.enqueue("notifier", "send", [*good[:50], poison, *good[50:]])
        await eventually(lambda: effects("notifier"), 100)
        await eventually(lambda: effects("notifier", "SELECT count(*) FROM failed_tasks"), 1)
        row = "SELECT task || ' ' || (payload #>> '{}') || ' ' || attempts || ' ' || error FROM failed_tasks"
        assert await effects("notifier", row) == f"send {poison} 8 ValueError: cannot be sent"
        cured = True
        assert await replay("notifier", runtime.context.database, runtime.queue) == (1, 0)
        assert await replay("notifier", runtime.context.database, runtime.queue) == (0, 0)
        await eventually(lambda: effects("notifier"), 101)
    assert await effects("notifier", f"SELECT count(*) FROM effects WHERE row_id = '{poison}'") == 1


async def test_poison_that_is_found_again_by_its_sweep_stays_one_row_for_people(
    runtime_of: RuntimeOf, effects: Effects
) -> None:
    tasks = TaskSet("notifier")

    @tasks.task(attempts=1)
    async def send(_context: Context, row_id: UUID) -> None:
        raise ValueError(f"cannot send {row_id}")

    runtime = await runtime_of(tasks)
    poison = str(new_id())
    for _ in range(3):
        await runtime.run_task({}, "send", [poison], 1)
    assert await effects("notifier", "SELECT array_agg(attempts) FROM failed_tasks") == [3]
    await replay("notifier", runtime.context.database, runtime.queue)
    await runtime.run_task({}, "send", [poison], 1)
    assert await effects("notifier", "SELECT array_agg(attempts ORDER BY failed_at) FROM failed_tasks") == [3, 1]


async def test_a_refusal_by_a_rule_fails_at_once_but_a_service_that_is_down_is_asked_again(
    runtime_of: RuntimeOf, effects: Effects
) -> None:
    tasks = TaskSet("commerce")
    refused, down = new_id(), new_id()
    seen: list[UUID] = []

    @tasks.task(attempts=3)
    async def close(_context: Context, row_id: UUID) -> None:
        seen.append(row_id)
        raise Conflict("Đã đóng.", "Closed already.") if row_id == refused else Unavailable()

    runtime = await runtime_of(tasks)
    async with running(runtime):
        await runtime.queue.enqueue("commerce", "close", [refused, down])
        await eventually(lambda: effects("commerce", "SELECT count(*) FROM failed_tasks"), 2)
    assert (seen.count(refused), seen.count(down)) == (1, 3)


async def test_a_task_that_hangs_fails_after_its_timeout_and_holds_up_nobody(
    runtime_of: RuntimeOf, effects: Effects, note_effect: Note
) -> None:
    tasks = TaskSet("notifier")
    hanging, quick = new_id(), new_id()

    @tasks.task(timeout=0.2, attempts=1)
    async def send(context: Context, row_id: UUID) -> None:
        if row_id == hanging:
            await asyncio.sleep(60)
        await note_effect(context, row_id)

    runtime = await runtime_of(tasks)
    await runtime.run_task({}, "send", [str(hanging), str(quick)], 1)
    assert await effects("notifier", "SELECT row_id FROM effects") == quick
    assert await effects("notifier", "SELECT error FROM failed_tasks") == "TimeoutError: "


async def test_ids_that_cannot_begin_within_their_job_go_back_to_the_queue_and_all_are_done(
    runtime_of: RuntimeOf, effects: Effects, note_effect: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running_module, "JOB_TIMEOUT", 1.0 + running_module._MARGIN + 0.1)
    tasks = TaskSet("notifier")
    together: list[int] = [0, 0]

    @tasks.task(timeout=1.0, concurrency=2)
    async def send(context: Context, row_id: UUID) -> None:
        together[0] += 1
        together[1] = max(together)
        await asyncio.sleep(0.04)
        await note_effect(context, row_id)
        together[0] -= 1

    runtime = await runtime_of(tasks)
    ids = [new_id() for _ in range(20)]
    await runtime.run_task({}, "send", [str(i) for i in ids], 1)
    assert 2 <= await effects("notifier") < 20
    async with running(runtime):
        await eventually(lambda: effects("notifier", "SELECT count(DISTINCT row_id) FROM effects"), 20)
    assert await effects("notifier") == 20
    assert together[1] == 2


async def test_a_failure_that_cannot_be_set_aside_now_is_kept_in_the_queue(
    runtime_of: RuntimeOf, effects: Effects, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = TaskSet("notifier")

    @tasks.task(attempts=1)
    async def send(_context: Context, _row_id: UUID) -> None:
        raise ValueError("no")

    runtime = await runtime_of(tasks)
    with monkeypatch.context() as broken:
        broken.setattr(running_module, "_SET_ASIDE", running_module.text("SELECT 1/0"))
        await runtime.run_task({}, "send", [str(new_id())], 1)
    assert await effects("notifier", "SELECT count(*) FROM failed_tasks") == 0
    async with running(runtime):
        await eventually(lambda: effects("notifier", "SELECT count(*) FROM failed_tasks"), 1)


async def test_a_batch_of_failures_is_retried_as_one_job(runtime_of: RuntimeOf) -> None:
    tasks = TaskSet("notifier")

    @tasks.task(concurrency=100)
    async def send(_context: Context, _row_id: UUID) -> None:
        raise ConnectionRefusedError("the provider is down")

    runtime = await runtime_of(tasks)
    await runtime.run_task({}, "send", [str(new_id()) for _ in range(IDS_PER_JOB)], 1)
    assert await runtime.queue.redis.zcard(runtime.queue.name_of("notifier")) == 1


async def test_jobs_are_json_in_redis_and_a_pickle_put_there_is_never_opened(runtime_of: RuntimeOf) -> None:
    tasks = TaskSet("notifier")
    opened: list[str] = []

    @tasks.task()
    async def send(_context: Context, _row_id: UUID) -> None:
        opened.append("task")

    runtime = await runtime_of(tasks)
    redis, name = runtime.queue.redis, runtime.queue.name_of("notifier")
    row_id = new_id()
    await runtime.queue.enqueue("notifier", "send", [row_id])
    (job,) = await redis.zrange(name, 0, -1)
    stored = await redis.get(job_key_prefix + job.decode())
    assert json.loads(stored)["a"] == ["send", [str(row_id)], 1]

    evil = f"evil-{new_id()}"
    await redis.set(job_key_prefix + evil, pickle.dumps(_Evil(opened)), ex=60)
    await redis.zadd(name, {evil: 1})
    async with running(runtime):
        await eventually(lambda: redis.zcard(name), 0)
    assert opened == ["task"]
    assert await redis.keys(f"arq:*{evil}") == []


class _Evil:
    """Would run code in whoever unpickles it."""

    def __init__(self, opened: list[str]) -> None:
        self.opened = opened

    def __reduce__(self) -> tuple[Any, ...]:
        return (exec, ("raise SystemExit('code from Redis was run')",))


async def test_no_more_sweeps_and_routines_work_at_once_than_two_connections_bear(runtime_of: RuntimeOf) -> None:
    tasks = TaskSet("notifier")
    working: set[int] = set()
    most, turns = 0, 0

    def routine_number(number: int) -> None:
        @tasks.routine(every=0.01)
        async def work(_uow: UnitOfWork) -> None:
            nonlocal most, turns
            working.add(number)
            most, turns = max(most, len(working)), turns + 1
            await asyncio.sleep(0.01)  # as long as a statement takes
            working.discard(number)

    for number in range(6):
        routine_number(number)

    async def many() -> bool:
        return turns >= 30

    async with running(await runtime_of(tasks)):
        await eventually(many, True)
    assert most == LOOPING
