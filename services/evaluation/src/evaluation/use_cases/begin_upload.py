"""Begin an upload that may be interrupted, read it, give it up."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from evaluation.domain.file_refusals import refused
from evaluation.domain.uploads import Metadata, TooManyUploads, UploadGone
from evaluation.integrations.files import FileStore
from evaluation.persistence.tables.uploads import UploadRow
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor
from shared.db.engine import Database
from shared.errors import Problem, TooLarge
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """What uploads are held to: bytes of a file, half-sent files of a person, how long one waits for its next byte."""

    most_bytes: int
    most_open: int
    kept: timedelta


async def begin_upload(
    uow: EvaluationUow, actor: Actor, size: int, said: Metadata, request_key: str | None, limits: UploadLimits
) -> UploadRow:
    """A new upload, or the one that the same key began before.

    Raises TooLarge, FileRefused for an empty file, TooManyUploads naming the limit.
    """
    if size > limits.most_bytes:
        raise TooLarge(
            f"Tệp lớn hơn {limits.most_bytes // 1_000_000} MB.",
            f"The file is larger than {limits.most_bytes} bytes.",
            most=limits.most_bytes,
        )
    if size == 0:
        raise refused("Tệp rỗng", "The file is empty")
    is_full = await uow.uploads.count_open(actor, limits.most_open) >= limits.most_open
    if request_key is not None and (before := await uow.uploads.begun_with(actor, request_key)):
        return before
    if is_full:
        raise TooManyUploads(
            f"Bạn còn {limits.most_open} tệp gửi dở; hãy gửi tiếp hoặc bỏ (DELETE) trước khi gửi tệp mới.",
            f"{limits.most_open} of your uploads are unfinished; resume or DELETE them before you begin another.",
            most=limits.most_open,
            allowed=["resume", "delete"],
        )
    return await uow.uploads.add(
        limits.kept,
        id=new_id(),
        person_id=actor.person_id,
        request_key=request_key,
        size=size,
        name=said.name,
        announced=said.sha256,
    )


async def live_upload(uow: EvaluationUow, actor: Actor, upload_id: UUID, *, lock: bool = False) -> UploadRow:
    """The person's upload if it is to be used still. Raises NotFound, UploadGone with the reason."""
    row = await uow.uploads.get(actor, upload_id, lock=lock)
    if row.state == "refused":
        raise gone_because(row)
    if await uow.uploads.is_expired(row):
        raise UploadGone(
            "Lượt gửi đã hết hạn; hãy gửi lại từ đầu.", "The upload has expired; begin again.", state="expired"
        )
    return row


def gone_because(row: UploadRow) -> Problem:
    """What to tell of an upload whose file was refused."""
    said = row.refusal or {}
    return UploadGone(said.get("vi", ""), said.get("en", ""), state="refused")


async def drop_upload(database: Database, store: FileStore, upload_id: UUID) -> None:
    """Forget an upload and remove its bytes. Whoever is adding to it learns so at his next bytes."""
    async with EvaluationUow.open(database) as uow:
        await uow.uploads.remove(upload_id)
    await store.drop_parts(upload_id)


async def drop_expired(database: Database, store: FileStore, upload_id: UUID) -> None:
    """The same for an upload whose time is over; one that came to life again stays."""
    async with EvaluationUow.open(database) as uow:
        if not await uow.uploads.remove_expired(upload_id):
            return
    await store.drop_parts(upload_id)
