"""What SIGTERM and a lost Redis do to a worker and to its jobs."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from redis.exceptions import RedisError
from tests.shared.tasks.slow_service import TASKS, settings_for

from shared.db.unit_of_work import UnitOfWork
from shared.embedded import EmbeddedValkey
from shared.ids import new_id
from shared.settings import ServiceSettings
from shared.tasks import queue as queue_module
from shared.tasks import worker as worker_module
from shared.tasks.heartbeat import heartbeat_key
from shared.tasks.queue import TaskQueue
from shared.tasks.worker import run_worker, work
from shared.testing.plugin import TestDatabase
from shared.testing.workers import eventually

Effects = Callable[..., Awaitable[Any]]
StartWorker = Callable[[], "asyncio.Task[None]"]

BEGUN = "SELECT count(*) FROM effects WHERE attempt = -1"
DONE = "SELECT count(*) FROM effects WHERE attempt = -2"


@pytest.fixture
async def queue(private_valkey: EmbeddedValkey) -> AsyncIterator[TaskQueue]:
    made = await TaskQueue.connect(private_valkey.start())
    yield made
    await made.close()


@pytest.fixture
def settings(database: TestDatabase, private_valkey: EmbeddedValkey) -> ServiceSettings:
    return settings_for(database.urls["notifier"], private_valkey.start())


@pytest.fixture
async def start_worker(settings: ServiceSettings) -> AsyncIterator[StartWorker]:
    """Starts `work` as a process would, signal handlers included, but within the test's process."""
    started: list[asyncio.Task[None]] = []

    def start() -> asyncio.Task[None]:
        started.append(asyncio.create_task(work(settings, TASKS, UnitOfWork)))
        return started[-1]

    yield start
    for task in started:
        task.cancel()
    await asyncio.gather(*started, return_exceptions=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().remove_signal_handler(number)


async def slow_row(database: TestDatabase, seconds: int) -> UUID:
    row_id = new_id()
    connection = await asyncpg.connect(database.urls["notifier"])
    await connection.execute("INSERT INTO effects VALUES ($1, $2)", row_id, seconds)
    await connection.close()
    return row_id


async def test_sigterm_lets_running_jobs_finish_takes_no_new_one_and_exits_well(
    database: TestDatabase, settings: ServiceSettings, effects: Effects, queue: TaskQueue
) -> None:
    await queue.enqueue("notifier", "be_slow", [await slow_row(database, 2)])
    urls = [settings.database_url.get_secret_value(), settings.redis_url.get_secret_value()]
    script = Path(__file__).with_name("slow_service.py")
    worker = await asyncio.create_subprocess_exec(sys.executable, script, *urls)
    try:
        await eventually(lambda: effects("notifier", BEGUN), 1, seconds=60)
        worker.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.3)
        await queue.enqueue("notifier", "be_slow", [await slow_row(database, 0)])
        assert await asyncio.wait_for(worker.wait(), 25) == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            worker.kill()
    assert (await effects("notifier", BEGUN), await effects("notifier", DONE)) == (1, 1)
    assert await queue.redis.zcard(queue.name_of("notifier")) == 1


async def test_a_job_cut_off_by_sigterm_is_taken_by_the_next_worker_at_once(
    database: TestDatabase,
    effects: Effects,
    queue: TaskQueue,
    start_worker: StartWorker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker_module, "FINISH_SECONDS", 0.3)
    await queue.enqueue("notifier", "be_slow", [await slow_row(database, 15)])
    worker = start_worker()
    await eventually(lambda: effects("notifier", BEGUN), 1)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(worker, 10)
    assert await effects("notifier", DONE) == 0
    await effects("notifier", "UPDATE effects SET attempt = 0 WHERE attempt = 15")
    start_worker()
    await eventually(lambda: effects("notifier", DONE), 1)


@pytest.mark.parametrize("fault", ["stopped", "hanging"])
async def test_a_worker_ends_when_redis_is_gone(
    effects: Effects,
    private_valkey: EmbeddedValkey,
    queue: TaskQueue,
    start_worker: StartWorker,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
) -> None:
    monkeypatch.setattr(queue_module, "ANSWER_SECONDS", 0.5)
    worker = start_worker()
    health = heartbeat_key(queue.name_of("notifier"))
    await eventually(lambda: queue.redis.exists(health), 1)
    server = private_valkey._process
    assert server is not None
    if fault == "stopped":
        private_valkey.stop()
    else:
        server.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises((RedisError, TimeoutError)):
            await asyncio.wait_for(asyncio.shield(worker), 15)
        assert worker.done()
    finally:
        if fault == "hanging":
            server.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("error", [RedisError("gone"), ConnectionRefusedError("gone"), TimeoutError()])
def test_a_worker_that_lost_a_server_exits_with_1_so_that_it_is_started_again(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def lose(*_: object) -> None:
        raise error

    monkeypatch.setattr(worker_module, "work", lose)
    monkeypatch.setattr(worker_module, "configure_logging", lambda *_: None)
    with pytest.raises(SystemExit) as end:
        run_worker(settings_for("postgresql://x", "redis://x"), TASKS, UnitOfWork)
    assert end.value.code == 1
