"""Real workers inside a test: arq, relay, sweeps and routines on the run's Redis, in queues of the test's own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from shared.tasks.worker import WorkerRuntime

T = TypeVar("T")


@asynccontextmanager
async def running(*runtimes: WorkerRuntime, loops: bool = True) -> AsyncIterator[None]:
    """Run workers until the block ends, with their background loops unless told otherwise."""
    workers = [runtime.arq_worker(signals=False) for runtime in runtimes]
    started: list[asyncio.Task[None]] = [asyncio.create_task(worker.async_run()) for worker in workers]
    if loops:
        started += [loop for runtime in runtimes for loop in runtime.loops()]
    try:
        yield
    finally:
        for task in started:
            task.cancel()
        await asyncio.gather(*started, return_exceptions=True)
        jobs = [job for worker in workers for job in worker.tasks.values()]
        if jobs:
            _, hanging = await asyncio.wait(jobs, timeout=5)
            assert not hanging, "a job does not end"


async def eventually(read: Callable[[], Awaitable[T]], wanted: T, *, seconds: float = 10.0) -> None:
    """Wait until `read` answers `wanted`; fail with what it answers instead after `seconds`."""
    limit = asyncio.get_running_loop().time() + seconds
    while (seen := await read()) != wanted:
        assert asyncio.get_running_loop().time() < limit, f"still {seen!r}, not {wanted!r}, after {seconds} s"
        await asyncio.sleep(0.02)
