"""Let go of what nobody waits for or uses: expired uploads, contents that nothing refers to."""

from datetime import timedelta
from uuid import UUID

from evaluation.integrations.files import FileStore
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.db.engine import Database

JUST_PUT = timedelta(hours=1)
"""A content put so lately is left alone: somebody is about to refer to it."""


async def remove_content(database: Database, store: FileStore, removal_id: UUID) -> None:
    """Remove the bytes of a content that nothing refers to; those in use again, or just put again, stay.

    The content is held meanwhile (`persistence/content_cleaning.py`). Safe to repeat after a kill at any point.
    """
    async with EvaluationUow.open(database) as uow:
        sha256 = await uow.cleaning.begin_removal(removal_id)
        if sha256 is None:
            return
        stored_at = await store.stored_at(sha256)
        if stored_at is not None and await uow.uploads.instant() - stored_at < JUST_PUT:
            return
        await store.drop(sha256)
        await uow.cleaning.end_removal(removal_id)
