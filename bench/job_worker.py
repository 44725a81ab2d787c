"""Workers that only note when a job began: `python -m bench.job_worker product|arq`.

`product` is the wrapper of `shared.tasks` with the settings of every service's worker, relay and all; `arq` is arq with
its defaults. Both append "<id> <nanoseconds of the monotonic clock>" to a list in Redis.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import redis.asyncio
from arq.connections import RedisSettings, create_pool
from arq.worker import Worker, func

from bench.serve import die_with_parent
from registry.settings import Settings
from shared.db.unit_of_work import UnitOfWork
from shared.tasks.declarations import TaskContext, TaskSet
from shared.tasks.worker import run_worker

SERVICE, TASK = "bench", "note_start"
STARTS = "bench:starts"
ARQ_QUEUE = "bench:arq"
TASKS = TaskSet(SERVICE)


@TASKS.task()
async def note_start(ctx: TaskContext[Any], row_id: UUID) -> None:
    """The whole job."""
    began = time.monotonic_ns()
    await ctx.resources.rpush(STARTS, f"{row_id} {began}")


async def note_start_bare(ctx: dict[str, Any], row_id: str) -> None:
    """The same for arq alone."""
    began = time.monotonic_ns()
    await ctx["redis"].rpush(STARTS, f"{row_id} {began}")


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator["redis.asyncio.Redis"]:
    """Where starts are noted."""
    client = redis.asyncio.Redis.from_url(settings.redis_url.get_secret_value())
    try:
        yield client
    finally:
        await client.aclose()


async def _arq_alone() -> None:
    pool = await create_pool(RedisSettings.from_dsn(os.environ["REDIS_URL"]))
    await Worker(functions=[func(note_start_bare)], queue_name=ARQ_QUEUE, redis_pool=pool).async_run()


if __name__ == "__main__":
    die_with_parent()
    if sys.argv[1] == "product":
        run_worker(Settings(), TASKS, UnitOfWork, connected)  # from the environment
    else:
        asyncio.run(_arq_alone())
