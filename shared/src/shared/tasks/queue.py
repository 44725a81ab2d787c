"""The Redis task queue: one queue per service, JSON payloads, jobs of many ids."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from arq.connections import ArqRedis, RedisSettings, create_pool

IDS_PER_JOB = 200
"""One job carries at most so many ids: fan-out costs a few commands, not one per recipient."""
ANSWER_SECONDS = 5.0
"""How long Redis may take to answer before it counts as gone."""


def to_json(value: dict[str, Any]) -> bytes:
    """arq's job as JSON; its default, pickle, would let whoever writes to Redis run code."""
    return json.dumps(value, ensure_ascii=False, default=str).encode()


def from_json(value: bytes) -> dict[str, Any]:
    """The reverse of `to_json`."""
    loaded: dict[str, Any] = json.loads(value)
    return loaded


PREFIX = "ocop"


def queue_name(service: str, prefix: str = PREFIX) -> str:
    """The queue a service's worker reads."""
    return f"{prefix}:{service}"


class TaskQueue:
    """Puts work into services' queues. Redis is a doorbell: what matters is a row in Postgres.

    Systems that share one Redis, such as tests, tell their queues apart by `prefix`.
    """

    def __init__(self, redis: ArqRedis, prefix: str = PREFIX) -> None:
        self.redis, self._prefix = redis, prefix

    @classmethod
    async def connect(cls, url: str, prefix: str = PREFIX) -> "TaskQueue":
        """Connect. Raises redis errors when Redis does not answer within a few seconds."""
        settings = RedisSettings.from_dsn(url)
        settings.conn_retries = 3
        settings.conn_timeout = 2
        return cls(await create_pool(settings, job_serializer=to_json, job_deserializer=from_json), prefix)

    def name_of(self, service: str) -> str:
        """The queue of a service's worker."""
        return queue_name(service, self._prefix)

    async def close(self) -> None:
        """Close the connections."""
        await self.redis.aclose()

    async def watch(self) -> None:
        """Ask Redis now and then; never returns, raises redis errors or TimeoutError when it is gone or hangs.

        arq sets no time limit on answers, and redis-py's own (`socket_timeout`) swallows a cancellation now and then
        on Python 3.11, so that a worker would not stop on SIGTERM.
        """
        while True:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self.redis.ping()
            await asyncio.sleep(ANSWER_SECONDS / 5)

    async def enqueue(
        self, service: str, task: str, ids: Sequence[UUID], *, attempt: int = 1, delay: float = 0.0
    ) -> None:
        """Ask a service's worker to run `task` for each id, in jobs of `IDS_PER_JOB`."""
        for start in range(0, len(ids), IDS_PER_JOB):
            batch = [str(i) for i in ids[start : start + IDS_PER_JOB]]
            await self._put(service, "run_task", task, batch, attempt, delay=delay)

    async def send_events(self, subscriber: str, source: str, events: Sequence[dict[str, Any]]) -> None:
        """Hand events to a subscriber's worker."""
        for start in range(0, len(events), IDS_PER_JOB):
            await self._put(subscriber, "receive_events", source, list(events[start : start + IDS_PER_JOB]))

    async def send_settlement(
        self, source: str, subscriber: str, accepted: Sequence[UUID], rejected: Sequence[tuple[UUID, str]]
    ) -> None:
        """Tell the publisher what was done with its events."""
        refused = [[str(i), error] for i, error in rejected]
        await self._put(source, "settle_events", subscriber, [str(i) for i in accepted], refused)

    async def _put(self, service: str, function: str, *args: Any, delay: float = 0.0) -> None:
        await self.redis.enqueue_job(function, *args, _queue_name=self.name_of(service), _defer_by=delay or None)
