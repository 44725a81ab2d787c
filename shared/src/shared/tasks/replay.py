"""Replay what failed for good: `python -m shared.tasks.replay SERVICE DATABASE_URL REDIS_URL`.

Failed tasks are enqueued again once each; failed event deliveries go back to waiting.
"""

import asyncio
import sys
from uuid import UUID

from sqlalchemy import text

from shared.db.engine import Database
from shared.db.outbox import replay_failed
from shared.tasks.queue import TaskQueue

_TAKE_BACK = text(
    "UPDATE failed_tasks SET replayed_at = now() WHERE replayed_at IS NULL RETURNING task, payload #>> '{}' AS row_id"
)


async def replay(service: str, database: Database, queue: TaskQueue) -> tuple[int, int]:
    """Returns how many (tasks, deliveries) were put back."""
    async with database.session() as session:
        rows = (await session.execute(_TAKE_BACK)).all()
        by_task: dict[str, list[UUID]] = {}
        for row in rows:
            by_task.setdefault(row.task, []).append(UUID(row.row_id))
        for task, ids in by_task.items():
            await queue.enqueue(service, task, ids)
        deliveries = await replay_failed(session)
    return len(rows), deliveries


async def _main(service: str, database_url: str, redis_url: str) -> None:
    database = Database(database_url, name="replay")
    queue = await TaskQueue.connect(redis_url)
    try:
        tasks, deliveries = await replay(service, database, queue)
    finally:
        await queue.close()
        await database.stop()
    sys.stdout.write(f"{service}: {tasks} tasks and {deliveries} event deliveries replayed\n")


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:4]))
