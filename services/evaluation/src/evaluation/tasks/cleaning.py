"""What cleans the store: expired uploads, contents that nothing refers to."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from evaluation.integrations.files import FileStore
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.settings import Settings
from evaluation.tasks.declared import TASKS
from evaluation.use_cases.begin_upload import drop_expired
from evaluation.use_cases.clean_contents import remove_content
from shared.tasks.declarations import TaskContext

EVERY_TEN_MINUTES, HOURLY = 600.0, 3600.0


@dataclass(frozen=True, slots=True)
class Resources:
    """What tasks need besides the database."""

    files: FileStore
    unused_for: timedelta


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    """The store, and how long unused contents are kept."""
    yield Resources(FileStore.open(settings.files_url), timedelta(days=settings.unused_file_days))


@TASKS.task()
async def drop_expired_upload(ctx: TaskContext[EvaluationUow], upload_id: UUID) -> None:
    """Remove an upload whose time is over, with its bytes."""
    await drop_expired(ctx.database, ctx.resources.files, upload_id)


@TASKS.sweep("drop_expired_upload", every=EVERY_TEN_MINUTES)
async def find_expired_uploads(uow: EvaluationUow) -> Sequence[UUID]:
    """Uploads whose time is over."""
    return await uow.uploads.expired()


@TASKS.task()
async def forget_unused_contents(ctx: TaskContext[EvaluationUow], _run: UUID) -> None:
    """Delete the rows of contents that nothing refers to; their bytes follow."""
    async with ctx.uow() as uow:
        await uow.cleaning.forget_unused(ctx.resources.unused_for)


@TASKS.task()
async def remove_unused_content(ctx: TaskContext[EvaluationUow], removal_id: UUID) -> None:
    """Remove the bytes of a content that nothing refers to."""
    await remove_content(ctx.database, ctx.resources.files, removal_id)


@TASKS.sweep("forget_unused_contents", every=HOURLY)
async def begin_cleaning(_uow: EvaluationUow) -> Sequence[UUID]:
    """One run of the cleaning."""
    return [CLEANING]


@TASKS.sweep("remove_unused_content", every=EVERY_TEN_MINUTES)
async def find_removals(uow: EvaluationUow) -> Sequence[UUID]:
    """Contents whose bytes are yet to go."""
    return await uow.cleaning.waiting()


CLEANING = UUID(int=0)
"""The cleaning is about no row: one id stands for the whole of it, so that two runs are never queued at once."""
