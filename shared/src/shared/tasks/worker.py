"""A service's worker: arq for jobs, plus the relay, the sweeps and the routines, until SIGTERM.

Nothing here is the truth: if Redis is emptied or the process killed, due rows are found again.
"""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, cast
from uuid import UUID

import structlog
from arq.worker import Function, Worker, func
from redis.exceptions import RedisError

from shared.db.engine import Database
from shared.db.outbox import claim_deliveries, settle_deliveries
from shared.db.retention import clean
from shared.db.unit_of_work import UnitOfWork
from shared.logging import configure_logging
from shared.observability import configure_tracing
from shared.settings import ServiceSettings
from shared.tasks.declarations import Find, Routine, Sweep, TaskContext, TaskSet
from shared.tasks.heartbeat import BEAT_SECONDS, heartbeat_key
from shared.tasks.queue import TaskQueue, from_json, to_json
from shared.tasks.receiving import receive
from shared.tasks.running import JOB_TIMEOUT, TaskRunner

log = structlog.get_logger(__name__)

RELAY_PAUSE = 0.1
RELAY_BATCH = 1000
RECEIVING = 4
"""Batches of events applied at once by one process; the rest wait without holding a connection."""
LOOPING = 2
"""Sweeps and routines at work at once: each holds a connection, and idle ones cost megabytes."""
LOOP_TIMEOUT = 30.0
"""Seconds after which one turn of a loop is given up: a connection that died silently must not stop the relay."""
FINISH_SECONDS = 20
"""How long running jobs may go on after SIGTERM before they are cancelled and left to another worker."""
LAST_WORDS_SECONDS = 3.0
CLEANING_PAUSE = 3600.0


class WorkerRuntime:
    """The arq functions and background loops of one worker process."""

    def __init__(self, tasks: TaskSet, context: TaskContext[Any], queue: TaskQueue) -> None:
        self.tasks, self.context, self.queue = tasks, context, queue
        self._runner = TaskRunner(tasks, context, queue)
        self._receiving = asyncio.Semaphore(RECEIVING)
        self._looping = asyncio.Semaphore(LOOPING)

    async def run_task(self, _ctx: dict[str, Any], name: str, ids: list[str], attempt: int) -> None:
        """Run a task for each id. One id that fails neither stops nor delays another."""
        await self._runner.run(name, [UUID(i) for i in ids], attempt)

    async def receive_events(self, _ctx: dict[str, Any], source: str, events: list[dict[str, Any]]) -> None:
        """Apply events of another service, then tell it so."""
        async with self._receiving:
            accepted, rejected = await receive(self.tasks, self.context, source, events)
        await self.queue.send_settlement(source, self.tasks.service, accepted, rejected)

    async def settle_events(
        self, _ctx: dict[str, Any], subscriber: str, accepted: list[str], rejected: list[tuple[str, str]]
    ) -> None:
        """A subscriber's answer to events of ours."""
        async with self.context.database.session() as session:
            await settle_deliveries(
                session, subscriber, [UUID(i) for i in accepted], [(UUID(i), error) for i, error in rejected]
            )

    async def relay(self) -> int:
        """Send due events to their subscribers' queues; returns how many."""
        async with self.context.database.session() as session:
            deliveries = await claim_deliveries(session, RELAY_BATCH)
        batches: dict[str, list[dict[str, Any]]] = {}
        for delivery in deliveries:
            batches.setdefault(delivery.subscriber, []).append(
                {
                    "id": str(delivery.id),
                    "type": delivery.type,
                    "payload": delivery.payload,
                    "occurred_at": delivery.occurred_at.isoformat(),
                    "traceparent": delivery.traceparent,
                }
            )
        for subscriber, batch in batches.items():
            await self.queue.send_events(subscriber, self.tasks.service, batch)
        return len(deliveries)

    async def sweep(self, find: Find, task: str) -> int:
        """Find due rows and enqueue them in few jobs."""
        async with self.context.uow() as uow:
            ids = await find(uow)
        if ids:
            await self.queue.enqueue(self.tasks.service, task, ids)
        return len(ids)

    async def _loop(self, name: str, pause: float, work: Callable[[], Awaitable[bool]]) -> None:
        """Repeat `work`; at once while it says there is more, else after `pause`. Errors are logged, and waited out."""
        while True:
            wait = pause * random.uniform(0.8, 1.2)  # noqa: S311  # spreads workers, not a secret
            try:
                async with asyncio.timeout(LOOP_TIMEOUT):
                    if await work():
                        wait = 0.0
            except Exception as error:
                log.error("loop_failed", loop=name, exc_info=error)
                wait = max(pause, 1.0)
            await asyncio.sleep(wait)

    def loops(self) -> list[asyncio.Task[None]]:
        """Start the relay, the sweeps, the routines and the cleaning."""

        async def relay() -> bool:
            return await self.relay() >= RELAY_BATCH

        async def sweep(one: Sweep) -> bool:
            async with self._looping:
                await self.sweep(one.find, one.task)
            return False

        async def run(routine: Routine) -> bool:
            async with self._looping, self.context.uow() as uow:
                await routine(uow)
            return False

        every: list[tuple[str, float, Callable[[], Awaitable[bool]]]] = [
            ("relay", RELAY_PAUSE, relay),
            ("cleaning", CLEANING_PAUSE, partial(clean, self.context.database)),
            *((one.find.__name__, one.every, partial(sweep, one)) for one in self.tasks.sweeps),
            *((routine.__name__, pause, partial(run, routine)) for pause, routine in self.tasks.routines),
        ]
        return [asyncio.create_task(self._loop(*one)) for one in every]

    def _function(self, name: str, run: Callable[..., Awaitable[None]]) -> Function:
        return func(cast(Any, run), name=name, timeout=JOB_TIMEOUT, keep_result=0)

    def arq_worker(self, *, signals: bool = True, burst: bool = False) -> Worker:
        """The arq worker: short timeouts, JSON, no kept results, jobs finish on SIGTERM.

        `signals` makes it listen to SIGTERM and SIGINT; `burst` makes it end when the queue is empty.
        """
        return Worker(
            functions=[
                self._function("run_task", self.run_task),
                self._function("receive_events", self.receive_events),
                self._function("settle_events", self.settle_events),
            ],
            queue_name=self.queue.name_of(self.tasks.service),
            redis_pool=self.queue.redis,
            handle_signals=signals,
            burst=burst,
            poll_delay=0.01,
            max_jobs=100,
            job_timeout=JOB_TIMEOUT,
            job_completion_wait=FINISH_SECONDS,
            keep_result=0,
            health_check_interval=BEAT_SECONDS,
            health_check_key=heartbeat_key(self.queue.name_of(self.tasks.service)),
            job_serializer=to_json,
            job_deserializer=from_json,
            log_results=False,
        )


async def work(
    settings: ServiceSettings,
    tasks: TaskSet,
    uow_type: type[UnitOfWork],
    resources: Callable[[Any], AbstractAsyncContextManager[Any]] = contextlib.nullcontext,
) -> None:
    """Work until SIGTERM: take no new job, let running ones finish, then close. `resources`: besides the database.

    Raises redis errors when Redis is gone: the process ends, and whatever supervises it starts it again.
    """
    name = f"{tasks.service}-worker"
    database = Database(settings.database_url.get_secret_value(), name=name, pool=settings.database_pool)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(database.stop)
        if not settings.development:
            await database.refuse_movable_clock()
        queue = await TaskQueue.connect(settings.redis_url.get_secret_value())
        stack.push_async_callback(queue.close)
        context = TaskContext(database, uow_type, await stack.enter_async_context(resources(settings)))
        runtime = WorkerRuntime(tasks, context, queue)
        worker = runtime.arq_worker()
        loops = runtime.loops()
        log.info("worker_started", tasks=sorted(tasks.tasks), events=sorted(tasks.handlers))
        turning = asyncio.create_task(worker.async_run())
        watching = asyncio.create_task(queue.watch())
        try:
            done, _ = await asyncio.wait({turning, watching}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if not task.cancelled():
                    task.result()
            log.info("worker_stopping")
        finally:
            for task in (turning, watching, *loops):
                task.cancel()
            # Jobs cut off by now tell Redis so before its connections close: another worker takes them at once.
            await asyncio.wait({turning, watching, *loops, *worker.tasks.values()}, timeout=LAST_WORDS_SECONDS)


def run_worker(
    settings: ServiceSettings,
    tasks: TaskSet,
    uow_type: type[UnitOfWork],
    resources: Callable[[Any], AbstractAsyncContextManager[Any]] = contextlib.nullcontext,
) -> None:
    """Entry point of a worker process; blocks until it is told to stop. Exits 1 when Redis or Postgres is gone."""
    configure_logging(f"{tasks.service}-worker", settings.log_level)
    configure_tracing(f"{tasks.service}-worker", settings.otlp_endpoint)
    import uvloop  # noqa: PLC0415  # only a process's own entry point chooses the loop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(work(settings, tasks, uow_type, resources))
        except (RedisError, OSError) as error:
            log.critical("worker_ended", reason=f"{type(error).__name__}: {error}")
            raise SystemExit(1) from error
