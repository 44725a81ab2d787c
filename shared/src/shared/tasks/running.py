"""Running a task for many ids: each with its own time limit and retries, none stopping another."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import text

from shared.correlation import follow
from shared.errors import Problem
from shared.logging import without_rows
from shared.tasks.declarations import Task, TaskContext, TaskSet
from shared.tasks.queue import TaskQueue

log = structlog.get_logger(__name__)

JOB_TIMEOUT = 30.0
"""Seconds after which a job is cut off. A worker killed with -9 leaves its jobs alone for 10 s more than that."""
_MARGIN = 2.0

_SET_ASIDE = text(
    """
    INSERT INTO failed_tasks (task, payload, attempts, error)
    VALUES (:task, to_jsonb(CAST(:row_id AS text)), :attempts, :error)
    ON CONFLICT (task, payload) WHERE replayed_at IS NULL
    DO UPDATE SET attempts = failed_tasks.attempts + excluded.attempts, error = excluded.error, failed_at = now()
    """
)


def retry_delay(attempt: int) -> float:
    """Seconds from a failed attempt to the next: doubling up to five minutes, with jitter."""
    return min(2.0**attempt, 300.0) * random.uniform(0.5, 1.5)  # noqa: S311  # jitter, not a secret


def worth_retrying(error: Exception) -> bool:
    """Whether the same attempt may succeed later. A refusal by a rule will not; a service that is down may be back."""
    return not isinstance(error, Problem) or error.status >= 500


class TaskRunner:
    """Runs the tasks of one worker process; `concurrency` of a task holds for all its jobs together."""

    def __init__(self, tasks: TaskSet, context: TaskContext[Any], queue: TaskQueue) -> None:
        self.tasks, self.context, self.queue = tasks, context, queue
        self._limits = {task.name: asyncio.Semaphore(task.concurrency) for task in tasks.tasks.values()}

    async def run(self, name: str, ids: Sequence[UUID], attempt: int) -> None:
        """Run the task for each id. What cannot begin early enough to end within the job goes back to the queue."""
        task = self.tasks.tasks[name]
        last_start = asyncio.get_running_loop().time() + JOB_TIMEOUT - task.timeout - _MARGIN
        again: list[UUID] = []
        left: list[UUID] = []

        async def one(row_id: UUID) -> None:
            try:
                async with asyncio.timeout_at(last_start):
                    await self._limits[name].acquire()
            except TimeoutError:
                left.append(row_id)
                return
            try:
                if not await self._attempt(task, row_id, attempt):
                    again.append(row_id)
            finally:
                self._limits[name].release()

        await asyncio.gather(*(one(row_id) for row_id in ids))
        if left:
            await self.queue.enqueue(self.tasks.service, name, left, attempt=attempt)
        if again:
            await self.queue.enqueue(self.tasks.service, name, again, attempt=attempt + 1, delay=retry_delay(attempt))

    async def _attempt(self, task: Task, row_id: UUID, attempt: int) -> bool:
        """Whether the id is done with: it succeeded or was set aside."""
        follow(None)
        try:
            async with asyncio.timeout(task.timeout):
                await task.run(self.context, row_id)
        except Exception as error:
            if worth_retrying(error) and attempt < task.attempts:
                log.warning("task_retried", task=task.name, id=str(row_id), attempt=attempt, exc_info=error)
                return False
            log.error("task_failed", task=task.name, id=str(row_id), attempts=attempt, exc_info=error)
            return await self._set_aside(task.name, row_id, attempt, error)
        return True

    async def _set_aside(self, name: str, row_id: UUID, attempts: int, error: Exception) -> bool:
        """Keep the failure for people and for replay; False when not even that is possible now."""
        try:
            async with self.context.uow() as uow:
                said = without_rows(f"{type(error).__name__}: {error}")[:4000]
                kept = {"task": name, "row_id": str(row_id), "attempts": attempts, "error": said}
                await uow.session.execute(_SET_ASIDE, kept)
        except Exception as second:
            log.error("task_not_set_aside", task=name, id=str(row_id), exc_info=second)
            return False
        return True
