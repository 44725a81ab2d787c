"""A worker process of its own for tests: `python slow_service.py DATABASE_URL REDIS_URL`.

Its task takes as long as the number in its row says, and notes its beginning and its end.
"""

import asyncio
import sys
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import text

from shared.db.unit_of_work import UnitOfWork
from shared.settings import ServiceSettings
from shared.tasks.declarations import TaskContext, TaskSet
from shared.tasks.worker import run_worker

TASKS = TaskSet("notifier")


@TASKS.task(timeout=20)
async def be_slow(context: TaskContext[UnitOfWork], row_id: UUID) -> None:
    """-1 in the row: begun; -2: done."""
    async with context.uow() as uow:
        seconds = (
            await uow.session.execute(text("SELECT max(attempt) FROM effects WHERE row_id = :i"), {"i": row_id})
        ).scalar_one()
    async with context.uow() as uow:
        await uow.session.execute(text("INSERT INTO effects VALUES (:i, -1)"), {"i": row_id})
    await asyncio.sleep(seconds)
    async with context.uow() as uow:
        await uow.session.execute(text("INSERT INTO effects VALUES (:i, -2)"), {"i": row_id})


def settings_for(database_url: str, redis_url: str) -> ServiceSettings:
    """Settings of a worker of this service."""
    return ServiceSettings(
        database_url=SecretStr(database_url), redis_url=SecretStr(redis_url), environment="development"
    )


if __name__ == "__main__":
    run_worker(settings_for(*sys.argv[1:]), TASKS, UnitOfWork)
