"""From enqueueing to the start of a task: latency when jobs come singly, and jobs a second when they come at once."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import cast
from uuid import UUID

from arq.connections import ArqRedis, RedisSettings, create_pool

from bench.job_worker import ARQ_QUEUE, SERVICE, STARTS, TASK
from bench.options import Options
from bench.report import Report, Row
from bench.stage import Stage, say
from shared.ids import new_id
from shared.tasks.queue import TaskQueue

MOST_START = 20.0
PAUSE = 0.02
"""Seconds between jobs that come singly."""
SINGLY, AT_ONCE = (300, 20), (2000, 400)
"""Jobs of a turn for the product and for arq's defaults, which start one every half second at worst."""
LONGEST = 60.0

Enqueue = Callable[[UUID], Awaitable[object]]


class _Starts:
    """What the workers note."""

    def __init__(self, redis: ArqRedis) -> None:
        self._redis = redis

    async def latencies(self, enqueue: Enqueue, jobs: int) -> list[float]:
        """Seconds from just before enqueueing to the start of each of so many jobs, one after the other."""
        sent = {}
        for _ in range(jobs):
            row_id = new_id()
            sent[row_id] = time.monotonic_ns()
            await enqueue(row_id)
            await asyncio.sleep(PAUSE)
        started = await self._collected(jobs)
        return [(started[row_id] - at) / 1e9 for row_id, at in sent.items()]

    async def rate(self, enqueue: Enqueue, jobs: int) -> float:
        """Starts a second of so many jobs that were enqueued as quickly as can be."""
        began = time.monotonic_ns()
        for _ in range(jobs):
            await enqueue(new_id())
        started = await self._collected(jobs)
        return jobs / ((max(started.values()) - began) / 1e9)

    async def _collected(self, jobs: int) -> dict[UUID, int]:
        limit = time.monotonic() + LONGEST
        lines: list[bytes] = []
        while len(lines) < jobs:
            if time.monotonic() > limit:
                raise RuntimeError(f"{len(lines)} of {jobs} jobs began in {LONGEST:.0f} s")
            await asyncio.sleep(0.05)
            lines = await cast(Awaitable[list[bytes]], self._redis.lrange(STARTS, 0, -1))
        await self._redis.delete(STARTS)
        found = {}
        for line in lines:
            row_id, _, at = line.decode().partition(" ")
            found[UUID(row_id)] = int(at)
        if len(found) != jobs:
            raise RuntimeError(f"{jobs} jobs, {len(found)} began")
        return found


async def measure(stage: Stage, report: Report, options: Options) -> None:
    """Both workers run all the time and are asked in turns."""
    queue = await TaskQueue.connect(stage.redis_url)
    pool = await create_pool(RedisSettings.from_dsn(stage.redis_url))
    starts = _Starts(pool)
    workers = [stage.work(("-m", "bench.job_worker", kind)) for kind in ("product", "arq")]

    async def through_product(row_id: UUID) -> None:
        await queue.enqueue(SERVICE, TASK, [row_id])

    async def through_arq(row_id: UUID) -> None:
        await pool.enqueue_job("note_start_bare", str(row_id), _queue_name=ARQ_QUEUE)

    sides = (through_product, through_arq)
    waits: tuple[list[float], list[float]] = ([], [])
    rates: tuple[list[float], list[float]] = ([], [])
    try:
        for enqueue in sides:
            await starts.latencies(enqueue, 5)  # both have started and met the task
        for number in range(options.rounds):
            for side in (0, 1) if number % 2 == 0 else (1, 0):
                waits[side].extend(await starts.latencies(sides[side], options.some(SINGLY[side])))
                rates[side].append(await starts.rate(sides[side], options.some(AT_ONCE[side])))
            say(f"round {number + 1}: product {rates[0][-1]:,.0f} jobs/s, arq's defaults {rates[1][-1]:,.0f}/s")
    finally:
        stage.end(*workers)
        await queue.close()
        await pool.aclose()
    _, p99 = report.add_times("job start", "product", waits[0])
    report.add_times("", "arq's defaults", waits[1])
    times = median(mine / other for mine, other in zip(*rates, strict=True))
    report.rows.append(Row("jobs", "product", median(rates[0]), ratio=times))
    report.rows.append(Row("", "arq's defaults", median(rates[1])))
    report.want_most("job start, p99", p99 * 1000, MOST_START, "ms")
