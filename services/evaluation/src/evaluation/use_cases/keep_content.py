"""Take a content in: look at it, keep it in the store, note it. Whole or not at all."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from evaluation.domain.file_kinds import find_kind
from evaluation.integrations.files import FileStore, Received
from evaluation.persistence.unit_of_work import EvaluationUow

_CHECKS = ThreadPoolExecutor(2, thread_name_prefix="file-checks")
"""Looking at a file takes processor and memory: a few at a time, none on the event loop."""


async def look_at(received: Received, name: str | None = None) -> str:
    """The kind of a content. Raises FileRefused."""
    return await asyncio.get_running_loop().run_in_executor(_CHECKS, find_kind, received.content, name)


async def note_content(uow: EvaluationUow, store: FileStore, received: Received, kind: str, person_id: UUID) -> bool:
    """Note a content that was put into the store; whether it is new here.

    It is held against cleaning, and put again if the cleaning was quicker.
    """
    await uow.evidence.hold_content(received.sha256)
    if await store.stored_at(received.sha256) is None:
        await store.put(received)
    return await uow.evidence.keep_file(received.sha256, received.size, kind, person_id, received.crc32)
